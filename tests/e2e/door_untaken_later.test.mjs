// Answers over HTTP/2 that the client takes late: the requests have been freed by then, and the
// answers and the log lines are whole.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { connectFrames, fields, flags, frame, settings, types, windowUpdate } from './lib/h2_raw.mjs'
import { open, scenario, stamped } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const empty = { status: 204 }
const text = size => JSON.stringify({ a: '0123456789'.repeat(size / 10) })
const plan = size => ({
  'users *': { text: text(size) }, 'orders *': empty, 'recommendations *': empty,
  'notifications *': empty,
})
const page = '/api/dashboard/u1'
const route = '/api/users/u1'
const id = path => path.replaceAll('/', '-').slice(1)
const ask = (stream, path, method = 'GET') =>
  frame(types.HEADERS, flags.END_STREAM | flags.END_HEADERS, stream, fields({
    pseudo: { ':path': path, ':method': method }, more: [['x-request-id', id(path)], ['x-forwarded-for', '203.0.113.7']] }))

// What answers of this size look like; the body of the page is the body of the service inside.
const wanted = (path, size) => (path === page
  ? `{"user":${text(size)},"recentOrders":[],"recommendations":[],"unreadNotifications":[],` +
    '"loadedAt":"now","partialFailure":false}'
  : path === route ? text(size) : `{"error":"Not found","requestId":"${id(path)}"}`)

// Asks with all windows shut, waits until the server has nothing to do, and opens them.
async function takeLate(url, paths, { first = 0, step = 0x7fff0000 } = {}) {
  const raw = await connectFrames(url, settings([[4, first]]))
  await raw.send(Buffer.concat([windowUpdate(0, 0x7fff0000),
    ...paths.map((path, i) => ask(2 * i + 1, path))]))
  for (const i of paths.keys()) {
    await eventually(() => raw.frames.some(each => each.type === types.HEADERS && each.stream === 2 * i + 1),
      'the head of each answer')
  }
  for (let i = 0; i < 3; i++) await raw.pong()
  const got = []
  for (const i of paths.keys()) {
    await raw.send(windowUpdate(2 * i + 1, step))
    got.push(await raw.answer(2 * i + 1))
  }
  raw.socket.destroy()
  return got
}

describe('an answer over HTTP/2 that is taken late', () => {
  for (const size of [10, 60_000, 200_000, 3_000_000]) {
    for (const first of [0, 1, 30_000]) {
      test(`${size} bytes, and a window of ${first} first`, async t => {
        const { url } = await scenario(t, 'web', plan(size), open)
        const paths = [page, route, '/nowhere', page, route]
        const all = await takeLate(url, paths, { first })
        for (const [i, { status, text: body }] of all.entries()) {
          assert.equal(status, paths[i] === '/nowhere' ? 404 : 200)
          const got = paths[i] === page ? stamped(body) : body
          assert.ok(got === wanted(paths[i], size), `${paths[i]}: ${got.length} bytes`)
        }
      })
    }
  }

  test('its log line is that of any answer', async t => {
    const { url, server } = await scenario(t, 'web', plan(10),
      { config: { ...open.config, trusted_proxies: ['127.0.0.1'] } })
    const long = `/${'x'.repeat(3000)}`
    await takeLate(url, [page, route, long])
    const lines = () => server.lines().filter(({ event }) => event === 'request')
    await eventually(() => lines().length === 3, 'three lines')
    const line = path => lines().find(each => each.id === id(path))
    assert.deepEqual(Object.keys(line(page).parts),
      ['user', 'recentOrders', 'recommendations', 'unreadNotifications'])
    assert.deepEqual([line(page).status, line(page).path, line(page).method], [200, page, 'GET'])
    assert.deepEqual([line(route).status, line(route).bytes], [200, text(10).length])
    const { client, route: found, service, outcome, endpoint } = line(route)
    assert.deepEqual({ client, found, service, outcome },
      { client: '203.0.113.7', found: '/api/users/', service: 'users', outcome: 'ok' })
    assert.match(endpoint, /^127\.0\.0\.1:\d+$/)
    assert.ok(long.startsWith(lines().find(({ status }) => status === 404).path))
  })

  test('a client that leaves instead', async t => {
    const { url, server, get } = await scenario(t, 'web', plan(60_000), open)
    const raw = await connectFrames(url, settings([[4, 0]]))
    await raw.send(Buffer.concat([ask(1, page), ask(3, route), ask(5, '/nowhere')]))
    await eventually(() => raw.frames.filter(({ type }) => type === types.HEADERS).length === 3, 'heads')
    await raw.pong()
    raw.socket.destroy()
    await eventually(() => server.lines().filter(({ event }) => event === 'request').length === 3,
      'three lines')
    assert.equal((await get('/nowhere')).status, 404)
  })

  test('a client that resets its streams instead', async t => {
    const { url } = await scenario(t, 'web', plan(60_000), open)
    const raw = await connectFrames(url, settings([[4, 0]]))
    await raw.send(Buffer.concat([ask(1, page), ask(3, route), ask(5, '/nowhere')]))
    await eventually(() => raw.frames.filter(({ type }) => type === types.HEADERS).length === 3, 'heads')
    await raw.pong()
    await raw.send(Buffer.concat([1, 3, 5].map(
      stream => frame(types.RST_STREAM, 0, stream, Buffer.from([0, 0, 0, 8])))))
    assert.ok(await raw.pong())
    raw.socket.destroy()
  })
})
