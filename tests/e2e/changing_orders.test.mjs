// Many orders with random faults, through two servers that share one Redis. Clients repeat their
// requests, also at the other server and at the same time. ORDERS is the number of orders, and
// ORDERS_SEED finds a failure again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { ask } from './lib/client.mjs'
import { fates, startLedgers, startShop } from './lib/ledgers.mjs'
import { random } from './lib/random.mjs'
import { startRedis } from './lib/redis.mjs'
import { inParallel } from './lib/wait.mjs'

const count = Number(process.env.ORDERS ?? 200)
const seed = Number(process.env.ORDERS_SEED ?? 1)
const atOnce = 50
const faults = Object.values(fates)

// A bad time of a service: what has begun to fail may go on failing.
function planOf(next) {
  const bad = new Map()
  return ({ key }) => {
    if (!bad.has(key)) bad.set(key, next() < 0.3 ? next.any([1, 1, 2, Infinity]) : 0)
    const left = bad.get(key)
    bad.set(key, left - 1)
    return left > 0 ? next.any(faults) : fates.ok
  }
}

// Asks until the page has run. Returns its answer.
async function confirm(shop, cart) {
  for (;;) {
    const answer = await ask(shop.url, `/api/confirm/${cart}`,
      { method: 'POST', headers: { 'idempotency-key': cart } })
    if (answer.status !== 409) return answer
    await pause(20)
  }
}

const isLeft = ({ reservations, orders }) => reservations > 0 && orders === 0

// Fails when the client was told something else than what the services have.
function assertTold(cart, { status, body }, held, unresolved) {
  const what = `${cart}: ${status} ${JSON.stringify(body)} ${JSON.stringify(held)}`
  const isTold = (body.reason === 'unknown' || body.undo?.reserve?.outcome === 'failed') &&
    unresolved.has(body.requestId)
  assert.ok(held.orders <= 1 && held.reservations <= 1, `twice: ${what}`)
  if (status === 200) assert.ok(held.orders === 1 && held.reservations === 1, `not there: ${what}`)
  if (isLeft(held)) assert.ok(isTold, `a reservation is left, and nobody says so: ${what}`)
  if (status !== 200 && held.orders === 1) assert.ok(isTold, `an order, and nobody says so: ${what}`)
  if (held.orders === 1) assert.equal(held.reservations, 1, `an order without goods: ${what}`)
}

test(`${count} orders, seed ${seed}`, { timeout: 3_600_000 }, async t => {
  const next = random(seed)
  const { url } = await startRedis(t)
  const config = { redis: { url, timeout: '10s', connect_timeout: '5s' } }
  const ledgers = await startLedgers(t, planOf(next))
  const shops = [await startShop(t, ledgers, config), await startShop(t, ledgers, config)]
  t.after(() => Promise.all(shops.map(shop => shop.stop())))

  const carts = Array.from({ length: count }, (_, i) => `c${i}`)
  const answers = await inParallel(atOnce, carts, async cart => {
    const first = next.any(shops)
    const both = next() < 0.3 ? [confirm(next.any(shops), cart)] : []
    const all = await Promise.all([confirm(first, cart), ...both])
    const again = await confirm(next.any(shops), cart)
    for (const { body, text } of all)
      if (body.reason !== 'unknown') assert.equal(text, again.text, 'one answer for one key')
    return again
  })

  await pause(100) // the log is written every few milliseconds
  const unresolved = new Set(shops.flatMap(shop => shop.lines())
    .filter(({ event }) => event === 'unresolved').map(({ requestId }) => requestId))
  answers.forEach((answer, i) => assertTold(carts[i], answer, ledgers.held(carts[i]), unresolved))
  assert.ok(answers.some(({ status }) => status === 200) && answers.some(({ body }) => body.undo?.reserve.outcome === 'done'))
})
