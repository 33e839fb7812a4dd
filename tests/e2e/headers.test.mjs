// The headers of the requests to services, and the headers of the answers to clients.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { scenario } from './lib/scenario.mjs'

const page = pages['web dashboard']
const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const parent = `00-${trace}-00f067aa0ba902b7-01`

// Asks for one page and gives every request that the services got for it: await asking(t) first.
async function asking(t) {
  const { get, asked } = await scenario(t, 'web', planOf(page))
  return async headers => {
    const before = asked().length
    const res = await get(page.path, { headers })
    assert.equal(res.status, 200)
    assert.equal(asked().length, before + 4)
    return { res, calls: asked().slice(before) }
  }
}

const only = list => {
  assert.equal(new Set(list).size, 1)
  return list[0]
}

describe('a call', { concurrency: 4 }, () => {
  test('says what it wants, and no more than it must', async t => {
    const ask = await asking(t)
    const { calls } = await ask({
      'accept': 'text/html', 'accept-encoding': 'gzip, br', 'accept-language': 'de-CH, de;q=0.8',
      'cookie': 'session=secret', 'x-other': 'secret', 'x-user-role': 'secret',
      'connection': 'x-named', 'x-named': 'secret', 'x-mock': 'users hang',
      'content-type': 'text/plain', 'if-none-match': '"x"',
    })
    for (const { headers, method } of calls) {
      assert.equal(method, 'GET')
      assert.equal(headers.accept, 'application/json')
      assert.equal(headers['accept-encoding'], 'identity')
      assert.equal(headers['accept-language'], 'de-CH, de;q=0.8')
      assert.equal(headers.authorization, undefined)
      assert.equal(headers['x-user-id'], 'admin')
      assert.equal(headers['x-user-role'], 'admin')
      assert.match(headers.host, /^127\.0\.0\.1:\d+$/)
      assert.doesNotMatch(JSON.stringify(headers), /secret|x-mock|if-none-match|content-/)
    }
  })

  test('continues the request id of a client that has a sane one', async t => {
    const ask = await asking(t)
    for (const id of ['a', 'A-Z.09_x', 'x'.repeat(128)]) {
      const { calls } = await ask({ 'x-request-id': id })
      assert.equal(only(calls.map(({ headers }) => headers['x-request-id'])), id)
    }
  })

  test('has a new request id when the client has none, or no sane one', async t => {
    const ask = await asking(t)
    const ids = []
    for (const id of [undefined, '', 'a b', 'x'.repeat(129), 'é', 'a"b']) {
      const { calls } = await ask(id === undefined ? {} : { 'x-request-id': id })
      ids.push(only(calls.map(({ headers }) => headers['x-request-id'])))
      assert.match(ids.at(-1), /^[A-Za-z0-9._-]{8,128}$/)
    }
    assert.equal(new Set(ids).size, ids.length)
  })

  test('continues the trace of a client that has one', async t => {
    const ask = await asking(t)
    const { calls } = await ask({ traceparent: parent, tracestate: 'a=1' })
    const continued = new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`)
    for (const { headers } of calls) {
      assert.match(headers.traceparent, continued)
      assert.equal(headers.tracestate, 'a=1')
    }
    const spans = calls.map(({ headers }) => headers.traceparent.split('-')[2])
    assert.equal(new Set([...spans, parent.split('-')[2]]).size, calls.length + 1)
  })

  test('drops the state of a trace that it does not continue', async t => {
    const ask = await asking(t)
    const { calls } = await ask({ traceparent: 'x', tracestate: 'a=1' })
    for (const { headers } of calls) assert.equal(headers.tracestate, undefined)
  })

  test('begins a trace when there is none, or none that is sane', async t => {
    const none = [undefined, 'x', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      `ff-${trace}-00f067aa0ba902b7-01`, parent.toUpperCase(), `${parent}-x`]
    const ask = await asking(t)
    for (const traceparent of none) {
      const { calls } = await ask(traceparent === undefined ? {} : { traceparent })
      const begun = only(calls.map(({ headers }) => headers.traceparent.split('-')[1]))
      assert.match(begun, /^(?!0{32})[0-9a-f]{32}$/)
      assert.notEqual(begun, trace)
    }
  })
})

describe('an answer', { concurrency: 4 }, () => {
  test('has these headers and no others', async t => {
    const { get, http2 } = await scenario(t, 'web', planOf(page))
    const { ask } = await http2()
    const ours = ['cache-control', 'content-length', 'content-type', 'date', 'etag', 'server-timing',
      'vary', 'x-content-type-options', 'x-request-id']
    assert.deepEqual((await get(page.path)).names.sort(), [...ours, 'connection'].sort())
    assert.deepEqual((await ask(page.path)).names.sort(), ours)
  })

  test('carries the request id that the services got', async t => {
    const ask = await asking(t)
    for (const headers of [{}, { 'x-request-id': 'me' }]) {
      const { res, calls } = await ask(headers)
      assert.equal(res.headers['x-request-id'], calls[0].headers['x-request-id'])
    }
  })

  test('names its parts and their times, once each', async t => {
    const { res } = await (await asking(t))({})
    const members = res.headers['server-timing'].split(/, */)
    const names = members.map(member => /^(\w+);dur=\d+(\.\d+)?$/.exec(member)?.[1])
    assert.deepEqual(names, Object.keys(page.parts))
  })

  test('names a list part once, not once an item', async t => {
    const checkout = pages['web checkout']
    const { get } = await scenario(t, 'web', planOf(checkout, { 'products[1]': { status: 500 } }))
    const res = await get(checkout.path)
    const names = res.headers['server-timing'].match(/\w+(?=;dur)/g)
    assert.deepEqual(names, ['order', 'user', 'products'])
    assert.equal(res.headers['proxy-status'],
      'bff-web; error=destination_unavailable; details="products status"')
  })

  test('tells of each part that failed, and of no address', async t => {
    const { get } = await scenario(t, 'web', planOf(page, {
      user: { status: 500 }, recentOrders: { fault: 'hang' }, recommendations: { fault: 'reset' },
    }))
    const { headers } = await get(page.path)

    assert.equal(headers['proxy-status'], [
      'bff-web; error=destination_unavailable; details="user status"',
      'bff-web; error=http_response_timeout; details="recentOrders timeout"',
      'bff-web; error=connection_terminated; details="recommendations reset"'].join(', '))
    assert.equal(headers['server-timing'].replace(/dur=[\d.]+/g, 'dur'), [
      'user;dur;desc="status"', 'recentOrders;dur;desc="timeout"',
      'recommendations;dur;desc="reset"', 'unreadNotifications;dur'].join(', '))
    assert.doesNotMatch(JSON.stringify(headers), /127\.0\.0\.1|:\d{4,5}/)
  })
})
