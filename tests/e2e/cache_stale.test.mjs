// Stored answers that are too old: they are used while a new one is fetched, and when the service
// fails.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cachedRoute, counted, old, path, plain, statusOf, wordsOf } from './lib/caching.mjs'
import { eventually, gate } from './lib/wait.mjs'

const revalidate = { cache: { stale_while_revalidate: '60s' } }
const ifError = { cache: { stale_if_error: '60s' } }

// Answers `rows[n]` to request n; the last one to all later requests.
const inOrder = rows => {
  let nth = 0
  return request => {
    const row = rows[Math.min(nth++, rows.length - 1)]
    return typeof row === 'function' ? row(request) : row
  }
}

describe('while a new answer is fetched', { concurrency: 4 }, () => {
  test('all get the old one, and one call is made', async t => {
    const door = gate()
    const { get, arrival, asked, server } = await cachedRoute(t,
      inOrder([plain('old', old), plain('new', {}, { until: door.opened })]),
      { ...revalidate, args: ['--workers', '4'] })
    assert.equal((await get(path)).text, 'old')
    const answers = await Promise.all(Array.from({ length: 50 }, () => get(path)))
    assert.deepEqual([...new Set(answers.map(({ text }) => text))], ['old'])
    assert.deepEqual([...new Set(answers.map(statusOf))], ['bff-web; hit; ttl'])
    assert.match(answers[0].headers['cache-status'], /ttl=-\d/)
    assert.equal(answers[0].headers.age, '100')
    await arrival('users', 2)
    door.open()
    await eventually(async () => (await get(path)).text === 'new', 'the new answer')
    assert.equal(asked('users').length, 2)
    await server.stop()
    assert.deepEqual([...new Set(wordsOf(server))], ['hit', 'miss', 'stale'])
  })

  test('the old one stays when the service fails, and the next request tries again', async t => {
    const { get, asked } = await cachedRoute(t,
      inOrder([plain('old', old), { status: 500 }, { fault: 'reset' }, plain('new')]), revalidate)
    await get(path)
    const texts = []
    await eventually(async () => {
      texts.push((await get(path)).text)
      return asked('users').length === 4
    }, 'three more calls')
    assert.deepEqual([...new Set(texts)].slice(0, 1), ['old']) // and then perhaps the new one
    assert.ok(texts.every(text => text === 'old' || text === 'new'))
    await eventually(async () => (await get(path)).text === 'new', 'the new answer')
  })

  test('HEAD gets the old head, and GET is asked again', async t => {
    const { get, arrival } = await cachedRoute(t, inOrder([plain('old', old), plain('new')]), revalidate)
    await get(path)
    assert.equal((await get(path, { method: 'HEAD' })).headers['content-length'], '3')
    assert.equal((await arrival('users', 2)).method, 'GET')
    await eventually(async () => (await get(path)).text === 'new', 'the new answer')
  })

  test('that HEAD has begun to fetch, the answer is stored for GET', async t => {
    const door = gate()
    const { get, arrival, asked } = await cachedRoute(t,
      inOrder([plain('old', old), plain('new', {}, { until: door.opened })]), revalidate)
    await get(path)
    await get(path, { method: 'HEAD' })
    await arrival('users', 2)
    door.open()
    await eventually(async () => (await get(path)).text === 'new', 'the new answer')
    assert.equal(asked('users').length, 2)
  })

  test('there are at most so many calls in the background', async t => {
    const door = gate()
    const { get, arrival, asked } = await cachedRoute(t, ({ nth }) =>
      plain('x', old, nth > 0 && { until: door.opened }),
    { ...revalidate, config: { cache: { refreshes: 2 } }, args: ['--workers', '2'] })
    const paths = [1, 2, 3, 4, 5].map(i => `/api/things/${i}`)
    for (const where of [...paths, ...paths, ...paths]) assert.equal((await get(where)).text, 'x')
    await arrival('users', 7)
    assert.equal(asked('users').length, 7)
    door.open()
  })
})

describe('when the service fails', { concurrency: 4 }, () => {
  const failures = {
    'by a reset': [{ fault: 'reset' }, 'reset'],
    'half-way in its head': [{ send: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nX-') }, 'reset'],
    'by bytes that are no HTTP': [{ send: ({ socket }) => socket.end('no\r\n\r\n') }, 'bad_http'],
    'by a time-out': [{ fault: 'hang' }, 'timeout'],
    ...Object.fromEntries([500, 502, 503, 504].map(status => [`with ${status}`, [{ status }, 'status']])),
  }
  for (const [name, [failure, reason]] of Object.entries(failures)) {
    test(`${name}, the old answer is used`, async t => {
      const { get, server } = await cachedRoute(t, inOrder([plain('old', old), failure]),
        { ...ifError, users: { timeout: { connect: '100ms', first_byte: '200ms', total: '300ms' } } })
      await get(path)
      const res = await get(path)
      assert.deepEqual([res.status, res.text, res.headers.age], [200, 'old', '100'])
      assert.match(statusOf(res), new RegExp(`^bff-web; fwd=stale;.* detail=${reason}$`))
      await server.stop()
      assert.deepEqual(wordsOf(server), ['miss', 'stale'])
    })
  }

  test('by its absence, the old answer is used', async t => {
    const scene = await cachedRoute(t, plain('old', old), ifError)
    await scene.get(path)
    scene.upstreams.close()
    assert.equal((await scene.get(path)).text, 'old')
  })

  test('and its breaker is open, the old answer is used if there is one', async t => {
    const { get, asked } = await cachedRoute(t, inOrder([plain('old', old), { status: 500 }]),
      { ...ifError, users: { breaker: { volume: 2, reset: '60s' } } })
    await get(path)
    for (let i = 0; i < 3; i++) assert.equal((await get(path)).text, 'old')
    const calls = asked('users').length
    assert.match((await get(path)).headers['cache-status'], /detail=breaker_open/)
    const none = await get('/api/things/none')
    assert.equal(none.status, 503)
    assert.match(none.text, /"cached":false/)
    assert.equal(asked('users').length, calls)
  })

  test('all who wait get the old answer after one call', async t => {
    const door = gate()
    const { get, arrival, asked } = await cachedRoute(t,
      inOrder([plain('old', old), { fault: 'reset', until: door.opened }]),
      { ...ifError, args: ['--workers', '4'] })
    await get(path)
    const answers = Array.from({ length: 100 }, () => get(path))
    await arrival('users', 2)
    door.open()
    const texts = (await Promise.all(answers)).map(({ status, text }) => [status, text].join())
    assert.deepEqual([...new Set(texts)], ['200,old'])
    assert.ok(asked('users').length < 100)
  })

  test('the old answer is not used if it must be validated, or is too old', async t => {
    const rows = [[{ ...old, 'cache-control': 'max-age=100, must-revalidate' }, '60s'],
      [{ ...old, 'cache-control': 'max-age=100, proxy-revalidate' }, '60s'], [old, '0s'],
      [{ ...old, age: '200' }, '60s']]
    for (const [headers, time] of rows) {
      const { get } = await cachedRoute(t, inOrder([plain('old', { etag: '"a"', ...headers }), { status: 500 }]),
        { cache: { stale_if_error: time } })
      await get(path)
      assert.equal((await get(path)).status, 500, JSON.stringify(headers))
    }
  })

  test('other errors are passed on', async t => {
    for (const status of [400, 403, 404, 429, 501]) {
      const { get } = await cachedRoute(t, inOrder([plain('old', old), { status }]), ifError)
      await get(path)
      assert.equal((await get(path)).status, status)
    }
  })
})

test('fresh answers need no service', async t => {
  const scene = await cachedRoute(t, counted())
  await scene.get(path)
  scene.upstreams.close()
  assert.equal((await scene.get(path)).text, '1')
})
