// Filters between the code that answers and the client, for whole and for streamed answers.
// bff-filter is bff-web with filters that a test chooses with X-Filter.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { describe, test } from 'node:test'

import { mebibyte, writePieces } from './lib/reply.mjs'
import { user } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'
import { peakMemory } from './lib/server.mjs'
import { signedIn } from './lib/token.mjs'
import { eventually, gate, isHeld, soon } from './lib/wait.mjs'

const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')
const path = '/api/users/1'
const by = (filters, more) => ({ headers: { 'x-filter': filters }, ...more })
const tees = server => server.lines().filter(({ event }) => event === 'tee')
  .map(({ bytes, end }) => ({ bytes, end }))

// A client of each protocol: { how: ask(path, options) }.
const each = async ({ get, http2 }) => ({ 'HTTP/1.1': get, 'HTTP/2': (await http2()).ask })

const hello = { 'users *': { text: 'hello', headers: { 'content-type': 'text/plain', etag: '"1"' } } }

// [filters, body, length of a streamed answer]
const changes = [
  ['shout', 'HELLO', '5'],
  ['twice', 'hellohello', undefined],
  ['hold', 'hello', '5'],
  ['twice, shout', 'HELLOHELLO', undefined],
  ['hold, twice, shout, tee, lines', 'HELLOHELLO', undefined],
]

describe('a streamed answer', { concurrency: 2 }, () => {
  for (const [filters, text, length] of changes) {
    test(`through ${filters}`, async t => {
      const scene = await scenario(t, 'filter', hello)
      for (const [how, ask] of Object.entries(await each(scene))) {
        const res = await ask(path, by(filters))
        assert.equal(res.text, text, how)
        assert.equal(res.headers['content-length'], length, how)
        const isLoud = filters.includes('shout')
        assert.equal(res.headers['x-shouted'], isLoud ? 'yes' : undefined, how)
        assert.equal(res.headers.etag, isLoud ? undefined : '"1"', how)
        assert.ok(res.headers['x-request-id'], how)
      }
    })
  }

  test('without filters is as the service sent it', async t => {
    const scene = await scenario(t, 'filter', hello)
    for (const ask of Object.values(await each(scene)))
      assert.equal((await ask(path)).text, 'hello')
  })

  test('in pieces', async t => {
    const scene = await scenario(t, 'filter', { 'users *': { send: async ({ socket }) => {
      await writePieces(socket, ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
        ...'1\r\nh\r\n4\r\nello\r\n0\r\n\r\n'])
      socket.end()
    } } })
    for (const ask of Object.values(await each(scene)))
      assert.equal((await ask(path, by('shout, hold'))).text, 'HELLO')
  })

  test('without a body', async t => {
    const scene = await scenario(t, 'filter', { 'users /users/1': { status: 204 },
      'users /users/2': { status: 304 }, 'users /users/3': { text: 'hello' } })
    for (const ask of Object.values(await each(scene))) {
      assert.equal((await ask('/api/users/1', by('shout, twice, hold, tee'))).status, 204)
      assert.equal((await ask('/api/users/2', by('shout, twice, hold, tee'))).status, 304)
      const head = await ask('/api/users/3', by('twice, hold, tee', { method: 'HEAD' }))
      assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', undefined])
    }
  })

  test('is flushed where its service pauses', async t => {
    const door = gate()
    const scene = await scenario(t, 'filter', { 'users *': { send: async ({ res }) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: 1')
      await door.opened
      res.end('\n\n')
    } } })
    const stream = await opened(scene, 'lines, shout')
    assert.equal(String((await soon(once(stream, 'data'), 'the first piece'))[0]), 'DATA: 1')
    door.open()
    assert.equal(String((await soon(once(stream, 'data'), 'the rest'))[0]), '\n\n')
  })

  test('that breaks off is cut, and the filters know', async t => {
    const scene = await scenario(t, 'filter', { 'users *': { send: async ({ socket }) => {
      await writePieces(socket, ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', 'hel'])
      socket.destroy()
    } } })
    for (const ask of Object.values(await each(scene)))
      await assert.rejects(ask(path, by('tee')))
    await eventually(() => tees(scene.server).length === 2, 'two ends')
    assert.deepEqual(tees(scene.server).map(({ end }) => end), ['cut', 'cut'])
  })

  test('whose client leaves ends for the service, and the filters know', async t => {
    const scene = await scenario(t, 'filter', { 'users *': { send: ({ res }) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: 1\n\n')
    } } })
    const first = await opened(scene, 'tee, shout')
    assert.equal(String((await once(first, 'data'))[0]), 'DATA: 1\n\n')
    first.destroy()
    await scene.asked('users')[0].gone
    const { open } = await scene.http2()
    const second = open(path, by('tee, shout'))
    await once(second, 'data')
    second.close()
    await eventually(() => tees(scene.server).length === 2, 'two ends')
    assert.deepEqual(tees(scene.server), Array(2).fill({ bytes: 9, end: 'cut' }))
  })

  test('is not read faster than its client reads what the filters make of it', async t => {
    const piece = Buffer.alloc(64 * 1024, 'x')
    const total = 64 * mebibyte
    const held = gate()
    let written = 0
    const scene = await scenario(t, 'filter', { 'users *': { send: async ({ res, socket }) => {
      res.writeHead(200, { 'content-type': 'text/plain' })
      while (written < total && !socket.destroyed) {
        written += piece.length
        if (res.write(piece)) continue
        if (!await isHeld(res)) continue
        held.open()
        await once(res, 'drain')
      }
      res.end()
    } } })
    const stream = await opened(scene, 'twice, tee')
    await soon(held.opened, 'the service to be held back')
    assert.ok(written < 40 * mebibyte, `${written} bytes`)
    let got = 0
    for await (const chunk of stream) got += chunk.length
    assert.equal(got, total * 2)
    await eventually(() => tees(scene.server).length === 1, 'the end of the filter')
    assert.deepEqual(tees(scene.server), [{ bytes: total * 2, end: 'whole' }])
    if (!isSanitized) assert.ok(peakMemory(scene.server) < 64 * mebibyte)
  })
})

// The answer to a request over HTTP/1.1, as a stream that nobody reads yet.
async function opened({ url, server }, filters) {
  const req = http.get(new URL(path, url), { agent: false,
    headers: { authorization: `Bearer ${server.token}`, 'x-filter': filters } })
  const [res] = await soon(once(req, 'response'), 'the head of a stream')
  res.on('error', () => undefined)
  return res
}

const page = { 'users /users/u1': { json: user('u1') }, 'orders *': { json: [] },
  'recommendations *': { json: [] }, 'notifications *': { json: [] } }
const dashboard = '/api/dashboard/u1'
const refusal = '/api/nowhere'
const without = text => text.replace(/"(loadedAt|requestId)":"[^"]*"/gi, '')

describe('a whole answer', { concurrency: 2 }, () => {
  for (const where of [dashboard, refusal]) {
    for (const [filters, change] of [
      ['shout', text => text.toUpperCase()],
      ['hold', text => text],
      ['hold, tee, lines, shout', text => text.toUpperCase()],
    ]) {
      test(`on ${where} through ${filters}`, async t => {
        const scene = await scenario(t, 'filter', page)
        for (const [how, ask] of Object.entries(await each(scene))) {
          const plain = await ask(where)
          const res = await ask(where, by(filters))
          assert.equal(res.status, plain.status, how)
          assert.equal(without(res.text), without(change(plain.text)), how)
          assert.equal(res.headers['content-length'], String(res.bytes.length), how)
          const isLoud = filters.includes('shout')
          assert.equal(res.headers['x-shouted'], isLoud ? 'yes' : undefined, how)
        }
      })
    }
  }

  test('that grows has its new length, for HEAD as well', async t => {
    const scene = await scenario(t, 'filter', page)
    for (const ask of Object.values(await each(scene))) {
      const plain = await ask(dashboard), res = await ask(dashboard, by('twice'))
      assert.equal(res.bytes.length, plain.bytes.length * 2)
      assert.equal(res.headers['content-length'], String(res.bytes.length))
      const head = await ask(dashboard, by('twice', { method: 'HEAD' }))
      assert.equal(head.headers['content-length'], res.headers['content-length'])
      assert.equal(head.text, '')
    }
  })

  test('that nobody waits for any more does not pass through filters', async t => {
    const scene = await scenario(t, 'filter', { ...page, 'users /users/u1': { fault: 'hang' } })
    const client = await scene.bare()
    client.socket.write(`GET ${dashboard} HTTP/1.1\r\nHost: a\r\n${signedIn}X-Filter: tee\r\n\r\n`)
    await scene.arrival('users', 1)
    client.socket.destroy()
    const isLogged = () => scene.server.lines().some(({ event }) => event === 'request')
    await eventually(isLogged, 'the end of the request')
    assert.deepEqual(tees(scene.server), [])
  })
})
