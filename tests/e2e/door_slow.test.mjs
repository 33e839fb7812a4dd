// Slow clients, and clients that leave before the end: the server serves other clients at the same
// time.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'

import { mebibyte } from './lib/reply.mjs'
import { open, scenario } from './lib/scenario.mjs'
import { soon } from './lib/wait.mjs'

const empty = { status: 204 }
const large = JSON.stringify({ a: 'x'.repeat(4 * mebibyte - '{"a":""}'.length) })
const plan = {
  'users *': { text: large },
  'orders *': empty, 'recommendations *': empty, 'notifications *': empty,
}
const request = 'GET /api/dashboard/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

test('an answer of 4 MiB that is read slowly comes whole', async t => {
  const { bare, get } = await scenario(t, 'web', plan, open)
  const client = await bare({ highWaterMark: 65_536 })
  client.socket.pause()
  client.socket.write(request)
  // Others are served while the answer waits, and between any two of its pieces.
  for (let i = 0; i < 5; i++) assert.equal((await get('/nowhere')).status, 404)
  let isOver = false
  client.ended.then(() => (isOver = true))
  client.socket.resume()
  for (let pieces = 0; pieces < 20 && !isOver; pieces++) {
    await soon(Promise.race([once(client.socket, 'data'), client.ended]), 'a piece of the answer')
    client.socket.pause()
    assert.equal((await get('/nowhere')).status, 404)
    client.socket.resume()
  }
  const text = await soon(client.ended, 'the end of the answer')
  assert.match(text.slice(0, 200), /^HTTP\/1\.1 200 /)
  assert.ok(text.includes(`{"user":${large},"recentOrders":[]`))
})

test('clients that never finish their heads', async t => {
  const { bare, get, asked } = await scenario(t, 'web', plan, open)
  const slow = await Promise.all(Array.from({ length: 200 }, () => bare()))
  for (const [i, { socket }] of slow.entries()) socket.write(request.slice(0, 1 + i % 60))
  for (let i = 0; i < 20; i++) {
    assert.equal((await get('/nowhere')).status, 404)
    for (const { socket } of slow) socket.write('x')
  }
  assert.equal((await get('/api/dashboard/2')).status, 200)
  for (const { socket } of slow) socket.destroy()
  assert.deepEqual(asked('users').map(({ url }) => url), ['/users/2'])
})

test('clients that leave in the middle of a head, a body or an answer', async t => {
  const { bare, get } = await scenario(t, 'web', plan, open)
  const post = 'POST /api/dashboard/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc'
  for (const text of ['G', request.slice(0, -2), post, request]) {
    for (const leave of ['end', 'destroy', 'resetAndDestroy']) {
      const { socket, ended } = await bare()
      socket.write(text)
      socket[leave]()
      socket.resume()
      await soon(ended, `the end after ${leave}`)
    }
  }
  assert.equal((await get('/api/dashboard/2')).status, 200)
})
