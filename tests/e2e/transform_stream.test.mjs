// A large array passes through the rules of a route with flat memory: ./dev soak has more of it.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { openRequest } from './lib/client.mjs'
import { mebibyte } from './lib/reply.mjs'
import { transforming } from './lib/transforming.mjs'

const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')
const mebibytes = Number(process.env.STREAM_MEBIBYTES ?? 32)

// Memory of the process that no file backs, in bytes.
function anonymous({ pid }) {
  const [, size] = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(size) * 1024
}

const item = i => `{"id":${i},"secret":"${'s'.repeat(40)}","name":"Item ${i}","price":1.10,` +
  `"tags":["a","b",{"secret":"stays"}],"owner":{"id":12345678901234567890,"secret":"x"}}`
const changed = i => `{"id":${i},"title":"Item ${i}","price":1.10,` +
  `"tags":["a","b",{"secret":"stays"}],"owner":{"id":12345678901234567890}}`

// 4096 items, which are repeated.
const items = of => Array.from({ length: 4096 }, (_, i) => of(i)).join(',')
const piece = Buffer.from(items(item))
const pieces = Math.ceil(mebibytes * mebibyte / piece.length)

function digest() {
  const hash = createHash('sha256').update('[')
  const wanted = Buffer.from(items(changed))
  for (let i = 0; i < pieces; i++) hash.update(i > 0 ? ',' : '').update(wanted)
  return hash.update(']').digest('hex')
}

test(`${mebibytes} MiB of an array cost at most 20 MB of anonymous memory`, async t => {
  const route = { transform: { response: { body:
    { deny: ['[].secret', '[].owner.secret'], rename: { '[].name': 'title' } } } } }
  const { url, server } = await transforming(t, { send: async ({ res }) => {
    res.writeHead(200, { 'content-type': 'application/json' })
    for (let i = 0; i < pieces; i++) {
      res.write(i > 0 ? ',' : '[')
      if (!res.write(piece)) await once(res, 'drain')
    }
    res.end(']')
  } }, route)
  const { stream } = await openRequest(url, '/api/things/1')
  const hash = createHash('sha256')
  let most = 0
  let bytes = 0
  for await (const chunk of stream) {
    hash.update(chunk)
    bytes += chunk.length
    most = Math.max(most, anonymous(server))
  }
  t.diagnostic(`${bytes} bytes; ${(most / 1e6).toFixed(1)} MB of anonymous memory at most`)
  assert.equal(hash.digest('hex'), digest())
  if (!isSanitized) assert.ok(most < 20e6, `${most} bytes`)
})
