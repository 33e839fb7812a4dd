// The limit of calls in flight of a service, and of attempts in flight of an endpoint: over all
// workers, with a queue.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { pages, planOf } from './lib/pages.mjs'
import { scenario } from './lib/scenario.mjs'
import { gate, inParallel, soon } from './lib/wait.mjs'

const workers = count => ['--workers', String(count)]
const patient = { length: 1000, wait: '30s' }
const steady = { breaker: 'off', ejection: 'off', retry: 'off',
  timeout: { first_byte: '30s', total: '30s' } }
const limits = settings => ({ services: { users: { ...steady, ...settings } } })
const ids = Array.from({ length: 60 }, (_, i) => i)

// A server whose users service holds each request until the test opens its door.
async function held(t, settings, { config = {}, ...options } = {}) {
  const doors = ids.map(gate)
  const plan = { 'users *': ({ url }) => ({ json: {}, until: doors[url.split('/').pop()].opened }) }
  const scene = await scenario(t, 'web', plan,
    { args: workers(1), config: { ...limits(settings), ...config }, ...options })
  t.after(() => doors.forEach(door => door.open()))
  return { ...scene, doors, targets: () => scene.asked('users').map(({ url }) => url) }
}

// Requests for users in this order, over one HTTP/2 connection. All of them have begun when
// the promise resolves, because requests of a connection begin in their order.
async function begin({ http2 }, numbers) {
  const client = await http2()
  const answers = numbers.map(number => client.ask(`/api/users/${number}`))
  answers.forEach(answer => answer.catch(() => undefined))
  await client.ask('/health')
  return { answers, client }
}

describe('max_in_flight of a service', { concurrency: 2 }, () => {
  test('is never exceeded, over all workers', async t => {
    const plan = { 'users *': { json: {}, get until() { return pause(2) } } }
    const scene = await scenario(t, 'web', plan,
      { args: workers(4), config: limits({ max_in_flight: 3, queue: patient }) })
    const answers = await inParallel(60, Array(240).fill(), () => scene.get('/api/users/1'))
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(scene.upstreams.mostInFlight.users, 3)
  })

  test('lets calls wait in their order', async t => {
    const scene = await held(t, { max_in_flight: 1, queue: patient })
    const { answers } = await begin(scene, [0, 1, 2, 3, 4])
    await scene.arrival('users')
    assert.deepEqual(scene.targets(), ['/users/0'])
    for (const [i, door] of scene.doors.slice(0, 5).entries()) {
      await scene.arrival('users', i + 1)
      door.open()
    }
    for (const { status } of await Promise.all(answers)) assert.equal(status, 200)
    assert.deepEqual(scene.targets(), [0, 1, 2, 3, 4].map(i => `/users/${i}`))
  })

  test('gives all workers their share', async t => {
    const plan = { 'users *': { json: {}, get until() { return pause(1) } } }
    const scene = await scenario(t, 'web', plan,
      { args: workers(4), config: limits({ max_in_flight: 2, queue: patient }) })
    const served = Array(16).fill(0)
    const client = async i => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 }) // stays with one worker
      t.after(() => agent.destroy())
      while (served.reduce((sum, one) => sum + one) < 480) {
        assert.equal((await scene.get('/api/users/1', { agent })).status, 200)
        served[i]++
      }
    }
    await Promise.all(served.map((_, i) => client(i)))
    assert.ok(Math.min(...served) >= 20, `each of 16 clients gets about 30 of 480: ${served}`)
  })

  test('over it, a plain route gets 503 with Retry-After', async t => {
    const scene = await held(t, { max_in_flight: 1, queue: { length: 1, wait: '30s' } })
    const { answers } = await begin(scene, [0, 1])
    const { status, body, headers } = await scene.get('/api/users/2')
    assert.equal(status, 503)
    assert.equal(body.error, 'Service temporarily unavailable')
    assert.equal(headers['retry-after'], '1')
    assert.equal(headers['proxy-status'],
      'bff-web; error=connection_limit_reached; details="users limited"')
    for (const door of scene.doors) door.open()
    for (const answer of answers) assert.equal((await answer).status, 200)
    assert.deepEqual(scene.targets(), ['/users/0', '/users/1'])
  })

  test('over it, an optional part is limited, and a required part is 503', async t => {
    const door = gate()
    t.after(door.open)
    const plan = { 'users *': { json: {}, until: door.opened },
      ...planOf(pages['web dashboard']), 'products *': { json: {}, until: door.opened },
      ...planOf(pages['web product']) }
    plan['users /users/0'] = plan['products /products/0'] = { json: {}, until: door.opened }
    const limited = { ...steady, max_in_flight: 1, queue: 'off' }
    const scene = await scenario(t, 'web', plan,
      { args: workers(1), config: { services: { users: limited, products: limited } } })
    const first = [scene.get('/api/users/0'), scene.get('/api/products/0', { method: 'PUT' })]
    await Promise.all([scene.arrival('users'), scene.arrival('products')])
    const page = await scene.get('/api/dashboard/u1')
    assert.equal(page.status, 200)
    assert.deepEqual(page.body.errors, { user: { reason: 'limited' } })
    const refused = await scene.get('/api/products/p1')
    assert.equal(refused.status, 503)
    assert.equal(refused.headers['retry-after'], '1')
    assert.deepEqual([refused.body.part, refused.body.reason], ['product', 'limited'])
    door.open()
    for (const { status } of await Promise.all(first)) assert.equal(status, 200)
  })

  test('the wait ends after queue.wait', async t => {
    const scene = await held(t, { max_in_flight: 1, queue: { length: 9, wait: '60ms' } })
    const { answers: [first] } = await begin(scene, [0])
    const { status, ms } = await scene.get('/api/users/1')
    assert.equal(status, 503)
    assert.ok(ms >= 60)
    scene.doors[0].open()
    assert.equal((await first).status, 200)
    scene.doors[2].open()
    assert.equal((await scene.get('/api/users/2')).status, 200)
    assert.deepEqual(scene.targets(), ['/users/0', '/users/2'])
  })

  test('the time in the queue counts into total', async t => {
    const scene = await held(t, { max_in_flight: 1,
      queue: { length: 9, wait: '80ms' }, timeout: { first_byte: '80ms', total: '80ms' } })
    const { client } = await begin(scene, [])
    const answers = [0, 1].map(number => client.ask(`/api/users/${number}`))
    const second = await answers[1]
    assert.equal(second.status, 504)
    assert.equal((await answers[0]).status, 504)
    assert.deepEqual(scene.targets().slice(0, 1), ['/users/0'])
  })

  test('a client that leaves while its call waits makes room for the next one', async t => {
    const scene = await held(t, { max_in_flight: 1, queue: patient })
    const { answers: [first], client } = await begin(scene, [0])
    const leaver = client.open('/api/users/1')
    const next = client.ask('/api/users/2')
    await client.ask('/health')
    leaver.close(8)
    await client.ask('/health')
    scene.doors[0].open()
    scene.doors[2].open()
    assert.deepEqual([(await first).status, (await next).status], [200, 200])
    assert.deepEqual(scene.targets(), ['/users/0', '/users/2'])
  })
})

// An endpoint that holds its requests: { url, waiting }, where waiting() resolves with the next
// request's function to answer it.
async function endpoint(t) {
  const come = []
  const server = http.createServer((req, res) => {
    come.push(() => res.end('{}'))
    server.emit('come')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const next = async () => {
    while (come.length === 0) await once(server, 'come')
    return come.shift()
  }
  const url = `http://127.0.0.1:${server.address().port}`
  return { url, come, next: () => soon(next(), 'a request to the endpoint') }
}

describe('max_in_flight of endpoints', { concurrency: 2 }, () => {
  test('lets calls wait until an attempt has ended', async t => {
    const both = [await endpoint(t), await endpoint(t)]
    const endpoints = both.map(({ url }) => ({ url, max_in_flight: 1 }))
    const scene = await scenario(t, 'web', {}, { args: workers(2), env: { USERS_URL: undefined },
      config: limits({ endpoints, queue: { length: 1, wait: '30s' } }) })
    const { answers } = await begin(scene, [0, 1, 2])
    const first = await both[0].next(), second = await both[1].next()
    assert.equal(both[0].come.length + both[1].come.length, 0)
    assert.equal((await scene.get('/api/users/3')).status, 503) // the queue is full
    second()
    const third = await both[1].next()
    first()
    third()
    for (const { status } of await Promise.all(answers)) assert.equal(status, 200)
  })
})
