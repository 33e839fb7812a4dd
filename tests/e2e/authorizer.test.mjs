// The authorizer: a service that is asked whether a request may pass.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import {
  allow, events, guarded, judged, logged, path, questions, says, wordsOf,
} from './lib/authorizers.mjs'
import { tokenFor } from './lib/token.mjs'
import { eventually, gate, inParallel } from './lib/wait.mjs'

const bodyOf = ({ text }) => { const { requestId, ...rest } = JSON.parse(text); return rest }

describe('an authorizer', { concurrency: 2 }, () => {
  test('is asked once about an identity, with nothing but the identity and the user', async t => {
    let seen
    const scene = await guarded(t, judged(question => { seen = question; return allow }))
    const token = tokenFor('u1')
    for (let i = 0; i < 3; i++) {
      const headers = { authorization: `Bearer ${token}`, 'x-secret': 's', cookie: 'a=b' }
      assert.equal((await scene.get(`${path}?a=${i}`, { as: null, headers })).status, 200)
    }
    assert.equal(questions(scene).length, 1)
    assert.deepEqual(seen, { user: 'u1', roles: 'customer', identity: {
      headers: { authorization: `Bearer ${token}` }, cookies: {}, query: {} } })
    const [{ method, url, headers }] = questions(scene)
    assert.deepEqual([method, url, headers.authorization, headers['x-user-id']],
      ['POST', '/authorize', `Bearer ${token}`, 'u1'])
    assert.ok(!('cookie' in headers) && !('x-secret' in headers) && !('x-forwarded-uri' in headers))
    assert.deepEqual(await wordsOf(scene, 3), ['allow', 'allow', 'allow'])
  })

  test('is not asked about public routes, other paths, and what login refuses', async t => {
    const scene = await guarded(t, says(allow), { paths: ['/api/orders/'] },
      { plan: { 'orders *': { json: [] } } })
    assert.equal((await scene.get('/api/auth/me', { as: null })).status, 200)
    assert.equal((await scene.get(path)).status, 200)
    assert.equal((await scene.get('/api/orders', { as: null })).status, 401)
    assert.equal((await scene.get('/api/orders', { headers: { authorization: 'Bearer x' } })).status, 403)
    assert.equal((await scene.get('/nowhere')).status, 404)
    assert.equal(questions(scene).length, 0)
    const headers = { authorization: `Bearer ${tokenFor()}` }
    for (const other of ['/api/orders', '/api/orders/7', '/api//orders/7', '/api/%6frders/8']) {
      await scene.get(other, { headers })
    }
    assert.equal(questions(scene).length, 1)
  })

  test('is not asked when nothing says who asks: 401', async t => {
    const scene = await guarded(t, says(allow), { identity: ['header:X-Pass', 'cookie:pass', 'path'] })
    for (const headers of [{}, { 'x-pass': '' }, { cookie: 'other=1' }]) {
      const res = await scene.get(path, { as: null, headers })
      assert.equal(res.status, 401)
      assert.deepEqual(bodyOf(res), { error: 'No token provided' })
      assert.match(res.headers['www-authenticate'], /^Bearer/)
    }
    assert.equal(questions(scene).length, 0)
  })

  test('denies: 403, kept for its own time, by a body or a status', async t => {
    const denies = [says({ allow: false, user: 'u7' }), { status: 403, text: '<html>' },
      { status: 401, json: allow }]
    for (const deny of denies) {
      const scene = await guarded(t, deny)
      const headers = { authorization: `Bearer ${tokenFor('u1')}` }
      for (let i = 0; i < 2; i++) {
        const res = await scene.get(path, { headers })
        assert.equal(res.status, 403)
        assert.deepEqual(bodyOf(res), { error: 'Forbidden' })
      }
      assert.equal(questions(scene).length, 1)
      assert.equal(scene.asked('users').length, 0)
      assert.deepEqual(await wordsOf(scene, 2), ['deny', 'deny'])
      assert.deepEqual(events(scene.server), [])
    }
  })

  test('is asked by GET, with the query in its target and what it needs in its fields', async t => {
    const scene = await guarded(t, says(allow), { method: 'GET', path: '/ask',
      identity: ['query:shop', 'path', 'method', 'ip'] },
    { plan: { 'reviews *': judged(question => ({ allow: question === undefined })) } })
    assert.equal((await scene.get(`${path}?shop=a%20b&x=1`)).status, 200)
    const [{ url, headers }] = questions(scene)
    assert.equal(url, '/ask?shop=a%20b')
    assert.equal(headers['x-forwarded-uri'], path)
    assert.equal(headers['x-forwarded-method'], 'GET')
    assert.equal(headers['x-forwarded-for'], '127.0.0.1')
  })

  test('may name the user, whom services, access rules and the log get', async t => {
    const verdict = judged(({ identity }) => ({ allow: true, ...JSON.parse(identity.headers['x-who']) }))
    const routes = [{ path: '/api/users/', service: 'users', to: '/', access: 'role:staff' }]
    const scene = await guarded(t, verdict, { identity: ['header:X-Who'] }, { config: { routes } })
    const as = (who, more) => scene.get(path, { headers: { 'x-who': JSON.stringify(who) }, ...more })

    assert.equal((await as({ user: 'u7', roles: ['staff', 'a'] }, { as: null })).status, 200)
    assert.equal((await as({ user: 'u7' }, { as: { id: 'u1', role: 'staff' } })).status, 403)
    assert.equal((await as({ roles: 'staff' }, { as: 'u1' })).status, 200)
    assert.equal((await as({}, { as: null })).status, 401)
    assert.deepEqual(scene.asked('users').map(({ headers }) => [headers['x-user-id'], headers['x-user-role']]),
      [['u7', 'staff,a'], ['u1', 'staff']])
    assert.deepEqual((await logged(scene, 4)).map(({ user }) => user), ['u7', 'u7', 'u1', null])
  })

  test('checks tokens that are no tokens for us, when it is said', async t => {
    const verdict = judged(({ user, identity }) =>
      ({ allow: identity.headers.authorization === 'Bearer opaque' && user === undefined, user: 'u7' }))
    const scene = await guarded(t, verdict, { checks_tokens: true, paths: ['/api/users/'] },
      { plan: { 'orders *': { json: [] } } })
    const as = authorization => ({ as: null, headers: { authorization } })
    assert.equal((await scene.get(path, as('Bearer opaque'))).status, 200)
    assert.equal(scene.asked('users')[0].headers['x-user-id'], 'u7')
    assert.equal((await scene.get(path, as('Bearer other'))).status, 403)
    assert.equal((await scene.get(path, { as: null })).status, 401)
    assert.equal((await scene.get('/api/orders', as('Bearer opaque'))).status, 403) // not asked here
    const twice = await scene.talk(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n` +
      'Authorization: Bearer opaque\r\nAuthorization: Bearer other\r\n\r\n')
    assert.match(twice, /^HTTP\/1\.1 400 /)
  })

  test('guards composites, too', async t => {
    const plan = { 'users *': { json: { id: 'u1' } }, 'orders *': { json: [] },
      'recommendations *': { json: [] }, 'notifications *': { json: [] } }
    const verdict = judged(({ identity }) => ({ allow: !identity.headers['x-no'], user: 'u1',
      context: { 'x-tenant': 'a' } }))
    const scene = await guarded(t, verdict,
      { identity: ['header:Authorization', 'header:X-No'], headers: ['X-Tenant'] }, { plan })
    const res = await scene.get('/api/dashboard/u1', { headers: { 'x-tenant': 'evil' } })
    assert.equal(res.status, 200)
    assert.equal(res.body.user.id, 'u1')
    assert.deepEqual(scene.asked('users').map(({ headers }) => [headers['x-user-id'], headers['x-tenant']]),
      [['u1', 'a']])
    assert.equal((await scene.get('/api/dashboard/u1', { headers: { 'x-no': '1' } })).status, 403)
  })
})

describe('the context', { concurrency: 2 }, () => {
  const withContext = context => judged(() => ({ allow: true, context }))

  test('becomes fields for services, and a client cannot write them in any spelling', async t => {
    const scene = await guarded(t, withContext({ 'x-tenant': 'a', 'x-other': 'b', 'X-User-Id': 'u9' }),
      { headers: ['X-Tenant', 'X-Plan'], paths: ['/api/users/'] },
      { plan: { 'products *': { json: [] } } })
    const spellings = ['x-tenant', 'X-TENANT', 'x_tenant', 'X.Tenant', 'x-plan', 'x.plan']
    const headers = Object.fromEntries(spellings.map(name => [name, 'evil']))
    await scene.get(path, { as: 'u1', headers })
    await scene.get('/api/products', { headers }) // it is not asked here, and the field is its own all the same
    const [users] = scene.asked('users')
    assert.deepEqual([users.headers['x-tenant'], users.headers['x-user-id']], ['a', 'u1'])
    for (const { headers: sent } of [users, scene.asked('products')[0]]) {
      assert.ok(!Object.values(sent).includes('evil'), JSON.stringify(sent))
      assert.ok(!('x-other' in sent))
    }
  })

  test('with a line end, or of another kind, is a failure', async t => {
    for (const value of ['a\r\nX-User-Id: u9', 'a\nb', 'a\u0000', 'ü', ' a', ['a'], null]) {
      const scene = await guarded(t, withContext({ 'x-tenant': value }), { headers: ['X-Tenant'] })
      assert.equal((await scene.get(path)).status, 503, JSON.stringify(value))
      assert.equal(scene.asked('users').length, 0)
    }
  })

  test('that is another one gets another answer from the cache', async t => {
    let count = 0
    const verdict = judged(({ identity }) => ({ allow: true, context: { 'x-tenant': identity.headers['x-key'] } }))
    const routes = [{ path: '/api/users/', service: 'users', to: '/', access: 'signed-in', cache: { ttl: '60s' } }]
    const scene = await guarded(t, verdict, { identity: ['header:X-Key'], headers: ['X-Tenant'] },
      { config: { routes }, plan: { 'users *': () => ({ json: { count: ++count } }) } })
    const seen = []
    for (const key of ['a', 'b', 'a', 'b']) {
      seen.push((await scene.get(path, { as: 'u1', headers: { 'x-key': key } })).body.count)
    }
    assert.deepEqual(seen, [1, 2, 1, 2])
  })
})

const failures = {
  'status 500': { fault: 'status 500' },
  'status 404': { fault: 'status 404' },
  'a redirect': { fault: 'redirect' },
  'a reset': { fault: 'reset' },
  'half an answer': { fault: 'cut short' },
  'no JSON': { fault: 'bad JSON' },
  HTML: { fault: 'HTML' },
  'too much': { json: { allow: true, more: 'x'.repeat(70000) } },
  'another coding': { fault: 'gzip' },
  nothing: { text: '' },
  'no word': { json: {} },
  'a text in its place': { json: { allow: 'true' } },
  'two words': { text: '{"allow":false,"allow":true}' },
  silence: { fault: 'hang' },
  'a slow answer': { fault: 'drip' },
}

describe('a failure', { concurrency: 2 }, () => {
  test('of any kind is 503, and never an allow', async t => {
    await inParallel(4, Object.entries(failures), async ([name, verdict]) => {
      const scene = await guarded(t, verdict, { timeout: '300ms' })
      const res = await scene.get(path)
      assert.equal(res.status, 503, name)
      assert.deepEqual(bodyOf(res), { error: 'Service temporarily unavailable', cached: false })
      assert.equal(res.headers['retry-after'], '1')
      assert.equal(scene.asked('users').length, 0)
      assert.deepEqual(await wordsOf(scene, 1), ['failed'])
    })
  })

  test('is told once, and so is the end of it', async t => {
    const rows = [{ fault: 'status 500' }, { fault: 'status 500' }, { json: allow }, { json: allow }]
    const scene = await guarded(t, rows)
    const statuses = []
    for (const as of ['u1', 'u2', 'u3', 'u4']) statuses.push((await scene.get(path, { as })).status)
    assert.deepEqual(statuses, [503, 503, 200, 200])
    await eventually(() => events(scene.server).length >= 2, 'the events')
    assert.deepEqual(events(scene.server).map(({ service, state, reason, status }) =>
      ({ service, state, reason, status })), [
      { service: 'reviews', state: 'down', reason: 'answer', status: 500 },
      { service: 'reviews', state: 'up', reason: 'none', status: 0 }])
  })

  test('is one for all who wait, and for those who come right after it', async t => {
    const door = gate()
    const scene = await guarded(t, { until: door.opened, fault: 'status 500' }, {}, { workers: 4 })
    const token = tokenFor('u1')
    const ask = () => scene.get(path, { as: null, headers: { authorization: `Bearer ${token}` } })
    const waiting = Array.from({ length: 50 }, ask)
    await scene.arrival('reviews')
    door.open()
    for (const { status } of await Promise.all(waiting)) assert.equal(status, 503)
    assert.ok(questions(scene).length < 10, `${questions(scene).length} questions`)
  })
})
