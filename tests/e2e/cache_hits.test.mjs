// A plain route with a cache: which answers come from it, and with which fields.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cachedRoute, counted, path, plain, statusOf, wordsOf } from './lib/caching.mjs'

describe('a stored answer', { concurrency: 4 }, () => {
  test('has the status, the fields and the body of the first one, and its age', async t => {
    const { get, asked, server } = await cachedRoute(t, plain('all of it',
      { 'cache-control': 'max-age=60', age: '7', etag: '"a"', 'x-more': 'Yes, "more"' },
      { status: 203 }))
    const [first, second] = [await get(path), await get(path)]
    assert.equal(asked('users').length, 1)
    const own = ({ status, text, headers: { date, age, 'x-request-id': id, 'cache-status': is, ...rest } }) =>
      ({ status, text, rest })
    assert.deepEqual(own(second), own(first))
    assert.equal(second.headers.age, '7')
    assert.notEqual(second.headers['x-request-id'], first.headers['x-request-id'])
    assert.deepEqual([first, second].map(statusOf),
      ['bff-web; fwd=uri-miss; stored', 'bff-web; hit; ttl'])
    await server.stop()
    assert.deepEqual(wordsOf(server), ['hit', 'miss'])
  })

  test('is counted by /health', async t => {
    const { get } = await cachedRoute(t, plain('x'.repeat(5000)), { config: { cache: { memory: '1MiB' } } })
    const check = async () => {
      const { time, ...rest } = JSON.parse((await get('/health')).text).checks.cache[0]
      return rest
    }
    const full = { status: 'pass', observedUnit: 'bytes', limit: 2 ** 20, evicted: 0 }
    assert.deepEqual(await check(), { ...full, observedValue: 0, entries: 0 })
    await get(path)
    const { observedValue, ...rest } = await check()
    assert.deepEqual(rest, { ...full, entries: 1 })
    assert.ok(observedValue > 5000)
  })

  test('is another one for another query, and the same for another spelling of the path', async t => {
    const { get } = await cachedRoute(t, counted())
    const texts = []
    for (const where of ['?a=1', '?a=2', '', '?a=1']) texts.push((await get(path + where)).text)
    texts.push((await get('/api/x/../things/%31')).text)
    assert.deepEqual(texts, ['1', '2', '3', '1', '3'])
  })

  test('answers HEAD, with the length and without the body', async t => {
    const { get, asked } = await cachedRoute(t, counted())
    await get(path)
    const { status, headers, text } = await get(path, { method: 'HEAD' })
    assert.deepEqual([status, headers['content-length'], text], [200, '1', ''])
    assert.equal(asked('users').length, 1)
  })

  test('is 304 for a client that has it, and that has no fields of the body', async t => {
    const { get, asked } = await cachedRoute(t, plain('x',
      { etag: '"a"', 'cache-control': 'max-age=60', 'content-language': 'en' }))
    for (const tag of ['"b", W/"a"', '"a"', '*']) {
      const { status, headers, text } = await get(path, { headers: { 'if-none-match': tag } })
      assert.deepEqual([status, text, headers.etag], [304, '', '"a"'], tag)
      assert.equal(headers['cache-control'], 'max-age=60')
      assert.equal(headers['content-language'], undefined)
    }
    assert.equal((await get(path, { headers: { 'if-none-match': '"b"' } })).status, 200)
    assert.equal(asked('users').length, 1)
    assert.equal(asked('users')[0].headers['if-none-match'], undefined)
  })

  test('gets the fields of the route and of CORS anew for each request', async t => {
    const { get } = await cachedRoute(t, plain('x',
      { 'access-control-allow-origin': '*', 'x-old': '1', vary: 'accept-language' }),
    { route: { response_headers: { set: { 'x-new': '2' }, remove: ['x-old'] } },
      config: { cors: { origins: ['https://a.example', 'https://b.example'] } } })
    for (const origin of ['https://a.example', 'https://b.example']) {
      const { headers } = await get(path, { headers: { origin } })
      assert.deepEqual([headers['access-control-allow-origin'], headers['x-new'], headers['x-old']],
        [origin, '2', undefined])
    }
    assert.equal(statusOf(await get(path)), 'bff-web; hit; ttl')
  })

  test('is the same over HTTP/2', async t => {
    const { get, http2 } = await cachedRoute(t, plain('x'.repeat(300_000)))
    const { text } = await get(path)
    const session = await http2()
    const res = await session.ask(path)
    assert.equal(res.text, text)
    assert.equal(statusOf(res), 'bff-web; hit; ttl')
    assert.equal((await session.ask(path, { method: 'HEAD' })).headers['content-length'], '300000')
  })
})

describe('a request', { concurrency: 4 }, () => {
  test('may say that it wants no stored answer, or only one', async t => {
    const { get, server } = await cachedRoute(t, counted())
    const ask = async directive => {
      const { status, text } = await get(path, { headers: { 'cache-control': directive } })
      return status === 200 ? text : status
    }
    const rows = [['only-if-cached', 504], ['max-age=60', '1'], ['only-if-cached', '1'],
      ['no-cache', '2'], ['max-age=60', '2'], ['no-store', '3'], ['max-age=60', '2']]
    for (const [directive, want] of rows) assert.equal(await ask(directive), want, directive)
    await server.stop()
    assert.deepEqual(wordsOf(server), ['bypass', 'hit', 'hit', 'hit', 'miss', 'miss', 'none'])
  })

  test('with a range, a body or another method goes to the service', async t => {
    const { get, asked } = await cachedRoute(t, counted())
    await get(path)
    const rows = [[{ headers: { range: 'bytes=0-1' } }, 'bypass'], [{ body: 'x' }, 'bypass'],
      [{ method: 'OPTIONS' }, 'method']]
    for (const [more, why] of rows)
      assert.equal(statusOf(await get(path, more)), `bff-web; fwd=${why}`)
    assert.equal(asked('users').length, 4)
    assert.equal(asked('users')[1].headers.range, 'bytes=0-1')
    assert.equal((await get(path)).text, '1')
  })
})

describe('an answer that is not stored', { concurrency: 4 }, () => {
  const rows = {
    'for one user': { headers: { 'cache-control': 'private' } },
    'that says so': { headers: { 'cache-control': 'no-store' } },
    'with a cookie': { headers: { 'set-cookie': 'a=b' } },
    'that varies by everything': { headers: { vary: '*' } },
    'that is too long': plain('x'.repeat(1001)),
    'that is too long, as is seen late': { send: ({ res }) => {
      res.writeHead(200, { 'transfer-encoding': 'chunked' })
      for (let i = 0; i < 11; i++) res.write('x'.repeat(100))
      res.end()
    } },
    'that is an error': { status: 500 },
    'with a status that needs a time of its own': { status: 404 },
  }
  for (const [name, answer] of Object.entries(rows)) {
    test(name, async t => {
      const { get, asked } = await cachedRoute(t, answer, { cache: { max_body: 1000 } })
      const [first, second] = [await get(path), await get(path)]
      assert.deepEqual([second.status, second.text], [first.status, first.text])
      assert.match(statusOf(second), /fwd=uri-miss/)
      assert.equal(asked('users').length, 2)
    })
  }

  test('is not stored without the cache that the route could have', async t => {
    const { get, asked } = await cachedRoute(t, counted({ 'cache-control': 'max-age=60' }),
      { route: { cache: 'off' } })
    assert.deepEqual([(await get(path)).text, (await get(path)).text], ['1', '2'])
    assert.equal(statusOf(await get(path)), undefined)
    assert.equal(asked('users').length, 3)
  })
})
