// Pages that are sent as their parts settle: in each encoding and over both protocols, each message
// comes when it can, and all of them together are the JSON answer. The clock decides nothing: the
// services wait for what the client has got.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { describe, test } from 'node:test'
import { createGunzip } from 'node:zlib'

import { openRequest } from './lib/client.mjs'
import { broken, pages, planByRequestId, planOf } from './lib/pages.mjs'
import { faults, mebibyte } from './lib/reply.mjs'
import { scenario, stamped } from './lib/scenario.mjs'
import { assertComplete, encodings, merge, openStream } from './lib/streaming.mjs'
import { gate, isHeld, soon } from './lib/wait.mjs'

const page = pages['web dashboard']
const product = pages['web product']
const accepts = Object.keys(encodings)
const ways = accepts.flatMap(accept => [false, true].map(isHttp2 =>
  ({ how: `${accept} over ${isHttp2 ? 'HTTP/2' : 'HTTP/1.1'}`, accept, isHttp2 })))
const namesOf = ({ members }) => Object.keys(members)

// A dashboard whose parts wait for the test, but for the user.
function held(more = {}) {
  const door = gate()
  const rows = ['recentOrders', 'recommendations', 'unreadNotifications'].map(
    part => [part, { json: page.parts[part].json, until: door.opened }])
  return { door, plan: planOf(page, { ...Object.fromEntries(rows), ...more }) }
}

describe('a stream', { concurrency: 4 }, () => {
  for (const { how, ...way } of ways) {
    test(`has the first part before the second one settles: ${how}`, async t => {
      const { door, plan } = held()
      const scene = await scenario(t, 'web', plan)
      const { status, headers, messages } = await openStream(scene, page.path, way)

      assert.equal(status, 200)
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(headers['x-accel-buffering'], 'no')
      assert.equal(headers.vary, 'Accept')
      for (const name of ['etag', 'server-timing', 'proxy-status', 'content-length']) {
        assert.equal(headers[name], undefined)
      }
      assert.deepEqual((await messages.next()).order, ['user', 'recentOrders', 'recommendations',
        'unreadNotifications', 'loadedAt', 'partialFailure', 'errors'])
      assert.deepEqual((await messages.next()).members, { user: page.parts.user.json })
      door.open()
      const all = await messages.rest()
      assertComplete(all)
      assert.equal(all.length, 6)
      assert.equal(stamped(merge(all)), page.text({}))
      const { end } = all.at(-1)
      assert.equal(end.partialFailure, false)
      assert.deepEqual(end.serverTiming.match(/\w+(?=;dur)/g), Object.keys(page.parts))
    })

    test(`is cancelled when its client leaves: ${how}`, async t => {
      const { door, plan } = held()
      const scene = await scenario(t, 'web', plan)
      const { messages, leave } = await openStream(scene, page.path, way)
      const calls = await Promise.all(['orders', 'notifications'].map(name => scene.arrival(name)))

      await messages.next()
      leave()
      await Promise.all(calls.map(({ gone }) => gone))
      door.open()
    })
  }

  test('comes through curl -N, line by line', async t => {
    const { door, plan } = held()
    const { url, server } = await scenario(t, 'web', plan)
    const curl = spawn('curl', ['-sN', '-H', 'Accept: application/x-ndjson', '-H',
      `Authorization: Bearer ${server.token}`, `${url}${page.path}`])
    let text = ''
    const lines = async count => {
      for await (const chunk of curl.stdout.iterator({ destroyOnReturn: false })) {
        text += chunk
        if (text.split('\n').length > count) return
      }
    }
    await soon(lines(2), 'two lines')
    assert.equal(text.split('\n')[1], JSON.stringify({ members: { user: page.parts.user.json } }))
    door.open()
    await soon(lines(6), 'the rest')
    assert.match(text, /"end":\{.*\}\}\n$/)
  })

  test('is compressed when its type is to be, and comes line by line all the same', async t => {
    const { door, plan } = held()
    const { url, server } = await scenario(t, 'web', plan,
      { config: { compression: { algorithms: ['gzip'], types: ['application/x-ndjson'] } } })
    const { stream, headers } = await openRequest(url, page.path, { token: server.token,
      headers: { accept: 'application/x-ndjson', 'accept-encoding': 'gzip' } })
    assert.equal(headers['content-encoding'], 'gzip')
    let text = ''
    const isThere = gate(), isOver = gate()
    stream.pipe(createGunzip()).setEncoding('utf8').on('data', chunk => {
      text += chunk
      if (text.includes('{"members":{"user"')) isThere.open()
    }).on('end', isOver.open)
    await soon(isThere.opened, 'the first part')
    door.open()
    await soon(isOver.opened, 'the end')
    assert.match(text, /"end":\{.*\}\}\n$/)
  })

  test('has all others when one part hangs, and then what became of that one', async t => {
    const scene = await scenario(t, 'web', planOf(page, { recommendations: faults.hang }))
    const { messages } = await openStream(scene, page.path, { accept: 'application/x-ndjson' })
    const others = []
    await messages.next()
    for (let i = 0; i < 3; i++) others.push(...namesOf(await messages.next()))
    assert.deepEqual(others.sort(), ['recentOrders', 'unreadNotifications', 'user'])
    const errors = { recommendations: { reason: 'timeout' } }
    const { members, errors: itsErrors } = await messages.next()
    assert.deepEqual([members, itsErrors], [{ recommendations: [] }, errors])
    const { end } = await messages.next()
    assert.deepEqual([end.partialFailure, end.errors], [true, errors])
    assert.match(end.proxyStatus, /^bff-web; error=http_response_timeout; details="recommendations timeout"$/)
    assert.equal(stamped(merge(messages.all)), page.text(errors))
  })

  test('shows that it goes on while nothing settles', async t => {
    const { door, plan } = held()
    const scene = await scenario(t, 'web', plan, { config: { composites: { heartbeat: '100ms' } } })
    await Promise.all(ways.map(async way => {
      const { messages } = await openStream(scene, page.path, way)
      await messages.next()
      await messages.next()
      await messages.beat()
      await messages.beat()
    }))
    door.open()
  })

  test('does not lose a byte for a client that is slow', async t => {
    const big = 'x'.repeat(3 * mebibyte)
    const json = { ...page.parts.user.json, big }
    const plan = planOf(page, { user: { json }, recentOrders: { json: [{ big }] } })
    const scene = await scenario(t, 'web', plan)
    for (const way of ways) {
      const { stream, messages } = await openStream(scene, page.path, way)
      await messages.next()
      stream.pause()
      await isHeld(stream)
      const all = await messages.rest()
      assertComplete(all)
      assert.ok(merge(all).includes(JSON.stringify(json)), way.how)
    }
  })
})

describe('the messages of a page', { concurrency: 4 }, () => {
  for (const [name, page] of Object.entries(pages)) {
    test(`are its JSON answer: ${name}`, async t => {
      const scene = await scenario(t, page.build, planByRequestId(page, faults), { isUnguarded: true })
      const optional = Object.keys(page.parts).filter(part => !page.parts[part].isRequired)
      for (const parts of [[], ...optional.map(part => [part]), optional]) {
        const headers = broken(page, parts, 'status 500')
        const { text } = await scene.get(page.path, { headers })
        for (const way of ways) {
          const { messages } = await openStream(scene, page.path, { ...way, headers })
          assert.equal(stamped(merge(await messages.rest())), stamped(text), way.how)
        }
      }
    })
  }

  test('are those that the client has chosen', async t => {
    const scene = await scenario(t, 'choices', {
      'users *': { json: { id: 'u1', name: 'Ada' } }, 'orders *': { json: [{ id: 'o1' }] } })
    for (const way of ways) {
      const { messages } = await openStream(scene, '/api/page/u1?parts=orders,offers', way)
      const all = await messages.rest()
      assert.deepEqual(all[0].order, ['orders', 'offers', 'orderCount', 'partialFailure', 'errors'])
      assertComplete(all)
      assert.equal(merge(all), '{"orders":[{"id":"o1"}],"offers":[],"orderCount":1}')
    }
  })

  test('follow a head with the fields of the parts that have settled', async t => {
    const door = gate()
    const scene = await scenario(t, 'choices', {
      'orders /orders': { json: [], headers: { link: '</1>', 'set-cookie': 'a=1' } },
      'orders /old': { json: [], headers: { link: '</2>' }, until: door.opened } })
    const { headers, messages } = await openStream(scene, '/api/first', { accept: accepts[0] })
    assert.deepEqual([headers.link, headers['set-cookie']], ['</1>', ['a=1']])
    door.open()
    assertComplete(await messages.rest())
  })

  test('are on one line each, whatever line breaks a service writes', async t => {
    const text = '\r\n{ "a":\r\n[1,\n2],\t"b":"\\n"\r}\n'
    const scene = await scenario(t, 'web', planOf(page, { user: { text } }))
    const lines = await openStream(scene, page.path, { accept: 'application/x-ndjson' })
    const events = await openStream(scene, page.path, { accept: 'text/event-stream' })
    const parts = await openStream(scene, page.path, { accept: 'multipart/mixed' })
    for (const { messages } of [lines, events]) {
      assert.ok(merge(await messages.rest()).startsWith('{"user":{ "a":  [1, 2],\t"b":"\\n" },'))
    }
    assert.ok(merge(await parts.messages.rest()).startsWith(`{"user":${text.trim()},`))
  })

  test('are events with names, of which the last one has an id', async t => {
    const scene = await scenario(t, 'web', planOf(page))
    const { messages } = await openStream(scene, page.path, { accept: 'text/event-stream' })
    const all = (await messages.rest()).map(({ name, id }) => [name, id])
    assert.deepEqual(all, [['head'], ['member'], ['member'], ['member'], ['member'], ['end', 'end']]
      .map(([name, id]) => [name, id]))
  })
})

describe('no stream', { concurrency: 4 }, () => {
  test('begins before the required part: its errors are those of JSON', async t => {
    const scene = await scenario(t, 'web', planOf(product, { product: { status: 404, json: {} } }))
    const want = await scene.get(product.path, { headers: { 'x-request-id': 'r' } })
    for (const { isHttp2, how, accept } of ways) {
      const ask = isHttp2 ? (await scene.http2()).ask : scene.get
      const got = await ask(product.path, { headers: { accept, 'x-request-id': 'r' } })
      assert.deepEqual([got.status, got.text], [404, want.text], how)
      assert.match(got.headers['content-type'], /^application\/json/)
    }
  })

  test('begins before it is known who may see it', async t => {
    const checkout = pages['web checkout']
    const { get, asked } = await scenario(t, 'web', { 'orders *': { json: checkout.parts.order.json } })
    for (const accept of accepts) {
      const { status, body } = await get(checkout.path, { as: 'u2', headers: { accept } })
      assert.deepEqual([status, body.error], [403, 'Forbidden'])
    }
    assert.deepEqual(asked('users'), [])
  })

  test('is sent to HEAD, or without its name', async t => {
    const { get } = await scenario(t, 'web', planOf(page))
    const plain = await get(page.path)
    const head = await get(page.path, { method: 'HEAD', headers: { accept: 'text/event-stream' } })
    assert.equal(head.headers['content-length'], plain.headers['content-length'])
    for (const accept of ['*/*', 'text/*', 'application/*', 'text/event-stream;q=0.5, */*',
      'application/json, application/x-ndjson', 'text/html', 'application/x-ndjson;q=0']) {
      const { headers, text } = await get(page.path, { headers: { accept } })
      assert.match(headers['content-type'], /^application\/json/, accept)
      assert.equal(stamped(text), page.text({}))
    }
  })

  test('comes again to a client that has its last event', async t => {
    const { get, asked } = await scenario(t, 'web', planOf(page))
    const accept = 'text/event-stream'
    const { status, text } = await get(page.path, { headers: { accept, 'last-event-id': 'end' } })
    assert.deepEqual([status, text, asked().length], [204, '', 0])
    const other = await get(page.path, { headers: { accept, 'last-event-id': 'other' } })
    assert.equal(other.status, 200)
  })
})
