// Which HTTP/1 requests the server accepts and which it refuses, with the bytes as they are on the
// wire. A service must never receive a refused request, or a request that is hidden after it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { user } from './lib/samples.mjs'
import { open, scenario } from './lib/scenario.mjs'

const empty = { status: 204 }
const anyone = {
  'users *': { json: user('u') },
  'orders *': empty, 'recommendations *': empty, 'notifications *': empty,
}
const page = '/api/dashboard/1'
const hidden = 'GET /api/dashboard/hidden HTTP/1.1\r\nHost: a\r\n\r\n'
const close = 'Connection: close\r\n'
const get = (fields, target = page) => `GET ${target} HTTP/1.1\r\n${fields}${close}\r\n`
const post = (fields, body, target = page) =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`
const taking = '/api/users/u' // a plain route, which takes POST
const line = text => `${text}\r\nHost: a\r\n${close}\r\n`
const fieldsOf = count => Array.from({ length: count }, (_, i) => `X-${i}: 1\r\n`).join('')

// [why, its bytes, the status, the words of ours]
const refused = [
  ['no Host', get(''), 400, 'Bad request'],
  ['an empty Host', get('Host:\r\n'), 400, 'Bad request'],
  ['two Host fields', get('Host: a\r\nHost: b\r\n'), 400, 'Bad request'],
  ['two equal Host fields', get('Host: a\r\nX: 1\r\nhost: a\r\n'), 400, 'Bad request'],
  ['two hosts in one field', get('Host: a, b\r\n'), 400, 'Bad request'],
  ['a Host with userinfo', get('Host: a@b\r\n'), 400, 'Bad request'],
  ['a Host with a path', get('Host: a/b\r\n'), 400, 'Bad request'],
  ['a Host with a port that is none', get('Host: a:b\r\n'), 400, 'Bad request'],
  ['a Host with a port too high', get('Host: a:65536\r\n'), 400, 'Bad request'],
  ['an authority with userinfo', get('Host: a\r\n', `http://u:p@a${page}`), 400, 'Bad request'],
  ['no authority where one should be', get('Host: a\r\n', `http://${page}`), 400, 'Bad request'],
  ['an authority, and a Host that is none', get('Host: ?\r\n', `http://a${page}`), 400,
    'Bad request'],
  ['an authority, and no Host', get('', `http://a${page}`), 400, 'Bad request'],
  ['another scheme', get('Host: a\r\n', `ftp://a${page}`), 400, 'Bad request'],
  ['no path', get('Host: a\r\n', 'api'), 400, 'Bad request'],
  ['a star', get('Host: a\r\n', '*'), 400, 'Bad request'],
  ['a fragment', get('Host: a\r\n', `${page}#a`), 400, 'Bad request'],
  ['bytes beyond ASCII', get('Host: a\r\n', `${page}\xe9`), 400, 'Bad request'],
  ['bytes beyond ASCII in a query', get('Host: a\r\n', `${page}?\xff`), 400, 'Bad request'],
  ['DEL', get('Host: a\r\n', `${page}\x7f`), 400, 'Bad Request'],
  ['a path of 8 KiB and more', get('Host: a\r\n', `/${'x'.repeat(8192)}`), 414, 'URI too long'],
  ['a query of 8 KiB and more', get('Host: a\r\n', `/?${'x'.repeat(8192)}`), 414, 'URI too long'],
  ['fields of 32 KiB and more', get(`Host: a\r\nX: ${'x'.repeat(32768)}\r\n`), 431,
    'Request header fields too large'],
  ['a folded field', get('Host: a\r\nX-A: a\r\n b\r\n'), 400, 'Bad request'],
  ['a folded field, with a tab', get('Host: a\r\nX-A: a\r\n\tb: c\r\n'), 400, 'Bad request'],
  ['a line ended by LF alone', get('Host: a\nX-A: b\r\n'), 400, 'Bad request'],
  ['lines ended by LF alone', get('Host: a\r\n').replaceAll('\r', ''), 400, 'Bad request'],
  ['a method that is no token', line(`G(T ${page} HTTP/1.1`), 400, 'Bad request'],
  ['a method that nobody knows', line(`BREW ${page} HTTP/1.1`), 501, 'Not implemented'],
  ['TRACE', line(`TRACE ${page} HTTP/1.1`), 501, 'Not implemented'],
  ['CONNECT', line('CONNECT a:80 HTTP/1.1'), 501, 'Not implemented'],
  ['an expectation, without a body', get('Host: a\r\nExpect: 200-ok\r\n'), 417,
    'Expectation failed'],
  ['an expectation, with a body', post('Expect: 200-ok\r\nContent-Length: 1\r\n', 'x'), 417,
    'Expectation failed'],
  ['length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
    `0\r\n\r\n${hidden}`), 400, 'Bad request'],
  ['chunks and length', post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n',
    `0\r\n\r\n${hidden}`), 400, 'Bad request'],
  ['two lengths', post('Content-Length: 0\r\nContent-Length: 46\r\n', hidden), 400, 'Bad request'],
  ['two equal lengths', post('Content-Length: 0\r\nContent-Length: 0\r\n', hidden), 400,
    'Bad request'],
  ['two lengths in one field', post('Content-Length: 0, 46\r\n', hidden), 400, 'Bad request'],
  ['a signed length', post('Content-Length: +0\r\n', hidden), 400, 'Bad request'],
  ['a length beyond reason', post(`Content-Length: ${'9'.repeat(30)}\r\n`, hidden), 400,
    'Bad request'],
  ['chunks twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n',
    `0\r\n\r\n${hidden}`), 400, 'Bad request'],
  ['another coding', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${hidden}`), 400,
    'Bad request'],
  ['a list of codings', post('Transfer-Encoding: gzip, chunked\r\n', `0\r\n\r\n${hidden}`), 400,
    'Bad request'],
  ['chunks with HTTP/1.0', `POST ${page} HTTP/1.0\r\nConnection: keep-alive\r\n` +
    `Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`, 400, 'Bad request'],
  ['a chunk that is none', post('Transfer-Encoding: chunked\r\n', `x\r\n\r\n${hidden}`), 400,
    'Bad request'],
  ['a body over the limit', post('Content-Length: 1048577\r\n', 'x'.repeat(1048577)), 413,
    'Payload too large'],
  ['chunks over the limit', post('Transfer-Encoding: chunked\r\n',
    `100001\r\n${'x'.repeat(1048577)}\r\n0\r\n\r\n`, taking), 413, 'Payload too large'],
  ['a body far over the limit', post('Content-Length: 9999999999\r\n', hidden), 413,
    'Payload too large'],
]

// libh2o answers these in words of its own: to it they are no requests at all.
const strange = [
  ['a NUL in a field', get('Host: a\r\nX-A: a\0b\r\n')],
  ['a CR in a field', get('Host: a\r\nX-A: a\rX-B: b\r\n')],
  ['a NUL in the path', get('Host: a\r\n', `${page}\0`)],
  ['a space in the path', get('Host: a\r\n', `${page} x`)],
  ['a space before the colon', get('Host: a\r\nX-A : b\r\n')],
  ['a field without a colon', get('Host: a\r\nX-A\r\n')],
  ['a name with brackets', get('Host: a\r\nX(A): b\r\n')],
  ['another version', line(`GET ${page} HTTP/2.1`)],
  ['101 fields', get(`Host: a\r\n${fieldsOf(99)}`)],
  ['a head of 500 KB', get(`Host: a\r\n${`X: ${'x'.repeat(1000)}\r\n`.repeat(50)}`.repeat(10))],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + '\0'.repeat(64)],
]

// [why, its bytes, what users is asked for]
const served = [
  ['HTTP/1.0 without a Host', `GET ${page} HTTP/1.0\r\n\r\n`, '/users/1'],
  ['HTTP/1.0 with one', `GET ${page} HTTP/1.0\r\nHost: a\r\n\r\n`, '/users/1'],
  ['a Host with a port', get('Host: shop.example:8080\r\n'), '/users/1'],
  ['a Host with an empty port', get('Host: shop.example:\r\n'), '/users/1'],
  ['an IPv6 Host', get('Host: [::1]:8080\r\n'), '/users/1'],
  ['an authority beside another Host', get('Host: b\r\n', `http://a${page}`), '/users/1'],
  ['an authority in capitals', get('Host: a\r\n', `HTTP://A:80${page}?x`), '/users/1'],
  ['an authority with https', get('Host: a\r\n', `https://a${page}`), '/users/1'],
  ['an empty line first', `\r\n${get('Host: a\r\n')}`, '/users/1'],
  ['100-continue', get('Host: a\r\nExpect: 100-Continue\r\n'), '/users/1'],
  ['an empty field', get('Host: a\r\nX-A:\r\n'), '/users/1'],
  ['tabs around a value', get('Host:\ta \t\r\n'), '/users/1'],
  ['98 fields', get(`Host: a\r\n${fieldsOf(97)}`), '/users/1'],
  ['fields of 31 KiB', get(`Host: a\r\nX: ${'x'.repeat(31 * 1024)}\r\n`), '/users/1'],
  ['a body with GET', get('Host: a\r\nContent-Length: 1\r\n') + 'x', '/users/1'],
  ['a query of 8000 bytes', get('Host: a\r\n', `${page}?${'x'.repeat(8000)}`), '/users/1'],
]

// Paths that mean another to those who decode too much; none of them leads anywhere else.
const dotted = ['/api/../api/dashboard/../../users/1', '/api/dashboard/%2e%2e', '/api/dashboard/..',
  '/api/dashboard/.%2e/1', '/api/%2e%2e/1', '/api/dashboard/1/..', '//api/dashboard/1',
  '/api//dashboard/1', '/api/dashboard/%2f', '/api%2fdashboard/1', '/api/dashboard/%00',
  '/api/dashboard/\\..\\1', '/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/api/dashboard/1;/..']

const bytesOf = text => Buffer.from(text, 'latin1')
// Heads of all answers in what came, one after the other.
const statuses = text => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

describe('the door', { concurrency: 4 }, () => {
  test('refuses, and hangs up', async t => {
    const { talk, asked } = await scenario(t, 'web', anyone, open)
    for (const [why, text, status, words] of refused) {
      await t.test(why, async () => {
        const answer = await talk(bytesOf(text))
        assert.deepEqual(statuses(answer).filter(each => each !== 100), [status], answer)
        assert.match(answer, /^Connection: close\r$/m)
        const isOurs = words !== 'Bad Request'
        const [, body] = answer.split('\r\n\r\n').slice(-2)
        if (!isOurs) return
        assert.match(answer, /^content-type: application\/json; charset=utf-8\r$/m)
        const { error, requestId } = JSON.parse(body)
        assert.equal(error, words)
        assert.ok(answer.includes(`\r\nx-request-id: ${requestId}\r\n`))
      })
    }
    assert.equal(asked().length, 0)
  })

  test('refuses HEAD without a body', async t => {
    const { talk, asked } = await scenario(t, 'web', anyone, open)
    for (const [text, status] of [
      [`HEAD ${page} HTTP/1.1\r\nHost: a b\r\n\r\n`, 400],
      [`HEAD /${'x'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
      [`HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n`, 413],
    ]) {
      const answer = await talk(text)
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} [^]*Content-Length: [1-9][^]*\r\n\r\n$`))
    }
    assert.equal(asked().length, 0)
  })

  test('knows what is no request', async t => {
    const { talk, asked } = await scenario(t, 'web', anyone, open)
    for (const [why, text] of strange) {
      await t.test(why, async () => {
        const answer = await talk(bytesOf(text))
        assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\nConnection: close\r\n/)
        assert.deepEqual(statuses(answer), [400])
      })
    }
    assert.equal(asked().length, 0)
  })

  test('lets in', async t => {
    const { talk, asked } = await scenario(t, 'web', anyone, open)
    for (const [i, [why, text, url]] of served.entries()) {
      await t.test(why, async () => {
        assert.match(await talk(bytesOf(text)), /^HTTP\/1\.1 200 [^]*"partialFailure":false\}$/)
        assert.equal(asked('users').length, i + 1)
        assert.equal(asked('users')[i].url, url)
      })
    }
  })

  test('lets no path lead elsewhere', async t => {
    const { talk, asked } = await scenario(t, 'web', anyone, open)
    for (const path of dotted) {
      const [status] = statuses(await talk(bytesOf(get('Host: a\r\n', path))))
      assert.ok([200, 400, 404].includes(status), `${path}: ${status}`)
    }
    for (const { url } of asked('users')) assert.equal(url, '/users/%2F')
  })

  test('lets nothing of a client split an answer', async t => {
    const { talk } = await scenario(t, 'web', anyone, open)
    const evil = ['a%0d%0aX-Evil:1', 'a\tX-Evil:1', 'a"X-Evil', '\xe9X-Evil', 'a,X-Evil']
    for (const value of evil) {
      const fields = ['X-Request-Id', 'Origin', 'traceparent', 'Access-Control-Request-Headers',
        'Accept-Language', 'X-Mock'].map(name => `${name}: ${value}\r\n`).join('')
      const [head] = (await talk(bytesOf(get(`Host: a\r\n${fields}`)))).split('\r\n\r\n')
      assert.match(head, /^HTTP\/1\.1 200 /)
      assert.doesNotMatch(head, /X-Evil/i)
    }
  })

  test('serves the next request on a connection after a page refused it', async t => {
    const { bare } = await scenario(t, 'web', anyone, open)
    const client = await bare()
    client.socket.write(`POST ${page} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /` +
      `GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n${get('Host: a\r\n')}`)
    assert.deepEqual(statuses(await client.ended), [405, 404, 200])
  })
})
