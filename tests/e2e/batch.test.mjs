// A list part that asks for several items by one call, and a member with the items of two lists.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { scenario } from './lib/scenario.mjs'

const orders = (...ids) => ids.map((productId, i) => ({ id: i + 1, productId }))
const shown = (...ids) => orders(...ids).map(({ id }) => ({ id }))
const product = id => ({ id, name: `Product ${id}`, price: 1 })
const picked = id => ({ id, name: `Product ${id}` })
const services = {
  'orders /orders': { json: orders('p2', 'p1', 'p2', 'p4', 'p3') },
  'orders /old': { text: '[{"id": 1.10}]' },
  'products /products?ids=p2,p1,p4': { json: { data: [product('p1'), product('p2'), product('p4')] } },
  'products /products?ids=p3': { json: { data: [product('p3')] } },
}

describe('a batch', { concurrency: 4 }, () => {
  test('asks for each item once, by few calls, and restores order and repeats', async t => {
    const { get, asked } = await scenario(t, 'choices', services)
    const answer = await get('/api/batch')

    assert.deepEqual(answer.body, {
      orders: shown('p2', 'p1', 'p2', 'p4', 'p3'),
      products: ['p2', 'p1', 'p2', 'p4', 'p3'].map(picked),
      allOrders: [...shown('p2', 'p1', 'p2', 'p4', 'p3'), { id: 1.1 }],
    })
    assert.match(answer.text, /"allOrders":\[.*,\{"id": 1\.10\}\]/)
    assert.deepEqual(asked('products').map(({ url }) => url).sort(),
      ['/products?ids=p2,p1,p4', '/products?ids=p3'])
  })

  test('has null for an item that the service does not know', async t => {
    const { get } = await scenario(t, 'choices', {
      ...services, 'products /products?ids=p2,p1,p4': { json: { data: [product('p2')] } } })
    const { body } = await get('/api/batch')

    assert.deepEqual(body.products, [picked('p2'), null, picked('p2'), null, picked('p3')])
    assert.deepEqual(body.errors, {
      'products[1]': { reason: 'status', status: 404 }, 'products[3]': { reason: 'status', status: 404 } })
  })

  test('loses the items of a call that fails, and no others', async t => {
    const { get } = await scenario(t, 'choices', {
      ...services, 'products /products?ids=p2,p1,p4': { reset: true } })
    const { body } = await get('/api/batch')

    assert.deepEqual(body.products, [null, null, null, null, picked('p3')])
    assert.deepEqual(Object.keys(body.errors),
      ['products[0]', 'products[1]', 'products[2]', 'products[3]'])
  })

  test('encodes ids, and finds numbers', async t => {
    const { get } = await scenario(t, 'choices', {
      ...services, 'orders /orders': { json: orders(7, 'a/b&c') },
      'products /products?ids=7,a%2Fb%26c': { json: { data: [product('a/b&c'), product('7')] } } })

    assert.deepEqual((await get('/api/batch')).body.products, [picked('7'), picked('a/b&c')])
  })
})
