// Heads of HTTP/2 that mean what another head means: cookies in pieces, and Host for :authority.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectFrames, fields, flags, frame, kept, literal, named, repeated, types } from
  './lib/h2_raw.mjs'
import { echo } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { admin, signedIn } from './lib/token.mjs'

const valuesOf = (rows, wanted) =>
  rows.filter(([name]) => name === wanted).map(([, value]) => value)
const route = '/api/users/1'
const { certFile, keyFile } = authority({ after }).sign(['IP:127.0.0.1'])
const secure = { tls: { certificate: certFile, key: keyFile } }
const both = [anywhere, 'https://127.0.0.1:0']
const bytes = count => 'x'.repeat(count)
const filler = count => Array.from({ length: count }, (_, i) => literal(`x-${i}`, '1'))
const [cookieName, hostName] = ['\x84\x21\xcf\xd4\xc5', '\x83\x9c\xe8\x4f'].map( // by Huffman's code
  code => Buffer.concat([Buffer.from([0]), Buffer.from(code, 'latin1')]))
const coded = (name, value) => Buffer.concat([name, Buffer.from([value.length]), Buffer.from(value)])

// Sends a head of these pieces behind the usual ones, in as many frames as it takes.
function send(raw, pieces, stream = 1, pseudo = {}) {
  const block = Buffer.concat([fields({ as: admin, pseudo: { ':path': route, ...pseudo } }), ...pieces])
  const parts = []
  for (let at = 0; at < block.length; at += 16_384) parts.push(block.subarray(at, at + 16_384))
  return raw.send(Buffer.concat(parts.map((part, i) => {
    const last = i === parts.length - 1 ? flags.END_HEADERS : 0
    return i === 0 ? frame(types.HEADERS, flags.END_STREAM | last, stream, part)
      : frame(types.CONTINUATION, last, stream, part)
  })))
}

const pieces = (count, size = 3) =>
  Array.from({ length: count }, (_, i) => literal('cookie', `${i}`.padEnd(size, 'x')))
const joined = (count, size = 3) =>
  Array.from({ length: count }, (_, i) => `${i}`.padEnd(size, 'x')).join('; ')

// [why, the fields, the cookie that the service gets, or a status]
const cookies = [
  ['one', [literal('cookie', 'a=b')], 'a=b'],
  ['98 pieces', pieces(98), joined(98)],
  ['2000 pieces', pieces(2000), joined(2000)],
  ['many beside 99 other fields', [...filler(98), ...pieces(200)], joined(200)],
  ['pieces between other fields', [literal('cookie', 'a=1'), ...filler(2), literal('cookie', 'b=2')],
    'a=1; b=2'],
  ['a name by its number', [named(32, 'a=1'), named(32, 'b=2')], 'a=1; b=2'],
  ['a name by Huffman\'s code', [coded(cookieName, 'a=1'), coded(cookieName, 'b=2')], 'a=1; b=2'],
  ['pieces of the table', [kept('cookie', 'a=1'), repeated(3)], 'a=1; a=1; a=1; a=1'],
  ['white space and empty pieces', [literal('cookie', ' a=1 '), literal('cookie', ''),
    literal('cookie', 'b=2')], 'a=1; b=2'],
  ['12 KB in pieces', pieces(120, 100), joined(120, 100)],
  ['over 32 KiB in pieces', pieces(330, 100), 431],
  ['over 32 KiB in one', [literal('cookie', bytes(33_000))], 431],
  ['101 other fields', [...filler(100), ...pieces(2)], 431],
  ['10 000 of one byte', [kept('cookie', 'x'), repeated(10_999)], 431],
]

// [why, pseudo-header fields, fields, the host that the service is told, or a status]
const absent = { ':authority': undefined }
const hosts = [
  ['Host alone', absent, [literal('host', 'shop.example:1')], 'shop.example:1'],
  ['its name by number', absent, [named(38, 'shop.example')], 'shop.example'],
  ['its name by Huffman\'s code', absent, [coded(hostName, 'shop.example')], 'shop.example'],
  ['behind other fields', absent, [...filler(5), literal('host', '[::1]:80')], '[::1]:80'],
  ['kept in the table', absent, [kept('host', 'shop.example')], 'shop.example'],
  ['too long for the table, which is empty', absent, [Buffer.from([0x20]),
    kept('host', 'shop.example')], 'shop.example'],
  ['too long for a host', absent, [kept('host', bytes(5000))], 400],
  ['an authority beside it', {}, [literal('host', 'A:80')], 'a'],
  ['another authority beside it', {}, [literal('host', 'other.example')], 400],
  ['neither', absent, [], 400],
  ['the empty Host of the static table', absent, [Buffer.from([0x80 | 38])], 400],
  ['a list', absent, [literal('host', 'a, b')], 400],
  ['a path', absent, [literal('host', 'a/b')], 400],
  ['a control byte', absent, [literal('host', 'a\x01')], 400],
]

describe('a head of HTTP/2', { concurrency: 2 }, () => {
  for (const which of both) {
    const kind = new URL(which).protocol
    test(`cookies, ${kind}`, async t => {
      const { urls, asked } = await scenario(t, 'web', { 'users *': echo },
        { listen: both, config: secure })
      const raw = await connectFrames(urls[both.indexOf(which)])
      for (const [i, [why, block, want]] of cookies.entries()) {
        await send(raw, block, 2 * i + 1)
        const { status, text } = await raw.answer(2 * i + 1)
        assert.equal(status, typeof want === 'number' ? want : 200, `${why}: ${text.slice(0, 200)}`)
        if (status !== 200) continue
        assert.deepEqual(valuesOf(JSON.parse(text).fields, 'cookie'), [want], why)
      }
      assert.equal(asked().length, cookies.filter(([, , want]) => typeof want === 'string').length)
      raw.socket.destroy()
    })

    test(`Host, ${kind}`, async t => {
      const { urls } = await scenario(t, 'web', { 'users *': echo },
        { listen: both, config: secure })
      const raw = await connectFrames(urls[both.indexOf(which)])
      for (const [i, [why, pseudo, block, want]] of hosts.entries()) {
        await send(raw, block, 2 * i + 1, pseudo)
        const { status, text } = await raw.answer(2 * i + 1)
        assert.equal(status, typeof want === 'number' ? want : 200, `${why}: ${text.slice(0, 200)}`)
        if (status !== 200) continue
        assert.deepEqual(valuesOf(JSON.parse(text).fields, 'x-forwarded-host'), [want], why)
      }
      raw.socket.destroy()
    })
  }

  test('a Host of the table, again and again', async t => {
    const { url } = await scenario(t, 'web', { 'users *': echo })
    const raw = await connectFrames(url)
    await send(raw, [kept('host', 'shop.example')], 1, absent)
    await raw.answer(1)
    for (const stream of [3, 5]) {
      await send(raw, [repeated(1)], stream, absent)
      const { fields: got } = JSON.parse((await raw.answer(stream)).text)
      assert.deepEqual(valuesOf(got, 'x-forwarded-host'), ['shop.example'])
    }
    raw.socket.destroy()
  })

  test('the table of a connection stays in step when a head is dropped', async t => {
    const { url } = await scenario(t, 'web', { 'users *': echo })
    const raw = await connectFrames(url)
    await send(raw, [...filler(101), kept('x-last', 'kept')])
    assert.equal((await raw.answer(1)).status, 431)
    await send(raw, [repeated(1)], 3)
    const { fields: got } = JSON.parse((await raw.answer(3)).text)
    assert.deepEqual(valuesOf(got, 'x-last'), ['kept'])
    raw.socket.destroy()
  })

  test('a dropped head keeps its id and its origin', async t => {
    const config = { cors: { origins: ['http://shop.example'] } }
    const { http2 } = await scenario(t, 'web', {}, { config })
    const { ask } = await http2()
    const more = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, '1']))
    const { status, body, headers } = await ask(route, { headers: {
      'x-request-id': 'mine', ...more, origin: 'http://shop.example' } })
    assert.deepEqual([status, body.requestId, headers['access-control-allow-origin']],
      [431, 'mine', 'http://shop.example'])
  })

  test('two lines of Cookie are one as well, over HTTP/1.1', async t => {
    const { talk } = await scenario(t, 'web', { 'users *': echo })
    const text = await talk(`GET ${route} HTTP/1.1\r\nHost: a\r\n${signedIn}Cookie: a=1\r\nX: y\r\n` +
      'Cookie: b=2\r\nCookie: \r\ncookie: c=3\r\nConnection: close\r\n\r\n')
    const { fields: got } = JSON.parse(text.split('\r\n\r\n')[1])
    assert.deepEqual(valuesOf(got, 'cookie'), ['a=1; b=2; c=3'])
  })

  test('the client library of Node, with pieces and with Host', async t => {
    const { http2 } = await scenario(t, 'web', { 'users *': echo })
    const { ask } = await http2()
    const { status, body } = await ask(route, { headers: { ':authority': undefined,
      host: 'shop.example', cookie: Array.from({ length: 150 }, (_, i) => `a${i}=${i}`) } })
    assert.equal(status, 200)
    assert.equal(valuesOf(body.fields, 'cookie')[0].split('; ').length, 150)
    assert.deepEqual(valuesOf(body.fields, 'x-forwarded-host'), ['shop.example'])
  })
})
