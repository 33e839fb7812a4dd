// A stored answer that is not fresh any more is validated: the service says whether it is right.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cachedRoute, old, path, plain, statusOf, wordsOf } from './lib/caching.mjs'
import { gate } from './lib/wait.mjs'

const tagged = (text, tag, more = {}) => plain(text, { ...old, etag: tag, ...more })
const unchanged = (headers = {}, more = {}) => ({ ...plain('', headers), status: 304, ...more })

describe('a validation', { concurrency: 4 }, () => {
  test('asks with the validators of the stored answer, and a 304 makes it fresh', async t => {
    const { get, asked, server } = await cachedRoute(t, [
      tagged('body', '"a"', { 'last-modified': 'Fri, 27 Nov 2026 10:00:00 GMT', 'x-a': '1', 'x-b': '1' }),
      unchanged({ etag: '"a"', 'cache-control': 'max-age=60', 'x-b': '2' })])
    await get(path)
    const second = await get(path, { headers: { 'if-none-match': '"z"' } })
    assert.deepEqual([second.status, second.text, second.headers['x-a'], second.headers['x-b']],
      [200, 'body', '1', '2'])
    assert.equal(statusOf(second), 'bff-web; fwd=stale; fwd-status=304; stored; ttl')
    const { headers } = asked('users')[1]
    assert.deepEqual([headers['if-none-match'], headers['if-modified-since']],
      ['"a"', 'Fri, 27 Nov 2026 10:00:00 GMT'])
    assert.equal(statusOf(await get(path)), 'bff-web; hit; ttl')
    await server.stop()
    assert.deepEqual(wordsOf(server), ['hit', 'miss', 'validated'])
  })

  test('may bring another answer', async t => {
    const { get, asked } = await cachedRoute(t, [tagged('one', '"a"'),
      plain('two', { etag: '"b"', 'cache-control': 'max-age=60' })])
    const texts = [(await get(path)).text, (await get(path)).text, (await get(path)).text]
    assert.deepEqual(texts, ['one', 'two', 'two'])
    assert.equal(asked('users').length, 2)
  })

  test('is one call for all, and each client gets what it needs', async t => {
    const door = gate()
    const { get, arrival, asked } = await cachedRoute(t, [tagged('body', '"a"'),
      unchanged({ 'cache-control': 'max-age=60' }, { until: door.opened })], { args: ['--workers', '4'] })
    await get(path)
    const answers = Array.from({ length: 40 }, (_, i) =>
      get(path, { headers: i % 2 ? { 'if-none-match': '"a"' } : {} }))
    await arrival('users', 2)
    door.open()
    const seen = (await Promise.all(answers)).map(({ status, text }) => `${status} ${text}`)
    assert.deepEqual(seen, seen.map((_, i) => (i % 2 ? '304 ' : '200 body')))
    assert.equal(asked('users').length, 2)
  })

  test('that brings a 304 about another answer asks again, without validators', async t => {
    const { get, asked, server } = await cachedRoute(t, [tagged('one', '"a"'), unchanged({ etag: '"z"' }),
      plain('two')])
    await get(path)
    for (const status of ['bff-web; fwd=uri-miss; stored', 'bff-web; hit; ttl']) {
      const res = await get(path)
      assert.deepEqual([res.status, res.text, statusOf(res)], [200, 'two', status])
    }
    assert.deepEqual(asked('users').map(({ headers }) => headers['if-none-match']),
      [undefined, '"a"', undefined])
    await server.stop()
    assert.deepEqual(wordsOf(server), ['hit', 'miss', 'miss'])
  })

  test('by a service that says 304 to everybody gets 304', async t => {
    const { get } = await cachedRoute(t, [tagged('one', '"a"'), unchanged({ etag: '"z"' })])
    await get(path)
    assert.equal((await get(path)).status, 304)
  })

  test('may say that the answer must not be stored any more', async t => {
    const { get } = await cachedRoute(t, [tagged('one', '"a"'), unchanged({ 'cache-control': 'no-store' }),
      plain('two')])
    await get(path)
    assert.deepEqual([(await get(path)).text, (await get(path)).text], ['one', 'two'])
  })
})

test('a client that has the answer gets 304 although it was not stored yet', async t => {
  const { get, asked } = await cachedRoute(t, [plain('body', { etag: '"a"' })])
  assert.equal((await get(path, { headers: { 'if-none-match': '"a"' } })).status, 304)
  assert.equal((await get(path)).text, 'body')
  assert.equal(asked('users').length, 1)
})

test('a client that has an answer which is too long to store gets 304', async t => {
  const { get } = await cachedRoute(t, [{ send: ({ res }) => {
    res.writeHead(200, { etag: '"a"' })
    res.write('x'.repeat(700))
    setImmediate(() => res.end('x'.repeat(700)))
  } }, plain('short')], { cache: { max_body: 1000 } })
  assert.equal((await get(path, { headers: { 'if-none-match': '"a"' } })).status, 304)
})
