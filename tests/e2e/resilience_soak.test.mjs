// Many requests to a service with three endpoints, while retries, hedges, ejections, the breaker and
// the queue are all at work, endpoints fail, and clients leave. Every client gets its own answer or
// a refusal, what changes data is sent once, and nothing is left over at the end. SOAK_COUNT,
// SOAK_AT_ONCE and SOAK_SEED are as in soak.test.mjs; SOAK_WORKERS is the number of workers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'

import { random } from './lib/random.mjs'
import { mebibyte } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { openFiles } from './lib/server.mjs'
import { barrier, eventually, inParallel } from './lib/wait.mjs'

const count = Number(process.env.SOAK_COUNT ?? 2000)
const atOnce = Number(process.env.SOAK_AT_ONCE ?? 16)
const workers = process.env.SOAK_WORKERS ?? '2'
const slots = 12 // of the service
const endpoints = ['users', 'reviews', 'products']
const methods = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'PUT', 'POST', 'PATCH']
const allowed = new Set([200, 500, 502, 503, 504])

const ends = text => ({ send: ({ socket }) => socket.end(text) })

// What an endpoint does with a request that it does not answer well.
const faults = [
  { status: 500 }, { status: 502 }, { status: 404 }, { fault: 'reset' }, { fault: 'cut short' },
  { status: 503, headers: { 'retry-after': '0' } },
  { status: 503, headers: { 'retry-after': '-7' } },
  { status: 503, headers: { 'retry-after': '1000000000' } },
  { status: 503, headers: { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' } },
  ends('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\n{}'),
  ends('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'), ends('HTTP/1.1 503 Busy\r\n\r\n'),
  { send: ({ res }) => res.writeHead(503, { 'content-length': 64 * mebibyte }).write('x'.repeat(70_000)) },
  { send: () => undefined },
]

// The answers of the endpoints: bad times alternate with better ones, and `state.isWell` ends them.
function planOf(next, state) {
  const bodies = url => ({ json: { id: /\w+$/.exec(url)[0] } })
  const row = ({ method, url }) => {
    const key = `${method} ${url}`
    state.asked.set(key, (state.asked.get(key) ?? 0) + 1)
    if (state.isWell) return { ...bodies(url), until: url === '/users/all' ? state.meet() : undefined }
    if (next() < (state.asked.size % 400 < 120 ? 0.9 : 0.1)) return next.any(faults)
    const late = next() < 0.1 ? new Promise(resolve => setTimeout(resolve, 40 * next())) : undefined
    return { ...bodies(url), until: late }
  }
  return Object.fromEntries(endpoints.map(name => [`${name} *`, row]))
}

const guards = {
  balance: 'two_choices', slow_start: '50ms', max_in_flight: slots,
  queue: { length: 4, wait: '30ms' },
  ejection: { failures: 3, time: '100ms', max_time: '200ms' },
  breaker: { error_threshold: 20, volume: 10, reset: '20ms', window: '200ms' },
  retry: { try: '30ms', budget: 50 }, hedge_budget: 50,
  timeout: { connect: '200ms', first_byte: '200ms', total: '300ms' },
}

const config = {
  login: 'off', services: { users: guards }, trusted_proxies: ['127.0.0.1'],
  limits: { http2_resets: { burst: 100_000, rate: 100_000 } },
  routes: [
    { path: '/api/users/', service: 'users', to: '/users/', timeout: { idle: '300ms' } },
    { path: '/fixed/', service: 'users', to: '/fixed/', hedge: '5ms', timeout: { idle: '300ms' } },
    { path: '/learned/', service: 'users', to: '/learned/', hedge: 'p95', breaker: 'own',
      timeout: { idle: '300ms' } },
  ],
}

// What must have happened in between.
const events = ['breaker_open', 'breaker_half_open', 'breaker_closed', 'endpoint_ejected',
  'endpoint_returned']

function fates(next) {
  return Array.from({ length: count }, (_, id) => ({
    method: next.any(methods), path: `${next.any(['/api/users/', '/fixed/', '/learned/'])}u${id}`,
    id: `u${id}`, isLeft: next() < 0.25, isHttp2: next() < 0.3, turns: Math.floor(next() * 40),
    headers: next() < 0.1 ? { 'x-request-deadline-ms': String(Math.floor(next() * 60)) } : {},
    body: next.any(['x', 'x'.repeat(1000), 'x'.repeat(100_000)]),
  }))
}

function assertOwn({ status, body }, { id, method }) {
  assert.ok(allowed.has(status) || status === 404, `${status}`)
  if (status === 200 && method !== 'HEAD') assert.equal(body.id, id)
}

// An answer that was cut has no end that a client can be content with. But it must not hang.
function isCut(error) {
  if (error.code === 'ERR_ASSERTION') throw error
}

async function live({ get, bare, client }, { method, path, headers, body, ...fate }) {
  const what = { method, headers, ...(/^P/.test(method) && { body }) }
  const wait = async () => { for (let i = 0; i < fate.turns; i++) await turn() }
  if (!fate.isLeft) {
    const answer = await (fate.isHttp2 ? client.ask(path, what) : get(path, what)).catch(isCut)
    if (answer) assertOwn(answer, { method, ...fate })
  } else if (fate.isHttp2) {
    const stream = client.open(path, what).on('error', () => undefined)
    await wait()
    stream.close(8)
  } else {
    const { socket } = await bare()
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
    socket.write(`${method} ${path} HTTP/1.1\r\nhost: a\r\n${fields}` +
      (what.body ? `content-length: ${body.length}\r\n\r\n${body}` : '\r\n'))
    await wait()
    socket.destroy()
  }
}

// The breaker closes by requests, and so do endpoints return.
async function assertNothingLeft({ get, server, upstreams }, state, before) {
  let seen
  await eventually(async () => {
    const answers = await Promise.all(['/api/users/a', '/fixed/a', '/learned/a'].map(path => get(path)))
    const { body: { breaker, endpoints: all } } = await get('/health/users')
    seen = JSON.stringify([answers.map(({ status }) => status), breaker, all])
    return answers.every(({ status }) => status === 200) && breaker.state === 'closed' &&
      all.every(({ status, inFlight }) => status === 'unknown' && inFlight === 0)
  }, 'all of it to be well').catch(error => assert.fail(`${error.message}: ${seen}`))
  await eventually(async () => {
    state.meet = barrier(slots)
    const all = await Promise.all(Array.from({ length: slots }, () => get('/api/users/all', { method: 'PUT' })))
    return all.every(({ status }) => status === 200)
  }, 'every slot to be back')
  upstreams.hangUp()
  await eventually(() => openFiles(server) <= before, 'every connection to be closed')
}

test('a soak of what guards a service', async t => {
  const seed = Number(process.env.SOAK_SEED ?? 1)
  t.diagnostic(`SOAK_SEED=${seed}`)
  const state = { asked: new Map() }
  const next = random(seed)
  const scene = await scenario(t, 'web', planOf(next, state), { config, args: ['--workers', workers],
    keepsRecords: false,
    urlOf: { users: (url, urls) => endpoints.map(name => urls[name]).join(',') } })
  const before = openFiles(scene.server)
  const client = await scene.http2()
  await inParallel(atOnce, fates(next), fate => live({ ...scene, client }, fate))
  client.close()
  state.isWell = true
  await assertNothingLeft(scene, state, before)
  assert.deepEqual(events.filter(name => !scene.server.lines().some(({ event }) => event === name)), [])
  for (const [key, times] of state.asked) {
    if (/^(POST|PATCH)/.test(key)) assert.equal(times, 1, key)
  }
})
