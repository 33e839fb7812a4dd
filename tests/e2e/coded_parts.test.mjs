// Services that send their answers for pages in a content coding, although nobody has asked for one.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'

import { writePieces } from './lib/reply.mjs'
import { user } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'
import { peakMemory } from './lib/server.mjs'

const mebibyte = 1024 * 1024
const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')
const json = JSON.stringify({ ...user('u1'), about: 'x'.repeat(5000) })

const coded = (coding, bytes, more) => ({ send: ({ res }) => {
  res.writeHead(200, { 'content-encoding': coding, ...more })
  res.end(bytes)
} })

// The part "user" of a dashboard whose users service answers so: its value, or why it failed.
async function part(t, answer, options) {
  const scene = await scenario(t, 'web', { 'users *': answer, 'orders *': { json: [] },
    'recommendations *': { json: [] }, 'notifications *': { json: [] } }, options)
  const { body, text } = await scene.get('/api/dashboard/u1')
  return { ...scene, text, value: body.user, error: body.errors?.user.reason }
}

describe('an answer in the coding', { concurrency: 4 }, () => {
  for (const [coding, bytes] of [
    ['gzip', gzipSync(json)], ['X-GZip', gzipSync(json)], ['br', brotliCompressSync(json)],
    ['deflate', deflateSync(json)], ['deflate', deflateRawSync(json)],
    ['gzip', Buffer.concat([gzipSync(json.slice(0, 100)), gzipSync(json.slice(100))])],
  ]) {
    test(`${coding} (${bytes.length} bytes) is decoded, and its bytes are the service's own`, async t => {
      const { text } = await part(t, coded(coding, bytes, { 'content-length': bytes.length }))
      assert.ok(text.startsWith(`{"user":${json},`), text)
    })
  }

  for (const [why, coding, bytes, reason] of [
    ['is broken', 'gzip', 'not looked at', 'bad_http'], ['is broken', 'br', Buffer.alloc(9, 0xff), 'bad_http'],
    ['breaks off', 'gzip', gzipSync(json).subarray(0, -1), 'bad_http'],
    ['breaks off', 'br', brotliCompressSync(json).subarray(0, -1), 'bad_http'],
    ['goes on after its end', 'br', Buffer.concat([brotliCompressSync(json), Buffer.from('x')]), 'bad_http'],
    ['goes on after its end', 'gzip', Buffer.concat([gzipSync(json), Buffer.from('x')]), 'bad_http'],
    ['is not known', 'zstd', json, 'bad_http'], ['is two', 'gzip, br', gzipSync(json), 'bad_http'],
    ['is no JSON', 'gzip', gzipSync('{"a":'), 'bad_json'], ['is empty', 'gzip', gzipSync(''), 'bad_json'],
    ['is empty', 'gzip', '', 'bad_json'],
  ]) {
    test(`${coding} that ${why} is ${reason}`, async t => {
      const { value, error } = await part(t, coded(coding, bytes))
      assert.deepEqual([value, error], [null, reason])
    })
  }

  test('gzip may come in any pieces', async t => {
    const bytes = gzipSync(json)
    const { text } = await part(t, { send: ({ socket }) => writePieces(socket,
      [`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bytes.length}\r\n\r\n`,
        ...Array.from(bytes, byte => Buffer.from([byte]))]) })
    assert.ok(text.startsWith(`{"user":${json},`), text)
  })
})

describe('a bomb', { concurrency: 2 }, () => {
  const spaces = Buffer.alloc(96 * mebibyte, ' ')
  const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }
  for (const [coding, compress] of [['gzip', gzipSync],
    ['br', bytes => brotliCompressSync(bytes, fast)]]) {
    test(`of ${coding} is too_large, and costs no memory`, async t => {
      const bytes = compress(spaces)
      const { error, server } = await part(t, coded(coding, bytes))
      assert.equal(error, 'too_large')
      if (!isSanitized) assert.ok(peakMemory(server) < 40 * mebibyte, `${peakMemory(server)} bytes`)
    })

    test(`of ${coding} is too_large where the limit would allow its length`, async t => {
      const bytes = compress(spaces.subarray(0, 32 * mebibyte))
      const options = { config: { composites: { body_limit: '1GiB' } } }
      const { error } = await part(t, coded(coding, bytes), options)
      assert.equal(error, 'too_large')
    })
  }
})
