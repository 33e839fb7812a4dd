// Retries: a request that may be repeated is sent to another endpoint when the first one fails. The
// client sees one answer.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { echo } from './lib/reply.mjs'
import { scenario, stamped } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const calm = { ejection: 'off', breaker: 'off' }

// The users service has two endpoints: the planned services users and reviews.
const two = (users = {}) => ({
  args: ['--workers', '1'],
  config: { login: 'off', services: { users: { ...calm, ...users } } },
  urlOf: { users: (url, urls) => `${url}, ${urls.reviews}` },
})

const status = code => ({ send: ({ res }) => res.writeHead(code).end('no') })

// What the first endpoint does, and how the log says it.
const triggers = {
  'resets the connection': [{ fault: 'reset' }, 'reset'],
  'does not answer in the time of a try': [{ fault: 'hang' }, 'timeout'],
  'answers 500': [status(500), 'status 500'],
  'answers 502': [status(502), 'status 502'],
  'answers 503': [status(503), 'status 503'],
  'answers 504': [status(504), 'status 504'],
}

async function requestLines({ server }, count) {
  const lines = () => server.lines().filter(({ event }) => event === 'request')
  await eventually(() => lines().length >= count, `${count} lines of requests`)
  return lines()
}

describe('when an endpoint', { concurrency: 2 }, () => {
  for (const [what, [fault, why]] of Object.entries(triggers)) {
    test(`${what}, the other one is asked`, async t => {
      const scene = await scenario(t, 'web', { 'users *': fault, 'reviews *': echo },
        two())
      for (let i = 0; i < 4; i++) {
        const answer = await scene.get('/api/users/1', { method: i % 2 ? 'HEAD' : 'GET' })
        assert.equal(answer.status, 200)
      }
      const lines = await requestLines(scene, 4)
      const good = new URL(scene.upstreams.urls.reviews).host
      for (const { endpoint } of lines) assert.equal(endpoint, good)
      const failed = scene.asked('users').length
      assert.ok(failed > 0)
      assert.equal(lines.filter(({ retries }) => retries === 1).length, failed)
      const bad = new URL(scene.upstreams.urls.users).host
      for (const { retries, retried } of lines) {
        assert.equal(retried, retries === 1 ? `${bad} ${why}` : undefined)
      }
    })

    test(`${what}, a page is whole`, async t => {
      const page = pages['web dashboard']
      const plan = planOf(page)
      const user = Object.keys(plan).find(row => row.startsWith('users '))
      const { get } = await scenario(t, 'web',
        { ...plan, [user]: fault, [user.replace('users', 'reviews')]: plan[user] },
        two())
      for (let i = 0; i < 4; i++) assert.equal(stamped((await get(page.path)).text), page.text({}))
    })

    test(`${what}, a POST is not repeated`, async t => {
      const scene = await scenario(t, 'web', { 'users *': fault, 'reviews *': echo },
        two({ timeout: { first_byte: '400ms' } }))
      for (let i = 0; i < 4; i++) await scene.get('/api/users/1', { method: 'POST', body: 'x' })
      assert.equal(scene.asked().length, 4)
    })
  }
})

describe('a client', { concurrency: 2 }, () => {
  test('gets the last answer when all endpoints fail', async t => {
    const { get, asked } = await scenario(t, 'web',
      { 'users *': { status: 503, json: 'a' }, 'reviews *': { status: 503, json: 'b' } }, two())
    const answer = await get('/api/users/1')
    assert.equal(answer.status, 503)
    assert.equal(answer.body, asked()[1].service === 'users' ? 'a' : 'b')
    assert.equal(asked().length, 2)
  })

  test('gets the first answer when retries are off', async t => {
    const { get, asked } = await scenario(t, 'web',
      { 'users *': { status: 503 }, 'reviews *': { status: 503 } }, two({ retry: 'off' }))
    assert.equal((await get('/api/users/1')).status, 503)
    assert.equal(asked().length, 1)
  })

  test('waits as the service asks, when that is within the limits', async t => {
    const busy = { status: 503, headers: { 'retry-after': '1' } }
    const { get, asked } = await scenario(t, 'web', { 'users *': busy, 'reviews *': busy }, two())
    const answer = await get('/api/users/1')
    assert.equal(answer.status, 503)
    assert.ok(answer.ms >= 1000 && answer.ms < 2000, `${answer.ms} ms`)
    assert.equal(asked().length, 2)
  })

  test('gets the answer at once when the service asks for too long a wait', async t => {
    const busy = { status: 503, headers: { 'retry-after': '60' } }
    const { get, asked } = await scenario(t, 'web', { 'users *': busy, 'reviews *': busy }, two())
    const answer = await get('/api/users/1')
    assert.equal(answer.headers['retry-after'], '60')
    assert.equal(asked().length, 1)
  })

  test('of a PUT gets a retry when the methods have it, with the same body', async t => {
    const { get } = await scenario(t, 'web', { 'users *': { status: 503 }, 'reviews *': echo },
      two({ retry: { methods: ['PUT'] } }))
    for (let i = 0; i < 2; i++) {
      const answer = await get('/api/users/1', { method: 'PUT', body: 'new' })
      assert.deepEqual([answer.status, answer.body.method, answer.body.text], [200, 'PUT', 'new'])
    }
  })
})

/* A retry storm. The service and the clients are as small as possible, so that 10 000 requests take
 * little time. */

const ends = bytes => bytes.toString('latin1').split('\r\n\r\n').length - 1

async function busyService(t) {
  const service = { asked: 0 }
  const sockets = new Set()
  const server = net.createServer(socket => {
    sockets.add(socket.setNoDelay(true))
    socket.on('error', () => undefined).on('data', bytes => {
      const count = ends(bytes)
      service.asked += count
      socket.write('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n'.repeat(count))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { server.close(); sockets.forEach(socket => socket.destroy()) })
  return Object.assign(service, { url: `http://127.0.0.1:${server.address().port}` })
}

// Sends `count` requests on `connections` connections. Resolves with the number of answers by status.
async function storm(url, connections, count) {
  const statuses = {}
  let left = count
  const ask = socket => (left-- > 0
    ? socket.write('GET /api/users/1 HTTP/1.1\r\nhost: a\r\n\r\n') : socket.end())
  await Promise.all(Array.from({ length: connections }, async () => {
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1').setNoDelay(true)
    let text = ''
    socket.on('connect', () => ask(socket)).on('data', bytes => {
      text += bytes.toString('latin1')
      const [, code, length] = /^HTTP\/1\.1 (\d+)[^]*?content-length: (\d+)[^]*?\r\n\r\n/i.exec(text) ?? []
      if (code === undefined) return
      if (text.length < text.indexOf('\r\n\r\n') + 4 + Number(length)) return
      text = ''
      statuses[code] = (statuses[code] ?? 0) + 1
      ask(socket)
    })
    await once(socket, 'close')
  }))
  return statuses
}

async function stormy(t, users) {
  const services = [await busyService(t), await busyService(t)]
  const { url } = await scenario(t, 'web', {}, {
    config: { login: 'off', access_log: false, workers: 2, services: { users } },
    urlOf: { users: () => services.map(each => each.url).join(', ') } })
  return { url, asked: () => services[0].asked + services[1].asked }
}

describe('a retry storm: both endpoints answer 503', () => {
  const count = 10_000

  for (const connections of [1, 8, 64]) {
    test(`makes at most 1.2 calls for a request on ${connections} connections`, async t => {
      const { url, asked } = await stormy(t, calm)
      assert.deepEqual(await storm(url, connections, count), { 503: count })
      t.diagnostic(`${asked() / count} calls for a request`)
      assert.ok(asked() > count * 1.01, `there are retries: ${asked()}`)
      assert.ok(asked() <= count * 1.2, `${asked()} calls for ${count} requests`)
    })
  }

  test('ends when the breaker opens', async t => {
    const { url, asked } = await stormy(t, { ejection: 'off' })
    assert.deepEqual(await storm(url, 64, count), { 503: count })
    t.diagnostic(`${asked()} calls for ${count} requests`)
    assert.ok(asked() < 200, `${asked()} calls`)
  })
})
