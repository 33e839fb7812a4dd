// Plain routes: the answers of a service as the client receives them.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { describe, test } from 'node:test'

import { faults, writePieces } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { signedIn } from './lib/token.mjs'
import { soon } from './lib/wait.mjs'

const path = '/api/users/1'
const me = { 'x-request-id': 'me' }
const raw = (head, body = '') => ({ 'users *': { raw: `${head}\r\n\r\n${body}` } })
const ok = 'HTTP/1.1 200 OK'
const ask = (more = '', method = 'GET') =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}${more}\r\n`

// [why, head, body, status, body as it arrives, a check of the headers]
const bodies = [
  ['a length', `${ok}\r\nContent-Length: 5`, 'hello', 200, 'hello', { 'content-length': '5' }],
  ['chunks', `${ok}\r\nTransfer-Encoding: chunked`, '3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n', 200, 'hello',
    { 'content-length': undefined }],
  ['trailers, which end here', `${ok}\r\nTrailer: X-T\r\nTransfer-Encoding: chunked`,
    '5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n', 200, 'hello', { trailer: undefined, 'x-t': undefined }],
  ['nothing', `${ok}\r\nContent-Length: 0`, '', 200, '', { 'content-length': '0' }],
  ['204', 'HTTP/1.1 204 No Content\r\nX-A: 1', '', 204, '', { 'x-a': '1', 'content-length': undefined }],
  ['304', 'HTTP/1.1 304 Not Modified\r\nETag: "x"', '', 304, '', { etag: '"x"' }],
  ['1xx before it', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}` +
    '\r\nContent-Length: 2', 'ok', 200, 'ok', { link: undefined }],
  ['a redirect', 'HTTP/1.1 302 Found\r\nLocation: http://elsewhere/x\r\nContent-Length: 0', '', 302, '',
    { location: 'http://elsewhere/x' }],
  ['an error of its own', 'HTTP/1.1 418 Teapot\r\nContent-Length: 3', 'tea', 418, 'tea', {}],
  ['500', 'HTTP/1.1 500 No\r\nContent-Length: 3\r\nContent-Type: a/b', 'bad', 500, 'bad',
    { 'content-type': 'a/b' }],
  ['a coded body', `${ok}\r\nContent-Encoding: gzip\r\nContent-Length: 4`, '\x1f\x8b\x08\x00', 200,
    '\x1f\x8b\x08\x00', { 'content-encoding': 'gzip' }],
  ['fields of the connection', `${ok}\r\nContent-Length: 0\r\nConnection: X-Named, keep-alive\r\n` +
    'X-Named: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nX-Fine: 1\r\nUpgrade: h2c', '', 200,
    '', { 'x-named': undefined, 'keep-alive': undefined, 'proxy-connection': undefined,
      upgrade: undefined, 'x-fine': '1' }],
  ['Server stays behind, Via is not told', `${ok}\r\nContent-Length: 0\r\nServer: secret`, '', 200, '',
    { server: undefined }],
  ['caching is the service\'s to say', `${ok}\r\nContent-Length: 0\r\nCache-Control: max-age=5\r\n` +
    'Vary: Accept\r\nETag: "1"', '', 200, '',
    { 'cache-control': 'max-age=5', vary: 'Accept', etag: '"1"' }],
]

describe('an answer', { concurrency: 2 }, () => {
  for (const [why, head, body, status, text, headers] of bodies) {
    test(`with ${why}`, async t => {
      const { get, http2 } = await scenario(t, 'web', {
        'users *': { raw: Buffer.from(`${head}\r\n\r\n${body}`, 'latin1') } })
      const { ask: second } = await http2()
      for (const one of [get, second]) {
        const res = await one(path)
        assert.equal(res.status, status)
        assert.equal(res.bytes.toString('latin1'), text)
        for (const [name, value] of Object.entries(headers)) assert.equal(res.headers[name], value, name)
      }
    })
  }

  for (const status of [200, 201, 404, 500]) {
    test(`of ${status} in chunks that come in pieces`, async t => {
      const { get, http2 } = await scenario(t, 'web', { 'users *': { send: async ({ socket }) => {
        const chunks = '1\r\nh\r\n4\r\nello\r\n0\r\n\r\n'
        await writePieces(socket, [`HTTP/1.1 ${status} So\r\n`, 'Transfer-Encoding: chunked\r\n\r\n',
          ...chunks])
        socket.end()
      } } })
      const { ask: second } = await http2()
      for (const one of [get, second]) {
        const res = await one(path)
        assert.equal(res.status, status)
        assert.equal(res.text, 'hello')
      }
    })
  }

  test('that ends with its connection comes whole', async t => {
    const { get, http2 } = await scenario(t, 'web', {
      'users *': { send: ({ socket }) => socket.end(`${ok}\r\n\r\nall of it`) } })
    assert.equal((await get(path)).text, 'all of it')
    assert.equal((await (await http2()).ask(path)).text, 'all of it')
  })

  test('of HTTP/1.0 comes whole', async t => {
    const { get } = await scenario(t, 'web', {
      'users *': { send: ({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it') } })
    assert.equal((await get(path)).text, 'all of it')
  })

  test('may have a field twice', async t => {
    const { talk, http2 } = await scenario(t, 'web',
      raw(`${ok}\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\nset-cookie: c=d`))
    const text = await talk(ask('Connection: close\r\n'))
    assert.deepEqual(text.match(/^set-cookie: .*(?=\r$)/gim),
      ['set-cookie: a=b; Path=/', 'set-cookie: c=d'])
    const res = await (await http2()).ask(path)
    assert.deepEqual(res.headers['set-cookie'], ['a=b; Path=/', 'c=d'])
  })

  test('to HEAD has its length, and no body', async t => {
    const { talk, http2, get } = await scenario(t, 'web', raw(`${ok}\r\nContent-Length: 1234`))
    const text = await talk(ask('Connection: close\r\n', 'HEAD'))
    assert.match(text, /^HTTP\/1\.1 200 [^]*content-length: 1234\r\n[^]*\r\n\r\n$/i)
    const res = await (await http2()).ask(path, { method: 'HEAD' })
    assert.equal(res.headers['content-length'], '1234')
    assert.equal((await get(path, { method: 'HEAD' })).headers['content-length'], '1234')
  })

  test('to the next request on the same connection', async t => {
    const { get } = await scenario(t, 'web', {
      'users /users/1': { text: 'one', headers: { 'content-type': 'text/plain' } }, 'users /users/2': { status: 204 },
      'users /users/3': { send: ({ res }) => { res.write('o'); res.end('k') } },
      'users /users/4': { status: 304 } })
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    const texts = []
    for (const i of [1, 2, 3, 4, 1]) {
      texts.push((await get(`/api/users/${i}`, { agent })).text)
      assert.equal(Object.values(agent.freeSockets).flat().length, 1)
    }
    assert.deepEqual(texts, ['one', '', 'ok', '', 'one'])
  })

  test('has X-Request-Id once, and it is the request\'s', async t => {
    const { get } = await scenario(t, 'web', raw(`${ok}\r\nContent-Length: 0\r\nX-Request-Id: other`))
    const res = await get(path, { headers: me })
    assert.equal(res.headers['x-request-id'], 'me')
    assert.equal(res.names.filter(name => name === 'x-request-id').length, 1)
  })
})

// [why, row, status, words, the type in Proxy-Status]
const refused = [
  ['hangs up', { fault: 'reset' }, 502, 'Bad gateway', 'connection_terminated'],
  ['says nothing', { fault: 'hang' }, 504, 'Gateway timeout', 'http_response_timeout'],
  ['speaks no HTTP', { raw: 'hello\r\n\r\n' }, 502, 'Bad gateway', 'http_protocol_error'],
  ['has two lengths', { raw: `${ok}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab` }, 502,
    'Bad gateway', 'http_protocol_error'],
  ['goes on with 101 unasked', { raw: 'HTTP/1.1 101 Go\r\nUpgrade: websocket\r\n\r\n' }, 502,
    'Bad gateway', 'http_protocol_error'],
]
const impatient = { services: { users: { timeout: { first_byte: '300ms' } } } }

describe('a service that', { concurrency: 2 }, () => {
  for (const [why, row, status, words, type] of refused) {
    test(why, async t => {
      const { get, http2 } = await scenario(t, 'web', { 'users *': row }, { config: impatient })
      const { ask: second } = await http2()
      for (const one of [get, second]) {
        const res = await one(path, { headers: me })
        assert.equal(res.status, status)
        assert.equal(res.text, `{"error":"${words}","requestId":"me"}`)
        assert.equal(res.headers['content-type'], 'application/json; charset=utf-8')
        assert.equal(res.headers['cache-control'], 'no-store')
        assert.match(res.headers['proxy-status'], new RegExp(`^bff-web; error=${type}(;|$)`))
        assert.doesNotMatch(res.headers['proxy-status'], /127\.0\.0\.1|:\d{4,}/)
      }
    })
  }

  test('is not there', async t => {
    const { get } = await scenario(t, 'web', {}, { urlOf: { users: () => 'http://127.0.0.1:1' } })
    const res = await get(path, { headers: me })
    assert.equal(res.status, 502)
    assert.equal(res.text, '{"error":"Bad gateway","requestId":"me"}')
    assert.match(res.headers['proxy-status'], /^bff-web; error=connection_refused(;|$)/)
  })

  const truncated = {
    'a length': `${ok}\r\nContent-Length: 10\r\n\r\nhello`,
    chunks: `${ok}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    'bad chunks': `${ok}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx`,
  }
  for (const [how, bytes] of Object.entries(truncated)) {
    test(`breaks off, of ${how}`, async t => {
      const { talk, get, http2 } = await scenario(t, 'web', {
        'users *': { send: ({ socket }) => socket.end(bytes) } })
      const text = await talk(ask())
      assert.match(text, /^HTTP\/1\.1 200 [^]*hello[\r\n]*(1\r\n)?$/) // a chunk that never comes
      await assert.rejects(get(path), /aborted|parse|invalid/i)
      const { open } = await http2()
      const stream = open(path)
      const chunks = []
      stream.on('data', chunk => chunks.push(chunk))
      const [error] = await soon(once(stream, 'error'), 'the stream to be reset')
      assert.equal(error.code, 'ERR_HTTP2_STREAM_ERROR')
      assert.equal(Buffer.concat(chunks).toString(), 'hello')
    })
  }
})

describe('a kept connection that died', { concurrency: 2 }, () => {
  // Answers the first request and ends the connection when the second comes.
  const dying = { send: ({ socket, res, request }) => {
    const mine = (socket.requests = (socket.requests ?? 0) + 1)
    if (mine > 1 && request.nth < 2) return socket.destroy()
    res.end('ok')
  } }

  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
    test(`costs a ${method} another try`, async t => {
      const { get, asked } = await scenario(t, 'web', { 'users *': dying },
        { args: ['--workers', '1'] })
      assert.equal((await get(path, { method })).status, 200)
      assert.equal((await get(path, { method })).status, 200)
      assert.equal(asked('users').length, 3)
      assert.equal(new Set(asked('users').map(({ connection }) => connection)).size, 2)
    })
  }

  for (const method of ['POST', 'PATCH']) {
    test(`is the end of a ${method}`, async t => {
      const { get, asked } = await scenario(t, 'web', { 'users *': dying },
        { args: ['--workers', '1'] })
      assert.equal((await get(path, { method, body: 'x' })).status, 200)
      assert.equal((await get(path, { method, body: 'x' })).status, 502)
      assert.equal(asked('users').length, 2)
    })
  }

  test('a fresh one that dies is not tried again', async t => {
    const { get, asked } = await scenario(t, 'web', { 'users *': { send: faults.reset.send } })
    assert.equal((await get(path)).status, 502)
    assert.equal(asked('users').length, 1)
  })
})
