// Rate limits: what counts under which rule, and what clients and the log are told.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { demo, scenario } from './lib/scenario.mjs'
import { services } from './lib/upstream.mjs'

const text = 'Too many requests from this IP, please try again later.'
const proxy = { trusted_proxies: ['127.0.0.1'] }
const from = client => ({ headers: { 'x-forwarded-for': client } })
const window = { window: '15m', max: 100 }
const plan = { 'users *': { json: {} }, 'orders *': { json: {} } }

// A server with these rules, for everybody who reaches it.
const stage = (t, rules, { config, ...options } = {}) => scenario(t, 'web', plan, {
  config: { login: 'off', ...proxy, rate_limits: rules, ...config }, ...options })

async function statuses(get, count, ...request) {
  const list = []
  for (let i = 0; i < count; i++) list.push((await get(...request)).status)
  return list
}

// The four fields of draft-6, in their order.
const told = ({ headers }) => ['policy', 'limit', 'remaining', 'reset']
  .map(name => headers[`ratelimit-${name}`])

const lines = async server => {
  await server.stop()
  return server.lines().filter(({ event }) => event === 'request')
}

describe('the default limits', { concurrency: 2 }, () => {
  const unasked = { services: Object.fromEntries(services.map(name => [name, { health: 'off' }])) }
  const config = JSON.stringify({ ...unasked, ...proxy })

  test('allow 100 requests to /api/ and 10 to the login in 15 minutes for an address', async t => {
    const { get, server } = await scenario(t, 'web', plan, { config })
    const login = () => get('/api/auth/login', { method: 'POST', as: null, body: '{}', ...from('192.0.2.7') })
    for (let i = 1; i <= 10; i++) assert.deepEqual(told(await login()).slice(0, 3), ['10;w=900', '10', `${10 - i}`])
    const refused = await login()
    assert.equal(refused.status, 429)
    assert.deepEqual(told(refused).slice(0, 3), ['10;w=900', '10', '0'])
    assert.equal(refused.headers['retry-after'], refused.headers['ratelimit-reset'])
    assert.ok(Number(refused.headers['retry-after']) > 800)
    assert.deepEqual(refused.body, { error: text, requestId: refused.headers['x-request-id'] })
    const other = await get('/api/users/1', from('192.0.2.7'))
    assert.deepEqual(told(other).slice(0, 3), ['100;w=900', '100', '88'])
    assert.deepEqual((await statuses(get, 89, '/api/users/1', from('192.0.2.7'))).indexOf(429), 88)
    assert.equal((await get('/api/users/1', from('192.0.2.8'))).status, 200)
    const log = await lines(server)
    assert.deepEqual(log.filter(({ status }) => status === 429).map(({ limit }) => limit), ['login', 'api'])
    assert.ok(log.every(({ status, limit }) => (status === 429) === (limit !== undefined)))
  })

  test('tell and refuse nothing on mock services', async t => {
    const { get, server } = await demo(t, 'web')
    const ask = () => get('/api/auth/login', { method: 'POST', as: null, body: '{}' })
    for (let i = 0; i < 15; i++) assert.notEqual((await ask()).status, 429)
    assert.deepEqual(told(await ask()).slice(0, 3), ['10;w=900', '10', '0'])
    assert.equal((await lines(server)).at(-1).limit, 'login')
  })

  test('count what is refused for other reasons, but no health page', async t => {
    const { get } = await scenario(t, 'web', plan, { config })
    const ask = (path, options) => get(path, { as: null, ...options, ...from('192.0.2.7') })
    const rows = [['/api/users/1', 401], ['/api/nothing', 404], ['/api/dashboard/u1', 405, { method: 'PUT' }],
      ['/api/users/%zz', 400], ['/api/dashboard/u1', 204, { method: 'OPTIONS' }]]
    for (const [i, [path, status, options]] of rows.entries()) {
      const res = await ask(path, options)
      assert.deepEqual([res.status, told(res)[2]], [status, String(99 - i)], path)
    }
    for (const path of ['/health', '/ready', '/health/users', '/']) {
      assert.equal((await ask(path)).headers['ratelimit-limit'], undefined, path)
    }
    assert.equal(told(await ask('/api/nothing'))[2], String(99 - rows.length))
  })
})

describe('a rule', { concurrency: 4 }, () => {
  const once = { name: 'once', path: '/api/auth/login', window: '1h', max: 1 }
  const spellings = ['/api/auth/login', '/api/auth/login/', '/api/auth/LOGIN', '/%61pi/auth/login',
    '/api/auth/l%6fgin', '/api/auth/l%6Fgin', '//api/auth/login', '/api//auth/login',
    '/api/./auth/login', '/api/x/../auth/login', '/api/auth/login/.', '/api/auth/login;a=1',
    '/api/auth%2flogin', '/api/auth%2Flogin', '/api/auth%5clogin', '/api/auth\\login',
    '/%2561pi/auth/login', '/api/auth/login%20', '/api/auth/login%00', '/api/auth/login%3Fa',
    '/api/auth/login?a=b', '/x/..%2fapi/auth/login']

  test('counts every spelling of its path', async t => {
    const { get, http2 } = await stage(t, [once])
    const { ask } = await http2()
    assert.notEqual((await get('/api/auth/login', { method: 'POST' })).status, 429)
    for (const path of spellings) {
      assert.equal((await get(path, { method: 'POST' })).status, 429, path)
      assert.equal((await ask(path, { method: 'POST' })).status, 429, path)
    }
    for (const path of ['/api/auth', '/api/auth/logins', '/api/users/1']) {
      assert.notEqual((await get(path)).status, 429, path)
    }
  })

  test('counts composites and their spellings', async t => {
    const page = pages['web dashboard']
    const { get } = await scenario(t, 'web', planOf(page),
      { config: { rate_limits: [{ ...once, path: '/api/dashboard/' }] } })
    assert.equal((await get(page.path)).status, 200)
    for (const path of [page.path, page.path.replace('api', '%61pi'), page.path.replace('/d', '/./d'),
      page.path.replace('dash', 'd%61sh')]) {
      assert.equal((await get(path)).status, 429, path)
    }
  })

  test('may be for some methods, and GET is for HEAD too', async t => {
    const { get } = await stage(t, [{ ...once, path: '/api/', methods: ['GET'] }])
    assert.deepEqual(await statuses(get, 2, '/api/users/1', { method: 'PUT', body: '{}' }), [200, 200])
    assert.equal((await get('/api/users/1', { method: 'HEAD' })).status, 200)
    assert.equal((await get('/api/users/1')).status, 429)
  })

  test('does not count exempt clients', async t => {
    const { get } = await stage(t, [{ ...once, path: '/', exempt: ['192.0.2.0/24', '2001:db8::/32'] }])
    for (const client of ['192.0.2.7', '2001:db8::1', '::ffff:192.0.2.9']) {
      const list = await statuses(get, 3, '/api/users/1', from(client))
      assert.deepEqual(list, [200, 200, 200], client)
    }
    assert.deepEqual(await statuses(get, 2, '/api/users/1', from('192.0.3.7')), [200, 429])
  })

  test('counts an IPv6 client by its /64', async t => {
    const { get } = await stage(t, [{ ...once, path: '/' }])
    const ask = client => get('/api/users/1', from(client))
    assert.equal((await ask('2001:db8:1:2::1')).status, 200)
    assert.equal((await ask('2001:db8:1:2:ffff::9')).status, 429)
    assert.equal((await ask('2001:db8:1:3::1')).status, 200)
  })

  test('may count users, and by address those who are not signed in', async t => {
    const { get } = await scenario(t, 'web', plan, { config: { ...proxy,
      routes: [{ path: '/open', service: 'users', access: 'public' }],
      rate_limits: [{ name: 'user', path: '/', key: 'user', window: '1h', max: 1 }] } })
    const ask = (as, client, path = '/open') => get(path, { as, ...from(client) })
    assert.equal((await ask('u1', '192.0.2.7')).status, 200)
    assert.equal((await ask('u2', '192.0.2.7')).status, 200)
    assert.equal((await ask('u1', '192.0.2.8')).status, 429)
    assert.equal((await ask(null, '192.0.2.7')).status, 200)
    assert.equal((await ask(null, '192.0.2.7')).status, 429)
    // What there is not is refused before the users are known.
    assert.equal((await ask('u3', '192.0.2.7', '/none')).status, 404)
    assert.equal((await ask('u3', '192.0.2.7')).status, 200)
  })

  test('may count routes and header fields, joined', async t => {
    const { get } = await stage(t, [{ ...once, path: '/api/', key: ['route', 'header:X-Shop'] }])
    const ask = async (path, shop) => 
      (await get(path, { headers: shop === undefined ? {} : { 'x-shop': shop } })).status
    assert.deepEqual([await ask('/api/users/1', 'a'), await ask('/api/users/2', 'a')], [200, 429])
    assert.deepEqual([await ask('/api/users/1', 'b'), await ask('/api/orders', 'a')], [200, 200])
    assert.deepEqual([await ask('/api/users/1'), await ask('/api/users/1', '')], [200, 200])
    assert.deepEqual([await ask('/api/users/1'), await ask('/api/users/1', '127.0.0.1')], [429, 200])
    const long = 'x'.repeat(5000)
    assert.deepEqual([await ask('/api/users/1', long), await ask('/api/users/1', long)], [200, 429])
  })

  test('may count a composite as often as it has parts', async t => {
    const page = pages['web dashboard']
    const { get } = await scenario(t, 'web', planOf(page), { config: {
      rate_limits: [{ name: 'a', path: '/', rate: '4/h', burst: 9, cost: 'parts' }] } })
    assert.equal(told(await get(page.path))[2], '5')
    assert.equal(told(await get('/api/nothing'))[2], '4')
    assert.equal(told(await get(page.path))[2], '0')
    assert.equal((await get(page.path)).status, 429)
  })

  test('with dry_run counts and tells, and refuses nothing', async t => {
    const { get, server } = await stage(t, [{ ...once, path: '/', dry_run: true },
      { ...once, name: 'real', path: '/api/', max: 3 }])
    assert.deepEqual(await statuses(get, 4, '/api/users/1'), [200, 200, 200, 429])
    assert.deepEqual(told(await get('/users'))[2], '0')
    const log = await lines(server)
    assert.deepEqual(log.map(({ limit }) => limit).sort(), ['once', 'once', 'once', 'real', undefined])
  })
})

describe('the header fields', { concurrency: 4 }, () => {
  const fields = async (t, headers) => {
    const { get } = await stage(t, [{ name: 'api', path: '/', ...window, headers }])
    const { headers: all } = await get('/api/users/1')
    return Object.fromEntries(Object.entries(all).filter(([name]) => name.includes('ratelimit')))
  }

  test('may be those of the newest draft', async t => {
    assert.deepEqual(await fields(t, 'structured'),
      { 'ratelimit-policy': '"api";q=100;w=900', ratelimit: '"api";r=99;t=900' })
  })

  test('say when a refused request may be repeated', async t => {
    const { get } = await stage(t, [{ name: 'slow', path: '/', rate: '60/h', burst: 5, headers: 'structured' }])
    assert.deepEqual((await statuses(get, 5, '/api/users/1')), Array(5).fill(200))
    const { headers } = await get('/api/users/1')
    const [, seconds] = /^"slow";r=0;t=(\d+)$/.exec(headers.ratelimit)
    assert.equal(headers['retry-after'], seconds)
    assert.ok(seconds <= 63) // a rate is a whole number in 1000 seconds
  })

  test('may be the old ones', async t => {
    const { 'x-ratelimit-reset': reset, ...others } = await fields(t, 'legacy')
    assert.deepEqual(others, { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99' })
    assert.ok(Math.abs(reset - Date.now() / 1000 - 900) < 60)
  })

  test('may be off', async t => { assert.deepEqual(await fields(t, 'off'), {}) })

  test('are those of the last rule that counts the request', async t => {
    const { get } = await scenario(t, 'web', plan, { config: { rate_limits: [
      { name: 'user', path: '/', key: 'user', ...window, headers: 'structured' },
      { name: 'api', path: '/api/', ...window }] } })
    const { headers } = await get('/api/users/1')
    assert.equal(headers.ratelimit, '"user";r=99;t=900')
    assert.equal(headers['ratelimit-limit'], undefined)
    assert.equal((await get('/api/none')).headers['ratelimit-limit'], '100')
  })

  test('are in the answer to another origin, and not in that to a preflight', async t => {
    const { get } = await stage(t, [{ name: 'api', path: '/', ...window, max: 1 }],
      { config: { cors: { origins: ['https://shop.example'] } } })
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'GET' }
    const preflight = await get('/api/users/1', { method: 'OPTIONS', headers })
    assert.deepEqual([preflight.status, preflight.headers['ratelimit-limit']], [204, undefined])
    const first = await get('/api/users/1', { headers })
    const second = await get('/api/users/1', { headers })
    assert.deepEqual([first.status, second.status], [200, 429])
    assert.equal(second.headers['access-control-allow-origin'], 'https://shop.example')
  })
})

describe('a client behind a proxy', { concurrency: 2 }, () => {
  const rule = { name: 'api', path: '/', window: '1h', max: 2 }

  test('is counted as the proxy while that is not trusted, and the log says so once', async t => {
    const { get, server } = await stage(t, [rule], { config: { trusted_proxies: ['192.0.2.0/24'] } })
    const list = []
    for (let i = 0; i < 5; i++) list.push((await get('/api/users/1', from(`192.0.2.${i}`))).status)
    assert.deepEqual(list, [200, 200, 429, 429, 429])
    await server.stop()
    const events = server.lines().filter(({ event }) => event === 'limit_counts_a_proxy')
    assert.deepEqual(events.map(({ time, ...more }) => more), [{ event: 'limit_counts_a_proxy',
      peer: '127.0.0.1', rule: 'api',
      remedy: 'if the peer is your proxy, add its address to trusted_proxies' }])
  })

  test('is no reason for the log when there is no such field', async t => {
    const { get, server } = await stage(t, [rule], { config: { trusted_proxies: ['192.0.2.0/24'] } })
    assert.deepEqual(await statuses(get, 3, '/api/users/1'), [200, 200, 429])
    await server.stop()
    assert.ok(server.lines().every(({ event }) => event !== 'limit_counts_a_proxy'))
  })
})
