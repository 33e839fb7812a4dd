// What a test says when a page asks for something that no row of the test plans.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { scenario } from './lib/scenario.mjs'

const user = { json: { id: 'u1', name: 'Ada' } }

// A test that is not this one: what it does at its end is done here.
function anotherTest() {
  const ends = []
  return { after: end => ends.push(end), end: async () => { for (const end of ends) await end() } }
}

for (const [what, plan, rows] of [
  ['a row with a misspelt query', { 'orders /orders?userId=u1&limit=5': { json: [] } },
    'orders /orders\\?userId=u1&limit=5'],
  ['no row of the service', {}, 'none'],
]) {
  test(`names the request that is not planned, with ${what}`, async outer => {
    const t = anotherTest()
    outer.after(() => t.end().catch(() => undefined)) // when this test fails, too
    const { get } = await scenario(t, 'places', { 'users /users/u1': user, ...plan,
      'notifications /notifications/u1?unread=true': { json: [] } })

    const said = new RegExp('no row plans this request: orders /orders\\?userId=u1&limit=10; ' +
      `the rows of the service are: ${rows}$`)
    await assert.rejects(get('/api/account/u1', { as: 'u1' }), said)
    await assert.rejects(t.end(), said)
  })
}
