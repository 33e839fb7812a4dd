// Rate limits in Redis: several instances share the counts, and each counts alone while Redis does not
// answer.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { constants } from 'node:http2'
import { describe, test } from 'node:test'

import { startRedis } from './lib/redis.mjs'
import { scenario } from './lib/scenario.mjs'
import { eventually, inParallel } from './lib/wait.mjs'

const document = new URL('../../docs/redis.md', import.meta.url)
const path = '/api/users/1'
const fixed = { name: 'api', path: '/api/', key: 'ip', window: '15m', max: 100 }
const key = 'rate_limit:api:127.0.0.1'
const users = { 'users *': { json: { id: '1' } } }

// A server that counts these rules in `redis`. It is patient, so that on a busy machine no request is
// counted elsewhere.
function instance(t, { url }, { rules = [fixed], workers = 1, timeout = '10s', config, ...more } = {}) {
  const redis = { url, timeout, connect_timeout: '5s' }
  return scenario(t, 'web', users, { args: ['--workers', String(workers)],
    config: { login: 'off', rate_limits: rules, redis, ...config }, ...more })
}

// How many answers have each status: { 200: 100, 429: 20 }.
function tally(answers) {
  const counts = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const events = server => server.lines()
  .filter(({ event }) => event.startsWith('redis')).map(({ event }) => event)

const besiege = (scenes, count, connections = 64) => inParallel(connections,
  Array.from({ length: count }), (_, i) => scenes[i % scenes.length].get(path))

describe('one limit for all', { concurrency: 2 }, () => {
  test('instances: 100 requests are allowed, and not 200', async t => {
    const redis = await startRedis(t)
    const scenes = [await instance(t, redis), await instance(t, redis)]
    const answers = await besiege(scenes, 240)
    assert.deepEqual(tally(answers), { 200: 100, 429: 140 })
    assert.equal(await redis.send('GET', key), '240')
  })

  test('workers and connections', async t => {
    const scene = await instance(t, await startRedis(t, { isSocket: true }), { workers: 4 })
    assert.deepEqual(tally(await besiege([scene], 160)), { 200: 100, 429: 60 })
  })

  test('streams of an HTTP/2 connection', async t => {
    const { http2 } = await instance(t, await startRedis(t), { rules: [{ ...fixed, max: 20 }] })
    const client = await http2()
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.ask(path)))
    assert.deepEqual(tally(answers), { 200: 20, 429: 30 })
  })

  test('instances, but not what the file counts in memory', async t => {
    const redis = await startRedis(t)
    const config = { rate_limit_store: { use: 'memory' } }
    const rules = [{ ...fixed, max: 5 }]
    const scenes = [await instance(t, redis, { rules, config }), await instance(t, redis, { rules, config })]
    assert.deepEqual(tally(await besiege(scenes, 20, 1)), { 200: 10, 429: 10 })
    assert.equal(await redis.send('DBSIZE'), 0)
  })
})

// An algorithm for each rule.
const sorts = {
  sliding: { window: '10m', max: 6, sliding: true },
  tokens: { rate: '1/m', burst: 4 },
  leaky: { rate: '2/m', burst: 5, delay: 'off' },
  calendar: { hour: 8, day: 7 },
  fixed: { window: '5m', max: 3 },
}

describe('counts in Redis', { concurrency: 2 }, () => {
  test('as in memory, by every algorithm and with the same fields', async t => {
    const redis = await startRedis(t)
    const rules = Object.entries(sorts).map(([name, sort]) =>
      ({ name, path: `/api/users/${name}`, key: 'ip', ...sort }))
    const config = { rate_limit_store: { use: 'memory' } }
    const scenes = [await instance(t, redis, { rules }), await instance(t, redis, { rules, config })]
    for (const name of Object.keys(sorts)) {
      for (let i = 0; i < 10; i++) {
        const [ours, memory] = await Promise.all(scenes.map(({ get }) => get(`/api/users/${name}`)))
        const fields = ({ status, headers }) => [status, headers['ratelimit-policy'],
          headers['ratelimit-limit'], headers['ratelimit-remaining']]
        assert.deepEqual(fields(ours), fields(memory), `${name} ${i}`)
        const [a, b] = [ours, memory].map(({ headers }) => Number(headers['ratelimit-reset']))
        const mayDiffer = name === 'sliding' // its windows begin by the clock, and memory has another one
        assert.ok(mayDiffer || Math.abs(a - b) <= 1, `${name} ${i}: ${a} and ${b}`)
      }
    }
    const keys = (await redis.send('KEYS', '*')).sort()
    assert.deepEqual(keys, Object.keys(sorts).map(name => `rate_limit:${name}:127.0.0.1`).sort())
    for (const each of keys) assert.ok(await redis.send('PTTL', each) > 0, each)
  })

  test('with the rights that the documents name', async t => {
    const [, user] = /`user (bff on >secret .*)`/.exec(readFileSync(document, 'utf8'))
    const { port, send } = await startRedis(t, { settings: { user: user.split(' ') } })
    const rules = Object.entries(sorts).map(([name, sort]) => ({ name, path: '/api/', key: 'ip', ...sort }))
    const { get, server } = await instance(t, { url: `redis://bff:secret@127.0.0.1:${port}` }, { rules })
    for (let i = 0; i < 3; i++) assert.equal((await get(path)).status, 200)
    assert.equal(await send('DBSIZE'), rules.length)
    assert.deepEqual(events(server), [])
  })

  test('and a delay of nginx follows the count', async t => {
    const rules = [{ name: 'slow', path: '/api/', key: 'ip', rate: '2/s', burst: 5, delay: 0 }]
    const { get } = await instance(t, await startRedis(t), { rules })
    const began = performance.now()
    for (let i = 0; i < 2; i++) assert.equal((await get(path)).status, 200)
    assert.ok(performance.now() - began >= 490)
  })

  test('by network, user, header and route', async t => {
    const redis = await startRedis(t)
    const named = (name, of) => ({ ...fixed, name, key: of })
    const { get } = await instance(t, redis, { config: { login: undefined },
      listen: ['http://[::1]:0'], rules: [named('net', 'ip'), named('who', 'user'),
        named('client', 'header:X-Client'), named('both', ['route', 'ip'])] })
    assert.equal((await get(path, { as: 'u1', headers: { 'x-client': 'app' } })).status, 200)
    assert.deepEqual((await redis.send('KEYS', '*')).sort(), ['rate_limit:both:route=/api/users/|::/64',
      'rate_limit:client:x-client=app', 'rate_limit:net:::/64', 'rate_limit:who:user=u1'])
  })

  test('all rules of a request in one step, up to the first that refuses', async t => {
    const redis = await startRedis(t)
    const rule = (name, max, more) => ({ ...fixed, name, max, ...more })
    const { get } = await instance(t, redis, { rules: [rule('first', 5), rule('tried', 2, { dry_run: true }),
      rule('second', 3), rule('third', 100)] })
    const answers = []
    for (let i = 0; i < 7; i++) answers.push(await get(path))
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 429, 429, 429, 429])
    const values = await redis.send('MGET', ...['first', 'tried', 'second', 'third']
      .map(name => `rate_limit:${name}:127.0.0.1`))
    assert.deepEqual(values, ['7', '5', '5', '3'])
    assert.match(await redis.send('INFO', 'commandstats'), /cmdstat_evalsha:calls=7,|cmdstat_eval:calls=1,/)
  })
})

describe('without Redis', { concurrency: 2 }, () => {
  test('each instance counts alone, and in Redis again when it is there', async t => {
    const redis = await startRedis(t)
    await redis.kill()
    const { get, server } = await instance(t, redis, { rules: [{ ...fixed, max: 3 }] })
    const statuses = []
    for (let i = 0; i < 5; i++) statuses.push((await get(path)).status)
    assert.deepEqual(statuses, [200, 200, 200, 429, 429])

    await redis.restart()
    await eventually(async () => (await get(path)).status === 200, 'a count in Redis')
    assert.ok(Number(await redis.send('GET', key)) >= 1)
    await server.stop()
    assert.deepEqual(events(server), ['redis_down', 'redis_up'])
  })

  test('a frozen one costs one request its deadline, and the next ones nothing', async t => {
    const redis = await startRedis(t)
    const { get, server } = await instance(t, redis, { timeout: '400ms' })
    assert.equal((await get(path)).status, 200)
    redis.freeze()
    for (let i = 0; i < 20; i++) assert.equal((await get(path)).status, 200)
    redis.thaw()
    await eventually(async () => await redis.send('GET', key) !== '1', 'Redis to read what was sent')
    assert.equal(await redis.send('GET', key), '2')
    await eventually(async () => {
      await get(path)
      return await redis.send('GET', key) !== '2'
    }, 'a count in Redis')
    await server.stop()
    const frozen = server.lines().filter(line => line.event === 'request').slice(1, 21)
    assert.ok(frozen[0].duration_ms >= 390, `${frozen[0].duration_ms} ms`)
    assert.deepEqual(events(server), ['redis_down', 'redis_up'])
  })

  test('a server that stops still answers who waits for a count', async t => {
    const redis = await startRedis(t)
    const { http2, server } = await instance(t, redis, { timeout: '400ms' })
    const client = await http2()
    assert.equal((await client.ask(path)).status, 200)
    redis.freeze()
    const answer = client.ask(path)
    await client.ask('/health') // the requests of a connection begin in their order
    const stopped = server.stop()
    assert.equal((await answer).status, 200)
    client.close()
    await stopped
    redis.thaw()
  })

  test('a client may leave while its request is counted', async t => {
    const redis = await startRedis(t)
    const { http2, get, server } = await instance(t, redis)
    const client = await http2()
    assert.equal((await get(path)).status, 200)
    redis.freeze()
    const stream = client.open(path)
    stream.on('error', () => undefined)
    await client.ask('/health') // the requests of a connection begin in their order
    stream.close(constants.NGHTTP2_CANCEL)
    await eventually(() => server.lines().some(({ status }) => status === 499), 'the client to be gone')
    redis.thaw()
    assert.equal((await get(path)).status, 200)
    assert.equal(await redis.send('GET', key), '3')
  })
})
