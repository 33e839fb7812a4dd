// Endpoints that fail: they are ejected after failures in a row and come back by a trial, and active
// health checks steer.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { openRequest } from './lib/client.mjs'
import { writeForever } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { services } from './lib/upstream.mjs'
import { eventually, soon } from './lib/wait.mjs'
import { connectWebsocket, websocketService } from './lib/websocket.mjs'

// The users service has an endpoint for each service that `plan` names. Only ejections and health
// checks are at work.
function scene(t, plan, users = {}, options = {}) {
  const of = services.filter(name => Object.keys(plan).some(row => row.startsWith(`${name} `)))
  const settings = { breaker: 'off', retry: 'off', ...users }
  return scenario(t, 'web', plan, {
    args: ['--workers', '1'], config: { login: 'off', services: { users: settings } },
    urlOf: { users: (url, urls) => of.map(name => urls[name]).join(',') }, ...options })
}

async function statuses(get, count) {
  const all = []
  for (let i = 0; i < count; i++) all.push((await get('/api/users/1')).status)
  return all
}

// All events so far: the only worker writes its lines in order, and the line of this request comes last.
let asked = 0
async function events({ get, server }, name) {
  const last = `last-${++asked}`
  await get('/health', { headers: { 'x-request-id': last } })
  await eventually(() => server.lines().some(({ id }) => id === last), 'the line of a request')
  return server.lines().filter(({ event }) => event === name)
}

const hostOf = ({ upstreams }, service) => new URL(upstreams.urls[service]).host
const counts = list => Object.fromEntries([...new Set(list)].map(
  one => [one, list.filter(other => other === one).length]))
const wall = text => new Date(text).getTime()

async function endpointOf({ get, ...scene }, service) {
  const { body } = await get('/health/users')
  return body.endpoints.find(({ endpoint }) => endpoint === hostOf(scene, service))
}

describe('ejection', { concurrency: 2 }, () => {
  test('takes an endpoint out after five failures in a row', async t => {
    const all = await scene(t, { 'users *': { status: 500 }, 'reviews *': { json: {} } })
    assert.deepEqual(counts(await statuses(all.get, 10)), { 500: 5, 200: 5 })

    const [{ time, event, until, ...ejected }, ...more] = await events(all, 'endpoint_ejected')
    assert.deepEqual(more, [])
    assert.deepEqual(ejected, { service: 'users', endpoint: hostOf(all, 'users'), reason: 'status',
      status: 500 })
    assert.ok(Math.abs(wall(until) - wall(time) - 30_000) < 1000)
    const { since, until: end, ...seen } = await endpointOf(all, 'users')
    assert.deepEqual(seen, { endpoint: ejected.endpoint, status: 'ejected', reason: 'status',
      httpStatus: 500, inFlight: 0 })
    assert.ok(Math.abs(wall(end) - wall(until)) < 100 && wall(since) < wall(end))
    assert.deepEqual(counts(await statuses(all.get, 20)), { 200: 20 })
    assert.equal(all.asked('users').length, 5)
  })

  test('lasts longer when the trial fails, and ends when it succeeds', async t => {
    let status = 500
    const plan = { 'users *': () => ({ status }), 'reviews *': { json: {} } }
    const all = await scene(t, plan, { ejection: { time: '200ms', max_time: '10s' } })
    const become = (name, count) => eventually(async () => {
      await all.get('/api/users/1')
      return (await events(all, name)).length === count
    }, `${count} of ${name}`)
    await become('endpoint_ejected', 2)
    const [first, second] = await events(all, 'endpoint_ejected')
    assert.ok(wall(second.time) >= wall(first.until))
    assert.ok(wall(second.until) - wall(second.time) > 200)
    assert.equal(all.asked('users').length, 6)

    status = 200
    await become('endpoint_returned', 1)
    const [{ time, event, ...returned }] = await events(all, 'endpoint_returned')
    const { service, endpoint, reason } = second
    assert.ok(wall(time) >= wall(second.until))
    assert.ok(Math.abs(wall(returned.since) - wall(second.time)) < 100)
    assert.deepEqual(returned, { service, endpoint, by: 'trial', since: returned.since, reason,
      status: 500 })
    assert.equal((await endpointOf(all, 'users')).status, 'unknown') // nobody checks it
  })

  test('leaves enough endpoints', async t => {
    const bad = { status: 500 }
    const all = await scene(t, { 'users *': bad, 'orders *': bad, 'reviews *': bad, 'products *': bad,
      'inventory *': bad })
    assert.deepEqual(counts(await statuses(all.get, 60)), { 500: 60 })
    assert.equal((await events(all, 'endpoint_ejected')).length, 2) // half of five
  })

  test('never takes out the only endpoint', async t => {
    const all = await scene(t, { 'users *': { status: 500 } }, { ejection: { max_ejected: 100 } })
    assert.deepEqual(counts(await statuses(all.get, 12)), { 500: 12 })
    assert.deepEqual(await events(all, 'endpoint_ejected'), [])
  })

  for (const status of [501, 404, 429]) {
    test(`does not count ${status}`, async t => {
      const all = await scene(t, { 'users *': { status }, 'reviews *': { json: {} } })
      assert.deepEqual(counts(await statuses(all.get, 20)), { [status]: 10, 200: 10 })
      assert.deepEqual(await events(all, 'endpoint_ejected'), [])
    })
  }

  test('a stream that has begun well is a trial that has succeeded', async t => {
    let row = { status: 500 }
    const plan = { 'users *': () => row, 'reviews *': { json: {} } }
    const all = await scene(t, plan, { ejection: { time: '100ms', max_time: '100ms' } })
    await statuses(all.get, 10)
    row = { send: ({ res }) => res.writeHead(200).write('data: 1\n\n') } // and no end
    const sockets = []
    await eventually(async () => {
      const { socket, until } = await all.bare()
      sockets.push(socket)
      socket.write('GET /api/users/1 HTTP/1.1\r\nhost: a\r\n\r\n')
      await until(/\r\n\r\n/)
      return (await events(all, 'endpoint_returned')).length === 1
    }, 'the endpoint to return')
    assert.equal((await endpointOf(all, 'users')).inFlight, 1)
    for (const socket of sockets) socket.destroy()
  })
})

// What clients can cause must not eject an endpoint for all others.
describe('clients cannot eject an endpoint', { concurrency: 2 }, () => {
  const brief = { login: 'off', services: { users: { breaker: 'off', retry: 'off' } },
    routes: [{ path: '/api/users/', service: 'users', to: '/users/', timeout: { idle: '100ms' } }] }

  async function assertAllWell({ get }) {
    const { endpoints } = (await get('/health/users')).body
    assert.deepEqual(endpoints.map(({ status, inFlight }) => [status, inFlight]),
      [['unknown', 0], ['unknown', 0]])
  }

  test('by streams in which nothing happens', async t => {
    const quiet = { send: ({ res }) => res.writeHead(200).write('data: 1\n\n') }
    const all = await scene(t, { 'users *': quiet, 'reviews *': quiet }, {}, { config: brief })
    const streams = await Promise.all(Array.from({ length: 12 }, () => openRequest(all.url, '/api/users/1')))
    await Promise.all(streams.map(({ stream }) =>
      soon(new Promise(resolve => stream.resume().once('close', resolve)), 'its end')))
    await assertAllWell(all)
  })

  test('by reading so slowly that the service gives up', async t => {
    const sockets = []
    const endless = { send: ({ socket }) => {
      sockets.push(socket)
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n')
      return writeForever(socket, Buffer.alloc(65_536))
    } }
    const all = await scene(t, { 'users *': endless, 'reviews *': endless }, {}, { config: brief })
    const readers = await Promise.all(Array.from({ length: 12 }, () => openRequest(all.url, '/api/users/1')))
    let before
    await eventually(async () => {
      const sent = sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
      const isStuck = sent === before
      before = sent
      await pause(100)
      return isStuck
    }, 'all buffers to be full')
    for (const socket of sockets) socket.reset()
    await Promise.all(readers.map(({ stream }) =>
      soon(new Promise(resolve => stream.resume().once('close', resolve)), 'its end')))
    await assertAllWell(all)
  })

  for (const [what, end] of [['are silent', () => undefined],
    ['the service breaks off', ({ sockets }) => sockets.forEach(socket => socket.resetAndDestroy())]]) {
    test(`by tunnels that ${what}`, async t => {
      const both = [await websocketService(t), await websocketService(t)]
      const all = await scenario(t, 'web', {}, { args: ['--workers', '1'], config: brief,
        urlOf: { users: () => both.map(({ url }) => url).join(',') } })
      const tunnels = await Promise.all(Array.from({ length: 12 },
        () => connectWebsocket(all.url, '/api/users/ws')))
      both.forEach(end)
      await Promise.all(tunnels.map(({ ended }) => soon(ended, 'its end')))
      await assertAllWell(all)
    })
  }
})

describe('a health check', { concurrency: 2 }, () => {
  const often = { interval: '100ms', timeout: '5s', rise: 1, fall: 1 }

  test('ends an ejection after resets', async t => {
    const plan = { 'users *': { fault: 'reset' }, 'users /health': { json: {} }, 'reviews *': { json: {} } }
    const all = await scene(t, plan, { health: often })
    await eventually(async () => {
      await all.get('/api/users/1')
      return (await events(all, 'endpoint_returned')).length > 0
    }, 'the endpoint to return')
    const [{ by, reason, status }] = await events(all, 'endpoint_returned')
    assert.deepEqual({ by, reason, status }, { by: 'check', reason: 'reset', status: 0 })
  })

  test('does not end an ejection by status', async t => {
    const plan = { 'users *': { status: 503 }, 'users /health': { json: {} }, 'reviews *': { json: {} } }
    const all = await scene(t, plan, { health: often })
    await statuses(all.get, 10)
    await all.arrival('users', all.asked('users').length + 4)
    assert.equal((await endpointOf(all, 'users')).status, 'ejected')
    assert.deepEqual(await events(all, 'endpoint_returned'), [])
  })

  for (const [why, health, bad, reason] of [
    ['status', { status: 204 }, { status: 200 }, 'status'],
    ['text', { body: 'all well' }, { text: '{"state":"all we"}' }, 'body'],
  ]) {
    test(`without the expected ${why} takes an endpoint out, and with it brings it back`, async t => {
      const good = why === 'status' ? { status: 204 } : { text: '{"state":"all well"}' }
      let row = good
      const plan = { 'users *': { json: 'users' }, 'reviews *': { json: 'reviews' },
        'users /health': () => row, 'reviews /health': good }
      const all = await scene(t, plan, { health: { ...often, ...health } }, { args: ['--workers', '2'] })
      const become = state => eventually(async () => (await endpointOf(all, 'users')).status === state, state)
      await become('up')
      row = bad
      await become('down')
      assert.equal((await endpointOf(all, 'users')).reason, reason)
      const answers = async () => counts(await Promise.all(Array.from({ length: 10 },
        async () => (await all.get('/api/users/1')).body)))
      assert.deepEqual(await answers(), { reviews: 10 })
      row = good
      await become('up')
      assert.deepEqual(await answers(), { users: 5, reviews: 5 })
    })
  }

  test('decides after fall and rise results in a row', async t => {
    const results = [204, 500, 500, 204, 500, 500, 500, 204, 204]
    const plan = { 'users /health': results.map(status => ({ status })), 'reviews *': { json: {} } }
    const all = await scene(t, plan, { health: { ...often, rise: 2, fall: 3 } })
    let told
    await eventually(async () => (told = await events(all, 'endpoint')).length === 2, 'two events')
    assert.deepEqual(told.map(({ state }) => state), ['down', 'up'])
    const lasted = told.map(({ time }) => wall(time))
    assert.ok(lasted[1] - lasted[0] > 150) // two intervals
    assert.ok(all.asked('users').length >= results.length)
  })

  test('is not believed when it fails at all endpoints', async t => {
    const plan = { 'users *': { json: {} }, 'reviews *': { json: {} },
      'users /health': { status: 500 }, 'reviews /health': { status: 500 } }
    const all = await scene(t, plan, { health: often })
    await eventually(async () => (await all.get('/health/users')).status === 503, 'the service down')
    assert.deepEqual(counts(await statuses(all.get, 10)), { 200: 10 })
  })
})
