// Redis as the second level of the cache of routes: several servers, or one after the other.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cachedRoute, counted, old, path, plain, statusOf } from './lib/caching.mjs'
import { ask } from './lib/client.mjs'
import { admin, asOperator, json } from './lib/operator.mjs'
import { startRedis } from './lib/redis.mjs'
import { eventually } from './lib/wait.mjs'

const calm = { timeout: '10s', connect_timeout: '10s' } // for a machine that is busy
const hosted = { host: 'shop.example' } // the host is in the key

// A server whose service answers with `answer`; `see` asks it for `[status, body, Cache-Status]`.
async function serverOn(t, redis, answer, { settings = calm, config, ...options } = {}) {
  const scene = await cachedRoute(t, answer, { ...options, cache: { shared: true, ...options.cache },
    config: { redis: { url: redis.url, ...settings }, admin, ...config } })
  const get = (asked = {}) =>
    scene.get(asked.path ?? path, { ...asked, headers: { ...hosted, ...asked.headers } })
  const see = async asked => {
    const { status, text, headers } = await get(asked)
    return [status, text, statusOf({ headers })]
  }
  return { ...scene, get, see, calls: () => scene.asked('users').length }
}

const values = async redis => (await redis.send('KEYS', 'cache:[0-9a-f]*')).length
const stored = (redis, count) => eventually(async () => await values(redis) >= count, 'the stored answers')
const hit = text => [200, text, 'bff-web; hit; ttl']
const miss = text => [200, text, 'bff-web; fwd=uri-miss; stored']

describe('with Redis', { concurrency: 3 }, () => {
  test('a server that has just started gives what another one has stored', async t => {
    const redis = await startRedis(t)
    const one = await serverOn(t, redis, counted({ etag: '"a"', 'x-more': 'yes' }))
    assert.deepEqual(await one.see(), miss('1'))
    await stored(redis, 1)
    await one.server.stop()

    const other = await serverOn(t, redis, counted())
    const { status, text, headers } = await other.get()
    assert.deepEqual([status, text, statusOf({ headers })], hit('1'))
    assert.deepEqual([headers.etag, headers['x-more'], Number(headers.age) < 60], ['"a"', 'yes', true])
    assert.equal((await other.get({ headers: { 'if-none-match': '"a"' } })).status, 304)
    assert.equal(other.calls(), 0)
  })

  test('many clients make one call', async t => {
    const redis = await startRedis(t)
    const { see, calls, get } = await serverOn(t, redis, counted())
    await get({ path: '/api/things/other' }) // connects all that is needed
    const answers = await Promise.all(Array.from({ length: 50 }, () => see()))
    assert.deepEqual([...new Set(answers.map(([status, text]) => `${status} ${text}`))], ['200 2'])
    assert.equal(calls(), 2)
  })

  test('each variant is found', async t => {
    const redis = await startRedis(t)
    const speaks = ({ headers }) => plain(headers['accept-language'], { vary: 'accept-language' })
    const one = await serverOn(t, redis, speaks), other = await serverOn(t, redis, speaks)
    const asks = language => ({ headers: { 'accept-language': language } })
    for (const language of ['de', 'fr']) assert.equal((await one.see(asks(language)))[1], language)
    await stored(redis, 3)
    for (const language of ['fr', 'de']) assert.deepEqual(await other.see(asks(language)), hit(language))
    assert.equal(other.calls(), 0)
    assert.equal((await other.see(asks('it')))[1], 'it')
    assert.equal(other.calls(), 1)
  })

  test('an answer for one user is not for another one', async t => {
    const redis = await startRedis(t)
    const names = ({ headers }) => plain(headers['x-user-id'])
    const one = await serverOn(t, redis, names, { cache: { shared: false } })
    const other = await serverOn(t, redis, names, { cache: { shared: false } })
    assert.equal((await one.see({ as: 'u1' }))[1], 'u1')
    await stored(redis, 1)
    assert.equal((await other.see({ as: 'u2' }))[1], 'u2')
    assert.equal(other.calls(), 1)
    assert.equal((await other.see({ as: 'u1' }))[1], 'u1')
    assert.equal(other.calls(), 1)
  })

  test('an old answer is validated, or sent when the service fails', async t => {
    const redis = await startRedis(t), cache = { stale_if_error: '60s' }
    const one = await serverOn(t, redis, counted({ ...old, etag: '"a"' }), { cache })
    await one.see()
    await stored(redis, 1)
    const validating = await serverOn(t, redis, { status: 304, headers: { etag: '"a"' } }, { cache })
    assert.equal((await validating.see())[1], '1')
    assert.equal(validating.asked('users')[0].headers['if-none-match'], '"a"')
    await redis.send('FLUSHALL')
    await one.see({ headers: { 'cache-control': 'no-cache' } })
    await stored(redis, 1)
    const failing = await serverOn(t, redis, { fault: 'reset' }, { cache })
    assert.deepEqual((await failing.see()).slice(0, 2), [200, '2'])
  })

  for (const [what, damage] of [
    ['cut', async (redis, key) => redis.send('SET', key, await redis.send('GETRANGE', key, '0', '99'))],
    ['changed', (redis, key) => redis.send('SETRANGE', key, '120', '\u0001\u0001')],
    ['of another program', (redis, key) => redis.send('SET', key, '{"hello":"world"}')],
    ['of another type', async (redis, key) => { await redis.send('DEL', key); await redis.send('RPUSH', key, 'a') }],
  ]) {
    test(`a value that is ${what} is a miss, and is replaced`, async t => {
      const redis = await startRedis(t)
      const one = await serverOn(t, redis, counted()), other = await serverOn(t, redis, counted())
      await one.see()
      await stored(redis, 1)
      const [key] = await redis.send('KEYS', 'cache:[0-9a-f]*')
      await damage(redis, key)
      assert.deepEqual(await other.see(), miss('1'))
      assert.equal(other.calls(), 1)
      await eventually(async () => await redis.send('TYPE', key) === 'string' &&
        await redis.send('STRLEN', key) > 100, 'a good value')
      const third = await serverOn(t, redis, counted())
      assert.equal(third.calls(), 0)
      assert.deepEqual(await third.see(), hit('1'))
    })
  }

  test('a purge holds for a server that starts later', async t => {
    const redis = await startRedis(t)
    const one = await serverOn(t, redis, counted({ 'cache-tag': 'things' }))
    for (const name of ['a', 'b']) await one.get({ path: `/api/things/${name}` })
    await stored(redis, 2)
    assert.equal((await ask(one.server.ready.admin, '/api/things/a', { method: 'PURGE', headers: asOperator })).status, 200)
    const other = await serverOn(t, redis, counted())
    assert.deepEqual(await other.see({ path: '/api/things/a' }), miss('1'))
    assert.deepEqual(await other.see({ path: '/api/things/b' }), hit('2'))
    await ask(other.server.ready.admin, '/cache/purge', { method: 'POST',
      headers: json, body: '{"tag":"things"}' })
    const third = await serverOn(t, redis, counted())
    assert.deepEqual(await third.see({ path: '/api/things/b' }), miss('1'))
  })

  test('that is frozen or killed, the service is asked', async t => {
    const redis = await startRedis(t)
    const { see, calls } = await serverOn(t, redis, counted(), { settings: { timeout: '50ms' } })
    redis.freeze()
    for (let i = 1; i <= 3; i++)
      assert.deepEqual((await see({ path: `/api/things/f${i}` })).slice(0, 2), [200, String(i)])
    redis.thaw()
    await redis.kill()
    for (let i = 4; i <= 6; i++)
      assert.deepEqual((await see({ path: `/api/things/f${i}` })).slice(0, 2), [200, String(i)])
    assert.equal(calls(), 6)
  })

  test('but cache.redis: false, nothing is stored there', async t => {
    const redis = await startRedis(t)
    const { see } = await serverOn(t, redis, counted(), { config: { cache: { redis: false } } })
    assert.deepEqual(await see(), miss('1'))
    assert.deepEqual(await see(), hit('1'))
    assert.equal(await redis.send('DBSIZE'), 0)
  })
})
