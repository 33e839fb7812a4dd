// The pages for operators: what they answer, who may not ask, and purges over several instances.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cachedRoute, counted, plain } from './lib/caching.mjs'
import { authority } from './lib/certificates.mjs'
import { ask, connectBare, connectHttp2 } from './lib/client.mjs'
import { admin, asOperator, json } from './lib/operator.mjs'
import { startRedis } from './lib/redis.mjs'
import { open, scenario } from './lib/scenario.mjs'
import { eventually, gate, soon } from './lib/wait.mjs'


// The admin pages of a scene: `tell(method, path, ...)` asks them.
function withPages(scene) {
  const { admin: url } = scene.server.ready
  const tell = (method, path, { headers, body } = {}) => ask(url, path, { method, headers: { ...asOperator, ...headers }, body })
  return { ...scene, adminUrl: url, tell,
    purge: (what, headers = json) => tell('POST', '/cache/purge', { headers, body: JSON.stringify(what) }) }
}

const stage = async (t, { config, ...options } = {}) => withPages(await scenario(t, 'web', {},
  { ...options, config: { ...open.config, admin, cache: {}, ...config } }))

// The same with a cached route, /api/things/, whose answers count the requests of the service.
const cachedStage = async (t, answer, { config, ...options } = {}) =>
  withPages(await cachedRoute(t, answer, { ...options, config: { admin, ...config } }))

const textsOf = async ({ get }, paths) => {
  const texts = []
  for (const path of paths) texts.push((await get(path)).text)
  return texts
}

// Sorted: workers write their lines by themselves.
const purges = server => server.lines().filter(({ event }) => event === 'purge')
  .map(({ what, of, from }) => [what, of, from]).sort()

describe('the admin pages', { concurrency: 4 }, () => {
  test('are listed, and are on their own address only', async t => {
    const { tell, get, adminUrl, url } = await stage(t)
    const { status, headers, body } = await tell('GET', '/')
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'no-store')
    assert.deepEqual(body.pages.map(({ method, path }) => `${method} ${path}`),
      ['GET /', 'GET /metrics', 'POST /cache/purge', 'POST /reload', 'POST /revoke', 'PURGE /{path}'])
    assert.notEqual(adminUrl, url)
    assert.equal((await tell('HEAD', '/')).text, '')
    for (const path of ['/api/products', '/nothing'])
      assert.equal((await tell('GET', path)).status, 404, path)
    assert.equal((await get('/cache/purge', { method: 'POST', headers: json, body: '{"all":true}' })).status, 404)
    assert.equal((await get('/api/products', { method: 'PURGE' })).status, 501)
  })

  test('purge a path, a prefix, a tag or everything, and say so in the log', async t => {
    const { tell, purge, server } = await stage(t)
    for (const [what, name] of [[{ path: '/api/a%7Eb/../products' }, 'path'], [{ prefix: '/api/p' }, 'prefix'],
      [{ tag: 'product-1' }, 'tag'], [{ all: true }, 'all']]) {
      const { status, text } = await purge(what, { 'content-type': 'Application/JSON; charset=utf-8' })
      assert.deepEqual([status, text], [200, `{"purged":"${name}"}\n`])
    }
    for (const [path, name] of [['/api/products/1', 'path'], ['/api/products/*', 'prefix'], ['/*', 'prefix']])
      assert.deepEqual((await tell('PURGE', path)).body, { purged: name })
    await server.stop()
    const from = '127.0.0.1'
    assert.deepEqual(purges(server), [['all', '', from], ['path', '/api/products', from],
      ['path', '/api/products/1', from], ['prefix', '/', from], ['prefix', '/api/p', from],
      ['prefix', '/api/products/', from], ['tag', 'product-1', from]])
    assert.deepEqual(server.lines().filter(({ event }) => event === 'request'), [])
  })

  for (const [why, body, says] of [
    ['nothing', '', /no JSON/], ['half of a purge', '{"path":"/a"', /no JSON/],
    ['two purges', '{"path":"/a"} {"path":"/b"}', /no JSON/], ['a list', '[{"path":"/a"}]', /exactly one of/],
    ['no member', '{}', /exactly one of/], ['two members', '{"path":"/a","tag":"b"}', /exactly one of/],
    ['the same member twice', '{"path":"/a","path":"/b"}', /exactly one of/],
    ['another member', '{"url":"/a"}', /exactly one of/], ['a number', '{"path":1}', /are strings/],
    ['nearly all', '{"all":"true"}', /must be true/], ['not all', '{"all":false}', /must be true/],
    ['no path', '{"path":"api"}', /begins with \//], ['an empty prefix', '{"prefix":""}', /begins with \//],
    ['a query', '{"path":"/a?b=1"}', /every query/], ['a path above the root', '{"path":"/../a"}', /no request has/],
    ['two tags', '{"tag":"a b"}', /a tag is/], ['a NUL', '{"tag":"a\\u0000b"}', /a tag is/],
  ]) {
    test(`refuse ${why}`, async t => {
      const { tell, server } = await stage(t)
      const { status, body: { error } } = await tell('POST', '/cache/purge', { headers: json, body })
      assert.equal(status, 400)
      assert.match(error, says)
      await server.stop()
      assert.deepEqual(purges(server), [])
    })
  }

  test('refuse other methods, and bodies that are too large', async t => {
    const { tell } = await stage(t)
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await tell(method, '/cache/purge')
      assert.deepEqual([status, headers.allow], [405, 'POST'], method)
    }
    assert.deepEqual((await tell('POST', '/')).headers.allow, 'GET, HEAD')
    const body = JSON.stringify({ path: `/${'a'.repeat(20_000)}` })
    assert.equal((await tell('POST', '/cache/purge', { headers: json, body })).status, 413)
    assert.equal((await tell('PURGE', '/a?b=1')).status, 400)
  })

  test('refuse what a web page can make a browser send', async t => {
    const { adminUrl, tell, purge, server } = await stage(t)
    const { port } = new URL(adminUrl)
    const origin = { ...json, origin: 'https://evil.example' }
    assert.equal((await purge({ all: true }, origin)).status, 403)
    assert.equal((await tell('PURGE', '/a', { headers: { origin: 'null' } })).status, 403)
    assert.equal((await tell('GET', '/', { headers: { origin: adminUrl } })).status, 403)
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])
      assert.equal((await purge({ all: true }, type ? { 'content-type': type } : {})).status, 415, type)
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example']) {
      assert.equal((await purge({ all: true }, { ...json, host })).status, 403, host)
      for (const path of ['/', '/health']) assert.equal((await tell('GET', path, { headers: { host } })).status, 403)
    }
    const preflight = await tell('OPTIONS', '/cache/purge', { headers: { origin: 'https://evil.example',
      'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } })
    assert.equal(preflight.status, 403)
    assert.deepEqual(preflight.names.filter(name => name.startsWith('access-control')), [])
    for (const host of ['localhost', `LOCALHOST:${port}`, '[::1]', '10.0.0.1:9090'])
      assert.equal((await purge({ all: true }, { ...json, host })).status, 200, host)
    await server.stop()
    assert.equal(purges(server).length, 4)
  })

  test('refuse a request that can be read in two ways, and close its connection', async t => {
    const { adminUrl, server } = await stage(t)
    const bare = await connectBare(adminUrl)
    bare.socket.write('POST /cache/purge HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Authorization: ${asOperator.authorization}\r\n` +
      'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nPURGE /a HTTP/1.1\r\nHost: localhost\r\n\r\n')
    assert.match(await soon(bare.ended, 'the end of the connection'), /^HTTP\/1\.1 400 [^]*$/)
    await server.stop()
    assert.deepEqual(purges(server), [])
  })

  test('take a body when no request of a client may have one', async t => {
    const { purge } = await stage(t, { config: { limits: { body: 0 } } })
    assert.equal((await purge({ all: true })).status, 200)
  })

  test('may be on an address with TLS, and with HTTP/2', async t => {
    const ca = authority(t)
    const { certFile: certificate, keyFile: key } = ca.sign(['IP:127.0.0.1'])
    const { adminUrl } = await stage(t,
      { config: { tls: { certificate, key }, admin: { ...admin, listen: 'https://127.0.0.1:0' } } })
    const session = await connectHttp2(adminUrl, { ca: ca.ca })
    t.after(session.close)
    assert.deepEqual((await session.ask('/a', { method: 'PURGE', headers: asOperator })).body, { purged: 'path' })
    const foreign = await session.ask('/a', { method: 'PURGE', headers: { ...asOperator, ':authority': 'evil.example' } })
    assert.equal(foreign.status, 403)
  })

  test('answer while there are too many clients', async t => {
    const { url, tell } = await stage(t, { config: { limits: { connections: 1 } } })
    const bare = await connectBare(url)
    t.after(() => bare.socket.destroy())
    bare.socket.write('GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n')
    await bare.until(/ 404 /)
    assert.equal((await tell('GET', '/')).status, 200)
  })
})

describe('a purge', { concurrency: 2 }, () => {
  const paths = ['/api/things/a', '/api/things/a?b=1', '/api/things/ab', '/api/things/c']

  for (const [what, wanted] of [
    [{ path: '/api/things/a' }, ['5', '6', '3', '4']], [{ prefix: '/api/things/a' }, ['5', '6', '7', '4']],
    [{ path: '/api/./things/%61' }, ['5', '6', '3', '4']], [{ path: '/api/things/A' }, ['1', '2', '3', '4']],
    [{ tag: 'two' }, ['5', '6', '7', '8']], [{ tag: 'tw' }, ['1', '2', '3', '4']],
    [{ all: true }, ['5', '6', '7', '8']],
  ]) {
    test(`of ${JSON.stringify(what)} makes the server ask the service again for that, and for nothing else`, async t => {
      const scene = await cachedStage(t, counted({ 'cache-tag': 'one, two', 'surrogate-key': 'x two' }))
      assert.deepEqual(await textsOf(scene, [...paths, ...paths]), ['1', '2', '3', '4', '1', '2', '3', '4'])
      assert.equal((await scene.purge(what)).status, 200)
      assert.deepEqual(await textsOf(scene, paths), wanted)
    })
  }

  test('also holds for an answer that is on its way', async t => {
    const door = gate()
    const answers = [plain('old', {}, { until: door.opened }), plain('new')]
    const { get, purge, arrival } = await cachedStage(t, answers)
    const first = get('/api/things/a')
    await arrival('users', 1)
    assert.equal((await purge({ path: '/api/things/a' })).status, 200)
    door.open()
    assert.equal((await first).text, 'old')
    assert.equal((await get('/api/things/a')).text, 'new')
  })

  test('is not undone by stale-if-error', async t => {
    const answers = [plain('old', { 'cache-control': 'max-age=1', age: '1' }), plain('no', {}, { status: 500 })]
    const { get, purge } = await cachedStage(t, answers, { cache: { stale_if_error: '1h' } })
    assert.equal((await get('/api/things/a')).text, 'old')
    assert.equal((await get('/api/things/a')).text, 'old')
    await purge({ all: true })
    assert.equal((await get('/api/things/a')).text, 'no')
  })
})

describe('a purge, with Redis', { concurrency: 2 }, () => {
  const both = async (t, redis) => {
    const options = { config: { redis: { url: redis.url }, cache: { redis: false } } }
    const a = await cachedStage(t, counted(), options)
    const b = await cachedStage(t, counted(), { ...options, args: ['--workers', '2'] })
    const listens = async () => (await redis.send('PUBSUB', 'NUMSUB', 'cache:purge'))[1] === 2
    await eventually(listens, 'both to listen')
    return { a, b, listens }
  }
  const seen = (server, count) => eventually(() => purges(server).length === count, `${count} purges`)

  test('reaches the other instance once, and not the first one again', async t => {
    const { a, b } = await both(t, await startRedis(t, { isSocket: true }))
    assert.equal((await a.purge({ tag: 'a"b' })).status, 200)
    assert.equal((await b.tell('PURGE', '/api/x/*')).status, 200)
    await seen(a.server, 2)
    await seen(b.server, 2)
    assert.deepEqual(purges(a.server), [['prefix', '/api/x/', 'redis'], ['tag', 'a"b', '127.0.0.1']])
    assert.deepEqual(purges(b.server), [['prefix', '/api/x/', '127.0.0.1'], ['tag', 'a"b', 'redis']])
  })

  test('makes the other instance ask its service again', async t => {
    const { a, b } = await both(t, await startRedis(t, { isSocket: true }))
    const paths = ['/api/things/a', '/api/things/b']
    assert.deepEqual(await textsOf(b, [...paths, ...paths]), ['1', '2', '1', '2'])
    assert.equal((await a.purge({ path: '/api/things/a' })).status, 200)
    await seen(b.server, 1)
    assert.deepEqual(await textsOf(b, paths), ['3', '2'])
  })

  test('of a message that nobody understands is a purge of everything', async t => {
    const redis = await startRedis(t, { isSocket: true })
    const { a } = await both(t, redis)
    for (const message of ['', 'x', '{"from":"other"}', '{"from":1,"purge":{"path":"/a","tag":"b"}}'])
      await redis.send('PUBLISH', 'cache:purge', message)
    await seen(a.server, 4)
    assert.deepEqual(purges(a.server), Array(4).fill(['all', '', 'redis']))
  })

  test('is 503 while Redis is away, and what was missed is purged when it is back', async t => {
    const redis = await startRedis(t, { isSocket: true })
    const { a, b, listens } = await both(t, redis)
    await redis.kill()
    await eventually(async () => (await a.purge({ path: '/a' })).status === 503, 'Redis to be missed')
    assert.match((await a.purge({ path: '/a' })).body.error, /^this instance has purged/)
    await redis.restart()
    await eventually(listens, 'both to listen again')
    for (const { server } of [a, b])
      await eventually(() => purges(server).some(([what, , from]) => what === 'all' && from === 'reconnection'),
        'the purge of everything')
    await eventually(async () => (await a.purge({ path: '/b' })).status === 200, 'Redis to be told again')
  })
})
