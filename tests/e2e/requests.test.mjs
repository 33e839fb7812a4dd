// Which requests of clients are valid, and the answers to the others: paths, parameters, methods.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { user } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'
import { signedIn } from './lib/token.mjs'

const empty = { status: 204 }
const anyone = {
  'users *': { json: user('u') },
  'orders *': empty, 'recommendations *': empty, 'notifications *': empty,
}
const me = { 'x-request-id': 'me' }
const request = (method, path) =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n\r\n`
const refusal = error => JSON.stringify({ error, requestId: 'me' })

// [segment as sent, as it goes upstream]
const fine = [
  ['42', '42'],
  ['a%20b', 'a%20b'],
  ['%C3%A9', '%C3%A9'],
  ['%2f', '%2F'],
  ['a%2Forders%2F1', 'a%2Forders%2F1'],
  ['a%3Fb%23c', 'a%3Fb%23c'],
  ['%252e%252e%252e', '%252e%252e%252e'],
  ['100%25', '100%25'],
  ['a+b', 'a%2Bb'],
  ['a&b=c', 'a%26b%3Dc'],
  ['...', '...'],
  ["a;b,c@d:e!f$g'h(i)*", null],
  ['%f0%9f%99%82', '%F0%9F%99%82'],
  ['x'.repeat(256), 'x'.repeat(256)],
  ['%41'.repeat(256), 'A'.repeat(256)],
]

const bad = ['%2e%2e', '%2E', '.', '..', '..%2f', '..%2Forders%2F1', '%252e%252e', '%00', 'a%0ab', '%7F', '%1b', '%ff', '%c0%80', '%ed%a0%80',
  '%', '%4', '%zz', 'x'.repeat(257), '%41'.repeat(257), '%C3%A9'.repeat(129)]

describe('a parameter', { concurrency: 4 }, () => {
  test('goes upstream as one segment, whatever it holds', async t => {
    const { get, asked } = await scenario(t, 'web', anyone)
    for (const [sent, want] of fine) {
      const res = await get(`/api/dashboard/${sent}`)
      assert.equal(res.status, 200, sent)
      const { url } = asked('users').at(-1)
      if (want) assert.equal(url, `/users/${want}`)
      else assert.equal(decodeURIComponent(url), `/users/${decodeURIComponent(sent)}`)
    }
    assert.equal(asked('users').length, fine.length)
  })

  test('goes into a query as one value', async t => {
    const { get, asked } = await scenario(t, 'web', anyone)
    await get('/api/dashboard/a%26limit=9%23%20%2B')
    assert.equal(asked('orders')[0].url, '/orders?userId=a%26limit%3D9%23%20%2B&limit=5')
  })

  test('that cannot be one is a bad request, and nobody is asked', async t => {
    const { get, asked } = await scenario(t, 'web', anyone)
    for (const sent of bad) {
      const res = await get(`/api/dashboard/${sent}`, { headers: me })
      assert.equal(res.status, 400, sent)
      assert.equal(res.text, refusal('Bad request'))
    }
    assert.equal(asked().length, 0)
  })

  test('raw bytes in it', async t => {
    const { talk, asked } = await scenario(t, 'web', anyone)
    for (const raw of ['\xff', '\xc3\x28']) {
      const bytes = Buffer.from(request('GET', `/api/dashboard/${raw}`), 'latin1')
      assert.match(await talk(bytes), /^HTTP\/1\.1 400 /)
    }
    assert.equal(asked().length, 0)
  })
})

describe('a path', { concurrency: 4 }, () => {
  const nowhere = ['/', '/api', '/api/dashboard', '/api/dashboard/', '/api/dashboard//',
    '/api/dashboard/1/', '/api/dashboard/1/2', '/api//dashboard/1', '//api/dashboard/1',
    '/API/dashboard/1', '/api/dashboard%2F1', '/x/../api/dashboard']

  test('that leads nowhere is not found', async t => {
    const { get, asked } = await scenario(t, 'web', anyone)
    for (const path of nowhere) {
      const res = await get(path, { headers: me })
      assert.equal(res.status, 404, path)
      assert.equal(res.text, refusal('Not found'))
      assert.equal(res.headers['content-type'], 'application/json; charset=utf-8')
      assert.equal(res.headers['content-length'], String(res.bytes.length))
    }
    assert.equal(asked().length, 0)
  })

  test('may have a query, which stays here', async t => {
    const { get, asked } = await scenario(t, 'web', anyone)
    assert.equal((await get('/api/dashboard/1?a=/b&c')).status, 200)
    assert.equal(asked('users')[0].url, '/users/1')
  })

  test('may be in absolute form', async t => {
    const { talk, asked } = await scenario(t, 'web', anyone)
    const text = 'GET http://shop.example/api/dashboard/1 HTTP/1.1\r\n' +
      `Host: shop.example\r\n${signedIn}Connection: close\r\n\r\n`
    assert.match(await talk(text), /^HTTP\/1\.1 200 [^]*"partialFailure":false\}$/)
    assert.equal(asked('users')[0].url, '/users/1')
  })
})

describe('a method', { concurrency: 4 }, () => {
  test('that a page does not have is refused with those that it has', async t => {
    const { get } = await scenario(t, 'web', anyone)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const res = await get('/api/dashboard/1', { method, headers: me })
      assert.equal(res.status, 405, method)
      assert.equal(res.text, refusal('Method not allowed'))
      assert.equal(res.headers.allow, 'GET, HEAD, OPTIONS')
    }
  })

  test('OPTIONS tells what there is', async t => {
    const { get } = await scenario(t, 'web', anyone)
    const res = await get('/api/dashboard/1', { method: 'OPTIONS' })
    assert.equal(res.status, 204)
    assert.equal(res.text, '')
    assert.equal(res.headers.allow, 'GET, HEAD, OPTIONS')
  })

  test('that nobody knows is not implemented', async t => {
    const { talk } = await scenario(t, 'web', anyone)
    for (const method of ['BREW', 'TRACE', 'PROPFIND', 'get']) {
      const text = await talk(request(method, '/api/dashboard/1'))
      assert.match(text, /^HTTP\/1\.1 501 /, method)
      assert.match(text, /\r\n\r\n\{"error":"[^"]+","requestId":"[A-Za-z0-9._-]+"\}$/)
    }
  })

  test('HEAD has no body, whatever the answer is', async t => {
    const { talk } = await scenario(t, 'web', anyone)
    for (const [path, status] of [
      ['/api/dashboard/1', 200], ['/nowhere', 404], ['/api/dashboard/%00', 400],
    ]) {
      const head = new RegExp(`^HTTP/1\\.1 ${status} [^]*content-length: [1-9][^]*\r\n\r\n$`, 'i')
      assert.match(await talk(request('HEAD', path)), head)
    }
  })

  test('over HTTP/2 it is the same', async t => {
    const { http2 } = await scenario(t, 'web', anyone)
    const { ask } = await http2()
    for (const [method, path, status] of [
      ['POST', '/api/dashboard/1', 405], ['GET', '/nowhere', 404],
      ['GET', '/api/dashboard/%00', 400], ['BREW', '/api/dashboard/1', 501],
      ['OPTIONS', '/api/dashboard/1', 204],
    ]) {
      assert.equal((await ask(path, { method })).status, status, `${method} ${path}`)
    }
  })
})
