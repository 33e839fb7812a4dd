// A client that leaves takes its calls with it, except for those that may change data: they go on to
// their end, and a drain waits for them.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'
import { pipeline } from 'node:stream'
import { after, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'

import { authority } from './lib/certificates.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { assertEnd, peakMemory } from './lib/server.mjs'
import { signedIn, tokenFor } from './lib/token.mjs'
import { eventually, gate, soon } from './lib/wait.mjs'

const path = '/api/users/u1'
const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const service = ca.sign(['IP:127.0.0.1'])
const mebibyte = 1 << 20
const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')

// The service reads the body, waits for the door, and answers; { door, done } tells what it saw.
async function stage(t, config = {}, options = {}) {
  const door = gate()
  const seen = []
  const scene = await scenario(t, 'web', { 'users *': { send: async ({ req, res, socket }) => {
    await options.before
    let bytes = 0
    req.on('data', chunk => (bytes += chunk.length))
    await Promise.race([once(req, 'end'), once(socket, 'close')])
    await Promise.race([door.opened, once(socket, 'close')])
    seen.push({ bytes, isCut: socket.destroyed })
    res.end('done')
  } } }, { listen: [anywhere, 'https://127.0.0.1:0'],
    config: { tls: { certificate: certFile, key: keyFile }, ...config }, ...options })
  return { ...scene, door, seen, end: () => eventually(() => seen.length > 0, 'the end of the call') }
}

const headOf = (method, length) =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Content-Length: ${length}\r\n\r\n`
const first = (door, leave) => async ({ bare, urls }, method, body) => {
  const client = await bare({ ca: ca.ca }, urls[door])
  client.socket.write(headOf(method, body.length))
  client.socket.write(body)
  return () => leave(client.socket)
}
const second = (door, leave) => async ({ http2: connect, urls }, method, body) => {
  const { session } = await connect({ ca: ca.ca }, urls[door])
  const stream = session.request({ ':method': method, ':path': path,
    authorization: `Bearer ${tokenFor()}` }, { endStream: false })
  stream.on('error', () => undefined)
  stream.end(body)
  return () => leave(session, stream)
}
const ways = {
  'HTTP/1.1, by a FIN': first(0, socket => socket.end()),
  'HTTP/1.1, by a reset': first(0, socket => socket.resetAndDestroy()),
  'HTTP/1.1 over TLS': first(1, socket => socket.destroy()),
  'HTTP/2, by a reset of the stream': second(0, (_, stream) =>
    stream.close(http2.constants.NGHTTP2_CANCEL)),
  'HTTP/2, by the end of the connection': second(0, session => session.destroy()),
  'HTTP/2 over TLS': second(1, session => session.destroy()),
}

describe('a client that leaves', { concurrency: 4 }, () => {
  for (const [how, begin] of Object.entries(ways)) {
    for (const [method, goesOn] of [['POST', true], ['PUT', true], ['PATCH', true], ['DELETE', true],
      ['GET', false], ['OPTIONS', false]]) {
      test(`${how}: its ${method} ${goesOn ? 'goes on to its end' : 'is cancelled'}`, async t => {
        const scene = await stage(t)
        const leave = await begin(scene, method, Buffer.from('abc'))
        await scene.arrival('users')
        leave()
        await eventually(() => scene.server.lines().some(({ status }) => status === 499), '499')
        if (goesOn) scene.door.open()
        await scene.end()
        assert.deepEqual(scene.seen, [{ bytes: 3, isCut: !goesOn }])
      })
    }

    test(`${how}: a POST whose body is still being sent goes on`, async t => {
      const reads = gate()
      const scene = await stage(t, { limits: { body: '16MiB' } }, { before: reads.opened })
      const leave = await begin(scene, 'POST', Buffer.alloc(12 * mebibyte, 'x'))
      await scene.arrival('users')
      leave()
      await eventually(() => scene.server.lines().some(({ status }) => status === 499), '499')
      reads.open()
      scene.door.open()
      await scene.end()
      assert.deepEqual(scene.seen, [{ bytes: 12 * mebibyte, isCut: false }])
    })
  }

  test('during the answer to its POST: the service ends it', async t => {
    const more = gate()
    let isCut
    const scene = await scenario(t, 'web', { 'users *': { send: async ({ req, res, socket }) => {
      req.resume()
      res.write('first')
      await Promise.race([more.opened, once(socket, 'close')])
      isCut = socket.destroyed
      for (let i = 0; i < 8; i++) res.write(Buffer.alloc(mebibyte))
      res.end()
    } } })
    const client = await scene.bare()
    client.socket.write(headOf('POST', 0))
    await client.until(/first/)
    client.socket.destroy()
    await eventually(() => scene.server.lines().length > 1, 'the line')
    more.open()
    await eventually(() => isCut !== undefined, 'the end')
    assert.equal(isCut, false)
  })

  test('its POST has the time limits that it always has', async t => {
    const scene = await stage(t, { routes: [{ path: '/api/users/', service: 'users', to: '/users/',
      timeout: { first_byte: '500ms' } }] })
    const leave = await ways['HTTP/1.1, by a FIN'](scene, 'POST', Buffer.from('abc'))
    await scene.arrival('users')
    leave()
    await scene.end()
    assert.deepEqual(scene.seen, [{ bytes: 3, isCut: true }])
  })

  test('an answer without an end to its POST ends at timeout.total', async t => {
    const scene = await scenario(t, 'web', { 'users *': { send: ({ res, socket }) => {
      const timer = setInterval(() => res.write('x'), 50)
      socket.once('close', () => clearInterval(timer))
    } } }, { config: { services: { users: { timeout: { total: '500ms' } } } } })
    const client = await scene.bare()
    client.socket.write(headOf('POST', 0))
    await client.until(/x/)
    client.socket.destroy()
    await scene.asked('users')[0].gone
  })

  test('its POST fails while its 504 is being sent: it gets one answer', async t => {
    const scene = await scenario(t, 'web', { 'users *': { send: ({ req }) => req.resume() } }, {
      config: { half_close: 'answer', routes: [{ path: '/api/users/', service: 'users',
        to: '/users/', timeout: { first_byte: '4s' } }] } })
    const client = await scene.bare({ allowHalfOpen: true })
    client.socket.end(`${headOf('POST', 3)}abc`)
    await scene.arrival('users')
    await wait(500) // the server has seen the FIN; then it sleeps until both limits are over
    process.kill(scene.server.pid, 'SIGSTOP')
    await wait(5500)
    process.kill(scene.server.pid, 'SIGCONT')
    assert.equal((await soon(client.ended, 'the end')).match(/HTTP\/1\.1 504/g).length, 1)
    await eventually(() => scene.server.lines().some(({ status }) => status === 504), '504')
  })

  test('while the service is being connected to: its POST goes on', async t => {
    const dialled = gate(), left = gate()
    let port
    const slow = net.createServer(async socket => {
      dialled.open()
      await left.opened // until then there is no TLS handshake
      pipeline(socket, net.connect(port), socket, () => undefined)
    }).listen(0)
    t.after(() => slow.close())
    const scene = await stage(t, { services: { users: { ca_file: ca.caFile } } }, {
      services: { users: { tls: service } },
      urlOf: { users: url => {
        port = Number(new URL(url).port)
        return `https://127.0.0.1:${slow.address().port}`
      } } })
    const leave = await ways['HTTP/1.1, by a reset'](scene, 'POST', Buffer.alloc(mebibyte))
    await soon(dialled.opened, 'the connection to the service')
    leave()
    await eventually(() => scene.server.lines().some(({ status }) => status === 499), '499')
    left.open()
    scene.door.open()
    await scene.end()
    assert.deepEqual(scene.seen, [{ bytes: mebibyte, isCut: false }])
  })
})

describe('a drain', { concurrency: 2 }, () => {
  for (const [why, drain_timeout, isCut] of [['waits for such a call', '30s', false],
    ['ends such a call when its time is over', '300ms', true]]) {
    test(why, async t => {
      const scene = await stage(t, { drain_timeout })
      const leave = await ways['HTTP/1.1, by a FIN'](scene, 'POST', Buffer.from('abc'))
      await scene.arrival('users')
      leave()
      await eventually(() => scene.server.lines().some(({ status }) => status === 499), '499')
      const idle = await scene.bare()
      idle.socket.write('GET /ready HTTP/1.1\r\nHost: a\r\n\r\n')
      await soon(once(idle.socket, 'data'), 'the answer on a connection that stays')
      scene.server.child.kill('SIGTERM')
      const isRefused = () => new Promise(resolve => {
        const socket = net.connect(Number(new URL(scene.url).port))
        socket.once('error', () => resolve(true)).once('connect', () => socket.destroy(resolve(false)))
      })
      await eventually(isRefused, 'new connections to be refused')
      await soon(idle.ended, 'the end of the idle connection') // the worker drains; only the call is left
      if (!isCut) scene.door.open()
      await soon(scene.end(), 'the end of the call')
      assert.deepEqual(scene.seen, [{ bytes: 3, isCut }])
      await assertEnd(scene.server)
    })
  }
})

// Their clients leave again and again, and a service that does not read keeps the bodies in our memory.
test('bodies of such calls are kept up to 64 MiB', async t => {
  const body = Buffer.alloc(12 * mebibyte, 'x')
  const { bare, server, arrival, upstreams } = await scenario(t, 'web',
    { 'users *': { send: ({ socket }) => once(socket, 'close') } }, { args: ['--workers', '1'],
      config: { routes: [{ path: '/api/users/', service: 'users', body_limit: '16MiB' }] } })
  const before = peakMemory(server)
  for (let nth = 1; nth <= 20; nth++) {
    const client = await bare()
    client.socket.write(headOf('POST', body.length))
    client.socket.write(body)
    await arrival('users', nth)
    client.socket.resetAndDestroy()
  }
  await eventually(() => server.lines().filter(({ status }) => status === 499).length === 20, '499')
  const grown = (peakMemory(server) - before) / mebibyte
  upstreams.hangUp()
  t.diagnostic(`${Math.round(grown)} MiB`)
  if (!isSanitized) assert.ok(grown < 150, `${grown} MiB`)
})
