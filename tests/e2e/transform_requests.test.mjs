// What a plain route changes in the requests to its service: path, query, method, headers and JSON.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'

import { echo, mebibyte } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { fieldsOf, transforming } from './lib/transforming.mjs'
import { eventually, gate, soon } from './lib/wait.mjs'

const shops = { path: '/api/shops/:shop/items/:id', to: undefined,
  transform: { request: { path: '/v2/:shop/things/:id' } } }
const changing = (request, more) => ({ transform: { request }, ...more })
const urlOf = async (get, path) => (await get(path)).body.url

describe('a path', { concurrency: 4 }, () => {
  const cases = {
    'has what the captures took': ['/api/shops/berlin/items/7', '/v2/berlin/things/7'],
    'has each of them as one segment': ['/api/shops/a%2Fb/items/c%2fd', '/v2/a%2Fb/things/c%2Fd'],
    'has them encoded once': ['/api/shops/%2561/items/a%20b', '/v2/%2561/things/a%20b'],
    'has all that could be something else encoded': ['/api/shops/a;b/items/@:+', '/v2/a%3Bb/things/%40%3A%2B'],
    'has UTF-8': ['/api/shops/%C3%A9/items/%f0%9f%98%80', '/v2/%C3%A9/things/%F0%9F%98%80'],
    'keeps its query': ['/api/shops/a/items/7?x=%2f&y', '/v2/a/things/7?x=%2f&y'],
  }
  test('of captures', async t => {
    const { get } = await transforming(t, echo, shops)
    for (const [why, [from, to]] of Object.entries(cases)) assert.equal(await urlOf(get, from), to, why)
  })

  test('with dots, or without a segment, is not passed on', async t => {
    const { get, asked } = await transforming(t, echo, shops)
    for (const [path, status] of [['/api/shops/%252e%252e/items/7', 400], ['/api/shops/..%2f/items/7', 400],
      ['/api/shops/..;/items/7', 400], ['/api/shops//items/7', 404], ['/api/shops/a/items/', 404],
      ['/api/shops/a/items/7/8', 404], ['/api/shops/a/../items/7', 404]]) {
      assert.equal((await get(path)).status, status, path)
    }
    assert.equal(asked('users').length, 0)
  })

  test('of captures goes to each service of a split in its own way', async t => {
    const split = { path: '/:shop/:id/', service: undefined, to: undefined,
      split: [{ service: 'users', weight: 1, to: '/of/:shop/items/:id/' }] }
    const { get } = await transforming(t, { send: ({ req, res }) => {
      res.writeHead(302, { location: '/of/a/items/7/x' })
      res.end(req.url)
    } }, split)
    const { text, headers } = await get('/a/7/rest?q')
    assert.deepEqual([text, headers.location], ['/of/a/items/7/rest?q', '/of/a/items/7/x'])
  })

  test('that is literal comes before a capture, and a longer prefix before a shorter one', async t => {
    const route = (path, to) => ({ path, to, service: 'users', access: 'public' })
    const { get } = await scenario(t, 'web', { 'users *': echo }, { config: { login: 'off', routes: [
      route('/shops/', '/prefix/'), route('/shops/:shop/', '/of/:shop/'), route('/shops/:shop', '/one/:shop'),
      route('/shops/:shop/:item', '/two/:item/:shop'), route('/shops/new/:item', '/new/:item'),
      route('/shops/new', '/new')] } })
    for (const [from, to] of Object.entries({ '/shops/': '/prefix/', '/shops/new': '/new',
      '/shops/a': '/one/a', '/shops/new/7': '/new/7', '/shops/a/7': '/two/7/a', '/shops/a/7/8': '/of/a/7/8',
      '/shops/a/': '/of/a/' })) {
      assert.equal(await urlOf(get, from), to, from)
    }
  })
})

describe('a query', { concurrency: 4 }, () => {
  const query = { set: { lang: 'de en&', shop: '{shop}-{other}' }, remove: ['debug', 'a b'], rename: { q: 'such e' } }
  const cases = [
    ['', 'lang=de%20en%26&shop=s1-%7Bother%7D'],
    ['?q=rad&z=%2F&a=1&a=2', 'such%20e=rad&z=%2F&a=1&a=2&lang=de%20en%26&shop=s1-%7Bother%7D'],
    ['?x=1&lang=fr&y&lang=&%6Cang=a', 'x=1&lang=de%20en%26&y&shop=s1-%7Bother%7D'],
    ['?debug&debug=1&%64ebug=2&Debug=3&a+b=4&a%20b=5', 'Debug=3&lang=de%20en%26&shop=s1-%7Bother%7D'],
    ['?q&q=&shop=x&&=1', 'such%20e&such%20e=&shop=s1-%7Bother%7D&&=1&lang=de%20en%26'],
  ]
  test('is changed', async t => {
    const { get } = await transforming(t, echo, changing({ query }, { path: '/api/:shop', to: '/of/' + ':shop' }))
    for (const [from, to] of cases) assert.equal(await urlOf(get, `/api/s1${from}`), `/of/s1?${to}`, from)
  })

  test('goes when nothing is left', async t => {
    const { get } = await transforming(t, echo, changing({ query: { remove: ['a'] } }))
    assert.equal(await urlOf(get, '/api/things/?a=1&a'), '/things/')
    assert.equal(await urlOf(get, '/api/things/?'), '/things/?')
  })

  test('that is changed to the same has one stored answer', async t => {
    const { get, asked } = await transforming(t, echo,
      changing({ query: { remove: ['utm'] } }, { cache: { ttl: '60s', shared: true } }))
    for (const path of ['?utm=1&a=2', '?a=2', '?a=2&utm=3', '?a=3']) await get(`/api/things/${path}`)
    assert.deepEqual(asked('users').map(({ url }) => url), ['/things/?a=2', '/things/?a=3'])
  })
})

describe('a method', { concurrency: 4 }, () => {
  test('is another one for the service', async t => {
    const { get } = await transforming(t, echo, changing({ method: 'PUT' }, { methods: ['POST'] }))
    const { body } = await get('/api/things/1', { method: 'POST', body: 'hello' })
    assert.deepEqual([body.method, body.text], ['PUT', 'hello'])
  })

  test('decides whether the service may be asked again', async t => {
    const route = (path, methods, method) => ({ path, service: 'users', methods, access: 'public',
      transform: { request: { method } } })
    const { get } = await scenario(t, 'web', { 'users *': { fault: 'reset' }, 'reviews *': { json: {} } }, {
      args: ['--workers', '1'], urlOf: { users: (url, urls) => `${url}, ${urls.reviews}` },
      config: { login: 'off', services: { users: { ejection: 'off', breaker: 'off', retry: { methods: ['GET', 'PUT'] } } },
        routes: [route('/put', ['POST'], 'PUT'), route('/post', ['GET'], 'POST')] } })
    const statuses = async (path, method) =>
      [(await get(path, { method })).status, (await get(path, { method })).status].sort()
    assert.deepEqual(await statuses('/put', 'POST'), [200, 200])
    assert.deepEqual(await statuses('/post', 'GET'), [200, 502])
  })

  test('GET has no body', async t => {
    const { get } = await transforming(t, echo, changing({ method: 'GET' }, { methods: ['POST'] }))
    const { body } = await get('/api/things/1', { method: 'POST', body: 'hello' })
    assert.deepEqual([body.method, body.length, fieldsOf({ body })['content-length']], ['GET', 0, undefined])
  })
})

test('a header gets another name, which clients cannot use', async t => {
  const { get } = await transforming(t, echo, { request_headers: { rename: { 'X-Old': 'X-New' } } })
  const fields = fieldsOf(await get('/api/things/1', { headers: { 'x-old': 'old', 'x-new': 'theirs' } }))
  assert.deepEqual([fields['x-old'], fields['x-new']], [undefined, 'old'])
  assert.equal(fieldsOf(await get('/api/things/1', { headers: { 'x-new': 'x' } }))['x-new'], undefined)
})

describe('a JSON body', { concurrency: 4 }, () => {
  const body = { set: { 'meta.via': 'web', list: [1.5, { a: null }], text: '1' },
    remove: ['role', 'items[].price'], rename: { 'items[].n': 'count' } }
  const json = { 'content-type': 'application/json; charset=utf-8' }
  const post = (get, text, headers = json) =>
    get('/api/things/1', { method: 'POST', body: text, headers })

  test('is changed, and its length is right', async t => {
    const { get, http2 } = await transforming(t, echo, changing({ body }))
    for (const ask of [get, (await http2()).ask]) {
      const res = await post(ask, '{ "r\\u006fle": "admin", "items": [{"n":1,"price":2}], "meta": {} }')
      const want = '{"items":[{"count":1}],"meta":{"via":"web"},"list":[1.5,{"a":null}],"text":"1"}'
      assert.equal(res.body.text, want)
      assert.equal(fieldsOf(res)['content-length'], String(want.length))
    }
  })

  test('that is none is refused, and so is another type or a coding', async t => {
    const { get, asked } = await transforming(t, echo, changing({ body }))
    const seen = [await post(get, '{"role":1'), await post(get, 'role=admin', { 'content-type': 'text/plain' }),
      await post(get, '{}', { ...json, 'content-encoding': 'gzip' }), await post(get, '{}', {})]
    assert.deepEqual(seen.map(({ status }) => status), [400, 415, 415, 415])
    assert.equal(seen[1].body.error, 'Unsupported media type')
    assert.equal(asked('users').length, 0)
  })

  test('in another charset, or of two types, is of another type', async t => {
    const { get, asked } = await transforming(t, echo, changing({ body }))
    const hidden = ['charset=utf-7', 'Charset="UTF-7"', 'x=y; charset = utf-7', 'charset=utf-8; charset=utf-7',
      'x, application/json; charset=utf-7']
    for (const parameters of hidden) {
      const type = { 'content-type': `application/json; ${parameters}` }
      assert.equal((await post(get, '{"+AHI-ole":"admin"}', type)).status, 415, parameters)
    }
    assert.equal(asked('users').length, 0)
    for (const parameters of ['charset="utf-8"', 'CHARSET=UTF-8;x=y', 'x="charset"', '']) {
      const type = { 'content-type': `application/json; ${parameters}` }
      assert.ok(!(await post(get, '{"role":1}', type)).body.text.includes('role'), parameters)
    }
  })

  test('of another type passes when the route removes nothing, or says so', async t => {
    const { remove, ...others } = body
    for (const request of [{ body: others }, { body: { remove }, on_other: 'pass' }]) {
      const { get } = await transforming(t, echo, changing(request))
      assert.equal((await post(get, 'role=admin', { 'content-type': 'text/plain' })).body.text, 'role=admin')
      assert.equal((await post(get, '{"role":', json)).body.text, '{"role":')
    }
  })

  test('may be missing', async t => {
    const { get } = await transforming(t, echo, changing({ body }))
    assert.deepEqual([(await get('/api/things/1')).body.length, (await post(get, undefined)).body.length], [0, 0])
  })

  test('reaches the service whole, also when its client leaves', async t => {
    const [left, come] = [gate(), gate()]
    const seen = []
    const { bare, asked } = await transforming(t, { send: async ({ req, res }) => {
      req.pause()
      come.open()
      await left.opened
      const chunks = []
      for await (const chunk of req) chunks.push(chunk)
      seen.push(Buffer.concat(chunks).toString())
      res.end()
    } }, changing({ body: { remove: ['role'] } }, { body_limit: '8MiB' }))
    const text = 'x'.repeat(4 * mebibyte)
    const body = `{"a":"${text}","role":"admin"}`
    const { socket } = await bare()
    socket.on('error', () => undefined)
    socket.write('POST /api/things/1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${body.length}\r\n\r\n${body}`)
    await soon(come.opened, 'the request')
    socket.resetAndDestroy()
    await soon(once(socket, 'close'), 'the end of the client')
    left.open()
    await eventually(() => seen.length > 0, 'the end of the body')
    assert.ok(seen[0] === `{"a":"${text}"}`)
    assert.equal(asked('users').length, 1)
  })
})
