// The metrics: they agree with what clients and services have counted, and clients cannot make more
// series. METRICS_COUNT and METRICS_SEED set how many requests the first test makes, and which.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { metricsOf, openMetrics } from './lib/metrics.mjs'
import { random } from './lib/random.mjs'
import { reloadable } from './lib/reloading.mjs'
import { faults } from './lib/reply.mjs'
import { anywhere, open, scenario } from './lib/scenario.mjs'
import { eventually, inParallel } from './lib/wait.mjs'

const count = Number(process.env.METRICS_COUNT ?? 1000)
const seed = Number(process.env.METRICS_SEED ?? 1)
const admin = { listen: anywhere }
const server_ = 'http_server_request_duration_seconds_count'
const client_ = 'http_client_request_duration_seconds_count'

const stage = (t, plan, { config, ...options } = {}) => scenario(t, 'web', plan,
  { isUnguarded: true, ...options, config: { ...open.config, admin, access_log: false, ...config } })

// Counts texts.
function tally() {
  const counts = {}
  return { counts, add: name => { counts[name] = (counts[name] ?? 0) + 1 } }
}

const kinds = ['status 500', 'status 404', 'reset', 'bad JSON', undefined, undefined, undefined]
const plainKinds = kinds.filter(kind => kind !== 'bad JSON') // which a plain route passes on
const parts = { users: 'user', orders: 'recentOrders', recommendations: 'recommendations',
  notifications: 'unreadNotifications' }

// What a request does: a page or a plain route, and the fault of each service.
function fates() {
  const next = random(seed)
  const chosen = isPlain => Object.keys(parts).map(service => [service, next.any(isPlain ? plainKinds : kinds)])
  return Array.from({ length: count }, (_, id) => {
    const isPlain = next() < 0.5
    return { id, isPlain, faults: Object.fromEntries(chosen(isPlain)) }
  })
}

// The counts of a family as tally() has them.
function countsOf(samples, keyOf) {
  const counts = {}
  for (const { labels, value } of samples) counts[keyOf(labels)] = (counts[keyOf(labels)] ?? 0) + value
  return counts
}

describe('metrics', { concurrency: 2 }, () => {
  test('agree with the counts of clients and services', async t => {
    t.diagnostic(`METRICS_SEED=${seed}`)
    const all = fates(), asked = tally(), answered = tally(), outcomes = tally()
    const planOf = service => ({ url }) => {
      asked.add(service)
      const { id, faults: { [service]: fault } } = all[Number(/u(\d+)/.exec(url)[1])]
      return faults[fault] ?? { json: service === 'users' ? { id } : [id] }
    }
    const { server, url } = await stage(t, Object.fromEntries(Object.keys(parts).map(
      service => [`${service} *`, planOf(service)])), { keepsRecords: false })
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 })
    t.after(() => agent.destroy())
    await inParallel(16, all, async ({ id, isPlain, faults: chosen }) => {
      const path = isPlain ? `/api/users/u${id}` : `/api/dashboard/u${id}`
      const { status, body } = await ask(url, path, { agent })
      answered.add(`${isPlain ? '/api/users/' : '/api/dashboard/:userId'} ${status}`)
      for (const [service, part] of Object.entries(isPlain ? {} : parts)) {
        assert.equal(body.errors?.[part] !== undefined, chosen[service] !== undefined)
        outcomes.add(`${part} ${faults[chosen[service]]?.error.reason ?? 'ok'}`)
      }
    })
    await eventually(async () => (await metricsOf(server)).sum(server_) === count, 'every request to be over')
    const metrics = await metricsOf(server)
    assert.deepEqual(countsOf(metrics.of(server_), ({ http_route: route, http_response_status_code: status }) =>
      `${route} ${status}`), answered.counts)
    assert.deepEqual(countsOf(metrics.of(client_), ({ service }) => service), asked.counts)
    assert.deepEqual(countsOf(metrics.of('bff_part_duration_seconds_count'), ({ part, outcome }) =>
      `${part} ${outcome}`), outcomes.counts)
    assert.equal(metrics.sum('http_server_active_requests'), 0)
    const { bff_connections_opened_total: opened = 0, bff_connections_reused_total: reused = 0 } =
      countsOf(metrics.samples.filter(({ name }) => /^bff_connections/.test(name)).map(
        ({ name, value }) => ({ labels: { name }, value })), ({ name }) => name)
    assert.equal(opened + reused, metrics.sum(client_), 'each attempt was made on some connection')
  })

  test('have no more series for more paths and methods', async t => {
    const { server, url } = await stage(t, { 'users *': { status: 204 } })
    const seriesOf = async () => (await metricsOf(server)).samples.length
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 })
    t.after(() => agent.destroy())
    const visit = n => Promise.all([ask(url, `/api/users/${n}?q=${n}`, { agent }), ask(url, `/no/${n}`, { agent }),
      ask(url, `/no/${n}`, { agent, method: 'REPORT' })])
    await visit(0)
    const before = await seriesOf()
    await inParallel(16, Array.from({ length: count / 10 }, (_, n) => n + 1), visit)
    assert.equal(await seriesOf(), before)
    const { of } = await metricsOf(server)
    assert.equal(of(server_, { http_request_method: '_OTHER' })[0].value, count / 10 + 1)
    assert.deepEqual(Object.keys(of(server_, { http_response_status_code: '404' })[0].labels).sort(),
      ['http_request_method', 'http_response_status_code', 'url_scheme'], 'no route')
  })

  test('say why requests failed, and that clients left', async t => {
    const { get, leave, server, upstreams } = await stage(t, {
      'users /users/cut': faults['cut short'], 'users /users/late': faults.hang, 'orders *': faults.reset,
      'products *': faults.reset,
      'reviews *': { json: [] }, 'inventory *': { json: {} } })
    assert.equal((await get('/api/orders/o1')).status, 502)
    assert.equal((await get('/api/products/p1')).status, 502)
    await get('/api/users/cut').catch(() => undefined)
    const client = leave('/api/users/late')
    await eventually(() => upstreams.asked('users').length === 2, 'the service to be asked')
    client.leave()
    await eventually(async () => (await metricsOf(server)).sum(server_, { http_route: '/api/users/' }) === 2, 'both')
    const { of } = await metricsOf(server)
    const errors = of(server_).map(({ labels: { http_route: route, http_response_status_code: status, error_type: error } }) =>
      `${route} ${status} ${error}`)
    assert.deepEqual(errors.sort(), ['/api/orders/ 502 reset', '/api/products/:id 502 reset', '/api/users/ 200 reset',
      '/api/users/ 499 client_left'])
    assert.deepEqual(of(client_, { service: 'users' }).map(({ labels }) => labels.error_type).sort(), ['cancelled', 'reset'])
  })

  test('are OpenMetrics for those who ask for it, with traces as exemplars', async t => {
    const { get, server } = await stage(t, { 'users *': { json: { id: 'u1' } } })
    const trace = '0af7651916cd43dd8448eb211c80319c'
    await get('/api/users/u1', { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } })
    await get('/api/users/u1', { headers: { traceparent: `00-${'1'.repeat(32)}-b7ad6b7169203331-00` } })
    const plain = await metricsOf(server), better = await metricsOf(server, openMetrics)
    assert.match(plain.type, /^text\/plain; version=0\.0\.4/)
    assert.match(better.type, /^application\/openmetrics-text; version=1\.0\.0/)
    assert.ok(better.text.endsWith('# EOF\n') && !plain.text.includes('# EOF') && !plain.text.includes('trace_id'))
    const [{ exemplar }] = better.of('http_server_request_duration_seconds_bucket', { http_route: '/api/users/' })
      .filter(sample => sample.exemplar)
    assert.equal(exemplar.trace_id, trace, 'not the one that is not sampled')
    assert.ok(Math.abs(exemplar.at - Date.now() / 1000) < 60 && exemplar.took > 0)
    const asked = async accept => (await metricsOf(server, { accept })).type.split(';')[0]
    for (const [accept, type] of [['*/*', 'text/plain'], ['application/json', 'text/plain'],
      ['application/openmetrics-text;q=0.4,text/plain;q=0.5', 'text/plain'],
      ['application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
        'text/plain;version=0.0.4;q=0.3,*/*;q=0.2', 'application/openmetrics-text'],
      ['application/openmetrics-text;q=0', 'text/plain'], ['application/openmetrics-text;version=9', 'text/plain']])
      assert.equal(await asked(accept), type, accept)
  })

  test('have no exemplars when the operator wants none', async t => {
    const { get, server } = await stage(t, { 'users *': { status: 204 } }, { config: { metrics: { exemplars: false } } })
    await get('/api/users/u1')
    assert.ok(!(await metricsOf(server, openMetrics)).text.includes('trace_id'))
  })

  test('go on with a new configuration, and tell of it', async t => {
    const route = path => ({ path, service: 'users', access: 'public' })
    const { get, hup, change, server } = await reloadable(t, { 'users *': { status: 204 } },
      { config: { routes: [route('/kept/'), route('/gone/')] } })
    for (const where of ['/kept/1', '/gone/1']) await get(where)
    await eventually(async () => (await metricsOf(server)).sum(server_) === 2, 'both')
    change(settings => { settings.routes = [route('/new/'), route('/kept/')] })
    await hup()
    for (const where of ['/kept/2', '/new/2']) await get(where)
    await eventually(async () => (await metricsOf(server)).sum(server_) === 3, 'both')
    const { of, sum } = await metricsOf(server)
    assert.deepEqual(of(server_).map(({ labels, value }) => `${labels.http_route} ${value}`).sort(), ['/kept/ 2', '/new/ 1'])
    assert.equal(sum(client_, { service: 'users' }), 4, 'the service is the same')
    change(() => 'nonsense: 1')
    await hup()
    const { sum: later } = await metricsOf(server)
    assert.deepEqual(['good', 'bad'].map(result => later('bff_config_reloads_total', { result })), [1, 1])
    assert.deepEqual([sum('bff_config_generation'), later('bff_config_generation')], [2, 2])
  })

  test('count the cache, rate limits and retries', async t => {
    const retry = { retry: { methods: ['GET'] } }
    const { get, server } = await stage(t, { 'users *': { headers: { 'cache-control': 'max-age=60' }, json: {} } }, {
      config: { cache: {}, rate_limits: [{ name: 'all', path: '/', max: 3, window: '60s', key: 'ip' }],
        services: { users: retry }, routes: [{ path: '/api/users/', service: 'users', access: 'public', cache: { ttl: '60s' } }] } })
    for (let i = 0; i < 5; i++) await get('/api/users/u1')
    const { sum } = await metricsOf(server)
    const limit = result => sum('bff_rate_limit_requests_total', { limit: 'all', result })
    assert.deepEqual([limit('allowed'), limit('refused')], [3, 2])
    const cache = result => sum('bff_cache_requests_total', { http_route: '/api/users/', result })
    assert.deepEqual([cache('miss'), cache('hit')], [1, 2])
    assert.equal(sum('bff_cache_entries', { cache: 'responses' }), 1)
  })
})

// docs/metrics.md has a row for each family of the page, with its type and its labels.
test('the page and docs/metrics.md have the same series', async t => {
  const { get, server } = await stage(t, { 'users *': { status: 204 } })
  await get('/api/users/u1')
  const { text } = await metricsOf(server)
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| (counter|gauge|histogram) \|/gm)].map(([, name, type]) => `${name} ${type}`)
  assert.deepEqual(rows.sort(), types.sort())
})
