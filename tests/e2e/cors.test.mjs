// Cross-origin requests: which origins may read which answers, and the answers to preflights.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { scenario } from './lib/scenario.mjs'

const page = pages['web dashboard']
const shop = 'https://shop.example'
const stranger = 'https://evil.example'
const config = { cors: { origins: [shop, 'http://localhost:5173'] } }
const plan = { ...planOf(page), 'users /users/1': { json: { id: '1' } } }
const preflight = (origin, more) => ({ as: null, method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'PUT', ...more } })
const cors = ({ headers }) => Object.fromEntries(Object.entries(headers)
  .filter(([name]) => name.startsWith('access-control-') || name === 'timing-allow-origin'))
const listed = value => (value ?? '').split(/, */).filter(Boolean).map(name => name.toLowerCase())

describe('a preflight', { concurrency: 2 }, () => {
  test('is answered here, before login', async t => {
    const { get, http2, asked } = await scenario(t, 'web', plan, { config })
    const { ask } = await http2({ as: null })
    for (const one of [get, ask]) {
      for (const path of [page.path, '/api/users/1', '/api/auth/login']) {
        const res = await one(path, preflight(shop,
          { 'access-control-request-headers': 'authorization,content-type' }))
        assert.equal(res.status, 204, path)
        assert.equal(res.text, '')
        assert.equal(res.headers['content-length'], undefined)
        const { 'access-control-allow-methods': methods, ...fields } = cors(res)
        assert.deepEqual(fields, {
          'access-control-allow-origin': shop, 'access-control-allow-credentials': 'true',
          'access-control-allow-headers': 'authorization,content-type',
          'access-control-max-age': '600' })
        assert.ok(listed(methods).includes('get'), methods)
        if (path !== page.path) assert.ok(listed(methods).includes('put'), methods)
        assert.ok(listed(res.headers.vary).includes('origin'))
      }
    }
    assert.equal(asked().length, 0)
  })

  test('of an origin that nobody knows is told nothing', async t => {
    const { get, asked } = await scenario(t, 'web', plan, { config })
    for (const origin of [stranger, 'null', `${shop}:8443`, `${shop}.evil.example`, 'http://shop.example',
      `${shop}/`, `x${shop}`, '*', `${shop}, ${stranger}`, 'https://SHOP.example']) {
      const res = await get('/api/users/1', preflight(origin))
      assert.equal(res.status, 204, origin)
      assert.deepEqual(cors(res), {}, origin)
      assert.ok(listed(res.headers.vary).includes('origin'))
    }
    assert.equal(asked().length, 0)
  })

  test('of a path that there is not: 404', async t => {
    const { get } = await scenario(t, 'web', plan, { config })
    assert.equal((await get('/nowhere', preflight(shop))).status, 404)
  })

  test('OPTIONS that is none goes on to the service', async t => {
    const { get, asked } = await scenario(t, 'web', { 'users *': { status: 204 } }, { config })
    const res = await get('/api/users/1', { method: 'OPTIONS', headers: { origin: shop } })
    assert.equal(res.status, 204)
    assert.equal(asked().at(-1).method, 'OPTIONS')
  })

  test('names that are none are not allowed', async t => {
    const { get } = await scenario(t, 'web', plan, { config })
    for (const asked of ['a b', 'x\u00e9', 'a,,b', '"x"', 'x'.repeat(2000)]) {
      const res = await get('/api/users/1', preflight(shop, { 'access-control-request-headers': asked }))
      assert.equal(res.status, 204)
      assert.equal(res.headers['access-control-allow-headers'], undefined, asked)
    }
  })
})

describe('an answer', { concurrency: 2 }, () => {
  // [why, path, options, status]
  const answers = [
    ['of a page', page.path, {}, 200],
    ['of a route', '/api/users/1', {}, 200],
    ['without a token', page.path, { as: null }, 401],
    ['without a token, of a route', '/api/users/1', { as: null }, 401],
    ['with a bad token', page.path, { as: null, headers: { authorization: 'Bearer x' } }, 403],
    ['for somebody else', page.path, { as: 'u2' }, 403],
    ['of nothing', '/nowhere', {}, 404],
    ['with another method', page.path, { method: 'DELETE' }, 405],
    ['to a bad parameter', '/api/dashboard/%00', {}, 400],
    ['of a service that fails', '/api/orders/9', {}, 502],
    ['of a body too large', '/api/small', { method: 'POST', body: Buffer.alloc(100) }, 413],
  ]

  test('may be read by the origins named, whatever it is', async t => {
    const routes = [{ path: '/api/users/', service: 'users', to: '/users/' },
      { path: '/api/orders/', service: 'orders', to: '/orders/' },
      { path: '/api/small', service: 'users', body_limit: '10' }]
    const { get, http2 } = await scenario(t, 'web', { ...plan, 'orders /orders/9': { fault: 'reset' } },
      { config: { ...config, routes } })
    for (const [why, path, options, status] of answers) {
      const { ask } = await http2({ as: options.as })
      for (const one of [get, ask]) {
        const { as, ...more } = options
        const what = one === get ? options : more
        const res = await one(path, { ...what, headers: { ...options.headers, origin: shop } })
        assert.equal(res.status, status, why)
        assert.equal(res.headers['access-control-allow-origin'], shop, why)
        assert.equal(res.headers['access-control-allow-credentials'], 'true', why)
        assert.ok(listed(res.headers['access-control-expose-headers']).includes('x-request-id'), why)
        assert.ok(listed(res.headers['access-control-expose-headers']).includes('server-timing'), why)
        assert.ok(listed(res.headers.vary).includes('origin'), why)
      }
    }
  })

  test('varies, and says no more, for other origins and for none', async t => {
    const { get } = await scenario(t, 'web', plan, { config })
    for (const headers of [{}, { origin: stranger }, { origin: 'null' }]) {
      for (const [path, as, status] of [[page.path, undefined, 200], ['/api/users/1', undefined, 200],
        [page.path, null, 401]]) {
        const res = await get(path, { as, headers })
        assert.equal(res.status, status)
        assert.deepEqual(cors(res), {})
        assert.ok(listed(res.headers.vary).includes('origin'))
      }
    }
  })

  const own = { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'false',
    'access-control-expose-headers': 'x-own', 'access-control-allow-methods': 'PURGE',
    'timing-allow-origin': '*', vary: 'Accept-Language' }

  test('has our fields in place of the service\'s', async t => {
    const { get } = await scenario(t, 'web', { 'users *': { json: {}, headers: own } }, { config })
    const mine = await get('/api/users/1', { headers: { origin: shop } })
    assert.equal(mine.headers['access-control-allow-origin'], shop)
    assert.equal(mine.headers['access-control-allow-credentials'], 'true')
    assert.equal(mine.headers['access-control-allow-methods'], undefined)
    assert.doesNotMatch(mine.headers['access-control-expose-headers'], /x-own/)
    assert.deepEqual(listed(mine.headers.vary).sort(), ['accept-language', 'origin'])
    const theirs = await get('/api/users/1', { headers: { origin: stranger } })
    assert.deepEqual(cors(theirs), {})
  })

  test('is as the service says where no origin is named', async t => {
    const { get } = await scenario(t, 'web', { ...plan, 'users /users/1': { json: {}, headers: own } })
    const res = await get('/api/users/1', { headers: { origin: shop } })
    assert.equal(res.headers['access-control-allow-origin'], '*')
    assert.equal(res.headers.vary, 'Accept-Language')
    const ours = await get(page.path, { headers: { origin: shop } })
    assert.deepEqual(cors(ours), {})
    assert.equal(ours.headers.vary, 'Accept')
    const refusal = await get(page.path, { as: null, headers: { origin: shop } })
    assert.deepEqual(cors(refusal), {})
  })

  test('of a pattern: one more name in front of the host, and nothing else', async t => {
    const { get, http2 } = await scenario(t, 'web', plan,
      { config: { cors: { origins: ['https://*.shop.example', shop] } } })
    const { ask } = await http2({})
    const reads = async (one, options) => (await one(page.path, options)).headers['access-control-allow-origin']
    for (const one of [get, ask]) {
      for (const origin of ['https://a.shop.example', 'https://pr-7.shop.example', shop]) {
        assert.equal(await reads(one, { headers: { origin } }), origin)
        assert.equal((await get('/api/users/1', preflight(origin))).headers['access-control-allow-origin'], origin)
      }
      for (const origin of ['https://evil-shop.example', 'https://a.b.shop.example', 'https://.shop.example',
        'http://a.shop.example', 'https://a.shop.example:8443', 'https://a.shop.example.evil.example', 'null',
        'https://evil.example/.shop.example', 'https://A.shop.example']) {
        const res = await one(page.path, { headers: { origin } })
        assert.deepEqual(cors(res), {}, origin)
        assert.ok(listed(res.headers.vary).includes('origin'), origin)
      }
    }
  })

  test('lists more fields that scripts may read', async t => {
    const { get } = await scenario(t, 'web', plan,
      { config: { cors: { ...config.cors, expose: ['X-Total-Count', 'age', 'Link'] } } })
    for (const path of [page.path, '/api/users/1', '/nowhere']) {
      const fields = listed((await get(path, { headers: { origin: shop } })).headers['access-control-expose-headers'])
      assert.deepEqual(fields.slice(-3), ['age', 'x-total-count', 'link'])
      assert.ok(fields.includes('x-request-id'))
    }
  })

  test('for every origin, without credentials', async t => {
    const { get } = await scenario(t, 'web', plan,
      { config: { cors: { origins: ['*'], credentials: false, max_age: '60s' } } })
    const res = await get(page.path, { headers: { origin: stranger } })
    assert.ok([stranger, '*'].includes(res.headers['access-control-allow-origin']))
    assert.equal(res.headers['access-control-allow-credentials'], undefined)
    const asked = await get(page.path, preflight(stranger))
    assert.equal(asked.headers['access-control-max-age'], '60')
    assert.equal(asked.headers['access-control-allow-credentials'], undefined)
  })
})

test('what the door refuses carries the fields too', async t => {
  const origin = 'https://shop.example'
  const { get } = await scenario(t, 'web', {}, { config: { cors: { origins: [origin] } } })
  const res = await get('/api/users/1', { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1),
    headers: { origin } })
  assert.equal(res.status, 413)
  assert.equal(res.headers['access-control-allow-origin'], origin)
})
