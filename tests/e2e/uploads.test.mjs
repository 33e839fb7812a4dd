// Bodies of requests that are streamed to the service while they come. The tests compare the order of
// events: the service has a piece before the client sends the next one.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { after, describe, test } from 'node:test'

import { mebibyte } from './lib/reply.mjs'
import { eventually, gate, isHeld, soon } from './lib/wait.mjs'
import { anonymous, counts, h2On, uploading, writeAll } from './lib/uploading.mjs'

const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')
const mebibytes = Number(process.env.STREAM_MEBIBYTES ?? 32) // ./dev soak has more
const { stage, ways } = uploading({ after })

// A service that tells of each piece: { row, got(text), closed }.
function listening() {
  let text = ''
  let waiting = () => undefined
  const closed = gate()
  const row = { async send({ req, res }) {
    req.on('close', () => closed.open(req.complete)).on('error', () => undefined)
    req.on('data', chunk => {
      text += chunk
      waiting()
    })
    req.on('end', () => res.end(JSON.stringify({ text, trailers: req.trailers, headers: req.headers })))
  } }
  const got = async want => {
    while (text !== want) await new Promise(resolve => (waiting = resolve))
  }
  return { row, got: want => soon(got(want), `"${want}" at the service`), closed }
}

test('an upload to a split reaches its service piece by piece', async t => {
  const { row, got } = listening()
  const scene = await stage(t, row, { route: { service: undefined,
    split: [{ service: 'users', weight: 1 }] } })
  const { stream, answer } = await ways['HTTP/1.1 with a length'](scene, { length: 6 })
  stream.write('abc')
  await got('abc')
  stream.end('def')
  assert.equal((await answer).status, 200)
})

for (const [how, open] of Object.entries(ways)) {
  describe(`an upload, ${how}`, { concurrency: 4 }, () => {
    test('reaches the service piece by piece', async t => {
      const { row, got } = listening()
      const scene = await stage(t, row)
      const { stream, answer } = await open(scene, { length: 6 })
      stream.write('abc')
      await got('abc')
      stream.end('def')
      const { status, text } = await answer
      assert.equal(status, 200)
      const { headers, ...rest } = JSON.parse(text)
      assert.deepEqual(rest, { text: 'abcdef', trailers: {} })
      const want = how.endsWith('chunks') ? [undefined, 'chunked'] : ['6', undefined]
      assert.deepEqual([headers['content-length'], headers['transfer-encoding']], want)
      assert.equal(headers.expect, undefined)
    })

    test('is never completed when its client leaves', async t => {
      const { row, got, closed } = listening()
      const scene = await stage(t, row)
      const { stream, leave } = await open(scene, { length: 6 })
      stream.write('abc')
      await got('abc')
      leave()
      await scene.asked('users')[0].gone
      await closed.opened
      await eventually(() => scene.server.lines().some(({ event, status }) =>
        event === 'request' && status === 499), 'a line of the log')
    })

    test('may be answered before it is over', async t => {
      const scene = await stage(t, { send: ({ res }) => {
        res.writeHead(413, { 'content-length': 9, 'content-type': 'text/plain' }).end('too large')
      } })
      const { stream, answer } = await open(scene, { length: 100 * mebibyte })
      stream.write('abc')
      const { status, text } = await answer
      assert.deepEqual([status, text], [413, 'too large'])
      await scene.asked('users')[0].gone
    })

    test('is not read faster than the service reads', async t => {
      const door = gate(), total = 48 * mebibyte
      const scene = await stage(t, { async send(what) {
        await door.opened
        await counts.send(what)
      } })
      const { stream, answer } = await open(scene, { length: total })
      let taken = 0
      const piece = Buffer.alloc(64 * 1024, 'x')
      for (; taken < total; taken += piece.length) {
        if (!stream.write(piece) && await isHeld(stream)) break
      }
      assert.ok(taken < 40 * mebibyte, `${taken} bytes`) // the kernel's buffers, and ours
      door.open()
      await writeAll({ stream }, total - taken - piece.length)
      assert.equal(JSON.parse((await answer).text).bytes, total)
    })
  })
}

describe('an upload', { concurrency: 4 }, () => {
  for (const how of ['HTTP/1.1 in chunks', 'HTTP/2']) {
    test(`that grows beyond the limit is aborted, ${how}`, async t => {
      const { row, got, closed } = listening()
      const scene = await stage(t, row, { route: { body_limit: '1KiB' } })
      const { stream, answer } = await ways[how](scene, {})
      stream.write('abc')
      await got('abc')
      stream.write('x'.repeat(2000))
      assert.equal((await answer).status, 413)
      await scene.asked('users')[0].gone
      await closed.opened
    })
  }

  test('whose answer streams meanwhile goes on', async t => {
    const scene = await stage(t, { send: ({ req, res }) => req.pipe(res) })
    const bare = await scene.bare()
    bare.socket.write('POST /stream/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
    await bare.until(/^HTTP\/1\.1 200 [^]*3\r\nabc\r\n$/)
    bare.socket.write('3\r\ndef\r\n0\r\n\r\n')
    assert.match(await soon(bare.ended, 'the end'), /Connection: close\r\n[^]*abc\r\n3\r\ndef\r\n0\r\n\r\n$/i)
  })

  test('begins after 100 Continue', async t => {
    const scene = await stage(t, counts)
    const bare = await scene.bare()
    bare.socket.write('POST /stream/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n')
    await bare.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    assert.equal(scene.asked('users').length, 0)
    bare.socket.write('abc')
    await bare.until(/HTTP\/1\.1 200 [^]*"bytes":3/)
  })

  test('goes to another endpoint when the first one is dead', async t => {
    const scene = await stage(t, counts, { config: {},
      urlOf: { users: url => `http://127.0.0.1:1,${url}` } })
    for (let i = 0; i < 2; i++) {
      const { stream, answer } = await ways['HTTP/1.1 in chunks'](scene, {})
      stream.end('abcdef')
      assert.equal(JSON.parse((await answer).text).bytes, 6)
    }
  })

  test('leaves both connections good for the next one', async t => {
    const scene = await stage(t, counts)
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set()
    for (let i = 0; i < 3; i++) {
      const { stream, answer } = await ways['HTTP/1.1 in chunks'](scene, { agent })
      stream.once('socket', socket => ports.add(socket.localPort))
      await writeAll({ stream }, mebibyte)
      assert.equal(JSON.parse((await answer).text).bytes, mebibyte)
    }
    agent.destroy()
    assert.equal(new Set(scene.asked('users').map(({ connection }) => connection)).size, 1)
  })

  test('that is stuck does not hold up others of its connection', async t => {
    const door = gate()
    const scene = await stage(t, ({ url }) => ({ async send(what) {
      if (url.endsWith('stuck')) await door.opened
      await counts.send(what)
    } }))
    const { session } = await scene.http2()
    const stuck = Array.from({ length: 4 }, () => h2On(session, { path: '/stream/stuck' }))
    const writing = stuck.map(each => writeAll(each, 12 * mebibyte))
    await Promise.all([1, 2, 3, 4].map(nth => scene.arrival('users', nth)))
    const other = h2On(session, { path: '/stream/free' })
    await writeAll(other, 4 * mebibyte)
    assert.equal(JSON.parse((await other.answer).text).bytes, 4 * mebibyte)
    door.open()
    await Promise.all(writing)
    for (const { answer } of stuck) assert.equal(JSON.parse((await answer).text).bytes, 12 * mebibyte)
  })

  test('whose client is silent is not held against the service', async t => {
    const { row, got } = listening()
    const timeout = { connect: '300ms', first_byte: '200ms', total: '300ms' }
    const scene = await stage(t, row, { config: { services: { users: { timeout } } } })
    const { stream, answer } = await ways['HTTP/1.1 in chunks'](scene, {})
    stream.write('abc')
    await got('abc')
    await new Promise(resolve => setTimeout(resolve, 1000)) // time itself is what is tested
    stream.end('def')
    assert.equal((await answer).status, 200)
  })
})

for (const mode of ['stream', 'spool']) {
  test(`uploads of ${mebibytes} MiB at the same time cost no memory, ${mode}`, async t => {
    const scene = await stage(t, counts, { config: {} })
    const before = anonymous(scene.server)
    const all = await Promise.all(Object.values(ways).map(open =>
      open(scene, { path: `/${mode}/x`, length: mebibytes * mebibyte })))
    let most = 0
    const timer = setInterval(() => (most = Math.max(most, anonymous(scene.server))), 20)
    await Promise.all(all.map(each => writeAll(each, mebibytes * mebibyte)))
    const answers = await Promise.all(all.map(({ answer }) => answer)).finally(() => clearInterval(timer))
    for (const { text } of answers) assert.equal(JSON.parse(text).bytes, mebibytes * mebibyte)
    t.diagnostic(`${Math.round((most - before) / mebibyte)} MiB more at most`)
    if (!isSanitized) assert.ok(most < 20 * mebibyte, `${most} bytes`)
  })
}
