// All that stands between a call and an endpoint at the same time: limits, queues, ejection, retries
// and hedges, while endpoints fail in every way, clients leave, and calls are cancelled. The server
// stays up, and afterwards nothing is in flight.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'

import { random } from './lib/random.mjs'
import { scenario } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const lastsMs = Number(process.env.MIXED_SECONDS ?? 3) * 1000
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000)

function dice(seed) {
  const next = random(seed)
  return sides => Math.floor(next() * sides)
}

const good = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"id":"1"}'
// Node cannot reset a socket that is closing: the file would never end.
const faults = [
  socket => (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy()),
  socket => socket.end(),
  () => undefined,
  socket => socket.write('HTTP/1.1 503 x\r\ncontent-length: 2\r\n\r\nno'),
  socket => socket.write('HTTP/1.1 503 x\r\nretry-after: 1\r\ncontent-length: 2\r\n\r\nno'),
  socket => socket.end('HTTP/1.1 500 x\r\n\r\nlong'),
  socket => socket.write('HTTP/1.1 200 OK\r\ncontent-le'),
  socket => socket.end(good.slice(0, -3)),
  socket => socket.write('rubbish\r\n\r\n'),
]

async function endpoint(t, roll) {
  const server = net.createServer(socket => {
    const answer = () => { if (!socket.destroyed) socket.write(good) }
    socket.setNoDelay(true).on('error', () => undefined).on('data', () => {
      const what = roll(24)
      if (what < faults.length) faults[what](socket)
      else if (what < 16) setTimeout(answer, roll(40))
      else answer()
    })
    t.after(() => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${server.address().port}`, max_in_flight: 4 }
}

const asks = ['GET /api/users/1', 'HEAD /api/users/1', 'PUT /api/users/1', 'POST /api/users/1',
  'GET /p95/1', 'GET /api/hedged/u1']

// One client after the other on its own connection. Some leave early.
async function clients(port, roll, end) {
  while (performance.now() < end) {
    const ask = asks[roll(asks.length)]
    const body = /^P/.test(ask) ? 'x'.repeat(roll(4) === 0 ? 100_000 : 10) : ''
    const socket = net.connect(port, '127.0.0.1').on('error', () => undefined).resume()
    socket.write(`${ask} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`)
    const timer = roll(5) === 0 ? setTimeout(() => socket.destroy(), roll(60)) : undefined
    await new Promise(resolve => socket.once('close', resolve))
    clearTimeout(timer)
  }
}

test(`calls with every fault and every limit leave nothing behind (seed ${seed})`, async t => {
  const roll = dice(seed)
  const endpoints = [await endpoint(t, roll), await endpoint(t, roll), await endpoint(t, roll)]
  const users = { endpoints, breaker: 'off', ejection: { failures: 2, time: '1s' }, hedge_budget: 100,
    retry: { try: '20ms', methods: ['GET', 'HEAD', 'PUT'], budget: 100 }, max_in_flight: 10,
    queue: { length: 20, wait: '50ms' }, timeout: { first_byte: '200ms', total: '1500ms' } }
  const { url, get } = await scenario(t, 'places', { 'notifications *': { json: [] } }, {
    config: { login: 'off', workers: 2, services: { users }, routes: [
      { path: '/api/users/', service: 'users', to: '/users/', hedge: '5ms' },
      { path: '/p95/', service: 'users', to: '/users/', hedge: 'p95' }] },
    env: { USERS_URL: undefined } })

  const end = performance.now() + lastsMs
  const port = Number(new URL(url).port)
  await Promise.all(Array.from({ length: 40 }, () => clients(port, roll, end)))
  await eventually(async () => {
    const { body } = await get('/health/users')
    assert.equal(body.endpoints.length, endpoints.length)
    return body.endpoints.every(({ inFlight }) => inFlight === 0)
  }, 'no call is in flight')
  assert.equal((await get('/ready')).status, 200)
})
