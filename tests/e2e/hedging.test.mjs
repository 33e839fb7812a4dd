// Hedging: when a service has not answered after some time, a second endpoint gets the request, too.
// The first good answer is the client's, and the other request is cancelled.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { scenario } from './lib/scenario.mjs'
import { eventually, gate } from './lib/wait.mjs'

// The users service has two endpoints, the planned services users and reviews, and all of its calls
// may be hedged. The service looks at no request but the first one: `first` answers that one.
function two({ hedge = '30ms', users = {}, ...more } = {}) {
  return {
    args: ['--workers', '1'],
    config: {
      login: 'off',
      services: { users: { ejection: 'off', retry: { try: '3s' }, hedge_budget: 100, ...users } },
      routes: [{ path: '/api/users/', service: 'users', to: '/users/', hedge }],
    },
    urlOf: { users: (url, urls) => `${url}, ${urls.reviews}` }, ...more,
  }
}

function answers(first, other = { json: 'other' }) {
  let asked = 0
  const row = () => (asked++ === 0 ? first : other)
  return { 'users *': row, 'reviews *': row }
}

const hang = { send: () => undefined }

async function requestLine({ server }, nth = 1) {
  const lines = () => server.lines().filter(({ event }) => event === 'request')
  await eventually(() => lines().length >= nth, `line ${nth} of a request`)
  return lines()[nth - 1]
}

describe('a route with hedge', { concurrency: 2 }, () => {
  test('gives the answer of the second endpoint when the first one hangs', async t => {
    const scene = await scenario(t, 'web', answers(hang), two())
    const answer = await scene.get('/api/users/1')
    assert.deepEqual([answer.status, answer.body], [200, 'other'])
    const [first, second] = scene.asked()
    await first.gone // cancelled
    const { hedge, retries, endpoint } = await requestLine(scene)
    assert.deepEqual({ hedge, retries }, { hedge: 'won', retries: 0 })
    assert.equal(endpoint, new URL(scene.upstreams.urls[second.service]).host)
  })

  test('gives the answer of the first endpoint when that comes first', async t => {
    const both = gate()
    const scene = await scenario(t, 'web', answers({ json: 'first', until: both.opened }, hang), two())
    const answer = scene.get('/api/users/1')
    await scene.arrival(undefined, 2)
    both.open()
    assert.equal((await answer).body, 'first')
    await scene.asked()[1].gone
    assert.equal((await requestLine(scene)).hedge, 'lost')
  })

  test('gives the answer of the other one when one fails', async t => {
    const failed = gate()
    const bad = { send: ({ res }) => { res.writeHead(503).end(); res.once('close', failed.open) } }
    const scene = await scenario(t, 'web',
      answers({ json: 'first', until: failed.opened }, bad), two())
    assert.equal((await scene.get('/api/users/1')).body, 'first')
    assert.equal(scene.asked().length, 2)
  })

  test('asks once when the answer is fast', async t => {
    const scene = await scenario(t, 'web', answers({ json: 'first' }), two({ hedge: '2s' }))
    assert.equal((await scene.get('/api/users/1')).body, 'first')
    assert.equal(scene.asked().length, 1)
    assert.equal((await requestLine(scene)).hedge, undefined)
  })

  test('never sends what changes data twice', async t => {
    let held
    const row = () => ({ json: 'late', until: held.opened })
    const scene = await scenario(t, 'web', { 'users *': row, 'reviews *': row },
      two({ users: { retry: { methods: ['GET', 'PUT', 'DELETE'] } } }))
    const methods = ['POST', 'PUT', 'DELETE', 'PATCH']
    for (const [i, method] of methods.entries()) {
      held = gate()
      const change = scene.get('/api/users/1', { method, body: 'x' })
      await scene.arrival(undefined, 3 * i + 1)
      const read = scene.get('/api/users/1')
      // The read began later. When it is sent twice, the change would have been, too.
      await scene.arrival(undefined, 3 * i + 3)
      held.open()
      await Promise.all([change, read])
    }
    const changes = scene.asked().map(({ method }) => method).filter(method => method !== 'GET')
    assert.deepEqual(changes, methods)
  })

  test('cancels both requests when the client leaves', async t => {
    const scene = await scenario(t, 'web', answers(hang, hang), two())
    const { leave } = scene.leave('/api/users/1')
    await scene.arrival(undefined, 2)
    leave()
    await Promise.all(scene.asked().map(({ gone }) => gone))
  })

  test('passes a long body on from the winner', async t => {
    const long = 'x'.repeat(3_000_000)
    const scene = await scenario(t, 'web', answers(hang, { json: long }), two())
    assert.equal((await scene.get('/api/users/1')).body, long)
  })

  test('stays within its budget', async t => {
    const all = gate()
    const slow = { json: 'slow', until: all.opened }
    const scene = await scenario(t, 'web', answers(slow, slow),
      two({ hedge: '1ms', users: { hedge_budget: 5 } }))
    const answered = Promise.all(Array.from({ length: 100 }, () => scene.get('/api/users/1')))
    await scene.arrival(undefined, 105)
    all.open()
    await answered
    assert.equal(scene.asked().length, 105)
  })

  test('learns its p95 from 20 requests', async t => {
    let isSlow = false
    const row = () => (isSlow ? (isSlow = false, hang) : { json: 'fast' })
    const scene = await scenario(t, 'web', { 'users *': row, 'reviews *': row }, two({ hedge: 'p95' }))
    for (let i = 0; i < 20; i++) await scene.get('/api/users/1')
    const before = scene.asked().length
    isSlow = true
    assert.equal((await scene.get('/api/users/1')).body, 'fast')
    assert.ok(scene.asked().length > before + 1)
  })
})

describe('a page', { concurrency: 2 }, () => {
  test('gets the answer of the second endpoint for a part with .hedge_ms', async t => {
    const scene = await scenario(t, 'places',
      { ...answers(hang, { json: { id: 'u1' } }), 'notifications *': { json: [] } }, two())
    const { body } = await scene.get('/api/hedged/u1')
    assert.deepEqual(body, { user: { id: 'u1' }, notifications: [] })
    await scene.asked().find(({ service }) => service !== 'notifications').gone
    assert.equal((await requestLine(scene)).parts.user.hedge, 'won')
  })

  test('has a rejected part when both fail', async t => {
    const scene = await scenario(t, 'places',
      { ...answers(hang, { status: 404 }), 'notifications *': { json: [] } }, two())
    const { body } = await scene.get('/api/hedged/u1')
    assert.deepEqual(body.errors, { user: { reason: 'status', status: 404 } })
  })
})
