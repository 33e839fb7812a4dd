// Paths that one reader takes for another path: whoever decodes once more than this server, takes a
// backslash for a slash, or cuts a segment at its parameters, is not led out of a route.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectHttp2 } from './lib/client.mjs'
import { echo } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { signedIn, tokenFor } from './lib/token.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const everywhere = { 'users *': echo, 'orders *': echo, 'products *': echo, 'reviews *': echo,
  'inventory *': echo, 'recommendations *': echo, 'notifications *': echo }

const climbing = ['..%2forders/7', '..%2Forders%2F7', 'a%2f..%2f..%2forders', '..%5corders', '..\\orders',
  'a\\..\\..\\orders', '..;/orders', '..;x=1/orders', '..%3b/orders', '%2e%2e%2forders', '.%2e;/orders',
  '%2e%2e%5corders', '%252e%252e/orders', '..%252forders', '..%255corders', '%25252e%25252e/orders',
  '..%25%32%66orders', '..%3forders', '..%23orders', '..%00/orders', '..%09/orders', '.%0a./orders',
  '..%20/orders', '%c0%ae%c0%ae/orders', '..%c0%aforders', '..%ef%bc%8forders',
  '%ef%bc%8e%ef%bc%8e/orders', '..%2f', '..;', '.%2f', 'a%2f.']

// [below the route, what the service gets]
const harmless = [['a%2fb', 'a%2Fb'], ['a\\b', 'a\\b'], ['a%5cb', 'a%5Cb'], ['.../x', '.../x'], ['..a', '..a'],
  ['a;v=1/b', 'a;v=1/b'], ['a%3f..', 'a%3F..'], ['%2e%2e%2e', '...'], ['a%252fb', 'a%252fb'],
  ['%e9t%e9', '%E9t%E9'], ['a/%2e%2e/b', 'b'], ['x?q=..%2f..;/%5c..', 'x?q=..%2f..;/%5c..']]

// [version, ask(path, options)] over each protocol
async function protocols(scene) {
  const secure = { tls: { ca: ca.ca } }
  const h2 = await scene.http2({ as: null })
  const h2s = await connectHttp2(scene.urls[1], { ca: ca.ca })
  return { close: h2s.close, asks: [
    ['HTTP/1.1', (path, what) => scene.get(path, { as: null, ...what })],
    ['HTTP/1.1 over TLS', (path, what) =>
      scene.get(path, { as: null, url: scene.urls[1], ...secure, ...what })],
    ['HTTP/2', h2.ask], ['HTTP/2 over TLS', h2s.ask]] }
}

const stage = (t, config = {}) => scenario(t, 'web', everywhere, {
  listen: [anywhere, 'https://127.0.0.1:0'],
  config: { tls: { certificate: certFile, key: keyFile }, ...config } })

describe('a path', { concurrency: 2 }, () => {
  test('leads no reader out of a public route', async t => {
    const scene = await stage(t)
    const { asks, close } = await protocols(scene)
    for (const [version, ask] of asks) {
      for (const [i, below] of climbing.entries()) {
        const method = i % 2 === 0 ? 'GET' : 'POST'
        const { status, body } = await ask(`/api/auth/${below}`, { method })
        assert.equal(status, 400, `${version}: ${below}`)
        assert.equal(body.error, 'Bad request')
      }
    }
    close()
    assert.equal(scene.asked().length, 0)
  })

  test('is passed on when no reader finds dots in it', async t => {
    const scene = await stage(t)
    const { asks, close } = await protocols(scene)
    for (const [version, ask] of asks) {
      for (const [below, want] of harmless) {
        const { status, body } = await ask(`/api/auth/${below}`)
        assert.equal(status, 200, `${version}: ${below}`)
        assert.equal(body.url, `/auth/${want}`)
      }
    }
    close()
  })

  test('leads no reader out of a page', async t => {
    const { get, asked } = await stage(t)
    for (const below of climbing.filter(each => !each.includes('/'))) {
      for (const page of ['dashboard', 'products', 'checkout']) {
        assert.equal((await get(`/api/${page}/${below}`)).status, 400, below)
      }
    }
    assert.equal(asked().length, 0)
  })

  test('leads no reader out of any route, also where there is none', async t => {
    const routes = [{ path: '/', service: 'users' }, { path: '/exact', service: 'orders', methods: ['GET'] }]
    const { get, asked } = await stage(t, { routes })
    for (const path of ['/..%2fx', '/exact/..%2fx', '/exact;/..;/x', '/a/b/c/..%5c..%5cx']) {
      assert.equal((await get(path)).status, 400, path)
    }
    const { get: getNothing } = await stage(t, { routes: [] })
    assert.equal((await getNothing('/x/..%2fy')).status, 400)
    assert.equal((await getNothing('/x/y%2fz')).status, 404)
    assert.equal(asked().length, 0)
  })

  test('is judged before login, and for an upgrade and a preflight as well', async t => {
    const { bare, talk, asked } = await stage(t, { cors: { origins: ['https://shop.example'] } })
    const head = (method, more) => `${method} /api/orders/..%2fx HTTP/1.1\r\nHost: a\r\n${more}\r\n`
    for (const text of [head('GET', 'Connection: close\r\n'),
      head('GET', `${signedIn}Connection: upgrade, close\r\nUpgrade: websocket\r\n`),
      head('OPTIONS', 'Origin: https://shop.example\r\nAccess-Control-Request-Method: GET\r\n' +
        'Connection: close\r\n')]) {
      assert.match(await talk(text), /^HTTP\/1\.1 400 /)
    }
    const { socket, until } = await bare()
    socket.write('GET /api/orders/..\\x HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(/^HTTP\/1\.1 400 /)
    socket.destroy()
    assert.equal(asked().length, 0)
  })

  test('with encoded slashes is refused where a setting says so', async t => {
    const scene = await stage(t, { paths: { encoded_slashes: false } })
    const { asks, close } = await protocols(scene)
    const token = tokenFor()
    for (const [version, ask] of asks) {
      for (const path of ['/api/auth/a%2fb', '/api/auth/a%5Cb', '/api/auth/a\\b', '/api/auth/a%252fb',
        '/api/auth/a%c0%afb', '/api/dashboard/u%2F1', '/nothing%2f']) {
        assert.equal((await ask(path, { token })).status, 400, `${version}: ${path}`)
      }
      for (const path of ['/api/auth/a/b?c=%2f', '/api/auth/a%20b;c', '/api/dashboard/u1?x=\\']) {
        assert.equal((await ask(path, { token })).status, 200, `${version}: ${path}`)
      }
    }
    close()
  })
})
