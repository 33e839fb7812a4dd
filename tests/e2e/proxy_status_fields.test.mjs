// Fields without which an answer's status says too little: they return, also where a Connection
// field names them, and only over the protocols that know them.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectHttp2 } from './lib/client.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { signedIn, tokenFor } from './lib/token.mjs'
import { connectWebsocket, websocketService } from './lib/websocket.mjs'

const path = '/api/users/1'
const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const tls = { certificate: certFile, key: keyFile }
const none = undefined

// [the service's head behind "HTTP/1.1 ", what the client gets]
const kept = [
  ['401 No\r\nWWW-Authenticate: Basic realm="a", Digest realm="b"\r\nwww-authenticate: Bearer\r\n' +
    'Connection: close, WWW-Authenticate',
  { 'www-authenticate': ['Basic realm="a", Digest realm="b"', 'Bearer'] }],
  ['405 No\r\nAllow: GET, PUT\r\nConnection: Allow', { allow: ['GET, PUT'] }],
  ['405 No\r\nAllow:', { allow: [''] }],
  ['407 No\r\nProxy-Authenticate: Basic realm="a"\r\nProxy-Authentication-Info: x\r\nX-A: 1',
    { 'proxy-authenticate': [], 'proxy-authentication-info': [], 'x-a': ['1'] }],
  ['401 No\r\nProxy-Authenticate: Basic realm="a"\r\nWWW-Authenticate: Basic realm="b"',
    { 'proxy-authenticate': [], 'www-authenticate': ['Basic realm="b"'] }],
  ['413 No\r\nRetry-After: 9', { 'retry-after': ['9'] }],
  ['416 No\r\nContent-Range: bytes */9\r\nAccept-Ranges: bytes',
    { 'content-range': ['bytes */9'], 'accept-ranges': ['bytes'] }],
  ['206 Some\r\nContent-Range: bytes 0-0/9\r\nConnection: content-range',
    { 'content-range': ['bytes 0-0/9'] }],
  ['429 No\r\nRetry-After: Fri, 27 Nov 2026 10:00:00 GMT\r\nRateLimit-Remaining: 0\r\nConnection: retry-after',
    { 'retry-after': ['Fri, 27 Nov 2026 10:00:00 GMT'], 'ratelimit-remaining': ['0'] }],
  ['503 No\r\nRetry-After: 120\r\nKeep-Alive: timeout=5', { 'retry-after': ['120'], 'keep-alive': [] }],
  ['301 Go\r\nLocation: ../x\r\nConnection: Location, X-B\r\nX-B: 1', { location: ['../x'], 'x-b': [] }],
  ['201 New\r\nLocation: /x\r\nLink: </a>; rel=next\r\nLink: </b>',
    { location: ['/x'], link: ['</a>; rel=next', '</b>'] }],
  ['200 OK\r\nUpgrade: h2,h2c\r\nConnection: Upgrade, Keep-Alive\r\nProxy-Status: cdn; hit',
    { upgrade: [], 'proxy-status': ['cdn; hit'] }],
]
const bodiless = [
  ['204 No\r\nContent-Length: 0\r\nETag: "1"', { etag: ['"1"'], 'content-length': [] }],
  ['205 Reset\r\nContent-Length: 0', { 'content-length': ['0'] }],
  ['304 Same\r\nETag: "1"\r\nVary: Accept\r\nCache-Control: max-age=1\r\nExpires: 0\r\nContent-Location: /x',
    { etag: ['"1"'], vary: ['Accept'], 'cache-control': ['max-age=1'], expires: ['0'],
      'content-location': ['/x'] }],
]
const both = 'Connection: Upgrade\r\nUpgrade: websocket, TLS/1.3'

const stage = (t, head, body = '') => scenario(t, 'web', { 'users *': { raw: `HTTP/1.1 ${head}\r\n\r\n${body}` } },
  { listen: [anywhere, 'https://127.0.0.1:0'], config: { tls } })

// All values of each field of an answer over HTTP/1.1 or 1.0, by their names.
async function askBare(scene, { isSecure, version = '1.1' }) {
  const bare = await scene.bare(isSecure ? { ca: ca.ca } : {}, scene.urls[isSecure ? 1 : 0])
  bare.socket.write(`GET ${path} HTTP/${version}\r\nHost: a\r\n${signedIn}Connection: close\r\n\r\n`)
  const [head] = (await bare.ended).split('\r\n\r\n')
  const fields = {}
  for (const line of head.split('\r\n').slice(1)) {
    const [, name, value] = /^([^:]*): ?(.*)$/.exec(line)
    ;(fields[name.toLowerCase()] ??= []).push(value)
  }
  return { status: Number(head.slice(9, 12)), fields }
}

async function ask2(scene, isSecure) {
  const client = isSecure ? await connectHttp2(scene.urls[1], { ca: ca.ca }, tokenFor()) : await scene.http2()
  const { status, headers } = await client.ask(path)
  client.close()
  return { status, headers }
}

describe('an answer keeps what its status needs', { concurrency: 2 }, () => {
  for (const [head, want] of [...kept, ...bodiless]) {
    test(head.split('\r\n').slice(0, 2).join(', '), async t => {
      const isBodiless = bodiless.some(([each]) => each === head)
      const scene = await stage(t, isBodiless ? head : `${head}\r\nContent-Length: 2`, isBodiless ? '' : 'hi')
      for (const isSecure of [false, true]) {
        const { status, fields } = await askBare(scene, { isSecure })
        assert.equal(status, Number(head.slice(0, 3)))
        for (const [name, values] of Object.entries(want)) assert.deepEqual(fields[name] ?? [], values, name)
        const second = await ask2(scene, isSecure)
        assert.equal(second.status, status)
        for (const [name, values] of Object.entries(want)) {
          assert.equal(second.headers[name], values.length ? values.join(', ') : none, name)
        }
      }
    })
  }

  test('426 with Upgrade, over HTTP/1.1 alone', async t => {
    const scene = await stage(t, `426 Upgrade\r\n${both}\r\nSec-WebSocket-Version: 13\r\nContent-Length: 2`, 'hi')
    for (const isSecure of [false, true]) {
      const { status, fields } = await askBare(scene, { isSecure })
      assert.equal(status, 426)
      assert.deepEqual(fields.upgrade, ['websocket, TLS/1.3'])
      assert.deepEqual(fields.connection, ['close', 'upgrade'])
      assert.deepEqual(fields['sec-websocket-version'], ['13'])
      const { headers } = await ask2(scene, isSecure)
      assert.equal(headers.upgrade, none)
      assert.equal(headers.connection, none)
      assert.equal(headers['sec-websocket-version'], '13')
    }
    assert.equal((await askBare(scene, { version: '1.0' })).fields.upgrade, none)
    const { status, headers, text } = await scene.get(path) // Node takes it for no upgrade
    assert.deepEqual([status, headers.upgrade, text], [426, 'websocket, TLS/1.3', 'hi'])
  })

  test('426 to a WebSocket client', async t => {
    const answer = `HTTP/1.1 426 Upgrade\r\n${both}\r\nContent-Length: 0\r\n\r\n`
    const service = await websocketService(t, { answer })
    const scene = await scenario(t, 'web', {}, { urlOf: { users: () => service.url } })
    const client = await connectWebsocket(scene.url, '/api/users/ws', { more: signedIn })
    assert.equal(client.status, 426)
    assert.match(client.head, /^upgrade: websocket, TLS\/1\.3\r\n/m)
    client.socket.destroy()
  })

  for (const [why, head] of [['names no protocol', 'Connection: Upgrade'], ['names another', 'Upgrade: h2c'],
    ['names none first', 'Upgrade:']]) {
    test(`101 that ${why} is refused`, async t => {
      const service = await websocketService(t, { answer: `HTTP/1.1 101 Go\r\n${head}\r\n\r\n` })
      const scene = await scenario(t, 'web', {}, { urlOf: { users: () => service.url } })
      const client = await connectWebsocket(scene.url, '/api/users/ws', { more: signedIn })
      assert.equal(client.status, 502)
      assert.match(client.head, /^proxy-status: bff-web; error=http_protocol_error/m)
      client.socket.destroy()
    })
  }
})

test('our own refusals have what their status needs', async t => {
  const { get } = await scenario(t, 'web', {}, { config: { cors: { origins: ['https://a.example'] } } })
  const invalid = await get(path, { token: 'x' })
  assert.deepEqual([invalid.status, invalid.headers['www-authenticate']], [403, 'Bearer error="invalid_token"'])
  const missing = await get(path, { as: null })
  assert.deepEqual([missing.status, missing.headers['www-authenticate']], [401, 'Bearer'])
  const other = await get('/api/dashboard/1', { method: 'DELETE' })
  assert.deepEqual([other.status, other.headers.allow], [405, 'GET, HEAD, OPTIONS'])
  const health = await get('/health', { method: 'POST' })
  assert.deepEqual([health.status, health.headers.allow], [405, 'GET, HEAD, OPTIONS'])
  assert.equal((await get('/api/dashboard/1', { method: 'OPTIONS' })).headers.allow, 'GET, HEAD, OPTIONS')
})
