// A request that changes data invalidates what is stored for its path.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cachedRoute, old, path, plain } from './lib/caching.mjs'
import { gate } from './lib/wait.mjs'

// GET is answered with the number of its call, and all others with `row`.
function stage(t, row = { status: 204 }, options = {}) {
  let count = 0
  return cachedRoute(t, { async send({ req, res }) {
    if (req.method === 'GET') {
      const text = String(++count)
      if (options.until) await options.until
      res.writeHead(200, { 'content-type': 'text/plain', 'content-length': text.length }).end(text)
    } else {
      res.writeHead(row.status, row.headers).end()
    }
  } }, options)
}

describe('what is stored is fetched again after', { concurrency: 4 }, () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    test(`a ${method}, for all users and with all queries`, async t => {
      const { get } = await stage(t)
      const all = async () => {
        const texts = []
        for (const as of ['u1', 'u2']) {
          for (const query of ['', '?a=1']) texts.push((await get(path + query, { as })).text)
        }
        texts.push((await get('/api/things/2')).text)
        return texts.join(' ')
      }
      assert.deepEqual([await all(), await all()], ['1 2 3 4 5', '1 2 3 4 5'])
      assert.equal((await get(path, { method, as: 'u1' })).status, 204)
      assert.equal(await all(), '6 7 8 9 5')
    })
  }

  test('a change whose answer names it', async t => {
    const { get } = await stage(t, { status: 201, headers: { location: '/api/things/7',
      'content-location': '//elsewhere.example/api/things/8' } })
    const texts = async () => [(await get('/api/things/7')).text, (await get('/api/things/8')).text]
    assert.deepEqual(await texts(), ['1', '2'])
    await get('/api/things/', { method: 'POST' })
    assert.deepEqual(await texts(), ['3', '2'])
  })

  test('a change through another route, which has no cache', async t => {
    const things = { path: '/api/things/', service: 'users', to: '/things/', access: 'public' }
    const { get } = await stage(t, undefined, { config: { routes: [
      { ...things, methods: ['GET'], cache: { ttl: '60s' } }, { ...things, methods: ['POST'] }] } })
    assert.deepEqual([(await get(path)).text, (await get(path)).text], ['1', '1'])
    await get(path, { method: 'POST' })
    assert.equal((await get(path)).text, '2')
  })

  test('a change that was made while it was fetched', async t => {
    const door = gate()
    const { get, arrival } = await stage(t, undefined, { until: door.opened })
    const first = get(path)
    await arrival('users')
    await get(path, { method: 'PUT' })
    door.open()
    assert.equal((await first).text, '1')
    assert.equal((await get(path)).text, '2')
  })
})

test('a change makes an old answer useless that was kept for a failure of the service', async t => {
  const door = gate()
  const { get, arrival } = await cachedRoute(t, ({ method, nth }) =>
    method === 'PUT' ? { status: 204 } : nth === 0 ? plain('before', old) : { status: 503, until: door.opened },
  { cache: { stale_if_error: '60s' } })
  await get(path)
  const second = get(path)
  await arrival('users', 2)
  assert.equal((await get(path, { method: 'PUT' })).status, 204)
  door.open()
  assert.equal((await second).status, 503)
})

test('a change that was refused, or that failed, invalidates nothing', async t => {
  for (const status of [400, 404, 409, 500]) {
    const { get } = await stage(t, { status })
    await get(path)
    assert.equal((await get(path, { method: 'POST' })).status, status)
    assert.equal((await get(path)).text, '1')
  }
})

test('the answer to a change is never stored', async t => {
  const { get, asked } = await cachedRoute(t, plain('x', { 'cache-control': 'max-age=60' }))
  for (let i = 0; i < 2; i++) await get(path, { method: 'POST', body: '1' })
  assert.equal(asked('users').length, 2)
})
