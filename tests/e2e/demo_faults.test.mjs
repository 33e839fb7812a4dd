// Faults on demand: in mock mode, the header X-Mock reaches the mock services. It never reaches
// other services.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { demo, scenario } from './lib/scenario.mjs'

const cases = [
  ['users status=500', { user: { reason: 'status', status: 500 } }],
  ['orders hang', { recentOrders: { reason: 'timeout' } }],
  ['orders reset', { recentOrders: { reason: 'reset' } }],
  ['recommendations truncate', { recommendations: { reason: 'reset', status: 200 } }],
  ['notifications bad-json', { unreadNotifications: { reason: 'bad_json', status: 200 } }],
  ['users delay=20ms', {}],
  ['users delay=5s; orders status=404', {
    user: { reason: 'timeout' }, recentOrders: { reason: 'status', status: 404 } }],
  ['reviews status=500', {}],
]

describe('X-Mock', { concurrency: 4 }, () => {
  for (const [fault, errors] of cases) {
    test(fault, async t => {
      const { get } = await demo(t, 'web')
      const res = await get('/api/dashboard/u1', { headers: { 'x-mock': fault } })

      assert.equal(res.status, 200)
      assert.deepEqual(res.body.errors ?? {}, errors)
      assert.equal(res.body.partialFailure, Object.keys(errors).length > 0)
    })
  }

  test('goes no further outside of mock mode', async t => {
    const page = pages['web dashboard']
    const { get, asked } = await scenario(t, 'web', planOf(page))
    const res = await get(page.path, { headers: { 'x-mock': 'users status=500' } })

    assert.equal(res.body.partialFailure, false)
    assert.deepEqual(asked().filter(({ headers }) => 'x-mock' in headers), [])
  })
})
