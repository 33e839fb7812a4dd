// The ETag of pages, and 304 for clients that have the page already.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { scenario } from './lib/scenario.mjs'

const dashboard = pages['web dashboard']
const onlyOnce = /^(date|x-request-id|server-timing)$/ // these differ in every answer

// A client of each protocol, on a server with a page: { how: ask(options) }.
async function each(t, build = 'web', page = dashboard, rows = {}) {
  const scene = await scenario(t, build, planOf(page, rows))
  const { ask } = await scene.http2()
  const over = { 'HTTP/1.1': what => scene.get(page.path, what), 'HTTP/2': what => ask(page.path, what) }
  return { ...scene, over: Object.entries(over) }
}

const having = (...tags) => ({ headers: { 'if-none-match': tags.join(', ') } })
const steady = ({ headers }) => Object.fromEntries(
  Object.entries(headers).filter(([name]) => !onlyOnce.test(name)))

describe('a page', { concurrency: 4 }, () => {
  test('has the same weak tag as long as only the time changes', async t => {
    const { over, get } = await each(t)
    const tags = []
    for (const [, ask] of over)
      for (const method of ['GET', 'HEAD']) tags.push((await ask({ method })).headers.etag)
    assert.match(tags[0], /^W\/"[0-9a-f]{16}"$/)
    assert.deepEqual(new Set(tags).size, 1)
    const other = await scenario(t, 'web', planOf(dashboard))
    assert.equal((await other.get(dashboard.path)).headers.etag, tags[0], 'on another server')
    assert.equal((await get(dashboard.path)).headers['cache-control'], 'private, no-cache')
  })

  test('has another tag when a byte of a part changes', async t => {
    const name = nth => ({ json: { id: 'u1', name: `Ada ${nth}` } })
    const { get } = await each(t, 'web', dashboard, { user: [name(1), name(2), name(1)] })
    const tags = []
    for (let i = 0; i < 3; i++) tags.push((await get(dashboard.path)).headers.etag)
    assert.notEqual(tags[1], tags[0])
    assert.equal(tags[2], tags[0])
  })

  test('is not sent again to a client that has it', async t => {
    const { over, asked } = await each(t)
    for (const [how, ask] of over) {
      const whole = await ask()
      const { etag, 'content-type': type, 'content-length': length, ...kept } = steady(whole)
      assert.ok(type && length, how)
      const strong = etag.slice(2)
      for (const tags of [[etag], [strong], ['"a"', 'W/"b, c"', etag], ['*'], ['"x"', strong]]) {
        for (const method of ['GET', 'HEAD']) {
          const { status, text, ...answer } = await ask({ method, ...having(...tags) })
          assert.deepEqual([status, text], [304, ''], `${how} ${method} ${tags}`)
          assert.deepEqual(steady(answer), { etag, ...kept }, `${how} ${method} ${tags}`)
        }
      }
    }
    assert.equal(asked('users').length, 2 * 11)
  })

  test('is sent when the client has another one', async t => {
    const { over } = await each(t)
    for (const [how, ask] of over) {
      const { etag } = (await ask()).headers
      const lower = etag.replace('W/', 'w/') // which is no tag
      for (const tags of [['"a"'], [etag.slice(3, -1)], [lower], ['W/"*"'], ['']]) {
        const { status, body } = await ask(having(...tags))
        assert.deepEqual([status, body?.user.id], [200, 'u1'], `${how} ${tags}`)
      }
    }
  })

  test('has no tag when it is not complete, and is never 304 then', async t => {
    const { over } = await each(t, 'web', dashboard, { user: { status: 500 } })
    for (const [how, ask] of over) {
      const { status, headers } = await ask(having('*'))
      assert.deepEqual([status, headers.etag, headers['cache-control']], [200, undefined, 'no-store'], how)
    }
  })

  test('that fails has none, and is sent', async t => {
    const { over } = await each(t, 'web', pages['web product'], { product: { status: 404 } })
    for (const [how, ask] of over) {
      const { status, headers } = await ask(having('*'))
      assert.deepEqual([status, headers.etag], [404, undefined], how)
    }
  })

  test('without a time has a tag, too', async t => {
    const { over } = await each(t, 'mobile', pages['mobile product'])
    for (const [how, ask] of over) {
      const { etag } = (await ask()).headers
      assert.equal((await ask(having(etag))).status, 304, how)
    }
  })

  test('is 304 through filters, without bytes that a filter adds', async t => {
    const { over } = await each(t, 'filter')
    for (const [how, ask] of over) {
      for (const filter of ['shout', 'twice', 'hold', 'lines', 'hold, twice, tee, lines']) {
        const by = more => ({ headers: { 'x-filter': filter, ...more } })
        const { etag } = (await ask({ headers: {} })).headers
        const { status, text, headers } = await ask(by({ 'if-none-match': etag }))
        assert.deepEqual([status, text, headers['content-length']], [304, '', undefined], `${how} ${filter}`)
        assert.equal((await ask(by())).status, 200, `${how} ${filter}`)
      }
    }
  })
})

test('an HTTP/1.1 connection goes on after a 304', async t => {
  const { get, bare, server } = await each(t)
  const { etag } = (await get(dashboard.path)).headers
  const { socket, until } = await bare()
  const ask = `GET ${dashboard.path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.token}\r\n`
  socket.write(`${ask}If-None-Match: "a"\r\nIf-None-Match: ${etag}\r\n\r\n`)
  await until(/^HTTP\/1.1 304 Not Modified\r\n[^]*\r\n\r\n$/)
  socket.write(`${ask}\r\n`)
  await until(/\r\n\r\nHTTP\/1.1 200 OK\r\n[^]*"partialFailure":false}$/)
  socket.destroy()
})
