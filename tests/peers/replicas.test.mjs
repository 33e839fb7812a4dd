// Three replicas behind HAProxy, with a Redis, each on a host of its own. Replicas stop, fail and are
// replaced under load, and Redis is cut from them. docs/replicas.md has the table that this test
// prints. REPLICA_ROUNDS says how often each of it happens.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { ask } from '../e2e/lib/client.mjs'
import { browser, loginOf, settings, signIn } from '../e2e/lib/sessions.mjs'
import { upgrade } from '../e2e/lib/takeover.mjs'
import { tokenFor } from '../e2e/lib/token.mjs'
import { eventually } from '../e2e/lib/wait.mjs'
import { enterWorld } from './lib/network_world.mjs'
import { audit, connections, startNumberedLoad } from './lib/replica_load.mjs'
import { startReplicas } from './lib/replicas.mjs'

const skip = await enterWorld(import.meta.url) ?? false
const rounds = Number(process.env.REPLICA_ROUNDS ?? 1)
const size = 150 * rounds // successes before and after each event
const limit = 20

const plan = {
  'users /auth/login': loginOf().row,
  'users *': ({ url }) => ({ json: { id: 'u1' }, until: pause(Number(url.at(-1))) }), // 0 to 9 ms
  'orders *': { json: { id: 'o1' } },
}

const config = store => ({
  ...settings({ store, bearer: true }),
  rate_limits: [{ name: 'all', path: '/api/', window: '15m', max: 1_000_000 }, // each request asks Redis
    { name: 'orders', path: '/api/orders/', key: 'user', window: '15m', max: limit }],
})

const columns = ['scenario', 'requests', 'ok', 'retried by haproxy', 'refused by haproxy', 'lost',
  'limit allowed/expected', 'ms until healthy']
const rows = []

after(() => {
  const cells = rows.map(row => columns.map(name => row[name] ?? '-'))
  if (!skip) for (const row of [columns, ...cells]) console.log(`| ${row.join(' | ')} |`)
})

// Runs a scenario under load. `happen` returns more cells of its row.
async function underLoad({ haproxy, upstreams, url }, scenario, happen) {
  const running = startNumberedLoad(url)
  let more
  try {
    await running.more(size)
    more = await happen()
    await running.more(size)
  } finally {
    await running.stop()
  }
  const targets = new Set(running.results.map(({ target }) => target))
  const own = () => haproxy.entries().filter(({ target }) => targets.has(target))
  const answered = running.results.filter(({ status }) => status !== 0).length
  await eventually(() => own().length >= answered, 'the log of HAProxy')
  const sum = audit(running.results, own(),
    target => upstreams.counts.get(`users ${target.replace('/api', '')}`) ?? 0)
  rows.push({ scenario, requests: sum.requests, ok: sum.ok, 'retried by haproxy': sum.retried,
    'refused by haproxy': sum.cut.length, lost: sum.lost.length, ...more })
  assert.deepEqual(sum.lost, [])
  return sum
}

// HAProxy's opinion of a replica has changed to `word` since `before`.
const seen = ({ haproxy }, { address }, word, before) =>
  eventually(() => haproxy.transitions(address)[word] > before[word], `${address} to be ${word}`)

const down = (scene, replica, before) => seen(scene, replica, 'down', before)
const up = (scene, replica, before) => seen(scene, replica, 'up', before)

// What happens to a replica. Each returns when HAProxy uses it again.
const happenings = {
  async killed(scene, replica, before) {
    await replica.kill()
    await down(scene, replica, before)
    await replica.start()
    await up(scene, replica, before)
  },
  async drained(scene, replica, before) {
    await Promise.all([replica.server.stop(), down(scene, replica, before)])
    await replica.start()
    await up(scene, replica, before)
  },
  async upgraded(scene, replica) {
    await upgrade(replica.server)
  },
  async frozen(scene, replica, before) {
    replica.signal('SIGSTOP')
    await down(scene, replica, before)
    replica.signal('SIGCONT')
    await up(scene, replica, before)
  },
  // From HAProxy, and from Redis.
  async 'cut off'(scene, replica, before) {
    const hosts = [scene.haproxy.host, replica.host]
    await Promise.all(hosts.map(host => host.cut()))
    await down(scene, replica, before)
    await Promise.all(hosts.map(host => host.heal()))
    await up(scene, replica, before)
  },
}

// The last one takes long: TCP waits longer and longer before it sends again.
const names = Object.keys(happenings).slice(0, rounds > 1 ? undefined : -1)

async function happensTo(scene, replica, name) {
  const before = scene.haproxy.transitions(replica.address)
  const sum = await underLoad(scene, `a replica is ${name}`, async () => {
    const began = performance.now()
    await happenings[name](scene, replica, before)
    return { 'ms until healthy': Math.round(performance.now() - began) }
  })
  // At most what was in flight, and nothing that may be repeated.
  if (name === 'killed') assert.ok(sum.cut.length <= connections, `${sum.cut.length}`)
  assert.deepEqual(sum.cut.filter(text => name !== 'killed' || !text.startsWith('POST')), [])
}

let users = 0

// How many requests of one user come through, of more than each replica alone would allow.
async function allowed({ replicas }) {
  const options = { token: tokenFor(`limited${++users}`) }
  const answers = await Promise.all(replicas.flatMap(({ url }) =>
    Array.from({ length: limit * 1.5 }, () => ask(url, '/api/orders/1', options))))
  const count = wanted => answers.filter(({ status }) => status === wanted).length
  assert.equal(count(200) + count(429), answers.length)
  return count(200)
}

// A user who has signed in at the first replica: statuses() says what each replica answers to them.
async function signedIn({ replicas }) {
  const [{ url }] = replicas
  const client = browser({ url, get: (where, { as, url: at, ...options }) => ask(at, where, options) })
  await signIn(client)
  const headers = { cookie: client.field(), 'x-csrf': '1', 'sec-fetch-site': 'same-origin' }
  const answers = () => Promise.all(replicas.map(replica => ask(replica.url, '/api/users/1', { headers })))
  const statuses = async () => (await answers()).map(({ status }) => status)
  return { answers, statuses,
    logout: ({ url: at }) =>
      ask(at, '/bff/logout', { method: 'POST', headers: { ...headers, origin: at } }) }
}

// Cuts Redis from some replicas, runs `check`, and heals the network.
async function withoutRedis(scene, cut, check) {
  const { replicas } = scene
  const count = name => cut.map(replica => replica.events(name).length)
  const before = { down: count('redis_down'), up: count('redis_up') }
  await Promise.all(cut.map(({ host }) => host.cut()))
  await eventually(() => count('redis_down').every((n, i) => n > before.down[i]), 'a lost Redis')
  const expected = limit * (cut.length + (cut.length < replicas.length ? 1 : 0))
  const got = await allowed(scene)
  await check()
  const began = performance.now()
  await Promise.all(cut.map(({ host }) => host.heal()))
  await eventually(() => count('redis_up').every((n, i) => n > before.up[i]), 'Redis again')
  const ms = Math.round(performance.now() - began)
  assert.equal(got, expected)
  assert.equal(await allowed(scene), limit)
  return { 'limit allowed/expected': `${got}/${expected}`, 'ms until healthy': ms }
}

const away = ({ status, headers }) => status === 503 && headers['retry-after'] === '1'

describe('three replicas', { skip, concurrency: 3 }, () => {
  test('stop, fail and are replaced: no request is lost', async t => {
    const scene = await startReplicas(t, { plan, config: config('redis'), first: 10 })
    for (let round = 0; round < rounds; round++)
      for (const [i, name] of names.entries())
        await t.test(name, () => happensTo(scene, scene.replicas[(i + round) % 3], name))
  })

  test('share limits and sessions in Redis, and go on without it', async t => {
    const scene = await startReplicas(t, { plan, config: config('redis'), first: 20 })
    const { replicas } = scene
    const got = await allowed(scene)
    rows.push({ scenario: 'limits are shared', requests: 90, 'limit allowed/expected': `${got}/${limit}` })
    assert.equal(got, limit)
    const user = await signedIn(scene)
    assert.deepEqual(await user.statuses(), [200, 200, 200])
    for (const cut of [replicas.slice(0, 1), replicas]) {
      const name = `Redis is cut from ${cut.length === 1 ? 'one replica' : 'all replicas'}`
      const sum = await underLoad(scene, name, () => withoutRedis(scene, cut, async () => {
        const answers = await user.answers()
        assert.deepEqual(answers.map(away), replicas.map(replica => cut.includes(replica)))
      }))
      assert.deepEqual(sum.cut, [])
      assert.deepEqual(await user.statuses(), [200, 200, 200], 'nobody is logged out')
    }
    assert.equal((await user.logout(replicas[1])).status, 204)
    assert.deepEqual(await user.statuses(), [401, 401, 401])
  })

  test('share sessions in cookies, and their ends as soon as Redis is there', async t => {
    const scene = await startReplicas(t, { plan, config: config('cookie'), first: 30 })
    const { replicas } = scene
    const [user, leaving] = [await signedIn(scene), await signedIn(scene)]
    assert.deepEqual(await user.statuses(), [200, 200, 200])
    const sum = await underLoad(scene, 'Redis is cut, sessions in cookies', () =>
      withoutRedis(scene, replicas.slice(0, 1), async () => {
        assert.deepEqual(await user.statuses(), [200, 200, 200])
        assert.equal((await leaving.logout(replicas[1])).status, 204)
        await eventually(async () => (await leaving.statuses()).join() === '200,401,401', 'the logout')
      }))
    assert.deepEqual(sum.cut, [])
    await eventually(async () => (await leaving.statuses()).join() === '401,401,401', 'the logout')
    assert.deepEqual(await user.statuses(), [200, 200, 200], 'nobody else is logged out')
  })
})
