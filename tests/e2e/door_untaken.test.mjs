// Clients that ask and do not take the answers: what they cost in memory, and how soon they end.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectBare } from './lib/client.mjs'
import { connectFrames, fields, flags, frame, kept, literal, ping, repeated, settings, types,
  windowUpdate } from './lib/h2_raw.mjs'
import { mebibyte } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { soon } from './lib/wait.mjs'

const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')
const { certFile, keyFile } = authority({ after }).sign(['IP:127.0.0.1'])
const empty = { status: 204 }
const large = JSON.stringify({ a: 'x'.repeat(4 * mebibyte - 8) })
const plan = {
  'users *': { text: large },
  'orders *': empty, 'recommendations *': empty, 'notifications *': empty,
}
const page = '/api/dashboard/1'
const listen = [anywhere, 'https://127.0.0.1:0']
const withLimits = limits => ({ listen, args: ['--workers', '1'],
  config: { login: 'off', tls: { certificate: certFile, key: keyFile }, limits } })
const odd = count => Array.from({ length: count }, (_, i) => 2 * i + 1)
const residentMemory = ({ pid }) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024

// A head whose first block puts a field into the table; the others are as good as free.
const shared = (value, count) => ({ first: Buffer.concat([kept('x', value), repeated(count - 1)]),
  more: repeated(count) })
const same = block => ({ first: block, more: block })
const post = { pseudo: { ':method': 'POST' } }

// [why, the fields of the first head and of the others, what else is special]
const costs = [
  ['nothing', same(Buffer.alloc(0))],
  ['900 fields of a byte', shared('', 900)],
  ['95 fields of a byte', shared('', 95)],
  ['ten fields of 3000 bytes, of the table', shared('y'.repeat(3000), 10)],
  ['a field of 15 KB', same(literal('x', 'y'.repeat(15_000)))],
  ['a field of rare letters, in Huffman\'s code', same(Buffer.concat([Buffer.from([0, 1, 0x78]),
    Buffer.from([0xff, 0x80, 0x75]), Buffer.concat(Array(1000).fill(
      Buffer.from('ffffff27fffff27fffff27fffff2', 'hex')))])), { isBroken: true }],
  ['forty fields with names of their own', same(Buffer.concat(Array.from({ length: 40 },
    (_, i) => literal(`x-name-${i}`, `value${i}`))))],
  ['a path of 8000 bytes', same(Buffer.alloc(0)), { pseudo: { ':path': `/${'y'.repeat(8000)}` } }],
  ['a path of 16 000 bytes', same(Buffer.alloc(0)), { pseudo: { ':path': `/${'y'.repeat(16_000)}` } }],
  ['a path in another spelling', same(Buffer.alloc(0)),
    { pseudo: { ':path': `/${'%79'.repeat(1500)}` } }],
  ['a byte that is not allowed', same(literal('x', 'a\x01'))],
  ['90 pieces of a cookie', { first: Buffer.concat([kept('cookie', 'a=b'), repeated(89)]),
    more: repeated(90) }],
  ['a digest of a cache', same(literal('cache-digest', 'A'.repeat(14_000)))],
  ['bodies that do not come', shared('', 60), post],
  ['bodies of 16 KB that come', same(Buffer.alloc(0)), { ...post, body: 16_384 }],
]

function ask(stream, block, { pseudo, body }) {
  const head = Buffer.concat([fields({ pseudo: { ':path': '/nowhere', ...pseudo } }), block])
  const isPost = pseudo?.[':method'] === 'POST'
  const whole = frame(types.HEADERS, (isPost ? 0 : flags.END_STREAM) | flags.END_HEADERS, stream, head)
  return body ? Buffer.concat([whole, frame(types.DATA, flags.END_STREAM, stream, Buffer.alloc(body))])
    : whole
}

describe('20 connections of 100 streams that take nothing', () => {
  for (const [why, { first, more }, special = {}] of costs) {
    test(why, async t => {
      const { server, url, get } = await scenario(t, 'web', plan, withLimits({}))
      await get('/nowhere')
      const before = residentMemory(server)
      const all = []
      let slowest = 0
      for (let i = 0; i < 20; i++) {
        const raw = await connectFrames(url, settings([[4, 0]]))
        all.push(raw)
        await raw.send(Buffer.concat(odd(100).map(
          (stream, n) => ask(stream, n === 0 ? first : more, special))))
        await raw.pong()
        const res = await get('/nowhere')
        assert.equal(res.status, 404)
        slowest = Math.max(slowest, res.ms)
      }
      const grown = residentMemory(server) - before
      t.diagnostic(`${(grown / mebibyte).toFixed(1)} MiB, slowest answer ${Math.round(slowest)} ms`)
      for (const raw of all) raw.socket.destroy()
      assert.ok(slowest < 1000, `${slowest} ms`)
      if (!isSanitized) assert.ok(grown < 20 * mebibyte, `${grown} bytes`)
    })
  }
})

/* Ways to keep a connection by next to nothing, done again and again. */
const drips = {
  'windows that open by one byte': (raw, n) => windowUpdate(1 + 2 * (n % 3), 1),
  'the window of the connection, too': () => Buffer.concat([windowUpdate(0, 1), windowUpdate(1, 1)]),
  'PING': () => Buffer.concat(Array(20).fill(ping())),
  'a window between 0 and 1': (raw, n) => settings([[4, n % 2]]),
}

// Drips until the server ends the connection; how long that took, in milliseconds.
async function dripUntilEnd(raw, drip) {
  const began = performance.now()
  let isOver = false
  raw.end().then(() => (isOver = true), () => (isOver = true))
  for (let n = 0; !isOver && performance.now() - began < 20_000; n++) {
    await raw.send(drip(raw, n))
    await wait(20)
  }
  return performance.now() - began
}

describe('a client that takes next to nothing ends within twice the limit', { concurrency: 4 }, () => {
  const stall = 2000
  for (const [i, kind] of ['h2c', 'TLS'].entries()) {
    for (const path of [page, '/nowhere']) {
      for (const [why, drip] of Object.entries(drips)) {
        test(`${why}, ${kind}, ${path}`, async t => {
          const { urls } = await scenario(t, 'web', plan, withLimits({ stall_timeout: `${stall}ms` }))
          const raw = await connectFrames(urls[i], settings([[4, 0]]))
          await raw.send(Buffer.concat([1, 3, 5].map(
            stream => ask(stream, Buffer.alloc(0), { pseudo: { ':path': path } }))))
          const took = await dripUntilEnd(raw, drip)
          t.diagnostic(`${Math.round(took)} ms`)
          assert.ok(took > stall * 0.9 && took < 2 * stall, `${took} ms`)
        })
      }
    }
  }
})

// Reads a piece of an answer every `pause` ms, for 25 s at most; what came. A client that reads
// quickly gets larger buffers from the kernel, which then takes the answer for it.
async function readSlowly(bare, pause) {
  const began = performance.now()
  let isOver = false
  bare.ended.then(() => (isOver = true))
  while (!isOver && performance.now() - began < 25_000) {
    bare.socket.resume()
    await Promise.race([new Promise(resolve => bare.socket.once('data', resolve)), bare.ended])
    bare.socket.pause()
    await wait(pause)
  }
  return { isOver, took: performance.now() - began, bytes: bare.bytes.length }
}

// More than the kernel takes for a client that does not read.
const endless = 48 * mebibyte

// [why, limits.min_rate, whether the client is ended before it has the answer]
const rates = [
  ['slower than the limit', '64MiB', true],
  ['faster than the limit', '4KiB', false],
  ['no limit', 0, false],
]

describe('an answer over HTTP/1.1 that is read slowly', { concurrency: 6 }, () => {
  for (const [i, kind] of ['plain', 'TLS'].entries()) {
    for (const [why, rate, isEnded] of rates) {
      test(`${why}, ${kind}`, async t => {
        const limits = { stall_timeout: isEnded ? '500ms' : '2s', min_rate: rate }
        const all = { ...plan, 'products *': { text: 'x'.repeat(endless) } }
        const { urls, bare } = await scenario(t, 'web', all, withLimits(limits))
        const path = isEnded ? '/api/products' : page
        const client = await bare({ highWaterMark: 65_536, rejectUnauthorized: false }, urls[i])
        client.socket.pause()
        client.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
        const { isOver, took, bytes } = await readSlowly(client, isEnded ? 100 : 30)
        t.diagnostic(`${bytes} bytes in ${Math.round(took)} ms`)
        assert.equal(bytes < (isEnded ? endless : 4 * mebibyte), isEnded)
        assert.ok(isOver)
        client.socket.destroy()
      })
    }
  }
})

test('a client that takes little, and enough, gets its answer over HTTP/2', async t => {
  const limits = { stall_timeout: '500ms', min_rate: 2000 }
  const { url } = await scenario(t, 'web', { ...plan, 'users *': { json: { a: 'x'.repeat(9000) } } },
    withLimits(limits))
  const raw = await connectFrames(url, settings([[4, 0]]))
  await raw.send(ask(1, Buffer.alloc(0), { pseudo: { ':path': page } }))
  for (let n = 0; n < 50 && raw.isOpen; n++) {
    await raw.send(windowUpdate(1, 200))
    await wait(50)
  }
  const { status, text } = await soon(raw.answer(1), 'the answer')
  assert.equal(status, 200)
  assert.ok(text.length > 9000)
  raw.socket.destroy()
})

// A head that nobody finishes is limited as over HTTP/1.1, the first of a connection and a later one.
for (const earlier of [false, true]) {
  test(`a head that goes on and on ends after header_timeout, earlier request: ${earlier}`, async t => {
    const { url } = await scenario(t, 'web', plan, withLimits({ header_timeout: '500ms' }))
    const raw = await connectFrames(url)
    if (earlier) {
      await raw.send(ask(1, Buffer.alloc(0), {}))
      await raw.answer(1)
    }
    await raw.send(frame(types.HEADERS, flags.END_STREAM, 3, fields()))
    const took = await dripUntilEnd(raw, () => frame(types.CONTINUATION, 0, 3))
    assert.ok(took < 10_000, `${took} ms`) // the limit, and what a busy machine needs
  })
}

test('nothing is asked of a client that waits for its answer', async t => {
  const held = { 'users *': { fault: 'hang' }, 'orders *': empty, 'recommendations *': empty,
    'notifications *': empty }
  const { url } = await scenario(t, 'web', held, withLimits({ stall_timeout: '200ms' }))
  const raw = await connectFrames(url)
  await raw.send(ask(1, Buffer.alloc(0), { pseudo: { ':path': page } }))
  const { status } = await raw.answer(1) // after the budget of the page, which is longer
  assert.equal(status, 200)
  raw.socket.destroy()
})
