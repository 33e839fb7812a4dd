// The budgets of composites: what the build says of answers that are too large, that its answers are those
// of the server, and what the server tells of the answers that it makes (docs/budgets.md).
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { metricsOf } from './lib/metrics.mjs'
import { notification, order, user } from './lib/samples.mjs'
import { anywhere, demo, open, scenario, scratch } from './lib/scenario.mjs'
import { fixtures, helper } from './lib/server.mjs'
import { eventually } from './lib/wait.mjs'

const line = /^GET (\S+): (\w+)=(\w+) has (\d+) bytes, and \.budget_bytes is (\d+); most of them, (\d+), are (\w+)$/

function budgets(build, folder = fixtures) {
  const { status, stdout, stderr } = spawnSync(helper(`bff-budgets-${build}`), [folder], { encoding: 'utf8' })
  return { status, stderr, lines: stdout.split('\n').filter(Boolean) }
}

const read = text => {
  const found = line.exec(text)
  assert.ok(found, text)
  const [, route, param, id, bytes, budget, most, member] = found
  return { route, path: route.replace(`:${param}`, id), bytes: Number(bytes), budget: Number(budget), most: Number(most), member }
}

describe('the build', { concurrency: 2 }, () => {
  for (const build of ['web', 'mobile']) {
    test(`makes the largest answers of bff-${build} as the server does`, async t => {
      const { status, stderr, lines } = budgets(build)
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
      assert.deepEqual(lines.map(text => read(text).route), ['/api/dashboard/:userId', '/api/products/:id', '/api/checkout/:orderId'])
      const { get } = await demo(t, build)
      const { composites } = (await get('/__bff/composites', { as: null })).body
      for (const { route, path: where, bytes, budget } of lines.map(read)) {
        assert.equal(composites.find(composite => composite.route === `GET ${route}`).budgetBytes, budget)
        const answer = await get(where)
        assert.equal(answer.status, 200)
        assert.equal(answer.bytes.length, bytes, where)
        assert.ok(bytes > budget / 4, `${where}: a budget of ${budget} is of use for ${bytes} bytes`)
      }
    })
  }

  test('names the page, the record and the part that are too large', t => {
    const folder = path.join(scratch(t), 'fixtures')
    cpSync(path.join(fixtures, 'data'), path.join(folder, 'data'), { recursive: true })
    const file = path.join(folder, 'data', 'users', 'u3.json')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), note: 'x'.repeat(100000) }))
    const { status, stderr } = budgets('web', folder)
    assert.equal(status, 1)
    assert.match(stderr, /^GET \/api\/dashboard\/:userId: userId=u3 has 1\d{5} bytes, and \.budget_bytes is \d+; most of them, 100\d{3}, are user\. Pick fewer members \(\.pick\), or raise the budget \(docs\/budgets\.md\)$/m)
    assert.match(stderr, /^GET \/api\/checkout\/:orderId: orderId=o\d+ has 1\d{5} bytes.* are user\./m)
    assert.doesNotMatch(stderr, /\/api\/products/)
  })
})

const route = '/api/dashboard/:userId'
const labels = { http_request_method: 'GET', http_route: route }
const config = { ...open.config, admin: { listen: anywhere } }
const plan = { 'users *': { json: user('u1') }, 'recommendations *': { json: [] }, 'notifications *': { json: [notification('n1')] } }
const many = Array.from({ length: 500 }, (_, i) => order(`o${i}`))

describe('the server', { concurrency: 3 }, () => {
  test('shows the budgets, and counts nothing while they are met', async t => {
    const { get, server } = await scenario(t, 'web', { ...plan, 'orders *': { json: [] } }, { config })
    await get('/api/dashboard/u1')
    const { of } = await metricsOf(server)
    assert.ok(of('bff_answer_budget_bytes', labels)[0].value > 1000)
    assert.ok(of('bff_answer_budget_seconds', labels)[0].value > 0)
    const rows = of('bff_answers_over_budget_total', labels)
    assert.deepEqual(rows.map(({ labels: { budget } }) => budget), ['bytes', 'time'])
    assert.equal(rows[0].value, 0) // a busy machine may be late
  })

  test('counts each answer that is too large, and logs one of them with its largest part', async t => {
    const { get, server } = await scenario(t, 'web', { ...plan, 'orders *': { json: many } }, { config })
    const sizes = []
    for (const accept of ['application/json', 'application/json', 'application/x-ndjson'])
      sizes.push((await get('/api/dashboard/u1', { headers: { accept, 'x-request-id': `r-${sizes.length}` } })).bytes.length)
    await eventually(async () => (await metricsOf(server)).sum('bff_answers_over_budget_total', { ...labels, budget: 'bytes' }) === 3, 'three answers')
    const logged = () => server.texts().filter(text => text.includes('"event":"over_budget"')).map(text => JSON.parse(text))
    await eventually(() => logged().length > 0, 'the event')
    const events = logged()
    assert.equal(events.length, 1)
    const [{ time, event, ...told }] = events
    assert.deepEqual(told, { composite: route, bytes: sizes[0], budget: told.budget, member: 'recentOrders',
      member_bytes: `,"recentOrders":${JSON.stringify(many)}`.length, requestId: 'r-0' })
  })

  test('does not count an answer that the client has already, and no error', async t => {
    const { get, server } = await scenario(t, 'web', { ...plan, 'orders *': { json: many } }, { config })
    const { headers: { etag } } = await get('/api/dashboard/u1')
    assert.equal((await get('/api/dashboard/u1', { headers: { 'if-none-match': etag } })).status, 304)
    await eventually(async () => (await metricsOf(server)).sum('http_server_request_duration_seconds_count', labels) === 2, 'both requests')
    assert.equal((await metricsOf(server)).sum('bff_answers_over_budget_total', { ...labels, budget: 'bytes' }), 1)
  })

  test('counts each answer that is too late', async t => {
    const { get, server } = await scenario(t, 'web', { ...plan, 'orders *': { fault: 'hang' } }, { config })
    assert.equal((await get('/api/dashboard/u1')).body.errors.recentOrders.reason, 'timeout')
    const late = async () => (await metricsOf(server)).sum('bff_answers_over_budget_total', { ...labels, budget: 'time' })
    await eventually(async () => await late() === 1, 'a late answer')
  })
})
