// Framings that two readers could read differently, in a body that is streamed or spooled. What the
// service gets is framed by this server, so nothing of the client's framing reaches it.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { connectFrames, flags, frame, ping, request, types } from './lib/h2_raw.mjs'
import { echo } from './lib/reply.mjs'
import { kill } from './lib/server.mjs'
import { eventually, soon } from './lib/wait.mjs'
import { uploading } from './lib/uploading.mjs'

// Echoes a body, or notes that it was cut.
function service() {
  const ends = []
  const row = { send: what => echo.send(what).catch(({ message }) => void ends.push(message)) }
  return { row, ends }
}

const { stage } = uploading({ after })
const head = (mode, fields) => `POST /${mode}/x HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
const chunked = mode => head(mode, 'Transfer-Encoding: chunked\r\n')
const next = 'GET /memory/next HTTP/1.1\r\nHost: a\r\n\r\n'

// What another reader of the same bytes may take for another size (RFC 9112 section 7.1).
const sizes = ['0x5', '5_', '5xyz', '5 5', '5.0', '+5', '-5', ' 5', '5 ', '', 'g', '5\t5', '5;a\nb', '5\n',
  '5,5', '0_5', '00000000000000005', 'fffffffffffffffff', `5;${'x'.repeat(17 << 10)}`]

describe('a body from a hostile client', { concurrency: 2 }, () => {
  for (const mode of ['stream', 'spool']) {
    test(`has a chunk with a wrong size: 400, and the request to the service ends, ${mode}`, async t => {
      const { row, ends } = service()
      const scene = await stage(t, row)
      for (const [i, size] of sizes.entries()) {
        const bare = await scene.bare()
        bare.socket.write(`${chunked(mode)}3\r\nabc\r\n`)
        if (mode === 'stream') await scene.arrival('users', i + 1)
        bare.socket.write(`${size}\r\nabcde\r\n0\r\n\r\n${next}`)
        const text = await soon(bare.ended, 'the end')
        assert.match(text, /^HTTP\/1\.1 400 [^]*"error":"Bad request"/, size)
        assert.equal(text.match(/HTTP\/1\.1/g).length, 1, text)
        if (mode === 'stream') await scene.asked('users')[i].gone
      }
      await eventually(() => ends.length === scene.asked('users').length, 'the ends of the requests')
      assert.deepEqual(ends, mode === 'stream' ? sizes.map(() => 'aborted') : [])
    })

    test(`is the same wherever it is cut, and the next request follows it, ${mode}`, async t => {
      const scene = await stage(t, echo)
      const body = '1\r\na\r\n2;x=y\r\nbc\r\n0\r\nX-Trailer: 1\r\n\r\n'
      for (let at = 0; at <= body.length; at++) {
        const bare = await scene.bare()
        bare.socket.setNoDelay(true)
        bare.socket.write(chunked(mode) + body.slice(0, at))
        await scene.get('/ready')
        bare.socket.write(body.slice(at) + next)
        await bare.until(/HTTP\/1\.1 200[^]*"text":"abc"[^]*HTTP\/1\.1 200[^]*"url":"\/memory\/next"/)
        bare.socket.destroy()
      }
      for (const { url, headers } of scene.asked('users')) {
        if (url === '/memory/next') continue
        assert.ok(!('trailer' in headers || 'x-trailer' in headers))
        const want = mode === 'stream' ? ['chunked', undefined] : [undefined, '3']
        if (headers['transfer-encoding'] === undefined) want.splice(0, 2, undefined, '3') // came as a whole
        assert.deepEqual([headers['transfer-encoding'], headers['content-length']], want)
      }
    })

    test(`has bytes in it that look like the end of chunks, ${mode}`, async t => {
      const scene = await stage(t, echo)
      const inner = `0\r\n\r\n${next}`
      const bare = await scene.bare()
      bare.socket.write(`${chunked(mode)}3\r\nabc\r\n`)
      await scene.get('/ready')
      bare.socket.write(`${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`)
      await bare.until(new RegExp(`"length":${inner.length + 3},`))
      assert.equal(scene.asked('users').length, 1)
    })

    for (const [why, data] of Object.entries({ short: 'abc', long: 'abcdefgh' })) {
      test(`is too ${why} for its length, over HTTP/2, ${mode}`, async t => {
        const { row, ends } = service()
        const scene = await stage(t, row)
        const raw = await connectFrames(scene.url)
        raw.send(request(1, { pseudo: { ':method': 'POST', ':path': `/${mode}/x` },
          more: [['content-length', '6']] }, flags.END_HEADERS))
        raw.send(frame(types.DATA, flags.NONE, 1, Buffer.from('ab')))
        if (mode === 'stream') await scene.arrival('users')
        raw.send(frame(types.DATA, flags.END_STREAM, 1, Buffer.from(data.slice(2))))
        assert.deepEqual(await raw.answer(1), { reset: 1 })
        raw.socket.destroy()
        for (const { gone } of scene.asked('users')) await gone
        await eventually(() => ends.length === scene.asked('users').length, 'the end of the request')
        assert.deepEqual(ends, mode === 'stream' ? ['aborted'] : [])
      })
    }

    // The server reads the ping, and its answer is the write that fails.
    test(`is not whole when a write to the client fails, over HTTP/2, ${mode}`, async t => {
      const scene = await stage(t, service().row)
      const raw = await connectFrames(scene.url)
      for (const stream of [1, 3]) {
        raw.send(request(stream, { pseudo: { ':method': 'POST', ':path': `/${mode}/x` } }, flags.END_HEADERS))
        raw.send(frame(types.DATA, flags.NONE, stream, Buffer.from('ab')))
      }
      await raw.pong()
      kill(scene.server, 'SIGSTOP')
      await raw.send(ping())
      raw.socket.resetAndDestroy()
      kill(scene.server, 'SIGCONT')
      assert.equal((await scene.get('/ready')).status, 200)
    })
  }
})
