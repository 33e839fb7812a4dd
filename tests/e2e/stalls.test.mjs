// The server itself gets no time for a while, as when a virtual machine is paused or a container is
// throttled. Answers that have come in the meantime are not late: no call fails because of it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { scenario } from './lib/scenario.mjs'
import { eventually, gate } from './lib/wait.mjs'

const count = 12
const totalMs = 1500
const users = { timeout: { first_byte: '1s', total: `${totalMs}ms` }, retry: { try: '1s' },
  ejection: { failures: 1 }, breaker: { volume: 1, error_threshold: 0 } }

const isStopped = ({ pid }) => / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

async function stop(server) {
  server.child.kill('SIGSTOP')
  await eventually(() => isStopped(server), 'the server to be stopped')
}

for (const uring of [true, false]) {
  describe(`a server that gets no time, with io_uring: ${uring}`, () => {
    test('uses the answers that have come meanwhile', async t => {
      const door = gate()
      const row = { json: {}, until: door.opened }
      const { get, server, upstreams } = await scenario(t, 'web',
        { 'users *': row, 'reviews *': row },
        { config: { io_uring: uring, login: 'off', services: { users } }, args: ['--workers', '2'],
          urlOf: { users: (url, urls) => `${url},${urls.reviews}` } })
      t.after(() => server.child.kill('SIGCONT'))
      const answers = Array.from({ length: count }, () => get('/api/users/1'))
      await eventually(() => upstreams.requests.length === count, 'all requests to arrive')
      await stop(server)
      door.open()
      await pause(totalMs + 100)
      server.child.kill('SIGCONT')
      for (const { status } of await Promise.all(answers)) assert.equal(status, 200)
      assert.equal(upstreams.requests.length, count)
      await server.stop()
      const events = server.lines().map(({ event }) => event).filter(event => /^(breaker|endpoint)/.test(event))
      assert.deepEqual(events, [])
    })
  })
}
