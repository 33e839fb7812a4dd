// The health pages: the state of the server and of its services.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { scenario } from './lib/scenario.mjs'
import { services } from './lib/upstream.mjs'
import { eventually, gate } from './lib/wait.mjs'

const often = { interval: '100ms', timeout: '5s' }
const once = { interval: '1h', timeout: '5s' }

// Services that are well, but for those that `plan` names; each is asked as `health` says.
function scene(t, { plan = {}, health = often, essential = [], ...options } = {}) {
  const well = Object.fromEntries(services.map(name => [`${name} /health`, { json: 'well' }]))
  const settings = Object.fromEntries(services.map(
    name => [name, { health: { ...health, essential: essential.includes(name) } }]))
  const env = { JWT_SECRET: 'nobody has to sign in for these pages' }
  const config = { services: settings }
  return scenario(t, 'web', { ...well, ...plan }, { config, env, ...options })
}

// Asks until the page has this status, and gives that answer.
async function comes(get, path, status) {
  let answer
  await eventually(async () => (answer = await get(path)).status === status, `${status} of ${path}`)
  return answer
}

const isTime = text => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)

async function allAsked(get) {
  let health
  await eventually(async () => {
    health = JSON.parse((await get('/health')).text)
    return Object.values(health.checks).every(([{ time }]) => time)
  }, 'every service to be asked')
  return health
}

describe('/health', { concurrency: 4 }, () => {
  test('has a check for each service', async t => {
    const { get } = await scene(t, { health: once })
    const health = await allAsked(get)

    assert.equal(health.status, 'pass')
    assert.deepEqual(Object.keys(health.checks), services)
    for (const [check, ...others] of Object.values(health.checks)) {
      const { time, observedValue, breaker, endpoints: [endpoint, ...more], ...rest } = check
      assert.deepEqual([others, more], [[], []])
      assert.ok(isTime(time) && observedValue >= 0 && isTime(endpoint.since))
      assert.deepEqual(rest, { status: 'pass', observedUnit: 'ms' })
      assert.deepEqual(breaker, { state: 'closed', since: breaker.since, calls: 0, failures: 0 })
      assert.deepEqual(endpoint, { status: 'up', since: endpoint.since, inFlight: 0 })
    }
    const { status, headers } = await get('/health')
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'application/health+json')
    assert.equal(headers['cache-control'], 'no-store')
  })

  test('is 200, with a warning, when a service is down', async t => {
    const { get } = await scene(t, { plan: { 'orders /health': { status: 503 } } })
    const health = await allAsked(get)

    assert.equal(health.status, 'warn')
    assert.equal(health.checks.orders[0].status, 'fail')
    assert.equal(health.checks.orders[0].output, 'status 503')
    assert.equal(health.checks.users[0].status, 'pass')
  })

  test('answers GET and HEAD only', async t => {
    const { get } = await scene(t)
    for (const path of ['/health', '/ready', '/health/users', '/health/nobody']) {
      const refused = await get(path, { method: 'POST' })
      assert.equal(refused.status, 405)
      assert.equal(refused.headers.allow, 'GET, HEAD, OPTIONS')
      const asked = await get(path, { method: 'OPTIONS' })
      assert.equal(asked.status, 204)
      assert.equal(asked.headers.allow, 'GET, HEAD, OPTIONS')
    }
    const head = await get('/ready', { method: 'HEAD' })
    assert.deepEqual([head.status, head.text], [200, ''])
    assert.equal(head.headers['content-length'], '{"status":"ready"}'.length.toString())
  })
})

describe('/health/{service}', { concurrency: 4 }, () => {
  test('follows the service down and up again', async t => {
    let status = 200
    const { get, upstreams } = await scene(t, { plan: { 'users /health': () => ({ status }) } })
    assert.equal((await get('/health/users')).status, 200)

    status = 500
    const down = await comes(get, '/health/users', 503)
    const { since, endpoints, breaker, ...rest } = down.body
    assert.ok(isTime(since))
    assert.deepEqual(rest, { service: 'users', status: 'down', reason: 'status', httpStatus: 500 })
    const { since: downSince, inFlight, ...endpoint } = endpoints[0]
    assert.ok(isTime(downSince))
    assert.deepEqual(endpoint, { endpoint: new URL(upstreams.urls.users).host, status: 'down',
      reason: 'status', httpStatus: 500 })
    assert.equal(breaker.state, 'closed') // it does not count health checks
    assert.equal(down.headers['cache-control'], 'no-store')

    status = 204
    const up = await comes(get, '/health/users', 200)
    assert.deepEqual(Object.keys(up.body), ['service', 'status', 'since', 'breaker', 'endpoints'])
    assert.deepEqual(Object.keys(up.body.endpoints[0]), ['endpoint', 'status', 'since', 'inFlight'])
    assert.equal(up.body.status, 'up')
  })

  test('says that nobody listens', async t => {
    const { get } = await scene(t, { urlOf: { users: () => 'http://127.0.0.1:1' } })
    const { body } = await comes(get, '/health/users', 503)
    assert.deepEqual([body.reason, body.httpStatus], ['connect', undefined])
  })

  test('says that no answer comes in time', async t => {
    const door = gate()
    t.after(door.open)
    const { get } = await scene(t, {
      plan: { 'users /health': { status: 200, until: door.opened } },
      health: { interval: '100ms', timeout: '50ms' },
    })
    assert.equal((await comes(get, '/health/users', 503)).body.reason, 'timeout')
  })

  test('is up when one of two endpoints is', async t => {
    const { get } = await scene(t, { urlOf: { users: url => `http://127.0.0.1:1,${url}` } })
    const output = async () => JSON.parse((await get('/health')).text).checks.users[0].output
    await eventually(async () => await output() === '1 of 2 endpoints: connect', 'the other one')
    await eventually(async () => (await get('/health/users')).body.status === 'up', 'users up')

    assert.equal((await get('/health/users')).status, 200)
  })

  test('shows each endpoint, and the log names the one that changes', async t => {
    let status = 200
    const { get, server, upstreams } = await scene(t, {
      plan: { 'users /health': () => ({ status }) },
      urlOf: { users: url => `${url},http://127.0.0.1:1` } })
    const good = new URL(upstreams.urls.users).host
    const states = async () => (await get('/health/users')).body.endpoints
      .map(({ endpoint, status: state, reason, httpStatus }) => [endpoint, state, reason, httpStatus])
    const become = (...want) => eventually(async () =>
      JSON.stringify(await states()) === JSON.stringify(want), `endpoints to become ${want}`)
    const refusing = ['127.0.0.1:1', 'down', 'connect', undefined]
    await become([good, 'up', undefined, undefined], refusing)
    status = 500
    await become([good, 'down', 'status', 500], refusing)
    status = 200
    await become([good, 'up', undefined, undefined], refusing)

    const events = () => server.lines().filter(({ event }) => event === 'endpoint')
    await eventually(() => events().length >= 3, 'three events')
    const told = events().map(({ service, endpoint, state, reason, status: code }) =>
      [service, endpoint, state, reason, code])
    assert.deepEqual(told, [['users', '127.0.0.1:1', 'down', 'connect', 0],
      ['users', good, 'down', 'status', 500], ['users', good, 'up', 'status', 500]])
    const [, down, up] = events()
    assert.ok(isTime(down.since) && up.since === down.since && up.time >= up.since)
  })

  test('shows the endpoints of a service that is not asked', async t => {
    const { get, upstreams } = await scene(t, { config: { services: { users: { health: 'off' } } } })
    const { endpoints } = (await get('/health/users')).body
    assert.deepEqual(endpoints.map(({ since, ...rest }) => rest),
      [{ endpoint: new URL(upstreams.urls.users).host, status: 'unknown', inFlight: 0 }])
  })

  test('shows how many requests are in flight, and how long the first byte takes', async t => {
    const door = gate()
    t.after(door.open)
    const plan = { 'users *': [{ json: {} }, { json: {}, until: door.opened }] }
    const { get } = await scene(t, { plan, config: { login: 'off' } }) // nobody checks it
    await get('/api/users/1')
    const waiting = get('/api/users/1')
    await eventually(async () => (await get('/health/users')).body.endpoints[0].inFlight === 1, 'one')
    const { endpoints: [{ firstByteMs }] } = (await get('/health/users')).body
    assert.ok(firstByteMs >= 0 && /^\d+(\.\d)?$/.test(`${firstByteMs}`))
    door.open()
    await waiting
    assert.equal((await get('/health/users')).body.endpoints[0].inFlight, 0)
  })

  test('knows no other service', async t => {
    const { get } = await scene(t)
    const { status, body, headers } = await get('/health/carts')
    assert.equal(status, 404)
    assert.deepEqual(body, { error: 'Not found', requestId: headers['x-request-id'] })
  })
})

describe('/ready', { concurrency: 4 }, () => {
  test('does not wait for a service that is down', async t => {
    const { get } = await scene(t, { plan: { 'orders /health': { status: 500 } } })
    await comes(get, '/health/orders', 503)
    assert.deepEqual((await get('/ready')).body, { status: 'ready' })
  })

  test('waits for one that is essential', async t => {
    let status = 500
    const plan = { 'orders /health': () => ({ status }), 'users /health': () => ({ status }) }
    const { get } = await scene(t, { plan, essential: ['orders'] })
    const { body } = await comes(get, '/ready', 503)
    assert.deepEqual(body, { status: 'unavailable', services: ['orders'] })

    status = 200
    assert.deepEqual((await comes(get, '/ready', 200)).body, { status: 'ready' })
  })
})

describe('a service', { concurrency: 4 }, () => {
  test('is asked by one worker only, and by no request for these pages', async t => {
    const { get, asked, upstreams } = await scene(t, { health: once, args: ['--workers', '3'] })
    await allAsked(get)
    for (const page of ['/health', '/ready', '/health/users']) await get(page)

    for (const service of services) assert.equal(asked(service).length, 1)
    const { method, url, headers } = upstreams.asked('users')[0]
    assert.deepEqual([method, url], ['GET', '/health'])
    assert.equal(headers['user-agent'], 'bff-health')
  })

  test('is asked at the path that is set', async t => {
    const { arrival } = await scene(t, {
      plan: { 'users /live?deep=0': { status: 200 } },
      config: { services: { users: { health: { path: '/live?deep=0' } } } },
    })
    assert.equal((await arrival('users')).url, '/live?deep=0')
  })

  test('is not asked when its health is off', async t => {
    const { get, asked, arrival } = await scene(t, {
      config: { services: { users: { health: 'off' }, orders: { health: often } } },
    })
    await arrival('orders', 3)

    assert.deepEqual(asked('users'), [])
    const { status, body } = await get('/health/users')
    assert.deepEqual([status, body.status], [200, 'unknown'])
  })
})
