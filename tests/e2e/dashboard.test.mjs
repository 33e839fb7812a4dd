// The web dashboard: four calls in parallel. The answer has the parts in the order of the table.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { assertBody, scenario, stamped } from './lib/scenario.mjs'

const page = pages['web dashboard']
const parts = Object.entries(page.parts)

describe('the dashboard', { concurrency: 4 }, () => {
  test('puts four services into one answer', async t => {
    const { get, asked } = await scenario(t, 'web', planOf(page))
    const res = await get(page.path)

    assert.equal(res.status, 200)
    assert.equal(stamped(res.text), page.text({}))
    const calls = asked().map(({ method, service, url }) => `${method} ${service} ${url}`)
    assert.deepEqual(calls.sort(), [
      'GET notifications /notifications/u1?unread=true',
      'GET orders /orders?userId=u1&limit=5',
      'GET recommendations /recommendations/u1',
      'GET users /users/u1',
    ])
  })

  test('asks all four at once', async t => {
    const meeting = parts.map(([part, { json }]) => [part, { json, meet: 'all four' }])
    const { get } = await scenario(t, 'web', planOf(page, Object.fromEntries(meeting)))

    assert.equal(stamped((await get(page.path)).text), page.text({}))
  })

  test('keeps the order of its members when the answers come the other way round', async t => {
    const { get } = await scenario(t, 'web', planOf(page, {
      user: { json: page.parts.user.json, after: 'orders' },
      recentOrders: { json: page.parts.recentOrders.json, after: 'recommendations' },
      recommendations: { json: page.parts.recommendations.json, after: 'notifications' },
    }))
    assert.equal(stamped((await get(page.path)).text), page.text({}))
  })

  test('leaves bytes as the services wrote them', async t => {
    const text = '{ "id":12345678901234567890,\n\t"price":1.10, "n":"\\u00e9\\/\u00e9",' +
      ' "a":1,"a":2, "e":1E+2 }'
    const { get } = await scenario(t, 'web', planOf(page, { user: { text: `\n${text}\r\n` } }))
    const res = await get(page.path)

    assert.ok(res.text.startsWith(`{"user":${text},"recentOrders":`), res.text)
  })

  test('answers 200 when all four services fail', async t => {
    const rows = Object.fromEntries(parts.map(([part]) => [part, { status: 503 }]))
    const { get } = await scenario(t, 'web', planOf(page, rows))
    const res = await get(page.path)

    assert.equal(res.status, 200)
    const errors = parts.map(([part]) => [part, { reason: 'status', status: 503 }])
    assert.equal(stamped(res.text), page.text(Object.fromEntries(errors)))
  })

  test('takes nothing (204, 205) as a fallback, not as a failure', async t => {
    const { get } = await scenario(t, 'web', planOf(page, {
      user: { status: 204 }, recentOrders: { status: 205 }, unreadNotifications: { status: 204 },
    }))
    assertBody(await get(page.path), {
      user: null, recentOrders: [], recommendations: page.parts.recommendations.json,
      unreadNotifications: [], loadedAt: 'now', partialFailure: false,
    })
  })
})
