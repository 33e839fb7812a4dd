// Scenarios of the mock services: every one of the shop in both builds, how a request chooses one,
// and what a scenario's rows do.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { addressesOf, startMocks } from './lib/mocks.mjs'
import { anywhere, configFile, demo } from './lib/scenario.mjs'
import { startServer } from './lib/server.mjs'

const routes = [
  { path: '/api/auth/', service: 'users', to: '/auth/', access: 'public' },
  { path: '/api/stock/', service: 'inventory', to: '/inventory/' },
  { path: '/api/stored/', service: 'inventory', to: '/inventory/', cache: { ttl: '60s' } },
]
const named = name => ({ headers: { 'x-mock-scenario': name } })
const cookie = name => ({ headers: { cookie: `theme=dark; mock-scenario=${name}` } })

// { get, put }: put makes a scenario the current one, for all requests.
async function shop(t, build, config = { routes, cache: {} }) {
  const { get, server } = await demo(t, build, { config })
  const put = async wanted => {
    const { status, text } = await get('/__bff/scenario', { method: 'PUT', body: JSON.stringify(wanted),
      headers: { 'content-type': 'application/json' } })
    assert.equal(status, 200, text)
  }
  return { get, put, server }
}

for (const build of ['web', 'mobile']) {
  describe(`scenarios in bff-${build}`, { concurrency: 4 }, () => {
    test('sold-out: a product is there, and not in stock', async t => {
      const { get } = await shop(t, build)
      const usual = await get('/api/products/p1')
      for (const choice of [named('sold-out'), cookie('sold-out')]) {
        const { status, body } = await get('/api/products/p1', choice)
        assert.deepEqual([status, body], [200, { ...usual.body, inStock: false,
          ...(build === 'web' && { stockQuantity: 0 }) }])
      }
      assert.equal(usual.body.inStock, true)
    })

    test('new-user: a dashboard without orders', async t => {
      const { get } = await shop(t, build)
      const { body } = await get('/api/dashboard/u1', named('new-user'))
      assert.deepEqual([body.partialFailure, body.recentOrders], [false, []])
      if (build === 'web')
        assert.deepEqual([body.recommendations, body.unreadNotifications[0].title], [[], 'Welcome'])
      else assert.equal(body.unreadCount, 1)
      assert.equal((await get('/api/products/p1', named('new-user'))).status, 200)
    })

    test('empty-cart: a checkout without items', async t => {
      const { get } = await shop(t, build)
      const { status, body } = await get('/api/checkout/o18', named('empty-cart'))
      assert.deepEqual([status, body.order.items, body.products], [200, [], []])
    })

    test('slow-evening: every page is there, later', async t => {
      const { get } = await shop(t, build)
      let waited = 0
      for (const page of ['/api/dashboard/u1', '/api/products/p1', '/api/checkout/o18']) {
        const { status, ms } = await get(page, named('slow-evening'))
        assert.equal(status, 200)
        waited += ms
      }
      assert.ok(waited > 60, `${waited} ms`)
    })

    test('checkout-day: what was bought is in the lists, and no longer in stock', async t => {
      const { get } = await shop(t, build)
      const stock = async () => (await get('/api/stock/p6', named('checkout-day'))).body.quantity
      const before = await stock()
      const { status, text } = await get('/api/checkout/o18/confirm', { method: 'POST',
        body: '{"paymentMethod":"card"}', headers: { 'content-type': 'application/json',
          'idempotency-key': '"day"', 'x-mock-scenario': 'checkout-day' } })
      assert.equal(status, 200, text)
      const { body } = await get('/api/dashboard/u1', named('checkout-day'))
      assert.equal(body.recentOrders[0].id, 'o19')
      assert.equal(await stock(), before - 2)
      const { body: usual } = await get('/api/dashboard/u1')
      assert.equal(usual.recentOrders[0].id, 'o18')
    })

    test('a current scenario is for all who choose none', async t => {
      const { get, put } = await shop(t, build)
      await put({ name: 'sold-out' })
      assert.equal((await get('/api/products/p1')).body.inStock, false)
      assert.equal((await get('/api/products/p1', named('none'))).body.inStock, true)
      assert.equal((await get('/api/products/p1', named('new-user'))).body.inStock, true)
      await put({ name: null })
      assert.equal((await get('/api/products/p1')).body.inStock, true)
    })

    test('a scenario breaks a part, and pages without it do not mind', async t => {
      const { get, put } = await shop(t, build)
      await put({ scenario: { name: 'broken', parts: { recentOrders: 'breaker_open' } } })
      const { body } = await get('/api/dashboard/u1')
      assert.deepEqual(body.errors.recentOrders.reason, 'breaker_open')
      assert.equal((await get('/api/products/p1')).status, 200)
      const { body: other } = await get('/api/dashboard/u1',
        { headers: { 'x-mock': 'part:recentOrders timeout' } })
      assert.equal(other.errors.recentOrders.reason, 'timeout')
    })
  })
}

describe('choosing a scenario', { concurrency: 4 }, () => {
  test('a plain route passes header and cookie on, and stores nothing', async t => {
    const { get, put } = await shop(t, 'web')
    const quantity = async options => (await get('/api/stored/p1', options)).body.quantity
    assert.equal(await quantity(), 42)
    assert.equal(await quantity(named('sold-out')), 0)
    assert.equal(await quantity(cookie('sold-out')), 0)
    await put({ name: 'sold-out' })
    assert.equal(await quantity(), 0)
    await put({ name: null })
    assert.equal(await quantity(), 42)
  })

  test('an unknown name gets 400 with the known ones', async t => {
    const { get } = await shop(t, 'web')
    const { status, body } = await get('/api/stock/p1', named('sold-uot'))
    assert.deepEqual([status, body.error], [400, "X-Mock-Scenario: no scenario is called 'sold-uot'; " +
      'known are none, checkout-day, empty-cart, new-user, slow-evening, sold-out'])
    const page = await get('/api/dashboard/u1', cookie('sold-uot'))
    assert.equal(page.body.errors.recentOrders.status, 400)
  })

  test('without mock mode no service learns of it', async t => {
    const mocks = await startMocks(t, { JWT_SECRET: 'a secret that is long enough to sign' })
    const config = configFile(t, { routes, login: 'off' })
    const server = await startServer('web', ['--config', config, '--listen', anywhere],
      addressesOf(mocks))
    t.after(() => server.stop())
    for (const choice of [named('sold-out'), cookie('sold-out')]) {
      assert.equal((await ask(server.url, '/api/products/p1', choice)).body.inStock, true)
      assert.equal((await ask(server.url, '/api/stock/p1', choice)).body.quantity, 42)
    }
    assert.equal((await ask(mocks.urls.inventory, '/inventory/p1', cookie('sold-out'))).body.quantity, 0)
  })
})

test('no web page may choose a scenario at a mock service', async t => {
  const { urls } = await startMocks(t)
  const choose = (method, headers) => ask(urls.orders, '/__mock/scenario', { method, headers, body: '{"name":"sold-out"}' })
  for (const [method, origin] of [['PUT', 'http://evil.example'], ['PUT', new URL(urls.orders).origin], ['DELETE', 'null']])
    assert.equal((await choose(method, { origin })).status, 403, `${method} ${origin}`)
  assert.equal((await ask(urls.orders, '/__mock/scenario')).body.current, null)
  assert.equal((await choose('PUT', {})).status, 200)
})

// A mock with a scenario as the current one: { get(service, path, options), put }.
async function play(t, scenario) {
  const { urls } = await startMocks(t)
  const get = (service, where, options) => ask(urls[service], where, options)
  const put = wanted => get('orders', '/__mock/scenario', { method: 'PUT', body: JSON.stringify(wanted) })
  const { status, text } = await put({ scenario: { name: 'mine', ...scenario } })
  assert.equal(status, 200, text)
  return { get, put, urls }
}

describe('the rows of a scenario', { concurrency: 4 }, () => {
  test('have status, fields, delays and fates', async t => {
    const { get } = await play(t, { answers: [
      { service: 'users', target: '/users/a', status: 418, text: 'tea', headers: { 'X-Pot': 'small' } },
      { service: 'users', target: '/users/b', delay: '40ms', body_delay: '60ms', body: { b: 1 } },
      { service: 'users', target: '/users/c', fate: 'reset' },
      { service: 'users', target: '/users/u1', fate: 'status=503' },
    ] })
    const a = await get('users', '/users/a')
    assert.deepEqual([a.status, a.text, a.headers['x-pot']], [418, 'tea', 'small'])
    const b = await get('users', '/users/b')
    assert.deepEqual(b.body, { b: 1 })
    assert.ok(b.ms >= 95, `${b.ms} ms`) // two timers, and each may be a millisecond early
    await assert.rejects(get('users', '/users/c'))
    assert.equal((await get('users', '/users/u1')).status, 503)
    const own = await get('users', '/users/u1', { headers: { 'x-mock': 'users status=500' } })
    assert.equal(own.status, 500)
  })

  test('give the same answers for the same seed, on two machines', async t => {
    const answers = [{ service: 'orders', method: 'POST', status: 201,
      body: { id: '{{uuid}}', n: '{{random 1 1000000}}', at: '{{now}}', items: '{{body.items}}' } }]
    const scenario = { seed: 9, time: '2026-11-28T12:00:00Z', answers }
    const run = async () => {
      const { get } = await play(t, scenario)
      const post = async () =>
        (await get('orders', '/orders', { method: 'POST', body: '{"items":[1]}' })).text
      return [await post(), await post()]
    }
    const [one, two] = await Promise.all([run(), run()])
    assert.deepEqual(one, two)
    assert.notEqual(one[0], one[1])
    assert.match(one[0], /"at":"2026-11-28T12:00:00.000Z","items":\[1\]}$/)
  })

  test('change while requests are under way', async t => {
    const { get, put } = await play(t, { answers: [{ service: 'users', body: 0, delay: '5ms' }] })
    const puts = Array.from({ length: 40 }, (_, i) => put({ scenario: { name: `s${i % 3}`, stateful: true,
      answers: [{ service: 'users', body: i, delay: { p50: '1ms', p95: '9ms' }, body_delay: '1ms' }] } }))
    const gets = Array.from({ length: 400 }, () => get('users', '/users/u1'))
    for (const { status } of await Promise.all([...puts, ...gets])) assert.equal(status, 200)
  })

  test('with a mistake are refused, and change nothing', async t => {
    const { get, put } = await play(t, {})
    const { status, body } = await put({ scenario: { name: 'x', answers: [{ servise: 'users' }] } })
    assert.deepEqual([status, body.error],
      [400, 'scenario:1: answers[0]: "servise": unknown name; did you mean "service"?'])
    assert.equal((await get('users', '/__mock/scenario')).body.current, 'mine')
  })
})
