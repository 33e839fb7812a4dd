// Routes that ask no service, and the addresses that services send.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { talk } from './lib/client.mjs'
import { open, scenario, scratch } from './lib/scenario.mjs'

const routed = (t, ...routes) =>
  scenario(t, 'web', {}, { config: { routes: routes.map(one => ({ access: 'public', ...one })) } })

// The Location of a raw request, so that no client changes its path.
async function location({ url }, target) {
  const head = await talk(url, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  return /^location: (.*)\r$/im.exec(head)?.[1] ?? Number(head.slice(9, 12))
}

describe('a redirect', { concurrency: 2 }, () => {
  test('replaces the prefix and keeps the query', async t => {
    const scene = await routed(t,
      { path: '/old/', redirect: { to: '/new/' } },
      { path: '/moved/', redirect: { to: 'https://new.example/shop/', status: 301 } },
      { path: '/page', redirect: { to: '/other?from=page', status: 302 } },
      { path: '/all/', redirect: { to: '/closed', query: 'drop', status: 303 } })
    for (const [target, want] of [
      ['/old/a/b?x=1&y', '/new/a/b?x=1&y'], ['/old/', '/new/'], ['/old/a%2fb%20c', '/new/a%2Fb%20c'],
      ['/moved/x', 'https://new.example/shop/x'], ['/moved/', 'https://new.example/shop/'],
      ['/page', '/other?from=page'], ['/page?x', '/other?from=page&x'],
      ['/all/a/b?x', '/closed'], ['/old', 404],
    ]) assert.equal(await location(scene, target), want, target)
    for (const [target, method, want] of [['/old/x', 'POST', 308], ['/moved/', 'GET', 301],
      ['/page', 'HEAD', 302], ['/all/x', 'DELETE', 303]]) {
      const { status, text } = await scene.get(target, { method })
      assert.deepEqual([status, text], [want, ''])
    }
  })

  // What a browser makes of it, by the URL standard.
  test('never leads to a host that the client names', async t => {
    const scene = await routed(t, { path: '/', redirect: { to: '/app/' } },
      { path: '/old/', redirect: { to: '/' } },
      { path: '/out/', redirect: { to: 'https://new.example/' } })
    const hostile = ['//evil.example', '/\\evil.example', '\\evil.example', '/%2Fevil.example',
      '%2F%2Fevil.example', '///evil.example/%2e%2e', '//evil.example@a', '@evil.example', '.evil.example',
      ':80', '/%09/evil.example', '/%0d%0aSet-Cookie:a=b', '%5Cevil.example', '/%5c%5cevil.example',
      '//evil.example?//x', '?//evil.example', '?\\\\evil', 'https://evil.example', '////', '/;//evil.example',
      '/\u00a0//evil.example', '/"><script>']
    for (const prefix of ['/', '/old/', '/out/']) {
      for (const tail of hostile) {
        const to = await location(scene, Buffer.from(prefix + tail).toString('latin1'))
        if (to === 400) continue
        const home = prefix === '/out/' ? 'https://new.example' : 'https://us.example'
        assert.equal(new URL(to, 'https://us.example/x').origin, home, `${prefix}${tail} gives ${to}`)
        assert.match(to, /^[\x21-\x7e]+$/)
      }
    }
  })

  test('is for those who may use the route', async t => {
    const { get } = await scenario(t, 'web', {}, { config: { routes: [
      { path: '/old', redirect: { to: '/new' } }] } })
    assert.equal((await get('/old', { token: null })).status, 401)
    assert.equal((await get('/old')).status, 308)
  })
})

describe('a fixed answer', { concurrency: 2 }, () => {
  test('has its status, type and body, and none for HEAD', async t => {
    const { get } = await routed(t, { path: '/robots.txt', answer: { body: 'User-agent: *\n' } },
      { path: '/closed/', answer: { status: 503, type: 'application/json', body: '{"error":"closed"}' },
        response_headers: { set: { 'Retry-After': '60' } } },
      { path: '/gone', answer: { status: 204 } })
    const robots = await get('/robots.txt')
    assert.equal(robots.text, 'User-agent: *\n')
    assert.equal(robots.headers['content-type'], 'text/plain; charset=utf-8')
    assert.equal(robots.headers['x-content-type-options'], 'nosniff')
    const head = await get('/robots.txt', { method: 'HEAD' })
    assert.deepEqual([head.text, head.headers['content-length']], ['', '14'])
    const closed = await get('/closed/x', { method: 'PUT', body: 'x' })
    assert.deepEqual([closed.status, closed.body, closed.headers['retry-after']],
      [503, { error: 'closed' }, '60'])
    assert.equal((await get('/gone')).status, 204)
  })

  test('of a file has a tag', async t => {
    const file = path.join(scratch(t), 'app.webmanifest')
    writeFileSync(file, '{}')
    const { get } = await routed(t, { path: '/app', answer: { file } })
    const { headers, text } = await get('/app')
    assert.deepEqual([text, headers['content-type']], ['{}', 'application/manifest+json'])
    const again = await get('/app', { headers: { 'if-none-match': `"x", W/${headers.etag}` } })
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', headers.etag])
    assert.equal((await get('/app', { headers: { 'if-none-match': '"x"' } })).status, 200)
  })
})

describe('addresses that a service sends', { concurrency: 2 }, () => {
  const answering = headers => ({ send: ({ req, res }) =>
    res.writeHead(req.method === 'POST' ? 201 : 200, headers(`http://${req.headers.host}`, req.url)).end() })

  test('are those that clients see', async t => {
    const { get } = await scenario(t, 'web', { 'users *': answering(own => ({
      location: `${own}/users/42?a`, 'content-location': '/users/42', refresh: '0; url=/users/42',
      'set-cookie': ['a=1; Path=/users/; HttpOnly', 'b=1; Path=/'] })) },
    { config: { ...open.config, routes: [{ path: '/api/users/', service: 'users', to: '/users/' }] } })
    const { headers } = await get('/api/users/', { method: 'POST', body: 'x' })
    assert.equal(headers.location, '/api/users/42?a')
    assert.equal(headers['content-location'], '/api/users/42')
    assert.equal(headers.refresh, '0; url=/api/users/42')
    assert.deepEqual(headers['set-cookie'], ['a=1; Path=/api/users/; HttpOnly', 'b=1; Path=/'])
  })

  test('stay where the route says so, and from the cache they are the same', async t => {
    const sent = (own, url) => (url === '/x/kept' ? { location: '/x/1' }
      : { location: '/x/1', 'set-cookie': 'a=1; Path=/x/; Domain=in.test' })
    const { get, asked } = await scenario(t, 'web', { 'users *': answering(sent) }, { config: {
      routes: [
        { path: '/off/', service: 'users', to: '/x/', rewrite_location: false, rewrite_cookies: false,
          cookie_domain: 'shop.example' },
        { path: '/on/', service: 'users', to: '/x/', cookie_domain: 'remove' },
        { path: '/kept/', service: 'users', to: '/x/', cache: { ttl: '60s', shared: true } }] } })
    const of = async target => {
      const { headers } = await get(target)
      return [headers.location, headers['set-cookie']?.[0]]
    }
    assert.deepEqual(await of('/off/1'), ['/x/1', 'a=1; Path=/x/; Domain=shop.example'])
    assert.deepEqual(await of('/on/1'), ['/on/1', 'a=1; Path=/on/'])
    assert.equal((await of('/kept/kept'))[0], '/kept/1')
    assert.equal((await of('/kept/kept'))[0], '/kept/1')
    assert.equal(asked().length, 3)
  })
  test('invalidate what is stored under the path that clients see', async t => {
    const cache = { ttl: '60s', shared: true }
    const { get } = await scenario(t, 'web', { 'users *': answering(() => ({ location: '/users/42' })) },
      { config: { ...open.config, routes: [
        { path: '/api/users/', service: 'users', to: '/users/', cache },
        { path: '/api/new', service: 'users', to: '/new' }] } })
    const cached = async () => (await get('/api/users/42')).headers['cache-status']
    await cached()
    assert.match(await cached(), /hit/)
    await get('/api/new', { method: 'POST', body: 'x' })
    assert.doesNotMatch(await cached(), /hit/)
  })
})
