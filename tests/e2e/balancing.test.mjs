// Which endpoint of a service gets a request: shares, keys, backups.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { user } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'
import { services, startUpstreams } from './lib/upstream.mjs'
import { inParallel } from './lib/wait.mjs'

const names = ['products', 'orders', 'reviews', 'inventory'] // whose servers are the endpoints of users
const empty = { status: 204 }

// A server whose users have `count` endpoints. `rowOf` makes a row of the configuration from a URL.
async function balanced(t, { count, settings = {}, rowOf = url => url, ...more }) {
  const used = names.slice(0, count)
  const answers = Object.fromEntries(used.map(name => [`${name} *`, { json: user('u') }]))
  const behind = await startUpstreams(answers)
  t.after(() => behind.close())
  const endpoints = used.map((name, i) => rowOf(behind.urls[name], i))
  const timeout = { connect: '10s', first_byte: '20s', total: '30s' } // for a machine that is busy
  const users = { endpoints, timeout, retry: 'off', ejection: 'off', breaker: 'off', ...settings }
  const plan = { 'orders *': empty, 'recommendations *': empty, 'notifications *': empty }
  const scene = await scenario(t, 'web', plan, { ...more, env: { USERS_URL: undefined },
    config: { login: 'off', ...more.config, services: { users } } })
  const counts = () => used.map(name => behind.asked(name).length)
  const close = name => { // also the connections that are open; the others are dialled again
    behind.servers[services.indexOf(name)].close()
    behind.hangUp()
  }
  return { ...scene, behind, counts, used, close }
}

// The endpoint that gets the request.
async function endpointOf({ get, behind }, where, options) {
  const before = behind.requests.length
  const { status, text } = await get(where, options)
  assert.equal(status, 200, text)
  assert.equal(behind.requests.length, before + 1)
  return behind.requests[before].service
}

const different = list => new Set(list).size
const numbers = count => Array.from({ length: count }, (_, i) => i)

describe('round robin', { concurrency: 2 }, () => {
  for (const [what, where] of [['a plain route', '/api/users/u'], ['a page', '/api/dashboard/u']]) {
    test(`gives weights 3 and 2 exactly 600 and 400 of 1000 over two workers: ${what}`, async t => {
      const { get, counts } = await balanced(t, { count: 2, args: ['--workers', '2'],
        rowOf: (url, i) => ({ url, weight: 3 - i }) })
      const answers = await inParallel(4, numbers(1000), () => get(where))

      assert.ok(answers.every(({ status }) => status === 200))
      assert.deepEqual(counts(), [600, 400])
    })
  }

  test('is smooth: 5, 1, 1 is a a b a c a a', async t => {
    const { get, behind, used } = await balanced(t, { count: 3,
      rowOf: (url, i) => ({ url, weight: i === 0 ? 5 : 1 }) })
    for (let i = 0; i < 14; i++) await get('/api/users/u')

    const letters = behind.requests.map(({ service }) => 'abc'[used.indexOf(service)]).join('')
    assert.equal(letters, 'aabacaaaabacaa')
  })
})

describe('ip_hash', { concurrency: 2 }, () => {
  const settings = { balance: 'ip_hash' }
  const trusting = { trusted_proxies: ['127.0.0.0/8'] }
  const from = address => ['/api/users/u', { headers: { 'x-forwarded-for': address } }]

  test('keeps a client behind trusted proxies at its endpoint', async t => {
    const scene = await balanced(t, { count: 3, settings, config: trusting })
    const clients = [...numbers(20).map(i => `203.0.113.${i}`), ...numbers(20).map(i => `2001:db8:${i}::1`)]
    const first = [], second = []
    for (const address of clients) first.push(await endpointOf(scene, ...from(address)))
    for (const address of clients) {
      const [where, options] = from(address.replace('::1', ':0:1:2:3:4')) // of the same /64
      second.push(await endpointOf(scene, where, options))
    }

    assert.deepEqual(second, first)
    assert.ok(different(first.slice(0, 20)) > 1, 'also within one /24')
    assert.ok(different(first.slice(20)) > 1)
  })

  test('does not believe an address that an unknown client writes', async t => {
    const scene = await balanced(t, { count: 3, settings })
    const seen = []
    for (let i = 0; i < 20; i++) seen.push(await endpointOf(scene, ...from(`203.0.113.${i}`)))

    assert.equal(different(seen), 1)
  })
})

describe('a hash', { concurrency: 2 }, () => {
  const path = '/api/users/u'
  const rows = { // of a key: the request with the value i, written in way j
    path: (i, j) => [`/api/users/${i}?q=${j}`],
    'query:id': (i, j) => [`/api/users/${j}?j=${j}&${j ? '%69d' : 'id'}=${i}&id=x`],
    'header:x-tenant': (i, j) => [`${path}?${j}`, { headers: { [j ? 'x-tenant' : 'X-TENANT']: `t${i}` } }],
    'cookie:sid': (i, j) => [`${path}?${j}`, { headers: { cookie: `a=${j}; sid=${i}` } }],
    user: (i, j) => [`${path}?${j}`, { as: { id: `u${i}`, role: 'admin' } }],
  }

  for (const [key, request] of Object.entries(rows)) {
    test(`by ${key} keeps each value at its endpoint`, async t => {
      const scene = await balanced(t, { count: 4, settings: { balance: 'hash', key },
        config: key === 'user' ? { login: {} } : {} })
      const seen = [0, 1].map(() => [])
      for (const j of [0, 1])
        for (let i = 0; i < 20; i++) seen[j].push(await endpointOf(scene, ...request(i, j)))

      assert.deepEqual(seen[1], seen[0])
      assert.ok(different(seen[0]) > 1)
    })
  }

  test('without the key is round robin', async t => {
    const scene = await balanced(t, { count: 4, settings: { balance: 'hash', key: 'query:id' } })
    for (let i = 0; i < 20; i++) await scene.get(path)

    assert.deepEqual(scene.counts(), [5, 5, 5, 5])
  })

  test('has the same key for a page and for a plain route', async t => {
    const scene = await balanced(t, { count: 4, settings: { balance: 'hash', key: 'cookie:sid' } })
    const seen = { '/api/users/u': [], '/api/dashboard/u': [] }
    for (const where of Object.keys(seen))
      for (let i = 0; i < 20; i++)
        seen[where].push(await endpointOf(scene, where, { headers: { cookie: `sid=${i}` } }))

    assert.deepEqual(seen['/api/users/u'], seen['/api/dashboard/u'])
    assert.ok(different(seen['/api/users/u']) > 1)
  })

  test('leaves out an endpoint that is gone, and the others keep their keys', async t => {
    const scene = await balanced(t, { count: 4, settings: { balance: 'hash', key: 'query:id' } })
    const ask = () => inParallel(1, numbers(80), i => endpointOf(scene, `${path}?id=${i}`))
    const before = await ask()
    scene.close(names[2])
    const after = await ask()

    assert.ok(before.includes(names[2]) && !after.includes(names[2]))
    const heirs = after.filter((_, i) => before[i] === names[2])
    assert.ok(different(heirs) > 1, 'its keys go to several')
    before.forEach((name, i) => assert.ok(name === names[2] || after[i] === name))
  })
})

describe('other choices', { concurrency: 2 }, () => {
  for (const balance of ['least_connections', 'two_choices']) {
    test(`${balance} leaves alone an endpoint that has a request and does not answer`, async t => {
      const scene = await balanced(t, { count: 2, settings: { balance } })
      const { behind } = scene
      behind.plan[`${names[0]} *`] = { fault: 'hang' }
      for (let nth = 1; behind.asked(names[0]).length === 0; nth++) {
        scene.leave('/api/users/u')
        await behind.arrival(undefined, nth)
      }
      for (let i = 0; i < 20; i++) assert.equal(await endpointOf(scene, '/api/users/u'), names[1])
    })
  }

  test('a backup is asked only when no other endpoint can be', async t => {
    const scene = await balanced(t, { count: 2, rowOf: (url, i) => ({ url, backup: i === 1 }) })
    for (let i = 0; i < 10; i++) assert.equal(await endpointOf(scene, '/api/users/u'), names[0])
    scene.close(names[0])
    for (let i = 0; i < 10; i++) assert.equal(await endpointOf(scene, '/api/users/u'), names[1])
  })

  test('an endpoint never gets more than its max_in_flight at a time', async t => {
    const scene = await balanced(t, { count: 2, args: ['--workers', '2'],
      rowOf: (url, i) => (i === 0 ? { url, max_in_flight: 2 } : url) })
    const answers = await inParallel(16, numbers(400), () => scene.get('/api/users/u'))

    assert.ok(answers.every(({ status }) => status === 200))
    assert.ok(scene.behind.mostInFlight[names[0]] <= 2)
    assert.ok(scene.counts()[0] > 0)
  })
})
