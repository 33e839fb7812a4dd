// The pages below /__bff/: who may open them, and what every answer of them has.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { ask } from './lib/client.mjs'
import { demo, open, scenario } from './lib/scenario.mjs'

const files = readdirSync(fileURLToPath(new URL('../../bff/inspect', import.meta.url)))
  .filter(name => /\.(html|css|js|svg)$/.test(name))
const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml' }
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

function assertGuarded({ headers }, why) {
  assert.deepEqual(
    ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'cross-origin-resource-policy',
      'cross-origin-opener-policy', 'access-control-allow-origin'].map(name => headers[name]),
    [policy, 'nosniff', 'no-referrer', 'same-origin', 'same-origin', undefined], why)
}

async function stage(t, options) {
  const { url, server, ...scene } = await demo(t, 'web', options)
  return { ...scene, url, server, tell: (where, more) => ask(url, `/__bff${where}`, more) }
}

describe('with --mock', { concurrency: 4 }, () => {
  test('each web file has its type, its ETag and the policy', async t => {
    const { tell } = await stage(t)
    assert.ok(files.includes('index.html'))
    for (const name of ['', ...files]) {
      const whole = await tell(`/${name}`)
      const etag = whole.headers.etag
      assert.equal(whole.status, 200, name)
      assert.equal(whole.headers['content-type'], types[path.extname(name || 'index.html')], name)
      assert.equal(whole.headers['cache-control'], 'no-cache')
      assert.match(etag, /^"[0-9a-f]{32}"$/)
      assertGuarded(whole, name)
      const head = await tell(`/${name}`, { method: 'HEAD' })
      assert.deepEqual([head.status, head.bytes.length, head.headers['content-length']], [200, 0, String(whole.bytes.length)])
      for (const [tag, status] of [[etag, 304], [`W/${etag}`, 304], ['"other"', 200]]) {
        const again = await tell(`/${name}`, { headers: { 'if-none-match': tag } })
        assert.deepEqual([again.status, again.headers.etag], [status, etag], tag)
        assertGuarded(again, name)
      }
    }
  })

  test('what is not there is 404, and another method is 405 with Allow', async t => {
    const { tell } = await stage(t)
    for (const where of ['/nothing', '/index.html/', '/../index.html', '/%69ndex.html', '/build/', '/build/1']) {
      const answer = await tell(where)
      assert.equal(answer.status, 404, where)
      assertGuarded(answer, where)
    }
    for (const [method, where] of [['POST', '/'], ['DELETE', '/index.html'], ['POST', '/build'], ['OPTIONS', '/services'],
      ['PUT', '']]) {
      const answer = await tell(where, { method })
      assert.deepEqual([answer.status, answer.headers.allow], [405, 'GET, HEAD'], `${method} ${where}`)
      assertGuarded(answer, where)
    }
    const short = await tell('')
    assert.deepEqual([short.status, short.headers.location], [308, '/__bff/'])
  })

  test('a foreign host, origin or site is refused', async t => {
    const { tell, url } = await stage(t, { config: { admin: { hosts: ['dev.example'] }, cors: { origins: '*', credentials: false } } })
    const own = new URL(url).host
    for (const [why, headers, file, data] of [
      ['rebinding', { host: 'evil.example' }, 403, 403],
      ['a name that only begins so', { host: 'localhost.evil.example' }, 403, 403],
      ['a name that only ends so', { host: 'evillocalhost' }, 403, 403],
      ['localhost', { host: 'localhost:3000' }, 200, 200],
      ['below localhost', { host: 'shop.LOCALHOST:3000' }, 200, 200],
      ['an address', { host: '[::1]:3000' }, 200, 200],
      ['a configured name', { host: 'dev.example' }, 200, 200],
      ['its own origin', { origin: `http://${own}` }, 200, 200],
      ['its own origin behind TLS', { origin: `https://${own}` }, 200, 200],
      ['another port', { origin: 'http://127.0.0.1:1' }, 403, 403],
      ['no origin', { origin: 'null' }, 403, 403],
      ['an origin of another scheme', { origin: `file://${own}` }, 403, 403],
      ['the host with more', { origin: `http://${own}.evil.example` }, 403, 403],
      ['another site', { 'sec-fetch-site': 'cross-site' }, 403, 403],
      ['the same site', { 'sec-fetch-site': 'same-site' }, 200, 403],
      ['the same origin', { 'sec-fetch-site': 'same-origin' }, 200, 200],
      ['somebody who types', { 'sec-fetch-site': 'none' }, 200, 200],
      ['a site that nobody knows', { 'sec-fetch-site': 'same-origin, cross-site' }, 200, 403],
    ])
      for (const [where, status] of [['/', file], ['/services', data]]) {
        const answer = await tell(where, { headers })
        assert.equal(answer.status, status, `${why}: ${where}`)
        assertGuarded(answer, why)
      }
  })

  test('HTTP/2 gets the same', async t => {
    const { http2, url } = await stage(t)
    const { ask: tell } = await http2({ as: null })
    const page = await tell('/__bff/')
    assert.deepEqual([page.status, page.headers['content-type']], [200, types['.html']])
    assertGuarded(page)
    const body = '{"number":999999}'
    for (const [method, path, headers, status] of [
      ['GET', '/__bff/services', {}, 200], ['GET', '/__bff/services', { ':authority': 'evil.example' }, 403],
      ['GET', '/__bff/services', { origin: 'http://evil.example' }, 403], ['HEAD', '/__bff/services', {}, 200],
      ['POST', '/__bff/token', { 'content-type': 'application/json', origin: url }, 404],
      ['POST', '/__bff/token', { 'content-type': 'application/json', origin: 'null' }, 403],
      ['POST', '/__bff/services', {}, 405]]) {
      const answer = await tell(path, { method, headers, ...(path === '/__bff/token' && { body }) })
      assert.equal(answer.status, status, `${method} ${path} ${JSON.stringify(headers)}`)
      assertGuarded(answer, path)
    }
  })

  test('nothing of them is logged or counted in a limit', async t => {
    const { tell, get, server } = await stage(t, { config: { rate_limits: [
      { name: 'all', path: '/', window: '1h', max: 2, dry_run: false }] } })
    for (let i = 0; i < 20; i++) assert.equal((await tell(i % 2 ? '/services' : '/')).status, 200)
    assert.equal((await get('/api/products/p1', { as: null })).status, 401) // the second after that of signing in
    assert.equal((await get('/api/products/p1', { as: null })).status, 429)
    await server.stop()
    const paths = server.lines().filter(({ event }) => event === 'request').map(line => line.path)
    assert.deepEqual(paths.filter(each => each.startsWith('/__bff')), [])
    assert.ok(paths.includes('/api/products/p1'))
  })
})

test('without --mock there is nothing, on the listener of clients', async t => {
  const { get } = await scenario(t, 'web', {}, open)
  for (const where of ['/__bff', '/__bff/', '/__bff/index.html', '/__bff/services'])
    assert.deepEqual([where, (await get(where)).status], [where, 404])
})
