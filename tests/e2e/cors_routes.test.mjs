// A preflight takes the routes that the request it asks for may take.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectHttp2 } from './lib/client.mjs'
import { echo } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const shop = 'https://shop.example'
const everywhere = { 'users *': echo, 'orders *': echo }
const tls = { certificate: certFile, key: keyFile }
const beta = { path: '/b/', service: 'users', methods: ['PUT', 'DELETE'], header: { name: 'X-Beta' } }

const preflight = (names, more) => ({ as: null, method: 'OPTIONS', headers: {
  origin: shop, 'access-control-request-method': 'PUT',
  ...(names === undefined ? {} : { 'access-control-request-headers': names }), ...more } })
const stage = (t, routes, cors = { origins: [shop] }) => scenario(t, 'web', everywhere,
  { listen: [anywhere, 'https://127.0.0.1:0'], config: { routes, cors, tls } })
const methodsOf = ({ headers }) => (headers['access-control-allow-methods'] ?? '').split(', ').sort()

describe('a preflight for a route with a header', { concurrency: 2 }, () => {
  test('is answered when it lists the header, over each protocol', async t => {
    const { urls, get, asked } = await stage(t, [beta])
    const plain = await connectHttp2(urls[0])
    const secure = await connectHttp2(urls[1], { ca: ca.ca })
    const asks = { 'HTTP/1.1': get, h2c: plain.ask, h2: secure.ask, TLS: (path, what) =>
      get(path, { ...what, url: urls[1], tls: { ca: ca.ca } }) }
    for (const [how, ask] of Object.entries(asks)) {
      for (const names of ['x-beta', 'X-Beta', 'authorization,x-beta', 'a, x-beta , b']) {
        const { as, ...what } = preflight(names)
        const res = await ask('/b/1', how.startsWith('h2') ? what : { ...what, as })
        assert.equal(res.status, 204, `${how}: ${names}`)
        assert.deepEqual(methodsOf(res), ['DELETE', 'PUT'], how)
        assert.equal(res.headers['access-control-allow-headers'], names)
      }
    }
    assert.deepEqual(asked(), [])
    plain.close()
    secure.close()
  })

  test('may list it in a field of its own', async t => {
    const { get } = await stage(t, [beta])
    for (const names of [['authorization', 'x-beta'], ['x-beta', 'authorization']]) {
      const { status, headers } = await get('/b/1', preflight(names))
      assert.equal(status, 204, names)
      assert.equal(headers['access-control-allow-headers'], names.join(', '))
    }
  })

  test('is 404 like the request itself when it does not list the header', async t => {
    const { get } = await stage(t, [beta])
    for (const names of [undefined, '', 'x-other', 'x-beta-2', 'my-x-beta', '*']) {
      const { status } = await get('/b/1', preflight(names))
      assert.equal(status, 404, names)
    }
    assert.equal((await get('/b/1', { method: 'PUT' })).status, 404)
  })

  test('has the methods of exactly the routes that the request may take', async t => {
    const value = { ...beta, methods: ['PATCH'], header: { name: 'X-Kind', value: 'new' } }
    const plain = { path: '/b/', service: 'orders', methods: ['POST'] }
    const { get } = await stage(t, [beta, value, plain])
    for (const [names, want] of [
      [undefined, ['POST']], ['x-other', ['POST']], ['x-beta', ['DELETE', 'POST', 'PUT']],
      ['x-kind', ['PATCH', 'POST']], ['x-beta,x-kind', ['DELETE', 'PATCH', 'POST', 'PUT']]]) {
      assert.deepEqual(methodsOf(await get('/b/1', preflight(names))), want, names)
    }
  })

  test('may list its headers in several lines', async t => {
    const { get, urls } = await stage(t, [beta])
    const plain = await connectHttp2(urls[0])
    const { as, ...what } = preflight(['content-type', 'x-beta'])
    for (const answer of [await get('/b/1', { ...what, as }), await plain.ask('/b/1', what)]) {
      assert.equal(answer.status, 204)
      assert.equal(answer.headers['access-control-allow-headers'], 'content-type, x-beta')
    }
    plain.close()
  })

  test('does not need to list what a browser sends unasked', async t => {
    const names = ['Accept', 'Accept-Language', 'Content-Type', 'Cookie', 'Sec-Fetch-Mode']
    const { get } = await stage(t, names.map(name =>
      ({ ...beta, path: `/${name}/`, header: { name, value: 'a' } })))
    for (const name of names) {
      assert.equal((await get(`/${name}/1`, preflight())).status, 204, name)
    }
  })

  test('may have the header itself', async t => {
    const { get } = await stage(t, [beta])
    assert.equal((await get('/b/1', preflight(undefined, { 'x-beta': '1' }))).status, 204)
  })

  test('of a stranger is told nothing, and OPTIONS that is no preflight is as before', async t => {
    const { get } = await stage(t, [beta])
    const { status, headers } = await get('/b/1', preflight('x-beta', { origin: 'https://evil.example' }))
    assert.deepEqual([status, headers['access-control-allow-methods']], [204, undefined])
    const options = { method: 'OPTIONS', headers: { origin: shop,
      'access-control-request-headers': 'x-beta' } }
    assert.equal((await get('/b/1', options)).status, 404)
  })

  test('reaches the service that answers CORS by itself, by the rule of the route', async t => {
    const { methods, ...open } = { ...beta, access: 'public' }
    const { get, asked } = await stage(t, [open, { ...open, path: '/c/', access: 'signed-in' },
      { path: '/b/', service: 'orders', access: 'public' }], {})
    assert.equal((await get('/b/1', preflight('x-beta'))).body.method, 'OPTIONS')
    assert.equal((await get('/c/1', preflight('x-beta'))).status, 401)
    assert.equal((await get('/b/1', preflight('x-other'))).status, 200)
    assert.deepEqual(asked().map(({ service }) => service), ['users', 'orders'])
  })
})
