// What the failure of one part does to its page: every part of every composite, with every fault.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { broken, pages, planByRequestId, planOf } from './lib/pages.mjs'
import { faults, isSlow } from './lib/reply.mjs'
import { scenario, stamped } from './lib/scenario.mjs'
import { gate, inParallel } from './lib/wait.mjs'

const statusOf = ({ reason, status }) => (status === 404 ? 404 : reason === 'timeout' ? 504 : 502)
const partOf = name => name.replace(/\[.*/, '')

function assertPartial(res, page, part, error) {
  assert.equal(res.status, 200)
  assert.equal(stamped(res.text), page.text({ [part]: error }))
  assert.equal(res.headers['cache-control'], 'no-store')
  const name = partOf(part)
  const timing = new RegExp(`${name};dur=[0-9.]+;desc="${error.reason}"`)
  assert.match(res.headers['server-timing'], timing)
  const status = res.headers['proxy-status'].replace(/error=[a-z_]+;/, 'error;')
  assert.equal(status, `bff-${page.build}; error; details="${name} ${error.reason}"`)
}

function assertRefused(res, page, part, error, id) {
  assert.equal(res.status, statusOf(error))
  assert.equal(res.text, JSON.stringify({ error: page.failure, part, ...error, requestId: id }))
  assert.equal(res.headers['cache-control'], 'no-store')
}

function tests(name, page) {
  test(`${name}: one part fails`, { concurrency: true }, async t => {
    const { get } = await scenario(t, page.build, planByRequestId(page, faults))
    const check = async (part, fault) => {
      const headers = broken(page, [part], fault)
      const res = await get(page.path, { headers })
      const { error } = faults[fault]
      if (!page.parts[part].isRequired) assertPartial(res, page, part, error)
      else assertRefused(res, page, part, error, headers['x-request-id'])
    }
    const cases = Object.keys(page.parts).flatMap(
      part => Object.keys(faults).map(fault => ({ part, fault })))
    const run = ({ part, fault }) => t.test(`${part}: ${fault}`, () => check(part, fault))
    const slow = cases.filter(({ fault }) => isSlow(fault)).map(run)
    await inParallel(4, cases.filter(({ fault }) => !isSlow(fault)), run)
    await Promise.all(slow)
  })

  test(`${name}: nobody listens`, async t => {
    const { get, upstreams } = await scenario(t, page.build, planOf(page))
    upstreams.close()
    const res = await get(page.path, { headers: { 'x-request-id': 'me' } })

    const required = Object.keys(page.parts).find(part => page.parts[part].isRequired)
    const error = { reason: 'connect' }
    if (required) return assertRefused(res, page, required, error, 'me')
    const errors = Object.fromEntries(Object.keys(page.parts).map(part => [part, error]))
    assert.equal(stamped(res.text), page.text(errors))
  })
}

describe('a page', { concurrency: 2 }, () => {
  for (const [name, page] of Object.entries(pages)) tests(name, page)
})

test('nothing (204) rejects a required part', { concurrency: true }, async t => {
  for (const name of ['web product', 'mobile product', 'web checkout', 'mobile checkout']) {
    const page = pages[name]
    const required = Object.keys(page.parts)[0]
    const { get } = await scenario(t, page.build, planOf(page, { [required]: { status: 204 } }))
    const res = await get(page.path, { headers: { 'x-request-id': 'me' } })
    assertRefused(res, page, required, { reason: 'status', status: 204 }, 'me')
  }
})

test('a required part that fails ends the answer at once, and its siblings with it', async t => {
  const page = pages['web product']
  const door = gate()
  const { get, arrival } = await scenario(t, 'web', planOf(page, {
    product: { status: 404, until: door.opened },
    reviews: { fault: 'hang' }, inventory: { fault: 'hang' },
  }))
  const answer = get(page.path)
  const siblings = await Promise.all([arrival('reviews'), arrival('inventory')])
  door.open()

  assert.equal((await answer).status, 404)
  await Promise.all(siblings.map(({ gone }) => gone))
})

test('a required part that is no object is bad JSON', async t => {
  const page = pages['web product']
  const { get } = await scenario(t, 'web', planOf(page, { product: { json: ['p1'] } }))
  const res = await get(page.path, { headers: { 'x-request-id': 'me' } })
  assertRefused(res, page, 'product', { reason: 'bad_json', status: 200 }, 'me')
})
