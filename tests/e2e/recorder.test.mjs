// The flight recorder: what it keeps of a request.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { asOperator } from './lib/operator.mjs'
import { recorded, recordedDemo } from './lib/recorder.mjs'
import { faults } from './lib/reply.mjs'
import { notification, order, recommendation, stock, user } from './lib/samples.mjs'
import { open } from './lib/scenario.mjs'
import { eventually, gate } from './lib/wait.mjs'

const shop = {
  'users /users/u1': { json: user('u1') },
  'orders *': { json: [order('o1')] },
  'recommendations *': { json: [recommendation('p1')] },
  'notifications *': { json: [notification('n1')] },
}
const page = '/api/dashboard/u1'
const names = ['user', 'recentOrders', 'recommendations', 'unreadNotifications']

const partOf = (request, name) => request.parts.find(part => part.name === name)
const callOf = (request, name) => request.calls[partOf(request, name).calls[0]]

function assertInOrder(times, why) {
  const known = times.filter(time => time !== null)
  assert.deepEqual(known, [...known].sort((a, b) => a - b), why)
}

describe('a page', { concurrency: 4 }, () => {
  test('is recorded with its parts, calls and answer', async t => {
    const { get, last, detail } = await recorded(t, 'web', shop)
    const answer = await get(`${page}?a=b`, { headers: { 'x-request-id': 'first-one' } })
    const request = await last(1)
    const { number, requestId, method, path, query, route, status, bytes, partial, cache, user: who } = request

    assert.deepEqual({ number, requestId, method, path, query, route, status, bytes, partial, cache, who },
      { number: 1, requestId: 'first-one', method: 'GET', path: page, query: 'a=b', route: '/api/dashboard/:userId',
        status: 200, bytes: answer.bytes.length, partial: false, cache: null, who: 'admin' })
    assert.ok(Math.abs(Date.parse(request.at) - Date.now()) < 60_000)
    assert.deepEqual(request.parts.map(({ name }) => name), names)
    assert.ok(names.includes(request.setBy))
    for (const { name, startUs, endUs, reason, chosen, cancelled } of request.parts) {
      assert.deepEqual({ reason, chosen, cancelled }, { reason: null, chosen: true, cancelled: false })
      const call = callOf(request, name)
      assert.equal(call.status, 200)
      assertInOrder([0, startUs, call.askedUs, call.startUs, call.connectedUs, call.firstByteUs, call.endUs, endUs,
        request.tookUs], name)
      assert.ok(call.bytes > 0 && call.endpoint.startsWith('127.0.0.1:'))
    }
    assert.equal(callOf(request, 'user').target, '/users/u1')
    assert.deepEqual((await detail(1)).answer, answer.body)
  })

  test('that is partial says why, and which part it waited for', async t => {
    const late = gate()
    const { get, requests, arrival, json } = await recorded(t, 'web', { ...shop,
      'orders *': { status: 503, until: late.opened }, 'recommendations *': faults.reset })
    const answer = get(page)
    await Promise.all(['users', 'orders', 'recommendations', 'notifications'].map(service => arrival(service)))
    const busy = async () => (await json('services')).services.filter(({ inFlight }) => inFlight > 0).map(({ name }) => name)
    await eventually(async () => (await busy()).join() === 'orders', 'the end of the other calls')
    late.open()
    assert.equal((await answer).body.errors.recentOrders.reason, 'status')
    const [request] = await requests(1)
    assert.deepEqual([request.partial, request.setBy], [true, 'recentOrders'])
    assert.deepEqual(request.parts.map(({ reason }) => reason), [null, 'status', 'reset', null])
    assert.deepEqual(request.parts.map(({ status }) => status), [200, 503, null, 200])
    const others = request.parts.filter(({ name }) => name !== 'recentOrders').map(({ endUs }) => endUs)
    assert.ok(callOf(request, 'recentOrders').firstByteUs > Math.max(...others))
  })

  test('that a required part has failed has cancelled calls', async t => {
    const { get, last, asked } = await recorded(t, 'web', { 'products *': { status: 500, meet: 'both' },
      'reviews *': { send: () => undefined, meet: 'both' }, 'inventory *': { json: stock(1) } })
    assert.equal((await get('/api/products/p1')).status, 502)
    const request = await last(1)
    assert.deepEqual([request.status, partOf(request, 'reviews').cancelled], [502, true])
    const { cancelled, reason, target } = callOf(request, 'reviews')
    assert.deepEqual({ cancelled, reason, target }, { cancelled: true, reason: null, target: '/reviews?productId=p1' })
    await asked('reviews')[0].gone
  })

  test('whose client leaves is recorded as 499', async t => {
    const { leave, arrival, last } = await recorded(t, 'web', { ...shop, 'users /users/u1': { send: () => undefined } })
    const client = leave(page)
    await arrival('users')
    client.leave()
    const request = await last(1)
    assert.deepEqual([request.status, request.bytes], [499, 0])
    assert.equal(callOf(request, 'user').cancelled, true)
  })

  test('over HTTP/2 is recorded, also when its client takes nothing', async t => {
    const { http2, last, detail } = await recorded(t, 'web', { ...shop, 'orders *': { json: [order('o1', { note: 'x'.repeat(40_000) })] } })
    const { open: openStream, session } = await http2({ settings: { initialWindowSize: 10 } })
    const stream = openStream(`${page}?q=1`)
    stream.on('error', () => undefined)
    await new Promise(resolve => stream.once('response', resolve))
    await new Promise(resolve => session.ping(resolve))
    stream.close(8)
    const request = await last(1)
    assert.deepEqual([request.status, request.query, request.calls.length], [200, 'q=1', 4])
    assert.equal((await detail(1)).answer.recentOrders[0].note.length, 40_000)
  })

  test('with a list has its calls by places, and shares them', async t => {
    const { get, last } = await recorded(t, 'places', {
      'users *': { json: user('u1') }, 'notifications *': { json: [] },
      'products *': ({ url }) => ({ json: { id: url.slice(-2), name: url, price: 1 } }) })
    assert.equal((await get('/api/cached/u1')).status, 200)
    const { parts, calls } = await last(1)
    const list = parts.find(part => part.list)
    const targets = list.calls.map(place => calls[place].target)
    assert.deepEqual(targets, ['/products/p1', '/products/p2', '/products/p3'])
  })
})

describe('a call', { concurrency: 4 }, () => {
  const two = { urlOf: { users: (url, urls) => `${url}, ${urls.reviews}` } }
  const routes = more => ({ login: 'off', routes: [{ path: '/api/users/', service: 'users', to: '/users/', ...more }] })

  test('that was retried says why', async t => {
    let asked = 0
    const row = () => (asked++ === 0 ? { status: 503 } : { json: 'yes' })
    const { get, last } = await recorded(t, 'web', { 'users *': row, 'reviews *': row },
      { ...two, isUnguarded: false, config: { ...routes(), services: { users: { ejection: 'off', breaker: 'off' } } } })
    assert.equal((await get('/api/users/1')).body, 'yes')
    const { parts, calls: [call] } = await last(1)
    assert.deepEqual([parts, call.retries, call.status], [[], 1, 200])
    assert.match(call.retried, / status 503$/)
    assertInOrder([call.askedUs, call.startUs, call.connectedUs, call.firstByteUs, call.endUs])
  })

  test('that was hedged has the times of the winner', async t => {
    let asked = 0
    const row = () => (asked++ === 0 ? { send: () => undefined } : { json: 'second' })
    const { get, last } = await recorded(t, 'web', { 'users *': row, 'reviews *': row },
      { ...two, config: { ...routes({ hedge: '30ms' }), services: { users: { hedge_budget: 100, retry: { try: '3s' } } } },
        isUnguarded: false })
    assert.equal((await get('/api/users/1')).body, 'second')
    const { calls: [call] } = await last(1)
    assert.deepEqual([call.hedged, call.hedgeWon, call.reason], [true, true, null])
    assert.ok(call.startUs - call.askedUs >= 29_000 && call.endUs !== null)
  })

  test('of a plain route that fails has its reason', async t => {
    const { get, last } = await recorded(t, 'web', { 'users *': faults.reset }, { config: routes() })
    assert.equal((await get('/api/users/1?x=1')).status, 502)
    const { route, calls: [call] } = await last(1)
    assert.deepEqual([route, call.target, call.reason, call.status], ['/api/users/', '/users/1?x=1', 'reset', null])
  })

  test('that the cache has answered has no times', async t => {
    const { get, requests } = await recorded(t, 'places', {
      'users *': { json: user('u1') }, 'notifications *': { json: [] },
      'products *': ({ url }) => ({ json: { id: url.slice(-2), name: url, price: 1 } }) }, { config: { cache: {} } })
    await get('/api/cached/u1')
    await get('/api/cached/u1')
    const [first, second] = await requests(2)
    assert.deepEqual([first, second].map(request => partOf(request, 'user').cache), ['miss', 'hit'])
    assert.ok(callOf(first, 'user').firstByteUs > 0)
    const { endpoint, startUs, firstByteUs, endUs } = callOf(second, 'user')
    assert.deepEqual({ endpoint, startUs, firstByteUs, endUs },
      { endpoint: null, startUs: null, firstByteUs: null, endUs: null })
  })
})

describe('the recorder', { concurrency: 4 }, () => {
  test('has the requests of all workers in one order', async t => {
    const { get, list, requests } = await recorded(t, 'web', shop, { workers: 4 })
    await Promise.all(Array.from({ length: 40 }, () => get(page)))
    const all = await requests(40)
    assert.deepEqual(all.map(({ number }) => number), Array.from({ length: 40 }, (_, i) => i + 1))
    const { last, epoch } = await list()
    assert.equal(last, 40)
    assert.match(epoch, /^[0-9a-f]{16}$/)
  })

  test('gives what came after a number, the oldest first', async t => {
    const { get, json, requests } = await recorded(t, 'web', {}, open)
    for (let i = 0; i < 5; i++) await get(`/nothing/${i}`)
    await requests(5)
    const numbers = async where => (await json(where)).requests.map(({ number }) => number)
    assert.deepEqual(await numbers('requests?limit=2'), [4, 5])
    assert.deepEqual(await numbers('requests?after=1&limit=2'), [2, 3])
    assert.deepEqual(await numbers('requests?after=5'), [])
  })

  test('has so many requests and bytes', async t => {
    const { get, list, requests } = await recorded(t, 'web', { ...shop,
      'orders *': { json: [order('o1', { note: 'x'.repeat(30_000) })] } }, { recorder: { requests: 3, bytes: '200KiB' } })
    for (let i = 0; i < 5; i++) await get(page)
    await eventually(async () => (await list()).last === 5, 'the fifth request')
    // An entry has the answer and the orders, 60 KB: so there is room for two or three
    const numbers = (await requests(1)).map(({ number }) => number)
    assert.ok(numbers.length >= 1 && numbers.length <= 3, `${numbers}`)
    assert.equal(numbers.at(-1), 5)
  })

  test('does not keep a long answer', async t => {
    const { get, detail, last } = await recorded(t, 'web', { 'users *': { json: 'x'.repeat(70_000) } },
      { config: { login: 'off', routes: [{ path: '/api/users/', service: 'users', to: '/users/' }] } })
    assert.equal((await get('/api/users/1')).bytes.length, 70_002)
    await last(1)
    const { answer, answerText, answerKept, bytes } = await detail(1)
    assert.deepEqual({ answer, answerText, answerKept, bytes },
      { answer: null, answerText: null, answerKept: false, bytes: 70_002 })
  })

  test('keeps one of eight whole requests, without its answer, and all while somebody looks', async t => {
    const { get, list, detail, fixture } = await recorded(t, 'web',
      { ...shop, 'orders /orders?userId=u2&limit=5': { status: 500, json: {} }, 'users /users/u2': { json: user('u2') } },
      { recorder: { answers: 'watched' } })
    for (let i = 0; i < 8; i++) await get(page)
    await get('/api/dashboard/u2')
    await eventually(async () => (await list()).last === 2, 'two requests')
    await get(page)
    await eventually(async () => (await list()).last === 3, 'the third request')
    const kept = await Promise.all([1, 2, 3].map(async number => (await detail(number)).answerKept))
    assert.deepEqual(kept, [false, true, true], 'whole, partial, and whole while somebody looks')
    await assert.rejects(fixture(1), /409/)
    assert.equal((await fixture(2)).answers.length, 4)
  })

  test('does not record health pages and its own pages, and survives a reload', async t => {
    const { get, list, server, last } = await recorded(t, 'web', shop)
    await get('/health')
    await get('/ready')
    await get('/nothing')
    await last(1)
    const before = await list()
    const reload = await ask(server.ready.admin, '/reload', { method: 'POST', headers: asOperator })
    assert.equal(reload.status, 200, reload.text)
    const { requests, epoch } = await list()
    assert.deepEqual(requests.map(({ path }) => path), ['/nothing'])
    assert.equal(epoch, before.epoch)
  })

  test('is on with --mock, and off otherwise', async t => {
    const { get, requests, signedIn } = await recordedDemo(t)
    await get(page, { as: 'u1' })
    const [login] = await requests(2)
    assert.deepEqual([login.path, login.status, signedIn], ['/api/auth/login', 200, undefined])
    const { json } = await recordedDemo(t, { config: { recorder: 'off' } })
    await assert.rejects(json('requests'), /404/)
  })
})
