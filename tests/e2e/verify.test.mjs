// ./dev verify: live answers are compared with the shapes in the tables of the composites.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { demo, scenario } from './lib/scenario.mjs'
import { binary, fixtures } from './lib/server.mjs'

const script = fileURLToPath(new URL('../../clients/verify.mjs', import.meta.url))

// The server is not in another process than the mock services of a scenario, so this does not block.
async function verify(args, { build = 'web' } = {}) {
  const env = { ...process.env, BFF_BUILD: path.dirname(binary('web')) }
  const child = spawn(process.execPath, [script, '--build', build, ...args], { env })
  let stdout = '', stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (stderr += text))
  const [code] = await once(child, 'close')
  return { code, lines: stdout.trimEnd().split('\n'), stderr }
}

const against = (url, token, ...more) =>
  ['--against', url, ...token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`], ...more]

const record = name => JSON.parse(readFileSync(path.join(fixtures, 'data', name), 'utf8'))

// The dashboard's services, with what `change` makes of their records.
function planOf(change) {
  const records = { users: record('users/u1.json'), orders: record('orders/u1.json'),
    recommendations: record('recommendations/u1.json'), notifications: record('notifications/u1.json') }
  change(records)
  return Object.fromEntries(Object.entries(records).map(([service, json]) =>
    [`${service} *`, json === undefined ? { status: 503 } : { json }]))
}

async function verifyDashboard(t, change) {
  const plan = { ...planOf(change), 'products *': { status: 404 }, 'reviews *': { status: 404 },
    'inventory *': { status: 404 } }
  const { url, server } = await scenario(t, 'web', plan, { isUnguarded: true })
  const result = await verify(against(url, server.token, '--param', 'userId=u1', '--param', 'id=p1',
    '--param', 'orderId=o1'))
  const isOfDashboard = line => line.includes('/api/dashboard/')
  return { ...result, lines: result.lines.filter(isOfDashboard), last: result.lines.at(-1) }
}

const dashboard = 'GET /api/dashboard/:userId:'

describe('./dev verify', { concurrency: 2 }, () => {
  for (const build of ['web', 'mobile']) {
    test(`finds no difference on the mock services of bff-${build}`, async t => {
      const { url, server } = await demo(t, build)
      const { code, lines, stderr } = await verify(against(url, server.token), { build })
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
      assert.match(lines.at(-1),
        /^\d+ pages and \d\d\d+ values compared, 0 differ; 0 partial, 0 could not be compared$/)
      assert.equal(lines.length, 1)
    })
  }

  test('names what is missing, new, of another kind or of another value, once', async t => {
    const { code, lines, last } = await verifyDashboard(t, records => {
      records.users.address.city = 1
      records.users.nick = 'a'
      records.users.preferences.theme = 'blue'
      for (const order of records.orders) delete order.total
      records.orders[0].items[0].price = null
    })
    assert.equal(code, 1)
    assert.deepEqual(lines.sort(), [
      `${dashboard} recentOrders[].items[].price: null, not a number`,
      `${dashboard} recentOrders[].total: missing`,
      `${dashboard} user.address.city: a number, not text`,
      `${dashboard} user.nick: not in the shape`,
      `${dashboard} user.preferences.theme: "blue" is none of the allowed values`,
    ])
    assert.match(last, /, 5 differ; /)
  })

  test('says which parts of a partial answer were not compared', async t => {
    const { lines } = await verifyDashboard(t, records => { records.recommendations = undefined })
    assert.deepEqual(lines, ['/api/dashboard/u1: not compared: recommendations (status)'])
  })

  test('says which pages could not be asked for, and ends with 2 then', async t => {
    const { url } = await demo(t, 'web')
    const { code, lines } = await verify(against(url, undefined, '--param', 'userId=u1', '--param', 'id=p1',
      '--param', 'orderId=o9'))
    assert.equal(code, 2)
    for (const page of ['/api/dashboard/u1', '/api/products/p1', '/api/checkout/o9'])
      assert.ok(lines.includes(`${page}: not compared: the status is 401`), lines.join('\n'))
  })

  test('needs to know the server, and refuses options that nobody knows', async () => {
    for (const [args, said] of [[[], '--against is missing'], [['--agianst', 'a'], '--agianst: unknown option'],
      [['--against', 'http://a', '--header', 'b'], '--header b: no "Name: value"'],
      [['--against'], '--against has no value']]) {
      const { code, stderr } = await verify(args)
      assert.equal(code, 2)
      assert.ok(stderr.includes(said), stderr)
    }
  })
})

describe('bff-web --verify', () => {
  const run = (route, input) => {
    const { status, stdout, stderr } = spawnSync(binary('web'), ['--verify', route], { input, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  const user = 'GET /api/dashboard/:userId'

  test('reads no configuration, and knows its routes', () => {
    assert.deepEqual(run('GET /api/x', '{}'), { status: 2, stdout: '',
      stderr: '--verify: GET /api/x: there is no such composite; --routes shows all\n' })
  })

  test('stands beside no other action', () => {
    const { status, stderr } = spawnSync(binary('web'), ['--verify', user, '--check'], { encoding: 'utf8' })
    assert.deepEqual({ status, stderr },
      { status: 2, stderr: '--verify: --check stands beside it; expected one of the two\n' })
  })

  for (const [name, input, said] of [['nothing', '', 'standard input is not JSON'],
    ['what is cut off', '{"user":', 'standard input is not JSON'],
    ['a list', '[]', 'standard input is no answer of this composite'],
    ['an error', '{"error":"Not found"}', 'standard input is no answer of this composite']]) {
    test(`refuses ${name}`, () => {
      assert.deepEqual(run(user, input), { status: 2, stdout: '', stderr: `--verify: ${user}: ${said}\n` })
    })
  }

  test('takes a fallback for what it is', () => {
    const answer = { user: null, recentOrders: [], recommendations: [], unreadNotifications: [],
      loadedAt: '2026-01-01T00:00:00.000Z', partialFailure: false }
    assert.deepEqual(run(user, JSON.stringify(answer)), { status: 0, stderr: '',
      stdout: `${user}: 6 values compared, 0 differ; not compared: user (its fallback)\n` })
  })

  test('misses members of the answer itself', () => {
    const { status, stdout } = run(user, '{"user":null,"recentOrders":[],"other":1,"unreadNotifications":[]}')
    assert.equal(status, 1)
    for (const said of ['recommendations: missing', 'loadedAt: missing', 'partialFailure: missing',
      'other: not in the shape']) assert.ok(stdout.includes(`${user}: ${said}\n`), stdout)
  })
})
