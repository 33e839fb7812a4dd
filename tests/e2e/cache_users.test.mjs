// Who gets a stored answer: never another user, unless the operator says that all may have it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cachedRoute, counted, path, plain, statusOf } from './lib/caching.mjs'
import { talk } from './lib/client.mjs'
import { demo, scenario } from './lib/scenario.mjs'

// Asks as each of `rows` ({ as, headers, ... }), and then again. `want` says which of them have the
// same answer: "aab" means that the first two have.
async function assertGroups(get, rows, want) {
  const seen = []
  const letters = async () => {
    let groups = ''
    for (const row of rows) {
      const { text } = await get(row.path ?? path, row)
      if (!seen.includes(text)) seen.push(text)
      groups += String.fromCharCode(97 + seen.indexOf(text))
    }
    return groups
  }
  assert.deepEqual([await letters(), await letters()], [want, want])
}

const fields = rows => rows.map(headers => ({ as: null, headers }))
const asUsers = [{ as: 'u1' }, { as: 'u2' }, { as: { id: 'u1', role: 'admin' } }, { as: 'u1' }, { as: null }]

describe('the answer', { concurrency: 4 }, () => {
  test('to a user is for this user with these roles', async t => {
    const { get, asked } = await cachedRoute(t, counted())
    await assertGroups(get, asUsers, 'abcad')
    assert.deepEqual(asked('users').map(({ headers }) => headers['x-user-id']),
      ['u1', 'u2', 'u1', undefined])
  })

  test('to nobody is for the same Authorization and Cookie', async t => {
    const { get } = await cachedRoute(t, counted(), { config: { login: 'off' } })
    await assertGroups(get, fields([{}, { cookie: 'a=1' }, { cookie: 'a=2' },
      { authorization: 'Basic YQ==' }, { authorization: 'Basic YQ==', cookie: 'a=1' }, {}]), 'abcdea')
  })

  test('that is shared is for all, and the service does not learn who asks', async t => {
    const { get, asked } = await cachedRoute(t, counted(), { cache: { shared: true } })
    await assertGroups(get, [...asUsers, { as: 'u3', headers: { cookie: 'a=1' } }], 'aaaaaa')
    const names = Object.keys(asked('users')[0].headers)
    assert.deepEqual(names.filter(name => /^x-user|^authorization$|^cookie$/.test(name)), [])
  })

  test('that is shared goes only to those who may ask', async t => {
    const { get, asked } = await cachedRoute(t, counted(),
      { cache: { shared: true }, route: { access: 'role:admin' } })
    const statuses = []
    for (const as of ['admin', { id: 'a', role: 'admin' }, 'u1', null]) {
      statuses.push((await get(path, { as })).status)
    }
    assert.deepEqual(statuses, [403, 200, 403, 401])
    assert.equal(asked('users').length, 1)
  })

  test('that may depend on Host, whatever a trusted proxy says about it, is for this Host', async t => {
    const { get } = await cachedRoute(t, counted(),
      { route: { preserve_host: true }, config: { trusted_proxies: ['127.0.0.1'] } })
    const from = (host, forwarded) => ({ host, 'x-forwarded-host': forwarded })
    await assertGroups(get, fields([from('a.example', 'shop.example'), from('b.example', 'shop.example'),
      from('a.example', 'other.example'), from('a.example', 'shop.example')]), 'abca')
  })

  test('to a signed-in user needs the word of the operator or of the service', async t => {
    const rows = [['max-age=60', 2], ['max-age=60, public', 1], ['s-maxage=60', 1],
      ['max-age=60, must-revalidate', 1]]
    for (const [control, calls] of rows) {
      const { get, asked } = await cachedRoute(t, counted({ 'cache-control': control }),
        { route: { cache: { from: 'response' } } })
      await get(path, { as: 'u1' })
      await get(path, { as: 'u1' })
      assert.equal(asked('users').length, calls, control)
    }
  })
})

describe('answers differ', { concurrency: 4 }, () => {
  test('by the fields in Vary, whatever their case', async t => {
    const { get } = await cachedRoute(t, counted({ vary: 'Accept-Language, X-Tenant' }))
    await assertGroups(get, fields([{ 'accept-language': 'de' }, { 'accept-language': 'en' },
      { 'X-TENANT': 'a' }, { 'x-tenant': 'b' }, { 'x-tenant': 'a' }, {},
      { 'accept-language': 'de', 'x-other': '1' }]), 'abcdcea')
    assert.equal(statusOf(await get(path, { as: null, headers: { 'x-tenant': 'new' } })),
      'bff-web; fwd=vary-miss; stored')
  })

  test('by other fields, when Vary changes', async t => {
    const vary = { one: 'x-a', two: 'x-b', none: undefined }
    let now = 'one', count = 0
    const { get } = await cachedRoute(t, () => ({ text: String(++count),
      headers: { 'content-type': 'text/plain', ...vary[now] && { vary: vary[now] } } }))
    const ask = async headers => (await get(path, { headers })).text
    assert.deepEqual([await ask({ 'x-a': '1' }), await ask({ 'x-a': '2' })], ['1', '2'])
    now = 'two'
    assert.equal(await ask({ 'x-a': '2', 'cache-control': 'no-cache' }), '3')
    assert.deepEqual([await ask({ 'x-a': '9' }), await ask({ 'x-b': '1' })], ['3', '4'])
    now = 'none'
    assert.equal(await ask({ 'x-b': '1', 'cache-control': 'no-cache' }), '5')
    assert.deepEqual([await ask({ 'x-b': '1' }), await ask({ 'x-b': '2' })], ['5', '5'])
  })

  test('by the fields of the route', async t => {
    const { get } = await cachedRoute(t, counted(), { cache: { vary: ['x-tenant'] } })
    await assertGroups(get, fields([{ 'x-tenant': 'a' }, { 'X-Tenant': 'b' }, {}, { 'X-Tenant': 'a' }]),
      'abca')
  })

  test('by the name of the host, which the service may write into them', async t => {
    const { get } = await cachedRoute(t, counted())
    await assertGroups(get, fields([{ host: 'a.example' }, { host: 'b.example' }]), 'ab')
  })

  test('by the route, also when two routes ask the same service for the same', async t => {
    const common = { service: 'users', to: '/things/', access: 'public', cache: { ttl: '60s' } }
    const route = (where, value) => ({ ...common, path: where, request_headers: { set: { 'x-t': value } } })
    const header = value => ({ ...common, path: '/h/', header: { name: 'x-h', value } })
    const { get } = await cachedRoute(t, counted(),
      { config: { routes: [route('/a/', '1'), route('/b/', '2'), header('1'), header('2')] } })
    await assertGroups(get, [{ path: '/a/1' }, { path: '/b/1' }, { path: '/h/1', headers: { 'x-h': '1' } },
      { path: '/h/1', headers: { 'x-h': '2' } }], 'abcd')
  })
})

test('a field that Connection names is absent, because the service does not get it', async t => {
  const { get, url } = await cachedRoute(t, ({ headers }) =>
    plain(headers['accept-language'] ?? 'none', { vary: 'accept-language' }), { cache: { shared: true } })
  const bytes = await talk(url, `GET ${path} HTTP/1.1\r\nHost: a\r\nAccept-Language: de\r\n` +
    'Connection: Accept-Language, close\r\n\r\n')
  assert.match(bytes, /\r\n\r\nnone$/)
  const ask = headers => get(path, { as: null, headers: { host: 'a', ...headers } })
  assert.equal((await ask({ 'accept-language': 'de' })).text, 'de')
  assert.equal((await ask({})).text, 'none')
})

test('fields that Connection names, and cookies, are not stored', async t => {
  const { get } = await cachedRoute(t, { send: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\n' +
    'Connection: close, X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\nKeep-Alive: timeout=5\r\n' +
    'Content-Length: 1\r\n\r\nx') })
  for (const want of ['bff-web; fwd=uri-miss; stored', 'bff-web; hit; ttl']) {
    const res = await get(path)
    assert.equal(statusOf(res), want)
    assert.deepEqual([res.headers['x-hop'], res.headers['x-end'], res.headers['keep-alive']],
      [undefined, '2', undefined])
  }
})

describe('the list of products, by default', { concurrency: 2 }, () => {
  test('is stored for each user', async t => {
    const { get, asked } = await scenario(t, 'web', { 'products *': counted() }, { config: { cache: {} } })
    await assertGroups(get, [{ as: 'u1' }, { as: 'u2' }, { as: 'u1' }]
      .map(row => ({ ...row, path: '/api/products' })), 'aba')
    assert.equal(asked('products').length, 2)
  })

  test('is stored for all users of the mock services', async t => {
    const { get } = await demo(t, 'web')
    const statuses = []
    for (const as of ['u1', 'u2']) statuses.push(statusOf(await get('/api/products', { as })))
    assert.deepEqual(statuses, ['bff-web; fwd=uri-miss; stored', 'bff-web; hit; ttl'])
    const { status } = await get('/api/products', { headers: { 'x-mock': 'products status=500' } })
    assert.equal(status, 500)
  })
})
