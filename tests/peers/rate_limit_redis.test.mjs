// Rate limits beside the real express-rate-limit with rate-limit-redis, on one Redis: the same answers,
// and one counter for both. LIMITS_SEED=n tries other requests.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ask } from '../e2e/lib/client.mjs'
import { random } from '../e2e/lib/random.mjs'
import { startRedis } from '../e2e/lib/redis.mjs'
import { scenario } from '../e2e/lib/scenario.mjs'
import { eventually, inParallel } from '../e2e/lib/wait.mjs'
import { startExpress } from './lib/express.mjs'

const requests = 500
const seed = Number(process.env.LIMITS_SEED ?? 1)
const minutes = 15
const rules = [{ name: 'api', path: '/api/', max: 100 }, { name: 'login', path: '/api/auth/login', max: 10 }]

// Both, on one Redis: { redis, ours, theirs }.
async function both(t, { prefix, store = 'rate-limit-redis' }) {
  const redis = await startRedis(t)
  const { url: ours } = await scenario(t, 'web', { 'users *': { json: { id: '1' } },
    'auth *': { json: { id: '1' } } }, { keepsRecords: false,
    config: { login: 'off', redis: { url: redis.url, timeout: '10s', connect_timeout: '5s' },
      trusted_proxies: ['127.0.0.0/8'],
      rate_limits: rules.map(rule => ({ ...rule, key: 'ip', window: `${minutes}m` })) } })
  const theirs = await startExpress(t, { redis: redis.url, store, rules: rules.map(
    ({ name, path, max: limit }) => ({ path, limit, prefix: `${prefix}:${name}:`, windowMs: minutes * 60_000 }))
  })
  return { redis, ours, theirs }
}

const addresses = ['192.0.2.1', '192.0.2.1', '192.0.2.2', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9',
  '2001:db8::1', '::ffff:192.0.2.1']
const pages = [['GET', '/api/users/1'], ['GET', '/api/users/1'], ['POST', '/api/auth/login']]

const send = (url, [method, path], address) =>
  ask(url, path, { method, headers: { 'x-forwarded-for': address } })

// What must be the same, and the times, which may differ by a second.
function view({ status, headers, body }) {
  const { requestId, ...rest } = body
  const [reset, retry] = [headers['ratelimit-reset'], headers['retry-after']]
  return { same: { status, body: rest, retries: retry !== undefined, policy: headers['ratelimit-policy'],
    limit: headers['ratelimit-limit'], remaining: headers['ratelimit-remaining'] },
  times: [Number(reset), Number(retry ?? reset)] }
}

function assertSame(ours, theirs, what) {
  const [a, b] = [view(ours), view(theirs)]
  assert.deepEqual(a.same, b.same, what)
  for (const i of [0, 1]) assert.ok(Math.abs(a.times[i] - b.times[i]) <= 1, `${what}: ${a.times}, ${b.times}`)
}

// Ends all windows now, as if their time were over.
async function endWindows({ send: command }) {
  for (const key of await command('KEYS', '*')) await command('PEXPIRE', key, 1)
  await eventually(async () => await command('DBSIZE') === 0, 'the windows to end')
}

test(`the same ${requests} requests get the same answers`, async t => {
  const { redis, ours, theirs } = await both(t, { prefix: 'express' })
  const next = random(seed)
  const refused = { 100: 0, 10: 0 } // by the limit of the rule
  for (let i = 0; i < requests; i++) {
    if (i === 350) await endWindows(redis)
    const [page, address] = [next.any(pages), next.any(addresses)]
    const answers = await Promise.all([ours, theirs].map(url => send(url, page, address)))
    assertSame(...answers, `seed ${seed}, request ${i}: ${page} from ${address}`)
    if (answers[0].status === 429) refused[answers[0].headers['ratelimit-limit']]++
  }
  t.diagnostic(`seed ${seed}: refused by a limit of 100: ${refused[100]}, of 10: ${refused[10]}`)
  assert.ok(refused[100] >= 10 && refused[10] >= 20)
})

describe('one counter for both:', () => {
  const v4 = ['192.0.2.1']
  const v6 = ['2001:db8:1:2::1', '2001:db8:1:2::2']
  for (const [store, list] of [['rate-limit-redis', v4], ['rate-limit-redis', v6], ['rate-limit-redis-6', v6]]) {
    test(`100 requests are allowed in all, with ${store}, from ${list}`, async t => {
      const { redis, ours, theirs } = await both(t, { prefix: 'rate_limit', store })
      const answers = await inParallel(64, Array.from({ length: 240 }), (_, i) =>
        send([ours, theirs][i % 2], pages[0], list[(i >> 1) % list.length]))
      assert.equal(answers.filter(({ status }) => status === 200).length, 100)
      const remaining = answers.map(({ headers }) => Number(headers['ratelimit-remaining']))
      assert.deepEqual(new Set(remaining), new Set(Array(100).keys()))
      assert.equal(await redis.send('DBSIZE'), 1)
    })
  }
})
