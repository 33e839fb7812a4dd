// Of many clients that ask for what is not stored, one makes a call, and the others wait for it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cachedRoute, counted, path, plain, statusOf, wordsOf } from './lib/caching.mjs'
import { openRequest } from './lib/client.mjs'
import { tokenFor } from './lib/token.mjs'
import { eventually, gate } from './lib/wait.mjs'

const workers = { args: ['--workers', '4'] }

// `count` clients at once: half of them over HTTP/1.1, and half over HTTP/2, 100 on a connection.
async function crowd({ get, http2 }, count) {
  const sessions = await Promise.all(Array.from({ length: count / 200 }, () => http2()))
  const streams = sessions.flatMap(session => Array.from({ length: 100 }, () => session.ask(path)))
  return [...streams, ...Array.from({ length: count / 2 }, () => get(path))]
}

const textsOf = async answers => {
  const counts = {}
  for (const { status, text } of await Promise.all(answers)) {
    const key = status === 200 ? text : status
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

test('1000 clients cost one call, with 4 workers', async t => {
  const door = gate()
  const scene = await cachedRoute(t, counted({}, { until: door.opened }), workers)
  const answers = await crowd(scene, 1000)
  await scene.arrival('users')
  door.open()
  assert.deepEqual(await textsOf(answers), { 1: 1000 })
  assert.equal(scene.asked('users').length, 1)
  await scene.server.stop()
  const words = wordsOf(scene.server)
  assert.equal(words.filter(word => word === 'miss').length, 1)
  assert.deepEqual([...new Set(words)].filter(word => !['miss', 'hit', 'collapsed'].includes(word)), [])
  assert.ok(words.includes('collapsed'))
})

describe('the leader', { concurrency: 4 }, () => {
  test('may leave: its call goes on for the others', async t => {
    const door = gate()
    const { get, leave, arrival, asked, server } = await cachedRoute(t,
      counted({}, { until: door.opened }), workers)
    const leader = leave(path)
    await arrival('users')
    const answers = Array.from({ length: 20 }, () => get(path))
    leader.leave()
    await eventually(() => server.lines().some(({ status }) => status === 499), '499')
    door.open()
    assert.deepEqual(await textsOf(answers), { 1: 20 })
    assert.equal(asked('users').length, 1)
  })

  test('may reset its HTTP/2 stream: its call goes on for the others', async t => {
    const door = gate()
    const { get, http2, arrival, asked, server } = await cachedRoute(t,
      counted({}, { until: door.opened }), workers)
    const session = await http2()
    const leader = session.open(path)
    leader.on('error', () => undefined)
    await arrival('users')
    const answers = [...Array.from({ length: 10 }, () => get(path)),
      ...Array.from({ length: 10 }, () => session.ask(path))]
    leader.close(8)
    await eventually(() => server.lines().some(({ status }) => status === 499), '499')
    door.open()
    assert.deepEqual(await textsOf(answers), { 1: 20 })
    assert.equal(asked('users').length, 1)
  })

  test('may leave before anybody else has come, and its answer is stored', async t => {
    const door = gate()
    const { get, leave, arrival, asked, upstreams, server } = await cachedRoute(t,
      counted({}, { until: door.opened }))
    const leader = leave(path)
    await arrival('users')
    leader.leave()
    await eventually(() => server.lines().some(({ status }) => status === 499), '499')
    door.open()
    await eventually(() => upstreams.inFlight.users === 0, 'the end of the call')
    assert.equal((await get(path)).text, '1')
    assert.equal(asked('users').length, 1)
  })

  test('may be slow: the others do not wait for it', async t => {
    const text = 'x'.repeat(12_000_000) // more than sockets keep
    const { get, bare, asked } = await cachedRoute(t, plain(text), { cache: { max_body: '12MiB' } })
    const leader = await bare()
    leader.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
    leader.socket.pause()
    const res = await get(path, { headers: { host: 'a' }, as: null })
    assert.equal(res.text, text)
    assert.equal(asked('users').length, 1)
    leader.socket.resume()
    await leader.until({ test: read => read.endsWith('x'.repeat(100)) && read.length > text.length,
      exec: () => undefined })
  })

  test('may be one of many slow ones: what they leave in memory is limited', async t => {
    const text = 'x'.repeat(12_000_000)
    const { get, bare, asked } = await cachedRoute(t, plain(text), { cache: { max_body: '12MiB' },
      config: { cache: { memory: '1GiB' } }, args: ['--workers', '1'] })
    const paths = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(i => `/api/things/${i}`)
    const sockets = []
    for (const where of paths) { // one after the other: at once, all could be half stored at the limit
      const { socket } = await bare()
      socket.write(`GET ${where} HTTP/1.1\r\nHost: a\r\n\r\n`)
      sockets.push(socket.pause())
      await eventually(() => asked('users').some(({ url }) => url.endsWith(where.slice(-2))), where)
      assert.equal((await get(where, { headers: { host: 'a' }, as: null })).text, text)
    }
    const again = asked('users').length - paths.length
    assert.ok(again > 0 && again < paths.length, `${again} are asked for again`)
    for (const socket of sockets) socket.destroy() // otherwise the server waits for them at its end
  })

  test('hands over when its service breaks off: at most two calls, and all are answered', async t => {
    const door = gate()
    const halfway = { send: async ({ res, socket }) => {
      res.writeHead(200, { 'content-length': 10 })
      res.write('half')
      await door.opened
      socket.destroy()
    } }
    const { get, asked, url } = await cachedRoute(t, [halfway, plain('whole')], workers)
    const leader = await openRequest(url, path, { token: tokenFor() })
    const answers = Array.from({ length: 100 }, () => get(path))
    door.open()
    await new Promise(resolve => leader.stream.once('aborted', resolve).resume())
    assert.deepEqual(await textsOf(answers), { whole: 100 })
    assert.equal(asked('users').length, 2)
  })
})

describe('those who wait', { concurrency: 4 }, () => {
  test('make their own calls at the same time when two calls have failed', async t => {
    const door = gate()
    const { get, asked, upstreams } = await cachedRoute(t, { fault: 'reset', until: door.opened }, workers)
    const answers = Array.from({ length: 50 }, () => get(path))
    await upstreams.arrival('users')
    door.open()
    assert.deepEqual(await textsOf(answers), { 502: 50 })
    assert.ok(asked('users').length <= 50)
  })

  test('go on when the answer cannot be stored, and do not wait again', async t => {
    const doors = [gate(), gate()]
    const scene = await cachedRoute(t, ({ nth }) =>
      ({ ...counted({ 'cache-control': 'no-store' })(), until: nth === 0 ? doors[0].opened : doors[1].opened }))
    const { get, arrival, asked, upstreams } = scene
    const answers = Array.from({ length: 20 }, () => get(path))
    await arrival('users')
    doors[0].open()
    await arrival('users', 20)
    assert.equal(upstreams.inFlight.users, 19)
    doors[1].open()
    await Promise.all(answers)
    assert.equal(asked('users').length, 20)
  })

  test('do not wait longer than a call may take until its answer begins', async t => {
    const door = gate()
    const slow = { send: async ({ res }) => {
      res.writeHead(200, { 'content-type': 'text/plain' }).write('late')
      await door.opened
      res.end('r')
    } }
    const { get, arrival } = await cachedRoute(t, [slow, plain('own')],
      { users: { timeout: { connect: '100ms', first_byte: '200ms', total: '200ms' } } })
    const leader = get(path)
    await arrival('users')
    assert.equal((await get(path)).text, 'own')
    door.open()
    assert.equal((await leader).text, 'later')
    assert.equal((await get(path)).text, 'later')
  })

  test('do not wait longer than a trusted proxy says', async t => {
    const door = gate()
    const { get, arrival } = await cachedRoute(t, plain('late', {}, { until: door.opened }),
      { config: { trusted_proxies: ['127.0.0.0/8'] } })
    const leader = get(path)
    await arrival('users')
    const { status } = await get(path, { headers: { 'x-request-deadline-ms': '200' } })
    assert.equal(status, 504)
    door.open()
    assert.equal((await leader).text, 'late')
  })

  test('may leave', async t => {
    const door = gate()
    const { get, bare, arrival, asked, server } = await cachedRoute(t,
      counted({}, { until: door.opened }))
    const leader = get(path, { headers: { host: 'a' }, as: null })
    await arrival('users')
    const gone = await bare()
    gone.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`, () => gone.socket.end())
    await eventually(() => server.lines().some(({ status }) => status === 499), '499')
    door.open()
    assert.equal((await leader).text, '1')
    assert.equal(asked('users').length, 1)
  })
})

test('an answer that says how old it may be is validated for each, without waiting in a row', async t => {
  const door = gate()
  const { get, arrival, asked } = await cachedRoute(t, ({ nth }) =>
    plain(String(nth), { 'cache-control': 'max-age=0', etag: `"${nth}"` }, nth > 0 && { until: door.opened }))
  assert.equal(statusOf(await get(path)), 'bff-web; fwd=uri-miss; stored')
  const answers = Array.from({ length: 10 }, () => get(path))
  await arrival('users', 11)
  assert.equal(asked('users').length, 11)
  door.open()
  await Promise.all(answers)
})
