// Tokens of sessions are renewed before they end: once for all requests of a session, in all workers
// and replicas, and nobody is signed out by two tabs or by a provider that is away.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { fakeClock } from './lib/fake_clock.mjs'
import { keyServer, makeKey } from './lib/key_server.mjs'
import { startRedis } from './lib/redis.mjs'
import { rotating } from './lib/rotating.mjs'
import { scenario, scratch } from './lib/scenario.mjs'
import { browser, cookiesOf, credentials, json, sessionKey, signIn } from './lib/sessions.mjs'
import { now, tokenOf } from './lib/token.mjs'
import { eventually, gate, soon } from './lib/wait.mjs'

const path = '/api/users/1'
const patience = { timeout: '10s', connect_timeout: '5s' }

// A server with sessions in front of a rotating users service.
async function stage(t, users, { redis, store = 'cookie', workers = 1, session, login, config, ...more } = {}) {
  const shared = redis === undefined ? {} : { redis: { url: redis.url, ...patience } }
  const scene = await scenario(t, 'web', users.plan, { args: ['--workers', String(workers)], isUnguarded: true,
    config: { session: { store, keys: [sessionKey], ...session }, ...shared,
      ...(login ? { login } : {}), ...config }, ...more })
  return { ...scene, browser: () => browser(scene) }
}

// A second server with the same services: their addresses are those of the first one.
const replica = (t, { upstreams }, users, options) =>
  stage(t, users, { ...options, urlOf: { users: () => upstreams.urls.users } })

const bearer = token => `Bearer ${token}`
const authorizations = (scene, count) => scene.asked('users').filter(({ url }) => url === '/users/1').slice(-count)
  .map(({ headers }) => headers.authorization)
const setsCookie = answer => cookiesOf(answer).some(({ flags }) => !flags.includes('max-age=0'))
const clearsCookie = answer => cookiesOf(answer).some(({ flags }) => flags.includes('max-age=0'))
const together = (clients, count) =>
  Promise.all(Array.from({ length: count }, (_, i) => clients[i % clients.length].ask(path)))

// A browser with the cookies that `client` has now.
function copyOf(scene, client) {
  const copy = browser(scene)
  for (const [name, value] of client.cookies) copy.cookies.set(name, value)
  return copy
}

// The file of a new key for identity tokens.
function signingKey(t) {
  const file = join(scratch(t), 'key.pem')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return file
}

const statuses = answers => [...new Set(answers.map(({ status }) => status))]

describe('one refresh', { concurrency: 2 }, () => {
  test('for twenty requests at once', async t => {
    const users = rotating()
    const scene = await stage(t, users)
    const client = scene.browser()
    await signIn(client)
    const answers = await together([copyOf(scene, client)], 20)
    assert.deepEqual(statuses(answers), [200])
    assert.ok(answers.every(setsCookie), 'each answer brings the new cookie')
    assert.deepEqual(users.used, ['refresh-token-0'])
    assert.deepEqual([...new Set(authorizations(scene, 20))], [bearer(users.tokens[1])])
    assert.equal(scene.asked('users').at(-1).headers['x-user-role'], 'renewed', 'roles are read again')
  })

  test('for four workers', async t => {
    const users = rotating()
    const scene = await stage(t, users, { workers: 4 })
    const client = scene.browser()
    await signIn(client)
    assert.deepEqual(statuses(await together([copyOf(scene, client)], 40)), [200])
    assert.deepEqual(users.used, ['refresh-token-0'])
  })

  for (const store of ['cookie', 'redis'])
    test(`for two replicas on one Redis, with the store ${store}`, async t => {
      const users = rotating()
      const redis = await startRedis(t)
      const first = await stage(t, users, { redis, store, workers: 2 })
      const second = await replica(t, first, users, { redis, store, workers: 2 })
      const client = first.browser()
      await signIn(client)
      users.behave = { hold: gate() }
      const answers = together([copyOf(first, client), copyOf(second, client)], 20)
      await soon(users.begun.opened, 'the refresh')
      setTimeout(users.behave.hold.open, 100)
      assert.deepEqual(statuses(await answers), [200])
      assert.deepEqual(users.used, ['refresh-token-0'])
      assert.deepEqual([...new Set(authorizations(first, 20))], [bearer(users.tokens[1])])
      assert.equal((await copyOf(second, client).ask(path)).status, 200)
      assert.deepEqual(users.reused, [])
      assert.equal((await redis.send('KEYS', 'session:lock:*')).length, 0)
    })

  test('goes on when the client that began it leaves', async t => {
    const users = rotating()
    const scene = await stage(t, users)
    const client = scene.browser()
    await signIn(client)
    users.behave = { hold: gate() }
    const { hostname: host, port } = new URL(scene.url)
    const leaver = http.request({ host, port, path, agent: false,
      headers: { cookie: client.field(), 'x-csrf': '1', origin: scene.url } })
    leaver.on('error', () => undefined).end()
    await soon(users.begun.opened, 'the refresh')
    leaver.destroy()
    users.behave.hold.open()
    const answer = await client.ask(path)
    assert.equal(answer.status, 200)
    assert.ok(setsCookie(answer))
    assert.deepEqual(users.used, ['refresh-token-0'])
  })

  test('serves another tab that still comes with the old cookie', async t => {
    const users = rotating()
    const scene = await stage(t, users)
    const tab = scene.browser()
    await signIn(tab)
    const other = copyOf(scene, tab)
    assert.equal((await tab.ask(path)).status, 200)
    const late = await other.ask(path)
    assert.equal(late.status, 200)
    assert.ok(setsCookie(late))
    for (const client of [tab, other]) assert.equal((await client.ask(path)).status, 200)
    assert.deepEqual([...new Set(authorizations(scene, 4))], [bearer(users.tokens[1])])
    assert.deepEqual([users.used, users.reused], [['refresh-token-0'], []])
  })

  test('brings a token with a new key: the key set is fetched', async t => {
    const keys = [makeKey('ES256', 'a'), makeKey('ES256', 'b')]
    const provider = await keyServer(t, keys.slice(0, 1))
    let number = 0
    const users = rotating({ sign: claims => keys[number].token({ ...claims, role: `with key ${number}` }) })
    const scene = await stage(t, users,
      { login: { algorithms: ['ES256'], jwks: { url: provider.url, min_interval: '100ms' } } })
    const client = scene.browser()
    const logIn = () => client.ask('/api/auth/login', { ...credentials, headers: json })
    await eventually(async () => (await logIn()).status === 200, 'the first keys')
    number = 1
    provider.keys = keys
    assert.equal((await client.ask(path)).status, 200)
    const { authorization, 'x-user-role': role } = scene.asked('users').at(-1).headers
    assert.deepEqual([authorization, role], [bearer(users.tokens.at(-1)), 'with key 1'])
  })

  test('and so it is at a login', async t => {
    const keys = [makeKey('ES256', 'a'), makeKey('ES256', 'b')]
    const provider = await keyServer(t, keys.slice(0, 1))
    let number = 0
    const users = rotating({ sign: claims => keys[number].token(claims) })
    const scene = await stage(t, users, { login: { algorithms: ['ES256'], jwks: { url: provider.url } } })
    await signIn(scene.browser())
    number = 1
    provider.keys = keys
    await signIn(scene.browser())
    assert.equal(provider.asked.length, 2)
  })

  test('follows the other, with the refresh token of the one before', async t => {
    const users = rotating({ later: 30 })
    const scene = await stage(t, users)
    const client = scene.browser()
    await signIn(client)
    for (let i = 0; i < 4; i++) assert.equal((await client.ask(path)).status, 200)
    assert.deepEqual(users.used, [0, 1, 2, 3].map(number => `refresh-token-${number}`))
  })
})

describe('the time of a refresh', { concurrency: 2 }, () => {
  test('is a minute before the token ends, and the session does not live longer by it', async t => {
    const users = rotating({ first: 3600, later: 24 * 3600 })
    const { under, forward } = fakeClock(t)
    const scene = await stage(t, users, { under, session: { idle: '12h', absolute: '12h' } })
    const client = scene.browser()
    await signIn(client)
    assert.equal((await client.ask(path)).status, 200)
    forward(3530)
    assert.equal((await client.ask(path)).status, 200)
    assert.deepEqual(users.used, [])
    forward(20)
    assert.equal((await client.ask(path)).status, 200)
    assert.deepEqual(users.used, ['refresh-token-0'])
    forward(12 * 3600 - 3540)
    assert.equal((await client.ask(path)).status, 401)
    assert.equal(users.used.length, 1)
  })
})

const gone = { 'a refused refresh token': { answer: [401, { error: 'no' }] },
  'invalid_grant': { answer: [400, { error: 'invalid_grant' }] }, 'another user': { user: 'u2' } }

describe('a session ends', { concurrency: 2 }, () => {
  for (const [why, behave] of Object.entries(gone))
    test(`by ${why}`, async t => {
      const users = rotating()
      const scene = await stage(t, users)
      const client = scene.browser()
      await signIn(client)
      const old = copyOf(scene, client)
      users.behave = behave
      const answer = await client.ask(path)
      assert.equal(answer.status, 401)
      assert.equal(answer.body.error, 'No token provided')
      assert.ok(clearsCookie(answer) && !setsCookie(answer))
      assert.equal(client.cookies.size, 0)
      users.behave = {}
      assert.equal((await old.ask(path)).status, 401)
      assert.equal(users.used.length, 1)
      const isEnd = ({ event, state }) => event === 'session_refresh' && state === 'ended'
      await eventually(() => scene.server.lines().some(isEnd), 'the event')
    })

  test('and a public route is answered as for nobody: the client writes no identity token', async t => {
    const users = rotating()
    const scene = await stage(t, users, { config: { identity: { key_file: signingKey(t), header: 'X-Caller' } } })
    const client = scene.browser()
    await signIn(client)
    users.behave = gone.invalid_grant
    const answer = await client.ask('/api/auth/hints', { headers: { 'x-caller': 'forged', x_caller: 'forged' } })
    assert.deepEqual([answer.status, users.used.length], [200, 1])
    const { headers } = scene.asked('users').at(-1)
    for (const name of ['x-caller', 'x_caller', 'x-user-id', 'authorization', 'cookie']) assert.equal(headers[name], undefined, name)
  })

  test('and a token of the client counts again, with session.bearer', async t => {
    const users = rotating()
    const scene = await stage(t, users, { session: { bearer: true } })
    const client = scene.browser()
    await signIn(client)
    users.behave = gone.invalid_grant
    const own = bearer(tokenOf({ id: 'u7', exp: now() + 3600 }))
    assert.equal((await client.ask(path, { headers: { authorization: own } })).status, 200)
    const { headers } = scene.asked('users').at(-1)
    assert.deepEqual([headers.authorization, headers['x-user-id']], [own, 'u7'])
  })

  test('on all replicas', async t => {
    const users = rotating()
    const redis = await startRedis(t)
    const first = await stage(t, users, { redis })
    const second = await replica(t, first, users, { redis })
    const client = first.browser()
    await signIn(client)
    const old = copyOf(second, client)
    users.behave = gone.invalid_grant
    assert.equal((await client.ask(path)).status, 401)
    users.behave = {}
    await eventually(async () => (await copyOf(second, old).ask(path)).status === 401, 'the other replica')
    assert.equal(users.used.length, 1)
  })

  for (const store of ['cookie', 'redis'])
    test(`by a logout during its refresh, with the store ${store}`, async t => {
      const users = rotating()
      const redis = await startRedis(t)
      const scene = await stage(t, users, { redis, store })
      const client = scene.browser()
      await signIn(client)
      const tabs = [copyOf(scene, client), copyOf(scene, client)]
      users.behave = { hold: gate() }
      const waiting = tabs[0].ask(path)
      await soon(users.begun.opened, 'the refresh')
      const logout = await client.ask('/bff/logout', { method: 'POST' })
      assert.ok(logout.status < 400, String(logout.status))
      users.behave.hold.open()
      const answer = await waiting
      assert.equal(answer.status, 401)
      assert.ok(!setsCookie(answer))
      assert.equal((await tabs[1].ask(path)).status, 401)
    })
})

const failures = { 'status 500': { answer: [500, { error: 'x' }] }, 'no tokens': { answer: [200, {}] },
  'a token of somebody else': { answer: [200, { token: 'a.b.c', refreshToken: 'x', expiresIn: 3600 }] },
  'no JSON': { answer: [200, '<html>'] }, 'status 429': { answer: [429, {}] },
  'a connection that breaks': { fault: ({ socket }) => socket.destroy() } }

describe('a provider that is away ends no session', { concurrency: 4 }, () => {
  for (const [why, behave] of Object.entries(failures))
    test(why, async t => {
      const users = rotating()
      const scene = await stage(t, users)
      const client = scene.browser()
      await signIn(client)
      users.behave = behave
      const answers = await together([client], 5)
      assert.deepEqual(statuses(answers), [200], 'the old token is still good')
      assert.equal(users.used.length, 1, 'nobody else asks at once')
      assert.ok(answers.every(answer => !clearsCookie(answer)))
      assert.equal(authorizations(scene, 1)[0], bearer(users.tokens[0]))
      users.behave = {}
      await eventually(async () => setsCookie(await client.ask(path)), 'the next refresh')
      assert.equal(authorizations(scene, 1)[0], bearer(users.tokens[1]))
    })

  test('a token that has ended is 503, until the provider is back', async t => {
    const users = rotating({ first: 1 })
    const scene = await stage(t, users)
    const client = scene.browser()
    await signIn(client)
    users.behave = { answer: [500, {}] }
    let answer
    await eventually(async () => (answer = await client.ask(path)).status === 503, 'the end of the token')
    assert.equal(answer.body.error, 'Service temporarily unavailable')
    assert.equal(answer.headers['retry-after'], '1')
    assert.ok(!clearsCookie(answer))
    assert.ok(users.used.length < 8, `${users.used.length} questions`)
    users.behave = {}
    await eventually(async () => (await client.ask(path)).status === 200, 'the provider')
    assert.equal(authorizations(scene, 1)[0], bearer(users.tokens[1]))
  })

  test('a slow provider: requests go on with the old token while it is good', async t => {
    const users = rotating()
    const scene = await stage(t, users)
    const client = scene.browser()
    await signIn(client)
    users.behave = { hold: gate() }
    const slow = await copyOf(scene, client).ask(path)
    assert.equal(slow.status, 200)
    assert.equal(authorizations(scene, 1)[0], bearer(users.tokens[0]))
    users.behave.hold.open()
    await eventually(async () => setsCookie(await copyOf(scene, client).ask(path)), 'the new token')
    assert.deepEqual(users.used, ['refresh-token-0'])
  })

  test('Redis is away: each replica refreshes for itself, and says so once', async t => {
    const users = rotating({ later: 30 })
    const redis = await startRedis(t)
    const scene = await stage(t, users, { redis })
    const client = scene.browser()
    await signIn(client)
    await redis.kill()
    for (let i = 0; i < 3; i++) assert.equal((await client.ask(path)).status, 200)
    assert.equal(users.used.length, 3)
    const said = () => scene.server.lines().filter(({ event }) => event === 'session_lock')
    await eventually(() => said().length > 0, 'the event')
    assert.deepEqual(said().map(({ state }) => state), ['process'])
  })
})
