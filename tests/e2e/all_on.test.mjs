// Limits, the cache of routes and of parts, Redis and purges at the same time, with four workers, while
// Redis is frozen and restarted and a service fails. Each user gets their own data, or the failure of the
// service.
import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'

import { ask } from './lib/client.mjs'
import { admin, json } from './lib/operator.mjs'
import { random } from './lib/random.mjs'
import { startRedis } from './lib/redis.mjs'
import { product } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'
import { tokenFor } from './lib/token.mjs'
import { eventually } from './lib/wait.mjs'

const users = ['u1', 'u2', 'u3', 'u4']
const stale = { stale_while_revalidate: '60s', stale_if_error: '60s' }
const config = {
  rate_limits: [
    { name: 'address', path: '/api/', key: 'ip', window: '15m', max: 100_000_000 },
    { name: 'each-user', path: '/api/', key: 'user', window: '1s', max: 1_000_000, sliding: true },
    { name: 'fast', path: '/api/users/', key: 'user', rate: '1000000/s', burst: 100_000 },
  ],
  routes: [{ path: '/api/users/', service: 'users', to: '/users/', cache: { ttl: '5ms', ...stale } }],
  cache: { memory: '64KiB' },
  admin,
}

const own = next => ({ headers }) => next() < 0.05 ? { status: 503 } :
  { json: { id: headers['x-user-id'], filler: 'x'.repeat(next() * 2000) } }

const shop = next => ({
  'users *': own(next),
  'products *': ({ url }) => ({ json: product(url.slice('/products/'.length)) }),
  'notifications *': { json: [] },
})

function startUsers(t, url) {
  const agent = new http.Agent({ keepAlive: true })
  const seen = { requests: 0, wrong: [] }
  let isOver = false
  const one = async (user, path) => {
    const headers = { authorization: `Bearer ${tokenFor({ id: user })}` }
    while (!isOver) {
      const { status, body } = await ask(url, path, { agent, headers })
      const failure = status === 503 || body?.errors?.user
      const id = path.startsWith('/api/users/') ? body?.id : body?.user?.id
      if (status === 200 && id === user) seen.requests++
      else if (id !== undefined || !failure) seen.wrong.push({ user, path, status, body })
    }
  }
  const all = users.flatMap(user => ['/api/users/me', '/api/cached/u1'].map(path => one(user, path)))
  t.after(() => agent.destroy())
  return { seen, more: count => {
    const want = seen.requests + count
    return eventually(() => seen.requests >= want, `${count} more answers`)
  }, stop: () => {
    isOver = true
    return Promise.all(all)
  } }
}

test('all of it at the same time', async t => {
  const next = random(1)
  const redis = await startRedis(t)
  const { url, server } = await scenario(t, 'places', shop(next), {
    args: ['--workers', '4'], keepsRecords: false, isUnguarded: true, config: { ...config, redis: { url: redis.url } } })
  const load = startUsers(t, url)
  const purge = what => ask(server.ready.admin, '/cache/purge', { method: 'POST',
    headers: json, body: JSON.stringify(what) })
  await load.more(200)
  for (const what of [{ path: '/api/users/me' }, { prefix: '/api/' }, { all: true }]) {
    assert.equal((await purge(what)).status, 200)
    await load.more(50)
  }
  redis.freeze()
  await load.more(200)
  redis.thaw()
  await redis.kill()
  await load.more(200)
  await redis.restart()
  await eventually(async () => Number(await redis.send('GET', 'rate_limit:address:127.0.0.1')) > 0,
    'Redis to count again')
  await load.more(100)
  await load.stop()
  assert.deepEqual(load.seen.wrong, [])
  await server.stop()
  const words = new Set(server.lines().flatMap(({ cache, parts }) => [cache, parts?.user?.cache]))
  for (const word of ['hit', 'stale', 'miss']) assert.ok(words.has(word), `nothing was a ${word}`)
})
