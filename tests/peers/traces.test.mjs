// The spans that a collector gets, read by the decoder of OpenTelemetry: they are a tree, their ids are
// those that the services got, and they say what became of a request.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { startCollector } from '../e2e/lib/collector.mjs'
import { pages, planOf } from '../e2e/lib/pages.mjs'
import { scenario } from '../e2e/lib/scenario.mjs'
import { decode } from './lib/otlp.mjs'

const page = pages['web dashboard']
const user = 'users /users/1'
const trace = '4bf92f3577b34da6a3ce929d0e0e4736', client = '00f067aa0ba902b7'
const [INTERNAL, SERVER, CLIENT] = [1, 2, 3]

// A server whose spans are read: { ...scenario, spansOf }. `spansOf(count)` waits for so many.
async function traced(t, plan, { tracing, ...options } = {}) {
  const collector = await startCollector(t)
  const scene = await scenario(t, 'web', plan, { ...options,
    config: { ...options.config, tracing: { url: collector.url, sample: '100%', interval: '10ms', ...tracing } } })
  const all = () => collector.exports.flatMap(({ body }) => decode(body).spans)
  const spansOf = async count => {
    await collector.until(() => all().length >= count, `${count} spans`)
    return all()
  }
  return { ...scene, collector, spansOf }
}

const kinds = (spans, kind) => spans.filter(one => one.kind === kind)
const names = spans => spans.map(({ name }) => name).sort()

// Each span lies within its parent.
function assertTree(spans, rootParent) {
  assert.equal(new Set(spans.map(({ id }) => id)).size, spans.length)
  assert.equal(new Set(spans.map(one => one.trace)).size, 1)
  const [root, ...more] = kinds(spans, SERVER)
  assert.deepEqual([root.parent, more], [rootParent, []])
  for (const one of spans.filter(each => each !== root)) {
    const parent = spans.find(({ id }) => id === one.parent)
    assert.ok(parent, `${one.name} has a parent`)
    assert.ok(parent.begin <= one.begin && one.begin <= one.end && one.end <= parent.end, one.name)
    for (const { at } of one.events) assert.ok(one.begin <= at && at <= one.end)
  }
  return root
}

describe('the spans of', { concurrency: 4 }, () => {
  test('a dashboard are a tree, with the ids that the services got', async t => {
    const { get, asked, spansOf, url, collector } = await traced(t, planOf(page))
    await get(`${page.path}?secret=1`, { headers: { 'user-agent': 'test/1',
      'x-request-id': 'r-1', traceparent: `00-${trace}-${client}-01` } })
    const spans = await spansOf(9)
    const root = assertTree(spans, client)
    assert.deepEqual(names(kinds(spans, INTERNAL)), Object.keys(page.parts).map(name => `part ${name}`).sort())
    assert.deepEqual(kinds(spans, CLIENT).map(({ trace: of, id }) => `00-${of}-${id}-01`).sort(),
      asked().map(({ headers }) => headers.traceparent).sort())
    for (const one of kinds(spans, CLIENT)) assert.notEqual(one.parent, root.id)
    assert.equal(root.name, 'GET /api/dashboard/:userId')
    assert.deepEqual(root.attributes, {
      'http.request.method': 'GET', 'http.route': '/api/dashboard/:userId', 'url.path': page.path,
      'url.scheme': 'http', 'client.address': '127.0.0.1', 'server.address': '127.0.0.1',
      'server.port': Number(new URL(url).port), 'user_agent.original': 'test/1',
      'network.protocol.version': '1.1', 'bff.request_id': 'r-1', 'http.response.status_code': 200 })
    assert.doesNotMatch(collector.exports.map(({ body }) => body).join(), /secret/)
    const { resource, scope } = decode(collector.exports[0].body)
    assert.deepEqual([resource['service.name'], scope], ['bff-web', 'bff'])
  })

  test('a plain route are its own and that of the attempt', async t => {
    const { get, spansOf, asked } = await traced(t, { [`${user}?secret=1`]: { json: {} } })
    await get('/api/users/1?secret=1')
    const spans = await spansOf(2)
    const root = assertTree(spans, undefined), [call] = kinds(spans, CLIENT)
    assert.equal(root.name, 'GET /api/users/')
    assert.equal(call.parent, root.id)
    assert.equal(call.name, 'GET')
    const { port } = new URL(`http://${asked('users')[0].headers.host}`)
    assert.deepEqual(call.attributes, { 'http.request.method': 'GET',
      'url.full': `http://127.0.0.1:${port}/users/1`, 'server.address': '127.0.0.1',
      'server.port': Number(port), 'network.protocol.version': '1.1', 'peer.service': 'users',
      'http.response.status_code': 200 })
    assert.deepEqual(call.events.map(({ name }) => name), ['connected', 'first byte'])
  })

  test('a request over HTTP/2 say so', async t => {
    const { http2, spansOf } = await traced(t, { [user]: { json: {} } })
    const session = await http2()
    await session.ask('/api/users/1')
    const root = assertTree(await spansOf(2), undefined)
    assert.equal(root.attributes['network.protocol.version'], '2')
  })

  test('a path and an agent that are not UTF-8 are readable', async t => {
    const { talk, spansOf } = await traced(t, {}, { config: { login: 'off' } })
    await talk(Buffer.from('GET /caf\xe9 HTTP/1.1\r\nhost: a\r\nuser-agent: \xe9\r\nconnection: close\r\n\r\n', 'latin1'))
    const [root] = await spansOf(1)
    assert.deepEqual([root.name, root.attributes['url.path'], root.attributes['user_agent.original']],
      ['GET', '/caf?', '?'])
  })
})

describe('a failure', { concurrency: 4 }, () => {
  test('of a service is the error of each of its attempts, and a retry has its number', async t => {
    const { get, asked, spansOf } = await traced(t, { [user]: [{ status: 503 }, { json: {} }] }, {
      config: { services: { users: { retry: { methods: ['GET'] }, breaker: 'off' } } },
      urlOf: { users: url => `${url},${url.replace('127.0.0.1', 'localhost')}` } })
    assert.equal((await get('/api/users/1')).status, 200)
    const spans = await spansOf(3)
    assertTree(spans, undefined)
    const calls = kinds(spans, CLIENT).sort((a, b) => (a.begin < b.begin ? -1 : 1))
    assert.deepEqual(calls.map(({ attributes: of, isFailed }) =>
      [of['http.response.status_code'], of['error.type'], of['http.request.resend_count'], isFailed]),
    [[503, '503', undefined, true], [200, undefined, 1, false]])
    assert.deepEqual(calls.map(({ id }) => id), asked().map(({ headers }) => headers.traceparent.split('-')[2]))
  })

  test('of a slow endpoint has a hedge that wins', async t => {
    const { get, spansOf } = await traced(t, { [user]: [{ fault: 'hang' }, { json: {} }] }, {
      config: { routes: [{ path: '/api/users/', service: 'users', to: '/users/', hedge: '20ms' }],
        services: { users: { ejection: 'off', retry: { try: '3s' }, hedge_budget: 100 } } },
      urlOf: { users: url => `${url},${url.replace('127.0.0.1', 'localhost')}` } })
    assert.equal((await get('/api/users/1')).status, 200)
    const calls = kinds(await spansOf(3), CLIENT)
    const flags = calls.map(({ attributes: of, isFailed }) => [of['bff.hedge'], of['bff.cancelled'], isFailed])
    assert.deepEqual(flags.sort(), [[undefined, true, false], [true, undefined, false]].sort())
  })

  test('of a part is the error of its span, and the answer that of the request only from 500 on', async t => {
    const { get, spansOf } = await traced(t, planOf(page, { recommendations: { status: 404 } }))
    assert.equal((await get(page.path)).status, 200)
    const spans = await spansOf(9), root = assertTree(spans, undefined)
    const failed = spans.filter(({ isFailed }) => isFailed).map(({ name, attributes: of }) => [name, of['error.type']])
    assert.deepEqual(failed.sort(), [['GET', '404'], ['part recommendations', 'status']])
    assert.equal(root.isFailed, false)
  })

  test('with 502 is the error of the request', async t => {
    const { get, spansOf } = await traced(t, { [user]: { fault: 'reset' } }, { isUnguarded: true })
    assert.equal((await get('/api/users/1')).status, 502)
    const spans = await spansOf(2), root = assertTree(spans, undefined)
    assert.deepEqual([root.isFailed, root.attributes['error.type']], [true, '502'])
    assert.deepEqual(kinds(spans, CLIENT).map(({ attributes: of }) => of['error.type']), ['reset'])
  })
})

describe('a trace that is not sampled', { concurrency: 4 }, () => {
  const tail = { sample: '0%', always: { errors: true } }

  test('is kept as a whole when the request fails, and only then', async t => {
    const recommendations = [{ json: page.parts.recommendations.json }, { status: 500 }]
    const plan = { ...planOf(page, { recommendations }), [user]: { json: {} } }
    const { get, asked, spansOf } = await traced(t, plan, { tracing: tail, isUnguarded: true })
    for (const where of [page.path, '/api/users/1', page.path]) await get(where)
    const spans = await spansOf(9)
    const root = assertTree(spans, undefined)
    assert.equal(spans.length, 9)
    const ids = asked().map(({ headers }) => headers.traceparent).filter(of => of.includes(root.trace))
    assert.deepEqual(ids.map(of => of.split('-')[2]).sort(), kinds(spans, CLIENT).map(({ id }) => id).sort())
    assert.deepEqual([...new Set(ids.map(of => of.slice(-2)))], ['00'])
  })

  test('is kept when the request is slow', async t => {
    const slow = { json: {}, send: async ({ res }) => { await pause(5); res.end('{}') } }
    const { get, spansOf } = await traced(t, { [user]: slow },
      { tracing: { sample: '0%', always: { slow: '1ms' } } })
    await get('/api/users/1')
    assertTree(await spansOf(2), undefined)
  })

  test('is not kept when it is neither', async t => {
    const { get, server, collector } = await traced(t, planOf(page),
      { tracing: { sample: '0%', always: { errors: true, slow: '10m' } } })
    assert.equal((await get(page.path)).status, 200)
    await server.stop()
    assert.deepEqual(collector.exports, [])
  })
})
