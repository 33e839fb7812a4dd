// API keys: programs that ask with a key of their own. Where the keys are (a file, Redis, a service),
// who passes, and what services learn.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { constants } from 'node:http2'
import path from 'node:path'
import { describe, test } from 'node:test'

import { counted } from './lib/caching.mjs'
import { startRedis } from './lib/redis.mjs'
import { configFile, open, scenario, scratch } from './lib/scenario.mjs'
import { binary, command } from './lib/server.mjs'
import { eventually, gate, inParallel } from './lib/wait.mjs'

const where = '/api/users/1'
const digest = key => createHash('sha256').update(key).digest('hex')
const users = { 'users *': { json: { id: '1' } } }

// Keys as texts of a client. `shop` acts as nobody, and `bot` as a user.
const known = [
  { name: 'shop', sha256: digest('key-of-shop') },
  { name: 'bot', sha256: digest('key-of-bot'), user: 'u1', role: 'admin', scopes: ['read', 'write'] },
  { name: 'old', sha256: digest('key-of-old'), disabled: true },
]

function keysFile(t, keys) {
  const file = path.join(scratch(t), 'keys.json')
  writeFileSync(file, JSON.stringify(keys))
  return file
}

// The three places where keys may be, each as the settings and the plan of services that have `known`.
const places = {
  file: async t => ({ api_keys: { file: keysFile(t, known) } }),
  redis: async t => {
    const redis = await startRedis(t)
    for (const { sha256, ...fields } of known) {
      const texts = Object.entries(fields).map(([name, value]) => [name, [value].flat().join(' ')])
      await redis.send('HSET', `api_key:${sha256}`, ...texts.flat())
    }
    return { api_keys: { redis: true }, redis: { url: redis.url, timeout: '10s' }, own: redis,
      rate_limit_store: { use: 'memory' } }
  },
  service: async () => ({ api_keys: { service: { name: 'notifications', path: '/keys' } },
    plan: { 'notifications /keys': ({ headers }) => {
      const found = known.find(({ sha256 }) => sha256 === headers['x-api-key-sha256'])
      return found ? { json: found } : { status: 404 }
    } } }),
}

// A server with the route /api/users/ for whoever `access` says.
async function keyed(t, place, { keys, access = 'key', plan = users, route, config, ...more } = {}) {
  const { api_keys: source, plan: services, own, ...rest } = await places[place](t)
  const routes = [{ path: '/api/users/', service: 'users', to: '/users/', access, ...route }]
  const scene = await scenario(t, 'web', { ...services, ...plan }, { ...more,
    config: { api_keys: { ...source, ...keys }, routes, ...rest, ...config } })
  const by = (key, options = {}) => scene.get(where, { as: null, ...options,
    headers: { ...(key === undefined ? {} : { 'x-api-key': key }), ...options.headers } })
  return { ...scene, by, redis: own }
}

const refusal = ({ status, body, headers }) =>
  [status, body?.error, headers['www-authenticate'], headers['retry-after']]
const missing = [401, 'No API key provided', 'Key', undefined]
const invalid = [403, 'Invalid API key', undefined, undefined]
const away = [503, 'Service temporarily unavailable', undefined, '1']

for (const place of Object.keys(places)) {
  describe(`keys of a ${place}`, { concurrency: 2 }, () => {
    test('a good one passes, and services learn its name and not the key', async t => {
      const { by, asked, server } = await keyed(t, place)
      const answer = await by('key-of-shop', { headers: { 'X-API-Key-Name': 'evil' } })
      assert.equal(answer.status, 200, answer.text)
      const { headers } = asked('users')[0]
      assert.equal(headers['x-api-key-name'], 'shop')
      assert.deepEqual([headers['x-api-key'], headers['x-user-id']], [undefined, undefined])
      await server.stop()
      const line = server.lines().find(({ event }) => event === 'request')
      assert.deepEqual([line.api_key, line.user], ['shop', null])
      assert.ok(!server.stdout.includes('key-of-shop') && !server.stdout.includes(digest('key-of-shop')))
    })

    test('none, an unknown and a disabled one are refused', async t => {
      const { by, asked } = await keyed(t, place)
      assert.deepEqual(refusal(await by()), missing)
      assert.deepEqual(refusal(await by('')), missing)
      for (const key of ['key-of-nobody', 'key-of-old', 'KEY-OF-SHOP', 'key-of-shop2', digest('key-of-shop')])
        assert.deepEqual(refusal(await by(key)), invalid, key)
      assert.equal(asked('users').length, 0)
    })

    test('one with a user acts as this user', async t => {
      const { by, asked } = await keyed(t, place, { access: 'role:admin' })
      assert.deepEqual((await by('key-of-shop')).status, 401)
      assert.equal((await by('key-of-bot')).status, 200)
      const { headers } = asked('users')[0]
      assert.deepEqual([headers['x-user-id'], headers['x-user-role'], headers['x-api-key-name']],
        ['u1', 'admin', 'bot'])
    })
  })
}

describe('what a client presents', { concurrency: 4 }, () => {
  test('two fields are ambiguous', async t => {
    const { talk } = await keyed(t, 'file')
    const two = 'X-API-Key: key-of-shop\r\n'.repeat(2)
    const answer = await talk(`GET ${where} HTTP/1.1\r\nHost: a\r\n${two}Connection: close\r\n\r\n`)
    assert.match(answer, /^HTTP\/1.1 400 /)
  })

  test('a long one and other bytes are unknown, and nobody is asked', async t => {
    const { by, asked } = await keyed(t, 'service')
    for (const key of ['x'.repeat(513), 'a b', 'caf\xe9', 'a\tb'])
      assert.deepEqual(refusal(await by(key)), invalid, key)
    assert.equal(asked('notifications').length, 0)
    assert.deepEqual(refusal(await by('x'.repeat(512))), invalid)
    assert.equal(asked('notifications').length, 1)
  })

  test('in another header, when the settings say so', async t => {
    const { by, asked } = await keyed(t, 'file', { keys: { header: 'X-Partner' } })
    assert.equal((await by('key-of-shop')).status, 401)
    assert.equal((await by(undefined, { headers: { 'X-PARTNER': 'key-of-shop' } })).status, 200)
    assert.equal(asked('users')[0].headers['x-partner'], undefined)
  })

  test('over HTTP/2', async t => {
    const { http2, asked } = await keyed(t, 'file')
    const client = await http2({ as: null })
    assert.equal((await client.ask(where, { headers: { 'x-api-key': 'key-of-shop' } })).status, 200)
    assert.equal((await client.ask(where, { headers: { 'x-api-key': 'key-of-old' } })).status, 403)
    assert.equal(asked('users')[0].headers['x-api-key-name'], 'shop')
  })

  test('the name of a key is taken from nobody, in any spelling', async t => {
    const { get, asked } = await scenario(t, 'web', users, open)
    for (const name of ['X-API-Key-Name', 'x_api_key_name', 'X-Api_Key-Name', 'X-API-KEY-NAME', 'x.api.key.name'])
      await get(where, { headers: { [name]: 'evil', 'X-API-Key': 'their own' } })
    for (const { headers } of asked('users')) {
      assert.deepEqual(Object.keys(headers).filter(name => /key.name/i.test(name)), [])
      assert.equal(headers['x-api-key'], 'their own') // without api_keys it is a header like others
    }
  })
})

describe('who passes', { concurrency: 4 }, () => {
  test('required: every request below the paths needs a key, public routes too', async t => {
    const config = { routes: [{ path: '/api/users/', service: 'users', to: '/users/', access: 'public' },
      { path: '/open/', service: 'users', to: '/users/', access: 'public' }] }
    const { by, get } = await keyed(t, 'file', { keys: { required: true }, config })
    assert.deepEqual(refusal(await by()), missing)
    assert.deepEqual(refusal(await by('key-of-old')), invalid)
    assert.equal((await by('key-of-shop')).status, 200)
    assert.equal((await get('/open/1', { as: null })).status, 200)
    for (const spelling of ['/api/./users/1', '/%61pi/users/1', '/open/../api/users/1'])
      assert.equal((await get(spelling, { as: null })).status, 401, spelling)
  })

  test('a public route takes any request, and only good keys count', async t => {
    const { by, asked } = await keyed(t, 'file', { access: 'public' })
    for (const key of [undefined, 'key-of-nobody', 'key-of-shop'])
      assert.equal((await by(key)).status, 200)
    assert.deepEqual(asked('users').map(({ headers }) => headers['x-api-key-name']),
      [undefined, undefined, 'shop'])
  })

  test('a token beside a key says who the user is', async t => {
    const { by, get, asked } = await keyed(t, 'file', { access: 'signed-in' })
    assert.equal((await by('key-of-bot')).status, 200)
    assert.equal((await get(where, { as: 'u2', headers: { 'x-api-key': 'key-of-bot' } })).status, 200)
    const bad = { authorization: 'Bearer x', 'x-api-key': 'key-of-bot' }
    assert.equal((await get(where, { as: null, headers: bad })).body.error, 'Invalid token')
    assert.deepEqual(asked('users').map(({ headers }) => [headers['x-user-id'], headers['x-user-role'],
      headers['x-api-key-name']]), [['u1', 'admin', 'bot'], ['u2', 'customer', 'bot']])
  })

  test('without login, a key is needed all the same', async t => {
    const { by } = await keyed(t, 'file', { config: { login: 'off' } })
    assert.deepEqual(refusal(await by()), missing)
    assert.equal((await by('key-of-shop')).status, 200)
  })

  test('a preflight needs no key', async t => {
    const { get } = await keyed(t, 'file', { keys: { required: true },
      config: { cors: { origins: ['https://shop.example'] } } })
    const { status, headers } = await get(where, { method: 'OPTIONS', as: null, headers: {
      origin: 'https://shop.example', 'access-control-request-method': 'GET',
      'access-control-request-headers': 'x-api-key' } })
    assert.equal(status, 204)
    assert.match(headers['access-control-allow-headers'], /x-api-key/i)
  })

  test('scopes of a key open a route', async t => {
    const { by } = await keyed(t, 'file', { access: 'scope:read+write' })
    assert.equal((await by('key-of-bot')).status, 200)
    const other = await keyed(t, 'file', { access: 'scope:delete' })
    assert.equal((await other.by('key-of-bot')).status, 403)
  })
})

describe('answers about keys', { concurrency: 4 }, () => {
  test('many requests with one key are one question, and the answer is kept', async t => {
    const { by, asked, arrival } = await keyed(t, 'service', { args: ['--workers', '2'] })
    const answers = await inParallel(30, Array.from({ length: 60 }), () => by('key-of-shop'))
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(asked('notifications').length, 1)
    const { headers, method } = await arrival('notifications', 1)
    assert.deepEqual([method, headers['x-api-key-sha256'], headers['x-api-key']],
      ['GET', digest('key-of-shop'), undefined])
    for (let i = 0; i < 3; i++) await by('key-of-nobody')
    assert.equal(asked('notifications').length, 2)
  })

  test('a client may leave while its key is looked up', async t => {
    const door = gate()
    const { by, http2, asked, arrival, server } = await keyed(t, 'service', { plan: { ...users,
      'notifications /keys': { json: known[0], until: door.opened } } })
    const client = await http2({ as: null })
    const stream = client.open(where, { headers: { 'x-api-key': 'key-of-shop' } })
    stream.on('error', () => undefined)
    await arrival('notifications')
    stream.close(constants.NGHTTP2_CANCEL)
    await eventually(() => server.lines().some(({ status }) => status === 499), 'the client to be gone')
    door.open()
    assert.equal((await by('key-of-shop')).status, 200)
    assert.equal(asked('notifications').length, 1)
  })

  test('Redis away: 503, and known keys go on', async t => {
    const { by, redis } = await keyed(t, 'redis')
    assert.equal((await by('key-of-shop')).status, 200)
    await redis.kill()
    assert.deepEqual(refusal(await by('key-of-bot')), away)
    assert.equal((await by('key-of-shop')).status, 200)
  })

  test('a service that fails, or answers with something else: 503', async t => {
    const odd = [{ status: 500 }, { text: 'no JSON' }, { json: [] }, { json: { name: 7 } },
      { json: { name: 'x', plan: {} } }, { status: 204 }, { status: 403, json: {} }]
    for (const answer of odd) {
      const api_keys = { service: { name: 'notifications', path: '/keys' } }
      const { get } = await scenario(t, 'web', { ...users, 'notifications /keys': answer },
        { isUnguarded: true, config: { api_keys,
          routes: [{ path: '/api/users/', service: 'users', to: '/users/', access: 'key' }] } })
      assert.deepEqual(refusal(await get(where, { as: null, headers: { 'x-api-key': 'a' } })), away,
        JSON.stringify(answer))
    }
  })

  test('a key whose record is wrong is unknown, and the log says why', async t => {
    const { by, redis, server } = await keyed(t, 'redis')
    await redis.send('HSET', `api_key:${digest('a')}`, 'name', 'a', 'plan', 'none')
    assert.deepEqual(refusal(await by('a')), invalid)
    await server.stop()
    const { sha256, error } = server.lines().find(({ event }) => event === 'api_key')
    assert.deepEqual([sha256, error],
      [digest('a').slice(0, 16), 'there is no such plan in api_keys.plans'])
  })
})

test('a stored answer is for one key', async t => {
  const { by, asked } = await keyed(t, 'file', { access: 'public', plan: { 'users *': counted() },
    route: { cache: { ttl: '60s' } } })
  const texts = []
  for (const key of ['key-of-shop', 'key-of-bot', undefined, 'key-of-nobody', 'key-of-shop', 'key-of-bot'])
    texts.push((await by(key)).text)
  const [shop, bot, nobody] = texts
  assert.equal(new Set([shop, bot, nobody]).size, 3)
  assert.deepEqual(texts.slice(3), [nobody, shop, bot])
  const basic = await by('key-of-shop', { headers: { authorization: 'Basic YQ==' } })
  assert.ok(!texts.includes(basic.text))
  assert.equal(asked('users').length, 4)
})

test('a stored answer is for one Authorization and Cookie, also when the key has a user', async t => {
  const { by } = await keyed(t, 'file', { access: 'public', plan: { 'users *': counted() },
    route: { cache: { ttl: '60s' } } })
  const texts = []
  for (const headers of [{}, { authorization: 'Basic YQ==' }, { authorization: 'Basic Yg==' },
    { authorization: 'Bearer opaque' }, { cookie: 'who=a' }, { cookie: 'who=b' }])
    texts.push((await by('key-of-bot', { headers })).text)
  assert.equal(new Set(texts).size, texts.length)
  assert.equal((await by('key-of-bot', { headers: { cookie: 'who=a' } })).text, texts[4])
})

describe('mistakes', { concurrency: 4 }, () => {
  test('of the file are named with their places', async t => {
    const file = keysFile(t, [{ name: 'a', sha256: 'key-of-shop' }])
    const { code, stderr } = await command('web', ['--check', '--config',
      configFile(t, { api_keys: { file } })])
    assert.equal(code, 2)
    assert.equal(stderr, `${file}:1:2: its sha256 is wrong: expected 64 hexadecimal digits, which ` +
      '--hash-key prints\n')
  })

  test('a quota in memory is warned of', async t => {
    const plans = { basic: { quota: { max: 10, per: 'month' } } }
    const config = configFile(t, { api_keys: { file: keysFile(t, []), plans } })
    const { code, stderr } = await command('web', ['--check', '--config', config])
    assert.equal(code, 0, stderr)
    assert.match(stderr, /warning: .*api_keys.plans.basic.quota.max: it is counted in memory/)
    const more = await command('web', ['--check', '--config', config], { REDIS_URL: 'redis://127.0.0.1:1' })
    assert.doesNotMatch(more.stderr, /counted in memory/)
  })

  test('limits by the header with the key', async t => {
    const rate_limits = [{ name: 'a', path: '/api/', key: 'header:x-api-key', window: '1m', max: 5 }]
    const config = configFile(t, { rate_limits, api_keys: { file: keysFile(t, []) } })
    const { code, stderr } = await command('web', ['--check', '--config', config])
    assert.equal(code, 2)
    assert.match(stderr, /rate_limits\[0\].key: the secrets of clients would be stored; expected api_key/)
  })

  test('limits by API key without keys', async t => {
    const rate_limits = [{ name: 'a', path: '/api/', key: 'api_key', window: '1m', max: 5 }]
    const { code, stderr } = await command('web', ['--check', '--config', configFile(t, { rate_limits })])
    assert.equal(code, 2)
    assert.match(stderr, /rate_limits\[0\].key: there are no API keys/)
  })
})

test('--hash-key prints what the file needs', () => {
  const hash = input => spawnSync(binary('web'), ['--hash-key'], { input, encoding: 'utf8' })
  for (const input of ['key-of-shop', 'key-of-shop\n', 'key-of-shop\r\n'])
    assert.equal(hash(input).stdout, `${digest('key-of-shop')}\n`)
  for (const input of ['', '\n', 'a b', 'x'.repeat(513), 'a\nb']) {
    const { status, stdout, stderr } = hash(input)
    assert.deepEqual([status, stdout], [2, ''])
    assert.match(stderr, /^--hash-key: expected a key of 1 to 512 bytes of visible ASCII/)
  }
})
