// Rate limits while Redis fails, under load: no request fails, and the counts are in Redis again when
// Redis works again. FAULTS_WORKERS=4 has four workers, and FAULTS_LOAD_MS=2000 gives better figures.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { percentile, startLoad } from './lib/load.mjs'
import { startRedis } from './lib/redis.mjs'
import { scenario } from './lib/scenario.mjs'
import { tcpProxy } from './lib/tcp_proxy.mjs'
import { eventually } from './lib/wait.mjs'

const patience = Number(process.env.FAULTS_LOAD_MS ?? 200) // of load, before the fault and with it
const workers = process.env.FAULTS_WORKERS ?? '1'
const path = '/api/users/1'
const key = 'rate_limit:many:127.0.0.1'
const rules = [
  { name: 'many', path: '/api/', key: 'ip', window: '15m', max: 100_000_000 },
  { name: 'fast', path: '/api/', key: 'ip', rate: '1000000/s', burst: 100_000 },
]

const events = server => server.lines()
  .filter(({ event }) => event.startsWith('redis')).map(({ event }) => event)

// A server behind a proxy to its Redis, and a load that has begun to count there.
async function stage(t, timeout) {
  const redis = await startRedis(t)
  const proxy = await tcpProxy(t, redis.port)
  const scene = await scenario(t, 'web', { 'users *': { json: { id: '1' } } }, {
    args: ['--workers', workers], keepsRecords: false,
    config: { login: 'off', rate_limits: rules,
      redis: { url: `redis://127.0.0.1:${proxy.port}`, timeout } },
  })
  const count = async () => Number(await redis.send('GET', key))
  const load = startLoad(scene.url, path)
  t.after(load.stop)
  await eventually(async () => load.results.length > 300 && await count() > 0, 'the load to count')
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
function assertServed(t, { all, healthy, broken, back }) {
  assert.deepEqual(all.filter(({ status }) => status !== 200).slice(0, 3), [])
  const [before, during] = [percentile(healthy, 0.99), percentile(broken, 0.99)]
  t.diagnostic(`Redis ${t.name}: ${all.length} requests, 0 failed; p99 ${round(before)} ms before and ` +
    `${round(during)} ms meanwhile: ${round(during - before)} ms more; back in Redis after ${back} ms`)
}

const restart = async ({ redis }) => {
  await redis.kill()
  await redis.restart()
}

// A script without an end. Redis answers all other commands with an error, after a moment.
const makeBusy = async ({ redis }) => {
  await redis.send('CONFIG', 'SET', 'busy-reply-threshold', '5')
  const { send } = await redis.connect()
  send('EVAL', 'while true do end', '0').catch(() => undefined)
}
const endBusy = async ({ redis }) => {
  await redis.send('SCRIPT', 'KILL')
  await eventually(() => redis.send('PING').then(() => true, () => false), 'the script to end')
}
const config = (name, value) => ({ redis }) => redis.send('CONFIG', 'SET', name, value)
const allow = (...rules) => ({ redis }) => redis.send('ACL', 'SETUSER', 'default', ...rules)

const writeLists = async ({ redis }) => {
  const script = 'redis.call("DEL", KEYS[1]) redis.call("LPUSH", KEYS[1], 1)'
  for (const { name } of rules)
    await redis.send('EVAL', script, '1', `rate_limit:${name}:127.0.0.1`)
}

const flushScripts = async ({ redis }) => {
  for (let i = 0; i < 20; i++) {
    await redis.send('SCRIPT', 'FLUSH')
    await pause(5)
  }
}

const downAndUp = ['redis_down', 'redis_up']
const alone = ['redis_counts_no_limits'] // at most once a minute

/*
 * What breaks Redis, what mends it, and the events that the log must have. Where the deadline is not
 * the point, it is long, so that a busy machine cannot cause other events.
 */
const faults = {
  '50ms': {
    'is frozen': { breaks: ({ redis }) => redis.freeze(), mends: ({ redis }) => redis.thaw(),
      events: downAndUp },
    'is slow by 40 ms': { breaks: ({ proxy }) => proxy.slow(20), mends: ({ proxy }) => proxy.flow() },
    'is half open': { breaks: ({ proxy }) => proxy.stall(), mends: ({ proxy }) => proxy.flow(),
      events: downAndUp },
  },
  '5s': {
    'is killed': { breaks: ({ redis }) => redis.kill(), mends: ({ redis }) => redis.restart(),
      events: downAndUp },
    'is restarted': { breaks: restart, events: downAndUp },
    'is full': { breaks: config('maxmemory', '1'), mends: config('maxmemory', '0'), events: alone },
    'may not run scripts': { breaks: allow('-evalsha', '-eval'), mends: allow('+@all') },
    'is busy with a script': { breaks: makeBusy, mends: endBusy },
    'has values of other types': { breaks: writeLists, events: [] },
    'forgets its scripts': { breaks: flushScripts, events: [] },
  },
}

for (const [timeout, group] of Object.entries(faults)) {
  describe(`no request fails, with a deadline of ${timeout}, while Redis`, () => {
    const ends = [] // of what all tests share, the last one first
    let scene
    before(async () => (scene = await stage({ after: end => ends.unshift(end) }, timeout)))
    after(async () => {
      for (const end of ends) await end()
    })

    for (const [name, { breaks, mends, events: want }] of Object.entries(group)) {
      test(name, async t => {
        const { load, server } = scene
        await eventually(() => events(server).at(-1) !== 'redis_down', 'all workers to have Redis again')
        const told = events(server).length
        const start = load.results.length
        await pause(patience)
        const healthy = load.since(start)
        await breaks(scene)
        await pause(patience)
        const broken = load.since(start + healthy.length)
        await mends?.(scene)
        const back = await backAfter(scene)
        const news = () => events(server).slice(told)
        if (want) await eventually(() => news().length >= want.length, `${want} in the log`)
        assertServed(t, { all: load.since(start), healthy, broken, back })
        if (want) assert.deepEqual(timeout === '5s' ? news() : [...new Set(news())].sort(), want)
      })
    }
  })
}
