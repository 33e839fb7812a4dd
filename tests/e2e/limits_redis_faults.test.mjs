// Rate limits while Redis fails, under load: no request fails, and the counts are in Redis again when
// Redis is well again. LIMITS_WORKERS=4 has as many workers, and
// LIMITS_FAULT_MS=2000 gives better figures.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { percentile, startLoad } from './lib/load.mjs'
import { startRedis } from './lib/redis.mjs'
import { scenario } from './lib/scenario.mjs'
import { tcpProxy } from './lib/tcp_proxy.mjs'
import { eventually } from './lib/wait.mjs'

const patience = Number(process.env.LIMITS_FAULT_MS ?? 250) // of load, before the fault and with it
const workers = process.env.LIMITS_WORKERS ?? '1'
const path = '/api/users/1'
const key = 'rate_limit:many:127.0.0.1'
const rules = [
  { name: 'many', path: '/api/', key: 'ip', window: '15m', max: 100_000_000 },
  { name: 'fast', path: '/api/', key: 'ip', rate: '1000000/s', burst: 100_000 },
]

const events = server => server.lines()
  .filter(({ event }) => event.startsWith('redis')).map(({ event }) => event)

// A server behind a proxy to its Redis, and a load that has begun to count there.
async function stage(t) {
  const redis = await startRedis(t)
  const proxy = await tcpProxy(t, redis.port)
  const scene = await scenario(t, 'web', { 'users *': { json: { id: '1' } } }, {
    args: ['--workers', workers], keepsRecords: false,
    env: { REDIS_URL: `redis://127.0.0.1:${proxy.port}` },
    config: { login: 'off', rate_limits: rules },
  })
  const count = async () => Number(await redis.send('GET', key))
  const load = startLoad(scene.url, path)
  t.after(load.stop)
  await eventually(async () => load.results.length > 100 && await count() > 0, 'the load to count')
  return { ...scene, redis, proxy, load, count }
}

// Resolves with the time until Redis counts again, in ms.
async function backAfter({ count }) {
  const began = performance.now()
  const before = await count()
  await eventually(async () => await count() > before, 'Redis to count again')
  return Math.round(performance.now() - began)
}

const round = ms => Number(ms.toFixed(1))

// No request is lost, and none is refused or fails. Prints what the fault did to the times.
function assertServed(t, name, { load, back, healthy, broken }) {
  const wrong = load.results.filter(({ status }) => status !== 200)
  assert.deepEqual(wrong.slice(0, 3), [])
  const [before, during] = [percentile(healthy, 0.99), percentile(broken, 0.99)]
  t.diagnostic(`${name}: ${load.results.length} requests, 0 failed; p99 ${round(before)} ms before and ` +
    `${round(during)} ms meanwhile: ${round(during - before)} ms more; back in Redis after ${back} ms`)
}

const restart = async ({ redis }) => {
  await redis.kill()
  await redis.restart()
}
// A script without an end. Redis answers all other commands with an error, after a moment.
const makeBusy = async redis => {
  await redis.send('CONFIG', 'SET', 'busy-reply-threshold', '5')
  const { send } = await redis.connect()
  send('EVAL', 'while true do end', '0').catch(() => undefined)
}
const nothing = async () => undefined

/*
 * The faults: what breaks Redis, what mends it, and the events that must be in the log. The third
 * column is absent where the fault may, but need not, be noticed.
 */
const faults = {
  'is killed': [({ redis }) => redis.kill(), ({ redis }) => redis.restart(), ['redis_down', 'redis_up']],
  'is frozen': [({ redis }) => redis.freeze(), ({ redis }) => redis.thaw(), ['redis_down', 'redis_up']],
  'is restarted': [restart, nothing, ['redis_down', 'redis_up']],
  'is full': [({ redis }) => redis.send('CONFIG', 'SET', 'maxmemory', '1'),
    ({ redis }) => redis.send('CONFIG', 'SET', 'maxmemory', '0'), ['redis_counts_no_limits']],
  'may not run scripts': [({ redis }) => redis.send('ACL', 'SETUSER', 'default', '-evalsha', '-eval'),
    ({ redis }) => redis.send('ACL', 'SETUSER', 'default', '+@all'), ['redis_counts_no_limits']],
  'is busy with a script': [({ redis }) => makeBusy(redis),
    ({ redis }) => redis.send('SCRIPT', 'KILL'), ['redis_counts_no_limits']],
  'has values of other types': [async ({ redis }) => {
    for (const { name } of rules) {
      await redis.send('EVAL', 'redis.call("DEL", KEYS[1]) redis.call("LPUSH", KEYS[1], 1)', '1',
        `rate_limit:${name}:127.0.0.1`)
    }
  }, nothing, []],
  'forgets its scripts': [async ({ redis }) => {
    for (let i = 0; i < 20; i++) {
      await redis.send('SCRIPT', 'FLUSH')
      await pause(5)
    }
  }, nothing, []],
  'is slow by 40 ms': [({ proxy }) => proxy.slow(20), ({ proxy }) => proxy.flow()],
  'is half open': [({ proxy }) => proxy.stall(), ({ proxy }) => proxy.flow(), ['redis_down', 'redis_up']],
}

describe('no request fails while Redis', () => {
  for (const [name, [breaks, mends, want]] of Object.entries(faults)) {
    test(name, async t => {
      const scene = await stage(t)
      const { load, server } = scene
      const warm = load.results.length
      await pause(patience)
      const healthy = load.since(warm)
      await breaks(scene)
      await pause(patience)
      const broken = load.since(warm + healthy.length)
      await mends(scene)
      const back = await backAfter(scene)
      await eventually(() => load.results.length > warm + healthy.length + broken.length + 50, 'more load')
      await load.stop()
      assertServed(t, name, { load, back, healthy, broken })
      await server.stop()
      if (want) assert.deepEqual(events(server), want)
    })
  }
})
