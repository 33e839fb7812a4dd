// Sessions in Redis: the cookie is an id, one question for each request, and what happens when Redis
// is away.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'

import { startRedis } from './lib/redis.mjs'
import { credentials, cookiesOf, loginOf, sessionScene, signIn } from './lib/sessions.mjs'
import { eventually } from './lib/wait.mjs'

const where = '/api/users/1'
const brief = ({ status, body, headers }) =>
  ({ status, error: body?.error, after: headers['retry-after'] })
const away = { status: 503, error: 'Session store unavailable', after: '1' }
const keyOf = id => `session:${createHash('sha256').update(id).digest('hex')}`

async function scene(t, { redis, session, ...more } = {}) {
  redis ??= await startRedis(t)
  const made = await sessionScene(t, { 'users /auth/page': { status: 204 } }, {
    session: { store: 'redis', ...session }, ...more,
    config: { redis: { url: redis.url, timeout: '10s', connect_timeout: '5s' }, ...more.config } })
  return { ...made, redis }
}

// How many commands of sessions Redis has carried out: { getex, set, del }.
async function counts(redis) {
  const text = await redis.send('INFO', 'commandstats')
  const of = name => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(text)?.[1] ?? 0)
  return { getex: of('getex'), set: of('set'), del: of('del'), get: of('get') }
}

describe('sessions in Redis', { concurrency: 2 }, () => {
  test('Redis has neither the id nor a token; the cookie is the id', async t => {
    const { redis, token, ...made } = await scene(t)
    const client = made.browser()
    await signIn(client)
    const id = client.cookies.get('__Host-bff')
    assert.match(id, /^[\w-]{43}$/)
    const keys = (await redis.send('KEYS', '*')).filter(key => key.startsWith('session:'))
    assert.deepEqual(keys, [keyOf(id)])
    const value = await redis.send('GET', keys[0])
    assert.match(value, /^[\w-]+$/)
    // 'customer' is a role of the user. Random text has the two letters of the user's id now and then.
    for (const text of [id, token, 'refresh-of-the-user', 'customer'])
      assert.ok(!Buffer.from(value, 'base64url').includes(text) && !value.includes(text))
    assert.ok(await redis.send('PTTL', keys[0]) <= 30 * 60_000)
    const { user } = (await client.ask('/bff/user')).body
    assert.deepEqual([user.id, user.roles], ['u1', ['customer']])
  })

  test('one command for each request, which renews the time', async t => {
    const { redis, ...made } = await scene(t)
    const client = made.browser()
    await signIn(client)
    const key = keyOf(client.cookies.get('__Host-bff'))
    await redis.send('PEXPIRE', key, '60000')
    const before = await counts(redis)
    for (let i = 0; i < 20; i++) {
      const answer = await client.ask(where)
      assert.equal(answer.status, 200)
      assert.deepEqual(cookiesOf(answer), [])
    }
    const after = await counts(redis)
    assert.equal(after.getex - before.getex, 20)
    assert.deepEqual([after.set, after.get, after.del], [before.set, before.get, before.del])
    assert.ok(await redis.send('PTTL', key) > 60_000)
  })

  test('replicas share sessions; a logout at one ends it at the other', async t => {
    const redis = await startRedis(t)
    const [one, two] = [await scene(t, { redis }), await scene(t, { redis })]
    const client = one.browser()
    await signIn(client)
    const there = { as: null, headers: { cookie: client.field(), 'sec-fetch-site': 'same-origin' } }
    assert.equal((await two.get(where, there)).status, 200)
    assert.equal((await client.ask('/bff/logout', { method: 'POST' })).status, 204)
    assert.deepEqual(await redis.send('KEYS', 'session:*'), [])
    assert.equal((await two.get(where, there)).status, 401)
  })

  test('a session that Redis has forgotten: 401, and its cookie is cleared', async t => {
    const { redis, ...made } = await scene(t)
    const client = made.browser()
    await signIn(client)
    await redis.send('FLUSHALL')
    const answer = await client.ask(where)
    assert.equal(answer.status, 401)
    assert.equal(client.cookies.size, 0)
  })

  test('a value of another session is refused', async t => {
    const { redis, ...made } = await scene(t)
    const [a, b] = [made.browser(), made.browser()]
    await signIn(a)
    await signIn(b)
    const [from, to] = [a, b].map(client => keyOf(client.cookies.get('__Host-bff')))
    await redis.send('COPY', from, to, 'REPLACE')
    assert.equal((await b.ask(where)).status, 401)
    assert.equal((await a.ask(where)).status, 200)
  })

  test('a new login drops the session before', async t => {
    const { redis, ...made } = await scene(t)
    const client = made.browser()
    await signIn(client)
    const before = client.cookies.get('__Host-bff')
    await signIn(client)
    await eventually(async () => await redis.send('EXISTS', keyOf(before)) === 0, 'the old session to go')
    assert.equal((await redis.send('KEYS', 'session:*')).length, 1)
  })
})

describe('Redis is away', { concurrency: 2 }, () => {
  test('503 with Retry-After and no cookie is cleared; public pages go on', async t => {
    const { redis, ...made } = await scene(t)
    const client = made.browser()
    await signIn(client)
    await redis.kill()
    for (const [path, method] of [[where, 'GET'], ['/bff/user', 'GET'], ['/bff/logout', 'POST'],
      ['/api/auth/page', 'POST']]) {
      const answer = await client.ask(path, { method })
      assert.deepEqual(brief(answer), away, path)
      assert.deepEqual(cookiesOf(answer), [])
    }
    assert.equal((await client.ask('/api/auth/page')).status, 204)
    assert.deepEqual(brief(await made.browser().ask('/api/auth/login', credentials)), away)
    assert.equal((await made.browser().ask(where)).status, 401, 'a browser without a session')
  })

  test('nobody was logged out', async t => {
    const { redis, server, ...made } = await scene(t)
    const client = made.browser()
    await signIn(client)
    redis.freeze()
    const slow = client.ask(where)
    redis.thaw()
    assert.equal((await slow).status, 200)
    assert.ok(server)
  })

  test('sessions in cookies go on, with Redis for other things', async t => {
    const redis = await startRedis(t)
    const made = await scene(t, { redis, session: { store: 'cookie' }, login: loginOf() })
    const client = made.browser()
    await signIn(client)
    await redis.kill()
    for (let i = 0; i < 5; i++) assert.equal((await client.ask(where)).status, 200)
    const other = made.browser()
    await signIn(other)
    assert.equal((await other.ask('/bff/logout', { method: 'POST' })).status, 204)
  })
})
