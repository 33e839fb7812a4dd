// Mirrors: copies of requests go to another service, and nobody waits for it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'

import { echo } from './lib/reply.mjs'
import { open, scenario } from './lib/scenario.mjs'
import { eventually, gate, soon } from './lib/wait.mjs'

const mirrored = (t, mirror, plan, more = {}) => scenario(t, 'web',
  { 'users *': echo, 'products *': echo, ...plan }, { ...more, config: { ...open.config,
    routes: [{ path: '/a/', service: 'users', to: '/u/', mirror: { service: 'products', ...mirror } }],
    ...more.config } })
const words = ({ server }) =>
  server.lines().filter(({ event }) => event === 'request').map(({ mirror }) => mirror)
const logged = (scene, count) =>
  eventually(() => words(scene).length === count, `${count} lines of the log`)

describe('a mirror', { concurrency: 2 }, () => {
  test('gets what the service gets', async t => {
    const bodies = []
    const scene = await mirrored(t, { to: '/next/' }, { 'products *': { send: async asked => {
      for await (const chunk of asked.req) bodies.push(String(chunk))
      asked.res.end()
    } } })
    const { body } = await scene.get('/a/1?x=%20', { method: 'POST', body: 'hello',
      headers: { 'x-tenant': 'a', cookie: 'b=c' } })
    const copy = await scene.arrival('products', 1)
    assert.deepEqual([body.url, copy.url, copy.method], ['/u/1?x=%20', '/next/1?x=%20', 'POST'])
    const fields = Object.fromEntries(body.fields)
    for (const name of ['x-tenant', 'cookie', 'x-request-id', 'x-real-ip', 'via', 'content-length']) {
      assert.equal(copy.headers[name], fields[name], name)
    }
    await eventually(() => bodies.join('') === 'hello', 'the body of the copy')
    await logged(scene, 1)
    assert.deepEqual(words(scene), ['sent'])
  })

  test('that hangs holds up nothing, and has at most max copies', async t => {
    const door = gate()
    const scene = await mirrored(t, { max: 3 }, { 'products *': { until: door.opened, text: 'late' } },
      { args: ['--workers', '4'], config: { services: { products: { timeout: { total: '1h', first_byte: '1h' } } } } })
    for (let i = 0; i < 8; i++) assert.equal((await scene.get(`/a/${i}`)).status, 200)
    await scene.arrival('products', 3)
    await logged(scene, 8)
    const sent = () => words(scene).filter(word => word === 'sent').length
    assert.deepEqual([sent(), scene.asked('products').length], [3, 3], 'each worker writes its lines when it can')
    assert.equal(scene.upstreams.inFlight.products, 3)
    door.open()
    await eventually(() => scene.upstreams.inFlight.products === 0, 'the end of the copies')
    await eventually(async () => (await scene.get('/a/x')).status === 200 &&
      sent() > 3, 'a place for another copy')
  })

  test('that fails changes no answer', async t => {
    for (const fault of ['refuse', 'reset', 'truncate', 'bad-http']) {
      const gone = { urlOf: { products: () => 'http://127.0.0.1:1' } }
      const scene = await mirrored(t, {}, fault === 'refuse' ? {}
        : { 'products *': { send: ({ socket }) => socket.end(
          { reset: '', truncate: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx', 'bad-http': '?' }[fault]) } },
      fault === 'refuse' ? gone : {})
      for (let i = 0; i < 3; i++) assert.equal((await scene.get('/a/1')).body.url, '/u/1', fault)
      await logged(scene, 3)
      assert.deepEqual(words(scene), ['sent', 'sent', 'sent'])
    }
  })

  test('gets its share, of the methods that it is for, and no long body', async t => {
    const scene = await mirrored(t, { percent: 25, methods: ['GET'], max: 100 }, {},
      { config: { limits: { body: '4MiB' } } })
    for (let i = 0; i < 20; i++) await scene.get(`/a/${i}`)
    for (let i = 0; i < 4; i++) await scene.get('/a/x', { method: 'PUT', body: 'x' })
    await scene.arrival('products', 5)
    await logged(scene, 24)
    assert.equal(words(scene).filter(word => word === 'sent').length, 5)
    const all = await mirrored(t, {}, {}, { config: { limits: { body: '4MiB' } } })
    assert.equal((await all.get('/a/x', { method: 'PUT', body: 'x'.repeat((1 << 20) + 1) })).status, 200)
    await logged(all, 1)
    assert.deepEqual(words(all), ['dropped'])
  })

  test('goes on when its client has gone, and a drain waits for it', async t => {
    const [door, seen] = [gate(), []]
    const scene = await mirrored(t, {}, { 'products *': { send: async ({ res, socket }) => {
      await Promise.race([door.opened, once(socket, 'close')])
      seen.push(socket.destroyed ? 'cut' : 'whole')
      res.end('done')
    } } })
    assert.equal((await scene.get('/a/1')).status, 200)
    await scene.arrival('products', 1)
    const stopped = scene.server.stop()
    await eventually(() => scene.server.lines().some(({ event }) => event === 'draining'), 'the drain')
    door.open()
    await soon(stopped, 'the end of the server')
    assert.deepEqual(seen, ['whole'])
  })
})
