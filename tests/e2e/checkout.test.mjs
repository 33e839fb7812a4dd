// The checkout: the order comes first, then its user and its products at the same time.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { order, product, user } from './lib/samples.mjs'
import { assertBody, scenario, stamped } from './lib/scenario.mjs'
import { gate } from './lib/wait.mjs'

const page = pages['web checkout']
const numbered = count => Array.from({ length: count }, (_, i) => `p${i}`)
const lastOf = url => url.split('/').at(-1)

describe('the checkout', { concurrency: 4 }, () => {
  test('asks for user and products together, once the order is known', async t => {
    const door = gate()
    const { get, asked, arrival } = await scenario(t, 'web', planOf(page, {
      order: { json: page.parts.order.json, until: door.opened },
      user: { json: page.parts.user.json, meet: 'three' },
      'products[0]': { json: page.parts['products[0]'].json, meet: 'three' },
      'products[1]': { json: page.parts['products[1]'].json, meet: 'three' },
    }))
    const answer = get(page.path)
    await arrival('orders')
    assert.equal(asked().length, 1)
    door.open()

    assert.equal(stamped((await answer).text), page.text({}))
  })

  test('asks once for what the order has three times', async t => {
    const basket = order('7', { products: ['p1', 'p1', 'p1'] })
    const { get, asked } = await scenario(t, 'web', {
      'orders /orders/7': { json: basket }, 'users /users/u1': { json: user('u1') },
      'products /products/p1': { json: product('p1') },
    })
    const products = [product('p1'), product('p1'), product('p1')]
    assertBody(await get(page.path),
      { order: basket, user: user('u1'), products, loadedAt: 'now', partialFailure: false })
    assert.equal(asked('products').length, 1)
  })

  test('lists a shared product that failed at each of its places', async t => {
    const basket = order('7', { products: ['p1', 'p2', 'p1'] })
    const { get } = await scenario(t, 'web', {
      'orders /orders/7': { json: basket }, 'users /users/u1': { json: user('u1') },
      'products /products/p1': { status: 404 }, 'products /products/p2': { json: product('p2') },
    })
    const gone = { reason: 'status', status: 404 }
    const res = await get(page.path)
    assertBody(res, {
      order: basket, user: user('u1'), products: [null, product('p2'), null],
      loadedAt: 'now', partialFailure: true, errors: { 'products[0]': gone, 'products[2]': gone },
    })
    assert.equal(res.headers['cache-control'], 'no-store')
  })

  test('refuses more than 50 items, and loses nothing else', async t => {
    const basket = order('7', { products: numbered(51) })
    const { get, asked } = await scenario(t, 'web', {
      'orders /orders/7': { json: basket }, 'users /users/u1': { json: user('u1') },
    })
    assertBody(await get(page.path), {
      order: basket, user: user('u1'), products: [], loadedAt: 'now', partialFailure: true,
      errors: { products: { reason: 'too_large' } },
    })
    assert.equal(asked('products').length, 0)
  })

  test('takes 50 items, at most 8 of them at a time', async t => {
    const door = gate()
    const basket = order('7', { products: numbered(50) })
    const { get, arrival, upstreams } = await scenario(t, 'web', {
      'orders /orders/7': { json: basket },
      'orders /orders/8': { json: order('8', { products: [] }) },
      'users *': { json: user('u1') },
      'products *': ({ url }) => ({ json: product(lastOf(url)), until: door.opened }),
    })
    const answer = get('/api/checkout/7')
    await arrival('products', 8)
    assert.equal((await get('/api/checkout/8')).status, 200) // a ninth would have come meanwhile
    assert.equal(upstreams.inFlight.products, 8)
    door.open()

    const { body } = await answer
    assert.deepEqual(body.products.map(({ id }) => id), numbered(50))
    assert.equal(body.partialFailure, false)
    assert.equal(upstreams.mostInFlight.products, 8)
  })

  test('products that hang are given up at the budget, and so are those behind them', async t => {
    const basket = order('7', { products: numbered(10) })
    const { get, asked } = await scenario(t, 'web', {
      'orders /orders/7': { json: basket }, 'users /users/u1': { json: user('u1') },
      'products *': { fault: 'hang' },
    })
    const late = numbered(10).map((_, i) => [`products[${i}]`, { reason: 'timeout' }])
    const res = await get(page.path)
    assertBody(res, { order: basket, user: user('u1'), products: Array(10).fill(null),
      loadedAt: 'now', partialFailure: true, errors: Object.fromEntries(late) })
    assert.ok(res.ms >= page.budget - 1, `${res.ms} ms`)
    assert.equal(asked('products').length, 8)
  })

  test('an order without items has no products, and no failure', async t => {
    const { items, ...bare } = order('7')
    const { get } = await scenario(t, 'web', {
      'orders /orders/7': { json: bare }, 'users /users/u1': { json: user('u1') },
    })
    assertBody(await get(page.path),
      { order: bare, user: user('u1'), products: [], loadedAt: 'now', partialFailure: false })
  })

  test('a number is as good as a string for userId', async t => {
    const { get, asked } = await scenario(t, 'web', {
      'orders /orders/7': { text: '{"userId":12345678901234567890,"items":[]}' },
      'users /users/12345678901234567890': { json: user('u1') },
    })
    assert.deepEqual((await get(page.path)).body.user, user('u1'))
    assert.equal(asked('users').length, 1)
  })

  for (const userId of [undefined, null, '', '..', {}, 'x'.repeat(257)]) {
    test(`a userId of ${JSON.stringify(userId)?.slice(0, 8)} skips the user`, async t => {
      const basket = { ...order('7', { products: [] }), userId }
      const { get } = await scenario(t, 'web', { 'orders /orders/7': { json: basket } })
      assertBody(await get(page.path), {
        order: basket, user: null, products: [], loadedAt: 'now', partialFailure: true,
        errors: { user: { reason: 'skipped' } },
      })
    })
  }

  test('an item without a product is skipped, and the others are not', async t => {
    const basket = { ...order('7'), items: [{ quantity: 1 }, { productId: 'p1' }, 'x'] }
    const { get } = await scenario(t, 'web', {
      'orders /orders/7': { json: basket }, 'users /users/u1': { json: user('u1') },
      'products /products/p1': { json: product('p1') },
    })
    const errors = { 'products[0]': { reason: 'skipped' }, 'products[2]': { reason: 'skipped' } }
    assertBody(await get(page.path), { order: basket, user: user('u1'),
      products: [null, product('p1'), null], loadedAt: 'now', partialFailure: true, errors })
  })

  test('what an order names cannot change the target', async t => {
    const basket = order('7', { userId: 'u/orders/8?x=1#y', products: ['a/b', '%2e%2e%2e'] })
    const { get, asked } = await scenario(t, 'web', {
      'orders /orders/7': { json: basket }, 'users *': { json: {} }, 'products *': { json: {} },
    })
    assert.equal((await get(page.path)).body.partialFailure, false)
    assert.deepEqual(asked('users').map(({ url }) => url), ['/users/u%2Forders%2F8%3Fx%3D1%23y'])
    assert.deepEqual(asked('products').map(({ url }) => url).sort(),
      ['/products/%252e%252e%252e', '/products/a%2Fb'])
  })

  test('what an order names leads no service up', async t => {
    const basket = order('7', { userId: '../orders/8', products: ['a/..', '%2e%2e', '..;x', '..\\y'] })
    const { get, asked } = await scenario(t, 'web', { 'orders /orders/7': { json: basket } })
    const { body } = await get(page.path)
    assert.deepEqual(Object.keys(body.errors),
      ['user', 'products[0]', 'products[1]', 'products[2]', 'products[3]'])
    for (const { reason } of Object.values(body.errors)) assert.equal(reason, 'skipped')
    assert.equal(asked().length, 1)
  })
})
