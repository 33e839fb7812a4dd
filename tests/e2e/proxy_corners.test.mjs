// Plain routes when two sides could disagree: where an answer ends, and who sends a request.
import assert from 'node:assert/strict'
import http2 from 'node:http2'
import { after, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'

import { authority } from './lib/certificates.mjs'
import { mebibyte } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { peakMemory } from './lib/server.mjs'
import { signedIn } from './lib/token.mjs'
import { soon } from './lib/wait.mjs'

const path = '/api/users/1'
const ca = authority({ after })

const overTls = {
  services: { users: { tls: ca.sign(['DNS:localhost']) } },
  urlOf: { users: url => url.replace('127.0.0.1', 'localhost') },
  config: { services: { users: { ca_file: ca.caFile } } },
}

// Each piece is read alone: TCP tells nobody where it was cut, so there is time between them.
const inPieces = pieces => async ({ socket }) => {
  for (const piece of pieces) {
    socket.write(piece)
    await wait(20)
  }
}

for (const [how, options] of [['plain', {}], ['over TLS', overTls]]) {
  describe(`a service asked ${how}`, () => {
    for (const status of [200, 404]) {
      test(`may send the bytes around its chunks alone, with ${status}`, async t => {
        const { get } = await scenario(t, 'web', { 'users *': { send: inPieces([
          `HTTP/1.1 ${status} So\r\nTransfer-Encoding: chunked\r\n\r\n`, '5\r\n', 'hello', '\r\n',
          '3\r\n', 'abc\r\n', '0\r\n', '\r\n']) } }, options)
        const res = await get(path)
        assert.deepEqual([res.status, res.text], [status, 'helloabc'])
      })
    }

    test('may stop in the middle, at once', async t => {
      const { bare } = await scenario(t, 'web', { 'users *': { send: ({ socket }) =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello') } }, options)
      const client = await bare()
      client.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n`)
      assert.match(await soon(client.ended, 'the end'), /content-length: 1000\r\n[^]*\r\n\r\nhello$/i)
    })
  })
}

for (const status of [200, 404]) {
  test(`a ${status} without length to HTTP/1.0 does not look whole when it is not`, async t => {
    const { bare, asked } = await scenario(t, 'web', { 'users *': { send: ({ socket }) =>
      socket.write(`HTTP/1.1 ${status} So\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`) } })
    const client = await bare()
    const end = new Promise(resolve => client.socket.once('close', resolve))
    client.socket.write(`GET ${path} HTTP/1.0\r\nHost: a\r\n${signedIn}\r\n`)
    await client.until(/hello$/) // the reset alone is what comes next
    asked('users')[0].socket.end()
    const isReset = await soon(end, 'the end')
    assert.equal(isReset, true)
  })
}

test('HTTP/1.0 gets no tunnel', async t => {
  const { talk, asked } = await scenario(t, 'web', { 'users *': { status: 204 } })
  await talk(`GET ${path} HTTP/1.0\r\nHost: a\r\n${signedIn}Connection: upgrade\r\n` +
    `Upgrade: websocket\r\n\r\n`)
  assert.equal(asked('users')[0].headers.upgrade, undefined)
})

const ok = { status: 204 }

test('a field that the second Connection line names stays behind', async t => {
  const { talk, asked } = await scenario(t, 'web', { 'users *': ok })
  await talk(`GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n` +
    'Connection: X-Named\r\nX-Named: 1\r\nX-Fine: 1\r\n\r\n')
  const [{ headers }] = asked('users')
  assert.deepEqual([headers['x-named'], headers['x-fine']], [undefined, '1'])
})

test('of several X-Forwarded-For lines the last one is the nearest', async t => {
  const { talk, asked } = await scenario(t, 'web', { 'users *': ok },
    { config: { trusted_proxies: ['127.0.0.1'] } })
  await talk(`GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n` +
    'X-Forwarded-For: 192.0.2.66\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n')
  const [{ headers }] = asked('users')
  assert.equal(headers['x-real-ip'], '192.0.2.7')
  assert.equal(headers['x-forwarded-for'], '192.0.2.66, 192.0.2.7, 127.0.0.1')
})

test('a :scheme does not make a connection secure', async t => {
  const { http2: connect, asked } = await scenario(t, 'web', { 'users *': ok })
  const { ask } = await connect()
  await ask(path, { headers: { [http2.constants.HTTP2_HEADER_SCHEME]: 'https' } })
  assert.equal(asked('users')[0].headers['x-forwarded-proto'], 'http')
})

// ---- tunnels ------------------------------------------------------------------------------------

const upgrade = `GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: upgrade\r\n` +
  'Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n'
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n' +
  'Upgrade: websocket\r\n\r\n'

// Writes without end, as fast as it is taken.
function flood({ socket }) {
  const lot = Buffer.alloc(mebibyte)
  const more = () => { while (socket.writable && socket.write(lot)); }
  socket.on('drain', more).write(switching)
  more()
}

for (const [how, options] of [['plain', {}], ['over TLS', overTls]]) {
  test(`a tunnel to a service that never pauses, asked ${how}, keeps nobody waiting`, async t => {
    const { bare, get, server } = await scenario(t, 'web',
      { 'users *': { send: flood }, 'orders *': ok },
      { ...options, args: ['--workers', '1'] })
    const client = await bare()
    client.socket.write(upgrade)
    await client.until(/101 Switching[^]*\r\n\r\n/)
    client.socket.pause()
    assert.equal((await get('/api/orders/1')).status, 204)
    assert.ok(peakMemory(server) < 400 * mebibyte)
    client.socket.destroy()
  })
}
