// The PROXY protocol in front of HTTP/1.1, HTTP/2 and TLS: who the client is, and what hostile bytes
// do. tests/unit/proxy_header_reading.c has the table of headers.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, describe, test } from 'node:test'
import tls from 'node:tls'

import { authority } from './lib/certificates.mjs'
import { connectBare, connectHttp2 } from './lib/client.mjs'
import { echo } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { signedIn, tokenFor } from './lib/token.mjs'
import { eventually, soon } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const isProxied = url => ({ url, proxy_protocol: true })

const stage = (t, config) => scenario(t, 'web', { 'users *': echo }, { listen: [], config: {
  listen: ['http://127.0.0.1:0', 'https://127.0.0.1:0', 'http://[::1]:0'].map(isProxied),
  tls: { certificate: certFile, key: keyFile }, trusted_proxies: ['127.0.0.1'], ...config } })

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const v2 = (command, family, body) =>
  Buffer.concat([signature, Buffer.from([0x20 | command, family, body.length >> 8, body.length & 255]), body])
const ipv4 = Buffer.from([203, 0, 113, 7, 127, 0, 0, 1, 0xdc, 4, 1, 0xbb])
const ipv6 = Buffer.concat([Buffer.from('20010db8000000000000000000000007', 'hex'), Buffer.alloc(15), Buffer.from([1, 0, 1, 0, 2])])

const request = `GET /api/users/1 HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n\r\n`
const clientIn = text => {
  assert.match(text, /^HTTP\/1\.1 200 /)
  return Object.fromEntries(JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)).fields)['x-real-ip']
}

// What the service learns of the client when these pieces are sent, each in a packet of its own.
async function clientOf(url, pieces) {
  const { socket, ended } = await connectBare(url)
  socket.setNoDelay(true)
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise(setImmediate)
  }
  return clientIn(await soon(ended, 'the answer'))
}

const headers = [
  ['version 1', 'PROXY TCP4 203.0.113.7 127.0.0.1 56324 443\r\n', '203.0.113.7'],
  ['version 1, IPv6', 'PROXY TCP6 2001:db8::7 ::1 1 2\r\n', '2001:db8::7'],
  ['version 1, unknown', 'PROXY UNKNOWN\r\n', '127.0.0.1'],
  ['version 2', v2(1, 0x11, ipv4), '203.0.113.7'],
  ['version 2, IPv6', v2(1, 0x21, ipv6), '2001:db8::7'],
  ['version 2 of the proxy itself', v2(0, 0, Buffer.alloc(0)), '127.0.0.1'],
  ['version 2 with many fields', v2(1, 0x11, Buffer.concat([ipv4, Buffer.alloc(60_000, 4)])), '203.0.113.7'],
]

describe('a PROXY header', { concurrency: 2 }, () => {
  test('names the client, in one piece with the request or in many', async t => {
    const { url } = await stage(t)
    for (const [why, header, client] of headers) {
      const whole = Buffer.concat([Buffer.from(header), Buffer.from(request)])
      assert.equal(await clientOf(url, [whole]), client, why)
      assert.equal(await clientOf(url, [header, request]), client, why)
      if (whole.length < 2000)
        assert.equal(await clientOf(url, Array.from(whole, byte => Buffer.from([byte]))), client, why)
    }
  })

  test('comes before TLS, and before HTTP/2', async t => {
    const { urls } = await stage(t)
    const before = async url => {
      const socket = net.connect(new URL(url).port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write('PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\n')
      return socket
    }
    const first = await before(urls[0])
    const plain = await connectHttp2(urls[0], { createConnection: () => first }, tokenFor())
    const secure = tls.connect({ socket: await before(urls[1]), ca: ca.ca, servername: '',
      ALPNProtocols: ['h2'], host: '127.0.0.1' })
    await once(secure, 'secureConnect')
    const over = await connectHttp2(urls[1], { createConnection: () => secure }, tokenFor())
    for (const { ask, close } of [plain, over]) {
      const { body } = await ask('/api/users/1')
      assert.equal(Object.fromEntries(body.fields)['x-real-ip'], '203.0.113.7')
      close()
    }
  })

  test('is what limits, the log and X-Forwarded-For go by', async t => {
    const { url, server } = await stage(t, { limits: { connections_per_address: 1 } })
    const header = 'PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\n'
    const first = await connectBare(url)
    first.socket.write(`${header}GET /health HTTP/1.1\r\nHost: a\r\n\r\n`)
    await first.until(/^HTTP\/1\.1 200 /)
    const second = await connectBare(url)
    second.socket.write(`${header}${request}`)
    assert.equal(await soon(second.ended, 'the second of this client to be closed'), '')
    assert.equal(await clientOf(url, ['PROXY TCP4 203.0.113.8 127.0.0.1 1 2\r\n', request]), '203.0.113.8')
    await eventually(() => server.lines().some(({ client }) => client === '203.0.113.7'), 'the line')
    first.socket.destroy()
  })

  test('counts from trusted proxies only', async t => {
    const { url, server, urls } = await stage(t, { trusted_proxies: ['10.0.0.0/8', '::1'] })
    const bare = await connectBare(url)
    bare.socket.write(headers[0][1] + request)
    assert.equal(await soon(bare.ended, 'the end'), '')
    await eventually(() => server.lines().some(({ event, reason, client }) =>
      event === 'proxy_protocol' && reason === 'untrusted' && client === '127.0.0.1'), 'the event')
    assert.equal(await clientOf(urls[2], [headers[0][1], request]), '203.0.113.7')
  })

  const hostile = [
    ['a request', request], ['a handshake', '\x16\x03\x01\x02\x00\x01'], ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no end', `PROXY UNKNOWN ${'x'.repeat(100)}`], ['another version', v2(1, 0x11, ipv4).fill(0x31, 12, 13)],
    ['a wrong length', v2(1, 0x21, ipv4)], ['a wrong port', 'PROXY TCP4 203.0.113.7 127.0.0.1 1 65536\r\n'],
  ]
  test('that is none ends the connection, without an answer', async t => {
    const { url, server } = await stage(t)
    for (const [why, bytes] of hostile) {
      const bare = await connectBare(url)
      bare.socket.write(bytes)
      assert.equal(await soon(bare.ended, why), '')
    }
    await eventually(() => server.lines().some(({ event, reason }) =>
      event === 'proxy_protocol' && reason === 'bad'), 'the event')
  })

  test('must come in time, in whatever pieces', async t => {
    const { url, server } = await stage(t, { limits: { header_timeout: '300ms' } })
    const [silent, slow] = [await connectBare(url), await connectBare(url)]
    slow.socket.write('PROXY UNKNOWN ')
    const timer = setInterval(() => slow.socket.writable && slow.socket.write('x'), 50)
    t.after(() => clearInterval(timer))
    assert.equal(await soon(silent.ended, 'the end of the silent one'), '')
    assert.equal(await soon(slow.ended, 'the end of the slow one'), '')
    await eventually(() => server.lines().some(({ reason }) => reason === 'incomplete'), 'the event')
  })
})
