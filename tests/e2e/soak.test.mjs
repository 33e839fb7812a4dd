// Many requests to a page and to a plain route, with faults and with clients that leave. A seed
// chooses them. Every request must get its own answer, and nothing may be left at the end.
// SOAK_COUNT, SOAK_AT_ONCE and SOAK_SEED set the number of requests, how many run at the same time,
// and the seed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'

import { random } from './lib/random.mjs'
import { faults } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { openFiles } from './lib/server.mjs'
import { eventually, inParallel } from './lib/wait.mjs'

const count = Number(process.env.SOAK_COUNT ?? 2000)
const atOnce = Number(process.env.SOAK_AT_ONCE ?? 8)
const quick = ['status 500', 'status 404', 'redirect', 'reset', 'cut short', 'bad JSON', 'HTML',
  'too large', 'gzip']
const slow = ['hang', 'drip']
const endless = [...slow, 'too large'] // passed on as it is: who waits for it leaves at last
const parts = { users: 'user', orders: 'recentOrders', recommendations: 'recommendations',
  notifications: 'unreadNotifications' }

// What happens to request `id`: the fault of each service (or none), and whether its client leaves.
function fates(seed) {
  const next = random(seed)
  const fault = () => (next() < 0.004 ? next.any(slow) : next() < 0.15 ? next.any(quick) : undefined)
  return Array.from({ length: count }, (_, id) => ({
    id, isLeft: next() < 0.1, isPlain: next() < 0.3, turns: Math.floor(next() * 20),
    faults: Object.fromEntries(Object.keys(parts).map(service => [service, fault()])),
  }))
}

// A user is an object, all others are lists.
const valueOf = (service, { id }) => (service === 'users' ? { id } : [service, id])

const idOf = url => Number(/u(\d+)/.exec(url)[1])

function planOf(all) {
  return Object.fromEntries(Object.keys(parts).map(service => [`${service} *`, ({ url }) => {
    const fate = all[idOf(url)]
    return faults[fate.faults[service]] ?? { json: valueOf(service, fate) }
  }]))
}

function assertOwn(res, fate) {
  assert.equal(res.status, 200)
  const { loadedAt, partialFailure, errors = {}, ...members } = res.body
  const want = { members: {}, errors: {} }
  for (const [service, part] of Object.entries(parts)) {
    const fault = fate.faults[service]
    want.members[part] = !fault ? valueOf(service, fate) : part === 'user' ? null : []
    if (fault) want.errors[part] = faults[fault].error
  }
  assert.deepEqual({ members, errors }, want)
  assert.equal(partialFailure, Object.keys(errors).length > 0)
}

// What becomes of an answer that is passed on as it comes; one that is cut ends its client's.
async function assertPassedOn(ask, { id, faults: { users: fault } }) {
  const { status } = faults[fault]?.error ?? { status: 200 }
  const res = await ask.catch(error => error)
  if (fault === undefined) assert.deepEqual([res.status, res.body], [200, { id }])
  else if (/^status|redirect/.test(fault)) assert.equal(res.status, status)
  else if (fault === 'reset') assert.equal(res.status, 502)
}

async function live({ get, leave }, fate) {
  const path = fate.isPlain ? `/api/users/u${fate.id}` : `/api/dashboard/u${fate.id}`
  const isLeft = fate.isLeft || (fate.isPlain && endless.includes(fate.faults.users))
  if (!isLeft && fate.isPlain) return assertPassedOn(get(path), fate)
  if (!isLeft) return assertOwn(await get(path), fate)
  const client = leave(path)
  for (let i = 0; i < fate.turns; i++) await turn()
  client.leave()
}

test('a soak', async t => {
  const seed = Number(process.env.SOAK_SEED ?? 1)
  t.diagnostic(`SOAK_SEED=${seed}`)
  const all = fates(seed)
  const scene = await scenario(t, 'web', planOf(all), { keepsRecords: false })
  const before = openFiles(scene.server)
  await inParallel(atOnce, all, fate => live(scene, fate))
  scene.upstreams.hangUp()
  await eventually(() => openFiles(scene.server) <= before, 'every connection to be closed')
})
