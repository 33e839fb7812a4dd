// Streamed answers: each piece reaches the client when it comes, and no faster than the client
// reads. The test compares the order of events, not times: the service sends the next piece only
// when the client has the piece before.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectHttp2, openRequest } from './lib/client.mjs'
import { mebibyte } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { peakMemory } from './lib/server.mjs'
import { gate, isHeld, soon } from './lib/wait.mjs'

const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')
const mebibytes = Number(process.env.STREAM_MEBIBYTES ?? 256) // ./dev soak has more of both
const streamCount = Number(process.env.STREAM_COUNT ?? 200)
const path = '/api/users/stream'
const events = { 'content-type': 'text/event-stream' }
const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const secure = { listen: [anywhere, 'https://127.0.0.1:0'],
  config: { tls: { certificate: certFile, key: keyFile } } }

// How clients ask for a stream: each gives { stream, head, leave }.
const over = {
  'HTTP/1.1': scene => openRequest(scene.url, path, { token: scene.server.token }),
  'HTTP/1.1 over TLS': scene =>
    openRequest(scene.urls[1], path, { token: scene.server.token, tls: { ca: ca.ca } }),
  'HTTP/2': scene => openSecond(scene.url, scene),
  'HTTP/2 over TLS': scene => openSecond(scene.urls[1], scene, { ca: ca.ca }),
}

async function openSecond(url, { server }, options) {
  const { open, close } = await connectHttp2(url, options, server.token)
  const stream = open(path)
  stream.on('error', () => undefined).once('close', close)
  const [head] = await soon(once(stream, 'response'), 'the head of a stream')
  return { stream, status: head[':status'], headers: head,
    leave: () => stream.close(http2.constants.NGHTTP2_CANCEL) }
}

// Reads until `text` has come.
async function until(stream, text) {
  const read = async () => {
    let got = ''
    while (!got.endsWith(text)) {
      const chunk = stream.read()
      if (chunk === null) await once(stream, 'readable')
      else got += chunk
    }
    return got
  }
  return soon(read(), `${JSON.stringify(text)} in a stream`)
}

describe('a stream', { concurrency: 2 }, () => {
  for (const [how, open] of Object.entries(over)) {
    test(`comes event by event, over ${how}`, async t => {
      const doors = Array.from({ length: 5 }, gate)
      const scene = await scenario(t, 'web', { 'users *': { send: async ({ res }) => {
        res.writeHead(200, events)
        res.flushHeaders()
        for (const [i, door] of doors.entries()) {
          await door.opened
          res.write(`data: ${i}\n\n`)
        }
        res.end()
      } } }, secure)
      const { stream, status, headers } = await open(scene)
      assert.equal(status, 200)
      assert.equal(headers['content-type'], 'text/event-stream')
      for (const [i, door] of doors.entries()) {
        door.open()
        assert.equal(await until(stream, '\n\n'), `data: ${i}\n\n`)
      }
      stream.resume()
      await soon(once(stream, 'end'), 'the end of the stream')
    })

    test(`ends for the service when its client leaves, over ${how}`, async t => {
      const scene = await scenario(t, 'web', { 'users *': { send: ({ res }) => {
        res.writeHead(200, events)
        res.write('data: 1\n\n')
      } } }, secure)
      const { stream, leave } = await open(scene)
      await until(stream, '\n\n')
      leave()
      await scene.asked('users')[0].gone
    })

    test(`is not read faster than its client reads, over ${how}`, async t => {
      const piece = Buffer.alloc(64 * 1024, 'x')
      const held = gate()
      let written = 0
      const total = 64 * mebibyte
      const scene = await scenario(t, 'web', { 'users *': { send: async ({ res, socket }) => {
        res.writeHead(200, { 'content-type': 'text/plain' })
        while (written < total && !socket.destroyed) {
          written += piece.length
          if (res.write(piece)) continue
          if (!await isHeld(res)) continue
          held.open()
          await once(res, 'drain')
        }
        res.end()
      } } }, secure)
      const { stream } = await open(scene)
      await soon(held.opened, 'the service to be held back')
      assert.ok(written < total, `${written} bytes`)
      assert.ok(written < 40 * mebibyte, `${written} bytes`) // the kernel's buffers, and ours
      let got = 0
      for await (const chunk of stream) got += chunk.length
      assert.equal(got, total)
      if (!isSanitized) assert.ok(peakMemory(scene.server) < 64 * mebibyte)
    })
  }

  test('that is silent too long is cut', async t => {
    const config = { routes: [{ path: '/api/users/', service: 'users', timeout: { idle: '300ms' } }] }
    const scene = await scenario(t, 'web', { 'users *': { send: ({ res }) => {
      res.writeHead(200, events)
      res.write('data: 1\n\n')
    } } }, { config })
    const { stream } = await openRequest(scene.url, path, { token: scene.server.token })
    const broken = once(stream, 'error')
    assert.equal(await until(stream, '\n\n'), 'data: 1\n\n')
    stream.resume()
    assert.equal((await soon(broken, 'the stream to break'))[0].code, 'ECONNRESET')
    await scene.asked('users')[0].gone
  })

  test('may last longer than the service may take for a page', async t => {
    const config = { services: { users: { timeout: { total: '200ms' } } } }
    const scene = await scenario(t, 'web', { 'users *': { send: async ({ res }) => {
      res.writeHead(200, events)
      for (let i = 0; i < 5; i++) {
        res.write(`data: ${i}\n\n`)
        await new Promise(resolve => setTimeout(resolve, 100)) // time itself is what is tested
      }
      res.end('data: end\n\n')
    } } }, { config })
    const { stream } = await openRequest(scene.url, path, { token: scene.server.token })
    assert.match(await until(stream, 'end\n\n'), /^data: 0\n\ndata: 1/)
  })
})

async function download(t, bytes) {
  const piece = Buffer.alloc(256 * 1024, 'x')
  const scene = await scenario(t, 'web', { 'users *': ({ url }) => ({ send: async ({ res }) => {
    const isChunked = url.endsWith('chunked')
    res.writeHead(200, isChunked ? {} : { 'content-length': bytes })
    for (let left = bytes; left > 0; left -= piece.length) {
      if (!res.write(piece)) await once(res, 'drain')
    }
    res.end()
  } }) })
  for (const how of ['length', 'chunked']) {
    const { stream, headers } =
      await openRequest(scene.url, `/api/users/${how}`, { token: scene.server.token })
    assert.equal(headers['content-length'], how === 'length' ? String(bytes) : undefined)
    let got = 0
    for await (const chunk of stream) got += chunk.length
    assert.equal(got, bytes)
  }
  t.diagnostic(`${Math.round(peakMemory(scene.server) / mebibyte)} MiB at most`)
  if (!isSanitized) assert.ok(peakMemory(scene.server) < 48 * mebibyte)
}

test(`${mebibytes} MiB cost no memory`, t => download(t, mebibytes * mebibyte))

async function many(t, count) {
  const all = gate()
  let come = 0
  const scene = await scenario(t, 'web', { 'users *': { send: async ({ res }) => {
    res.writeHead(200, events)
    res.write('data: 1\n\n')
    if (++come === count) all.open()
    await all.opened
    for (let i = 0; i < 20; i++) res.write(`data: ${'x'.repeat(500)}\n\n`)
    res.end('data: end\n\n')
  } } }, { args: ['--workers', '1'] })
  await scene.get('/api/nowhere')
  const before = peakMemory(scene.server)
  const streams = []
  while (streams.length < count) { // a hundred at a time: a queue for connections is not without end
    const more = await Promise.all(Array.from({ length: 100 },
      () => openRequest(scene.url, path, { token: scene.server.token })))
    for (const { status } of more) assert.equal(status, 200)
    streams.push(...more)
  }
  await Promise.all(streams.map(({ stream }) => until(stream, 'end\n\n')))
  const each = (peakMemory(scene.server) - before) / count
  t.diagnostic(`${Math.round(each / 1024)} KiB each`)
  if (!isSanitized) assert.ok(each < 64 * 1024, `${each} bytes`)
}

test(`${streamCount} streams at once`, t => many(t, streamCount))
