// Faults of parts on demand: in mock mode, the server itself obeys "part:" clauses of X-Mock.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { demo, scenario } from './lib/scenario.mjs'

const reasons = ['timeout', 'connect', 'reset', 'too_large', 'bad_json', 'bad_http', 'breaker_open', 'limited',
  'skipped', 'forbidden']
const statusOf = reason => ['too_large', 'bad_json'].includes(reason) ? { status: 200 } : {}

const dashboard = [
  ...reasons.map(reason => [`part:user ${reason}`, { user: { reason, ...statusOf(reason) } }]),
  ['part:user status=503', { user: { reason: 'status', status: 503 } }],
  ['part:recentOrders hang', { recentOrders: { reason: 'timeout' } }],
  ['part:recentOrders delay=50ms', {}],
  ['part:user reset; users status=500, orders status=404', {
    user: { reason: 'reset' }, recentOrders: { reason: 'status', status: 404 } }],
]

const checkout = [
  ['part:user timeout', 200, { user: { reason: 'timeout' } }],
  ['part:products[0] status=500', 200, { 'products[0]': { reason: 'status', status: 500 } }],
  ['part:products too_large', 200, { products: { reason: 'too_large' } }],
  ['part:order breaker_open', 503],
  ['part:order status=404', 404],
  ['part:order timeout', 504],
]

const mistakes = {
  'part:users reset': "X-Mock: 'users' is no part of this page; it has user, recentOrders, recommendations, " +
    'unreadNotifications',
  'part:user explode': /^X-Mock: 'explode' is no word for a part; known are timeout, /,
  'part:user unknown': "X-Mock: 'unknown' is only for a part that changes data",
}

describe('X-Mock with part:', { concurrency: 4 }, () => {
  test('rejects parts of the dashboard, and passes on what is for services', async t => {
    const { get } = await demo(t, 'web')
    for (const [header, errors] of dashboard) {
      const { status, body } = await get('/api/dashboard/u1', { headers: { 'x-mock': header } })
      assert.equal(status, 200)
      assert.deepEqual(body.errors ?? {}, errors, header)
      assert.equal(body.partialFailure, Object.keys(errors).length > 0)
    }
  })

  test('rejects items and required parts', async t => {
    const { get } = await demo(t, 'web')
    for (const [header, status, errors] of checkout) {
      const answer = await get('/api/checkout/o1', { headers: { 'x-mock': header } })
      assert.equal(answer.status, status, header)
      assert.deepEqual(answer.body.errors, errors, header)
    }
  })

  test('with a mistake is answered with 400, also of a stream', async t => {
    const { get } = await demo(t, 'web')
    for (const [header, says] of Object.entries(mistakes)) {
      for (const accept of ['application/json', 'application/x-ndjson']) {
        const { status, body } = await get('/api/dashboard/u1', { headers: { 'x-mock': header, accept } })
        assert.equal(status, 400)
        if (says instanceof RegExp) assert.match(body.error, says)
        else assert.equal(body.error, says)
      }
    }
  })

  test('is obeyed by a page that is sent as its parts settle', async t => {
    const { get } = await demo(t, 'web')
    const { status, text } = await get('/api/dashboard/u1', { headers: { accept: 'application/x-ndjson',
      'x-mock': 'part:user reset; part:recentOrders delay=100ms' } })
    assert.equal(status, 200)
    const [, first, ...more] = text.trim().split('\n').map(line => JSON.parse(line))
    assert.deepEqual(first, { members: { user: null }, errors: { user: { reason: 'reset' } } })
    assert.deepEqual(Object.keys(more.at(-2).members), ['recentOrders'])
  })

  test('adds to a scenario, and counts more than it for the same part', async t => {
    const { get } = await demo(t, 'web')
    const scenario = { name: 'broken', parts: { user: 'reset', recentOrders: 'limited', nobody: 'hang' } }
    const put = await get('/__bff/scenario', { method: 'PUT', body: JSON.stringify({ scenario }),
      headers: { 'content-type': 'application/json' } })
    assert.equal(put.status, 200, put.text)
    const errorsOf = async (path, mock) => (await get(path, { headers: mock ? { 'x-mock': mock } : {} })).body.errors
    const [user, recentOrders] = [{ reason: 'reset' }, { reason: 'limited' }]
    assert.deepEqual(await errorsOf('/api/dashboard/u1'), { user, recentOrders })
    assert.deepEqual(await errorsOf('/api/dashboard/u1', 'part:user delay=1ms'), { recentOrders })
    assert.deepEqual(await errorsOf('/api/checkout/o1'), { user })
    assert.equal(await errorsOf('/api/products/p1'), undefined)
  })

  test('is nothing to a plain route', async t => {
    const { get } = await demo(t, 'web')
    const { status, body } = await get('/api/users/u1', { headers: { 'x-mock': 'part:nobody explode' } })
    assert.equal(status, 200)
    assert.equal(body.id, 'u1')
  })

  test('is nothing outside of mock mode', async t => {
    const page = pages['web dashboard']
    const { get } = await scenario(t, 'web', planOf(page))
    const { status, body } = await get(page.path, { headers: { 'x-mock': 'part:user reset; part:nobody explode' } })
    assert.equal(status, 200)
    assert.equal(body.partialFailure, false)
  })
})

describe('X-Mock with part: for a page that changes data', { concurrency: 4 }, () => {
  const cases = [
    ['part:confirmed reset', 502, 'reset', { reservation: { outcome: 'done' } }],
    ['part:confirmed status=409', 502, 'status', { reservation: { outcome: 'done' } }],
    ['part:confirmed unknown', 504, 'unknown', { reservation: { outcome: 'kept' } }],
    ['part:reservation limited', 503, 'limited', undefined],
  ]

  for (const [header, status, reason, undo] of cases) {
    test(header, async t => {
      const { get } = await demo(t, 'web')
      const answer = await get('/api/checkout/o18/confirm', { method: 'POST', as: 'u1',
        body: JSON.stringify({ paymentMethod: 'card' }),
        headers: { 'content-type': 'application/json', 'idempotency-key': '"k"', 'x-mock': header } })
      assert.equal(answer.status, status)
      assert.equal(answer.body.reason, reason)
      assert.deepEqual(answer.body.undo && { reservation: answer.body.undo.reservation }, undo)
    })
  }
})
