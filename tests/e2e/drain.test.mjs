// SIGTERM: the server finishes the requests that have begun, accepts no new ones, and exits with
// status 0.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { scenario, stamped } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { signedIn } from './lib/token.mjs'
import { eventually, gate, soon } from './lib/wait.mjs'

const page = pages['web dashboard']

// A scene whose users service answers when the door opens.
async function held(t, options) {
  const door = gate()
  const scene = await scenario(t, 'web',
    planOf(page, { user: { json: page.parts.user.json, until: door.opened } }), options)
  return { ...scene, door, terminate: () => scene.server.child.kill('SIGTERM') }
}

function isRefused(url) {
  const { hostname, port } = new URL(url)
  return new Promise(resolve => {
    const socket = net.connect(port, hostname)
    socket.once('connect', () => { socket.destroy(); resolve(false) })
    socket.once('error', ({ code }) => resolve(code === 'ECONNREFUSED'))
  })
}

describe('a drain', { concurrency: 4 }, () => {
  for (const workers of ['1', '2']) {
    test(`finishes a request and lets nobody in, with workers: ${workers}`, async t => {
      const args = ['--workers', workers]
      const { get, arrival, door, server, url, terminate } = await held(t, { args })
      const answer = get(page.path, { headers: { connection: 'keep-alive' } })
      await arrival('users')
      terminate()
      await eventually(() => isRefused(url), 'new connections to be refused')
      door.open()

      const res = await answer
      assert.equal(stamped(res.text), page.text({}))
      assert.equal(res.headers.connection, 'close')
      await assertEnd(server)
    })
  }

  test('ends connections that wait for their next request', async t => {
    const { get, door, server, terminate } = await held(t)
    door.open()
    const agent = new http.Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    await get(page.path, { agent })
    const [socket] = Object.values(agent.freeSockets).flat()
    const closed = once(socket, 'close')
    terminate()

    await soon(closed, 'the idle connection to end')
    await assertEnd(server)
  })

  test('ends connections that never asked anything', async t => {
    const { bare, door, server, terminate } = await held(t)
    door.open()
    const { ended } = await bare()
    terminate()
    await soon(ended, 'the silent connection to end')
    await assertEnd(server)
  })

  test('tells HTTP/2 with GOAWAY, and finishes its streams', async t => {
    const { http2, arrival, door, server, terminate } = await held(t)
    const { ask, session } = await http2()
    const answer = ask(page.path)
    await arrival('users')
    const goaway = once(session, 'goaway')
    terminate()
    assert.equal((await soon(goaway, 'GOAWAY'))[0], 0)
    door.open()

    assert.equal(stamped((await answer).text), page.text({}))
    await assertEnd(server)
  })

  test('ends at once when there is nothing to finish', async t => {
    const { door, server, terminate } = await held(t)
    door.open()
    terminate()
    await assertEnd(server)
  })

  test('that takes too long is cut off', async t => {
    const config = { drain_timeout: '50ms' }
    const { bare, arrival, server, terminate } = await held(t, { config })
    const { socket, ended } = await bare()
    socket.write(`GET ${page.path} HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n`)
    await arrival('users')
    terminate()

    assert.equal(await soon(ended, 'the connection to end'), '')
    await assertEnd(server)
  })

  test('serves on while load balancers look elsewhere, when it is told to', async t => {
    const { get, door, server, terminate } = await held(t, { config: { drain_delay: '5m' } })
    door.open()
    terminate()
    await eventually(async () => (await get('/ready')).status === 503, 'the end of readiness')

    assert.deepEqual((await get('/ready')).body, { status: 'draining' })
    assert.equal((await get('/health')).status, 200)
    const agent = new http.Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    const answer = await get(page.path, { agent })
    assert.equal(stamped(answer.text), page.text({}))
    assert.notEqual(answer.headers.connection, 'close')
    server.isStopped = true
    terminate() // who has waited enough says so once more
    assert.deepEqual(await soon(server.ended, 'the end'), { code: null, signal: 'SIGTERM' })
  })

  test('begins when its delay is over', async t => {
    const { door, server, terminate } = await held(t, { config: { drain_delay: '300ms' } })
    door.open()
    const began = performance.now()
    terminate()
    await assertEnd(server)
    assert.ok(performance.now() - began >= 300)
  })

  test('is broken off by a second signal', async t => {
    const { bare, arrival, server, url, terminate } = await held(t)
    const { socket } = await bare()
    socket.write(`GET ${page.path} HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n`)
    await arrival('users')
    terminate()
    await eventually(() => isRefused(url), 'new connections to be refused')
    server.isStopped = true
    terminate()
    assert.deepEqual(await soon(server.ended, 'the end'), { code: null, signal: 'SIGTERM' })
  })

  test('SIGINT is the same', async t => {
    const { get, arrival, door, server } = await held(t)
    const answer = get(page.path)
    await arrival('users')
    server.child.kill('SIGINT')
    await eventually(() => isRefused(server.url), 'new connections to be refused')
    door.open()
    assert.equal((await answer).status, 200)
    await assertEnd(server)
  })
})
