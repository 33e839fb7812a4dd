// HTTP/2 clients that ask for a stored answer and do not take it: its body is not copied for them.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { cachedRoute, path, plain } from './lib/caching.mjs'
import { connectFrames, ping, request, settings } from './lib/h2_raw.mjs'
import { peakMemory } from './lib/server.mjs'

const mebibyte = 1 << 20
const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')
const streams = Array.from({ length: 100 }, (_, i) => 2 * i + 1)

test('500 streams that take nothing of an answer of 1 MiB', async t => {
  const { get, asked, server, url } = await cachedRoute(t, plain('x'.repeat(mebibyte)),
    { args: ['--workers', '2'] })
  await get(path, { as: null, headers: { host: 'a' } })
  const before = peakMemory(server)
  const connections = await Promise.all([1, 2, 3, 4, 5].map(() =>
    connectFrames(url, settings([[4, 0]])))) // 4: the window of each stream
  for (const each of connections) {
    await each.send(Buffer.concat(streams.map(stream => request(stream, { pseudo: { ':path': path } }))))
    await each.pong()
    await each.send(ping())
    await each.pong()
  }
  assert.equal(asked('users').length, 1)
  const added = (peakMemory(server) - before) / mebibyte
  t.diagnostic(`${Math.round(added)} MiB`)
  assert.ok(added < (isSanitized ? 150 : 30), `${added} MiB`)
  for (const each of connections) each.socket.destroy()
  assert.equal((await get(path, { as: null, headers: { host: 'a' } })).bytes.length, mebibyte)
})
