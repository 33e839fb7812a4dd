// A page that changes data, with one fault in each service at each step: the answer, what the services
// have at the end, and the log agree.
import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, test } from 'node:test'

import { ask, connectHttp2 } from './lib/client.mjs'
import { fates, startLedgers, startShop } from './lib/ledgers.mjs'
import { kill } from './lib/server.mjs'
import { eventually, gate } from './lib/wait.mjs'

const page = '/api/confirm/c1'
const confirm = (shop, key = 'k1') =>
  ask(shop.url, page, { method: 'POST', headers: { 'idempotency-key': key } })

// A shop whose services do what `decide` says. The server is stopped at the end.
async function startWith(t, decide) {
  const ledgers = await startLedgers(t, decide)
  const shop = await startShop(t, ledgers)
  t.after(() => shop.stop())
  const told = event => shop.lines().filter(line => line.event === event)
    .map(({ part, call, reason }) => ({ part, call, reason }))
  return { ledgers, shop, told }
}

// `fate` happens to the first `times` requests to `service` that change something.
function failing(service, fate, times, undo = fates.ok) {
  let count = 0
  return request => {
    if (request.method === 'DELETE') return undo
    return request.service === service && count++ < times ? fates[fate] : fates.ok
  }
}

const all = { reservations: 1, orders: 1, notices: 1 }
const none = { reservations: 0, orders: 0, notices: 0 }
const parts = { inventory: 'reserve', orders: 'order', notifications: 'notice' }
const unclear = Object.keys(fates).filter(name => !['ok', 'refusal'].includes(name))

const forBoth = (service, name) => async t => {
  const { ledgers, shop, told } = await startWith(t, failing(service, name, 1))
  const { status, body } = await confirm(shop)
  const isLate = name.startsWith('time-out')

  if (isLate && service === 'inventory') { // the budget is over before the order
    assert.equal(status, 504)
    assert.equal(body.part, 'order')
    assert.equal(body.reason, 'timeout')
    assert.deepEqual(body.undo, { reserve: { outcome: 'done' } })
    assert.deepEqual(ledgers.held(), none)
    return
  }
  assert.equal(status, 200)
  const rest = isLate && service === 'orders' ? { notices: 0 } : {}
  assert.deepEqual(ledgers.held(), { ...all, ...rest })
  assert.equal(ledgers.asked(service).length, 2)
  assert.equal(new Set(ledgers.asked(service).map(({ key }) => key)).size, 1, 'the same key')
  assert.deepEqual(told('unresolved'), [])
}

describe('one fault', { concurrency: 4 }, () => {
  for (const service of Object.keys(parts))
    for (const name of unclear)
      test(`${service}: ${name}`, forBoth(service, name))
})

describe('a fault that does not end', { concurrency: 4 }, () => {
  for (const service of Object.keys(parts))
    for (const name of ['lost request', 'lost answer', 'error after'])
      test(`${service}: ${name}`, async t => {
        let decide = failing(service, name, Infinity)
        const { ledgers, shop, told } = await startWith(t, request => decide(request))
        const { status, body } = await confirm(shop)
        const part = parts[service]

        assert.equal(ledgers.asked(service).length, 4)
        await eventually(() => told('unresolved').length > 0, 'the event')
        assert.deepEqual(told('unresolved'), [{ part, call: 'change', reason: 'unknown' }])
        assert.deepEqual(told('undone'), [], 'the order may need the reservation')
        if (part === 'notice') {
          assert.equal(status, 200)
          assert.equal(body.errors.notice.reason, 'unknown')
          return
        }
        assert.equal(status, 504)
        assert.deepEqual([body.part, body.reason], [part, 'unknown'])
        assert.deepEqual(body.undo, part === 'order' ? { reserve: { outcome: 'kept' } } : undefined)
        decide = () => fates.ok
        assert.equal((await confirm(shop)).status, 200, 'a repeat finds out')
        assert.deepEqual(ledgers.held(), all)
      })
})

describe('a refusal', () => {
  test('of the order takes the reservation back', async t => {
    const { ledgers, shop, told } = await startWith(t, failing('orders', 'refusal', 1))
    const { status, body } = await confirm(shop)

    assert.equal(status, 502)
    assert.deepEqual([body.part, body.reason, body.status], ['order', 'status', 422])
    assert.deepEqual(body.undo, { reserve: { outcome: 'done' } })
    assert.deepEqual(ledgers.held(), none)
    await eventually(() => told('undone').length > 0, 'the event')
  })

  test('of the undo is tried again, and told', async t => {
    const { ledgers, shop, told } = await startWith(t,
      failing('orders', 'refusal', 1, fates['lost request']))
    const { status, body } = await confirm(shop)

    assert.equal(status, 502)
    assert.deepEqual(body.undo, { reserve: { outcome: 'failed', reason: 'reset' } })
    assert.equal(ledgers.asked('inventory').filter(({ method }) => method === 'DELETE').length, 4)
    assert.equal(ledgers.held().reservations, 1)
    await eventually(() => told('unresolved').length > 0, 'the event')
    assert.deepEqual(told('unresolved'), [{ part: 'reserve', call: 'undo', reason: 'reset' }])
  })
})

// The first order waits until the test lets it go on, to its fate `then`.
function heldOrder(then) {
  const come = gate(), go = gate()
  let count = 0
  const decide = async ({ service }) => {
    if (service !== 'orders' || count++ > 0) return fates.ok
    come.open()
    await go.opened
    return fates[then]
  }
  return { come: come.opened, go: go.open, decide }
}

// A client that leaves when `until` is there.
async function leave(protocol, shop, until) {
  const options = { method: 'POST', headers: { 'idempotency-key': 'k1' } }
  if (protocol === 'HTTP/2') {
    const client = await connectHttp2(shop.url)
    const stream = client.open(page, options)
    stream.on('error', () => undefined)
    await until
    client.close()
    return
  }
  const request = http.request(`${shop.url}${page}`, { ...options, agent: false })
  request.on('error', () => undefined)
  request.end()
  await until
  request.destroy()
}

describe('a client that leaves', () => {
  for (const protocol of ['HTTP/1.1', 'HTTP/2'])
    test(`over ${protocol}: the reservation is taken back all the same`, async t => {
      const order = heldOrder('refusal')
      const { ledgers, shop } = await startWith(t, order.decide)
      await leave(protocol, shop, order.come)
      order.go()
      await eventually(() => ledgers.held().reservations === 0, 'the undo')
      assert.deepEqual(ledgers.held(), none)
      const { status, headers: { 'idempotency-replayed': replayed }, body } = await confirm(shop)
      assert.deepEqual([status, replayed, body.part], [502, 'true', 'order'])
    })

  test('a stop of the server waits for the page', async t => {
    const order = heldOrder('ok')
    const { ledgers, shop } = await startWith(t, order.decide)
    await leave('HTTP/1.1', shop, order.come)
    const stopped = shop.stop()
    order.go()
    await stopped
    assert.deepEqual(ledgers.held(), all)
  })
})

test('after SIGKILL, a repeat with the same key makes no second order', async t => {
  for (const then of ['ok', 'lost answer']) {
    const order = heldOrder(then)
    const ledgers = await startLedgers(t, order.decide)
    const first = await startShop(t, ledgers)
    const lost = confirm(first).catch(error => error)
    await order.come
    order.go()
    kill(first, 'SIGKILL')
    await first.ended
    await lost
    const second = await startShop(t, ledgers)
    assert.equal((await confirm(second)).status, 200)
    assert.deepEqual(ledgers.held(), all)
    await second.stop()
  }
})

test('a drain that ends before the outcome is known says so for each change', async t => {
  const asked = gate()
  const ledgers = await startLedgers(t, ({ service }) => {
    if (service === 'orders') asked.open()
    return service === 'orders' ? fates['time-out after'] : fates.ok
  })
  const shop = await startShop(t, ledgers, { drain_timeout: '50ms' })
  const ended = confirm(shop).catch(() => 'cut')
  await asked.opened
  await shop.stop()
  await ended
  assert.deepEqual(shop.lines().filter(({ event }) => event === 'unresolved')
    .map(({ part, call, reason }) => ({ part, call, reason })),
  [{ part: 'order', call: 'change', reason: 'unknown' },
    { part: 'reserve', call: 'undo', reason: 'skipped' }])
})
