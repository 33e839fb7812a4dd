// Usage plans of API keys: so many requests at once, so many in a second, and so many in a day, a week
// or a month.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { startRedis } from './lib/redis.mjs'
import { scenario, scratch } from './lib/scenario.mjs'
import { inParallel } from './lib/wait.mjs'

const where = '/api/users/1'
const users = { 'users *': { json: { id: '1' } } }
const digest = key => createHash('sha256').update(key).digest('hex')
const owners = { 'k-shop': 'shop', 'k-shop2': 'shop', 'k-till': 'till' } // key: name

// A server whose keys all have the plan `plan`.
async function planned(t, plan, { redis, config, file = path.join(scratch(t), 'keys.yaml'), ...more } = {}) {
  writeFileSync(file, JSON.stringify(Object.entries(owners).map(([key, name]) =>
    ({ name, sha256: digest(key), plan: 'basic' }))))
  const store = redis ? { redis: { url: redis.url, timeout: '10s', connect_timeout: '5s' } } : {}
  const scene = await scenario(t, 'web', users, { ...more, config: { ...store, ...config,
    api_keys: { file, plans: { basic: plan } },
    routes: [{ path: '/api/users/', service: 'users', to: '/users/', access: 'key' }] } })
  const by = (key = 'k-shop') => scene.get(where, { as: null, headers: { 'x-api-key': key } })
  return { ...scene, by, file }
}

const tally = answers => answers.reduce((all, { status }) => ({ ...all, [status]: (all[status] ?? 0) + 1 }), {})

const besiege = (scenes, count, key) => inParallel(32, Array.from({ length: count }),
  (_, i) => scenes[i % scenes.length].by(key))

const limitsOf = ({ headers }) => ['policy', 'limit', 'remaining'].map(name => headers[`ratelimit-${name}`])

// A rate so slow that no token comes during a test.
const slow = { rate: '1/m', burst: 200 }

describe('a rate', { concurrency: 2 }, () => {
  test('allows the burst, and then what comes with time', async t => {
    const { by } = await planned(t, slow)
    const first = await by()
    assert.deepEqual(limitsOf(first), ['200;w=12500', '200', '199'])
    assert.deepEqual(tally(await besiege([{ by }], 249)), { 200: 199, 429: 50 })
    const { status, body, headers } = await by()
    assert.deepEqual([status, body.error],
      [429, 'Too many requests from this IP, please try again later.'])
    assert.ok(Number(headers['retry-after']) >= 1 && Number(headers['retry-after']) <= 63)
    assert.equal((await by('k-till')).status, 200)
  })

  test('is shared by all keys of one name', async t => {
    const { by } = await planned(t, { rate: '1/m', burst: 3 })
    const statuses = []
    for (const key of ['k-shop', 'k-shop2', 'k-shop', 'k-shop2']) statuses.push((await by(key)).status)
    assert.deepEqual(statuses, [200, 200, 200, 429])
  })

  test('comes after limits by address, and before limits by key', async t => {
    const limit = (name, key, max) => ({ name, path: '/api/', key, window: '15m', max })
    const { by, server } = await planned(t, { rate: '1/m', burst: 4 },
      { config: { rate_limits: [limit('ip', 'ip', 5), limit('key', 'api_key', 3)] } })
    const limits = []
    for (let i = 0; i < 6; i++) limits.push((await by()).headers['ratelimit-limit'])
    await server.stop()
    const refused = server.lines().filter(({ event }) => event === 'request').map(({ limit }) => limit ?? '')
    assert.deepEqual(refused.sort(), ['', '', '', 'ip', 'key', 'plan:basic'])
    assert.deepEqual(limits, ['3', '3', '3', '3', '4', '5'])
  })
})

describe('a quota', { concurrency: 2 }, () => {
  test('shows the tighter of quota and rate', async t => {
    const { by } = await planned(t, { rate: '1/m', burst: 3, quota: { max: 100, per: 'week' } })
    assert.deepEqual(limitsOf(await by()), ['3;w=188', '3', '2'])
    const other = await planned(t, { rate: '1/m', burst: 30, quota: { max: 2, per: 'week' } })
    assert.deepEqual(limitsOf(await other.by()), ['2;w=604800', '2', '1'])
    await other.by()
    const refused = await other.by()
    assert.deepEqual([refused.status, ...limitsOf(refused)], [429, '2;w=604800', '2', '0'])
    assert.ok(Number(refused.headers['retry-after']) <= 604800)
  })

  test('counts only what the rate has allowed', async t => {
    const redis = await startRedis(t)
    const { by } = await planned(t, { rate: '1/m', burst: 5, quota: { max: 100, per: 'month' } }, { redis })
    assert.deepEqual(tally(await besiege([{ by }], 30)), { 200: 5, 429: 25 })
    const value = await redis.send('GET', 'rate_limit:plan:basic:quota:api_key=shop')
    assert.match(value, /^c \d+ \d+ \d+ \d+ \d+ 5$/)
  })
})

describe('in Redis', { concurrency: 2 }, () => {
  test('two servers share a plan exactly', async t => {
    const redis = await startRedis(t)
    const scenes = [await planned(t, slow, { redis }), await planned(t, slow, { redis })]
    assert.deepEqual(tally(await besiege(scenes, 260)), { 200: 200, 429: 60 })
    assert.equal((await scenes[1].by('k-till')).status, 200)
  })

  test('a quota survives a restart', async t => {
    const redis = await startRedis(t)
    const plan = { quota: { max: 3, per: 'month' } }
    const before = await planned(t, plan, { redis })
    for (let i = 0; i < 2; i++) assert.equal((await before.by()).status, 200)
    await before.server.stop()
    const after = await planned(t, plan, { redis })
    const statuses = []
    for (let i = 0; i < 2; i++) statuses.push((await after.by()).status)
    assert.deepEqual(statuses, [200, 429])
    assert.ok(await redis.send('PTTL', 'rate_limit:plan:basic:quota:api_key=shop') > 0)
  })

  test('a quota in memory does not', async t => {
    const plan = { quota: { max: 1, per: 'month' } }
    const before = await planned(t, plan)
    assert.deepEqual([(await before.by()).status, (await before.by()).status], [200, 429])
    await before.server.stop()
    assert.equal((await (await planned(t, plan)).by()).status, 200)
  })
})
