// HTTP/2 clients that ask for a stored answer and do not take it: its body is not copied for them.
import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'

import { cachedRoute, path, plain } from './lib/caching.mjs'
import { connectFrames, ping, request, settings } from './lib/h2_raw.mjs'
import { peakMemory } from './lib/server.mjs'

const mebibyte = 1 << 20
const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')
const streams = Array.from({ length: 100 }, (_, i) => 2 * i + 1)

async function askWithoutTaking(url, pathOf) {
  const connections = await Promise.all([0, 1, 2, 3, 4].map(() =>
    connectFrames(url, settings([[4, 0]])))) // 4: the window of each stream
  for (const [i, each] of connections.entries()) {
    await each.send(Buffer.concat(streams.map(stream => request(stream, { pseudo: { ':path': pathOf(i, stream) } }))))
    await each.pong()
    await each.send(ping())
    await each.pong()
  }
  return connections
}

test('500 streams that take nothing of an answer of 1 MiB', async t => {
  const { get, asked, server, url } = await cachedRoute(t, plain('x'.repeat(mebibyte)),
    { args: ['--workers', '2'] })
  await get(path, { as: null, headers: { host: 'a' } })
  const before = peakMemory(server)
  const connections = await askWithoutTaking(url, () => path)
  assert.equal(asked('users').length, 1)
  const added = (peakMemory(server) - before) / mebibyte
  t.diagnostic(`${Math.round(added)} MiB`)
  assert.ok(added < (isSanitized ? 150 : 30), `${added} MiB`)
  for (const each of connections) each.socket.destroy()
  assert.equal((await get(path, { as: null, headers: { host: 'a' } })).bytes.length, mebibyte)
})

// An entry is removed soon after it was stored, because others come. So only as many streams get their
// answer from an entry as there is room for, and the others are passed on.
test('streams that take nothing of many stored answers of 1 MiB', async t => {
  const { get, server, url } = await cachedRoute(t, plain('x'.repeat(mebibyte)),
    { args: ['--workers', '1'], keepsRecords: false, config: { cache: { memory: '8MiB' } } })
  const agent = new http.Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const connections = await Promise.all((isSanitized ? [1] : [1, 2, 3])
    .map(() => connectFrames(url, settings([[4, 0]]))))
  const before = peakMemory(server)
  for (const [i, each] of connections.entries()) {
    for (const stream of streams.slice(isSanitized ? 50 : 0)) {
      const target = `${path}${i}-${stream}`
      await get(target, { as: null, agent, headers: { host: 'a' } })
      await each.send(Buffer.concat([request(stream, { pseudo: { ':path': target } }), ping()]))
      await each.pong()
    }
  }
  const added = (peakMemory(server) - before) / mebibyte
  t.diagnostic(`${Math.round(added)} MiB`)
  // The address sanitizer keeps what is freed.
  assert.ok(isSanitized || added < 100, `${added} MiB`)
  for (const each of connections) each.socket.destroy()
  assert.equal((await get(path, { as: null })).bytes.length, mebibyte)
  await server.stop()
  const words = server.lines().filter(({ protocol }) => protocol === 'HTTP/2').map(({ cache }) => cache)
  const hits = words.filter(word => word === 'hit').length
  assert.ok(hits > 4 && hits < 20, `${hits} hits`)
  assert.deepEqual(new Set(words), new Set(['hit', 'bypass']))
})
