// A service behind a host name whose addresses change while requests are under way. With
// `resolve: each` every address is an endpoint. With `resolve: one` the name is one endpoint.
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'

import { authority } from './lib/certificates.mjs'
import { host, names, startPlaces } from './lib/names.mjs'
import { scenario } from './lib/scenario.mjs'
import { eventually, gate, inParallel, soon } from './lib/wait.mjs'

const all = ['127.0.0.1', '127.0.0.2', '127.0.0.3']
const [one, two, three] = all
const inFlight = 64

// Answers with its address: "/users/held" when the test opens the door, others after some
// milliseconds. `holder` is the place that holds the request.
function answers() {
  const door = gate()
  let come
  const holder = new Promise(resolve => (come = resolve))
  const answer = async (req, res, place) => {
    req.resume()
    if (req.url === '/health') return res.writeHead(place.isSick ? 500 : 200).end()
    if (req.url === '/users/held') come(place)
    await (req.url === '/users/held' ? door.opened : pause(3))
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify({ address: place.address }))
  }
  return { open: door.open, holder, answer }
}

// So that a request that is lost is not made up for, and slow machines change nothing.
const plain = { retry: 'off', ejection: 'off', breaker: 'off',
  timeout: { connect: '30s', first_byte: '30s', total: '30s' } }

// A server that asks the users service by its name, which has the addresses `first`.
async function named(t, places, { first, resolve = 'each', workers = '1', scheme = 'http', ...service }) {
  const naming = names(t, first)
  const scene = await scenario(t, 'names', {}, {
    config: { login: 'off', resolver: { interval: '1s' },
      services: { users: { ...plain, resolve, ...service } } },
    env: naming.env, args: ['--workers', workers],
    urlOf: { users: () => `${scheme}://${host}:${places.port}` },
  })
  const agent = new http.Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const ask = (path = '/api/users/u1', more) => scene.get(path, { agent, ...more })
  return { ...scene, ...naming, ask }
}

// Keeps requests in flight until it is stopped. Half of them may not be repeated.
function load(ask) {
  const lost = []
  let isOver = false
  const work = inParallel(inFlight, [...Array(inFlight).keys()], async i => {
    const more = i % 2 === 0 ? {} : { method: 'POST', body: '{}' }
    while (!isOver) {
      const { status, text } = await ask('/api/users/u1', more)
      if (status !== 200) lost.push(`${status} ${text}`)
    }
  })
  return { stop: async () => { isOver = true; await work; assert.deepEqual(lost, []) } }
}

// How many of `count` requests each place gets.
async function shares(ask, places, count) {
  const before = places.map(({ requests }) => requests)
  await inParallel(inFlight, Array(count).fill(), () => ask())
  return places.map(({ requests }, i) => requests - before[i])
}

const isClosed = place => eventually(() => place.open.size === 0, `${place.address} to be left`)

describe('a name whose addresses change', { concurrency: 4 }, () => {
  test('gives each new address its share', async t => {
    const { answer } = answers()
    const places = await startPlaces(t, all, answer)
    const { ask, change } = await named(t, places, { first: [one] })
    assert.deepEqual(await shares(ask, places, 90), [90, 0, 0])

    const traffic = load(ask)
    await change([three, two, one])
    await traffic.stop()
    assert.deepEqual(await shares(ask, places, 300), [100, 100, 100])

    const open = places.map(place => [...place.open])
    await change([one, three, two])
    assert.deepEqual(places.map(place => [...place.open]), open, 'the order does not matter')
  })

  test('leaves an address when its calls have ended', async t => {
    const { open, holder, answer } = answers()
    const places = await startPlaces(t, all, answer)
    const { ask, change, server } = await named(t, places, { first: all })
    const traffic = load(ask)
    const held = ask('/api/users/held')
    const old = await soon(holder, 'the request that is held')
    const rest = places.filter(place => place !== old)

    await change(rest.map(({ address }) => address))
    await eventually(() => old.open.size === 1, 'only the call under way keeps its connection')
    const { requests } = old
    await traffic.stop()
    assert.deepEqual(await shares(ask, rest, 300), [150, 150])
    assert.equal(old.requests, requests, 'it gets no new request')

    open()
    assert.deepEqual((await held).body, { address: old.address })
    await isClosed(old)
    const lines = () => server.lines().filter(({ path }) => path === '/api/users/held')
    await eventually(() => lines().length === 1, 'the line of the request in the log')
    assert.equal(lines()[0].endpoint, `${old.address}:${places.port}`)
  })

  test('is followed by all workers, without a lost request', async t => {
    const { answer } = answers()
    const places = await startPlaces(t, all, answer)
    const { ask, set } = await named(t, places, { first: [one], workers: '4' })
    const traffic = load(ask)
    for (const [old, ...rest] of [[0, 1, 2], [1, 2]]) {
      set(rest.map(i => places[i].address))
      const isLeft = () => places[old].open.size === 0 && rest.every(i => places[i].open.size > 0)
      await eventually(isLeft, `${places[old].address} to be left by all workers`)
      await places[old].close() // as a deployment does
    }
    await traffic.stop()
    assert.deepEqual(await shares(ask, places, 100), [0, 0, 100])
  })

  test('keeps its addresses while it cannot be looked up', async t => {
    const { answer } = answers()
    const places = await startPlaces(t, [one, two], answer)
    const { ask, change } = await named(t, places, { first: [one, two] })
    await change([])
    assert.deepEqual(await shares(ask, places, 100), [50, 50])
  })

  test('has health checks of each address', async t => {
    const { answer } = answers()
    const places = await startPlaces(t, all, answer)
    places[1].isSick = true
    const { ask, set, get } = await named(t, places, { first: [one, two],
      health: { path: '/health', interval: '100ms' } })
    const states = async () => Object.fromEntries((await get('/health/users')).body.endpoints
      .map(({ endpoint, status }) => [endpoint.replace(`:${places.port}`, ''), status]))
    const become = want => eventually(async () => isDeepStrictEqual(await states(), want),
      `the states ${JSON.stringify(want)}`)

    await become({ [one]: 'up', [two]: 'down' })
    assert.deepEqual(await shares(ask, places, 60), [60, 0, 0])
    set([one, three])
    await become({ [one]: 'up', [three]: 'up' })
    assert.deepEqual(await shares(ask, places, 60), [30, 0, 30])
  })

  test('is one endpoint with resolve: one, and left in the same way', async t => {
    const { open, holder, answer } = answers()
    const places = await startPlaces(t, [one, two], answer)
    const { ask, change, server } = await named(t, places, { first: [one], resolve: 'one' })
    const traffic = load(ask)
    const held = ask('/api/users/held')
    const old = await soon(holder, 'the request that is held')
    await change([two])
    await eventually(() => old.open.size === 1, 'only the call under way keeps its connection')
    await traffic.stop()
    const { requests } = old
    assert.deepEqual(await shares(ask, places, 100), [0, 100])
    assert.equal(old.requests, requests)

    open()
    assert.deepEqual((await held).body, { address: one })
    await isClosed(old)
    const lines = server.lines().filter(({ endpoint }) => endpoint !== undefined)
    assert.deepEqual([...new Set(lines.map(({ endpoint }) => endpoint))], [`${host}:${places.port}`])
  })
})

describe('addresses over TLS', { concurrency: 2 }, () => {
  const ca = authority({ after })

  test('are asked by the name', async t => {
    const { answer } = answers()
    const tls = ca.sign([`DNS:${host}`])
    const places = await startPlaces(t, [one, two], answer, { [one]: tls, [two]: tls })
    const { ask } = await named(t, places, { first: [one, two], scheme: 'https', ca_file: ca.caFile })
    assert.deepEqual(await shares(ask, places, 100), [50, 50])
    for (const place of places)
      assert.deepEqual([...place.names], [host, `${host}:${places.port}`])
  })

  test('with a certificate for the address are not asked', async t => {
    const { answer } = answers()
    const [good, bad] = [ca.sign([`DNS:${host}`]), ca.sign([`IP:${two}`])]
    const places = await startPlaces(t, [one, two], answer, { [one]: good, [two]: bad })
    const { ask } = await named(t, places, { first: [one, two], scheme: 'https', ca_file: ca.caFile })
    assert.deepEqual(await shares(ask, places, 100), [100, 0])
  })
})
