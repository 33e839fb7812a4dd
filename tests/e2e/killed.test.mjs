// One of two servers that share a Redis is killed while it runs a page that changes data. The client
// repeats its request at the other one when the running time of the key is over.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { fates, startLedgers, startShop } from './lib/ledgers.mjs'
import { endRunningKeys, startRedis } from './lib/redis.mjs'
import { kill } from './lib/server.mjs'
import { eventually } from './lib/wait.mjs'

const confirm = shop =>
  ask(shop.url, '/api/confirm/c1', { method: 'POST', headers: { 'idempotency-key': 'k1' } })

const all = { reservations: 1, orders: 1, notices: 1 }
const none = { reservations: 0, orders: 0, notices: 0 }

// Two servers. The first one is killed when `step` comes to a service, which makes the change or not.
async function start(t, { step, isMade, order }) {
  const redis = await startRedis(t)
  const config = { redis: { url: redis.url } }
  let first
  const decide = async ({ service, method }) => {
    const fate = service === 'orders' ? order : fates.ok
    if (`${method} ${service}` !== step || first.isStopped) return fate
    first.isStopped = true
    kill(first, 'SIGKILL')
    await first.ended
    return isMade ? fate : fates['lost request']
  }
  const ledgers = await startLedgers(t, decide)
  first = await startShop(t, ledgers, config)
  const another = async env => {
    const shop = await startShop(t, { ...ledgers, env: { ...ledgers.env, ...env } }, config)
    t.after(() => shop.stop())
    return shop
  }
  await assert.rejects(confirm(first))
  return { redis, ledgers, another }
}

const told = shop => shop.lines().filter(({ event }) => event === 'unresolved')
  .map(({ part, call, reason }) => ({ part, call, reason }))

describe('a server is killed', { concurrency: 3 }, () => {
  for (const isMade of [false, true]) {
    const when = isMade ? 'after' : 'before'

    for (const step of ['POST inventory', 'POST orders', 'POST notifications'])
      test(`${when} ${step}: the repeat makes the order`, async t => {
        const { redis, ledgers, another } = await start(t, { step, isMade, order: fates.ok })
        const second = await another()
        assert.equal((await confirm(second)).status, 409)
        await endRunningKeys(redis)
        const answer = await confirm(second)
        assert.equal(answer.status, 200)
        assert.deepEqual(ledgers.held(), all)
        assert.equal((await confirm(second)).text, answer.text)
      })

    for (const step of ['POST inventory', 'POST orders'])
      test(`${when} ${step}, which is refused: the repeat takes all back`, async t => {
        const { redis, ledgers, another } = await start(t, { step, isMade, order: fates.refusal })
        await endRunningKeys(redis)
        const { status, body } = await confirm(await another())
        assert.equal(status, 502)
        assert.deepEqual(body.undo, { reserve: { outcome: 'done' } })
        assert.deepEqual(ledgers.held(), none)
      })

    test(`${when} the undo: the repeat is not run, and says so`, async t => {
      const { redis, ledgers, another } = await start(t,
        { step: 'DELETE inventory', isMade, order: fates.refusal })
      const asked = ledgers.asked('inventory').length
      const second = await another()
      assert.equal((await confirm(second)).status, 409)
      await endRunningKeys(redis)
      const { status, body } = await confirm(second)
      assert.equal(status, 504)
      assert.match(body.error, /the outcome is unknown$/)
      assert.equal(ledgers.asked('inventory').length, asked)
      assert.deepEqual(ledgers.held(), { ...none, reservations: isMade ? 0 : 1 })
      await eventually(() => told(second).length > 0, 'the event')
      assert.deepEqual(told(second), [{ part: 'reserve', call: 'undo', reason: 'unknown' }])
    })
  }

  test('a repeat that cannot reach the service does not say that there is no order', async t => {
    const { redis, ledgers, another } = await start(t,
      { step: 'POST orders', isMade: true, order: fates.ok })
    await endRunningKeys(redis)
    const { status, body } = await confirm(await another({ ORDERS_URL: 'http://127.0.0.1:1' }))
    assert.deepEqual([status, body.reason], [504, 'unknown'])
    assert.deepEqual(body.undo, { reserve: { outcome: 'kept' } })
    assert.equal(ledgers.held().orders, 1)
    assert.equal((await confirm(await another())).status, 200, 'the next one finds out')
    assert.deepEqual(ledgers.held(), all)
  })
})

test('nothing is taken back when Redis cannot note it', async t => {
  const redis = await startRedis(t)
  const ledgers = await startLedgers(t, async ({ service }) => {
    if (service !== 'orders') return fates.ok
    await redis.kill()
    return fates.refusal
  })
  const shop = await startShop(t, ledgers, { redis: { url: redis.url } })
  t.after(() => shop.stop())
  const { status, body } = await confirm(shop)
  assert.equal(status, 502)
  assert.deepEqual(body.undo, { reserve: { outcome: 'failed', reason: 'skipped' } })
  assert.equal(ledgers.held().reservations, 1)
  await eventually(() => told(shop).length > 0, 'the event')
  assert.deepEqual(told(shop), [{ part: 'reserve', call: 'undo', reason: 'skipped' }])
})
