// Reloads under load: no request fails, and no connection ends. RELOADS and RELOAD_SECONDS make it long
// (./dev soak).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { authority } from './lib/certificates.mjs'
import { ask, connectHttp2 } from './lib/client.mjs'
import { assertDone, reloadable } from './lib/reloading.mjs'
import { anywhere } from './lib/scenario.mjs'
import { openFiles } from './lib/server.mjs'
import { eventually } from './lib/wait.mjs'
import { connectWebsocket, opcodes, websocketService } from './lib/websocket.mjs'

const reloads = Number(process.env.RELOADS ?? 10)
const everyMs = Number(process.env.RELOAD_SECONDS ?? 1) * 1000 / reloads
const isLong = reloads > 10
const counts = isLong ? { http1: 40, http2: 24, tunnels: 8, streams: 8 }
  : { http1: 8, http2: 4, tunnels: 2, streams: 2 }
const workers = 4

const routes = [{ path: '/api/users/', service: 'users', to: '/users/', access: 'public' },
  { path: '/ws/', service: 'products', to: '/', access: 'public' },
  { path: '/events/', service: 'orders', to: '/', access: 'public' }]

// A service whose answers to /events never end.
async function eventService(t) {
  const server = http.createServer((req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    const timer = setInterval(() => res.write('data: again\n\n'), 100)
    res.on('close', () => clearInterval(timer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { server.close(); server.closeAllConnections() })
  return `http://127.0.0.1:${server.address().port}`
}

// Asks again and again, on one connection, until the end.
async function again(seen, name, request) {
  while (!seen.isOver) {
    const status = await request().then(answer => answer.status, error => error.message)
    seen.requests[name]++
    if (status !== 200) seen.errors.push(`${name}: ${status}`)
  }
}

function httpClient(t, seen, url) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...what) => { seen.connections++; return connect(...what) }
  return again(seen, 'http1', () => ask(url, '/api/users/1', { agent }))
}

async function http2Client(t, seen, url, ca) {
  const { ask, session, close } = await connectHttp2(url, { ca })
  for (const name of ['goaway', 'close'])
    session.once(name, () => { if (!seen.isOver) seen.ended.push(`http2 ${name}`) })
  await Promise.all([1, 2].map(() => again(seen, 'http2', () => ask('/api/users/1'))))
  close()
}

async function tunnelClient(seen, url) {
  const client = await connectWebsocket(url, '/ws/room')
  client.ended.then(() => { if (!seen.isOver) seen.ended.push('tunnel') })
  await again(seen, 'frames', async () => {
    client.send(opcodes.text, 'hello')
    const { payload } = await client.next()
    await pause(20)
    return { status: String(payload) === 'hello' ? 200 : 'another frame' }
  })
  client.socket.destroy()
}

async function streamClient(seen, url) {
  const req = http.get(`${url}/events/all`, { agent: false })
  const [res] = await once(req, 'response')
  res.on('data', () => seen.requests.events++)
  res.on('error', () => undefined)
  res.on('close', () => { if (!seen.isOver) seen.ended.push('stream') })
  while (!seen.isOver) await pause(50)
  req.destroy()
}

function startClients(t, scene, ca) {
  const seen = { isOver: false, connections: 0, errors: [], ended: [],
    requests: { http1: 0, http2: 0, frames: 0, events: 0 } }
  const [plain, secure] = scene.urls
  const many = (count, start) => Array.from({ length: count }, start)
  const all = [...many(counts.http1, () => httpClient(t, seen, plain)),
    ...many(counts.http2, (_, i) => http2Client(t, seen, i % 2 === 0 ? secure : plain, ca)),
    ...many(counts.tunnels, () => tunnelClient(seen, plain)),
    ...many(counts.streams, () => streamClient(seen, plain))]
  const ended = Promise.all(all)
  return { seen, ended, stop: () => { seen.isOver = true; return ended } }
}

const residentKib = ({ pid }) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])

// What changes from one reload to the next: a route, a limit, an address, a certificate.
function edit(settings, round, certificates) {
  const tls = certificates[round % 2]
  settings.tls = { certificate: tls.certFile, key: tls.keyFile }
  settings.listen = [...settings.listen.slice(0, 2), ...(round % 3 === 0 ? [anywhere] : [])]
  settings.limits = { body: `${1 + round % 4}MiB` }
}

async function reloadThem(scene, certificates, seen) {
  const resident = []
  for (let round = 1; round <= reloads; round++) {
    const next = pause(everyMs)
    scene.change(settings => edit(settings, round, certificates))
    if (round % 2 === 0) assertDone(await scene.hup())
    else assert.equal((await scene.post()).status, 200)
    await next
    resident.push(residentKib(scene.server))
    assert.deepEqual([seen.errors, seen.ended], [[], []])
  }
  return resident
}

test(`${reloads} reloads lose no request and no connection`, { timeout: 600_000 }, async t => {
  const ca = authority(t)
  const certificates = [1, 2].map(() => ca.sign(['IP:127.0.0.1']))
  const tunnels = await websocketService(t), events = await eventService(t)
  const { certFile: certificate, keyFile: key } = certificates[0]
  const scene = await reloadable(t, { 'users *': { json: { id: 1 } } }, {
    listen: [anywhere, 'https://127.0.0.1:0'], keepsRecords: false,
    urlOf: { products: () => tunnels.url, orders: () => events },
    config: { workers, routes, tls: { certificate, key }, access_log: false } })
  const { seen, ended, stop } = startClients(t, scene, ca.ca)
  t.after(() => { seen.isOver = true })
  const isLoaded = eventually(() => Object.values(seen.requests).every(count => count > 20), 'the load')
  await Promise.race([isLoaded, ended])
  assertDone(await scene.hup())
  const files = openFiles(scene.server), began = performance.now()
  const resident = await reloadThem(scene, certificates, seen)
  const seconds = (performance.now() - began) / 1000
  await stop()
  await eventually(() => openFiles(scene.server) <= files, 'descriptors to be closed')

  assert.deepEqual([seen.errors, seen.ended, seen.connections], [[], [], counts.http1])
  const [early, late] = [resident[Math.floor(reloads / 4)], resident.at(-1)]
  t.diagnostic(JSON.stringify({ reloads, seconds: Math.round(seconds), connections: counts,
    requests: seen.requests, errors: seen.errors.length, ended: seen.ended.length,
    residentKib: [resident[0], early, resident[reloads >> 1], late], files }))
  if (isLong) assert.ok(late < early * 1.1, `${early} KiB after a quarter, ${late} KiB at the end`)
})
