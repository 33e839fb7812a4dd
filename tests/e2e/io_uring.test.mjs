// Where io_uring is forbidden, everything works in the same way, and the log has one line about it.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { scenario } from './lib/scenario.mjs'
import { helper } from './lib/server.mjs'

const page = pages['web dashboard']
const under = [helper('forbid_io_uring')]
const told = server => server.lines().filter(({ event }) => event === 'io_uring')

async function serves(t, config) {
  const { get, server } = await scenario(t, 'web', planOf(page),
    { config: { login: 'off', ...config }, under })
  const { status, body } = await get(page.path)
  assert.equal(status, 200)
  assert.equal(body.partialFailure, false)
  await server.stop() // so that all of the log is there
  return told(server)
}

test('forbidden: every page is there, and one event for all workers', async t => {
  const [event, ...more] = await serves(t, { io_uring: true, workers: 2 })
  assert.deepEqual({ ...event, time: undefined },
    { time: undefined, event: 'io_uring', state: 'unavailable', reason: 'EPERM' })
  assert.deepEqual(more, [])
})

test('forbidden and not asked for: nothing to tell', async t => {
  assert.deepEqual(await serves(t, { io_uring: false }), [])
})
