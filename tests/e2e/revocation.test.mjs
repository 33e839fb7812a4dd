// Revocation: tokens that are not accepted any more although their times are good. Operators revoke
// by the admin page; several processes share what is revoked by Redis.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { admin, asOperator, json } from './lib/operator.mjs'
import { startRedis } from './lib/redis.mjs'
import { scenario } from './lib/scenario.mjs'
import { now, tokenOf } from './lib/token.mjs'
import { eventually } from './lib/wait.mjs'

const path = '/api/users/1'
const plan = { 'users *': { json: { id: '1' } } }

async function stage(t, redis, { revocation = {}, workers = 1, ...config } = {}) {
  const shared = redis === undefined ? {} : { redis: { url: redis.url, timeout: '10s', connect_timeout: '5s' } }
  const scene = await scenario(t, 'web', plan, { args: ['--workers', String(workers)],
    config: { admin, revocation, ...shared, ...config } })
  const revoke = (what, headers = json) => ask(scene.server.ready.admin, '/revoke', { method: 'POST',
    headers: { ...asOperator, ...headers },
    body: typeof what === 'string' ? what : JSON.stringify(what) })
  const statusOf = async token => (await scene.get(path, { token })).status
  return { ...scene, revoke, statusOf }
}

const events = ({ server }) => server.lines().map(({ event }) => event)
  .filter(event => event?.startsWith('revocation_'))

const everywhere = (scenes, token, status, what) => eventually(async () => {
  for (const { statusOf } of scenes) if (await statusOf(token) !== status) return false
  return true
}, what)

describe('a revoked token', { concurrency: 4 }, () => {
  test('is refused by its jti, its sid or its user, also when it is known', async t => {
    const { revoke, statusOf, get, server } = await stage(t, undefined, { workers: 4 })
    const token = tokenOf({ id: 'u1', jti: 'j1', sid: 's1' })
    const others = [tokenOf({ id: 'u2', jti: 'j2', sid: 's2' }), tokenOf({ id: 'u3', jti: 'j3' })]
    for (const [what, victim] of [[{ jti: 'j1' }, token], [{ sid: 's2' }, others[0]], [{ sub: 'u3' }, others[1]]]) {
      assert.equal(await statusOf(victim), 200)
      const { status, body } = await revoke(what)
      assert.equal(status, 200)
      assert.equal(body.revoked, Object.keys(what)[0])
      assert.ok(Math.abs(body.until - now() - 24 * 3600) <= 5, 'it is kept for a day')
      for (let i = 0; i < 8; i++) assert.equal(await statusOf(victim), 403)
    }
    const { status, body, headers } = await get(path, { token })
    assert.equal(status, 403)
    assert.equal(body.error, 'Invalid token')
    assert.match(headers['www-authenticate'], /invalid_token/)
    assert.equal(await statusOf(tokenOf({ id: 'u4' })), 200)
    await eventually(() => server.lines().some(({ login }) => login === 'revoked'), 'the reason in the log')
    assert.equal(server.lines().filter(({ event }) => event === 'revoke').length, 3)
  })

  test('of a user is one that was issued before', async t => {
    const { revoke, statusOf } = await stage(t)
    const at = seconds => tokenOf({ id: 'u1', iat: now() + seconds })
    assert.equal((await revoke({ sub: 'u1', before: now() - 100 })).status, 200)
    assert.equal(await statusOf(at(-200)), 403)
    assert.equal(await statusOf(at(-50)), 200)
    assert.equal(await statusOf(tokenOf({ id: 'u1', iat: undefined })), 403, 'nobody knows when it was issued')
    assert.equal(await statusOf(tokenOf({ id: 'u1', iat: (now() - 50) * 1000 })), 403, 'milliseconds')
    assert.equal((await revoke({ sub: 'u1' })).status, 200)
    assert.equal(await statusOf(at(-50)), 403)
    assert.equal(await statusOf(at(2)), 200, 'a later login')
  })

  test('is accepted again when its revocation has ended', async t => {
    const { revoke, statusOf } = await stage(t)
    const token = tokenOf({ id: 'u1', jti: 'j1' })
    const { body } = await revoke({ jti: 'j1', until: now() + 2 })
    assert.ok(body.until <= now() + 2)
    assert.equal(await statusOf(token), 403)
    await everywhere([{ statusOf }], token, 200, 'the end of the revocation')
  })

  test('has no user on a public route', async t => {
    const routes = [{ path: '/open/', service: 'users', to: '/', access: 'public' }]
    const { revoke, get, asked } = await stage(t, undefined, { routes })
    const token = tokenOf({ id: 'u1', jti: 'j1' })
    await revoke({ jti: 'j1' })
    assert.equal((await get('/open/1', { token })).status, 200)
    assert.equal(asked('users')[0].headers['x-user-id'], undefined)
  })
})

describe('POST /revoke', { concurrency: 4 }, () => {
  test('says what is wrong with its body', async t => {
    const { revoke } = await stage(t)
    for (const [body, error] of [['{}', /exactly one of jti, sid and sub/], ['no', /no JSON/],
      [{ jti: 'a', sid: 'b' }, /exactly one/], [{ jti: 'a', before: 1 }, /before is only for sub/],
      [{ sub: 'a', before: 'x' }, /whole seconds/], [{ jti: 'a', until: 5 }, /in the past/],
      [{ jti: '' }, /1 to 1024/]]) {
      const answer = await revoke(body)
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.match(answer.body.error, error)
    }
    assert.equal((await revoke({ jti: 'a' }, { 'content-type': 'text/plain' })).status, 415)
    assert.equal((await revoke({ jti: 'a' }, { ...json, origin: 'https://evil.example' })).status, 403)
  })

  test('has nothing to do when revocation is off', async t => {
    const { revoke, statusOf } = await stage(t, undefined, { revocation: 'off' })
    const { status, body } = await revoke({ jti: 'j1' })
    assert.equal(status, 400)
    assert.match(body.error, /neither revocation nor session/)
    assert.equal(await statusOf(tokenOf({ id: 'u1', jti: 'j1' })), 200)
  })
})

describe('several processes on one Redis', { concurrency: 2 }, () => {
  test('learn of a revocation within a second, and read the set when they begin', async t => {
    const redis = await startRedis(t)
    const scenes = [await stage(t, redis, { workers: 2 }), await stage(t, redis, { workers: 2 })]
    const token = tokenOf({ id: 'u1', jti: 'j1' })
    assert.deepEqual([await scenes[0].statusOf(token), await scenes[1].statusOf(token)], [200, 200])
    const began = performance.now()
    assert.equal((await scenes[0].revoke({ jti: 'j1' })).status, 200)
    await everywhere(scenes, token, 403, 'the other process to learn of it')
    t.diagnostic(`after ${Math.round(performance.now() - began)} ms`)
    await redis.send('ZADD', 'revoked', '+inf', JSON.stringify({ jti: 'for ever' }))
    await redis.send('ZADD', 'revoked', '1e30', JSON.stringify({ jti: 'for long' }))
    const third = await stage(t, redis)
    for (const jti of ['for ever', 'for long'])
      assert.equal(await third.statusOf(tokenOf({ id: 'u1', jti })), 403, jti)
    assert.equal(await third.statusOf(token), 403, 'at once')
    assert.equal(await redis.send('ZCARD', 'revoked'), 3)
  })

  test('keep what they know while Redis is away, and read the set again', async t => {
    const redis = await startRedis(t)
    const scenes = [await stage(t, redis), await stage(t, redis)]
    const tokens = ['j1', 'j2', 'j3'].map(jti => tokenOf({ id: 'u1', jti }))
    assert.equal((await scenes[0].revoke({ jti: 'j1' })).status, 200)
    await everywhere(scenes, tokens[0], 403, 'the first revocation')
    await redis.kill()
    await eventually(() => scenes.every(scene => events(scene).at(-1) === 'revocation_stale'), 'both to be stale')
    assert.deepEqual([await scenes[1].statusOf(tokens[0]), await scenes[1].statusOf(tokens[1])], [403, 200])
    const told = await scenes[0].revoke({ jti: 'j2' })
    assert.equal(told.status, 503)
    assert.match(told.body.error, /Redis could not be told/)
    assert.deepEqual([await scenes[0].statusOf(tokens[1]), await scenes[1].statusOf(tokens[1])], [403, 200])
    await redis.restart()
    await redis.send('ZADD', 'revoked', now() + 1000, JSON.stringify({ jti: 'j3' }))
    await everywhere(scenes, tokens[2], 403, 'the set to be read again')
    await eventually(() => scenes.every(scene => events(scene).at(-1) === 'revocation_current'), 'both to be current')
    for (const scene of scenes) // on a busy machine there may be more of them
      assert.ok(events(scene).every((event, i) => event === `revocation_${i % 2 ? 'current' : 'stale'}`))
    assert.equal(await scenes[0].statusOf(tokens[0]), 403)
  })

  test('refuse every token when they are strict and Redis is away', async t => {
    const redis = await startRedis(t)
    const routes = [{ path: '/open/', service: 'users', to: '/', access: 'public' },
      { path: path.slice(0, -1), service: 'users', to: '/' }]
    const scene = await stage(t, redis, { revocation: { strict: true }, routes })
    const { get, statusOf } = scene
    const token = tokenOf({ id: 'u1', jti: 'j1' })
    await everywhere([scene], token, 200, 'the set to be read')
    await redis.kill()
    await everywhere([scene], token, 503, 'the token to be refused')
    const { body, headers } = await get(path, { token })
    assert.equal(body.error, 'Service temporarily unavailable')
    assert.equal(headers['retry-after'], '1')
    assert.equal((await get('/open/1', { token })).status, 200)
    assert.equal((await get(path, { as: null })).status, 401)
    assert.equal(await statusOf(tokenOf({ id: 'u1', exp: now() - 1000 })), 403, 'a bad token')
    await redis.restart()
    await everywhere([scene], token, 200, 'the token to be accepted again')
  })
})
