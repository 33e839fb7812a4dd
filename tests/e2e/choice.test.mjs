// A client chooses members of an answer and sends query parameters; a condition leaves a part out.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { metricsOf } from './lib/metrics.mjs'
import { anywhere, assertBody, scenario } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const list = [{ id: 'o1' }, { id: 'o2' }]
const services = {
  'users /users/u1': { json: { id: 'u1', name: 'Ada', isMember: true } },
  'orders /orders?userId=u1&limit=20': { json: list },
  'notifications /notifications/u1?unread=true': { json: [{}] },
  'products /offers': { json: [{ id: 'p1' }] },
}
const user = { id: 'u1', name: 'Ada' }
const whole = { user, orders: list, offers: [{ id: 'p1' }], orderCount: 2, unreadCount: 1 }
const names = asked => ['users', 'orders', 'notifications', 'products'].filter(name => asked(name).length > 0)

const start = async (t, more = {}) => {
  const { get, asked, server } = await scenario(t, 'choices', { ...services, ...more },
    { config: { admin: { listen: anywhere } } })
  return { asked, server, page: (query = '', options = {}) => get(`/api/page/u1${query}`, { as: 'u1', ...options }) }
}

describe('?parts', { concurrency: 4 }, () => {
  test('gives what is named, and calls no other service', async t => {
    const { page, asked } = await start(t)
    const answer = await page('?parts=orders')

    assertBody(answer, { orders: list, orderCount: 2 })
    assert.match(answer.headers['server-timing'], /^orders;dur=[0-9.]+$/)
    assert.deepEqual(names(asked), ['orders'])
  })

  test('calls what a named member needs, and does not show it', async t => {
    const { page, asked } = await start(t)

    assertBody(await page('?parts=offers'), { offers: [{ id: 'p1' }] })
    assertBody(await page('?parts=unreadCount'), { unreadCount: 1 })
    assert.deepEqual(names(asked), ['users', 'notifications', 'products'])
  })

  test('is counted and logged for the parts that were called, under their own names', async t => {
    const { page, server } = await start(t)
    await page('?parts=orders', { headers: { 'x-request-id': 'chosen' } })
    const line = () => server.lines().find(({ event, id }) => event === 'request' && id === 'chosen')
    await eventually(line, 'the line of the request')

    assert.deepEqual(Object.keys(line().parts), ['orders'])
    const counts = (await metricsOf(server)).of('bff_part_duration_seconds_count')
    assert.deepEqual(counts.filter(({ value }) => value > 0).map(({ labels }) => labels.part), ['orders'])
  })

  test('gives everything when it is left out, and another tag for another choice', async t => {
    const { page } = await start(t)
    const [all, some] = [await page(), await page('?parts=user,offers')]

    assertBody(all, whole)
    assertBody(some, { user, offers: [{ id: 'p1' }] })
    assert.notEqual(all.headers.etag, some.headers.etag)
    const again = await page('?parts=user,offers', { headers: { 'if-none-match': some.headers.etag } })
    assert.equal(again.status, 304)
  })

  for (const [query, message] of [
    ['parts=', 'a name is empty'], ['parts=user,,orders', 'a name is empty'],
    ['parts=nobody', 'names something that is no member of the answer'],
    ['parts=notifications', 'names something that is no member of the answer'],
    ['parts=user&parts=user', 'it is there twice'],
  ])
    test(`is refused: ${query}`, async t => {
      const { page, asked } = await start(t)
      const { status, body } = await page(`?${query}`)

      assert.equal(status, 400)
      assert.deepEqual({ ...body, requestId: '' },
        { error: 'Bad request', parameter: 'parts', message, requestId: '' })
      assert.deepEqual(names(asked), [])
    })
})

describe('.query', { concurrency: 4 }, () => {
  test('passes values on, encoded once', async t => {
    const { page } = await start(t, {
      'orders /orders?userId=u1&limit=5&sort=desc&q=a%20b%26limit%3D9': { json: [] } })

    assertBody(await page('?sort=desc&q=a+b%26limit=9&limit=5&other=1&parts=orders'),
      { orders: [], orderCount: 0 })
  })

  test('refuses a value out of its bounds, and names the parameter', async t => {
    const { page, asked } = await start(t)

    for (const query of ['limit=51', 'limit=0', 'limit=x', 'limit=1&limit=2', 'sort=up', 'q=%ff']) {
      const { status, body } = await page(`?${query}`)
      assert.deepEqual([status, body.parameter], [400, query.replace(/=.*/, '')], query)
    }
    assert.deepEqual(names(asked), [])
  })

  test('is checked after access', async t => {
    const { page } = await start(t)

    assert.equal((await page('?limit=0', { as: 'u2' })).status, 403)
  })
})

describe('.when', { concurrency: 4 }, () => {
  test('leaves a part out, which is no error', async t => {
    const { page, asked } = await start(t, { 'users /users/u1': { json: { ...user, isMember: false } } })
    const answer = await page()

    assertBody(answer, { ...whole, offers: [] })
    assert.match(answer.headers['server-timing'], /, offers;dur=0.0$/)
    assert.equal(answer.headers['proxy-status'], undefined)
    assert.deepEqual(asked('products'), [])
  })

  test('is not asked when the part that it reads was rejected', async t => {
    const { page } = await start(t, { 'users /users/u1': { status: 500 } })

    assertBody(await page(), {
      ...whole, user: null, offers: [], partialFailure: true,
      errors: { user: { reason: 'status', status: 500 }, offers: { reason: 'skipped' } } })
  })
})
