// How long a service may take: what it is told (X-Request-Deadline-Ms), what a trusted proxy may
// say, and uploads, which may take longer than the limits.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { authority } from './lib/certificates.mjs'
import { pages, planOf } from './lib/pages.mjs'
import { echo, mebibyte } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'

const oneWorker = ['--workers', '1']
const name = 'x-request-deadline-ms'
const trusted = { trusted_proxies: ['127.0.0.1'] }
const says = ms => ({ headers: { [name]: ms } })
const steady = { breaker: 'off', ejection: 'off', retry: 'off' }

const start = (t, plan, config = {}, more = {}) =>
  scenario(t, 'web', plan, { args: oneWorker, config, ...more })

// The deadlines of an echoed request.
const deadlines = ({ body }) => body.fields.filter(([field]) => /deadline/.test(field))

function assertWithin(text, most) {
  assert.match(text, /^[1-9]\d*$/)
  assert.ok(Number(text) <= most, `${text} is at most ${most}`)
}

describe('a service is told its deadline', { concurrency: 2 }, () => {
  test('in each call of a page: what is left of the budget', async t => {
    const plan = planOf(pages['web checkout'])
    plan['orders /orders/7'] = { ...plan['orders /orders/7'], get until() { return pause(120) } }
    const { get, asked } = await start(t, plan)
    assert.equal((await get('/api/checkout/7')).status, 200)
    const [order] = asked('orders'), [user] = asked('users')
    assertWithin(order.headers[name], 1500)
    assertWithin(user.headers[name], Number(order.headers[name]) - 120 + 1)
  })

  test('in a plain route: what is left of total', async t => {
    const { get } = await start(t, { 'users *': echo },
      { services: { users: { timeout: { total: '2s' } } } })
    for (let i = 0; i < 2; i++) { // on a new connection, and on one that is open
      const [[, value], ...more] = deadlines(await get('/api/users/1'))
      assertWithin(value, 2000)
      assert.deepEqual(more, [])
    }
  })

  test('but not what a client says', async t => {
    const { get } = await start(t, { 'users *': echo })
    const answer = await get('/api/users/1', { headers:
      { 'X-Request-Deadline-Ms': '7', x_request_deadline_ms: '7', 'X-Request_Deadline-Ms': '7' } })
    const fields = deadlines(answer)
    assert.equal(fields.length, 1)
    assert.notEqual(fields[0][1], '7')
  })

  test('and not in a health check', async t => {
    const { arrival } = await start(t, { 'users /alive': { json: {} } },
      { services: { users: { health: { path: '/alive' } } } })
    assert.equal((await arrival('users')).headers[name], undefined)
  })
})

describe('a trusted proxy', { concurrency: 2 }, () => {
  test('makes the limits shorter, and never longer', async t => {
    const { get } = await start(t, { 'users *': echo }, trusted)
    assertWithin(deadlines(await get('/api/users/1', says('800')))[0][1], 800)
    assertWithin(deadlines(await get('/api/users/1', says('86400000')))[0][1], 3000)
  })

  test('makes the budget of a page shorter', async t => {
    const plan = planOf(pages['web dashboard'], { user: { fault: 'hang' } })
    const { get, asked } = await start(t, plan, trusted)
    const { status, body, ms } = await get('/api/dashboard/u1', says('250'))
    assert.equal(status, 200)
    assert.deepEqual(body.errors, { user: { reason: 'timeout' } })
    assert.ok(ms >= 249 && ms < 1000, `${ms} is after the deadline and before the budget`)
    for (const { headers } of asked()) assertWithin(headers[name], 250)
  })

  test('makes the time for the head of an answer shorter', async t => {
    const { get } = await start(t, { 'users *': { fault: 'hang' } }, trusted)
    const { status, ms } = await get('/api/users/1', says('150'))
    assert.equal(status, 504)
    assert.ok(ms >= 149 && ms < 3000)
  })

  test('cannot open the breaker, or eject an endpoint, by deadlines under min_wait', async t => {
    const { get } = await start(t, { 'users *': { fault: 'hang' }, 'reviews *': { fault: 'hang' } },
      { ...trusted, services: { users: { retry: 'off' } } },
      { urlOf: { users: (url, urls) => `${url}, ${urls.reviews}` } })
    for (let i = 0; i < 12; i++) assert.equal((await get('/api/users/1', says('15'))).status, 504)
    const { breaker, endpoints } = (await get('/health/users')).body
    assert.deepEqual([breaker.state, breaker.calls, breaker.failures], ['closed', 0, 0])
    assert.ok(endpoints.every(({ status }) => status !== 'ejected'))
  })

  for (const passed of ['0', '-1', '-86400000']) {
    test(`that says ${passed} gets 504 at once, and nobody is asked`, async t => {
      const { get, asked } = await start(t, {}, trusted)
      for (const path of ['/api/users/1', '/api/dashboard/u1']) {
        const { status, body } = await get(path, says(passed))
        assert.equal(status, 504)
        assert.equal(body.error, 'Gateway timeout')
      }
      assert.equal(asked().length, 0)
    })
  }

  test('that says no number is served with our own limits', async t => {
    const { get } = await start(t, { 'users *': echo }, trusted)
    for (const value of ['', 'soon', '1.5', '1e1', '+5', '5ms', '1, 2', '99999999999999999999'])
      assert.equal((await get('/api/users/1', says(value))).status, 200, value)
    assert.equal((await get('/api/users/1', says(['900', '0', '800']))).status, 504)
  })
})

test('with less than min_time left, a part is timeout and is not sent', async t => {
  const services = { users: { min_time: '900ms' }, orders: { min_time: '900ms' } }
  const plan = planOf(pages['web dashboard'])
  const { get, asked } = await start(t, plan, { ...trusted, services })
  const { status, body } = await get('/api/dashboard/u1', says('800'))
  assert.equal(status, 200)
  const reason = 'timeout'
  assert.deepEqual(body.errors, { user: { reason }, recentOrders: { reason } })
  assert.equal((await get('/api/users/1', says('800'))).status, 504)
  assert.deepEqual(asked('users').concat(asked('orders')), [])
})

const ca = authority({ after })
const { key, cert } = ca.sign(['IP:127.0.0.1'])
const long = Buffer.alloc(4 * mebibyte, 'x')
const short = { connect: '1200ms', first_byte: '1200ms', total: '1300ms' }
const bytesPerMs = 2 * mebibyte / 1000

// A service that reads up to `most` bytes, slowly, and answers when it has read all. `reading` has
// what it has read. Its kernel reads in lumps, which are far shorter than first_byte.
const slow = (reading, most = Infinity) => ({
  async send({ req, res }) {
    reading.bytes = 0
    for await (const chunk of req) {
      reading.bytes += chunk.length
      if (reading.bytes > most) await new Promise(() => undefined)
      await pause(chunk.length / bytesPerMs)
    }
    res.end('{}')
  },
})

async function upload(t, row, { tls, config = {}, options } = {}) {
  const scene = await start(t, { 'users *': row }, {
    routes: [{ path: '/up/', service: 'users', access: 'public', body_limit: '16MiB' }],
    services: { users: { ...steady, timeout: short, ...(tls && { ca_file: ca.caFile }) } },
    ...config,
  }, tls && { services: { users: { tls: { key, cert } } } })
  return scene.get('/up/', { method: 'POST', body: long, as: null, ...options })
}

describe('an upload', { concurrency: 4 }, () => {
  for (const tls of [false, true]) {
    const over = tls ? ', over TLS' : ''
    test(`may take longer than the limits while the service reads${over}`, async t => {
      const reading = {}
      const { status, ms } = await upload(t, slow(reading), { tls })
      assert.equal(status, 200)
      assert.equal(reading.bytes, long.length)
      assert.ok(ms > 1300, `it took ${ms} ms, longer than total`)
    })

    test(`is cut when the service has not read for first_byte${over}`, async t => {
      const reading = {}
      const { status } = await upload(t, slow(reading, mebibyte), { tls })
      assert.equal(status, 504)
      assert.ok(reading.bytes > mebibyte, 'it was not cut before it stopped')
    })
  }

  test('is not sent to another endpoint because it takes longer than a try', async t => {
    const row = slow({})
    const { get, asked } = await scenario(t, 'web', { 'users *': row, 'reviews *': row }, {
      args: oneWorker, urlOf: { users: (url, urls) => `${url}, ${urls.reviews}` },
      config: { services: { users: { retry: { methods: ['PUT'], try: '100ms' } } } } })
    const { status, ms } = await get('/api/users/1',
      { method: 'PUT', body: long.subarray(0, 0.75 * mebibyte) })
    assert.equal(status, 200)
    assert.ok(ms > 300)
    assert.equal(asked().length, 1)
  })

  test('is cut at the deadline of a trusted proxy, also while the service reads', async t => {
    const { status } = await upload(t, slow({}), { config: trusted, options: says('400') })
    assert.equal(status, 504)
  })
})
