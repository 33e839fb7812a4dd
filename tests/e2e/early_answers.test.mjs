// Refusals while the client still sends: what the head decides is answered before the body and before
// 100 Continue, and the client gets to read it, however much it sends.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'

import { authority } from './lib/certificates.mjs'
import { connectFrames, flags, frame, request, types } from './lib/h2_raw.mjs'
import { echo } from './lib/reply.mjs'
import { anywhere, scenario, scratch } from './lib/scenario.mjs'
import { signedIn, tokenFor } from './lib/token.mjs'
import { eventually, soon } from './lib/wait.mjs'

const mebibyte = 1 << 20
const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const doors = { 'HTTP/1.1': 0, 'HTTP/1.1 over TLS': 1 }

const routes = [{ path: '/api/users/', service: 'users', to: '/users/' },
  { path: '/small/', service: 'users', to: '/users/', body_limit: '1KiB' },
  { path: '/admin/', service: 'users', to: '/users/', access: 'role:admin' },
  { path: '/read/', service: 'users', to: '/users/', methods: ['GET'] }]

async function stage(t) {
  const scene = await scenario(t, 'web', { 'users *': echo }, {
    listen: [anywhere, 'https://127.0.0.1:0'],
    config: { routes, tls: { certificate: certFile, key: keyFile } },
  })
  const connect = door => scene.bare({ ca: ca.ca }, scene.urls[door])
  return { ...scene, connect, log: () => scene.server.lines().filter(each => each.event === 'request') }
}

const customer = `Authorization: Bearer ${tokenFor('u1')}\r\n`
const post = (where, fields, version = 1) =>
  `POST ${where} HTTP/1.${version}\r\nHost: a\r\n${fields}\r\n`
const length = bytes => `Content-Length: ${bytes}\r\n`
const chunked = 'Transfer-Encoding: chunked\r\n'
const expecting = 'Expect: 100-continue\r\n'
const ready = 'GET /ready HTTP/1.1\r\nHost: a\r\n\r\n'

// [why, where, the fields beside those of the body, the status]
const refusals = [
  ['no token', '/api/users/u1', '', 401],
  ['a bad token', '/api/users/u1', 'Authorization: Bearer x\r\n', 403],
  ['another role', '/admin/u1', customer, 403],
  ['no route', '/nowhere', signedIn, 404],
  ['another method', '/read/u1', signedIn, 405],
  ['two tokens', '/api/users/u1', signedIn + signedIn, 400],
]

for (const [protocol, door] of Object.entries(doors)) {
  describe(`what the head decides, ${protocol}`, { concurrency: 4 }, () => {
    for (const [why, where, fields, status] of refusals) {
      for (const [framing, field] of [['a length', length(9)], ['chunks', chunked]]) {
        test(`${why}, ${framing}: answered before the body, and the connection goes on`, async t => {
          const { connect } = await stage(t)
          const bare = await connect(door)
          bare.socket.write(post(where, fields + field))
          await bare.until(new RegExp(`^HTTP/1\\.1 ${status} [^]*Connection: keep-alive[^]*"}$`))
          const body = field === chunked ? '9\r\nGET /next\r\n0\r\n\r\n' : 'GET /next'
          bare.socket.write(body.slice(0, 4))
          bare.socket.write(body.slice(4) + ready)
          await bare.until(/HTTP\/1\.1 200 /)
          assert.equal(bare.text().match(/HTTP\/1\.1/g).length, 2, bare.text())
          bare.socket.destroy()
        })
      }

      test(`${why}: no 100 Continue, and what comes next is not a request`, async t => {
        const { connect, asked } = await stage(t)
        const bare = await connect(door)
        bare.socket.write(post(where, `${fields}${length(9)}${expecting}`))
        await bare.until(new RegExp(`^HTTP/1\\.1 ${status} [^]*Connection: close[^]*"}$`))
        bare.socket.write(ready)
        const text = await soon(bare.ended, 'the end of the connection')
        assert.equal(text.match(/HTTP\/1\.1/g).length, 1, text)
        assert.equal(asked().length, 0)
      })
    }

    test('a body over the limit of its route: 413 before it comes, without 100 Continue', async t => {
      const { connect, asked } = await stage(t)
      for (const field of [length(1025), length(10 * mebibyte), length(1025) + expecting]) {
        const bare = await connect(door)
        bare.socket.write(post('/small/u1', signedIn + field))
        await bare.until(/^HTTP\/1\.1 413 [^]*Connection: close[^]*Payload too large/)
        bare.socket.destroy()
      }
      const bare = await connect(door)
      bare.socket.write(`${post('/small/u1', signedIn + chunked)}500\r\n${'x'.repeat(1025)}`)
      await bare.until(/^HTTP\/1\.1 413 [^]*Payload too large/)
      bare.socket.destroy()
      assert.equal(asked().length, 0)
    })

    // [why, the bytes before the many that follow, the status]
    const long = length(8 * mebibyte)
    for (const [why, bytes, status] of [
      ['HEAD', `HEAD /nowhere HTTP/1.1\r\nHost: a\r\n${long}${'Connection: close\r\n'}\r\n`, 413],
      ['HEAD with chunks', `HEAD /nowhere HTTP/1.1\r\nHost: a\r\n${chunked}\r\n800000\r\n`, 404],
      ['OPTIONS', `OPTIONS /read/u1 HTTP/1.1\r\nHost: a\r\n${chunked}\r\n800000\r\n`, 204],
      ['GET of a page of the server itself', `GET /ready HTTP/1.1\r\nHost: a\r\n${chunked}\r\n800000\r\n`,
        200],
      ['HTTP/1.0', post('/nowhere', signedIn + length(mebibyte), 0), 404],
      ['Connection: close', post('/nowhere', `${chunked}Connection: close\r\n`) + '800000\r\n', 404],
      ['broken chunks', `${post('/api/users/u1', signedIn + chunked)}xyz\r\n`, 400],
      ['a length that is none', post('/api/users/u1', signedIn + length('5, 5')), 400],
      ['a coding that is none', post('/api/users/u1', `${signedIn}Transfer-Encoding: gzip\r\n`), 400],
      ['an expectation that is none', post('/api/users/u1', `${long}Expect: 200-ok\r\n`), 417],
      ['a method that nobody knows', `BREW / HTTP/1.1\r\nHost: a\r\n${long}\r\n`, 501],
      ['fields over the limit', post('/api/users/u1', `X: ${'x'.repeat(40000)}\r\n${long}`), 431],
      ['no request at all', '\r\r\r\r\n', 400],
      ['a head without an end', 'GET / HTTP/1.1\r\nX: ', 400],
    ]) {
      test(`a client that goes on sending reads its answer: ${why}`, async t => {
        const { connect } = await stage(t)
        const bare = await connect(door)
        let failure
        bare.socket.on('error', error => (failure = error))
        bare.socket.write(bytes)
        for (let i = 0; i < 8; i++) bare.socket.write(Buffer.alloc(mebibyte, 'x'))
        await bare.until(new RegExp(`^HTTP/1\\.1 ${status} `))
        bare.socket.destroy()
        assert.equal(failure, undefined)
      })
    }

    test('an upload that is refused is in the log once, with its status', async t => {
      const { connect, log } = await stage(t)
      const bare = await connect(door)
      bare.socket.write(post('/nowhere', length(mebibyte)))
      await bare.until(/^HTTP\/1\.1 404 /)
      bare.socket.destroy()
      await eventually(() => log().length > 0, 'the line')
      assert.deepEqual(log().map(({ status }) => status), [404])
    })
  })
}

test('a body that never comes ends its connection after some seconds', async t => {
  const { connect, log } = await stage(t)
  const bare = await connect(0)
  bare.socket.write(post('/nowhere', length(9)) + 'x')
  await bare.until(/^HTTP\/1\.1 404 [^]*keep-alive/)
  const began = Date.now()
  await soon(bare.ended, 'the end of the connection')
  assert.ok(Date.now() - began < 12000)
  await eventually(() => log().length > 0, 'the line')
  assert.ok(log()[0].duration_ms < 1000, 'the time after the answer does not count')
})

describe('what the head decides, HTTP/2', { concurrency: 4 }, () => {
  for (const [why, where, fields, status] of refusals.filter(([, , line]) => line !== customer)) {
    test(`${why}: answered before the body, which is dropped`, async t => {
      const { url } = await stage(t)
      const raw = await connectFrames(url)
      const more = fields.split('\r\n').filter(line => line !== '')
        .map(line => ['authorization', line.slice('Authorization: '.length)])
      raw.send(request(1, { pseudo: { ':method': 'POST', ':path': where }, more }, flags.END_HEADERS))
      assert.equal((await raw.answer(1)).status, status)
      raw.send(frame(types.DATA, flags.NONE, 1, Buffer.alloc(16384)))
      raw.send(frame(types.DATA, flags.END_STREAM, 1, Buffer.alloc(16384)))
      assert.ok(await raw.pong(), 'the connection goes on')
      raw.socket.destroy()
    })
  }

  for (const [protocol, secure] of [['plain', false], ['over TLS', true]]) {
    test(`many uploads that are refused do not end their connection, ${protocol}`, async t => {
      const { http2, urls } = await stage(t)
      const { session, ask } = await http2({ ca: ca.ca }, urls[secure ? 1 : 0])
      for (let i = 0; i < 6; i++) {
        const stream = session.request({ ':method': 'POST', ':path': '/nowhere' })
        stream.on('error', () => undefined)
        stream.end(Buffer.alloc(8 * mebibyte))
        const [head] = await soon(once(stream, 'response'), 'the answer')
        assert.equal(head[':status'], 404)
        assert.match(Buffer.concat(await stream.toArray()).toString(), /"Not found"/)
      }
      assert.equal((await ask('/ready')).status, 200)
    })
  }

  test('DATA frames that bring nothing end their stream', async t => {
    const { url } = await stage(t)
    const raw = await connectFrames(url)
    raw.send(request(1, { pseudo: { ':method': 'POST', ':path': '/api/users/u1' },
      more: [['authorization', `Bearer ${tokenFor()}`]] }, flags.END_HEADERS))
    raw.send(Buffer.concat(Array.from({ length: 200 }, () => frame(types.DATA, flags.NONE, 1))))
    assert.deepEqual(await raw.answer(1), { reset: 11 })
    assert.ok(await raw.pong(), 'the connection goes on')
    raw.socket.destroy()
  })
})

const python = `
import collections, http.client, ssl, sys, requests
url, ca, token = sys.argv[1:4]
kind, rest = url.split('://')
secure = kind == 'https'
context = ssl.create_default_context(cafile=ca)
headers, body = {'Authorization': 'Bearer ' + token}, b'x' * (10 << 20)
def plain():
    Connection = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = Connection(rest.rstrip('/'), **({'context': context} if secure else {}))
    connection.request('POST', '/small/u1', body, headers)
    return connection.getresponse().status
session = requests.Session()
for ask in (plain, lambda: session.post(url + 'small/u1', body, headers=headers, verify=ca).status_code,
            lambda: session.post(url + 'nowhere', iter([body]), headers=headers, verify=ca).status_code):
    print(*(ask() for _ in range(20)))
`
const node = `
const [url, token] = process.argv.slice(1)
const headers = { authorization: 'Bearer ' + token }
const whole = () => new Uint8Array(10 << 20)
const pieces = () => new ReadableStream({ start(c) { c.enqueue(whole()); c.close() } })
for (const [path, body] of [['small/u1', whole], ['small/u1', pieces], ['nowhere', pieces]]) {
  const got = []
  for (let i = 0; i < 20; i++) {
    const res = await fetch(url + path, { method: 'POST', headers, body: body(), duplex: 'half' })
    got.push((await res.json()).error && res.status)
  }
  console.log(...got)
}
`
const run = promisify(execFile)
const hasPython = await run('/usr/bin/python3', ['-c', 'import requests']).then(() => true, () => false)
const twenty = (...statuses) =>
  statuses.map(status => `${Array(20).fill(status).join(' ')}\n`).join('')

describe('10 MB to a route of 1 KiB, 20 times', { concurrency: 2 }, () => {
  for (const [kind, door] of [['plain', 0], ['over TLS', 1]]) {
    test(`Python's http.client and requests, ${kind}`, { skip: !hasPython }, async t => {
      const { urls } = await stage(t)
      const { stdout } = await run('/usr/bin/python3',
        ['-c', python, `${urls[door]}/`, ca.caFile, tokenFor()])
      assert.equal(stdout, twenty(413, 413, 404))
    })

    test(`Node's fetch, ${kind}`, async t => {
      const { urls } = await stage(t)
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', node,
        `${urls[door]}/`, tokenFor()], { env: { ...process.env, NODE_EXTRA_CA_CERTS: ca.caFile } })
      assert.equal(stdout, twenty(413, 413, 404))
    })

    for (const how of ['--http1.1', door === 0 ? '--http2-prior-knowledge' : '--http2']) {
      test(`curl ${how}, ${kind}: answered once`, async t => {
        const { urls, log } = await stage(t)
        const file = path.join(scratch(t), 'body')
        writeFileSync(file, Buffer.alloc(10 * mebibyte))
        const ask = where => run('curl', ['-sS', how, '--cacert', ca.caFile, '-o', '/dev/null', '-w',
          '%{http_code}\n', '-H', signedIn.trim(), '--data-binary', `@${file}`, `${urls[door]}${where}`])
        for (let i = 0; i < 20; i++) assert.equal((await ask('/small/u1')).stdout, '413\n')
        await eventually(() => log().length >= 20, 'the lines')
        assert.equal(log().length, 20)
      })
    }
  }
})
