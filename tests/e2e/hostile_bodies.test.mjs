// Clients that send heads and bodies in ways that no client should, from the first byte to the end
// of the connection.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import { describe, test } from 'node:test'

import { CONTINUATION, END_HEADERS, END_STREAM, HEADERS, SETTINGS, frame, goaways, preface, request }
  from './lib/http2_frames.mjs'
import { echo } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { gate, soon } from './lib/wait.mjs'

const where = '/api/users/u1'

describe('a head that goes on when a drain has said its last GOAWAY', { concurrency: 2 }, () => {
  for (const how of ['HTTP/2', 'an upgrade to h2c']) {
    test(`does not keep a worker, ${how}`, async t => {
      const door = gate()
      const scene = await scenario(t, 'web', { 'users /users/u1': { json: {}, until: door.opened } },
        { args: ['--workers', '1'], config: { login: 'off' } })
      const bare = await scene.bare()
      const begin = [Buffer.from(preface), frame(SETTINGS, 0, 0)]
      if (how === 'HTTP/2') {
        begin.push(frame(HEADERS, END_STREAM | END_HEADERS, 1, request(where)))
      } else {
        bare.socket.write(`GET ${where} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n` +
          'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n')
        await bare.until(/^HTTP\/1\.1 101 [^]*?\r\n\r\n/)
        bare.bytes = bare.bytes.subarray(bare.text().indexOf('\r\n\r\n') + 4)
      }
      const head = request(where)
      bare.socket.write(Buffer.concat([...begin,
        frame(HEADERS, END_STREAM, 3, head.subarray(0, 9))]))
      await scene.arrival('users')
      scene.server.child.kill('SIGTERM')
      await bare.until(goaways(bare, 2))
      bare.socket.write(frame(CONTINUATION, END_HEADERS, 3, head.subarray(9)))
      door.open()
      await assertEnd(scene.server)
    })
  }
})

const stage = (t, limits) =>
  scenario(t, 'web', { 'users /users/u1': echo }, { config: { login: 'off', limits } })
const head = (fields, version = 1) => `POST ${where} HTTP/1.${version}\r\nHost: a\r\n${fields}\r\n`
const chunked = head('Transfer-Encoding: chunked\r\n')

describe('bodies of HTTP/1.1 from hostile clients', { concurrency: 4 }, () => {
  const long = 8 << 20
  for (const [framing, bytes] of Object.entries({
    'with a length': head(`Content-Length: ${long}\r\n`) + 'x'.repeat(long),
    chunked: `${chunked}${long.toString(16)}\r\n${'x'.repeat(long)}\r\n0\r\n\r\n`,
  })) {
    test(`a client that sends too much at once reads why it is refused, ${framing}`, async t => {
      const scene = await stage(t, { body: '1KiB' })
      const bare = await scene.bare()
      let failure
      bare.socket.on('error', error => (failure = error))
      bare.socket.write(bytes)
      assert.match(await soon(bare.ended, 'the end of the connection'), /^HTTP\/1\.1 413 /)
      assert.equal(failure, undefined)
      assert.equal(scene.asked('users').length, 0)
    })
  }

  // Bytes that come all the time, so that limits.body_timeout alone never ends them.
  const dripping = async (t, bytes) => {
    const scene = await stage(t, { body_timeout: '100ms' })
    const bare = await scene.bare()
    bare.socket.write(bytes)
    const drip = setInterval(() => bare.socket.write('x'.repeat(600)), 20)
    t.after(() => clearInterval(drip))
    const text = await soon(bare.ended, 'the end of the connection')
    assert.equal(scene.asked('users').length, 0)
    return text
  }

  test('a body that drips takes ten times limits.body_timeout at most', async t => {
    const began = Date.now()
    assert.equal(await dripping(t, head('Content-Length: 1000000\r\n')), '')
    assert.ok(Date.now() - began >= 900, 'its client has had the time')
  })

  for (const [what, bytes] of Object.entries({ 'an extension': '3;', 'a trailer': '0\r\nA: ' })) {
    test(`${what} without an end is refused at a bound`, async t => {
      assert.match(await dripping(t, chunked + bytes), /^HTTP\/1\.1 400 /)
    })
  }

  test('HTTP/1.0 knows no 100 Continue', async t => {
    const scene = await stage(t)
    const bare = await scene.bare()
    bare.socket.write(head('Expect: 100-continue\r\nContent-Length: 3\r\n', 0))
    await scene.get('/ready')
    bare.socket.write('abc')
    assert.match(await soon(bare.ended, 'the answer'), /^HTTP\/1\.1 200 [^]*"text":"abc"/)
  })
})

test('a body of HTTP/2 that never comes whole takes ten times limits.body_timeout at most, whatever ' +
  'its client does beside it', async t => {
  const scene = await stage(t, { body_timeout: '100ms' })
  const { session } = await scene.http2()
  const stuck = session.request({ ':method': 'POST', ':path': where })
  stuck.on('error', () => undefined)
  stuck.write('abc')
  const closed = soon(once(stuck, 'close').catch(() => undefined), 'the end of the stream')
  let isOver = false
  closed.catch(() => undefined).then(() => (isOver = true))
  while (!isOver) {
    const other = session.request({ ':method': 'POST', ':path': where })
    other.end('def')
    await soon(other.toArray(), 'the answer to another request')
  }
  await closed
  assert.equal(stuck.rstCode, http2.constants.NGHTTP2_CANCEL)
  assert.equal(session.destroyed, false)
})
