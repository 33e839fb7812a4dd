// A service with several endpoints, of which some cannot be connected to: nothing was sent there, so
// another one is asked, whatever the method. Once something was sent, that is over.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { pages, planOf } from './lib/pages.mjs'
import { echo, mebibyte } from './lib/reply.mjs'
import { scenario, stamped } from './lib/scenario.mjs'
import { signedIn } from './lib/token.mjs'
import { connectWebsocket, websocketService } from './lib/websocket.mjs'

const ca = authority({ after })
const oneWorker = ['--workers', '1']
const long = 'x'.repeat(mebibyte / 2)
const sha256 = createHash('sha256').update(long).digest('hex')

async function listener(t, onConnection) {
  const server = net.createServer(onConnection)
  server.on('connection', socket => socket.on('error', () => undefined))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return server.address().port
}

// An address at which nobody listens, another one each time. A port that was closed a moment ago is
// soon the port of another test.
let addresses = 1
const nobody = () => `127.0.0.${++addresses % 250 + 2}:1`

// Endpoints that cannot be connected to: each gives a URL.
const dead = {
  'refuses': () => `http://${nobody()}`,
  'refuses TLS': () => `https://${nobody()}`,
  'has no known name': () => 'http://no-such-host.invalid:1',
  'speaks no TLS': async t =>
    `https://127.0.0.1:${await listener(t, socket => socket.end('no\n'))}`,
  'resets in the handshake': async t =>
    `https://127.0.0.1:${await listener(t, socket => socket.resetAndDestroy())}`,
  'never ends the handshake': async t => {
    return `https://127.0.0.1:${await listener(t, socket => t.after(() => socket.destroy()))}`
  },
}

// A server whose users service has endpoints as given, and "good" for one that works.
async function stage(t, urls, plan = { 'users *': echo }, options = {}) {
  const made = await Promise.all(urls.map(each => (each === 'good' ? each : dead[each](t))))
  return scenario(t, 'web', plan, {
    args: oneWorker, config: { services: { users: { timeout: { connect: '150ms' } } } },
    urlOf: { users: url => made.map(each => (each === 'good' ? url : each)).join(', ') }, ...options })
}

async function assertAllServed({ get, http2 }, count) {
  const client = await http2()
  for (let i = 0; i < count; i++) {
    const over2 = await client.ask('/api/users/2', { method: 'PATCH', body: long })
    const answers = [await get('/api/users/1'), over2,
      await get('/api/users/3', { method: 'POST', body: long, isChunked: i % 2 === 1 })]
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200])
    for (const { body } of answers.slice(1)) assert.equal(body.sha256, sha256)
  }
}

describe('a service with an endpoint that', { concurrency: 2 }, () => {
  for (const why of Object.keys(dead)) {
    test(`${why} is asked at the other one`, async t => {
      const scene = await stage(t, [why, 'good'])
      await assertAllServed(scene, why.startsWith('never') ? 2 : 7)
    })
  }

  test('shows the certificate of another is asked at the other one', async t => {
    const { key, cert } = ca.sign(['DNS:wrong.example'])
    const scene = await scenario(t, 'web', { 'users *': echo, 'reviews *': echo }, {
      args: oneWorker, services: { reviews: { tls: { key, cert } } },
      config: { services: { users: { ca_file: ca.caFile } } },
      urlOf: { users: (url, urls) => `${urls.reviews}, ${url}` } })
    await assertAllServed(scene, 3)
    assert.equal(scene.asked('reviews').length, 0)
  })
})

describe('a service with several endpoints', { concurrency: 2 }, () => {
  test('is asked at the only good one of three, wherever it stands', async t => {
    for (const place of [0, 1, 2]) {
      const urls = ['refuses', 'refuses']
      urls.splice(place, 0, 'good')
      await assertAllServed(await stage(t, urls), 3)
    }
  })

  test('is asked at the only good one of twelve', async t => {
    await assertAllServed(await stage(t, [...Array(11).fill('refuses'), 'good']), 3)
  })

  test('of which one refuses costs no page a part', async t => {
    const page = pages['web dashboard']
    const { get } = await stage(t, ['refuses', 'good'], planOf(page))
    for (let i = 0; i < 20; i++) assert.equal(stamped((await get(page.path)).text), page.text({}))
  })

  test('of which one refuses gets each upgrade', async t => {
    const service = await websocketService(t)
    const scene = await stage(t, ['refuses', 'good'], {}, {
      urlOf: { users: () => `http://127.0.0.1:1, ${service.url}` } })
    for (let i = 0; i < 4; i++) {
      const client = await connectWebsocket(scene.url, '/api/users/ws', { more: signedIn })
      assert.equal(client.status, 101)
      client.socket.destroy()
    }
  })

  for (const [why, status, error, reason] of [
    ['refuses', 502, 'connection_refused', 'connect'],
    ['never ends the handshake', 504, 'http_response_timeout', 'timeout'],
  ]) {
    test(`of which each ${why} is ${status}`, async t => {
      const { get } = await stage(t, [why, why])
      for (const method of ['GET', 'POST']) {
        const answer = await get('/api/users/1', { method })
        assert.equal(answer.status, status)
        assert.equal(answer.headers['proxy-status'],
          `bff-web; error=${error}; details="users ${reason}"`)
      }
    })
  }

  test('gets nothing twice that one of them has read', async t => {
    const scene = await scenario(t, 'web', { 'users *': { fault: 'reset' }, 'reviews *': echo }, {
      args: oneWorker, urlOf: { users: (url, urls) => `${url}, ${urls.reviews}` } })
    const statuses = []
    for (let i = 0; i < 6; i++) {
      statuses.push((await scene.get('/api/users/1', { method: 'POST', body: 'x' })).status)
    }
    assert.deepEqual(statuses.filter(status => status === 502).length, 3)
    assert.equal(scene.asked().length, 6)
  })
})
