// SIGUSR2: a new process of the same program takes the place of the one that runs, and no client
// notices. TAKEOVERS sets how often in the test under load.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { mixedServices, startMixedLoad } from './lib/mixed_load.mjs'
import { admin, asOperator } from './lib/operator.mjs'
import { reloadable } from './lib/reloading.mjs'
import { anywhere, scenario, scratch } from './lib/scenario.mjs'
import { assertEnd, kill } from './lib/server.mjs'
import { signedIn } from './lib/token.mjs'
import { eventually, gate, soon } from './lib/wait.mjs'
import { askUpgrade, events, installed, upgrade, upgrades } from './lib/takeover.mjs'

const count = Number(process.env.TAKEOVERS ?? 2)
// The thread sanitizer has fork in the place of vfork, so the old process does not see why execve failed.
const noProgram = /tsan/.test(process.env.BFF_BUILD ?? '') ? 'exit status 127' : /: Exec format error$/
const isThere = pid => existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`))
const gone = pid => eventually(() => !isThere(pid), `the end of process ${pid}`)

test(`under load, ${count} times: no error`, async t => {
  const services = await mixedServices(t)
  const { server } = await scenario(t, 'web', {}, { config: { access_log: false },
    args: ['--workers', '2'],
    urlOf: { users: () => services.url, orders: () => services.websockets } })
  const load = startMixedLoad(server.url, { lasts: 50 })
  const old = []
  for (let i = 0; i < count; i++) {
    const { http1, http2, events: seen, messages } = load.counts
    await eventually(() => load.errors.length > 0 || (load.counts.http1 > http1 + 100 &&
      load.counts.http2 > http2 + 100 && load.counts.events > seen && load.counts.messages > messages),
    'the load to go on')
    old.push(await upgrade(server))
  }
  await load.stop()
  t.diagnostic(JSON.stringify(load.counts))
  assert.deepEqual(load.errors.slice(0, 5), [])
  for (const pid of old) await gone(pid)
  assert.equal(events(server, 'drained').length, count)
})

// A server whose program and configuration the test may replace.
async function stage(t, config = {}, plan = { 'users *': { json: { id: 'u1' } } }) {
  const { program, replace } = installed(t, 'web')
  const scene = await scenario(t, 'web', plan, { listen: [],
    config: { listen: [anywhere], ...config },
    under: ['sh', '-c', 'shift; exec "$0" "$@"', program] })
  const file = scene.server.ready.config
  const write = settings => writeFileSync(file,
    JSON.stringify({ ...JSON.parse(readFileSync(file)), ...settings }))
  const works = async () => assert.equal((await scene.get('/api/users/u1')).status, 200)
  return { ...scene, program, replace, write, works }
}

describe('a new process', { concurrency: 2 }, () => {
  test('runs the file that has taken the place of the old one', async t => {
    const { server, program, replace, works } = await stage(t)
    replace()
    const old = await upgrade(server)
    assert.equal(readlinkSync(`/proc/${server.pid}/exe`), program)
    await gone(old)
    await works()
  })

  test('has no descriptor of the old one but the listening sockets', async t => {
    const { server, bare, works } = await stage(t, { workers: 2 })
    const { socket } = await bare()
    await works()
    const files = pid => readdirSync(`/proc/${pid}/fd`)
      .map(fd => { try { return readlinkSync(`/proc/${pid}/fd/${fd}`) } catch { return undefined } })
    const before = files(server.pid)
    await upgrade(server)
    const shared = files(server.pid).filter(name => /^(socket|pipe):/.test(name) && before.includes(name))
    assert.equal(new Set(shared).size, 2 + 2, 'two workers, standard output and error')
    socket.destroy()
  })

  test('has its own number of workers, and its own addresses', async t => {
    const { server, write, works, url } = await stage(t, { workers: 3 })
    for (const workers of [1, 4, 2]) {
      write({ workers, listen: [url, 'http://[::1]:0'] })
      const old = await upgrade(server)
      await works()
      assert.equal(events(server, 'ready').at(-1).listen[0], url)
      await gone(old)
    }
    write({ workers: 2, listen: ['http://[::1]:0'] })
    await upgrade(server)
    await eventually(() => ask(url, '/health').then(() => false, () => true), 'the address to be left')
  })

  for (const [why, text, message] of [
    ['ends with 2', '#!/bin/sh\nexit 2\n', 'exit status 2'],
    ['is killed', '#!/bin/sh\nkill -9 $$\n', 'ended by signal 9'],
    ['is no program', 'no program', noProgram]]) {
    test(`that ${why} leaves the old one serving`, async t => {
      const { server, replace, works } = await stage(t)
      replace(text)
      assert.match((await askUpgrade(server, 'failed')).message, message instanceof RegExp ? message
        : new RegExp(`^${message}$`))
      await works()
      replace()
      await upgrade(server)
      await works()
    })
  }

  test('whose configuration is wrong leaves the old one serving', async t => {
    const { server, write, works } = await stage(t)
    write({ workers: 'many' })
    assert.equal((await askUpgrade(server, 'failed')).message, 'exit status 2')
    assert.match(server.stderr, /workers: "many": expected auto or a whole number/)
    await works()
    server.stderr = ''
  })

  test('that is not ready in time is ended', async t => {
    const { server, replace, works } = await stage(t, { upgrade: { ready_timeout: '1s' } })
    replace('#!/bin/sh\nexec sleep 1000\n')
    const failed = await askUpgrade(server, 'failed')
    assert.equal(failed.message, 'it was not ready in time')
    assert.ok(!isThere(failed.pid))
    await works()
  })

  test('is not started twice, and is ended when the old one is told to stop', async t => {
    const { server, replace } = await stage(t)
    replace('#!/bin/sh\nexec sleep 1000\n')
    const { pid } = await askUpgrade(server, 'started')
    const { message } = await askUpgrade(server, 'refused')
    assert.equal(message, 'an upgrade is under way')
    kill(server, 'SIGTERM')
    await assertEnd(server)
    assert.ok(!isThere(pid))
  })
})

describe('the old process', { concurrency: 2 }, () => {
  const held = door => ({ 'users *': { json: { id: 'u1' }, until: door.opened } })

  test('answers what it has begun, and says that its connection ends', async t => {
    const door = gate()
    const { server, get, arrival, works } = await stage(t, {}, held(door))
    const answer = get('/api/users/u1', { headers: { connection: 'keep-alive' } })
    await arrival('users')
    const old = await upgrade(server)
    assert.ok(isThere(old))
    door.open()
    assert.deepEqual(await answer.then(({ status, headers }) => [status, headers.connection]),
      [200, 'close'])
    await gone(old)
    await works()
  })

  test('is ready for those who are connected, and answers each once more', async t => {
    const { server, bare } = await stage(t)
    const { socket, until, ended } = await bare()
    const old = await upgrade(server)
    socket.write('GET /ready HTTP/1.1\r\nHost: a\r\n\r\n')
    const [answer] = await until(/^HTTP\/1\.1 200 [^]*\{"status":"ready"\}/)
    assert.match(answer, /^connection: close\r$/im)
    await soon(ended, 'the connection to end')
    await gone(old)
  })

  test('is cut after upgrade.drain_timeout', async t => {
    const door = gate()
    const { server, get, arrival } = await stage(t, { upgrade: { drain_timeout: '50ms' } },
      held(door))
    const answer = get('/api/users/u1')
    await arrival('users')
    const old = await upgrade(server)
    await assert.rejects(answer)
    await gone(old)
    door.open()
  })

  test('has drain_timeout from the moment when it is told to stop', async t => {
    const door = gate()
    const { server, bare, arrival } = await stage(t, { drain_timeout: '50ms' }, held(door))
    const { socket, ended } = await bare()
    socket.write(`GET /api/users/u1 HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n`)
    await arrival('users')
    const old = await upgrade(server)
    process.kill(old, 'SIGTERM')
    assert.equal(await soon(ended, 'the connection to end'), '')
    await gone(old)
    door.open()
  })
})

test('a reload that is asked for meanwhile is done by the process that serves then', async t => {
  const { server, replace, works } = await stage(t, { upgrade: { ready_timeout: '1s' } })
  replace('#!/bin/sh\nexec sleep 1000\n')
  await askUpgrade(server, 'started')
  kill(server, 'SIGHUP')
  await eventually(() => upgrades(server, 'failed').length === 1, 'the failure')
  await eventually(() => events(server, 'reload').length > 0, 'the reload')
  await works()
})

// A reload that a request has asked for, and that waits for Redis until release() is called.
async function waitingReload(t) {
  const connections = []
  const redis = net.createServer(socket => { connections.push(socket.on('error', () => undefined)) })
  const release = () => { redis.close(); for (const socket of connections) socket.destroy() }
  t.after(release)
  await once(redis.listen(0, '127.0.0.1'), 'listening')
  const scene = await reloadable(t, {}, { config: { workers: 1, login: undefined } })
  scene.change(settings => ({ ...settings, redis: { url: `redis://127.0.0.1:${redis.address().port}` } }))
  const answer = scene.post()
  await eventually(() => connections.length > 0, 'the worker to wait for Redis')
  return { ...scene, answer, release }
}

test('a reload that has begun is completed first, and its request is answered', async t => {
  const { server, answer, release, reloads } = await waitingReload(t)
  const upgraded = upgrade(server)
  release()
  assert.equal((await answer).status, 200)
  await upgraded
  assert.deepEqual(reloads().map(({ state }) => state), ['done'])
})

test('a request for a reload is refused in valid JSON when the server stops', async t => {
  const { server, answer, release } = await waitingReload(t)
  kill(server, 'SIGTERM')
  const { status, body } = await answer
  assert.deepEqual([status, Object.keys(body)], [503, ['error', 'requestId']])
  release()
  await assertEnd(server)
})

test('the old process refuses to reload', async t => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const { server } = await stage(t, { admin })
  const operate = (page, method) =>
    ask(server.ready.admin, page, { method, agent, headers: asOperator })
  assert.equal((await operate('/metrics', 'GET')).status, 200)
  const old = await upgrade(server)
  assert.equal((await soon(operate('/reload', 'POST'), 'the refusal')).status, 503)
  await gone(old)
})
