// Reloads while uploads, copies for a mirror, splits, transformations, compression and spans are under
// way, and while their routes come and go. RELOADS and RELOAD_SECONDS make it long.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { ask, connectHttp2 } from './lib/client.mjs'
import { assertDone, reloadable } from './lib/reloading.mjs'
import { scratch } from './lib/scenario.mjs'
import { openFiles } from './lib/server.mjs'
import { eventually } from './lib/wait.mjs'

const reloads = Number(process.env.RELOADS ?? 10)
const everyMs = Number(process.env.RELOAD_SECONDS ?? 1) * 1000 / reloads
const isLong = reloads > 50

// A service that answers with the length of what it has got, and with much JSON.
async function counting(t) {
  const seen = { requests: 0 }
  const answer = async (req, res) => {
    seen.requests++
    let length = 0
    for await (const bytes of req) length += bytes.length
    res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=1' })
    res.write(JSON.stringify({ length, secret: 1, filler: 'abc '.repeat(1000) }).slice(0, 60))
    await pause(2)
    res.end(JSON.stringify({ length, secret: 1, filler: 'abc '.repeat(1000) }).slice(60))
  }
  // The body of a client that has left is cut.
  const server = http.createServer((req, res) => { answer(req, res).catch(() => res.destroy()) })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => { server.close(); server.closeAllConnections() })
  return { seen, url: `http://127.0.0.1:${server.address().port}` }
}

const body = Buffer.alloc(200_000, 'x')

// Routes whose names change with each round, and those that are asked.
function routesOf(round) {
  const common = { access: 'public', to: '/users/' }
  const hidden = { response: { body: { deny: ['secret'] } } }
  return [{ path: `/gone-${round}/`, service: 'users', ...common },
    { path: '/stream/', service: 'users', upload: 'stream', body_limit: '10MiB', ...common },
    { path: '/spool/', service: 'users', upload: 'spool', body_limit: '10MiB', ...common },
    { path: '/split/', access: 'public', to: '/users/', upload: 'stream', body_limit: '10MiB',
      split: [{ service: 'users', weight: 1 + round % 3 }, { service: 'products', weight: round % 2 }] },
    { path: '/cached/', service: 'users', cache: { ttl: '1s' }, transform: hidden, ...common },
    { path: '/mirror/', service: 'users', transform: hidden, ...common,
      ...(round % 3 === 0 ? {} : { mirror: { service: 'orders', max: 5 } }) },
    ...(round % 2 === 0 ? [{ path: '/sometimes/', service: 'products', ...common }] : [])]
}

async function again(seen, name, request, isGood = status => status === 200) {
  while (!seen.isOver) {
    const answer = await request(seen.counts[name] ?? 0).catch(error => ({ status: error.message }))
    seen.counts[name] = (seen.counts[name] ?? 0) + 1
    if (!isGood(answer.status, answer)) seen.errors.push(`${name}: ${answer.status} ${answer.text}`)
  }
}

async function startClients(url, seen) {
  const coded = { headers: { 'accept-encoding': 'gzip' } }
  const { ask: askHttp2, close } = await connectHttp2(url)
  const upload = path => () => ask(url, path, { method: 'POST', body })
  const all = [...['/stream/1', '/spool/1', '/split/1'].map(path => again(seen, path, upload(path),
    (status, answer) => status === 200 && answer.body.length === body.length)),
  again(seen, 'cached', i => ask(url, `/cached/${i % 5}`, coded)),
  again(seen, 'cached HEAD', i => askHttp2(`/cached/${i % 5}`, { method: 'HEAD', ...coded })),
  again(seen, 'mirror', () => askHttp2('/mirror/1', coded)),
  again(seen, 'mirror POST', () => ask(url, '/mirror/1', { method: 'POST', body: 'ab' })),
  again(seen, 'sometimes', () => ask(url, '/sometimes/1'), status => status === 200 || status === 404),
  again(seen, 'leaves', i => new Promise(resolve => {
    const req = http.request(`${url}${['/stream/1', '/spool/1', '/mirror/1'][i % 3]}`, { method: 'POST',
      agent: false, headers: { 'content-length': body.length } })
    req.on('error', () => undefined).on('close', () => resolve({ status: 200 }))
    req.write(body.subarray(0, i % 2 === 0 ? 1000 : body.length))
    setTimeout(() => req.destroy(), i % 7)
  }))]
  return Promise.all(all).then(close)
}

const residentKib = ({ pid }) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])

test(`${reloads} reloads with all features in use: no error`, { timeout: 600_000 }, async t => {
  const [users, products, orders, collector] = await Promise.all([1, 2, 3, 4].map(() => counting(t)))
  const scene = await reloadable(t, {}, { keepsRecords: false,
    urlOf: { users: () => users.url, products: () => products.url, orders: () => orders.url },
    config: { workers: 2, routes: routesOf(0), compression: { algorithms: ['gzip'] }, cache: {},
      uploads: { dir: scratch(t), memory: '64KiB' }, access_log: false,
      tracing: { url: `${collector.url}/v1/traces`, sample: '50%', interval: '100ms' } } })
  const seen = { isOver: false, errors: [], counts: {} }
  const ended = startClients(scene.server.url, seen)
  t.after(() => { seen.isOver = true })
  await eventually(() => seen.errors.length > 0 || Object.values(seen.counts).filter(n => n > 3).length === 9,
    'the load')
  const resident = []
  for (let round = 1; round <= reloads; round++) {
    const next = pause(everyMs)
    scene.change(settings => { settings.routes = routesOf(round) })
    assertDone(await scene.hup())
    await next
    resident.push([residentKib(scene.server), openFiles(scene.server)])
    assert.deepEqual(seen.errors.slice(0, 3), [])
  }
  seen.isOver = true
  await ended
  assert.deepEqual(seen.errors, [])
  assert.ok(orders.seen.requests > 0 && products.seen.requests > 0 && collector.seen.requests > 0)
  const [early, late] = [resident[Math.floor(reloads / 4)], resident.at(-1)]
  t.diagnostic(JSON.stringify({ counts: seen.counts, resident: [resident[0], early, resident[reloads >> 1], late] }))
  if (isLong) assert.ok(late[0] < early[0] * 1.15, `${early[0]} KiB after a quarter, ${late[0]} KiB at the end`)
})
