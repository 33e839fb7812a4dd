// The client of clients/typescript, with answers that the test makes: what it sends, what it sends
// again, and what it makes of lines.
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { scratch } from '../e2e/lib/scenario.mjs'
import { bundle, clientSource } from './lib/typescript.mjs'

// Node 18 has it only as a module. A page with http, and no localhost, has no randomUUID.
Object.defineProperty(globalThis, 'crypto', { value: { getRandomValues: words => webcrypto.getRandomValues(words) } })

// A client whose requests are answered by these functions, one after another, and what it has sent.
async function clientOf(t, ...answers) {
  const file = path.join(scratch(t), 'client.mjs')
  writeFileSync(file, await bundle(clientSource))
  const { client, states } = await import(file)
  const sent = []
  const fetch = async (url, { method, headers, body, signal }) => {
    sent.push({ url, method, headers, body })
    signal?.throwIfAborted()
    return answers[sent.length - 1]()
  }
  return { api: client('http://bff', { fetch, headers: { authorization: 'Bearer x' } }), states, sent }
}

const json = (value, headers = {}, status = 200) => () =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } })
const fails = () => { throw new TypeError('Failed to fetch') }

// A stream whose next piece is sent by push.
function lines() {
  let controller
  const body = new ReadableStream({ start: it => (controller = it) })
  const push = text => controller.enqueue(new TextEncoder().encode(text))
  return { push, close: () => controller.close(),
    answer: () => new Response(body, { headers: { 'content-type': 'application/x-ndjson' } }) }
}

const confirm = '/api/checkout/:orderId/confirm'

describe('a request', { concurrency: true }, () => {
  test('has its parameters, its query and its headers', async t => {
    const { api, sent } = await clientOf(t, json({}))
    await api.get('/api/orders/:id/items/:item', { id: 'a/b', item: 7 },
      { query: { limit: 5, parts: ['user', 'order'], after: undefined }, headers: { 'x-more': '1' } })
    const { url, method, headers, body } = sent[0]
    assert.equal(url, 'http://bff/api/orders/a%2Fb/items/7?limit=5&parts=user%2Corder')
    assert.deepEqual({ method, headers, body }, { method: 'GET', body: undefined,
      headers: { authorization: 'Bearer x', accept: 'application/json', 'x-more': '1' } })
  })

  test('that changes data is sent again with the same key, when there is no answer', async t => {
    const { api, sent } = await clientOf(t, fails, json({}, { 'retry-after': '0' }, 409), json({ id: 'o1' }))
    assert.deepEqual(await api.post(confirm, { orderId: 'o1' }, { body: { pay: 1 } }), { id: 'o1' })
    const keys = sent.map(({ headers }) => headers['idempotency-key'])
    assert.equal(sent.length, 3)
    assert.match(keys[0], /^\d+(-\d+){3}$/)
    assert.deepEqual(new Set(keys).size, 1)
    const next = await clientOf(t, json({}))
    await next.api.post(confirm, { orderId: 'o1' }, { body: {} })
    assert.notEqual(next.sent[0].headers['idempotency-key'], keys[0])
    assert.ok(sent.every(({ body, method }) => body === '{"pay":1}' && method === 'POST'))
  })

  test('that changes data is not sent again for an answer that says no', async t => {
    const { api, sent } = await clientOf(t, json({ error: 'Out of stock' }, {}, 502))
    await assert.rejects(api.post(confirm, { orderId: 'o1' }, { body: {}, key: 'mine' }),
      error => error.status === 502 && error.body.error === 'Out of stock' && error.message === 'Out of stock')
    assert.deepEqual(sent.map(({ headers }) => headers['idempotency-key']), ['mine'])
  })

  test('is given up after its tries, and a GET at once', async t => {
    const { api, sent } = await clientOf(t, fails, fails, fails)
    await assert.rejects(api.put(confirm, { orderId: 'o1' }, { tries: 2 }), /Failed to fetch/)
    assert.equal(sent.length, 2)
    await assert.rejects(api.get('/api/x'), /Failed to fetch/)
    assert.equal(sent.length, 3)
  })

  test('is not sent again once it was aborted', async t => {
    const { api, sent } = await clientOf(t, fails)
    await assert.rejects(api.post(confirm, { orderId: 'o1' }, { signal: AbortSignal.abort() }), { name: 'AbortError' })
    assert.equal(sent.length, 1)
  })
})

describe('the states of an answer', { concurrency: true }, () => {
  const body = { user: null, orders: [], products: [{ id: 1 }, null, null], partialFailure: true,
    errors: { orders: { reason: 'status', status: 500 }, 'products[1]': { reason: 'timeout' }, reviews: { reason: 'reset' } } }
  const want = {
    user: { state: 'nothing', value: null },
    orders: { state: 'status', status: 500, value: [] },
    products: { state: 'ok', value: body.products, items: [{ state: 'ok', value: { id: 1 } },
      { state: 'timeout', value: null }, { state: 'nothing', value: null }] },
  }

  test('are made of its errors and of Server-Timing', async t => {
    const timing = 'user;dur=1.0, orders;dur=2.0;desc="status", products;dur=1.0, reviews;dur=1.0;desc="reset"'
    const { api, states } = await clientOf(t, json(body, { 'server-timing': timing }))
    const { reviews, ...parts } = states(await api.get('/api/x'))
    assert.deepEqual(parts, want)
    assert.equal(reviews.state, 'reset')
  })

  test('without Server-Timing are those of its members', async t => {
    const { api, states } = await clientOf(t, json(body))
    const { user, orders, products } = states(await api.get('/api/x'))
    assert.deepEqual({ user, orders, products }, want)
  })

  test('are stale where Server-Timing says so', async t => {
    const { api, states } = await clientOf(t, json({ user: { id: 1 } }, { 'server-timing': 'user;dur=0.0;desc="stale"' }))
    assert.deepEqual(states(await api.get('/api/x')), { user: { state: 'stale', value: { id: 1 } } })
  })
})

describe('a stream', { concurrency: true }, () => {
  const head = '{"order":["user","orders","count","partialFailure"]}\n'
  const end = '{"members":{"partialFailure":false},"end":{"partialFailure":false,"serverTiming":"user;dur=1.0, orders;dur=2.0, hidden;dur=1.0"}}\n'

  test('gives each part when its line has come, in pieces of any size', async t => {
    const { push, close, answer } = lines()
    const { api, states } = await clientOf(t, answer)
    const page = api.stream('/api/x')
    push(head + '\n{"members":{"orders":[1,')
    push('2]}}\n{"members":{"cou')
    assert.deepEqual(await page.parts.orders, { state: 'ok', value: [1, 2],
      items: [{ state: 'ok', value: 1 }, { state: 'ok', value: 2 }] })
    push('nt":2}}\n')
    assert.equal(await page.members.count, 2)
    push('{"members":{"user":null},"errors":{"user":{"reason":"timeout"}}}\n')
    assert.deepEqual(await page.parts.user, { state: 'timeout', value: null })
    push(end)
    close()
    const whole = await page.answer
    assert.equal(JSON.stringify(whole), '{"user":null,"orders":[1,2],"count":2,"partialFailure":false}')
    assert.equal((await page.parts.hidden).state, 'ok')
    assert.equal(await page.parts.unchosen, undefined)
    assert.deepEqual(Object.keys(states(whole)), ['user', 'orders', 'hidden'])
  })

  test('that ends too early fails for those who wait', async t => {
    const { push, close, answer } = lines()
    const { api } = await clientOf(t, answer)
    const page = api.stream('/api/x')
    push(head + '{"members":{"orders":[]}}\n')
    assert.deepEqual((await page.parts.orders).value, [])
    close()
    await assert.rejects(page.answer, /too early/)
    await assert.rejects(page.parts.user, /too early/)
  })

  test('of a server that sends a whole answer has it all at once', async t => {
    const { api } = await clientOf(t, json({ user: { id: 1 }, orders: [] }, { 'server-timing': 'user;dur=0.0, orders;dur=0.0' }))
    const page = api.stream('/api/x')
    assert.deepEqual(await page.parts.user, { state: 'ok', value: { id: 1 } })
    assert.deepEqual(await page.answer, { user: { id: 1 }, orders: [] })
  })

  test('of a page that failed rejects', async t => {
    const { api } = await clientOf(t, json({ error: 'Failed', part: 'order' }, {}, 504))
    await assert.rejects(api.stream('/api/x').parts.order, error => error.status === 504 && error.body.part === 'order')
  })
})
