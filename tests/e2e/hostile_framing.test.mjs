// Answers of services that are not correct HTTP. The server refuses an answer that two programs
// could read differently, and accepts one that is only unusual. The client always gets an answer.
import { test } from 'node:test'

import { assertUser, hostileUsers, user } from './lib/hostile.mjs'
import { writePieces } from './lib/reply.mjs'

const ok = 'HTTP/1.1 200 OK\r\n'
const chunk = `7\r\n${user}\r\n`
const chunks = `${chunk}0\r\n\r\n`
const length = 'Content-Length: 7\r\n'
const coded = 'Transfer-Encoding: chunked\r\n'
const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
const fields = count => Array.from({ length: count }, (_, i) => `X-${i}: 1\r\n`).join('')

// [why, its bytes, what becomes of the user: its text, a reason, or a list of what is fine]
const whole = [
  ['a length', `${ok}${length}\r\n${user}`, user],
  ['chunks', `${ok}${coded}\r\n${chunks}`, user],
  ['Chunked with a capital', `${ok}Transfer-Encoding: Chunked\r\n\r\n${chunks}`, user],
  ['chunked with white space around', `${ok}Transfer-Encoding: \t chunked \r\n\r\n${chunks}`, user],
  ['a length with white space around', `${ok}Content-Length: \t 7 \t\r\n\r\n${user}`, user],
  ['white space before the colon', `${ok}Content-Length : 7\r\n\r\n${user}`, 'bad_http'],
  ['a vertical tab after a length', `${ok}Content-Length: 7\v\r\n\r\n${user}`, 'bad_http'],
  ['a folded line of blanks', `${ok}${length} \t\r\n\r\n${user}`, 'bad_http'],
  ['chunked within gzip', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n${chunks}`, 'bad_http'],
  ['chunked twice', `${ok}Transfer-Encoding: chunked, chunked\r\n\r\n${chunks}`, 'bad_http'],
  ['chunked in two fields', `${ok}${coded}${coded}\r\n${chunks}`, 'bad_http'],
  ['an identity coding', `${ok}Transfer-Encoding: identity\r\n\r\n${user}`, 'bad_http'],
  ['an unknown coding', `${ok}Transfer-Encoding: xchunked\r\n\r\n${chunks}`, 'bad_http'],
  ['an empty coding', `${ok}Transfer-Encoding:\r\n${length}\r\n${user}`, 'bad_http'],
  ['length, then chunks', `${ok}${length}${coded}\r\n${chunks}`, 'bad_http'],
  ['chunks, then length', `${ok}${coded}${length}\r\n${chunks}`, 'bad_http'],
  ['chunks from HTTP/1.0', `HTTP/1.0 200 OK\r\n${coded}\r\n${chunks}`, 'bad_http'],
  ['two equal lengths', `${ok}${length}${length}\r\n${user}`, [user, 'bad_http']],
  ['two lengths', `${ok}${length}Content-Length: 9\r\n\r\n${user}`, 'bad_http'],
  ...['-7', '+7', '', '7 7', '7,8', '7a', '0x7', '7.0', '1'.repeat(40), '18446744073709551623'].map(
    value =>
      [`a length of "${value}"`, `${ok}Content-Length: ${value}\r\n\r\n${user}`, 'bad_http']),
  ['a length beyond reason', `${ok}Content-Length: 9223372036854775807\r\n\r\n${user}`,
    ['too_large', 'bad_http']],
  ['100 fields', `${ok}${length}${fields(99)}\r\n${user}`, user],
  ['101 fields', `${ok}${length}${fields(100)}\r\n${user}`, 'bad_http'],
  ['1000 fields', `${ok}${length}${fields(999)}\r\n${user}`, 'bad_http'],
  ['a head of 60 KB', `${ok}${length}X-Big: ${'x'.repeat(60 * 1024)}\r\n\r\n${user}`, user],
  ['a head of 65 KB', `${ok}${length}X-Big: ${'x'.repeat(65 * 1024)}\r\n\r\n${user}`, 'bad_http'],
  ['a folded field', `${ok}X-A: a\r\n b\r\n${length}\r\n${user}`, 'bad_http'],
  ['a NUL in a field', `${ok}X-A: a\0b\r\n${length}\r\n${user}`, 'bad_http'],
  ['a CR in a field', `${ok}X-A: a\rX-B: b\r\n${length}\r\n${user}`, 'bad_http'],
  ['bytes over 127 in a field', `${ok}X-A: \xe9\r\n${length}\r\n${user}`, user],
  ['an empty field', `${ok}X-A:\r\n${length}\r\n${user}`, user],
  ['a space before the colon', `${ok}Content-Length : 7\r\n\r\n${user}`, 'bad_http'],
  ['a field without a name', `${ok}: 7\r\n${length}\r\n${user}`, 'bad_http'],
  ['a field without a colon', `${ok}Content-Length 7\r\n\r\n${user}`, 'bad_http'],
  ['lines ended by LF alone', `${ok}${length}\r\n`.replaceAll('\r', '') + user, [user, 'bad_http']],
  ['100 first', `HTTP/1.1 100 Continue\r\n\r\n${ok}${length}\r\n${user}`, user],
  ['103 twice first', `${hints}${hints}${ok}${coded}\r\n${chunks}`, user],
  ['101, which nobody asked for', 'HTTP/1.1 101 Go On\r\nUpgrade: websocket\r\n\r\n', 'bad_http'],
  ['304', `HTTP/1.1 304 Not Modified\r\n${length}\r\n`, 'status'],
  ['nothing', `${ok}Content-Length: 0\r\n\r\n`, 'bad_json'],
  ['no reason phrase', `HTTP/1.1 200\r\n${length}\r\n${user}`, user],
  ['HTTP/1.0', `HTTP/1.0 200 OK\r\n${length}\r\n${user}`, user],
  ...['HTTP/2.0 200 OK', 'HTTP/1.1 abc', 'HTTP/1.1 099 No', 'HTTP/1.1 600 No', 'HTTP/1.1 2000 OK',
    'http/1.1 200 OK', ' HTTP/1.1 200 OK', 'ICY 200 OK', '\x16\x03\x01\x02\x00\x01', '{"a":1}',
    'GET / HTTP/1.1'].map(
    line => [`a status line ${JSON.stringify(line)}`, `${line}\r\n${length}\r\n${user}`,
      'bad_http']),
  ['a coded body', `${ok}${length}Content-Encoding: gzip\r\n\r\n${user}`, 'bad_http'],
  ['a body coded twice', `${ok}${length}Content-Encoding: identity, br\r\n\r\n${user}`, 'bad_http'],
  ['a body coded as itself', `${ok}${length}Content-Encoding: Identity\r\n\r\n${user}`, user],
  ['a chunk with an extension', `${ok}${coded}\r\n7;a="b"\r\n${user}\r\n0\r\n\r\n`, user],
  ['a chunk with leading zeros', `${ok}${coded}\r\n0000007\r\n${user}\r\n000\r\n\r\n`, user],
  ['trailers', `${ok}${coded}\r\n${chunk}0\r\nX-Sum: 1\r\n\r\n`, user],
  ...['-7', '0x7', '+7', ' 7', '', 'g', 'ffffffffffffffff7', '7xyz', '7 7'].map(
    size => [`a chunk of "${size}"`, `${ok}${coded}\r\n${size}\r\n${user}\r\n0\r\n\r\n`,
      'bad_http']),
  ['a chunk longer than its size', `${ok}${coded}\r\n6\r\n${user}\r\n0\r\n\r\n`, 'bad_http'],
]

// More than an answer. In pieces this cannot be told from an answer to the next request.
const overlong = [
  ['204 with a body', `HTTP/1.1 204 No Content\r\n${length}\r\n${user}`, 'null'],
  ['more than its length', `${ok}${length}\r\n${user}HTTP/1.1 500 No\r\n`, user],
]

// What came before the connection ended.
const ended = [
  ['at once', '', 'reset'],
  ['in the status line', 'HTTP/1.1 20', 'reset'],
  ['in the head', `${ok}Content-Le`, 'reset'],
  ['after 100', 'HTTP/1.1 100 Continue\r\n\r\n', 'reset'],
  ['in the body', `${ok}${length}\r\n{"a"`, 'reset'],
  ['in a chunk', `${ok}${coded}\r\n7\r\n{"a"`, 'reset'],
  ['before the last chunk', `${ok}${coded}\r\n${chunk}`, 'reset'],
  ['in the last chunk', `${ok}${coded}\r\n${chunk}0\r\n`, 'reset'],
  ['after a body that only that ends', `${ok}\r\n${user}`, user],
  ['after half of such a body', `${ok}\r\n{"a":`, 'bad_json'],
  ['after a whole body', `${ok}${length}\r\n${user}`, user],
]

// A character is a byte here.
const all = text => Buffer.from(text, 'latin1')
const everyByte = text => [...text].map(all)

async function assertAll(t, rows) {
  const { get } = await hostileUsers(t, rows.map(([, row]) => row))
  await Promise.all(rows.map(([why, , want], i) => t.test(why,
    async () => assertUser(await get(`/api/dashboard/${i}`), want))))
  assertUser(await get('/api/dashboard/0'), rows[0][2])
}

test('an answer that is odd', { concurrency: 6 }, t =>
  assertAll(t, [...whole, ...overlong].map(([why, text, want]) => [why, { raw: all(text) }, want])))

test('an odd answer that comes byte by byte', { concurrency: 6 }, t =>
  assertAll(t, whole.filter(([, text]) => text.length < 400)
    .map(([why, text, want]) => [why, { raw: everyByte(text) }, want])))

test('an answer that ends', { concurrency: 6 }, t =>
  assertAll(t, ended.map(([why, text, want]) =>
    [why, { send: ({ socket }) => socket.end(text) }, want])))

test('an answer that is reset', { concurrency: 6 }, t => {
  const send = text => async ({ socket }) => {
    await writePieces(socket, everyByte(text))
    socket.reset()
  }
  return assertAll(t, ended.slice(0, -1).map(([why, text]) => [why, { send: send(text) }, 'reset']))
})
