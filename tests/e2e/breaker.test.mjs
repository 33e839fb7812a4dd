// The circuit breaker: what clients get, what the service is asked, and what the log says while it
// opens, is open, tries and closes.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { scenario } from './lib/scenario.mjs'
import { gate } from './lib/wait.mjs'

const path = '/api/users/1'
const busy = { status: 500, json: {} }
const fine = { json: { id: '1' } }

const settings = (service, breaker, more) =>
  ({ services: { [service]: { breaker: { volume: 4, reset: '60s', ...breaker }, ...more } } })

// A server whose users service answers as planned.
const stage = (t, users, breaker, { build = 'web', more, ...options } = {}) =>
  scenario(t, build, { 'users *': users },
    { ...options, config: { ...settings('users', breaker, more), ...options.config } })

async function statuses(get, count, ...request) {
  const list = []
  for (let i = 0; i < count; i++) list.push((await get(...request)).status)
  return list
}

const events = server => server.lines().filter(({ event }) => event.startsWith('breaker'))
  .map(({ time, event, open_ms, ...more }) => [event, more]) // open_ms: by the clock

describe('a plain route', { concurrency: 4 }, () => {
  test('is 503 at once when its breaker is open, and the service is not asked', async t => {
    const { get, asked, server } = await stage(t, [busy, fine, busy])
    assert.deepEqual(await statuses(get, 4, path), [500, 200, 500, 500])
    const { status, headers, text } = await get(path, { headers: { 'x-request-id': 'r1' } })
    assert.equal(status, 503)
    assert.equal(text, '{"error":"Service temporarily unavailable","cached":false,"requestId":"r1"}')
    assert.equal(headers['retry-after'], '60')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['proxy-status'],
      'bff-web; error=destination_unavailable; details="users breaker_open"')
    assert.equal(asked('users').length, 4)
    await server.stop()
    assert.deepEqual(events(server),
      [['breaker_open', { service: 'users', calls: 4, failures: 3, reset_ms: 60_000 }]])
    const { outcome, endpoint } = server.lines().find(({ id }) => id === 'r1')
    assert.deepEqual([outcome, endpoint], ['breaker_open', undefined])
  })

  test('never opens it by 4xx or 501', async t => {
    const refusals = [400, 401, 404, 409, 429, 501].map(status => ({ status, json: {} }))
    const { get, asked } = await stage(t, refusals, { error_threshold: 0, volume: 1 })
    assert.deepEqual(await statuses(get, 7, path), [400, 401, 404, 409, 429, 501, 501])
    assert.equal(asked('users').length, 7)
  })

  test('does not count a client that leaves', async t => {
    const { get, leave, arrival } = await stage(t, [{ fault: 'hang' }, { fault: 'hang' }, fine],
      { error_threshold: 0, volume: 1 }, { more: { min_wait: '0ms' } })
    for (const nth of [1, 2]) {
      const { leave: go } = leave(path)
      const request = await arrival('users', nth)
      go()
      await request.gone
    }
    assert.equal((await get(path)).status, 200)
  })

  test('gets the stored answer while the breaker is open, if a step has one', async t => {
    const { get } = await stage(t, busy, { volume: 1 }, { build: 'filter' })
    const stored = text => ({ headers: { 'x-stored': text } })
    assert.equal((await get(path, stored('kept'))).status, 500)
    const { status, text } = await get(path, stored('kept'))
    assert.deepEqual([status, text], [200, 'kept'])
    assert.equal((await get(path, stored('none'))).status, 503)
    assert.equal((await get(path)).status, 503)
  })

  test('may have a breaker of its own, with the numbers of its service', async t => {
    const route = { service: 'users', access: 'public' }
    const { get, server } = await stage(t, ({ url }) => (url === '/own/1' ? busy : fine), { volume: 2 },
      { config: { routes: [{ path: '/own/', ...route, breaker: 'own' }, { path: '/r/', ...route }] } })
    assert.deepEqual(await statuses(get, 3, '/own/1'), [500, 500, 503])
    assert.equal((await get('/own/2')).status, 503)
    assert.equal((await get('/r/2')).status, 200)
    await server.stop()
    assert.deepEqual(events(server), [['breaker_open',
      { breaker: 'route /own/ to users', calls: 2, failures: 2, reset_ms: 60_000 }]])
  })
})

// Asks with many clients at the same time, each again while it gets 503, until `isOver`.
async function besiege(get, isOver) {
  const client = async () => {
    for (;;) {
      const { status } = await get(path)
      if (status !== 503 || isOver()) return status
    }
  }
  return (await Promise.all(Array.from({ length: 16 }, client))).filter(status => status !== 503)
}

describe('a half open breaker', { concurrency: 2 }, () => {
  test('lets exactly one call try, of 4 workers, and its success closes it', async t => {
    const door = gate()
    const { get, arrival, asked, server } = await stage(t,
      [busy, busy, { ...fine, until: door.opened }, fine], { volume: 2, reset: '200ms' },
      { args: ['--workers', '4'] })
    await statuses(get, 2, path)
    let isTrying = false
    arrival('users', 3).then(() => (isTrying = true))
    const before = besiege(get, () => isTrying)
    await arrival('users', 3)
    assert.deepEqual(await besiege(get, () => true), [])
    assert.equal((await get(path)).headers['retry-after'], '1')
    assert.equal(asked('users').length, 3)
    door.open()
    assert.deepEqual(await before, [200])
    assert.deepEqual(await statuses(get, 8, path), Array(8).fill(200))
    await server.stop()
    assert.deepEqual(events(server).map(([event]) => event),
      ['breaker_open', 'breaker_half_open', 'breaker_closed'])
  })

  test('opens again when the trial fails', async t => {
    const { get, asked, server } = await stage(t, [busy, busy, busy, fine],
      { volume: 2, reset: '100ms' })
    await statuses(get, 2, path)
    assert.deepEqual(await besiege(get, () => false).then(list => [...new Set(list)].sort()), [200, 500])
    assert.ok(asked('users').length > 4)
    await server.stop()
    assert.deepEqual(events(server).map(([event]) => event), ['breaker_open', 'breaker_half_open',
      'breaker_open', 'breaker_half_open', 'breaker_closed'])
  })
})

describe('a page', { concurrency: 4 }, () => {
  const dashboard = pages['web dashboard']
  const hang = { fault: 'hang' }

  async function onDashboard(t, orders, breaker, more) {
    const plan = planOf(dashboard, { recentOrders: orders })
    const scene = await scenario(t, 'web', plan, { config: settings('orders', breaker, more) })
    const load = async () => (await scene.get(dashboard.path)).body.errors?.recentOrders.reason
    return { ...scene, load }
  }

  test('has its other parts, and breaker_open for this one', async t => {
    const { get, load, asked } = await onDashboard(t, busy, { volume: 2 })
    assert.deepEqual([await load(), await load()], ['status', 'status'])
    const { status, headers, body, text } = await get(dashboard.path)
    assert.equal(status, 200)
    assert.equal(text.replace(body.loadedAt, 'now'),
      dashboard.text({ recentOrders: { reason: 'breaker_open' } }))
    assert.match(headers['server-timing'], /recentOrders;dur=\d+\.\d;desc="breaker_open"/)
    assert.equal(headers['proxy-status'],
      'bff-web; error=destination_unavailable; details="recentOrders breaker_open"')
    assert.equal(headers['retry-after'], undefined)
    assert.equal(asked('orders').length, 2)
  })

  test('is 503 with the time until the trial when the part is required', async t => {
    const page = pages['web product']
    const { get, asked } = await scenario(t, 'web', planOf(page, { product: busy }),
      { config: settings('products', { volume: 1, reset: '40s' }) })
    assert.equal((await get(page.path)).status, 502)
    const { status, headers, text } = await get(page.path, { headers: { 'x-request-id': 'r1' } })
    assert.equal(status, 503)
    assert.equal(headers['retry-after'], '40')
    assert.equal(text, '{"error":"Failed to fetch product details","part":"product",' +
      '"reason":"breaker_open","requestId":"r1"}')
    assert.equal(asked('products').length, 1)
  })

  test('counts a part whose time was over as a failure', async t => {
    const { load, asked } = await onDashboard(t, hang, { volume: 1 })
    assert.deepEqual([await load(), await load()], ['timeout', 'breaker_open'])
    assert.equal(asked('orders').length, 1)
  })

  test('does not count it when the service had less than min_wait', async t => {
    const { load, asked } = await onDashboard(t, [hang, fine], { volume: 1 }, { min_wait: '3s' })
    assert.deepEqual([await load(), await load()], ['timeout', 'bad_json'])
    assert.equal(asked('orders').length, 2)
  })

  test('does not count a part that ended because a required one failed', async t => {
    const page = pages['web product'], door = gate()
    const missing = { status: 404, json: {}, until: door.opened }
    const { get, arrival } = await scenario(t, 'web',
      planOf(page, { product: [missing, { json: page.parts.product.json }], reviews: [hang, { json: [] }] }),
      { config: settings('reviews', { volume: 1 }, { min_wait: '0ms' }) })
    const first = get(page.path)
    const { gone } = await arrival('reviews')
    door.open()
    assert.equal((await first).status, 404)
    await gone
    const { status, body } = await get(page.path)
    assert.deepEqual([status, body.errors], [200, undefined])
  })
})
