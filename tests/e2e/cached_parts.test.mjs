// Parts whose answers are used again (.cache_s, .stale_s, .shared), in pages of bff-places.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { startRedis } from './lib/redis.mjs'
import { faults } from './lib/reply.mjs'
import { product, user } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'
import { eventually, gate } from './lib/wait.mjs'

const shop = {
  'users *': { json: user('u1') },
  'products *': ({ url }) => ({ json: product(url.slice('/products/'.length)) }),
  'notifications *': { json: [] },
}

// A server of the pages with a cache, whose services answer as in `plan`. It has one worker, so that the
// log has the pages in their order.
const stage = (t, plan, { config, workers = 1, ...options } = {}) =>
  scenario(t, 'places', { ...shop, ...plan }, { isUnguarded: true, args: ['--workers', workers],
    config: { cache: {}, ...config }, ...options })

// What the log says about a part of each page: "hit", or "miss timeout" when it was rejected.
const told = (server, part = 'user') => server.lines().filter(({ event }) => event === 'request')
  .map(({ parts }) => [parts[part].cache, parts[part].outcome].filter(word => word !== 'ok').join(' '))

const statusOf = ({ headers }) => headers['cache-status']
const wellAt = (text, headers) => ({ json: { id: 'u1', text }, headers })

describe('a cached part', { concurrency: 4 }, () => {
  test('is asked once, and later pages use its answer', async t => {
    const { get, asked, server } = await stage(t)
    const first = await get('/api/cached/u1')
    const second = await get('/api/cached/u1')
    assert.equal(first.status, 200)
    assert.equal(second.text, first.text)
    assert.deepEqual(second.body.products.map(({ id }) => id), ['p1', 'p2', 'p3', 'p1'])
    assert.deepEqual(['users', 'products', 'notifications'].map(name => asked(name).length), [1, 3, 2])
    assert.equal(statusOf(first), 'bff-places; fwd=miss; stored; detail=user, ' +
      'bff-places; fwd=miss; stored; detail=products, bff-places; fwd=bypass; detail=notifications')
    assert.match(statusOf(second), /^bff-places; hit; ttl=\d+; detail=user, bff-places; hit; ttl=\d+; /)
    await server.stop()
    assert.deepEqual(told(server), ['miss', 'hit'])
    assert.deepEqual(told(server, 'products'), ['miss', 'hit'])
    assert.deepEqual(told(server, 'notifications'), ['', ''])
  })

  test('is asked again for another user, unless all users share it', async t => {
    const { get, asked } = await stage(t)
    for (const as of ['u1', 'u2', { id: 'u1', role: 'editor' }, 'u2']) await get('/api/cached/u1', { as })
    assert.deepEqual(asked('users').map(({ headers }) => [headers['x-user-id'], headers['x-user-role']]),
      [['u1', 'customer'], ['u2', 'customer'], ['u1', 'editor']])
    assert.deepEqual(asked('products').map(({ headers }) => headers['x-user-id']), Array(3).fill(undefined))
  })

  test('is another one for another language', async t => {
    const { get, asked } = await stage(t)
    for (const language of ['de', 'fr', 'de'])
      await get('/api/quick/u1', { headers: { 'accept-language': language } })
    assert.deepEqual(asked('users').map(({ headers }) => headers['accept-language']), ['de', 'fr'])
  })

  test('that passes a credential on is not shared, and otherwise has it in its key', async t => {
    const { get, asked, server } = await stage(t)
    for (const cookie of ['a=1', 'a=2', 'a=2'])
      await get('/api/passing/u1', { headers: { cookie }, as: null })
    assert.equal((await get('/api/passing/u1', { as: null })).status, 200)
    const cookies = asked('users').map(({ headers }) => headers.cookie).sort()
    assert.deepEqual(cookies, ['a=1', 'a=1', 'a=2', 'a=2', 'a=2', undefined, undefined])
    await server.stop()
    assert.deepEqual(told(server, 'shared'), ['bypass', 'bypass', 'bypass', 'miss'])
    assert.deepEqual(told(server, 'own'), ['miss', 'miss', 'hit', 'miss'])
  })

  for (const rule of ['no-store', 'private', 'private="x"']) {
    test(`is asked each time when the service says ${rule}`, async t => {
      const { get, asked, server } = await stage(t,
        { 'users *': wellAt('mine', { 'cache-control': rule }) })
      for (const as of ['u1', 'u1', 'u2']) assert.equal((await get('/api/patient/u1', { as })).status, 200)
      assert.equal(asked('users').length, 3)
      await server.stop()
      assert.deepEqual(told(server), ['miss', 'bypass', 'miss'])
    })
  }

  test('is never stored when it is no good answer', async t => {
    for (const name of ['status 500', 'status 404', 'redirect', 'bad JSON', 'cut short', 'gzip']) {
      const { get, asked } = await stage(t, { 'users *': [{ fault: name }, { json: user('u1') }] })
      assert.deepEqual((await get('/api/quick/u1')).body.errors.user, faults[name].error, name)
      assert.deepEqual((await get('/api/quick/u1')).body.user, user('u1'), name)
      assert.equal(asked('users').length, 2, name)
    }
  })

  test('is never stored when the service says nothing', async t => {
    const { get, asked } = await stage(t, { 'users *': { status: 204 } })
    for (let i = 0; i < 2; i++) assert.deepEqual((await get('/api/quick/u1')).body.user, null)
    assert.equal(asked('users').length, 2)
  })

  test('is asked again after a change through a plain route', async t => {
    const { get, asked } = await stage(t, {}, { config: { routes: [
      { path: '/api/users/', service: 'users', to: '/users/', access: 'signed-in' }] } })
    const load = async (as, id) => { await get(`/api/quick/${id}`, { as }); return asked('users').length }
    assert.deepEqual([await load('u1', 'u1'), await load('u2', 'u1'), await load('u1', 'u2')], [1, 2, 3])
    assert.equal((await get('/api/users/u1', { method: 'PUT', body: '{}' })).status, 200)
    assert.deepEqual([await load('u1', 'u1'), await load('u2', 'u1'), await load('u1', 'u2')], [5, 6, 6])
  })

  test('is asked again after a change whose path is spelt in another way', async t => {
    const { get, asked } = await stage(t, {}, { config: { routes: [
      { path: '/api/users/', service: 'users', to: '/users/', access: 'signed-in' }] } })
    for (const id of ['ada@mail.example', 'ada%40mail.example']) {
      const before = asked('users').length
      for (const _ of [1, 2]) await get('/api/quick/ada@mail.example')
      await get(`/api/users/${id}`, { method: 'PUT', body: '{}' })
      await get('/api/quick/ada@mail.example')
      assert.equal(asked('users').length - before, before === 0 ? 3 : 2)
    }
  })

  for (const headers of [{}, { 'cache-control': 'no-store' }]) {
    test(`that was asked before a change is not for a page that comes later ${JSON.stringify(headers)}`, async t => {
      const door = gate()
      const { get, arrival, asked } = await stage(t, { 'users *': ({ method, nth }) =>
        method === 'PUT' ? { status: 204 } : nth === 0 ? { ...wellAt('before', headers), until: door.opened }
          : wellAt('after', headers) },
      { config: { routes: [{ path: '/api/users/', service: 'users', to: '/users/', access: 'signed-in' }] } })
      const first = get('/api/patient/u1')
      await arrival('users')
      assert.equal((await get('/api/users/u1', { method: 'PUT', body: '{}' })).status, 204)
      const later = [get('/api/patient/u1'), get('/api/patient/u1')]
      await eventually(() => asked('notifications').length === 3, 'all three pages')
      door.open()
      assert.equal((await first).body.user.text, 'before')
      for (const page of later) assert.equal((await page).body.user.text, 'after')
    })
  }

  test('with an ETag is validated, and a 304 saves its bytes', async t => {
    const old = { 'cache-control': 'no-cache', etag: '"1"' }
    const { get, asked } = await stage(t, { 'users *': [wellAt('one', old),
      { status: 304, headers: { etag: '"1"' } }, wellAt('two', { etag: '"2"' })] })
    const texts = []
    for (let i = 0; i < 4; i++) texts.push((await get('/api/quick/u1')).body.user.text)
    assert.deepEqual(texts, ['one', 'one', 'two', 'two'])
    assert.deepEqual(asked('users').map(({ headers }) => headers['if-none-match']),
      [undefined, '"1"', '"1"'])
  })
})

describe('an answer that is too old', { concurrency: 4 }, () => {
  const old = { 'cache-control': 'max-age=0' } // it may be stale as long as the row says

  test('is used at once, and a new one is fetched in the background', async t => {
    const door = gate()
    const { get, asked, arrival, server } = await stage(t,
      { 'users *': [wellAt('one', old), { ...wellAt('two'), until: door.opened }] })
    await get('/api/quick/u1')
    const stale = await get('/api/quick/u1')
    assert.equal(stale.body.user.text, 'one')
    assert.equal(stale.body.partialFailure, false)
    assert.match(stale.headers['server-timing'], /^user;dur=\d+\.\d;desc="stale"$/)
    assert.match(statusOf(stale), /^bff-places; hit; ttl=-\d; detail="user stale"$/)
    await arrival('users', 2)
    await get('/api/quick/u1') // finds the refresh under way
    door.open()
    await eventually(async () => (await get('/api/quick/u1')).body.user.text === 'two', 'the new answer')
    assert.equal(asked('users').length, 2)
    await server.stop()
    assert.deepEqual(told(server).slice(0, 3), ['miss', 'stale', 'stale'])
    assert.equal(told(server).at(-1), 'hit')
  })

  // It may not be used while a new one is fetched, but when the service fails.
  const lasting = { 'cache-control': 'max-age=0, stale-while-revalidate=0, stale-if-error=60' }
  const failures = ['status 500', 'hang', 'drip', 'reset', 'cut short', 'bad JSON', 'gzip']
  for (const name of failures) {
    test(`takes the place of a failure: ${name}`, async t => {
      const { get, server } = await stage(t, { 'users *': [wellAt('one', lasting), { fault: name }] })
      await get('/api/patient/u1')
      const { status, headers, body } = await get('/api/quick/u1')
      assert.deepEqual([status, body.user.text, body.partialFailure], [200, 'one', false])
      assert.equal(headers['cache-control'], 'private, no-cache')
      assert.match(headers['server-timing'], /;desc="stale"$/)
      assert.match(statusOf({ headers }), /^bff-places; fwd=stale; .*detail="user stale"$/)
      assert.equal(headers['proxy-status'], undefined)
      await server.stop()
      assert.deepEqual(told(server), ['miss', 'stale'])
    })
  }

  test('takes the place of a failure: no connection, and an open breaker', async t => {
    const { get, upstreams, server } = await stage(t, { 'users *': wellAt('one', lasting) },
      { isUnguarded: false,
        config: { services: { users: { breaker: { volume: 2 }, retry: 'off', ejection: 'off' } } } })
    await get('/api/patient/u1')
    upstreams.close()
    for (let i = 0; i < 4; i++) assert.equal((await get('/api/quick/u1')).body.user.text, 'one')
    await server.stop()
    assert.ok(server.lines().some(({ event }) => event === 'breaker_open'))
    assert.deepEqual(told(server), ['miss', 'stale', 'stale', 'stale', 'stale'])
  })

  test('does not hide that something is gone', async t => {
    const { get } = await stage(t, { 'users *': [wellAt('one', lasting), { fault: 'status 404' }] })
    await get('/api/patient/u1')
    assert.deepEqual((await get('/api/quick/u1')).body.errors, { user: { reason: 'status', status: 404 } })
  })
})

describe('a call that is late', { concurrency: 4 }, () => {
  test('goes on, and completes the next page', async t => {
    const door = gate()
    const { get, asked, server } = await stage(t, { 'users *': { ...wellAt('one'), until: door.opened } })
    const first = await get('/api/quick/u1')
    assert.deepEqual(first.body.errors, { user: { reason: 'timeout' } })
    assert.equal(statusOf(first), 'bff-places; fwd=miss; detail="user late"')
    const second = get('/api/patient/u1') // waits for the same call
    await eventually(() => asked('notifications').length === 1, 'the second page')
    door.open()
    assert.equal((await second).body.user.text, 'one')
    assert.equal((await get('/api/quick/u1')).body.user.text, 'one')
    assert.equal(asked('users').length, 1)
    await server.stop()
    assert.deepEqual(told(server), ['late timeout', 'collapsed', 'hit'])
  })

  test('ends when too many go on already', async t => {
    const { get, arrival, server } = await stage(t, { 'users *': { fault: 'hang' } },
      { config: { cache: { refreshes: 1 } } })
    await get('/api/quick/u1')
    await get('/api/quick/u2')
    const { gone } = await arrival('users', 2)
    await gone
    await server.stop()
    assert.deepEqual(told(server), ['late timeout', 'miss timeout'])
  })

  test('ends when the client has left', async t => {
    const { leave, arrival } = await stage(t, { 'users *': { fault: 'hang' } })
    const { leave: go } = leave('/api/patient/u1')
    const { gone } = await arrival('users')
    go()
    await gone
  })

  test('is not waited for by a drain', async t => {
    const { get, arrival, server } = await stage(t, { 'users *': { fault: 'hang' } },
      { config: { services: { users: { timeout: { first_byte: '10m', total: '10m' } } } } })
    await get('/api/quick/u1')
    const { gone } = await arrival('users')
    await server.stop()
    await gone
    assert.deepEqual(told(server), ['late timeout'])
  })
})

// Pages of many clients, which wait for one answer. It comes when the other part of so many pages was
// asked.
async function crowd(t, users, count) {
  const some = gate()
  const patient = { first_byte: '20s', total: '20s' }
  const scene = await stage(t, { 'users *': users(some.opened) },
    { workers: 4, config: { services: { users: { timeout: patient } } } })
  scene.upstreams.on('request', () => scene.asked('notifications').length === 100 && some.open())
  const sessions = await Promise.all(Array.from({ length: 20 }, () => scene.http2()))
  const answers = await Promise.all(Array.from({ length: count },
    (_, i) => sessions[i % sessions.length].ask('/api/patient/u1')))
  return { ...scene, answers }
}

const different = list => [...new Set(list)]

const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')

describe('many clients on 4 workers', () => {
  test('cause one call: 1000 of them', async t => {
    const { answers, asked } = await crowd(t, until => ({ ...wellAt('one'), until }),
      isSanitized ? 300 : 1000)
    assert.deepEqual(different(answers.map(({ body }) => body.user?.text)), ['one'])
    assert.equal(asked('users').length, 1)
  })

  test('cause one more when the first one fails half-way', async t => {
    const { answers, asked } = await crowd(t,
      until => [{ fault: 'cut short', until }, wellAt('two')], 300)
    assert.deepEqual(different(answers.map(({ body }) => body.user?.text)), ['two'])
    assert.equal(asked('users').length, 2)
  })

  test('all get their own answer when it may not be shared', async t => {
    let nth = 0
    const { answers, asked } = await crowd(t, until => () =>
      ({ ...wellAt(String(nth++), { 'cache-control': 'no-store' }), until }), 100)
    assert.equal(different(answers.map(({ body }) => body.user?.text)).length, 100)
    assert.equal(asked('users').length, 100)
  })

  test('all get the failure of a service that fails, after few calls', async t => {
    const { answers, asked } = await crowd(t, until => ({ fault: 'status 500', until }), 100)
    assert.deepEqual(different(answers.map(({ status }) => status)), [502])
    assert.ok(asked('users').length <= 8, `${asked('users').length} calls`)
  })
})

describe('servers with one Redis', { concurrency: 2 }, () => {
  const calm = { timeout: '10s', connect_timeout: '10s' } // for a machine that is busy
  const on = (redis, settings) => ({ config: { redis: { url: redis.url, ...settings } } })

  test('share answers, which the second one does not ask for', async t => {
    const redis = await startRedis(t)
    const one = await stage(t, {}, on(redis, calm)), other = await stage(t, {}, on(redis, calm))
    const first = await one.get('/api/cached/u1')
    await eventually(async () => Number(await redis.send('DBSIZE')) >= 4, 'the stored answers')
    const second = await other.get('/api/cached/u1')
    assert.equal(second.text, first.text)
    assert.match(statusOf(second), /^bff-places; hit; ttl=\d+; detail=user, bff-places; hit; /)
    assert.deepEqual(['users', 'products', 'notifications'].map(name => other.asked(name).length), [0, 0, 1])
    assert.equal((await other.get('/api/cached/u1', { as: 'u2' })).status, 200)
    assert.equal(other.asked('users').length, 1)
    await other.server.stop()
    assert.deepEqual(told(other.server), ['hit', 'miss'])
  })

  test('serve without it when it is frozen', async t => {
    const redis = await startRedis(t)
    const { get, asked } = await stage(t, {}, on(redis))
    redis.freeze()
    for (let i = 0; i < 5; i++) assert.equal((await get(`/api/quick/u${i}`)).body.partialFailure, false)
    assert.equal(asked('users').length, 5)
    redis.thaw()
  })
})

test('no user sees the part of another one', async t => {
  const seen = ({ headers }) => ({ json: { id: headers['x-user-id'], role: headers['x-user-role'] } })
  const { get, asked } = await stage(t, { 'users *': seen }, { workers: 4 })
  let seed = 1
  const below = most => (seed = seed * 48271 % 2147483647) % most
  const ask = async () => {
    for (let i = 0; i < 100; i++) {
      const as = { id: `u${below(20)}`, role: `r${below(3)}` }
      const { body } = await get('/api/patient/same', { as })
      assert.deepEqual(body.user, as)
    }
  }
  await Promise.all(Array.from({ length: 10 }, ask))
  assert.ok(asked('users').length <= 60, `${asked('users').length} calls for 60 users and roles`)
})
