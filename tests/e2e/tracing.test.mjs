// Traces and requests: which requests are sampled, what services learn of the trace and of the baggage,
// and that no collector, whatever it does, has an effect on a request. tests/peers/traces.test.mjs reads
// the spans.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { startCollector } from './lib/collector.mjs'
import { pages, planOf } from './lib/pages.mjs'
import { assertDone, reloadable } from './lib/reloading.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const page = pages['web dashboard']
const trace = '4bf92f3577b34da6a3ce929d0e0e4736', span = '00f067aa0ba902b7'
const nobody = 'http://127.0.0.1:1/v1/traces'

const traced = (t, tracing, more = {}) =>
  scenario(t, 'web', { ...planOf(page), 'users /users/1': { json: {} } },
    { ...more, config: { tracing, ...more.config } })

// Asks for the page and the route, and gives the header `name` of every request that a service got.
async function headersOf({ get, asked }, name, headers) {
  const before = asked().length
  for (const where of [page.path, '/api/users/1']) {
    assert.equal((await get(where, { headers })).status, 200)
  }
  return asked().slice(before).map(request => request.headers[name])
}

const events = server => server.lines().filter(({ event }) => event === 'tracing')
const same = text => text.replace(/"loadedAt":"[^"]*"/, '')

const collectors = {
  'that is down': undefined,
  'that never answers': () => undefined,
  'that has too much to do': ({ res }) => res.writeHead(429, { 'retry-after': '60' }).end(),
  'that refuses': ({ res }) => res.writeHead(400).end('no'),
  'that sends garbage': ({ req }) => req.socket.end('\0\x01garbage\r\n\r\n'),
  'that breaks off': ({ req }) => req.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n\n'),
  'that answers nonsense': ({ res }) => res.end('\xff\xff\xff not protobuf'),
}

describe('a collector', { concurrency: 4 }, () => {
  for (const [name, answer] of Object.entries(collectors)) {
    test(`${name} has no effect on requests`, async t => {
      const url = name === 'that is down' ? nobody : (await startCollector(t, answer)).url
      const { get, server } = await traced(t, { url, sample: '100%', batch: 4, queue: 4, interval: '10ms' })
      const answers = []
      for (let i = 0; i < 12; i++) answers.push(await get(page.path))
      assert.deepEqual([...new Set(answers.map(({ status, text }) => status + same(text)))],
        [`200${same(answers[0].text)}`])
      const isSaid = name === 'that breaks off' || name === 'that answers nonsense'
      if (isSaid) return
      await eventually(() => events(server).length > 0, 'an event')
      const [{ state, dropped, reason }] = events(server)
      assert.deepEqual([state, dropped > 0, typeof reason], ['down', true, 'string'])
    })
  }

  test('that was busy gets the same batch again, and then the next one', async t => {
    const collector = await startCollector(t, ({ res, nth }) =>
      nth === 1 ? res.writeHead(503, { 'retry-after': '1' }).end() : res.end())
    const { get } = await traced(t, { url: collector.url, sample: '100%', interval: '10m', batch: 2 },
      { args: ['--workers', '1'] }) // each worker has a queue of its own
    await get('/api/users/1')
    await collector.come(1)
    await get('/api/users/1')
    await collector.come(3)
    const [first, again, next] = collector.exports.map(({ body }) => body)
    assert.ok(first.equals(again))
    assert.ok(!first.equals(next))
  })

  test('that takes a part of a batch is quoted in the log', async t => {
    const why = 'no names', message = Buffer.from(`\x0a\x0c\x08\x01\x12\x08${why}`)
    const collector = await startCollector(t, ({ res }) => res.end(message))
    const { get, server } = await traced(t, { url: collector.url, sample: '100%', interval: '10m', batch: 2 },
      { config: { admin: { listen: anywhere } } })
    await get('/api/users/1')
    await eventually(() => events(server).length > 0, 'an event')
    const [{ state, message: words, dropped }] = events(server)
    assert.deepEqual([state, words, dropped], ['partial', why, 1])
    const { text } = await ask(server.ready.admin, '/metrics')
    assert.match(text, /^bff_spans_dropped_total 1$/m)
    assert.match(text, /^bff_spans_exported_total 1$/m)
  })

  test('gets what is left when the server stops', async t => {
    const collector = await startCollector(t)
    const { get, server } = await traced(t,
      { url: collector.url, sample: '100%', interval: '10m', headers: { Authorization: 'Bearer ${KEY}' } },
      { env: { KEY: 'of-the-collector' } })
    await get('/api/users/1')
    await server.stop()
    assert.equal(collector.exports.length, 1)
    assert.equal(collector.exports[0].headers.authorization, 'Bearer of-the-collector')
    assert.doesNotMatch(server.stdout, /of-the-collector/)
  })

  test('that hangs does not hold up the end', async t => {
    const collector = await startCollector(t, () => undefined)
    const { get, server } = await traced(t, { url: collector.url, sample: '100%', interval: '10m' })
    await get('/api/users/1')
    await server.stop() // it would need the time-out of 10 s, and the drain more
    assert.deepEqual(events(server).map(({ reason }) => reason), ['stopped'])
  })

  test('that is replaced by a reload gets what belongs to it, and the next one the rest', async t => {
    const [old, next] = [await startCollector(t), await startCollector(t)]
    const tracing = { url: old.url, sample: '100%', interval: '10m' }
    const { get, change, hup } = await reloadable(t, { 'users /users/1': { json: {} } }, { config: { tracing } })
    await get('/api/users/1')
    change(settings => { settings.tracing = { ...tracing, url: next.url, interval: '10ms' } })
    assertDone(await hup())
    await old.come(1)
    await get('/api/users/1')
    await next.come(1)
    assert.equal(old.exports.length, 1)
    change(settings => { settings.tracing = 'off' })
    assertDone(await hup())
    await get('/api/users/1')
  })

  test('is found by the variables of OpenTelemetry', async t => {
    const collector = await startCollector(t)
    const { get } = await scenario(t, 'web', { 'users /users/1': { json: {} } }, {
      config: { tracing: { sample: '100%', interval: '10ms' } },
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('/v1/traces', '/'),
        OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a%20b,x-key=1', OTEL_SERVICE_NAME: 'shop-door',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' } })
    await get('/api/users/1')
    await collector.come(1)
    const [{ path, headers, body }] = collector.exports
    assert.deepEqual([path, headers['x-team'], headers['x-key']], ['/v1/traces', 'a b', '1'])
    for (const text of ['shop-door', 'deployment.environment.name']) assert.ok(body.includes(text), text)
  })
})

describe('the flag "sampled" that services get', { concurrency: 4 }, () => {
  const flagsOf = async (t, tracing, traceparent) => {
    const scene = await traced(t, tracing)
    const seen = await headersOf(scene, 'traceparent', traceparent ? { traceparent } : {})
    return [...new Set(seen.map(value => value.slice(-2)))].join()
  }
  const rows = [
    ['is set without tracing', undefined, undefined, '01'],
    ['is that of the sample: all', { url: nobody, sample: '100%' }, undefined, '01'],
    ['is that of the sample: none', { url: nobody, sample: '0%' }, undefined, '00'],
    ['is the client\'s: 01', { url: nobody, sample: '0%' }, `00-${trace}-${span}-01`, '01'],
    ['is the client\'s: 00', { url: nobody, sample: '100%' }, `00-${trace}-${span}-00`, '00'],
    ['is not the client\'s with parent: false', { url: nobody, sample: '0%', parent: false },
      `00-${trace}-${span}-01`, '00'],
    ['is not set for a trace that is only kept if it fails', { url: nobody, sample: '0%',
      always: { errors: true } }, undefined, '00'],
  ]
  for (const [name, tracing, traceparent, want] of rows) {
    test(name, async t => assert.equal(await flagsOf(t, tracing, traceparent), want))
  }
})

describe('of the baggage of a client, services get', { concurrency: 4 }, () => {
  const sent = 'tenant=t1;kind=shop, secret=s, flag = on , tenant-id=x,=y, other'
  const rows = [
    ['nothing, if nothing is allowed', undefined, sent, undefined],
    ['the members that are allowed', { baggage: ['tenant', 'flag'] }, sent, 'tenant=t1;kind=shop,flag = on'],
    ['no member that breaks the rules', { baggage: ['tenant'] }, 'tenant="a", tenant=a b, tenant', undefined],
    ['nothing that is too long', { baggage: ['tenant'] }, `tenant=1,a=${'x'.repeat(8190)}`, undefined],
  ]
  for (const [name, tracing, baggage, want] of rows) {
    test(name, async t => {
      const scene = await traced(t, tracing)
      assert.deepEqual([...new Set(await headersOf(scene, 'baggage', { baggage }))], [want])
    })
  }
})
