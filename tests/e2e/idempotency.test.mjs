// Idempotency-Key: a repeated request for a page that changes data gets the answer of the first one.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { assertRefused, assertReplayed, body, inRedis, page, shop } from './lib/keyed_shop.mjs'
import { metricsOf } from './lib/metrics.mjs'
import { admin, asOperator } from './lib/operator.mjs'
import { startRedis } from './lib/redis.mjs'
import { eventually, gate } from './lib/wait.mjs'

for (const store of ['memory', 'Redis']) {
  const place = async t => ({ config: store === 'Redis' ? inRedis(await startRedis(t)) : {} })

  describe(`keys in ${store}`, { concurrency: 2 }, () => {
    test('a repeat gets the stored answer, and no service is asked', async t => {
      const { buy, asked } = await shop(t, await place(t))
      const first = await buy('"k1"')
      assert.equal(first.status, 200, first.text)
      assert.deepEqual(first.headers['set-cookie'], ['cart=empty'])
      const count = asked().length
      assertReplayed(await buy('"k1"'), first)
      assertReplayed(await buy('k1'), first) // a bare key is the same key
      assert.equal(asked().length, count)
      assert.equal((await buy('"k2"')).headers['idempotency-replayed'], undefined)
    })

    test('a repeat while the first one runs is 409, and gets the answer later', async t => {
      const door = gate()
      const { buy, sent, arrival } = await shop(t, { ...await place(t),
        services: { 'orders /orders': { json: { id: 'o1' }, until: door.opened } } })
      const running = buy('k1')
      await arrival('orders')
      assertRefused(await buy('k1'), 409, /is being processed/, '1')
      assertRefused(await buy('k1', { body: '{"note":"other"}' }), 422, /another request/, undefined)
      door.open()
      const first = await running
      assertReplayed(await buy('k1'), first)
      assert.equal(sent('orders').length, 1)
    })

    test('another body or target under the same key is 422', async t => {
      const { buy, sent } = await shop(t, await place(t))
      await buy('k1')
      assertRefused(await buy('k1', { body: '{"note":"other"}' }), 422, /another request/, undefined)
      assertRefused(await buy('k1', { where: '/api/buy/u2' }), 422, /another request/, undefined)
      assertRefused(await buy('k1', { where: `${page}?a=1` }), 422, /another request/, undefined)
      assertRefused(await buy('k1', { headers: { authorization: 'Bearer x' } }), 422,
        /another request/, undefined)
      assert.equal(sent('orders').length, 1)
    })

    test('a body that comes after the head is told from another one', async t => {
      const { bare, sent } = await shop(t, await place(t))
      const late = async (text, answer) => {
        const client = await bare({})
        client.socket.write(`POST ${page} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n` +
          `Idempotency-Key: k1\r\nExpect: 100-continue\r\nContent-Length: ${text.length}\r\n\r\n`)
        await client.until(/^HTTP\/1.1 100 /)
        client.socket.write(text)
        await client.until(answer)
        client.socket.destroy()
      }
      await late(body, /HTTP\/1.1 200 /)
      await late(body.replace('quick', 'other'), /HTTP\/1.1 422 /)
      await late(body, /HTTP\/1.1 200 [^]*idempotency-replayed/)
      assert.equal(sent('orders').length, 1)
    })

    test('an answer is stored as long as the file says', async t => {
      const { config } = await place(t)
      const { buy, sent, pass } = await shop(t, { config: { ...config, idempotency: { keep: '1s' } } })
      await buy('k1')
      pass(1)
      await eventually(async () => {
        const answer = await buy('k1')
        assert.equal(answer.status, 200, answer.text)
        return answer.headers['idempotency-replayed'] === undefined
      }, 'the answer to be forgotten')
      assert.equal(sent('orders').length, 2)
    })

    test('a failure after a change is stored, too', async t => {
      const { buy, sent } = await shop(t, { ...await place(t),
        services: { 'orders /orders': { status: 409 } } })
      const first = await buy('k1')
      assert.equal(first.status, 502)
      assertReplayed(await buy('k1'), first)
      assert.equal(sent('orders').length, 1)
    })

    test('a failure before any change frees the key', async t => {
      const stocks = [{ status: 500 }, { json: { id: 'p1' } }]
      const { buy, sent } = await shop(t, { ...await place(t),
        services: { 'products /products/p1': stocks } })
      assert.equal((await buy('k1')).status, 502)
      const second = await buy('k1')
      assert.equal(second.status, 200)
      assert.equal(second.headers['idempotency-replayed'], undefined)
      assert.equal(sent('orders').length, 1)
    })
  })
}

describe('the field', { concurrency: 2 }, () => {
  test('is one string; anything else is 400', async t => {
    const { buy, asked } = await shop(t)
    for (const key of ['', '""', '"', '"a', 'a"', 'a, b', '"a", "b"', '"a";b=1', '"a\\b"', 'a b', `"${'x'.repeat(256)}"`])
      assertRefused(await buy(key), 400, /Idempotency-Key must be/, undefined)
    assert.equal(asked().length, 0)
    for (const key of ['x'.repeat(255), `"${'x'.repeat(255)}"`, '"a b"', '"a\\"b"'])
      assert.equal((await buy(key)).status, 200, key)
  })

  test('may be required', async t => {
    const { buy, asked } = await shop(t)
    const where = '/api/strict/u1'
    assertRefused(await buy(undefined, { where }), 400, /Idempotency-Key is required/, undefined)
    assert.equal(asked().length, 0)
    assert.equal((await buy('k1', { where })).status, 200)
    assert.equal((await buy('k1')).headers['idempotency-replayed'], undefined) // another page
  })

  test('goes to services, another one for each part and the same for each repeat', async t => {
    const { buy, sent } = await shop(t, { services: { 'products /products/p1': { json: {} } } })
    const keys = service => sent(service).map(({ headers }) => headers['idempotency-key'])
    for (const key of ['k1', 'k2', undefined, undefined]) await buy(key)
    const all = [...keys('orders'), ...keys('notifications')]
    assert.equal(new Set(all).size, 8)
    for (const key of all) assert.match(key, /^"[0-9a-f]{32}"$/)
    const again = await shop(t)
    await again.buy('k1')
    assert.equal(again.sent('orders')[0].headers['idempotency-key'], keys('orders')[0])
  })
})

describe('users', { concurrency: 2 }, () => {
  const config = { login: undefined }
  const where = '/api/own/7'
  const services = { 'orders /orders/7': { json: { id: '7', userId: 'u1' } } }

  test('do not get the answers of others', async t => {
    const { buy, sent } = await shop(t, { config })
    const first = await buy('k1', { as: 'u1' })
    const other = await buy('k1', { as: 'u2' })
    assert.equal(other.headers['idempotency-replayed'], undefined)
    assertReplayed(await buy('k1', { as: 'u1' }), first)
    assert.notEqual(...sent('orders').map(({ headers }) => headers['idempotency-key']))
  })

  test('who may not change it leave the key free', async t => {
    const { buy, sent } = await shop(t, { config, services })
    for (let i = 0; i < 2; i++) assert.equal((await buy('k1', { where, as: 'u2' })).status, 403)
    assert.equal(sent('orders').length, 0)
    assert.equal((await buy('k1', { where, as: 'u1' })).status, 200)
  })
})

describe('a store', { concurrency: 2 }, () => {
  test('of two instances is one Redis', async t => {
    const door = gate()
    const { port, url, send } = await startRedis(t)
    const config = inRedis({ url })
    const services = { 'orders /orders': { json: { id: 'o1' }, until: door.opened } }
    const [one, two] = [await shop(t, { config, services }), await shop(t, { config })]
    const running = one.buy('k1')
    await one.arrival('orders')
    assertRefused(await two.buy('k1'), 409, /is being processed/, '1')
    door.open()
    const first = await running
    assertReplayed(await two.buy('k1'), first)
    assert.equal(two.asked().length, 0)
    const [key] = await send('KEYS', '*')
    assert.match(key, /^idempotency:[0-9a-f]{64}$/)
    assert.ok(await send('PTTL', key) > 23 * 3600 * 1000)
    assert.ok(port > 0)
  })

  test('that is away gives 503, and the page is not run', async t => {
    const redis = await startRedis(t)
    const { buy, asked } = await shop(t, { config: inRedis(redis) })
    await redis.kill()
    assertRefused(await buy('k1'), 503, /Service temporarily unavailable/, '1')
    assert.equal(asked().length, 0)
    assert.equal((await buy(undefined)).status, 200) // without a key, Redis is not needed
  })

  test('that is late gives 503, and the page is not run', async t => {
    const redis = await startRedis(t)
    const { buy, asked } = await shop(t, { config: inRedis(redis, { timeout: '200ms' }) })
    redis.freeze()
    assertRefused(await buy('k1'), 503, /Service temporarily unavailable/, '1')
    redis.thaw()
    assert.equal(asked().length, 0)
  })

  test('with bytes of others gives 503', async t => {
    const redis = await startRedis(t)
    const { buy, sent } = await shop(t, { config: inRedis(redis) })
    await buy('k1')
    const [key] = await redis.send('KEYS', '*')
    await redis.send('SET', key, 'something else')
    assertRefused(await buy('k1'), 503, /Service temporarily unavailable/, '1')
    await redis.send('DEL', key)
    await redis.send('LPUSH', key, 'a list')
    assertRefused(await buy('k1'), 503, /Service temporarily unavailable/, '1')
    assert.equal(sent('orders').length, 1)
  })

  test('that goes away during the run leaves the answer to the client', async t => {
    const door = gate()
    const redis = await startRedis(t)
    const { buy, arrival, server } = await shop(t, { config: inRedis(redis),
      services: { 'orders /orders': { json: { id: 'o1' }, until: door.opened } } })
    const running = buy('k1')
    await arrival('orders')
    await redis.kill()
    door.open()
    assert.equal((await running).status, 200)
    await eventually(() => server.lines().some(({ event }) => event === 'key_not_stored'), 'the event')
  })

  test('in memory that is full gives 503 to new keys, and keeps the old ones', async t => {
    const { buy } = await shop(t, { config: { idempotency: { memory: '10KiB' } } })
    const first = await buy('k1')
    const kept = [['k1', first]]
    let answer
    for (let i = 2; i < 20 && answer?.status !== 503; i++) {
      answer = await buy(`k${i}`)
      if (answer.status === 200) kept.push([`k${i}`, answer])
    }
    assertRefused(answer, 503, /Service temporarily unavailable/, '1')
    for (const [key, want] of kept) assertReplayed(await buy(key), want)
  })

  test('in memory survives a reload', async t => {
    const { buy, server } = await shop(t)
    const first = await buy('k1')
    server.child.kill('SIGHUP')
    await eventually(() => server.lines().some(({ event, state }) =>
      event === 'reload' && state === 'done'), 'the reload')
    assertReplayed(await buy('k1'), first)
  })
})

test('the log and the metrics tell what became of keys', async t => {
  const { buy, server } = await shop(t, { config: { admin } })
  for (const options of [{}, {}, { body: '{}' }]) await buy('k1', options)
  await buy(undefined)
  const words = () => server.lines().filter(({ event }) => event === 'request')
    .map(({ idempotency = 'none' }) => idempotency).sort()
  await eventually(() => words().length === 4, 'the lines')
  assert.deepEqual(words(), ['claimed', 'conflict', 'none', 'replayed'])
  const { sum } = await metricsOf(server, asOperator)
  const counted = Object.fromEntries(['claimed', 'replayed', 'conflict', 'running'].map(result =>
    [result, sum('bff_idempotency_keys_total', { result })]))
  assert.deepEqual(counted, { claimed: 1, replayed: 1, conflict: 1, running: 0 })
})
