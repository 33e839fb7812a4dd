// Pages that change data: the body of the request, what is refused, and what the services get.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'

import { connectHttp2 } from './lib/client.mjs'
import { assertBody, scenario } from './lib/scenario.mjs'
import { browser, loginOf, settings, signIn } from './lib/sessions.mjs'
import { tokenFor } from './lib/token.mjs'
import { h2On } from './lib/uploading.mjs'
import { soon } from './lib/wait.mjs'

const json = { 'content-type': 'application/json' }
const where = '/api/carts/c1/order'
const good = { items: [{ productId: 'p1', quantity: 1.50 }, { productId: 'p2', quantity: 1 }],
  address: { city: 'Jena', zip: '07743' }, secret: 1 }
const post = (body, more = {}) => ({ method: 'POST', as: 'u1', ...more,
  body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  headers: { ...json, ...more.headers } })

// A service that keeps what it gets: { method, url, type, length, text }.
function taking(kept, answer, status = 200) {
  return { async send({ req, res }) {
    const text = Buffer.concat(await req.toArray()).toString()
    const { 'content-type': type, 'content-length': length } = req.headers
    kept.push({ method: req.method, url: req.url, type, length, text })
    res.writeHead(status, json).end(answer === undefined ? undefined : JSON.stringify(answer))
  } }
}

async function stage(t, { plan = {}, ...options } = {}) {
  const kept = []
  const scene = await scenario(t, 'changing', {
    'orders /orders/c1': { json: { id: 'c1', userId: 'u1' } },
    'inventory /reservations': taking(kept, { id: 'r1' }, 201),
    'orders /orders': taking(kept, { id: 'o1' }, 201),
    'notifications /notifications': taking(kept, undefined, 204),
    ...plan,
  }, options)
  return { ...scene, kept }
}

const notes = (kept, status = 200) => ({ 'notifications /notes/n1': taking(kept, { ok: true }, status) })

describe('a page that changes data', { concurrency: 2 }, () => {
  test('makes its changes in order, each once, with exact bodies', async t => {
    const { get, kept, asked } = await stage(t)
    const text = '{"items":[{"productId":"p\\u0031","quantity":1.50}],"address": {"city" : "Jena"} ,"x":1}'
    const answer = await get(where, post(text))

    assert.equal(answer.status, 200, answer.text)
    assertBody(answer, { reservation: { id: 'r1' }, order: { id: 'o1' }, mail: null })
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(answer.headers.etag, undefined)
    const type = 'application/json'
    const sent = ['{"cart":"c1","products":[{"id":"p\\u0031","count":1.50}]}',
      '{"reservation":"r1","address":{"city" : "Jena"}}', '{"order":"o1"}']
    assert.deepEqual(kept, ['/reservations', '/orders', '/notifications'].map((url, i) =>
      ({ method: 'POST', url, type, length: `${sent[i].length}`, text: sent[i] })))
    assert.equal(asked().length, 4)
  })

  test('takes the last of several members of one name that no row has, as JavaScript does', async t => {
    const { get, kept } = await stage(t)
    const { status } = await get(where, post('{"x":7,"items":[],"address":{"city":"Ulm"},"x":[]}'))
    assert.equal(status, 200)
    assert.equal(kept[0].text, '{"cart":"c1","products":[]}')
  })

  test('changes nothing for others than the owner', async t => {
    const { get, kept } = await stage(t)
    assert.equal((await get(where, post(good, { as: 'u2' }))).status, 403)
    assert.equal((await get(where, post(good, { as: null }))).status, 401)
    assert.deepEqual(kept, [])
  })

  for (const fault of ['status 500', 'reset']) {
    test(`sends a change again only with its key: ${fault}`, async t => {
      // The settings allow retries of POST, and there is another endpoint. They do not count: only
      // the four sends of docs/undo.md are made.
      const { get, asked } = await stage(t, { isUnguarded: true,
        plan: { 'inventory /reservations': { fault }, 'reviews /reservations': { fault } },
        urlOf: { inventory: (url, urls) => `${url}, ${urls.reviews}` },
        config: { services: { inventory: { retry: { methods: ['GET', 'POST'] } } } } })
      const { status, body } = await get(where, post(good))
      assert.deepEqual([status, body.part, body.reason], [504, 'reservation', 'unknown'])
      const sent = [...asked('inventory'), ...asked('reviews')]
      assert.equal(sent.length, 4)
      assert.equal(new Set(sent.map(({ headers }) => headers['idempotency-key'])).size, 1)
      assert.match(sent[0].headers['idempotency-key'], /./)
      assert.equal(asked('orders').length, 1)
    })
  }

  test('does nothing for another site that has made the browser ask', async t => {
    const login = loginOf({ id: 'u1', role: 'customer' })
    const scene = await stage(t, { plan: { 'users /auth/login': login.row }, config: { ...settings(),
      routes: [{ path: '/api/auth/', service: 'users', to: '/auth/', access: 'public' }] } })
    const client = browser(scene)
    await signIn(client)
    const { as, ...request } = post(good)
    for (const page of ['https://evil.example', null]) {
      const { status, body } = await client.ask(where, { ...request, page })
      assert.deepEqual([status, body.error], [403, 'CSRF check failed'])
    }
    assert.deepEqual(scene.kept, [])
    assert.equal((await client.ask(where, request)).status, 200)
  })

  test('does not make a change that start did not see', async t => {
    const kept = []
    const { get, server } = await stage(t, { plan: notes(kept) })
    const read = await get('/api/perhaps/n1', { ...post(undefined), method: 'PATCH' })
    const change = await get('/api/perhaps/change', { ...post(undefined), method: 'PATCH' })
    assertBody(read, { note: { ok: true } })
    assert.deepEqual(change.body.errors, { note: { reason: 'skipped' } })
    assert.deepEqual(kept.map(({ method }) => method), ['GET'])
    await server.stop()
    const [line] = server.lines().filter(({ event }) => event === 'unplanned_change')
    assert.deepEqual([line.composite, line.part], ['/api/perhaps/:id', 'note'])
  })
})

describe('a body without rows', { concurrency: 2 }, () => {
  test('is passed on as it is, or not at all', async t => {
    const kept = []
    const { get } = await stage(t, { plan: notes(kept) })
    const text = '  [1.0, {"a":"\\u00e4"}]\n'
    assert.equal((await get('/api/notes/n1', { ...post(text), method: 'PUT' })).status, 200)
    assert.deepEqual(kept, [{ method: 'PUT', url: '/notes/n1', type: 'application/json',
      length: `${text.trim().length}`, text: text.trim() }])
    const none = await get('/api/notes/n1', { method: 'PUT' })
    assert.deepEqual([none.status, none.body.reason], [502, 'skipped'])
  })

  test('may be missing', async t => {
    const kept = []
    const { get } = await stage(t, { plan: notes(kept, 204) })
    const answer = await get('/api/notes/n1', { method: 'DELETE' })
    assert.equal(answer.status, 200)
    assertBody(answer, { note: null })
    assert.deepEqual(kept, [{ method: 'DELETE', url: '/notes/n1', type: undefined,
      length: undefined, text: '' }])
  })
})

const depth = (levels, inner = '') => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`
const notJson = { detail: 'the body is not JSON, or it is nested too deeply' }
const members = { items: [], address: { city: 'Jena' } }

// Each row: what, the request, and the answer: its status, and the rest of its body or a field.
const refusals = [
  ['no body', post(undefined), 400, { detail: 'the body is missing' }],
  ['an empty body', post(''), 400, { detail: 'the body is missing' }],
  ['an array', post([]), 400, { detail: 'the body must be an object' }],
  ['a part of JSON', post('{"items":['), 400, notJson],
  ['more than JSON', post(`${JSON.stringify(good)}x`), 400, notJson],
  ['a byte order mark', post(`\ufeff${JSON.stringify(good)}`), 400, notJson],
  ['a body that is too deep', post(`{"a":${depth(128)}}`), 400, notJson],
  ['a member that is missing', post({ ...good, items: [{ quantity: 1 }] }), 400,
    { path: 'items[0].productId', detail: 'is missing' }],
  ['a member of another kind', post({ ...good, items: [good.items[0], { productId: 7, quantity: 1 }] }),
    400, { path: 'items[1].productId', detail: 'must be a string' }],
  ['a member twice', post('{"items":[],"address":{"city":1,"c\\u0069ty":"Ulm"}}'), 400,
    { path: 'address.city', detail: 'is there twice' }],
  ['null for a text', post({ ...members, note: null }), 400,
    { path: 'note', detail: 'must be a string' }],
  ['a long body', post({ ...members, note: 'x'.repeat(1024) }), 413, {}],
  ['a type that is not JSON', post(good, { headers: { 'content-type': 'text/plain' } }), 415,
    { accept: 'application/json' }],
  ['another charset', post(good, { headers: { 'content-type': 'application/json; charset=utf-16' } }),
    415, { accept: 'application/json' }],
  ['a content coding', post(good, { headers: { 'content-encoding': 'gzip' } }), 415,
    { 'accept-encoding': 'identity' }],
]

const messages = { 400: 'Bad request', 413: 'Payload too large', 415: 'Unsupported media type' }

function assertRefused(answer, status, rest, what) {
  assert.equal(answer.status, status, what)
  const { error, requestId, ...more } = answer.body
  assert.deepEqual([error, typeof requestId], [messages[status], 'string'], what)
  if (status === 415) {
    for (const [name, value] of Object.entries(rest)) assert.equal(answer.headers[name], value, what)
  } else {
    assert.deepEqual(more, rest, what)
  }
}

describe('what is refused', () => {
  test('over HTTP/1.1, with a length and in chunks', async t => {
    const { get, kept } = await stage(t)
    for (const [what, request, status, rest] of refusals) {
      assertRefused(await get(where, request), status, rest, what)
      if (request.body !== undefined)
        assertRefused(await get(where, { ...request, isChunked: true }), status, rest, what)
    }
    assert.deepEqual(kept, [])
    assert.equal((await get(where, post(good, { isChunked: true }))).status, 200)
  })

  test('over HTTP/2, with a length and without', async t => {
    const { http2, kept } = await stage(t)
    const { ask } = await http2({ as: 'u1' })
    for (const [what, { as, ...request }, status, rest] of refusals) {
      assertRefused(await ask(where, request), status, rest, what)
      if (request.body !== undefined)
        assertRefused(await ask(where, { ...request, isChunked: true }), status, rest, what)
    }
    assert.deepEqual(kept, [])
    const { as, ...request } = post(good, { isChunked: true })
    assert.equal((await ask(where, request)).status, 200)
  })

  test('is refused before its end', async t => {
    const { bare, url } = await stage(t)
    const token = await tokenFor('u1')
    const head = `POST ${where} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 900\r\n\r\n'
    for (const begin of ['[', '{"a":}', '{"\xff', '{"a":tru ']) {
      const client = await bare({})
      client.socket.write(Buffer.from(head + begin, 'latin1'))
      await client.until(/^HTTP\/1.1 400 [^]*"detail"/)
      client.socket.destroy()
    }
    // The rest of a refused body is no request.
    const rest = await bare({})
    const hidden = 'GET /api/notes/n1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
    rest.socket.write(`${head.replace('900', `${1 + hidden.length}`)}[`)
    await rest.until(/^HTTP\/1.1 400 /)
    rest.socket.write(hidden)
    rest.socket.write('OPTIONS /api/notes/n1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await soon(rest.ended, 'the end of the connection')
    assert.deepEqual(rest.text().match(/HTTP\/1.1 \d+/g).slice(1).filter(line => !line.endsWith('204')), [])
    const client = await connectHttp2(url, {}, token)
    const upload = h2On(client.session, { path: where,
      headers: { ...json, authorization: `Bearer ${token}` } })
    upload.stream.write('{"a":1')
    await promisify(client.session.ping).call(client.session)
    upload.stream.write(',}')
    assert.equal((await upload.answer).status, 400)
    client.close()
  })
})

describe('a body that comes slowly', { concurrency: 2 }, () => {
  const pieces = [...JSON.stringify(good)]

  test('is waited for, and nothing is asked before its end', async t => {
    const { bare, asked, arrival } = await stage(t)
    const client = await bare({})
    client.socket.setNoDelay(true)
    client.socket.write(`POST ${where} HTTP/1.1\r\nHost: a\r\n` +
      `Authorization: Bearer ${await tokenFor('u1')}\r\nContent-Type: application/json\r\n` +
      'Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n')
    await client.until(/^HTTP\/1.1 100 /)
    for (const c of pieces) client.socket.write(`1\r\n${c}\r\n`)
    assert.deepEqual(asked(), [])
    client.socket.write('0\r\n\r\n')
    await arrival('orders')
    await client.until(/HTTP\/1.1 200 [^]*"mail":null/)
  })

  test('is no request when its client leaves', async t => {
    const { bare, asked, server } = await stage(t)
    const client = await bare({})
    client.socket.write(`POST ${where} HTTP/1.1\r\nHost: a\r\n` +
      `Authorization: Bearer ${await tokenFor('u1')}\r\nContent-Type: application/json\r\n` +
      'Expect: 100-continue\r\nContent-Length: 9\r\n\r\n')
    await client.until(/^HTTP\/1.1 100 /)
    client.socket.end('{"a"')
    await soon(client.ended, 'the end of the connection')
    await server.stop()
    assert.deepEqual(asked(), [])
  })
})

describe('the methods of a path', { concurrency: 2 }, () => {
  test('are those of its composites', async t => {
    const { get, kept } = await stage(t)
    const brief = ({ status, headers }) => [status, headers.allow]
    assert.deepEqual(brief(await get(where)), [405, 'POST, OPTIONS'])
    assert.deepEqual(brief(await get(where, { method: 'HEAD' })), [405, 'POST, OPTIONS'])
    assert.deepEqual(brief(await get(where, { method: 'OPTIONS' })), [204, 'POST, OPTIONS'])
    const all = await get('/api/notes/n1', { method: 'PATCH' })
    assert.equal(all.status, 405)
    assert.deepEqual(all.headers.allow.split(', ').sort(),
      ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PUT'])
    assert.deepEqual(kept, [])
  })

  test('are told to browsers', async t => {
    const shop = 'https://shop.example'
    const { get } = await stage(t, { config: { cors: { origins: [shop] } } })
    const { status, headers } = await get(where, { as: null, method: 'OPTIONS', headers: {
      origin: shop, 'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type' } })
    assert.deepEqual([status, headers['access-control-allow-methods'],
      headers['access-control-allow-headers']], [204, 'POST', 'content-type'])
    const answer = await get(where, post([], { headers: { origin: shop } }))
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [400, shop])
  })
})
