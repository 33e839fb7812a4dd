// A recorded request is a scenario of the mock services: with it, the same request has the same parts
// with the same fates, in the same order.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { fatesOf, recordedDemo } from './lib/recorder.mjs'
import { eventually } from './lib/wait.mjs'

const json = { 'content-type': 'application/json' }
const byNumber = (requests, number) => requests.find(one => one.number === number)

// Asks, records, makes the record a scenario, and asks again. Gives both records and answers.
async function replay(t, where, { mock, isKeyed, ...options } = {}) {
  const { get, list, requests, fixture, url } = await recordedDemo(t)
  await requests(1) // the login
  const once = async (number, headers) => {
    const answer = await get(where, { as: 'u1', ...options, headers: { ...json, ...headers,
      ...(isKeyed && { 'idempotency-key': `k${number}` }) } })
    let found
    await eventually(async () => (found = byNumber((await list()).requests, number)), `request ${number}`)
    return { answer, record: found }
  }
  const login = (await get('/api/dashboard/u1', { as: 'u1' })).status
  assert.equal(login, 200)
  let next = (await requests(3)).at(-1).number
  const first = await once(next += 1, mock && { 'x-mock': mock })
  const scenario = await fixture(first.record.number)
  const put = await ask(url, '/__bff/scenario', { method: 'PUT', headers: json, body: JSON.stringify({ scenario }) })
  assert.equal(put.status, 200, put.text)
  assert.equal(put.body.current, scenario.name)
  // A machine that is busy with other things may hold up the server: then it is asked again.
  let second
  for (let i = 0; i < 5; i++) {
    second = await once(next += 1)
    if (fatesOf(second.record).join() === fatesOf(first.record).join()) break
  }
  return { first, second, scenario }
}

function assertSame({ first, second }) {
  assert.deepEqual(fatesOf(second.record), fatesOf(first.record))
  assert.equal(second.answer.status, first.answer.status)
  const [was, is] = [first, second].map(({ answer: { body: { loadedAt, requestId, ...body } } }) => body)
  assert.deepEqual(is, was)
}

// The delays are so far apart that the order does not depend on the machine.
const cases = {
  'that is whole': ['/api/dashboard/u1', { mock: 'users delay=150ms; orders delay=50ms; recommendations delay=250ms; notifications delay=350ms' },
    ['recentOrders', 'user', 'recommendations', 'unreadNotifications']],
  'with failed calls': ['/api/dashboard/u1', { mock: 'users delay=400ms; orders delay=40ms reset; recommendations delay=200ms status=503; notifications delay=300ms bad-json' },
    ['recentOrders reset', 'recommendations status', 'unreadNotifications bad_json', 'user']],
  'with cut and long answers': ['/api/dashboard/u1', { mock: 'users delay=300ms; orders delay=100ms truncate; recommendations delay=200ms large; notifications delay=400ms' },
    ['recentOrders reset', 'recommendations too_large', 'user', 'unreadNotifications']],
  'with a call that hangs': ['/api/dashboard/u1', { mock: 'users delay=100ms; orders delay=200ms; recommendations hang; notifications delay=300ms' },
    ['user', 'recentOrders', 'unreadNotifications', 'recommendations timeout']],
  'with faults of this server': ['/api/dashboard/u1', { mock: 'users delay=300ms; part:recentOrders breaker_open; part:recommendations limited delay=150ms; notifications delay=450ms' },
    ['recentOrders breaker_open', 'recommendations limited', 'user', 'unreadNotifications']],
  'that a required part has failed': ['/api/products/p1', { mock: 'products status=404 delay=200ms; reviews delay=50ms; inventory hang' },
    ['reviews', 'product status', 'inventory cancelled']],
  'that changes data': ['/api/checkout/o18/confirm', { method: 'POST', body: '{"paymentMethod":"card"}', isKeyed: true },
    ['order', 'stock', 'reservation', 'confirmed', 'notified']],
  'whose change has failed': ['/api/checkout/o18/confirm', { method: 'POST', body: '{"paymentMethod":"card"}', isKeyed: true,
    mock: 'inventory POST status=409' }, ['order', 'stock', 'reservation status', 'confirmed cancelled', 'notified cancelled']],
}

describe('a recorded request', { concurrency: 3 }, () => {
  for (const [name, [where, options, fates]] of Object.entries(cases))
    test(`${name} plays again`, async t => {
      const { first, second } = await replay(t, where, options)
      if (fates) assert.deepEqual(fatesOf(first.record).sort(), [...fates].sort())
      assertSame({ first, second })
    })

  test('of a plain route plays again', async t => {
    const { first, second } = await replay(t, '/api/users/u1', { mock: 'users delay=100ms' })
    assert.deepEqual(second.answer.body, first.answer.body)
    assert.ok(second.record.calls[0].firstByteUs - second.record.calls[0].askedUs >= 99_000)
  })
})
