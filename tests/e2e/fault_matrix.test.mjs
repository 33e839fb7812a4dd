// Every subset of the dashboard's services fails in every way. The answer is always 200, has the
// right fallbacks, and comes within the budget. No connection stays open afterwards.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { broken, pages, planByRequestId } from './lib/pages.mjs'
import { faults, isSlow } from './lib/reply.mjs'
import { scenario, stamped } from './lib/scenario.mjs'
import { openFiles } from './lib/server.mjs'
import { eventually, inParallel } from './lib/wait.mjs'

const page = pages['web dashboard']
const names = Object.keys(page.parts)
const subsets = Array.from({ length: 2 ** names.length },
  (_, mask) => names.filter((_, place) => mask & (1 << place)))

async function assertSubset(get, parts, fault) {
  const res = await get(page.path, { headers: broken(page, parts, fault) })
  const errors = Object.fromEntries(
    names.filter(part => parts.includes(part)).map(part => [part, faults[fault].error]))

  assert.equal(res.status, 200)
  assert.equal(stamped(res.text), page.text(errors))
  const mustWait = faults[fault].error.reason === 'timeout' && parts.length > 0
  if (mustWait) assert.ok(res.ms >= page.budget - 1, `${res.ms} ms: the budget was not used`)
  return res.ms
}

// The faults that take the whole budget beside each other, the quick ones one after the other.
async function matrix(t, get) {
  const times = {}
  const all = async (fault, atOnce) => {
    const ms = await inParallel(atOnce, subsets, parts => assertSubset(get, parts, fault))
    times[fault] = Math.round(Math.max(...ms))
  }
  const slow = Object.keys(faults).filter(isSlow).map(fault => all(fault, subsets.length))
  for (const fault of Object.keys(faults)) if (!isSlow(fault)) await all(fault, 4)
  await Promise.all(slow)
  t.diagnostic(`slowest answer in ms: ${JSON.stringify(times)}`)
}

test('all subsets of failing services, with every fault', async t => {
  const { get, server, upstreams } = await scenario(t, 'web', planByRequestId(page, faults))
  const headers = broken(page, [], 'hang')
  assert.equal((await get(page.path, { headers })).status, 200)
  upstreams.hangUp()
  await eventually(() => upstreams.connections.every(({ socket }) => socket.closed), 'hung up')
  const before = openFiles(server)

  await matrix(t, get)
  assert.equal(stamped((await get(page.path, { headers })).text), page.text({}))
  await matrix(t, get)
  upstreams.hangUp()
  await eventually(() => openFiles(server) <= before, 'every connection to be closed')
})
