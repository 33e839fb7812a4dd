// The connection to Redis as an operator sees it: URLs of all kinds, and what the log says when it
// fails. Whether Redis is used is seen by the count of a rate limit there.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { host, names } from './lib/names.mjs'
import { startRedis } from './lib/redis.mjs'
import { connectRedis } from './lib/redis_client.mjs'
import { scenario } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const path = '/api/users/1'
const rule = { name: 'all', path: '/api/', key: 'ip', window: '15m', max: 1_000_000 }

// A server with these settings of Redis. This machine may be busy, so Redis may be late.
const stage = (t, redis, { workers = 1, build = 'web', env } = {}) =>
  scenario(t, build, { 'users *': { json: { id: '1' } } }, {
    args: ['--workers', String(workers)], env,
    config: { login: 'off', rate_limits: [rule],
      redis: { timeout: '5s', connect_timeout: '5s', ...redis } },
  })

const events = server => server.lines().filter(({ event }) => event.startsWith('redis'))
  .map(({ time, ...more }) => more)

const count = redis => redis.send('GET', 'rate_limit:all:127.0.0.1')

// The first request is already counted in Redis.
async function expectCounted(t, redis, settings) {
  const { get, server } = await stage(t, settings)
  assert.equal((await get(path)).status, 200)
  assert.equal(await count(redis), '1')
  await server.stop()
  assert.deepEqual(events(server), [])
}

describe('the server uses Redis', { concurrency: 2 }, () => {
  test('on a port, with a password and a database', async t => {
    const redis = await startRedis(t, { settings: { requirepass: 'p@ss/word' } })
    await redis.send('SELECT', '3')
    await expectCounted(t, redis, { url: `redis://:p%40ss%2Fword@127.0.0.1:${redis.port}/3` })
  })

  test('on a unix socket', async t => {
    const redis = await startRedis(t, { isSocket: true })
    await expectCounted(t, redis, { url: redis.url })
  })

  test('over TLS, by its name', async t => {
    const { caFile, sign } = authority(t)
    const redis = await startRedis(t, { tls: { caFile, ...sign(['DNS:localhost', 'IP:127.0.0.1']) } })
    await expectCounted(t, redis, { url: `rediss://localhost:${redis.port}`, ca_file: caFile })
  })
})

describe('the server works without Redis', { concurrency: 2 }, () => {
  const reasonOf = async (t, settings) => {
    const { get, server } = await stage(t, settings)
    assert.equal((await get(path)).status, 200)
    await server.stop()
    return events(server).map(({ event, reason }) => [event, reason])
  }

  test('when the certificate is for another name', async t => {
    const { caFile, sign } = authority(t)
    const redis = await startRedis(t, { tls: { caFile, ...sign(['DNS:other.example']) } })
    assert.deepEqual(await reasonOf(t, { url: `rediss://localhost:${redis.port}`, ca_file: caFile }),
      [['redis_down', 'tls']])
  })

  test('when the password is wrong, which no line of the log shows', async t => {
    const redis = await startRedis(t, { settings: { requirepass: 'right' } })
    const { get, server } = await stage(t, { url: `redis://bff:hidden-word@127.0.0.1:${redis.port}` })
    assert.equal((await get(path)).status, 200)
    await server.stop()
    assert.deepEqual(events(server),
      [{ event: 'redis_down', reason: 'auth', address: `127.0.0.1:${redis.port}` }])
    assert.doesNotMatch(JSON.stringify(server.lines()), /hidden-word/)
  })

  test('when it is a cluster, and says so', async t => {
    const redis = await startRedis(t, { settings: { 'cluster-enabled': 'yes' } })
    assert.deepEqual(await reasonOf(t, { url: redis.url }), [['redis_down', 'cluster']])
  })
})

test('four workers log each change of Redis once', async t => {
  const redis = await startRedis(t)
  const { get, server } = await stage(t, { url: redis.url }, { workers: 4 })
  const down = { event: 'redis_down', reason: 'reset', address: `127.0.0.1:${redis.port}` }
  const health = async () => {
    const { time, ...check } = JSON.parse((await get('/health')).text).checks.redis[0]
    return check
  }
  assert.deepEqual(await health(), { status: 'pass' })
  await redis.kill()
  await eventually(() => events(server).length === 1, 'redis_down')
  await eventually(async () => (await health()).status === 'fail', '/health to say so')
  assert.match((await health()).output, /^(reset|connect)$/)
  assert.equal((await get(path)).status, 200)
  await redis.restart()
  await eventually(() => events(server).length === 2, 'redis_up')
  assert.deepEqual(await health(), { status: 'pass' })
  const before = await count(redis)
  for (let i = 0; i < 20; i++) await get(path)
  assert.equal(Number(await count(redis)), Number(before) + 20)
  await server.stop()
  assert.deepEqual(events(server), [down, { event: 'redis_up' }])
})

test('a name that has another address is followed at the next connection', async t => {
  const old = await startRedis(t)
  await startRedis(t, { settings: { bind: '127.0.0.2', port: old.port } })
  const { send, close } = await connectRedis({ host: '127.0.0.2', port: old.port })
  t.after(close)
  const naming = names(t, ['127.0.0.1'])
  const { get, server } = await stage(t, { url: `redis://${host}:${old.port}` },
    { build: 'names', env: naming.env })
  await get(path)
  assert.equal(await count(old), '1')
  naming.set(['127.0.0.2'])
  await old.kill()
  await eventually(() => events(server).length === 2, 'redis_up')
  await get(path)
  assert.equal(await count({ send }), '1')
})
