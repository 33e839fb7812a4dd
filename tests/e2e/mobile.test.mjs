// The pages of the phone app: the same paths as on the web, with fewer calls and fewer members.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { assertBody, scenario, stamped } from './lib/scenario.mjs'

const dashboard = pages['mobile dashboard']

describe('the phone', { concurrency: 4 }, () => {
  for (const [name, page] of Object.entries(pages).filter(([, { build }]) => build === 'mobile')) {
    test(`${name}: only what it shows`, async t => {
      const { get, asked } = await scenario(t, 'mobile', planOf(page))
      const res = await get(page.path)

      assert.equal(res.status, 200)
      assert.equal(stamped(res.text), page.text({}))
      assert.equal(asked().length, Object.keys(page.parts).length)
    })
  }

  test('counts no notifications as 0, and leaves out what a service left out', async t => {
    const { get } = await scenario(t, 'mobile', planOf(dashboard, {
      user: { json: { name: 'Ann', password: 'no' } },
      recentOrders: { json: [{}, { total: 1, id: '1' }] },
      unreadNotifications: { status: 204 },
    }))
    assertBody(await get(dashboard.path), {
      user: { name: 'Ann' }, recentOrders: [{}, { id: '1', total: 1 }], unreadCount: 0,
      loadedAt: 'now', partialFailure: false,
    })
  })

  test('asks for the number of unread notifications alone, for its badge', async t => {
    const { get, asked } = await scenario(t, 'mobile', planOf(dashboard))

    assertBody(await get(`${dashboard.path}?parts=unreadCount`),
      { unreadCount: 2, loadedAt: 'now', partialFailure: false })
    assert.deepEqual(asked().map(({ url }) => url), ['/notifications/u1?unread=true'])
  })

  for (const [part, json] of [
    ['user', []], ['recentOrders', {}], ['recentOrders', [1]], ['unreadNotifications', {}],
  ]) {
    test(`${part} cannot be ${JSON.stringify(json)}`, async t => {
      const { get } = await scenario(t, 'mobile', planOf(dashboard, { [part]: { json } }))
      const errors = { [part]: { reason: 'bad_json', status: 200 } }
      assert.equal(stamped((await get(dashboard.path)).text), dashboard.text(errors))
    })
  }
})
