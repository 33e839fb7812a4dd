// Routes by query and cookie, and routes over several services.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { describe, test } from 'node:test'

import { echo } from './lib/reply.mjs'
import { open, scenario } from './lib/scenario.mjs'
import { inParallel } from './lib/wait.mjs'

const everywhere = { 'users *': echo, 'products *': echo, 'orders *': echo, 'reviews *': echo }
const routed = (t, ...routes) => scenario(t, 'web', everywhere, { config: { routes } })

async function reached({ get, asked }, path, options) {
  const { status, body } = await get(path, options)
  return status === 200 ? `${asked().at(-1).service} ${body.url}` : status
}

describe('conditions', { concurrency: 2 }, () => {
  test('by parameters: decoded once, in any place, with any of several values', async t => {
    const scene = await routed(t,
      { path: '/a/', service: 'users', query: { name: 'v', value: 'x y' } },
      { path: '/a/', service: 'products', query: ['all', { name: 'p&q', value: '' }] },
      { path: '/a/', service: 'orders' })
    for (const [path, service] of [
      ['/a/?v=x%20y', 'users'], ['/a/?v=x+y', 'users'], ['/a/?b&%76=x%20y', 'users'],
      ['/a/?v=1&v=x+y', 'users'], ['/a/?all&p%26q=', 'products'], ['/a/?p%26q&all=1', 'products'],
      ['/a/?all', 'orders'], ['/a/?v', 'orders'], ['/a/?v=x%2520y', 'orders'],
      ['/a/?V=x%20y', 'orders'], ['/a/?v=x%zzy', 'orders'], ['/a/', 'orders'],
    ]) assert.equal(await reached(scene, path), `${service} ${path}`, path)
  })

  test('by cookies', async t => {
    const scene = await routed(t,
      { path: '/a', service: 'users', cookie: { name: 'beta', value: '1' } },
      { path: '/a', service: 'products', cookie: 'preview' },
      { path: '/a', service: 'orders' })
    for (const [cookie, service] of [
      ['beta=1', 'users'], ['a=b; beta=1', 'users'], ['preview=', 'products'],
      ['beta=2; preview=x', 'products'], ['beta=2', 'orders'], ['Beta=1', 'orders'], ['', 'orders'],
    ]) assert.equal(await reached(scene, '/a', { headers: { cookie } }), `${service} /a`, cookie)
  })

  test('of another method are no methods of a request that does not meet them', async t => {
    const { get } = await routed(t,
      { path: '/a', service: 'users', methods: ['GET'] },
      { path: '/a', service: 'users', methods: ['PUT'], query: 'edit' },
      { path: '/b', service: 'users', cookie: 'x' })
    const allow = async (path, method) => {
      const { status, headers } = await get(path, { method })
      return `${status} ${headers.allow}`
    }
    assert.equal(await allow('/a', 'DELETE'), '405 GET, HEAD, OPTIONS')
    assert.equal(await allow('/a?edit', 'DELETE'), '405 GET, HEAD, PUT, OPTIONS')
    assert.equal(await allow('/a?edit', 'OPTIONS'), '204 GET, HEAD, PUT, OPTIONS')
    assert.equal((await get('/b')).status, 404)
  })

  test('of routes with a cache never share an answer', async t => {
    const cache = { ttl: '60s', shared: true }
    const scene = await routed(t,
      { path: '/a', service: 'users', to: '/x', cookie: 'beta', cache },
      { path: '/a', service: 'users', to: '/x', cache, request_headers: { set: { 'x-is': 'old' } } })
    const is = async cookie => (await scene.get('/a', { headers: { cookie } })).body.fields
      .find(([name]) => name === 'x-is')?.[1]
    for (let i = 0; i < 2; i++) {
      assert.equal(await is('beta=1'), undefined)
      assert.equal(await is(''), 'old')
    }
    assert.equal(scene.asked('users').length, 2)
  })
})

describe('a split', { concurrency: 2 }, () => {
  const split = [{ service: 'users', weight: 95, to: '/u/' }, { service: 'products', weight: 5 }]

  test('is exact over all workers', async t => {
    const { get, asked } = await scenario(t, 'web', everywhere,
      { args: ['--workers', '4'], config: { ...open.config, routes: [{ path: '/a/', split }] } })
    await inParallel(10, Array.from({ length: 200 }), () => get('/a/1'))
    assert.equal(asked('users').length, 190)
    assert.equal(asked('products').length, 10)
    assert.ok(asked('users').every(({ url }) => url === '/u/1'))
    assert.ok(asked('products').every(({ url }) => url === '/a/1'))
  })

  test('is sticky by user, on every route, and the log says whom it chose', async t => {
    const half = [{ service: 'users', weight: 1 }, { service: 'products', weight: 1 }]
    const scene = await routed(t, { path: '/a/', split: half, sticky: 'user' },
      { path: '/b', split: half, sticky: 'user' })
    const chosen = {}
    for (const path of ['/a/1', '/b', '/a/2']) {
      for (const as of ['u1', 'u2', 'u3', 'u4', 'u5', 'u6']) {
        const service = (await reached(scene, path, { as })).split(' ')[0]
        chosen[as] ??= service
        assert.equal(service, chosen[as])
      }
    }
    assert.deepEqual(new Set(Object.values(chosen)), new Set(['users', 'products']))
    const logged = scene.server.lines().filter(({ event }) => event === 'request').at(-1)
    assert.equal(logged.service, chosen.u6)
    const { headers } = await scene.get('/b')
    assert.doesNotMatch(JSON.stringify(headers), /products|users/)
  })

  test('is sticky by a cookie, and by the address without one', async t => {
    const half = [{ service: 'users', weight: 1 }, { service: 'products', weight: 1 }]
    const scene = await routed(t, { path: '/a', split: half, sticky: 'cookie:sid' })
    const of = async cookie => reached(scene, '/a', { headers: { cookie } })
    const first = []
    for (let i = 0; i < 8; i++) first.push(await of(`sid=${i}`))
    for (let i = 0; i < 8; i++) assert.equal(await of(`sid=${i}`), first[i])
    assert.equal(new Set(first).size, 2)
    assert.equal(await of('sid='), await of(''))
  })

  test('has a cache for each service, and its addresses are those of the route', async t => {
    const scene = await scenario(t, 'web', {
      'users *': { send: ({ res }) => res.writeHead(200, { location: '/u/7' }).end('old') },
      'products *': { send: ({ res }) => res.writeHead(200, { location: '/a/7' }).end('new') } },
    { config: { routes: [{ path: '/a/', cache: { ttl: '60s', shared: true },
      split: [{ ...split[0], weight: 1 }, { ...split[1], weight: 1 }] }] } })
    const answers = []
    for (let i = 0; i < 6; i++) answers.push(await scene.get('/a/1'))
    assert.equal(scene.asked().length, 2)
    assert.deepEqual(answers.map(({ text }) => text), ['old', 'new', 'old', 'new', 'old', 'new'])
    assert.deepEqual(new Set(answers.map(({ headers }) => headers.location)), new Set(['/a/7']))
  })
})

test('a service that only the file names is asked, and has a health page', async t => {
  const server = http.createServer((req, res) => res.end(`next ${req.url}`)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { get } = await scenario(t, 'web', {}, { config: {
    services: { 'users-next': { endpoints: [`http://127.0.0.1:${server.address().port}`] } },
    routes: [{ path: '/a/', service: 'users-next', to: '/' }] } })
  assert.equal((await get('/a/1')).text, 'next /1')
  assert.equal((await get('/health/users-next')).status, 200)
})
