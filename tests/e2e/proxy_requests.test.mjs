// Plain routes: which request reaches which service, and the request as the service receives it.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'

import { connectFrames, flags, request as head } from './lib/h2_raw.mjs'
import { echo, mebibyte } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { admin, signedIn } from './lib/token.mjs'

const everywhere = { 'users *': echo, 'products *': echo, 'orders *': echo }
const sha256 = body => createHash('sha256').update(body).digest('hex')
const valuesOf = (fields, wanted) =>
  fields.filter(([name]) => name === wanted).map(([, value]) => value)

// [asked, service, target there]
const defaults = [
  ['/api/users/42', 'users', '/users/42'],
  ['/api/users/', 'users', '/users/'],
  ['/api/users/42/addresses?a=b&a=c', 'users', '/users/42/addresses?a=b&a=c'],
  ['/api/products', 'products', '/products'],
  ['/api/products?limit=5', 'products', '/products?limit=5'],
  ['/api/products/', 'products', '/products/'],
  ['/api/products/p1/images', 'products', '/products/p1/images'],
  ['/api/orders', 'orders', '/orders'],
  ['/api/orders/7', 'orders', '/orders/7'],
  ['/api/auth/login', 'users', '/auth/login'],
  ['/api/users/1?', 'users', '/users/1?'],
  ['/api/users/1?x=%2F%3F?/../', 'users', '/users/1?x=%2F%3F?/../'],
]

// [why, asked, target there; a number: the status of the refusal]
const spellings = [
  ['dot segments lead to the route that they name', '/api/users/../products', '/products'],
  ['encoded dots are dots', '/api/users/%2e%2E/products', '/products'],
  ['half of them encoded', '/api/users/.%2e/products', '/products'],
  ['a dot is nothing', '/api/./users/./1', '/users/1'],
  ['dots at the end', '/api/users/1/..', '/users/'],
  ['an encoded slash is no separator', '/api/users/a%2fb', '/users/a%2Fb'],
  ['and does not end a dot segment', '/api/users/..%2fproducts', 400],
  ['unreserved bytes have one spelling', '/api/users/%61dmin', '/users/admin'],
  ['others keep theirs', '/api/users/%c3%a9%20%3F', '/users/%C3%A9%20%3F'],
  ['decoded once only', '/api/users/%2561', '/users/%2561'],
  ['empty segments stay', '/api/users//1', '/users//1'],
  ['the route itself may be spelt otherwise', '/%61pi/users/1', '/users/1'],
  ['above the root', '/../api/users/1', 400],
  ['above the root, encoded', '/api/%2e%2e/%2e%2e/users', 400],
  ['a lone percent sign', '/api/users/%', 400],
  ['a percent sign and no digits', '/api/users/%zz', 400],
  ['a path out of the routes', '/api/users/../../users/1', 404],
  ['the route in capitals', '/API/users/1', 404],
  ['no slash behind the prefix', '/api/users', 404],
  ['an encoded slash in the route', '/api%2Fusers/1', 404],
]

describe('a plain route', { concurrency: 2 }, () => {
  test('takes /api away, and nothing else', async t => {
    const { get, asked } = await scenario(t, 'web', everywhere)
    for (const [path, service, target] of defaults) {
      const res = await get(path)
      assert.equal(res.status, 200, path)
      assert.equal(res.body.url, target)
      assert.equal(asked().at(-1).service, service, path)
    }
  })

  test('has one spelling for each path', async t => {
    const { get, asked, http2 } = await scenario(t, 'web', everywhere)
    const second = await http2()
    for (const [why, path, want] of spellings) {
      for (const ask of [get, second.ask]) {
        const before = asked().length
        const { status, body } = await ask(path)
        assert.equal(status === 200 ? body.url : status, want, why)
        assert.equal(asked().length - before, status === 200 ? 1 : 0, why)
      }
    }
  })

  for (const version of ['HTTP/1.1', 'HTTP/2']) {
    test(`passes every method on, over ${version}`, async t => {
      const { get, http2 } = await scenario(t, 'web', everywhere)
      const ask = version === 'HTTP/2' ? (await http2()).ask : get
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const res = await ask('/api/users/1', { method })
        assert.equal(res.status, 200)
        assert.equal(res.body.method, method)
      }
      const res = await ask('/api/users/1', { method: 'HEAD' })
      assert.equal(res.status, 200)
      assert.equal(res.text, '')
      assert.ok(Number(res.headers['content-length']) > 100)
    })

    test(`passes bodies on, over ${version}`, async t => {
      const { get, http2 } = await scenario(t, 'web', everywhere)
      const ask = version === 'HTTP/2' ? (await http2()).ask : get
      const large = Buffer.alloc(mebibyte, 'a body of many bytes. ')
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        for (const isChunked of [false, true]) {
          for (const body of [Buffer.alloc(0), Buffer.from('\0\r\n\xff'), large]) {
            const { status, body: got } = await ask('/api/orders', { method, body, isChunked })
            const why = `${method}, ${body.length} bytes, chunked: ${isChunked}`
            assert.equal(status, 200, why)
            assert.equal(got.sha256, sha256(body), why)
            assert.deepEqual(valuesOf(got.fields, 'transfer-encoding'), [], why)
            const length = body.length === 0 && method === 'DELETE' ? [] : [String(body.length)]
            assert.deepEqual(valuesOf(got.fields, 'content-length'), length, why)
          }
        }
      }
    })

    test(`refuses a body over its limit, over ${version}`, async t => {
      const { get, http2, asked } = await scenario(t, 'web', everywhere)
      const ask = version === 'HTTP/2' ? (await http2()).ask : get
      for (const isChunked of [false, true]) {
        const res = await ask('/api/orders', { method: 'POST', isChunked,
          body: Buffer.alloc(mebibyte + 1), headers: { 'x-request-id': 'me' } })
        assert.equal(res.status, 413)
        assert.equal(res.text, '{"error":"Payload too large","requestId":"me"}')
      }
      assert.equal(asked().length, 0)
    })
  }

  test('says 100 (Continue) itself, and asks the service with the whole body', async t => {
    const { bare } = await scenario(t, 'web', everywhere)
    const client = await bare()
    client.socket.write(`POST /api/orders HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n` +
      'Expect: 100-continue\r\nContent-Length: 5\r\n\r\n')
    await client.until(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/)
    client.socket.write('hello')
    const [, , text] = (await client.ended).split('\r\n\r\n')
    const { fields, text: body } = JSON.parse(text)
    assert.equal(body, 'hello')
    assert.deepEqual(valuesOf(fields, 'expect'), [])
  })
})

describe('methods', { concurrency: 2 }, () => {
  const config = { routes: [
    { path: '/api/users/', service: 'users', to: '/users/', methods: ['GET', 'PUT'] },
    { path: '/api/products/', service: 'products', to: '/products/', methods: ['POST'] }] }
  const methods = value => new Set(value.split(/, */))

  test('that a path does not have: 405, with those of pages and routes', async t => {
    const { get, http2, asked } = await scenario(t, 'web', everywhere, { config })
    const second = await http2()
    for (const ask of [get, second.ask]) {
      for (const [path, want] of [
        ['/api/users/1', ['GET', 'HEAD', 'PUT', 'OPTIONS']],
        ['/api/products/1', ['GET', 'HEAD', 'POST', 'OPTIONS']],
        ['/api/products/1/2', ['POST', 'OPTIONS']]]) {
        const res = await ask(path, { method: 'DELETE', headers: { 'x-request-id': 'me' } })
        assert.equal(res.status, 405, path)
        assert.equal(res.text, '{"error":"Method not allowed","requestId":"me"}')
        assert.deepEqual(methods(res.headers.allow), new Set(want), path)
        const options = await ask(path, { method: 'OPTIONS' })
        assert.equal(options.status, 204)
        assert.deepEqual(methods(options.headers.allow), new Set(want), path)
      }
    }
    assert.equal(asked().length, 0)
  })

  test('that a page does not have go to the route', async t => {
    const { get } = await scenario(t, 'web', everywhere, { config })
    const res = await get('/api/products/1', { method: 'POST', body: 'x' })
    assert.equal(res.body.url, '/products/1')
  })

  test('that nobody has: 501', async t => {
    const { get, asked } = await scenario(t, 'web', everywhere)
    for (const method of ['TRACE', 'PROPFIND', 'PURGE']) {
      const res = await get('/api/users/1', { method, headers: { 'x-request-id': 'me' } })
      assert.equal(res.status, 501, method)
      assert.equal(res.text, '{"error":"Not implemented","requestId":"me"}')
    }
    assert.equal(asked().length, 0)
  })

  test('no route: 404, whoever asks', async t => {
    const { get } = await scenario(t, 'web', everywhere)
    for (const as of ['u1', null]) {
      for (const path of ['/api/reviews', '/users/1', '/', '/api/', '/healthy']) {
        const res = await get(path, { as, headers: { 'x-request-id': 'me' } })
        assert.equal(res.status, 404, path)
        assert.equal(res.text, '{"error":"Not found","requestId":"me"}')
      }
    }
  })
})

// What a client cannot say of itself, in any spelling.
const forbidden = ['X-User-Id', 'X-USER-ID', 'x-user-role', 'X-User-Roles', 'X_User_Id', 'x_user_id',
  'X-User_Id', 'X_USER_ROLE', 'Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host',
  'X-Forwarded-Proto', 'X-Forwarded-Port', 'X-Forwarded-User', 'X_Forwarded_For', 'X-Real-IP',
  'X-Original-URL', 'X-Rewrite-URL', 'x_rewrite_url', 'X-Original-Host', 'under_score', '_',
  'Keep-Alive', 'Proxy-Connection', 'Proxy-Authorization', 'Proxy-Authenticate', 'Trailer',
  'Upgrade', 'X-Mock', 'TE']

describe('fields of a request', { concurrency: 2 }, () => {
  test('pass in their order, with what is added', async t => {
    const { talk } = await scenario(t, 'web', everywhere)
    const text = await talk('GET /api/users/1 HTTP/1.1\r\nHost: shop.example:1\r\n' +
      `${signedIn}X-One: 1\r\nCookie: a=b\r\nX-TWO: \t 2 \r\nx-one: 3\r\nAccept: */*\r\n` +
      'X-Empty:\r\nConnection: close\r\n\r\n')
    const { fields } = JSON.parse(text.split('\r\n\r\n')[1])
    const own = fields.filter(([name]) => /^(x-(one|two|empty)|accept)$/.test(name))
    assert.deepEqual(own,
      [['x-one', '1'], ['x-two', '2'], ['x-one', '3'], ['accept', '*/*'], ['x-empty', '']])
    assert.deepEqual(valuesOf(fields, 'cookie'), ['a=b'])
    assert.deepEqual(valuesOf(fields, 'authorization'), [signedIn.trim().split(': ')[1]])
    assert.match(valuesOf(fields, 'host').join(), /^127\.0\.0\.1:\d+$/)
    assert.deepEqual(valuesOf(fields, 'x-real-ip'), ['127.0.0.1'])
    assert.deepEqual(valuesOf(fields, 'x-forwarded-for'), ['127.0.0.1'])
    assert.deepEqual(valuesOf(fields, 'x-forwarded-proto'), ['http'])
    assert.deepEqual(valuesOf(fields, 'x-forwarded-host'), ['shop.example:1'])
    assert.deepEqual(valuesOf(fields, 'via'), ['1.1 bff-web'])
    assert.match(valuesOf(fields, 'traceparent').join(), /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
    assert.match(valuesOf(fields, 'x-request-id').join(), /^[A-Za-z0-9._-]{8,128}$/)
    assert.deepEqual(valuesOf(fields, 'x-user-id'), ['admin'])
    assert.deepEqual(valuesOf(fields, 'x-user-role'), ['admin'])
  })

  test('that are the connection\'s, or not the client\'s to say, do not pass', async t => {
    const { talk } = await scenario(t, 'web', everywhere)
    const evil = forbidden.map(name => `${name}: evil\r\n`).join('')
    const text = await talk(`GET /api/users/1 HTTP/1.1\r\nHost: a\r\n${signedIn}${evil}` +
      'Connection: close, X-Named, , x-other\r\nX-Named: evil\r\nX-OTHER: evil\r\nX-Fine: 1\r\n\r\n')
    const { fields } = JSON.parse(text.split('\r\n\r\n')[1])
    assert.deepEqual(fields.filter(([, value]) => /evil/.test(value)), [])
    assert.deepEqual(fields.filter(([name]) => name.includes('_')), [])
    assert.deepEqual(valuesOf(fields, 'x-user-id'), ['admin'])
    assert.deepEqual(valuesOf(fields, 'x-fine'), ['1'])
  })

  test('a field that Connection names in a second line', async t => {
    const { talk } = await scenario(t, 'web', everywhere)
    const text = await talk(`GET /api/users/1 HTTP/1.1\r\nHost: a\r\n${signedIn}` +
      'Connection: close\r\nX-Named: evil\r\nConnection: X-Named\r\n\r\n')
    const { fields } = JSON.parse(text.split('\r\n\r\n')[1])
    assert.deepEqual(valuesOf(fields, 'x-named'), [])
  })

  test('over HTTP/2, a cookie in pieces is one', async t => {
    const { url, asked, arrival } = await scenario(t, 'web', everywhere)
    const raw = await connectFrames(url)
    await raw.send(head(1, { as: admin, pseudo: { ':path': '/api/users/1' }, more: [
      ['cookie', 'a=b'], ['x-user-id', 'evil'], ['x_user_id', 'evil'], ['cookie', 'c=d'],
      ['te', 'trailers']] }, flags.END_STREAM | flags.END_HEADERS))
    await arrival('users')
    const { headers } = asked('users')[0]
    assert.equal(headers.cookie, 'a=b; c=d')
    assert.equal(headers['x-user-id'], 'admin')
    assert.equal(headers.x_user_id, undefined)
    assert.equal(headers.te, undefined)
    assert.equal(headers.via, '2.0 bff-web')
    assert.equal(headers['x-forwarded-host'], 'a')
    await raw.answer(1)
    raw.socket.destroy()
  })

  test('an id and a trace that are sane go on', async t => {
    const { get } = await scenario(t, 'web', everywhere)
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const res = await get('/api/users/1', { headers: {
      'x-request-id': 'me', traceparent: `00-${trace}-00f067aa0ba902b7-01` } })
    const { fields } = res.body
    assert.deepEqual(valuesOf(fields, 'x-request-id'), ['me'])
    assert.match(valuesOf(fields, 'traceparent').join(), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))
    assert.equal(res.headers['x-request-id'], 'me')
    const other = await get('/api/users/1', { headers: { 'x-request-id': 'not sane' } })
    assert.deepEqual(valuesOf(other.body.fields, 'x-request-id'), [other.headers['x-request-id']])
    assert.doesNotMatch(other.headers['x-request-id'], / /)
  })

  test('are believed from a proxy that is trusted', async t => {
    const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7, 10.1.2.3',
      'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example', via: '1.1 front' }
    const config = { trusted_proxies: ['127.0.0.1', '10.0.0.0/8'] }
    const { get } = await scenario(t, 'web', everywhere, { config })
    const { fields } = (await get('/api/users/1', { headers })).body
    assert.deepEqual(valuesOf(fields, 'x-real-ip'), ['198.51.100.7'])
    assert.deepEqual(valuesOf(fields, 'x-forwarded-for'),
      ['203.0.113.9, 198.51.100.7, 10.1.2.3, 127.0.0.1'])
    assert.deepEqual(valuesOf(fields, 'x-forwarded-proto'), ['https'])
    assert.deepEqual(valuesOf(fields, 'x-forwarded-host'), ['shop.example'])
    assert.deepEqual(valuesOf(fields, 'via'), ['1.1 front, 1.1 bff-web'])
  })
})
