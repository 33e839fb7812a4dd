// Header fields of the services' answers that a page passes on.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { scenario } from './lib/scenario.mjs'

const services = (fresh = {}, old = {}) => ({
  'orders /orders': { json: [], ...fresh }, 'orders /old': { json: [], ...old } })

describe('.headers', { concurrency: 4 }, () => {
  test('passes what the rows name, once, or as a list', async t => {
    const { get } = await scenario(t, 'choices', services(
      { headers: { link: '</a>; rel="next"', 'x-total': '7', 'x-old': 'no', 'set-cookie': 'no=1', 'x-b': '1' } },
      { headers: { link: '</b>', 'x-total': '8', 'x-old': 'yes', 'set-cookie': ['a=1; Path=/', 'b=2'] } }))
    const { status, headers } = await get('/api/headers')

    assert.equal(status, 200)
    assert.equal(headers.link, '</a>; rel="next", </b>')
    assert.equal(headers['x-total'], '7')
    assert.equal(headers['x-old'], 'yes')
    assert.equal(headers['x-b'], undefined)
    assert.deepEqual(headers['set-cookie'], ['a=1; Path=/', 'b=2'])
  })

  test('makes an answer with a cookie one that nobody stores', async t => {
    const { get } = await scenario(t, 'choices', services({}, { headers: { 'set-cookie': 'a=1' } }))
    const { headers } = await get('/api/headers')

    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers.etag, undefined)
  })

  test('does not change an answer without one', async t => {
    const { get } = await scenario(t, 'choices', services({ headers: { 'x-total': '7' } }))
    const { headers } = await get('/api/headers')

    assert.equal(headers['cache-control'], 'private, no-cache')
    assert.match(headers.etag, /^W\//)
  })

  test('passes nothing of a part that was rejected', async t => {
    const { get } = await scenario(t, 'choices', services(
      {}, { status: 500, headers: { 'set-cookie': 'a=1', 'x-old': 'yes' } }))
    const { headers } = await get('/api/headers')

    assert.equal(headers['set-cookie'], undefined)
    assert.equal(headers['x-old'], undefined)
  })

  test('is bounded', async t => {
    const cookies = Array.from({ length: 30 }, (_, i) => `c${i}=${'x'.repeat(i === 0 ? 9000 : 1)}`)
    const { get } = await scenario(t, 'choices', services({}, { headers: { 'set-cookie': cookies } }))
    const { headers } = await get('/api/headers')

    assert.deepEqual(headers['set-cookie'], cookies.slice(1, 17))
  })

  test('passes the tag of the only part, as a weak one, and the client can ask with it', async t => {
    const { get } = await scenario(t, 'choices', services({ headers: { etag: '"7"' } }))
    const { headers } = await get('/api/tag')

    assert.equal(headers.etag, 'W/"7"')
    assert.equal((await get('/api/tag', { headers: { 'if-none-match': '"7"' } })).status, 304)
    assert.equal((await get('/api/tag', { headers: { 'if-none-match': '"8"' } })).status, 200)
  })
})
