// Failure rehearsal: --rehearse writes an answer for every outcome of a composite.
import assert from 'node:assert/strict'
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { scratch } from './lib/scenario.mjs'
import { command, fixtures } from './lib/server.mjs'

// { code, stdout, stderr, out, files, read('ok'), index }
async function rehearse(t, build, composite, { args = [], mock = fixtures, out = path.join(scratch(t), 'a/b') } = {}) {
  const ended = await command(build, ['--mock', mock, '--rehearse', composite, '--out', out, ...args])
  const json = name => JSON.parse(readFileSync(path.join(out, `${name}.json`), 'utf8'))
  return { ...ended, out, files: () => readdirSync(out).sort(), read: json, index: () => json('index') }
}

const setsOf = parts => parts.reduce((sets, part) => [...sets, ...sets.map(set => [...set, part])], [[]])

// What the types say of the parts of the dashboard: [{ part, reasons }].
async function typesOf(build) {
  const { stdout } = await command(build, ['--typescript'])
  const union = text => [...text.matchAll(/'(\w+)'/g)].map(([, word]) => word)
  const calls = union(/export type CallReason =([^;]*?)\n\n/.exec(stdout)[1])
  const errors = /export interface DashboardErrors \{\n([^}]*)\}/.exec(stdout)[1]
  return errors.trim().split('\n').map(line => {
    const [, part, reasons] = /(\w+)\?: PartError<(.*)>/.exec(line)
    return { part, reasons: [...reasons.includes('CallReason') ? calls : [], ...union(reasons)] }
  })
}

const others = ['handlers.d.ts', 'handlers.js', 'index.html', 'index.json', 'types.ts']

describe('the dashboard', { concurrency: 2 }, () => {
  for (const build of ['web', 'mobile']) {
    test(`of bff-${build} has a file for each set of parts by timeout, and for each reason of a part`, async t => {
      const types = await typesOf(build)
      const { code, stdout, stderr, files, read, index } = await rehearse(t, build, 'dashboard')
      assert.equal(code, 0, stderr)
      assert.match(stdout, /^\w+: GET \/api\/dashboard\/:userId: \d+ outcomes in .*, 0 differ from the types\n$/)

      const sets = setsOf(types.map(({ part }) => part)).map(set => set.length === 0 ? 'ok' : [...set, 'timeout'].join('-'))
      const alone = types.flatMap(({ part, reasons }) => reasons.filter(reason => reason !== 'timeout')
        .map(reason => `${part}-${reason === 'status' ? 'status-503' : reason}`))
      assert.equal(sets.length, 2 ** types.length)
      assert.deepEqual(files(), [...sets, ...alone].map(name => `${name}.json`).concat(others).sort())
      assert.deepEqual(index().outcomes.map(({ name }) => name).sort(), [...sets, ...alone].sort())

      for (const { name, mock, parts, status, partialFailure } of index().outcomes) {
        const { status: answered, body } = read(name)
        assert.deepEqual([status, answered, partialFailure], [200, 200, body.partialFailure])
        const reasons = Object.entries(body.errors ?? {}).map(([part, { reason, status: of }]) =>
          [part, reason === 'status' ? `status=${of}` : reason])
        assert.deepEqual(Object.fromEntries(reasons), parts, name)
        assert.equal(mock, Object.entries(parts).map(([part, word]) => `part:${part} ${word}`).join('; ') || null)
      }
    })
  }

  test('has the same bytes a second time, whatever the time is', async t => {
    const [one, two] = [await rehearse(t, 'web', 'dashboard'), await rehearse(t, 'web', 'dashboard')]
    assert.deepEqual(one.files(), two.files())
    for (const file of one.files())
      assert.ok(readFileSync(path.join(one.out, file)).equals(readFileSync(path.join(two.out, file))), file)
    assert.equal(one.read('ok').body.loadedAt, '2026-01-01T00:00:00.000Z')
    assert.deepEqual(Object.keys(one.read('ok').headers).filter(name => /^(date|x-request-id)$/.test(name)), [])
    assert.equal(one.read('user-timeout').headers['server-timing'], 'user;dur=1.0;desc="timeout", recentOrders;dur=1.0, ' +
      'recommendations;dur=1.0, unreadNotifications;dur=1.0')
  })

  test('has a page that shows each outcome in a row', async t => {
    const { out, index } = await rehearse(t, 'web', 'GET /api/dashboard/:userId', { args: ['--with', 'userId=u4'] })
    const html = readFileSync(path.join(out, 'index.html'), 'utf8')
    assert.equal(index().path, '/api/dashboard/u4')
    for (const { name } of index().outcomes)
      assert.ok(html.includes(`<th scope="row"><a href="${name}.json">${name}</a></th>`), name)
    assert.match(html, /<caption>.*<th scope="col">user<\/th>/s)
    assert.match(html, /user-timeout<\/a><\/th><td class="fails">timeout<\/td><td>ok<\/td>.*<code>user<\/code> is <code>null<\/code>/)
    assert.doesNotMatch(html, /<script/)
  })
})

describe('other composites', { concurrency: 2 }, () => {
  test('a list part fails as a whole and by item, a required part ends the page', async t => {
    const { code, stderr, read, index } = await rehearse(t, 'web', 'checkout')
    assert.equal(code, 0, stderr)
    assert.equal(index().outcomes.filter(({ name }) => name === 'ok' || name.endsWith('-timeout')).length, 9)
    assert.deepEqual(read('products-too_large').body.products, [])
    assert.deepEqual(read('user-products-each-timeout').body.products, [null, null])
    const { status, body } = read('order-status-404')
    assert.deepEqual([status, body.part, body.reason, body.requestId], [404, 'order', 'status', 'rehearsal'])
    assert.equal(read('order-breaker_open').headers['retry-after'], '1')
  })

  test('a page that changes data is rehearsed, too, with what is taken back', async t => {
    const body = path.join(scratch(t), 'body.json')
    writeFileSync(body, JSON.stringify({ paymentMethod: 'voucher' }))
    for (const build of ['web', 'mobile']) {
      const { code, stderr, read, out } = await rehearse(t, build, 'checkoutConfirm', { args: ['--body', body] })
      assert.equal(code, 0, stderr)
      if (build === 'web') assert.equal(read('ok').body.confirmed.paymentMethod, 'voucher')
      assert.deepEqual(read('confirmed-timeout').body.undo, { reservation: { outcome: 'done' } })
      assert.deepEqual(read('confirmed-unknown').body.undo, { reservation: { outcome: 'kept' } })
      assert.equal(read('notified-unknown').body.errors.notified.reason, 'unknown')
      assert.match(readFileSync(path.join(out, 'handlers.js'), 'utf8'), /http\.post\(`\$\{base\}\/api\/checkout\/:orderId\/confirm`/)
    }
  })
})

describe('mistakes', { concurrency: 4 }, () => {
  const bare = args => command('web', args)
  const cases = [
    ['an unknown composite', ['--mock', fixtures, '--rehearse', 'home'],
      /there is no such composite; there are dashboard, products, checkout, checkoutConfirm/],
    ['no mock services', ['--rehearse', 'dashboard'], /--rehearse: it needs the mock services: --mock DIR/],
    ['--out alone', ['--out', 'x'], /--rehearse: --out, --with and --body stand only beside it/],
    ['two actions', ['--mock', fixtures, '--rehearse', 'dashboard', '--routes'], /expected one of the two/],
    ['a parameter that the route has not', ['--mock', fixtures, '--rehearse', 'dashboard', '--with', 'id=u1'],
      /--with id=u1: expected NAME=VALUE; GET \/api\/dashboard\/:userId has userId/],
    ['a body for a page that reads', ['--mock', fixtures, '--rehearse', 'dashboard', '--body', 'x.json'],
      /--body is for a composite that changes data/],
    ['a body that is not there', ['--mock', fixtures, '--rehearse', 'checkoutConfirm', '--body', '/nowhere.json'],
      /--body \/nowhere.json: No such file or directory/],
    ['an order that is not there', ['--mock', fixtures, '--rehearse', 'checkout', '--with', 'orderId=none'],
      /without a failure, the answer is 404: .*say --with or --body/],
  ]
  for (const [name, args, says] of cases) {
    test(name, async () => {
      const { code, stdout, stderr } = await bare(args)
      assert.equal(code, 2)
      assert.match(stderr, says)
      assert.equal(stdout, '')
    })
  }

  test('a directory that cannot be made', async t => {
    const { code, stderr } = await rehearse(t, 'web', 'dashboard', { out: '/proc/rehearsal' })
    assert.equal(code, 1)
    assert.match(stderr, /--rehearse dashboard: \/proc\/rehearsal: /)
  })

  test('an answer that differs from its types is named with its file and its member', async t => {
    const mock = path.join(scratch(t), 'fixtures')
    cpSync(fixtures, mock, { recursive: true })
    const file = path.join(mock, 'data/users', readdirSync(path.join(mock, 'data/users'))
      .find(name => /"id": "u1"/.test(readFileSync(path.join(mock, 'data/users', name), 'utf8'))))
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"name": "[^"]*"/, '"name": 7'))
    const { code, stdout, stderr, out } = await rehearse(t, 'web', 'dashboard', { mock, args: ['--with', 'userId=u1'] })
    assert.equal(code, 1)
    assert.ok(stderr.includes(`${out}/ok.json: user.name: `), stderr)
    assert.ok(!stderr.includes('user-timeout.json'), stderr)
    assert.match(stdout, /, [1-9]\d* differ from the types/)
  })
})
