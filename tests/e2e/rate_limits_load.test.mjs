// Rate limits with many connections, many addresses, and requests that wait for their turn.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { connectBare } from './lib/client.mjs'
import { peakMemory } from './lib/server.mjs'
import { scenario } from './lib/scenario.mjs'
import { eventually, soon } from './lib/wait.mjs'

const stage = (t, rules, config, args) => scenario(t, 'web', { 'users *': { json: {} } },
  { config: { login: 'off', trusted_proxies: ['127.0.0.1'], rate_limits: rules, ...config }, args })

// Sends a request for each of `clients` on one connection, without waiting for answers, and resolves
// with the statuses.
async function pipelined(url, clients, path = '/api/nothing') {
  const { socket, ended } = await connectBare(url)
  const request = (client, more = '') =>
    `HEAD ${path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${client}\r\n${more}\r\n`
  socket.write(clients.map((client, i) =>
    request(client, i === clients.length - 1 ? 'Connection: close\r\n' : '')).join(''))
  const text = await soon(ended, 'the end of the connection')
  return [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))
}

const count = (list, status) => list.filter(each => each === status).length

describe('a limit', { concurrency: 2 }, () => {
  for (const [what, more] of [['a fixed window', {}], ['a sliding window', { sliding: true }]]) {
    test(`of 100 in ${what} allows exactly 100 of 64 connections over 4 workers`, async t => {
      const { url } = await stage(t, [{ name: 'api', path: '/', window: '1h', max: 100, ...more }], {},
        ['--workers', '4'])
      const all = await Promise.all(Array.from({ length: 64 }, () => pipelined(url, Array(10).fill('192.0.2.7'))))
      assert.equal(all.flat().length, 640)
      assert.equal(count(all.flat(), 404), 100)
    })
  }

  test('keeps a hot address while thousands of others come, in bounded memory', async t => {
    const { url, server } = await stage(t, [{ name: 'api', path: '/', window: '1h', max: 10 }],
      { rate_limit_store: { max_keys: 1024 }, access_log: false })
    const address = i => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
    const hot = () => pipelined(url, Array(11).fill('192.0.2.7'))
    assert.deepEqual(await hot(), [...Array(10).fill(404), 429])
    const before = peakMemory(server)
    for (let i = 0; i < 8; i++) {
      const flood = await pipelined(url, Array.from({ length: 1000 }, (_, j) => address(i * 1000 + j)))
      assert.equal(count(flood, 404), 1000)
      assert.equal(count(await hot(), 429), 11)
    }
    t.diagnostic(`${(peakMemory(server) - before) / 1024} KiB more after 8000 addresses`)
  })
})

describe("nginx's leaky bucket", { concurrency: 4 }, () => {
  const rule = { name: 'slow', path: '/', rate: '6/m', burst: 3 }

  test('refuses what is over the burst', async t => {
    const { url, server } = await stage(t, [{ ...rule, delay: 'off' }])
    const all = await pipelined(url, Array(12).fill('192.0.2.7'))
    assert.deepEqual(all, [404, 404, 404, 404, ...Array(8).fill(429)])
    await server.stop()
    const refused = server.lines().filter(({ status }) => status === 429)
    assert.deepEqual(refused.map(({ limit }) => limit), Array(8).fill('slow'))
  })

  test('does not ask the service for a client that leaves while it waits', async t => {
    const { get, bare, server, asked, http2 } = await stage(t, [{ ...rule, delay: 0 }])
    assert.equal((await get('/api/users/1')).status, 200)
    const { socket } = await bare()
    socket.write('GET /api/users/2 HTTP/1.1\r\nHost: a\r\n\r\n', () => socket.destroy())
    const { open, ask } = await http2()
    const stream = open('/api/users/3')
    await ask('/health')
    stream.close()
    const left = () => server.lines().filter(({ status }) => status === 499)
    await eventually(() => left().length === 2, 'both requests to end')
    assert.deepEqual(left().map(({ path }) => path).sort(), ['/api/users/2', '/api/users/3'])
    assert.deepEqual(asked('users').map(({ url }) => url), ['/users/1'])
  })

  test('delays what is over the rate, over HTTP/2 too', async t => {
    const { http2, server } = await stage(t, [{ ...rule, rate: '1/s', delay: 0 }])
    const { ask } = await http2()
    const answers = await Promise.all([ask('/api/users/1'), ask('/api/users/1')])
    assert.deepEqual(answers.map(({ status }) => status), [200, 200])
    await server.stop()
    const times = server.lines().filter(({ status }) => status === 200).map(({ duration_ms: ms }) => ms)
    assert.ok(Math.max(...times) >= 300, `one of ${times} waited for 1 s, less the time between them`)
  })

  // A delayed request would wait for 36 s, which is longer than the test waits for it.
  for (const delay of [1, 'off']) {
    test(`with delay: ${delay} does not delay the first request over the rate`, async t => {
      const { http2 } = await stage(t, [{ ...rule, rate: '100/h', delay }])
      const { ask } = await http2()
      const answers = await Promise.all([ask('/api/users/1'), ask('/api/users/1')])
      assert.deepEqual(answers.map(({ status }) => status), [200, 200])
    })
  }
})
