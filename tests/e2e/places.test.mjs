// Pages of bff-places: computed members in the items of a list, and lists that keep their places.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { assertBody, scenario } from './lib/scenario.mjs'

const order = (id, ...products) => ({ id, items: products.map(productId => ({ productId })) })
const services = {
  'users /users/u1': { json: { id: 'u1', name: 'Ada', email: 'ada@mail.example' } },
  'orders /orders?userId=u1&limit=10': { json: [order('1', 'p1', 'p2'), order('2'), order('3', 'p2')] },
  'products /products/p1': { json: { id: 'p1', name: 'Tea' } },
  'products /products/p2': { json: { id: 'p2', name: 'Cup' } },
  'notifications /notifications/u1?unread=true': { json: [{}, {}] },
}
const user = { id: 'u1', name: 'Ada' }
const named = names => services['orders /orders?userId=u1&limit=10'].json.map(
  (each, i) => ({ ...each, firstProductName: names[i] }))

describe('the account', { concurrency: 4 }, () => {
  test('has the first product of each order, and null for an order without one', async t => {
    const { get, asked } = await scenario(t, 'places', services)
    const answer = await get('/api/account/u1', { as: 'u1' })

    assertBody(answer, { user, orders: named(['Tea', null, 'Cup']), unreadCount: 2 })
    assert.equal(answer.headers['proxy-status'], undefined)
    assert.match(answer.headers['server-timing'], /products;dur=[0-9.]+,/)
    assert.deepEqual(asked('products').map(({ url }) => url).sort(), ['/products/p1', '/products/p2'])
  })

  test('leaves all other bytes of an order as they are', async t => {
    const text = '[ {"total": 1.10,\n "id":12345678901234567890,"items":[ ]} , {} ]'
    const { get } = await scenario(t, 'places', {
      ...services, 'orders /orders?userId=u1&limit=10': { text } })

    assert.equal((await get('/api/account/u1', { as: 'u1' })).text,
      '{"user":{"id":"u1","name":"Ada"},"orders":[ {"total": 1.10,\n "id":12345678901234567890,' +
      '"items":[ ],"firstProductName":null} , {"firstProductName":null} ],"unreadCount":2}')
  })

  test('asks for a product of two orders once, and names it in both', async t => {
    const { get, asked } = await scenario(t, 'places', {
      ...services, 'orders /orders?userId=u1&limit=10': { json: [order('1', 'p1'), order('2', 'p1')] } })

    const { body } = await get('/api/account/u1', { as: 'u1' })
    assert.deepEqual(body.orders.map(each => each.firstProductName), ['Tea', 'Tea'])
    assert.equal(asked('products').length, 1)
  })

  test('has null where a product failed, and the others in their places', async t => {
    const { get } = await scenario(t, 'places', {
      ...services, 'products /products/p1': { status: 500 } })

    assertBody(await get('/api/account/u1', { as: 'u1' }), {
      user, orders: named([null, null, 'Cup']), unreadCount: 2, partialFailure: true,
      errors: { 'products[0]': { reason: 'status', status: 500 } } })
  })

  test('does without orders', async t => {
    const { get } = await scenario(t, 'places', {
      ...services, 'orders /orders?userId=u1&limit=10': { json: { error: 'x' } } })

    assertBody(await get('/api/account/u1', { as: 'u1' }), {
      user, orders: [], unreadCount: 2, partialFailure: true,
      errors: { orders: { reason: 'bad_json', status: 200 }, products: { reason: 'skipped' } } })
  })

  test('does not do without its user, and is shown to nobody else', async t => {
    const { get } = await scenario(t, 'places', { ...services, 'users /users/u1': { status: 404 } })

    assert.equal((await get('/api/account/u1', { as: 'u1' })).status, 404)
    assert.equal((await get('/api/account/u1', { as: 'u2' })).status, 403)
  })
})

describe('an order that there is perhaps not', () => {
  const none = { 'orders /orders?userId=u1&limit=10': { json: [] } }

  test('is null without an error, when the page can do without', async t => {
    const { get, server } = await scenario(t, 'places', none)
    const answer = await get('/api/newest/u1')

    assertBody(answer, { newest: null })
    assert.equal(answer.headers['cache-control'], 'private, no-cache')
    assert.match(answer.headers['server-timing'], /^orders;dur=[0-9.]+, newest;dur=0\.0$/)
    await server.stop()
    const line = server.lines().find(({ path }) => path === '/api/newest/u1')
    assert.equal(line.parts.newest.reason, undefined)
    assert.equal(line.parts.newest.status, undefined)
  })

  test('is a refusal, when the page cannot', async t => {
    const { get } = await scenario(t, 'places', none)
    const answer = await get('/api/required/u1', { headers: { 'x-request-id': 'me' } })

    assert.equal(answer.status, 502)
    assertBody(answer, { error: 'Failed to load the order', part: 'newest', reason: 'skipped',
      requestId: 'me' })
  })
})

test('a function that does not print exactly one value has null in its place, and an event', async t => {
  const { get, server } = await scenario(t, 'places', services)
  const answer = await get('/api/wrong/u1')

  assertBody(answer, { user, orders: ['1', '2', '3'].map(id => ({ id, label: null })),
    open: null, whole: { name: 'Ada' } })
  await server.stop()
  const events = server.lines().filter(({ event }) => event === 'bad_member')
  assert.deepEqual(events.map(({ composite, member }) => [composite, member]),
    [['/api/wrong/:userId', 'orders[].label']])
  assert.match(events[0].message, /exactly one value/)
})

describe('a part with a breaker of its own', () => {
  test('shares no call with a part that has none, and their failures count apart', async t => {
    const breaker = { error_threshold: 0, volume: 2, reset: '60s' }
    const { get, asked, server } = await scenario(t, 'places',
      { 'users *': [{ status: 500 }, { json: user }] }, { config: { services: { users: { breaker } } } })
    await get('/api/guarded/u1', { as: 'u1' })
    await get('/api/guarded/u1', { as: 'u1' })
    assert.equal(asked('users').length, 4)
    await server.stop()
    assert.deepEqual(server.lines().filter(({ event }) => event === 'breaker_open'), [])
  })

  test('has breaker_open by its own calls', async t => {
    const breaker = { volume: 2, reset: '60s' }
    const { get, server } = await scenario(t, 'places', { 'users *': { status: 500 } },
      { config: { services: { users: { breaker } } } })
    await get('/api/guarded/u1', { as: 'u1' })
    await get('/api/guarded/u1', { as: 'u1' })
    const { body: { errors } } = await get('/api/guarded/u1', { as: 'u1' })
    assert.deepEqual([errors.own.reason, errors.user.reason], ['breaker_open', 'breaker_open'])
    await server.stop()
    const opened = server.lines().filter(({ event }) => event === 'breaker_open')
    assert.deepEqual(opened.map(({ service, breaker }) => service ?? breaker).sort(),
      ['part GET /api/guarded/:userId own', 'users'])
  })
})
