// Plain routes of the configuration file: which route a request uses, and what the route changes.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { echo, mebibyte } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'

const everywhere = { 'users *': echo, 'products *': echo, 'orders *': echo, 'reviews *': echo }
const valuesOf = (fields, wanted) =>
  fields.filter(([name]) => name === wanted).map(([, value]) => value)
const routed = (t, ...routes) => scenario(t, 'web', everywhere, { config: { routes } })

// Whom `ask` reached, and with what: "users /users/1", or the status of a refusal.
async function reached({ get, asked }, path, options) {
  const { status, body } = await get(path, options)
  return status === 200 ? `${asked().at(-1).service} ${body.url}` : status
}

describe('a route is found', { concurrency: 2 }, () => {
  test('exact before prefix, long before short, wherever they stand', async t => {
    const scene = await routed(t,
      { path: '/', service: 'reviews' },
      { path: '/shop/', service: 'users', to: '/u/' },
      { path: '/shop/items/', service: 'products', to: '/p/' },
      { path: '/shop/items/top', service: 'orders', to: '/best' },
      { path: '/shop/items/top/', service: 'orders', to: '/under/' })
    for (const [path, want] of [
      ['/shop/1', 'users /u/1'],
      ['/shop/', 'users /u/'],
      ['/shop/items', 'users /u/items'],
      ['/shop/items/1', 'products /p/1'],
      ['/shop/items/top', 'orders /best'],
      ['/shop/items/top?a', 'orders /best?a'],
      ['/shop/items/top/1', 'orders /under/1'],
      ['/shop/items/topper', 'products /p/topper'],
      ['/shop/items/../1', 'users /u/1'],
      ['/shop/items/%74op', 'orders /best'],
      ['/shop/items%2Ftop', 'users /u/items%2Ftop'],
      ['/shop', 'reviews /shop'],
      ['/', 'reviews /'],
    ]) assert.equal(await reached(scene, path), want, path)
  })

  test('instead of the default ones', async t => {
    const scene = await routed(t, { path: '/api/users/', service: 'users' })
    assert.equal(await reached(scene, '/api/users/1'), 'users /api/users/1')
    assert.equal(await reached(scene, '/api/orders/1'), 404)
  })

  test('beside the default ones, where the file says so', async t => {
    const config = { default_routes: true, routes: [
      { path: '/api/stock/', service: 'reviews', to: '/' },
      { path: '/api/users/', service: 'products', methods: ['PUT'] },
      { path: '/api/orders/', service: 'reviews' }] }
    const scene = await scenario(t, 'web', everywhere, { config })
    for (const [path, want, method] of [
      ['/api/stock/1', 'reviews /1'], ['/api/users/1', 'users /users/1'],
      ['/api/users/1', 'products /api/users/1', 'PUT'],
      ['/api/orders/1', 'reviews /api/orders/1'], ['/api/orders', 'orders /orders'],
      ['/api/products/p1/x', 'products /products/p1/x']]) {
      assert.equal(await reached(scene, path, { method }), want, path)
    }
    const none = await scenario(t, 'web', everywhere, { config: { default_routes: false } })
    assert.equal(await reached(none, '/api/users/1'), 404)
  })

  test('by the rewriting that nginx does', async t => {
    const scene = await routed(t,
      { path: '/a/', service: 'users', to: '/' }, { path: '/b/', service: 'users', to: '/x/y/' },
      { path: '/c', service: 'users', to: '/d' }, { path: '/e/', service: 'users' })
    for (const [path, want] of [
      ['/a/1/2', 'users /1/2'], ['/a/', 'users /'], ['/b/1%20?q=/b/', 'users /x/y/1%20?q=/b/'],
      ['/c', 'users /d'], ['/e/1', 'users /e/1'], ['/a//1', 'users //1'],
    ]) assert.equal(await reached(scene, path), want, path)
  })

  test('by host', async t => {
    const scene = await routed(t,
      { path: '/x/', service: 'users', host: 'shop.example' }, { path: '/x/', service: 'orders' })
    for (const [host, service] of [
      ['shop.example', 'users'], ['SHOP.example:8080', 'users'], ['shop.example:', 'users'],
      ['other.example', 'orders'], ['shop.example.evil', 'orders']]) {
      assert.equal(await reached(scene, '/x/1', { headers: { host } }), `${service} /x/1`, host)
    }
  })

  test('by a header, and its value', async t => {
    const scene = await routed(t,
      { path: '/x/', service: 'users', header: { name: 'X-Beta', value: 'yes' } },
      { path: '/x/', service: 'products', header: { name: 'X-Canary' } },
      { path: '/x/', service: 'orders' })
    for (const [headers, service] of [
      [{ 'x-beta': 'yes' }, 'users'], [{ 'x-beta': 'no' }, 'orders'], [{ 'X-BETA': 'yes' }, 'users'],
      [{ 'x-canary': 'anything' }, 'products'], [{}, 'orders']]) {
      assert.equal(await reached(scene, '/x/1', { headers }), `${service} /x/1`, JSON.stringify(headers))
    }
  })

  test('by method', async t => {
    const scene = await routed(t,
      { path: '/x/', service: 'users', methods: ['GET'] },
      { path: '/x/', service: 'orders', methods: ['POST', 'DELETE'] })
    for (const [method, want] of [
      ['GET', 'users /x/1'], ['POST', 'orders /x/1'], ['DELETE', 'orders /x/1'], ['PUT', 405]]) {
      assert.equal(await reached(scene, '/x/1', { method }), want, method)
    }
    const { headers } = await scene.get('/x/1', { method: 'PUT' })
    assert.deepEqual(new Set(headers.allow.split(', ')),
      new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']))
  })

  test('a page is found before', async t => {
    const scene = await scenario(t, 'web', { ...everywhere, 'products *': { json: { id: 'p1' } },
      'reviews *': { json: [] }, 'inventory *': { json: {} } },
    { config: { routes: [{ path: '/api/products/p1', service: 'users' }] } })
    assert.equal((await scene.get('/api/products/p1')).body.reviewCount, 0)
    assert.equal(await reached(scene, '/api/products/p1', { method: 'PUT' }), 'users /api/products/p1')
  })
})

describe('a route', { concurrency: 2 }, () => {
  test('sets and removes headers, both ways', async t => {
    const { get } = await scenario(t, 'web', { 'users *': { send: async asked => {
      asked.res.setHeader('X-Old', 'service')
      asked.res.setHeader('X-Secret', 'service')
      asked.res.setHeader('Cache-Control', 'no-cache')
      await echo.send(asked)
    } } }, { config: { routes: [{ path: '/x/', service: 'users',
      request_headers: { set: { 'X-Shop': 'north', 'X-Old': 'route' },
        remove: ['Authorization', 'cookie'] },
      response_headers: { set: { 'X-Old': 'route', 'Strict-Transport-Security': 'max-age=1' },
        remove: ['X-Secret'] } }] } })
    const res = await get('/x/1', { headers: { 'x-old': 'client', 'x-shop': 'client', cookie: 'a=b' } })
    const { fields } = res.body
    assert.deepEqual(valuesOf(fields, 'x-shop'), ['north'])
    assert.deepEqual(valuesOf(fields, 'x-old'), ['route'])
    assert.deepEqual(valuesOf(fields, 'authorization'), [])
    assert.deepEqual(valuesOf(fields, 'cookie'), [])
    assert.equal(res.headers['x-old'], 'route')
    assert.equal(res.headers['strict-transport-security'], 'max-age=1')
    assert.equal(res.headers['x-secret'], undefined)
    assert.equal(res.headers['cache-control'], 'no-cache')
  })

  test('keeps the client\'s Host where it is told to', async t => {
    const { get } = await routed(t, { path: '/x/', service: 'users', preserve_host: true })
    const { fields } = (await get('/x/1', { headers: { host: 'shop.example:1' } })).body
    assert.deepEqual(valuesOf(fields, 'host'), ['shop.example:1'])
  })

  test('has a limit of its own for bodies', async t => {
    const { get, http2, asked } = await routed(t,
      { path: '/small/', service: 'users', body_limit: '10' },
      { path: '/large/', service: 'users', body_limit: '3MiB' },
      { path: '/x/', service: 'users' })
    const second = await http2()
    for (const ask of [get, second.ask]) {
      for (const [path, bytes, status] of [
        ['/small/', 10, 200], ['/small/', 11, 413], ['/large/', 3 * mebibyte, 200],
        ['/large/', 3 * mebibyte + 1, 413], ['/x/', mebibyte, 200], ['/x/', mebibyte + 1, 413]]) {
        const before = asked().length
        const res = await ask(path, { method: 'POST', body: Buffer.alloc(bytes) })
        assert.equal(res.status, status, `${path} ${bytes}`)
        assert.equal(asked().length - before, status === 200 ? 1 : 0)
        if (status === 413) assert.equal(res.body.error, 'Payload too large')
      }
    }
  })

  test('has times of its own', async t => {
    const { get } = await scenario(t, 'web', { 'users *': { fault: 'hang' } }, { config: { routes: [
      { path: '/x/', service: 'users', timeout: { first_byte: '100ms' } }] } })
    const res = await get('/x/1')
    assert.equal(res.status, 504)
    assert.equal(res.body.error, 'Gateway timeout')
  })
})
