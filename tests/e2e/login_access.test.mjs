// Access rules: a signed-in user may not see everything.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { echo } from './lib/reply.mjs'
import { order } from './lib/samples.mjs'
import { demo, scenario, stamped } from './lib/scenario.mjs'
import { jwt, now } from './lib/token.mjs'

const me = { 'x-request-id': 'me' }
const forbidden = '{"error":"Forbidden","requestId":"me"}'

function assertForbidden(res) {
  assert.equal(res.status, 403)
  assert.equal(res.text, forbidden)
  assert.equal(res.headers['cache-control'], 'no-store')
}

for (const build of ['web', 'mobile']) {
  describe(`pages of ${build}`, { concurrency: 2 }, () => {
    const dashboard = pages[`${build} dashboard`]
    const checkout = pages[`${build} checkout`]
    const detail = pages[`${build} product`]

    test('a dashboard is its user\'s, and an admin\'s', async t => {
      const { get, asked } = await scenario(t, build, planOf(dashboard))
      for (const as of ['u2', 'U1', 'u', 'u11', { id: 'u2', role: 'Admin' }, { id: 'u2', role: 'admins' },
        { id: 'u2', role: ['admins', 'staff'] }, { id: 'u2', role: [] }, { id: 'admin' }]) {
        assertForbidden(await get(dashboard.path, { as, headers: me }))
        assertForbidden(await get('/api/dashboard/%75%31', { as, headers: me }))
      }
      assert.equal(asked().length, 0)
      for (const as of ['u1', { id: 'u7', role: 'admin' }, { id: 'u7', role: ['staff', 'admin'] }, { id: 'u1' }]) {
        assert.equal(stamped((await get(dashboard.path, { as })).text), dashboard.text({}))
      }
      assert.equal(stamped((await get('/api/dashboard/%751', { as: 'u1' })).text), dashboard.text({}))
    })

    test('what a client says of itself does not count', async t => {
      const { get, asked } = await scenario(t, build, planOf(dashboard))
      const headers = { ...me, 'x-user-id': 'u1', 'x-user-role': 'admin', x_user_role: 'admin' }
      assertForbidden(await get(dashboard.path, { as: 'u2', headers }))
      assert.equal(asked().length, 0)
    })

    test('a product is for everybody who is signed in', async t => {
      const { get } = await scenario(t, build, planOf(detail))
      for (const as of ['u1', 'u2', { id: 'nobody' }]) {
        assert.equal((await get(detail.path, { as })).text, detail.text({}))
      }
      assert.equal((await get(detail.path, { as: null })).status, 401)
    })

    test('a checkout is for whoever placed the order; nothing but the order is asked', async t => {
      const { get, asked } = await scenario(t, build, planOf(checkout))
      assertForbidden(await get(checkout.path, { as: 'u2', headers: me }))
      assert.deepEqual(asked().map(({ url }) => url), ['/orders/7'])
      for (const as of ['u1', { id: 'u7', role: 'admin' }]) {
        assert.equal(stamped((await get(checkout.path, { as })).text), checkout.text({}))
      }
    })

    for (const [why, json] of [
      ['has no user', { ...order('7'), userId: undefined }],
      ['has an empty one', order('7', { userId: '' })],
      ['has one that is null', order('7', { userId: null })],
      ['has one that is an object', { ...order('7'), userId: { id: 'u1' } }],
    ]) {
      test(`an order that ${why} is an admin's alone`, async t => {
        const { get, asked } = await scenario(t, build, {
          'orders /orders/7': { json }, 'products *': { json: { id: 'p1' } } })
        assertForbidden(await get('/api/checkout/7', { as: 'u1', headers: me }))
        assert.equal(asked().length, 1)
        assert.equal((await get('/api/checkout/7')).status, 200)
      })
    }

    test('an order of a user whose id is a number', async t => {
      const { get } = await scenario(t, build, { 'orders *': { json: { id: '7', userId: 12, items: [] } },
        'users *': { json: { id: 12 } } })
      assert.equal((await get('/api/checkout/7', { as: '12' })).status, 200)
      assertForbidden(await get('/api/checkout/7', { as: '012', headers: me }))
    })

    test('an order that is not there is not there for anybody', async t => {
      const { get } = await scenario(t, build, { 'orders *': { status: 404 } })
      for (const as of ['u1', 'u2']) assert.equal((await get('/api/checkout/7', { as })).status, 404)
    })

    test('services hear who asks', async t => {
      const { get, asked } = await scenario(t, build, planOf(dashboard))
      await get(dashboard.path, { as: { id: 'u1', role: 'customer' }, headers: { 'X-User-Id': 'u9' } })
      for (const { headers } of asked()) {
        assert.equal(headers['x-user-id'], 'u1')
        assert.equal(headers['x-user-role'], 'customer')
      }
    })
  })
}

describe('routes', { concurrency: 2 }, () => {
  const config = { routes: [
    { path: '/api/orders/', service: 'orders', to: '/orders/' },
    { path: '/api/auth/', service: 'users', to: '/auth/', access: 'public' },
    { path: '/api/admin/', service: 'orders', to: '/admin/', access: 'role:admin' }] }
  const everywhere = { 'orders *': echo, 'users *': echo }

  test('are signed-in, public, or for a role', async t => {
    const { get, http2, asked } = await scenario(t, 'web', everywhere, { config })
    for (const [path, as, status] of [
      ['/api/orders/1', null, 401], ['/api/orders/1', 'u1', 200], ['/api/auth/login', null, 200],
      ['/api/auth/login', 'u1', 200], ['/api/admin/x', null, 401], ['/api/admin/x', 'u1', 403],
      ['/api/admin/x', { id: 'u1', role: 'admin' }, 200], ['/api/admin/x', { id: 'u1', role: 'ADMIN' }, 403],
      ['/api/admin/x', { id: 'u1', role: ['staff', 'admin'] }, 200],
      ['/api/admin/x', { id: 'u1', role: ['admins', 'a'] }, 403],
      ['/api/orders/../admin/x', 'u1', 403], ['/api/%61dmin/x', 'u1', 403],
      ['/api/auth/..%2fadmin/x', null, 400], ['/api/auth/a%2fadmin/x', null, 200],
      ['/api/auth/%2e%2e/admin/x', null, 401]]) {
      const before = asked().length
      const res = await get(path, { as })
      assert.equal(res.status, status, `${path} as ${JSON.stringify(as)}`)
      assert.equal(asked().length - before, status === 200 ? 1 : 0)
      const second = await http2({ as })
      assert.equal((await second.ask(path)).status, status)
    }
    assert.deepEqual(asked('users').map(({ url }) => url).filter(url => !url.endsWith('login')),
      ['/auth/a%2Fadmin/x', '/auth/a%2Fadmin/x'])
  })

  test('that are public say who asks, where that is known', async t => {
    const { get, asked } = await scenario(t, 'web', everywhere)
    const expired = jwt({ alg: 'HS256' }, { id: 'u1', exp: now() - 600 })
    for (const [options, id] of [
      [{ as: 'u1' }, 'u1'], [{ as: null }, undefined],
      [{ as: null, headers: { authorization: `Bearer ${expired}` } }, undefined],
      [{ as: null, headers: { authorization: 'Basic dTpw' } }, undefined],
      [{ as: null, headers: { 'x-user-id': 'u1' } }, undefined]]) {
      const res = await get('/api/auth/refresh', { method: 'POST', body: '{}', ...options })
      assert.equal(res.status, 200)
      assert.equal(asked().at(-1).headers['x-user-id'], id)
    }
  })

  test('refuse in this order: route, method, login, body', async t => {
    const { get } = await scenario(t, 'web', everywhere, { config })
    assert.equal((await get('/api/none/', { as: null })).status, 404)
    const large = { as: null, method: 'POST', body: Buffer.alloc(1024) }
    assert.equal((await get('/api/orders/1', large)).status, 401)
  })
})

test('the whole way: log in, see, refresh, see', async t => {
  const { get } = await demo(t, 'web')
  const post = (path, body) => get(path, { as: null, method: 'POST', body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' } })
  const login = await post('/api/auth/login',
    { email: 'ada.nowak@mail.example', password: 'ada-loves-tea' })
  assert.equal(login.status, 200)
  assert.deepEqual(login.body.user, { id: 'u1', role: 'customer' })
  const wrong = await post('/api/auth/login', { email: 'ada.nowak@mail.example', password: 'x' })
  assert.equal(wrong.status, 401)
  assert.deepEqual(wrong.body, { error: 'Invalid credentials' })
  const fresh = await post('/api/auth/refresh', { refreshToken: login.body.refreshToken })
  for (const { body: { token } } of [login, fresh]) {
    const bearer = { as: null, headers: { authorization: `Bearer ${token}` } }
    assert.equal((await get('/api/dashboard/u1', bearer)).status, 200)
    assert.equal((await get('/api/dashboard/u2', bearer)).status, 403)
    assert.equal((await get('/api/users/u1', bearer)).body.id, 'u1')
  }
  assert.equal((await get('/api/dashboard/u1', { as: 'u7' })).status, 200)
})
