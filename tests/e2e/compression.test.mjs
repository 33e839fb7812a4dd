// Compressed answers: which of them are, in which coding, and what their heads say.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { describe, test } from 'node:test'
import { brotliDecompressSync, createGunzip, gunzipSync, gzipSync } from 'node:zlib'

import { mebibyte } from './lib/reply.mjs'
import { user } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'
import { peakMemory } from './lib/server.mjs'
import { gate, isHeld, soon } from './lib/wait.mjs'

const compression = { algorithms: ['br', 'gzip'] }
const route = { path: '/api/things/', service: 'users', to: '/things/', access: 'public' }
const path = '/api/things/1'
const long = 'a long text. '.repeat(1000)
const both = { headers: { 'accept-encoding': 'gzip, deflate, br' } }
const only = coding => ({ headers: { 'accept-encoding': coding } })

const staged = (t, answer, { config, ...more } = {}) => scenario(t, 'web', { 'users *': answer },
  { config: { compression, routes: [{ ...route, ...more }], ...config } })
const decoders = { gzip: gunzipSync, br: brotliDecompressSync }
const textOf = ({ headers, bytes }) => String(decoders[headers['content-encoding']]?.(bytes) ?? bytes)
const headOf = ({ headers }) => [headers['content-encoding'], headers.vary]
const each = async ({ get, http2 }) => ({ 'HTTP/1.1': get, 'HTTP/2': (await http2()).ask })

describe('an answer', { concurrency: 4 }, () => {
  const orders = Array.from({ length: 100 }, (_, i) => ({ id: `o${i}`, total: i }))
  const page = { 'users *': { json: user('u1') }, 'orders *': { json: orders },
    'recommendations *': { json: [] }, 'notifications *': { json: [] } }
  const without = text => text.replace(/"loadedAt":"[^"]*"/, '')

  test('of a page is compressed, for HEAD as well', async t => {
    const scene = await scenario(t, 'web', page, { config: { compression } })
    for (const [how, ask] of Object.entries(await each(scene))) {
      const plain = await ask('/api/dashboard/u1')
      assert.deepEqual(headOf(plain), [undefined, 'Accept, Accept-Encoding'], how)
      for (const coding of ['gzip', 'br']) {
        const res = await ask('/api/dashboard/u1', only(coding))
        assert.deepEqual(headOf(res), [coding, 'Accept, Accept-Encoding'], how)
        assert.equal(without(textOf(res)), without(plain.text), how)
        assert.equal(res.headers['content-length'], String(res.bytes.length), how)
        assert.equal(res.headers.etag, plain.headers.etag, how)
        const head = await ask('/api/dashboard/u1', { method: 'HEAD', ...only(coding) })
        assert.deepEqual([head.bytes.length, ...headOf(head)], [0, coding, 'Accept, Accept-Encoding'], how)
        const known = { headers: { 'if-none-match': res.headers.etag, 'accept-encoding': coding } }
        const same = await ask('/api/dashboard/u1', known)
        assert.deepEqual([same.status, ...headOf(same)], [304, undefined, 'Accept, Accept-Encoding'], how)
      }
    }
  })

  test('of a service is compressed while it arrives', async t => {
    const headers = { 'content-type': 'Text/HTML; charset=utf-8', etag: '"1"', 'accept-ranges': 'bytes',
      vary: 'Origin', 'content-digest': 'sha-256=:AAAA:' }
    const scene = await staged(t, { text: long, headers })
    for (const [how, ask] of Object.entries(await each(scene))) {
      const res = await ask(path, both)
      assert.equal(textOf(res), long, how)
      assert.deepEqual(headOf(res), ['br', 'Origin, Accept-Encoding'], how)
      assert.equal(res.headers.etag, 'W/"1"', how)
      for (const name of ['content-length', 'accept-ranges', 'content-digest'])
        assert.equal(res.headers[name], undefined, `${how}: ${name}`)
      const plain = await ask(path)
      assert.deepEqual([plain.text, plain.headers.etag, plain.headers['accept-ranges'], ...headOf(plain)],
        [long, '"1"', 'bytes', undefined, 'Origin, Accept-Encoding'], how)
      const head = await ask(path, { method: 'HEAD', ...both })
      assert.deepEqual([head.bytes.length, head.headers['content-length'], head.headers.etag, ...headOf(head)],
        [0, undefined, 'W/"1"', 'br', 'Origin, Accept-Encoding'], how)
    }
  })

  test('from the cache is compressed for each client, and stored once', async t => {
    const scene = await staged(t, { text: long, headers: { 'content-type': 'text/plain', etag: '"1"' } },
      { cache: { ttl: '60s' } })
    for (const ask of Object.values(await each(scene))) {
      for (const coding of ['gzip', 'br', undefined]) {
        const res = await ask(path, coding && only(coding))
        assert.deepEqual(headOf(res), [coding, 'Accept-Encoding'])
        assert.equal(textOf(res), long)
        const etag = coding ? 'W/"1"' : '"1"'
        assert.equal(res.headers.etag, etag)
        const same = await ask(path, { headers: { 'if-none-match': etag, ...(coding && only(coding).headers) } })
        assert.deepEqual([same.status, same.headers.etag, same.text], [304, etag, ''])
      }
    }
    assert.equal(scene.asked('users').length, 1)
  })

  const untouched = [
    ['that is short', { text: 'x'.repeat(1023), headers: { 'content-type': 'text/plain' } }],
    ['of another type', { text: long, headers: { 'content-type': 'image/png' } }],
    ['without a type', { raw: `HTTP/1.1 200 OK\r\nContent-Length: ${long.length}\r\n\r\n${long}` }],
    ['that is not to be transformed', { text: long, headers: { 'content-type': 'text/plain', 'cache-control': 'public, No-Transform' } }],
    ['that is a part', { status: 206, text: long, headers: { 'content-type': 'text/plain', 'content-range': 'bytes 0-12999/13000' } }],
  ]
  for (const [what, answer] of untouched) {
    test(`${what} stays as it is`, async t => {
      const { get } = await staged(t, answer)
      assert.deepEqual(headOf(await get(path, both)), [undefined, undefined])
    })
  }

  test('that has a coding does not get another one', async t => {
    const bytes = gzipSync(long)
    const { get } = await staged(t, { send: ({ res }) => res.writeHead(200,
      { 'content-type': 'text/plain', 'content-encoding': 'gzip', 'content-length': bytes.length }).end(bytes) })
    const res = await get(path, both)
    assert.deepEqual([textOf(res), res.headers['content-encoding'], res.headers['content-length']],
      [long, 'gzip', String(bytes.length)])
  })

  test('without a body has no coding', async t => {
    const { get } = await staged(t, ({ url }) => ({ status: Number(url.slice(-3)) }))
    for (const status of [204, 304]) {
      const res = await get(`/api/things/${status}`, both)
      assert.deepEqual([res.status, res.headers['content-encoding'], res.text], [status, undefined, ''])
    }
  })

  test('that is empty and of unknown length is a complete body', async t => {
    const { get } = await staged(t, { send: ({ res }) => res.writeHead(200, { 'content-type': 'text/plain' }).end() })
    for (const coding of ['gzip', 'br']) assert.equal(textOf(await get(path, only(coding))), '')
  })

  test('is compressed only where the configuration says so', async t => {
    const answer = { text: long, headers: { 'content-type': 'text/plain' } }
    for (const [more, want] of [[{ compress: false }, [undefined, undefined]],
      [{ config: { compression: {} } }, [undefined, undefined]],
      [{ config: { compression: { ...compression, min_bytes: '1MiB' } } }, [undefined, undefined]],
      [{ config: { compression: { ...compression, types: ['application/json'] } } }, [undefined, undefined]],
      [{ config: { compression: { ...compression, types: ['text/*'] } } }, ['br', 'Accept-Encoding']],
      [{ config: { compression: { algorithms: ['gzip'], level: { gzip: 9 } } } }, ['gzip', 'Accept-Encoding']]]) {
      const { get } = await staged(t, answer, more)
      assert.deepEqual(headOf(await get(path, both)), want, JSON.stringify(more))
    }
  })

  test('of a page that is never compressed stays as it is', async t => {
    const { get } = await scenario(t, 'places', { 'users *': { json: user('u1') }, 'orders *': { json: [{ id: 'o1' }] },
      'notifications *': { json: [] } }, { config: { compression: { ...compression, min_bytes: 0 } } })
    assert.deepEqual(headOf(await get('/api/account/u1', { as: 'u1', ...both })), [undefined, 'Accept'])
    assert.deepEqual(headOf(await get('/api/newest/u1', { as: 'u1', ...both })), ['br', 'Accept, Accept-Encoding'])
  })

  test('of this server itself stays as it is', async t => {
    const { get } = await staged(t, { text: long }, { config: { compression: { ...compression, min_bytes: 0 } } })
    for (const where of ['/health', '/ready']) assert.deepEqual(headOf(await get(where, both)), [undefined, undefined])
  })

  test('to a client that forbids it stays as it is', async t => {
    const { get } = await staged(t, { text: long, headers: { 'content-type': 'text/plain' } })
    const headers = { ...both.headers, 'cache-control': 'no-transform' }
    assert.equal((await get(path, { headers })).text, long)
  })
})

// A stream of the server, decoded bit by bit.
async function opened({ url }, coding = 'gzip') {
  const req = http.get(new URL(path, url), { agent: false, headers: { 'accept-encoding': coding } })
  const [res] = await soon(once(req, 'response'), 'the head')
  res.on('error', () => undefined)
  return res
}

describe('a stream', { concurrency: 2 }, () => {
  const events = door => ({ send: async ({ res }) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.write('data: 1\n\n')
    await door.opened
    res.end('data: 2\n\n')
  } })

  test('of events is not compressed, unless its type is named', async t => {
    const door = gate()
    door.open()
    for (const [types, want] of [[undefined, undefined], [['text/*'], undefined], [['text/event-stream'], 'br']]) {
      const { get } = await staged(t, events(door), { config: { compression: { ...compression, types } } })
      assert.equal((await get(path, both)).headers['content-encoding'], want)
    }
  })

  test('of events gives the client each event when it comes', async t => {
    const door = gate()
    const scene = await staged(t, events(door),
      { config: { compression: { ...compression, types: ['text/event-stream'] } } })
    const res = await opened(scene)
    assert.equal(res.headers['content-encoding'], 'gzip')
    const decoded = res.pipe(createGunzip())
    assert.equal(String((await soon(once(decoded, 'data'), 'the first event'))[0]), 'data: 1\n\n')
    door.open()
    assert.equal(String((await soon(once(decoded, 'data'), 'the second event'))[0]), 'data: 2\n\n')
    await once(decoded, 'end')
  })

  test('that breaks off is not completed', async t => {
    const { get } = await staged(t, { send: ({ socket }) =>
      socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 99999\r\n\r\n${long}`) })
    await assert.rejects(get(path, both))
  })

  test('is not read faster than its client reads', async t => {
    const piece = Buffer.from(Array.from({ length: 65536 }, () => 32 + Math.random() * 95))
    const total = 24 * mebibyte, held = gate()
    let written = 0
    const scene = await staged(t, { send: async ({ res, socket }) => {
      res.writeHead(200, { 'content-type': 'text/plain' })
      while (written < total && !socket.destroyed) {
        written += piece.length
        if (res.write(piece)) continue
        if (!await isHeld(res)) continue
        held.open()
        await once(res, 'drain')
      }
      res.end()
    } })
    const res = await opened(scene)
    await soon(held.opened, 'the service to be held back')
    assert.ok(written < total, `${written} bytes`)
    let got = 0
    for await (const chunk of res.pipe(createGunzip())) got += chunk.length
    assert.equal(got, total)
    if (!/asan|tsan/.test(process.env.BFF_BUILD ?? '')) assert.ok(peakMemory(scene.server) < 64 * mebibyte)
  })

  test('beyond the memory for compression stays as it is', async t => {
    const door = gate()
    const scene = await staged(t, { send: async ({ res }) => {
      res.writeHead(200, { 'content-type': 'text/plain' })
      res.write('begins')
      await door.opened
      res.end()
    } }, { config: { workers: 1, compression: { ...compression, memory: '4MiB' } } })
    const codings = []
    for (let i = 0; i < 3; i++) codings.push((await opened(scene, 'br')).headers['content-encoding'])
    assert.deepEqual(codings, ['br', 'br', undefined])
    door.open()
  })
})
