// WebSocket through a plain route: a tunnel for bytes, from the handshake until one side ends.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { metricsOf } from './lib/metrics.mjs'
import { mebibyte } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { signedIn } from './lib/token.mjs'
import { eventually, soon } from './lib/wait.mjs'
import { connectWebsocket, frame, opcodes, websocketService } from './lib/websocket.mjs'

const path = '/api/users/ws?room=1'
const { text, binary, close, ping, pong } = opcodes
const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const tls = { certificate: certFile, key: keyFile }

async function stage(t, { config = {}, ...options } = {}) {
  const service = await websocketService(t, options)
  const scene = await scenario(t, 'web', {}, {
    listen: [anywhere, 'https://127.0.0.1:0'], config: { tls, ...config },
    urlOf: { users: () => service.url } })
  const connect = ({ more = signedIn, isSecure = false, ...what } = {}) => connectWebsocket(
    scene.urls[isSecure ? 1 : 0], path, { more, tls: isSecure ? { ca: ca.ca } : undefined, ...what })
  return { ...scene, service, connect }
}

test('the ends of many tunnels are counted, when the memory of their requests has gone', async t => {
  const { connect, server } = await stage(t, { config: { admin: { listen: anywhere } } })
  const clients = await Promise.all(Array.from({ length: 40 }, () => connect()))
  for (const client of clients) {
    client.send(text, 'hello')
    await client.next()
  }
  for (const client of clients) client.socket.end()
  await Promise.all(clients.map(client => soon(client.ended, 'the end of the tunnel')))
  await eventually(async () => (await metricsOf(server)).sum('http_client_request_duration_seconds_count')
    === clients.length, 'a call for each tunnel')
})

for (const isSecure of [false, true]) {
  describe(`a tunnel${isSecure ? ' over TLS' : ''}`, { concurrency: 2 }, () => {
    test('says back what goes in, small and large', async t => {
      const { connect, service } = await stage(t)
      const client = await connect({ isSecure })
      assert.equal(client.status, 101)
      assert.ok(client.isOurs)
      assert.match(client.head, /^connection: upgrade\r$/im)
      assert.match(client.head, /^upgrade: websocket\r$/im)
      const { url, headers } = service.requests[0]
      assert.equal(url, '/users/ws?room=1')
      assert.equal(headers.upgrade, 'websocket')
      assert.equal(headers.connection.toLowerCase(), 'upgrade')
      assert.equal(headers['x-user-id'], 'admin')
      assert.equal(headers['x-forwarded-proto'], isSecure ? 'https' : 'http')
      for (const [opcode, payload] of [[text, 'hello'], [binary, randomBytes(1)],
        [binary, randomBytes(70_000)], [binary, randomBytes(mebibyte)], [text, '']]) {
        client.send(opcode, payload)
        const got = await client.next()
        assert.equal(got.opcode, opcode)
        assert.deepEqual(got.payload, Buffer.from(payload))
      }
      client.send(ping, 'are you there')
      assert.deepEqual(await client.next().then(({ opcode, payload }) => [opcode, String(payload)]),
        [pong, 'are you there'])
      client.send(close, Buffer.from([3, 232]))
      assert.equal((await client.next()).opcode, close)
      await soon(client.ended, 'the end of the tunnel')
    })

    test('takes both ways at once', async t => {
      const { connect } = await stage(t)
      const client = await connect({ isSecure })
      const payloads = Array.from({ length: 64 }, () => randomBytes(100_000))
      for (const payload of payloads) client.send(binary, payload)
      for (const payload of payloads) assert.deepEqual((await client.next()).payload, payload)
      client.socket.destroy()
    })

    test('has what came right behind the handshake', async t => {
      const { connect } = await stage(t)
      const client = await connect({ isSecure, behind: frame(text, 'early', true) })
      assert.equal(String((await client.next()).payload), 'early')
      client.socket.destroy()
    })

    test('ends for the service when the client goes', async t => {
      const { connect, service } = await stage(t)
      const client = await connect({ isSecure })
      client.send(text, 'x')
      await client.next()
      client.socket.destroy()
      await soon(service.sockets[0].gone, 'the service\'s side to end')
    })

    test('ends for the client when the service goes', async t => {
      const { connect, service } = await stage(t)
      const client = await connect({ isSecure })
      service.sockets[0].write(frame(text, 'bye'))
      service.sockets[0].end()
      assert.equal(String((await client.next()).payload), 'bye')
      await soon(client.ended, 'the client\'s side to end')
    })
  })
}

describe('a handshake', { concurrency: 2 }, () => {
  test('has its subprotocol and version', async t => {
    const { connect, service } = await stage(t, { protocol: 'chat.v2' })
    const client = await connect({
      more: `${signedIn}Sec-WebSocket-Protocol: chat.v1, chat.v2\r\nOrigin: https://shop.example\r\n` })
    assert.match(client.head, /^sec-websocket-protocol: chat\.v2\r$/im)
    const { headers } = service.requests[0]
    assert.equal(headers['sec-websocket-protocol'], 'chat.v1, chat.v2')
    assert.equal(headers['sec-websocket-version'], '13')
    assert.equal(headers.origin, 'https://shop.example')
    client.socket.destroy()
  })

  test('that the service refuses has the service\'s answer', async t => {
    const { connect } = await stage(t, {
      answer: 'HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nX-Why: no\r\n\r\nnobody' })
    const client = await connect()
    assert.equal(client.status, 403)
    assert.match(client.head, /^x-why: no\r$/im)
    await client.bare.until(/nobody$/)
    client.socket.destroy()
  })

  test('needs a user, as every request', async t => {
    const { connect, service } = await stage(t)
    const nobody = await connect({ more: '' })
    assert.equal(nobody.status, 401)
    assert.equal(service.requests.length, 0)
    nobody.socket.destroy()
    const bad = await connect({ more: 'Authorization: Bearer x.y.z\r\n' })
    assert.equal(bad.status, 403)
    bad.socket.destroy()
  })

  test('is an ordinary request where the route has no tunnels', async t => {
    const { connect, service } = await stage(t, { config: {
      routes: [{ path: '/api/users/', service: 'users', to: '/users/', upgrade: false }] } })
    const client = await connect()
    assert.equal(client.status, 426)
    assert.equal(service.requests.length, 0)
    client.socket.destroy()
  })

  test('with a page of ours is an ordinary request', async t => {
    const { url } = await scenario(t, 'web', { 'users *': { status: 204 }, 'orders *': { status: 204 },
      'recommendations *': { status: 204 }, 'notifications *': { status: 204 } })
    const client = await connectWebsocket(url, '/api/dashboard/u1', { more: signedIn })
    assert.equal(client.status, 200)
    client.socket.destroy()
  })

  for (const [what, head] of [
    ['a POST', 'POST /api/users/ws HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n'],
    ['another protocol', 'GET /api/users/ws HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: other\r\n'],
    ['no Connection: upgrade', 'GET /api/users/ws HTTP/1.1\r\nUpgrade: websocket\r\n'],
  ]) {
    test(`is none with ${what}`, async t => {
      const { bare, service } = await stage(t)
      const client = await bare()
      client.socket.write(`${head}Host: a\r\n${signedIn}Content-Length: 0\r\n\r\n`)
      await client.until(/^HTTP\/1\.1 426 /)
      assert.equal(service.requests.length, 0)
      client.socket.destroy()
    })
  }
})

describe('a tunnel', { concurrency: 2 }, () => {
  test('that is silent too long is cut', async t => {
    const { connect, service } = await stage(t, { config: { routes: [
      { path: '/api/users/', service: 'users', to: '/users/', timeout: { idle: '300ms' } }] } })
    const client = await connect()
    client.send(text, 'x')
    assert.equal(String((await client.next()).payload), 'x')
    await soon(client.ended, 'the client\'s side to end')
    await soon(service.sockets[0].gone, 'the service\'s side to end')
  })

  test('is not silent while only the client speaks', async t => {
    const { connect, service } = await stage(t, { config: { routes: [
      { path: '/api/users/', service: 'users', to: '/users/', timeout: { idle: '500ms' } }] } })
    const client = await connect()
    service.sockets[0].removeAllListeners('data') // it listens, and says nothing
    service.sockets[0].resume()
    for (let i = 0; i < 10; i++) { // time itself is what is tested
      client.send(text, 'x')
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    assert.equal(service.sockets[0].readyState, 'open')
    client.socket.destroy()
  })

  test('is waited for when the server drains', async t => {
    const { connect, server } = await stage(t)
    const client = await connect()
    server.child.kill('SIGTERM')
    client.send(text, 'still there')
    assert.equal(String((await client.next()).payload), 'still there')
    client.socket.end()
    await assertEnd(server)
  })

  test('is cut when the drain takes too long', async t => {
    const { connect, server, service } = await stage(t, { config: { drain_timeout: '200ms' } })
    const client = await connect()
    server.child.kill('SIGTERM')
    await soon(client.ended, 'the client\'s side to end')
    await soon(service.sockets[0].gone, 'the service\'s side to end')
    await assertEnd(server)
  })

  test('counts as long as it lasts, and no longer', async t => {
    const { connect, get, service } = await stage(t, { config: { limits: { connections: 4 } } })
    for (let i = 0; i < 20; i++) {
      const client = await connect()
      assert.equal(client.status, 101)
      client.socket.destroy()
      await once(client.socket, 'close')
      await soon(service.sockets[i].gone, 'the service\'s side to end')
    }
    assert.equal((await get('/nowhere')).status, 404)
  })
})
