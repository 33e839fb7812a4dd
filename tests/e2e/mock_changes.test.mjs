// The mock services change data, each change once for a key, and fail before a change or after it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { startMocks } from './lib/mocks.mjs'

const items = [{ productId: 'p1', quantity: 2 }]

describe('changes of the mock services', { concurrency: 4 }, () => {
  test('a key makes one change, whatever comes in between', async t => {
    const { send, ledger } = await startMocks(t)
    const first = await send('inventory', 'POST /reservations', { body: { items }, key: 'a' })
    assert.deepEqual([first.status, first.body], [201, { id: 'r1', items }])
    await send('inventory', 'POST /reservations', { body: { items }, key: 'b' })
    const again = await send('inventory', 'POST /reservations', { body: { items }, key: 'a' })
    assert.deepEqual([again.status, again.text, again.headers.location],
      [201, first.text, '/reservations/r1'])
    const other = await send('inventory', 'POST /reservations', { body: { items: [] }, key: 'a' })
    assert.equal(other.status, 422)
    assert.equal((await send('orders', 'POST /orders', { body: { items }, key: 'a' })).status, 201)
    const { counts, reservations } = await ledger()
    assert.deepEqual(counts,
      { orders: 1, reservations: 2, released: 0, notifications: 0, replayed: 1 })
    assert.deepEqual(reservations.map(({ id, key }) => [id, key]), [['r1', 'a'], ['r2', 'b']])
  })

  test('ten like requests at once make one order', async t => {
    const { send, ledger } = await startMocks(t)
    const answers = await Promise.all(Array.from({ length: 10 }, () =>
      send('orders', 'POST /orders', { body: { items }, key: 'a' })))
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
    assert.deepEqual((await ledger()).orders.map(({ id }) => id), ['o19'])
    assert.deepEqual((await send('orders', 'GET /orders/o19')).body, { id: 'o19', items })
  })

  test('a notification is kept', async t => {
    const { send, ledger } = await startMocks(t)
    const { status, body } = await send('notifications', 'POST /notifications',
      { body: { userId: 'u1', text: 'hello' } })
    assert.equal(status, 201)
    assert.deepEqual((await ledger()).notifications.map(({ record }) => record), [body])
  })

  const failures = {
    'status=500': 500, 'status=409': 409, reset: null, html: 200, redirect: 302,
  }
  for (const [words, status] of Object.entries(failures)) {
    for (const isDone of [false, true]) {
      test(`${isDone ? 'done ' : ''}${words}: ${isDone ? 'one order' : 'no order'}`, async t => {
        const { send, ledger } = await startMocks(t)
        const mock = `orders ${isDone ? 'done ' : ''}${words}`
        const failing = send('orders', 'POST /orders', { body: {}, key: 'a', mock })
        if (status === null) await assert.rejects(failing)
        else assert.equal((await failing).status, status)
        assert.equal((await ledger()).counts.orders, isDone ? 1 : 0)

        const { status: second, body } = await send('orders', 'POST /orders', { body: {}, key: 'a' })
        assert.deepEqual([second, body], [201, { id: 'o19' }])
        const { counts } = await ledger()
        assert.deepEqual([counts.orders, counts.replayed], [1, isDone ? 1 : 0])
      })
    }
  }

  test('a clause for a method fails this method only', async t => {
    const { send, ledger } = await startMocks(t)
    const mock = 'orders POST status=500; orders DELETE status=503'
    const statuses = []
    for (const request of ['POST /orders', 'GET /orders/o1', 'DELETE /orders/o1', 'PUT /orders/o1'])
      statuses.push((await send('orders', request, { body: {}, mock })).status)
    assert.deepEqual(statuses, [500, 200, 503, 200])
    assert.equal((await ledger()).counts.orders, 0)
  })

  test('times=N counts the requests with one key, or with one id, to one path', async t => {
    const { send } = await startMocks(t)
    const mock = 'orders status=500 times=2'
    const asks = [{ key: 'a', id: '1' }, { key: 'a', id: '2' }, { key: 'b' }, { id: '1' },
      { key: 'a', id: '3' }, { id: '1' }, { id: '1' }, { key: 'b' }, { key: 'b' }]
    const statuses = []
    for (const each of asks)
      statuses.push((await send('orders', 'POST /orders', { body: {}, mock, ...each })).status)
    assert.deepEqual(statuses, [500, 500, 500, 500, 201, 500, 201, 500, 201])
    assert.equal((await send('orders', 'GET /orders/o1', { mock, id: '1' })).status, 500)
  })

  test('an empty ledger knows no key', async t => {
    const { send, ledger } = await startMocks(t)
    await send('orders', 'POST /orders', { body: {}, key: 'a' })
    assert.equal((await send('orders', 'DELETE /__mock/ledger')).status, 204)
    assert.deepEqual((await ledger()).orders, [])
    assert.equal((await send('orders', 'POST /orders', { body: { a: 1 }, key: 'a' })).status, 201)
    assert.equal((await send('orders', 'GET /orders/o20')).status, 404)
  })
})
