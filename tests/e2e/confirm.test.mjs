// Confirming an order, in both builds, on the mock services. Their ledger says what has happened.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { demo } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const services = ['orders', 'inventory', 'notifications']
const config = {
  routes: [
    { path: '/api/auth/', service: 'users', to: '/auth/', access: 'public' },
    { path: '/api/ledger', service: 'orders', to: '/__mock/ledger' },
  ],
  services: Object.fromEntries(services.map(name => [name, { breaker: 'off', ejection: 'off' }])),
}

// confirm({ key, mock, as, body, order }) and ledger(). o18 is an order of u1 with things in stock.
async function shop(t, build) {
  const { get, server } = await demo(t, build, { config })
  const confirm = ({ key = 'k', mock, as = 'u1', order = 'o18', body = { paymentMethod: 'card' } } = {}) =>
    get(`/api/checkout/${order}/confirm`, { method: 'POST', as, body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': `"${key}"` }),
        ...(mock && { 'x-mock': mock }) } })
  return { confirm, server, ledger: async () => (await get('/api/ledger')).body }
}

// Reservations that nobody has released, and orders.
const left = ({ counts }) =>
  ({ orders: counts.orders, reservations: counts.reservations - counts.released })
const one = { orders: 1, reservations: 1 }
const none = { orders: 0, reservations: 0 }

// What becomes of a confirmation with X-Mock: its status and what the answer says (a failed page: its
// part, its reason and the outcome of its .undo), what is left, and the event in the log.
const faults = {
  'orders GET status=404': [404, 'order status', none],
  'orders GET reset': [502, 'order reset', none],
  'inventory GET status=500': [200, 'stock[0] status', one],
  'inventory POST status=409': [502, 'reservation status', none],
  'inventory POST status=500': [504, 'reservation unknown', none, 'unresolved'],
  'inventory POST reset': [504, 'reservation unknown', none, 'unresolved'],
  'inventory POST done reset': [504, 'reservation unknown', { orders: 0, reservations: 1 }, 'unresolved'],
  'inventory POST reset times=1': [200, '', one],
  'inventory POST done reset times=1': [200, '', one],
  'inventory POST done hang times=1': [504, 'confirmed timeout done', none, 'undone'],
  'orders POST status=409': [502, 'confirmed status done', none, 'undone'],
  'orders POST status=500': [504, 'confirmed unknown kept', { orders: 0, reservations: 1 }, 'unresolved'],
  'orders POST reset': [504, 'confirmed unknown kept', { orders: 0, reservations: 1 }, 'unresolved'],
  'orders POST done reset': [504, 'confirmed unknown kept', one, 'unresolved'],
  'orders POST reset times=1': [200, '', one],
  'orders POST done status=503 times=2': [200, '', one],
  'orders POST done reset times=1': [200, '', one],
  'orders POST status=409; inventory DELETE done reset times=1': [502, 'confirmed status done', none, 'undone'],
  'orders POST status=409; inventory DELETE status=500':
    [502, 'confirmed status failed', { orders: 0, reservations: 1 }, 'unresolved'],
  'notifications POST status=400': [200, 'notified status', one],
  'notifications POST reset': [200, 'notified unknown', one, 'unresolved'],
}

// "confirmed unknown kept", or of a page without some parts "notified unknown".
function said({ part, reason, undo, errors }) {
  if (part) return [part, reason, undo?.reservation?.outcome].filter(Boolean).join(' ')
  return Object.entries(errors ?? {}).slice(0, 1).map(([name, error]) => `${name} ${error.reason}`).join('')
}

const members = {
  web: ['reservation', 'confirmed', 'notified', 'loadedAt', 'partialFailure'],
  mobile: ['confirmed', 'notified', 'loadedAt', 'partialFailure'],
}

for (const build of ['web', 'mobile']) {
  describe(`confirming an order with bff-${build}`, { concurrency: 12 }, () => {
    test('reserves its items, makes an order, and tells the user', async t => {
      const { confirm, ledger } = await shop(t, build)
      const { status, body, text } = await confirm({ body: { paymentMethod: 'card', note: 'ring "twice"' } })
      assert.equal(status, 200, text)
      assert.deepEqual(Object.keys(body), members[build])
      assert.deepEqual([body.confirmed.id, body.confirmed.total, body.notified.id !== undefined, body.partialFailure],
        ['o19', 158.9, true, false])

      const { counts, orders, reservations, notifications } = await ledger()
      assert.deepEqual(counts, { orders: 1, reservations: 1, released: 0, notifications: 1, replayed: 0 })
      const [{ record: order }] = orders
      assert.deepEqual([order.userId, order.status, order.total, order.reservationId, order.paymentMethod, order.note],
        ['u1', 'processing', 158.9, 'r1', 'card', 'ring "twice"'])
      assert.deepEqual(reservations[0].record.items,
        order.items.map(({ productId, quantity }) => ({ productId, quantity })))
      assert.equal(notifications[0].record.orderId, 'o19')
    })

    test('sends what was not said to no service', async t => {
      const { confirm, ledger } = await shop(t, build)
      await confirm({ body: { paymentMethod: 'card', status: 'free', extra: 1 } })
      const [{ record }] = (await ledger()).orders
      assert.deepEqual([record.status, record.note, record.extra], ['processing', undefined, undefined])
    })

    test('happens once for a key', async t => {
      const { confirm, ledger } = await shop(t, build)
      const first = await confirm()
      const again = await confirm()
      assert.deepEqual([again.status, again.text], [200, first.text])
      assert.equal((await confirm({ body: { paymentMethod: 'cash' } })).status, 422)
      assert.deepEqual(left(await ledger()), one)
      assert.equal((await confirm({ key: 'other' })).status, 200)
      assert.deepEqual(left(await ledger()), { orders: 2, reservations: 2 })
    })

    test('needs a key, a body with a payment method, and the owner', async t => {
      const { confirm, ledger } = await shop(t, build)
      assert.equal((await confirm({ key: null })).status, 400)
      assert.equal((await confirm({ body: {} })).status, 400)
      assert.match((await confirm({ body: { paymentMethod: 1 } })).text, /paymentMethod/)
      assert.equal((await confirm({ as: 'u2' })).status, 403)
      assert.equal((await confirm({ order: 'o999' })).status, 404)
      assert.deepEqual((await ledger()).counts,
        { orders: 0, reservations: 0, released: 0, notifications: 0, replayed: 0 })
    })

    test('asks for no reservation when the stock is too small', async t => {
      const { confirm, ledger } = await shop(t, build)
      const { status, body } = await confirm({ order: 'o1' })
      assert.deepEqual([status, body.part, body.reason], [502, 'reservation', 'skipped'])
      assert.equal((await ledger()).counts.reservations, 0)
    })

    for (const [mock, [status, words, want, event]] of Object.entries(faults)) {
      test(`with ${mock}: ${status}, and ${want.orders} orders`, async t => {
        const { confirm, ledger, server } = await shop(t, build)
        const answer = await confirm({ mock })
        assert.deepEqual([answer.status, said(answer.body)], [status, words], answer.text)
        assert.deepEqual(left(await ledger()), want)
        const events = () => server.lines().map(line => line.event)
        await eventually(() => events().includes('request') && (!event || events().includes(event)), 'the log')
        assert.deepEqual(events().filter(each => /^un/.test(each) && each !== event), [])

        const again = await confirm()
        const { orders, reservations } = left(await ledger())
        assert.ok(orders <= 1 && reservations >= orders, `${again.text}: ${orders}, ${reservations}`)
      })
    }
  })
}
