// A step of the table that waits: it goes on once, ends with its deadline, and ends silently when
// the client leaves or the server stops. bff-gate is bff-web with such a step.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import path from 'node:path'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { user } from './lib/samples.mjs'
import { anywhere, scenario, scratch } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { signedIn } from './lib/token.mjs'
import { eventually, soon } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const where = '/api/users/u1'

// { ...scene, open, states, until }: open(name) opens a gate, states(name) are its events so far.
async function stage(t, { workers = '1', config } = {}) {
  const fifo = path.join(scratch(t), 'gate')
  execFileSync('mkfifo', [fifo])
  const scene = await scenario(t, 'gate', { 'users /users/u1': { json: user('u1') } }, {
    listen: [anywhere, 'https://127.0.0.1:0'], env: { GATE: fifo }, args: ['--workers', workers],
    config: { tls: { certificate: certFile, key: keyFile }, ...config },
  })
  const events = () => scene.server.lines().filter(({ event }) => event === 'gate')
  const states = name => events().filter(each => each.name === name).map(({ state }) => state)
  return {
    ...scene, states,
    open: (name, how = '') => appendFileSync(fifo, `${name} ${how}\n`),
    until: (name, count) => eventually(() => states(name).length >= count,
      `${count} events of gate ${name}`),
    requests: () => scene.server.lines().filter(({ event }) => event === 'request'),
  }
}

// How to ask: { status } of a promise, and how to leave.
const over = {
  'HTTP/1.1': async ({ url, server }) => headers => h1(url, headers, server.token),
  'HTTP/1.1 over TLS': async ({ urls, server }) => headers =>
    h1(urls[1], headers, server.token),
  'HTTP/2': async ({ http2: connect }) => h2(await connect()),
  'HTTP/2 over TLS': async ({ http2: connect, urls }) =>
    h2(await connect({ ca: ca.ca }, urls[1])),
}

async function requester(url) {
  return url.startsWith('https:') ? (await import('node:https')).request : http.request
}

async function h1(url, headers, token) {
  const request = await requester(url)
  const req = request(new URL(where, url), { agent: false, ca: ca.ca,
    headers: { authorization: `Bearer ${token}`, ...headers } })
  const status = new Promise((resolve, reject) => {
    req.on('response', res => { res.resume(); resolve(res.statusCode) })
    req.on('error', reject)
  })
  status.catch(() => undefined)
  req.end()
  return { status, leave: () => req.destroy() }
}

function h2({ open }) {
  return headers => {
    const stream = open(where, { headers })
    const status = new Promise((resolve, reject) => {
      stream.on('response', head => { stream.resume(); resolve(head[':status']) })
      stream.on('error', reject)
      stream.on('close', () => reject(new Error('it ended without an answer')))
    })
    status.catch(() => undefined)
    return { status, leave: () => stream.close(http2.constants.NGHTTP2_CANCEL) }
  }
}

const gates = ['x-gate', 'x-gate-early']

for (const [protocol, connect] of Object.entries(over)) {
  describe(`a step that waits, ${protocol}`, { concurrency: 4 }, () => {
    test('goes on when what it waits for has come, once', async t => {
      const scene = await stage(t)
      const ask = await connect(scene)
      for (const field of gates) {
        const { status } = await ask({ [field]: field })
        await scene.until(field, 1)
        assert.equal(scene.asked('users').length, gates.indexOf(field), 'nothing behind it has run')
        scene.open(field)
        assert.equal(await soon(status, 'the answer'), 200)
        scene.open(field)
        await scene.until(field, 2)
        assert.deepEqual(scene.states(field), ['waits', 'opened'])
      }
    })

    test('waits twice in one request', async t => {
      const scene = await stage(t)
      const ask = await connect(scene)
      const { status } = await ask({ 'x-gate-early': 'a', 'x-gate': 'b' })
      await scene.until('a', 1)
      assert.deepEqual(scene.states('b'), [])
      scene.open('a')
      await scene.until('b', 1)
      scene.open('b')
      assert.equal(await soon(status, 'the answer'), 200)
    })

    test('can refuse afterwards', async t => {
      const scene = await stage(t)
      const { status } = await (await connect(scene))({ 'x-gate': 'a' })
      await scene.until('a', 1)
      scene.open('a', 'refuse')
      assert.equal(await soon(status, 'the answer'), 503)
      assert.equal(scene.asked('users').length, 0)
    })

    for (const [how, want, asked] of [['pass', 200, 1], ['refuse', 503, 0]]) {
      test(`ends at its deadline, and then it is ${how}`, async t => {
        const scene = await stage(t)
        const { status } = await (await connect(scene))({ 'x-gate': `a 20 ${how}` })
        assert.equal(await soon(status, 'the answer'), want)
        await scene.until('a', 3)
        scene.open('a')
        assert.deepEqual(scene.states('a'), ['waits', 'cancelled', 'late'])
        assert.equal(scene.asked('users').length, asked)
      })
    }

    test('ends silently when its client leaves', async t => {
      const scene = await stage(t)
      const ask = await connect(scene)
      for (const field of gates) {
        const { leave } = await ask({ [field]: field })
        await scene.until(field, 1)
        leave()
        await scene.until(field, 2)
        scene.open(field)
        assert.deepEqual(scene.states(field), ['waits', 'cancelled'])
      }
      await eventually(() => scene.requests().length === 2, 'two lines of the log')
      assert.deepEqual(scene.requests().map(({ status }) => status), [499, 499])
      assert.equal(scene.asked('users').length, 0)
      assert.equal((await scene.get(where)).status, 200, 'the next request')
    })

    test('is waited for by a drain', async t => {
      const scene = await stage(t)
      const { status } = await (await connect(scene))({ 'x-gate': 'a' })
      await scene.until('a', 1)
      scene.server.child.kill('SIGTERM')
      await eventually(() => scene.server.lines().some(({ event }) => event === 'draining'),
        'the drain')
      scene.open('a')
      assert.equal(await soon(status, 'the answer'), 200)
      await assertEnd(scene.server)
    })

    test('ends silently when a drain is over', async t => {
      const scene = await stage(t, { config: { drain_timeout: '100ms' } })
      const { status } = await (await connect(scene))({ 'x-gate': 'a' })
      await scene.until('a', 1)
      scene.server.child.kill('SIGTERM')
      await soon(assert.rejects(status), 'the end of the connection')
      await assertEnd(scene.server)
      assert.deepEqual(scene.states('a'), ['waits', 'cancelled'])
    })
  })
}

test('many wait, some leave, some are late, and each of the others is answered once', async t => {
  const scene = await stage(t, { workers: '2' })
  const clients = await Promise.all(Object.values(over).flatMap(connect =>
    [connect(scene), connect(scene), connect(scene)]))
  const waiting = await Promise.all(clients.flatMap((ask, i) => [0, 1, 2, 3].map(nth =>
    ask({ [gates[(i + nth) % 2]]: nth === 3 ? 'many 1 refuse' : 'many' }))))
  const count = state => scene.states('many').filter(each => each === state).length
  await eventually(() => count('waits') === waiting.length, 'all to wait')
  const leavers = waiting.filter((_, i) => i % 4 === 0)
  for (const { leave } of leavers) leave()
  const stayers = waiting.filter((_, i) => i % 4 === 1 || i % 4 === 2)
  const late = waiting.filter((_, i) => i % 4 === 3)
  assert.deepEqual(await Promise.all(late.map(({ status }) => status)), late.map(() => 503))
  await scene.until('many', waiting.length + leavers.length + 2 * late.length)
  scene.open('many')
  const statuses = await soon(Promise.all(stayers.map(({ status }) => status)), 'all answers')
  assert.deepEqual(statuses, stayers.map(() => 200))
  await eventually(() => count('opened') === stayers.length, 'all to go on')
  assert.deepEqual([count('waits'), count('opened'), count('cancelled'), count('late')],
    [waiting.length, stayers.length, leavers.length + late.length, late.length])
})

test('a request behind one that waits on its connection is answered after it', async t => {
  const scene = await stage(t)
  const bare = await scene.bare()
  bare.socket.write(`GET ${where} HTTP/1.1\r\nHost: a\r\n${signedIn}X-Gate: a\r\n\r\n` +
    `GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  await scene.until('a', 1)
  scene.open('a')
  assert.match(await soon(bare.ended, 'both answers'), /HTTP\/1\.1 200[^]*"u1"[^]*"ready"/)
})
