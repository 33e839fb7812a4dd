// An answer with more pieces than one write can send arrives complete and in order.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { scenario } from './lib/scenario.mjs'

test('a checkout with hundreds of long items', async t => {
  const items = Array.from({ length: 400 }, (_, i) =>
    ({ productId: `p${i}-${'x'.repeat(1500)}`, quantity: i, price: 1.5 }))
  const order = { id: '7', userId: 'u9', status: 'open', total: 9, items }
  const { get, http2 } = await scenario(t, 'mobile', {
    'orders /orders/7': { json: { ...order, items: items.map(item => ({ ...item, extra: 1 })) } },
    'users /users/u9': { json: { id: 'u9', name: 'Nine' } },
  })

  const { status, body } = await get('/api/checkout/7')
  assert.equal(status, 200)
  assert.deepEqual(body.order, { id: '7', status: 'open', total: 9, items })
  assert.deepEqual(body.products, [])
  assert.deepEqual(body.errors, { products: { reason: 'too_large' } })
  const { ask } = await http2()
  assert.deepEqual((await ask('/api/checkout/7')).body.order.items, items)
})
