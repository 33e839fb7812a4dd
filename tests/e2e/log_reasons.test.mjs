// The line of a request that failed says why: a plain route, a token, an upload.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import http2 from 'node:http2'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { anywhere, open, scenario, scratch } from './lib/scenario.mjs'
import { jwt, now, secret, tokenOf } from './lib/token.mjs'
import { eventually } from './lib/wait.mjs'
import { connectWebsocket, websocketService } from './lib/websocket.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])

// The line of the request with this id, when it is there.
async function lineOf({ server }, id) {
  const find = () => server.lines().find(line => line.event === 'request' && line.id === id)
  await eventually(find, `the line of ${id}`)
  return find()
}

const pick = ({ route, service, outcome, endpoint, retries, retried, status }) =>
  ({ route, service, outcome, endpoint, retries, ...(retried && { retried }), status })
const cut = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'
const route = '/api/users/'

// [what the service does, status, outcome]
const outcomes = [
  ['answers', { json: 1 }, 200, 'ok'],
  ['answers 404', { status: 404 }, 404, 'ok'],
  ['answers 503', { status: 503 }, 503, 'ok'],
  ['resets', { fault: 'reset' }, 502, 'reset'],
  ['says nothing', { fault: 'hang' }, 504, 'timeout'],
  ['speaks no HTTP', { raw: 'hello\r\n\r\n' }, 502, 'bad_http'],
  ['breaks off', { send: ({ socket }) => socket.end(cut) }, 200, 'reset'],
]

describe('a plain route whose service', { concurrency: 2 }, () => {
  const config = { login: 'off', services: { users: { timeout: { first_byte: '200ms' } } } }
  const headers = id => ({ headers: { 'x-request-id': id } })

  for (const [why, row, status, outcome] of outcomes) {
    test(`${why} has the outcome ${outcome}`, async t => {
      const scene = await scenario(t, 'web', { 'users *': row }, { config })
      const endpoint = new URL(scene.upstreams.urls.users).host
      await scene.get('/api/users/1', headers('one')).catch(() => undefined)
      const second = await scene.http2()
      await second.ask('/api/users/1', headers('two')).catch(() => undefined)
      for (const id of ['one', 'two']) {
        assert.deepEqual(pick(await lineOf(scene, id)),
          { route, service: 'users', outcome, endpoint, retries: 0, status })
      }
    })
  }

  test('refuses everywhere names the endpoint that was asked last', async t => {
    const scene = await scenario(t, 'web', {}, { config, args: ['--workers', '1'],
      urlOf: { users: () => 'http://127.0.0.1:1, http://127.0.0.1:2' } })
    await scene.get('/api/users/1', headers('one'))
    assert.deepEqual(pick(await lineOf(scene, 'one')), { route, service: 'users', outcome: 'connect',
      endpoint: '127.0.0.1:2', retries: 1, retried: '127.0.0.1:1 connect', status: 502 })
  })

  test('is left by its client has the outcome cancelled', async t => {
    const scene = await scenario(t, 'web', { 'users *': { fault: 'hang' } }, open)
    const { socket } = await scene.bare()
    socket.write('GET /api/users/1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: one\r\n\r\n')
    const second = await scene.http2()
    const stream = second.open('/api/users/2', headers('two')).on('error', () => undefined)
    await scene.arrival('users', 2)
    socket.destroy()
    stream.close(http2.constants.NGHTTP2_CANCEL)
    for (const id of ['one', 'two']) {
      const { outcome, status, service } = await lineOf(scene, id)
      assert.deepEqual([outcome, status, service], ['cancelled', 499, 'users'])
    }
  })

  test('makes a tunnel has a line with its begin', async t => {
    const service = await websocketService(t)
    const scene = await scenario(t, 'web', {}, { ...open, urlOf: { users: () => service.url } })
    const client = await connectWebsocket(scene.url, '/api/users/ws', { more: 'X-Request-Id: one\r\n' })
    assert.deepEqual(pick(await lineOf(scene, 'one')), { route, service: 'users', outcome: 'ok',
      endpoint: new URL(service.url).host, retries: 0, status: 101 })
    client.socket.destroy()
  })

  test('is not asked has its route alone', async t => {
    const scene = await scenario(t, 'web', {})
    await scene.get('/api/users/1', { as: null, ...headers('one') })
    const none = { service: undefined, outcome: undefined, endpoint: undefined, retries: undefined }
    assert.deepEqual(pick(await lineOf(scene, 'one')), { route, status: 401, ...none })
    await scene.get('/nowhere', headers('two'))
    assert.deepEqual(pick(await lineOf(scene, 'two')), { route: undefined, status: 404, ...none })
  })
})

test('a part names its service', async t => {
  const scene = await scenario(t, 'web', { 'orders *': { json: { items: [{}] } } }, open)
  await scene.get('/api/checkout/1', { headers: { 'x-request-id': 'one' } })
  const { parts } = await lineOf(scene, 'one')
  assert.equal(parts.order.service, 'orders')
  assert.deepEqual([parts.user.outcome, parts.user.service], ['skipped', undefined])
})

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const hs = (claims, key) => jwt({ alg: 'HS256' }, { id: 'u1', exp: now() + 600, ...claims }, key)
const ours = { iss: 'us', aud: 'shop' }

describe('a token that is not good', () => {
  const pair = rsa(), other = rsa()
  const rs = (header, key = pair.privateKey) =>
    jwt({ alg: 'RS256', ...header }, { id: 'u1', exp: now() + 600, ...ours }, key)
  const faults = {
    expired: [hs({ ...ours, exp: now() - 600 })],
    not_yet: [hs({ ...ours, nbf: now() + 600 })],
    issuer: [hs({ aud: 'shop', iss: 'them' }), hs({ aud: 'shop' })],
    audience: [hs({ iss: 'us', aud: ['a', 'b'] }), hs({ iss: 'us' })],
    signature: [hs(ours, `${secret}!`), `${hs(ours).slice(0, -4)}AAAA`, rs({ kid: 'a' }, other.privateKey)],
    unknown_key: [rs({ kid: 'b' }), jwt({ alg: 'HS512' }, { id: 'u1', ...ours })],
    malformed: ['x', 'a.b.c', 'x'.repeat(9000), hs({ ...ours, id: undefined }), hs({ ...ours, exp: 'soon' }),
      'eyJhbGciOiJub25lIn0.e30.'],
  }
  const settings = t => {
    const jwks = path.join(scratch(t), 'keys.jwks')
    writeFileSync(jwks, JSON.stringify({ keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'a' }] }))
    const login = { algorithms: ['HS256', 'RS256'], keys: [jwks], issuer: 'us', audience: 'shop' }
    return { config: { login, limits: { header_bytes: '64KiB' }, routes: [
      { path: '/in/', service: 'users' }, { path: '/out/', service: 'users', access: 'public' }] } }
  }

  test('is told in the log and to nobody else', async t => {
    const scene = await scenario(t, 'web', { 'users *': { json: 1 } }, settings(t))
    const answers = new Set()
    let i = 0
    for (const [fault, tokens] of Object.entries(faults)) {
      for (const token of tokens) {
        for (const [where, status] of [['/in/1', 403], ['/out/1', 200]]) {
          const id = `token-${String(i++).padStart(3, '0')}`
          const answer = await scene.get(where, { token, headers: { 'x-request-id': id } })
          const { login, user } = await lineOf(scene, id)
          assert.deepEqual([answer.status, login, user], [status, fault, null], `${fault} ${token}`)
          const { date, ...fields } = answer.headers
          answers.add(JSON.stringify([where, fields, answer.text]).replaceAll(id, ''))
        }
      }
    }
    assert.equal(answers.size, 2, 'each way to be refused looks the same')
  })

  test('is told for pages, HTTP/2 and a token that was good before', async t => {
    const scene = await scenario(t, 'web', {}, { args: ['--workers', '1'],
      config: { login: { leeway: '0s' }, routes: [] } })
    const token = tokenOf({ id: 'u1', exp: now() + 2 })
    await scene.get('/api/nothing', { token })
    await eventually(() => now() > JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp,
      'the token to expire')
    const { ask } = await scene.http2()
    await ask('/api/dashboard/u1', { token, headers: { 'x-request-id': 'one' } })
    assert.equal((await lineOf(scene, 'one')).login, 'expired')
  })

  test('is no matter of a request that has a good one, or none', async t => {
    const scene = await scenario(t, 'web', { 'users *': { json: 1 } })
    for (const [id, as] of [['one', undefined], ['two', null]]) {
      await scene.get('/api/users/1', { as, headers: { 'x-request-id': id } })
      assert.equal('login' in await lineOf(scene, id), false)
    }
  })
})

describe('an upload that is cut', { concurrency: 2 }, () => {
  const tls = { certificate: certFile, key: keyFile }
  const stage = (t, limits) => scenario(t, 'web', {}, { listen: [anywhere, 'https://127.0.0.1:0'],
    config: { login: 'off', tls, ...(limits && { limits }) } })
  const head = 'POST /api/users/1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: one\r\nContent-Length: 1000\r\n\r\n'

  for (const isSecure of [false, true]) {
    test(`is told with what came, over HTTP/1.1${isSecure ? ' and TLS' : ''}`, async t => {
      const scene = await stage(t)
      const { socket } = await scene.bare(isSecure ? { ca: ca.ca } : {}, scene.urls[isSecure ? 1 : 0])
      await new Promise(resolve => socket.write(`${head}hello`, resolve))
      socket.end()
      const { status, upload, received, route: its, outcome } = await lineOf(scene, 'one')
      assert.deepEqual([status, upload, its, outcome], [499, 'cut', route, undefined])
      assert.ok(received <= 5)
    })
  }

  test('is told over HTTP/2', async t => {
    const scene = await stage(t)
    const client = await scene.http2()
    const stream = client.session.request({ ':method': 'POST', ':path': '/api/users/1',
      'x-request-id': 'one', 'content-length': 1000 })
    stream.on('error', () => undefined)
    await new Promise(resolve => stream.write('hello', resolve))
    await new Promise(resolve => client.session.ping(resolve)) // the server has read it
    stream.close(http2.constants.NGHTTP2_CANCEL)
    const { status, upload, received } = await lineOf(scene, 'one')
    assert.deepEqual([status, upload, received], [499, 'cut', 5])
  })

  test('for its slowness is told as timeout', async t => {
    const scene = await stage(t, { body_timeout: '200ms' })
    const { socket } = await scene.bare()
    socket.write(`${head}hello`)
    await once(socket, 'close')
    const { status, upload } = await lineOf(scene, 'one')
    assert.deepEqual([status, upload], [499, 'timeout'])
  })

  test('is not told when it came, or was refused', async t => {
    const scene = await stage(t)
    await scene.get('/nowhere', { method: 'POST', body: 'hello', headers: { 'x-request-id': 'one' } })
    const line = await lineOf(scene, 'one')
    assert.deepEqual([line.status, 'upload' in line], [404, false])
  })
})
