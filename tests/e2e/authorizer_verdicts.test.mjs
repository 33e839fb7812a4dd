// What an authorizer has said is kept for its time, and never used for another identity.
import assert from 'node:assert/strict'
import { constants } from 'node:http2'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'

import { allow, guarded, judged, path, questions, says, wordsOf } from './lib/authorizers.mjs'
import { clock } from './lib/clock.mjs'
import { tokenFor } from './lib/token.mjs'
import { eventually, gate, inParallel } from './lib/wait.mjs'

describe('verdicts', { concurrency: 2 }, () => {
  test('of 1000 clients are one question, over all workers', async t => {
    const door = gate()
    const scene = await guarded(t, { json: allow, until: door.opened }, {}, { workers: 4 })
    const token = tokenFor('u1')
    const sessions = await Promise.all(Array.from({ length: 20 }, () => scene.http2({ as: null })))
    const answers = Array.from({ length: 1000 }, (_, i) =>
      sessions[i % 20].ask(path, { headers: { authorization: `Bearer ${token}` } }))
    await scene.arrival('reviews')
    door.open()
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    assert.deepEqual(new Set(statuses), new Set([200]))
    assert.equal(questions(scene).length, 1)
  })

  test('are never shared by identities that differ in one byte', async t => {
    const verdict = judged(({ identity }) => ({ allow: true, user: `u-${identity.headers['x-key']}` }))
    const scene = await guarded(t, verdict, { identity: ['header:X-Key', 'cookie:k', 'query:k'] })
    const keys = [...new Set(Array.from({ length: 100 }, () => {
      const key = randomBytes(12).toString('hex')
      const at = Math.floor(Math.random() * key.length)
      return [key, key.slice(0, at) + String.fromCharCode(key.charCodeAt(at) ^ 1) + key.slice(at + 1)]
    }).flat())]
    for (let round = 0; round < 2; round++) {
      await inParallel(16, keys, async key => {
        const res = await scene.get(path, { as: null, headers: { 'x-key': key } })
        assert.equal(res.status, 200)
      })
    }
    assert.equal(questions(scene).length, keys.length)
    const users = scene.asked('users').map(({ headers }) => headers['x-user-id']).sort()
    assert.deepEqual(users, keys.flatMap(key => [`u-${key}`, `u-${key}`]).sort())
  })

  test('are never shared when a value is absent, empty, in another place, or of another user', async t => {
    const scene = await guarded(t, says(allow), { identity: ['header:X-Key', 'cookie:k', 'query:k', 'method'] })
    const rows = [
      { headers: { 'x-key': 'a' } }, { headers: { 'x-key': 'a', cookie: 'k=' } },
      { headers: { cookie: 'k=a' } }, { headers: { 'x-key': 'a', cookie: 'k=b' } },
      { headers: { 'x-key': 'b', cookie: 'k=a' } }, { where: '?k=a' }, { where: '?k=%61' }, { where: '?k=b' },
      { headers: { 'x-key': 'a' }, as: 'u1' }, { headers: { 'x-key': 'a' }, as: 'u2' },
      { headers: { 'x-key': 'a' }, as: { id: 'u1', role: 'admin' } },
      { headers: { 'x-key': 'a' }, method: 'HEAD' },
    ]
    for (let round = 0; round < 2; round++) {
      for (const { where = '', as = 'admin', ...row } of rows) await scene.get(path + where, { as, ...row })
    }
    assert.equal(questions(scene).length, rows.length)
  })

  test('are refused when the identity is said twice: 400', async t => {
    const scene = await guarded(t, says(allow), { identity: ['header:X-Key', 'cookie:k', 'query:k'] })
    const cookie = await scene.get(path, { headers: { cookie: 'k=a; x=1; k=b' } })
    const query = await scene.get(`${path}?k=a&%6B=b`)
    const header = await scene.talk(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Key: a\r\n` +
      `x-key: a\r\nAuthorization: Bearer ${tokenFor()}\r\n\r\n`)
    assert.deepEqual([cookie.status, query.status], [400, 400])
    assert.match(header, /^HTTP\/1\.1 400 /)
    assert.equal(questions(scene).length, 0)
  })

  test('are kept at most as long as they say', async t => {
    const scene = await guarded(t, says({ allow: true, ttl: 0 }))
    await scene.get(path)
    await scene.get(path)
    assert.equal(questions(scene).length, 2)
  })

  test('come also when the client who began the question has left', async t => {
    const door = gate()
    const scene = await guarded(t, { json: allow, until: door.opened }, {}, { workers: 2 })
    const { leave } = scene.leave(path)
    await scene.arrival('reviews')
    const headers = { authorization: `Bearer ${scene.server.token}` }
    const others = Array.from({ length: 8 }, () => scene.get(path, { headers }))
    leave()
    await eventually(() => scene.server.lines().some(({ status }) => status === 499), 'the client to have left')
    door.open()
    for (const { status } of await Promise.all(others)) assert.equal(status, 200)
    assert.equal(questions(scene).length, 1)
  })
})

test('a question under way does not keep the server from ending', async t => {
  const scene = await guarded(t, { fault: 'hang' })
  const { leave } = scene.leave(path)
  await scene.arrival('reviews')
  leave()
  await scene.server.stop()
})

test('a client leaves while its request waits for the second time', async t => {
  const door = gate()
  const scene = await guarded(t, { json: { allow: true }, until: door.opened }, { identity: ['header:X-A'] }, {
    config: { api_keys: { service: { name: 'notifications', path: '/keys' } } },
    plan: { 'notifications /keys': { json: { name: 'n' } } } })
  const { open, ask } = await scene.http2()
  const headers = { 'x-api-key': 'key', 'x-a': 'a' }
  const stream = open(path, { headers })
  stream.on('error', () => undefined)
  await scene.arrival('reviews')
  stream.close(constants.NGHTTP2_CANCEL)
  await eventually(() => scene.server.lines().some(({ status }) => status === 499), 'the client to have left')
  door.open()
  assert.equal((await ask(path, { headers })).status, 200)
})

// A server whose clocks the test moves, and what it answers after so many seconds. It is always asked
// with the same token.
async function timed(t, verdict, settings) {
  const time = clock(t)
  const scene = await guarded(t, verdict, settings, { build: 'clock', env: time.env })
  const headers = { authorization: `Bearer ${tokenFor('u1')}` }
  const after = async seconds => {
    time.pass(seconds)
    return (await scene.get(path, { headers })).status
  }
  return { scene, after }
}

// What the rows of `plan` are for each question, in their order.
const inOrder = rows => { let next = 0; return () => rows[Math.min(next++, rows.length - 1)] }

describe('time', { concurrency: 2 }, () => {
  test('of an allow: 300 s', async t => {
    const { scene, after } = await timed(t, says(allow))
    const counts = []
    for (const seconds of [0, 1, 280, 14, 6, 294, 7]) {
      assert.equal(await after(seconds), 200)
      counts.push(questions(scene).length)
    }
    assert.deepEqual(counts, [1, 1, 1, 1, 2, 2, 3]) // after 0, 1, 281, 295, 301 s; 294 and 301 s later
  })

  test('of a deny, and of an allow that says its own', async t => {
    const rows = inOrder([says({ allow: false }), says({ allow: true, ttl: 20 }), says({ allow: false })])
    const { scene, after } = await timed(t, rows)
    const seen = []
    for (const seconds of [0, 4, 7, 12, 9]) seen.push([await after(seconds), questions(scene).length])
    assert.deepEqual(seen, [[403, 1], [403, 1], [200, 2], [200, 2], [403, 3]])
  })

  test('of an old allow, while the authorizer fails in any way', async t => {
    for (const fault of ['status 500', 'reset', 'hang', 'bad JSON']) {
      const { scene, after } = await timed(t, inOrder([says(allow), { fault }]),
        { stale: '60s', timeout: '300ms' })
      const seen = []
      for (const seconds of [0, 301, 0.1, 30, 40, 1.5]) seen.push(await after(seconds))
      assert.deepEqual(seen, [200, 200, 200, 200, 503, 503], fault)
      assert.deepEqual(await wordsOf(scene, 6), ['allow', 'stale', 'stale', 'stale', 'failed', 'failed'])
      assert.equal(scene.asked('users').length, 4)
    }
  })

  test('of an old deny: it is no reason to pass, and neither is its failure', async t => {
    const { after } = await timed(t, inOrder([says({ allow: false }), { fault: 'status 500' }]),
      { stale: '60s' })
    assert.deepEqual([await after(0), await after(11), await after(2)], [403, 503, 503])
  })
})

describe('memory', () => {
  test('of at most so many verdicts', async t => {
    const scene = await guarded(t, says(allow), { identity: ['header:X-Key'], max: 5 })
    const ask = key => scene.get(path, { headers: { 'x-key': `${key}` } })
    for (let key = 0; key < 20; key++) await ask(key)
    assert.equal(questions(scene).length, 20)
    for (let key = 19; key >= 0; key--) assert.equal((await ask(key)).status, 200)
    const kept = 40 - questions(scene).length
    assert.ok(kept >= 1 && kept <= 5, `${kept} verdicts`)
  })
})
