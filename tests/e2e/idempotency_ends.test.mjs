// Idempotency keys whose first request has no client any more, or no server.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { assertRefused, body, inRedis, page, shop } from './lib/keyed_shop.mjs'
import { endRunningKeys, startRedis } from './lib/redis.mjs'
import { assertEnd } from './lib/server.mjs'
import { eventually, gate } from './lib/wait.mjs'

describe('a client that leaves', { concurrency: 2 }, () => {
  const request = key => `POST ${page} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n` +
    `Idempotency-Key: ${key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const status499 = server => server.lines().some(({ status }) => status === 499)

  test('during a change gets the answer later, and the page is run to its end', async t => {
    const door = gate()
    const { buy, sent, bare, arrival, server } = await shop(t, { services: {
      'orders /orders': { json: { id: 'o1' }, until: door.opened } } })
    const { socket } = await bare()
    socket.write(request('k1'))
    await arrival('orders')
    socket.destroy()
    await eventually(() => status499(server), 'the server to notice')
    assertRefused(await buy('k1'), 409, /is being processed/, '1')
    door.open()
    await arrival('notifications')
    await eventually(async () => (await buy('k1')).status === 200, 'the answer')
    const again = await buy('k1')
    assert.deepEqual(again.body.order, { id: 'o1' })
    assert.equal(again.headers['idempotency-replayed'], 'true')
    assert.deepEqual([sent('orders').length, sent('notifications').length], [1, 1])
  })

  test('with a reset of its stream leaves the page to its end, too', async t => {
    const door = gate()
    const { buy, sent, http2, arrival } = await shop(t, { ...{ config: inRedis(await startRedis(t)) },
      services: { 'orders /orders': { json: { id: 'o1' }, until: door.opened } } })
    const { session } = await http2({ as: null })
    const stream = session.request({ ':method': 'POST', ':path': page,
      'content-type': 'application/json', 'idempotency-key': 'k1' })
    stream.on('error', () => undefined)
    stream.end(body)
    const order = await arrival('orders')
    stream.close(8)
    await new Promise(resolve => stream.once('close', resolve))
    door.open()
    await arrival('notifications')
    await eventually(async () => (await buy('k1')).status === 200, 'the answer')
    assert.equal(sent('orders').length, 1)
    assert.equal(order.method, 'POST')
  })

  test('without a key leaves the page to its end, too', async t => {
    const door = gate()
    const { bare, arrival, server } = await shop(t, { services: {
      'orders /orders': { json: { id: 'o1' }, until: door.opened } } })
    const { socket } = await bare()
    socket.write(request('').replace('Idempotency-Key: \r\n', ''))
    await arrival('orders')
    socket.destroy()
    await eventually(() => status499(server), 'the server to notice')
    door.open()
    await arrival('notifications')
  })

  test('before any change leaves the key free', async t => {
    const door = gate()
    const stocks = [{ json: {}, until: door.opened }, { json: {} }]
    const { buy, sent, bare, arrival, server } = await shop(t, {
      services: { 'products /products/p1': stocks } })
    const { socket } = await bare()
    socket.write(request('k1'))
    await arrival('products')
    socket.destroy()
    await eventually(() => status499(server), 'the server to notice')
    const answer = await buy('k1')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['idempotency-replayed'], undefined)
    assert.equal(sent('orders').length, 1)
    door.open()
  })

  test('is waited for by a drain', async t => {
    const door = gate()
    const { bare, arrival, server } = await shop(t, { services: {
      'orders /orders': { json: { id: 'o1' }, until: door.opened } } })
    const { socket } = await bare()
    socket.write(request('k1'))
    await arrival('orders')
    socket.destroy()
    await eventually(() => status499(server), 'the server to notice')
    server.child.kill('SIGTERM')
    await eventually(() => server.lines().some(({ event }) => event === 'draining'), 'the drain')
    door.open()
    await arrival('notifications')
    await assertEnd(server)
  })
})

describe('a running key', { concurrency: 2 }, () => {
  test('does not expire before its page has taken everything back', async t => {
    const door = gate()
    const redis = await startRedis(t)
    const { buy, arrival } = await shop(t, { config: inRedis(redis),
      services: { 'orders /orders': { json: { id: 'o1' }, until: door.opened } } })
    const running = buy('k1', { where: '/api/long', body: undefined })
    await arrival('orders')
    const [key] = await redis.send('KEYS', '*')
    const left = Number((await redis.send('GET', key)).slice(-16)) - Date.now()
    // The budget, 5 s for a call that is sent again, 7.3 s for each .undo, and 10 s.
    assert.ok(left > 62_000 && left <= 64_200, `${left} ms are left`)
    door.open()
    assert.equal((await running).status, 200)
  })

  test('of an instance that died expires, and the repeat sends the same keys to services', async t => {
    const redis = await startRedis(t)
    const config = inRedis(redis)
    const services = { 'orders /orders': { json: { id: 'o1' }, until: gate().opened } }
    const [one, two] = [await shop(t, { config, services }), await shop(t, { config })]
    const lost = assert.rejects(one.buy('k1'))
    await one.arrival('orders')
    one.server.isStopped = true
    one.server.child.kill('SIGKILL')
    await lost
    assertRefused(await two.buy('k1'), 409, /is being processed/, '1')
    const [key] = await redis.send('KEYS', '*')
    const ends = Number((await redis.send('GET', key)).slice(-16))
    assert.ok(ends > Date.now() + 20_000 && ends <= Date.now() + 50_000, 'the budget and 30 s')
    const left = await redis.send('PTTL', key)
    assert.ok(left > 86_400_000, 'it is remembered as long as an answer')
    await endRunningKeys(redis)
    assert.equal((await two.buy('k1')).status, 200)
    assert.equal(...[one, two].map(({ sent }) => sent('orders')[0].headers['idempotency-key']))
  })
})
