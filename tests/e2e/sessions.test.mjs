// Sessions of browsers in cookies: the login of the users service, what the browser sees, and how
// long a session lives.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { fakeClock } from './lib/fake_clock.mjs'
import { keyServer, makeKey } from './lib/key_server.mjs'
import { scenario } from './lib/scenario.mjs'
import { browser, cookieOf, cookiesOf, credentials, json, loginOf, sessionKey, sessionScene, settings,
  signIn } from './lib/sessions.mjs'
import { admin, now, tokenFor, tokenOf } from './lib/token.mjs'
import { eventually } from './lib/wait.mjs'

const where = '/api/users/1'
const noToken = { status: 401, error: 'No token provided' }
const brief = ({ status, body }) => ({ status, error: body?.error })

// No byte of an answer has a token, in whatever place.
function assertNoToken({ text, headers }, ...tokens) {
  const all = text + JSON.stringify(headers)
  for (const token of tokens) assert.ok(!all.includes(token), `a token in ${all}`)
}

describe('the login of the users service', { concurrency: 2 }, () => {
  test('tokens stay here, and the rest of the answer is as it was', async t => {
    const { row: { json: answer }, token } = loginOf()
    const text = `{ "token":"${token}", "user" : {"id":"u1","score":1.50,"big":12345678901234567890},` +
      '"refreshToken":"r-secret","expiresIn":3600 }'
    const scene = await sessionScene(t, { 'users /auth/login': { status: 200, text, headers: {
      ...json, 'x-shop': 'a', etag: '"1"', 'cache-control': 'max-age=60', 'x-token': token } } })
    const client = scene.browser()
    const login = await signIn(client)
    assert.equal(answer.user.id, 'u1')
    assert.equal(login.text,
      '{"user":{"id":"u1","score":1.50,"big":12345678901234567890},"expiresIn":3600}')
    assertNoToken(login, token, 'r-secret')
    const { 'x-shop': kept, etag, 'cache-control': stored, 'x-token': leaked } = login.headers
    assert.deepEqual([kept, etag, stored, leaked], ['a', undefined, 'no-store', undefined])
    const me = await client.ask('/bff/user')
    assert.equal(me.status, 200)
    assertNoToken(me, token, 'r-secret')
    assert.equal(me.headers['cache-control'], 'no-store')
    const { user, claims, expiresIn, sessionExpiresIn } = me.body
    assert.deepEqual(user, { id: 'u1', roles: ['customer'], scopes: [] })
    assert.equal(claims.id, 'u1')
    assert.ok(expiresIn > 3500 && expiresIn <= 3600)
    assert.equal(sessionExpiresIn, 1800)
  })

  test('the cookie has all its flags', async t => {
    const scene = await sessionScene(t)
    const [line] = (await signIn(scene.browser())).headers['set-cookie']
    const { name, value, flags } = cookieOf(line)
    assert.equal(name, '__Host-bff')
    assert.match(value, /^[\w-]{100,}$/)
    assert.deepEqual(flags, ['path=/', 'httponly', 'samesite=lax', 'secure'])
  })

  test('services get the token and no cookie of ours', async t => {
    const scene = await sessionScene(t)
    const client = scene.browser()
    await signIn(client)
    client.cookies.set('theme', 'dark').set('__Host-bff-login-x', 'y')
    assert.equal((await client.ask(where)).status, 200)
    const { headers } = scene.asked('users').at(-1)
    assert.equal(headers.authorization, `Bearer ${scene.token}`)
    assert.equal(headers.cookie, 'theme=dark')
    assert.equal(headers['x-user-id'], 'u1')
    assert.equal(headers['x-user-role'], 'customer')
  })

  test('waits for a key that the URL has not had before', async t => {
    const keys = [makeKey('ES256', 'a'), makeKey('ES256', 'b')]
    const provider = await keyServer(t, keys.slice(0, 1))
    const tokens = keys.map(key => ({ json: { token: key.token({ id: 'u1' }) } }))
    const scene = await sessionScene(t, { 'users /auth/login': [tokens[0], tokens[1], tokens[1]] },
      { config: { login: { algorithms: ['ES256'], jwks: { url: provider.url } } } })
    await signIn(scene.browser())
    provider.keys = keys
    await signIn(scene.browser())
    assert.equal(provider.asked.length, 2)
  })

  test('a failed login passes as the service answers it, without a session', async t => {
    const rows = [{ status: 401, json: { error: 'Wrong password', token: 'none' } },
      { status: 403, text: 'Locked', headers: { 'content-type': 'text/plain' } },
      { status: 200, json: { mfa: true } }, { status: 204 }]
    const scene = await sessionScene(t, { 'users /auth/login': rows })
    const client = scene.browser()
    const got = []
    for (let i = 0; i < rows.length; i++) {
      const { status, text, headers } = await client.ask('/api/auth/login', credentials)
      got.push([status, text, headers['set-cookie']])
    }
    assert.deepEqual(got, [[401, '{"error":"Wrong password"}', undefined], [403, 'Locked', undefined],
      [200, '{"mfa":true}', undefined], [204, '', undefined]])
  })

  test('an answer that cannot be trusted makes no session', async t => {
    const { token } = loginOf()
    const answers = [{ json: { token: 'not.a.token' } }, { text: `token ${token}`, status: 200 },
      { json: { token, copy: `Bearer ${token}` } },
      { json: { token: tokenOf({ id: 'u1', exp: now() - 3600 }) } }, { status: 200, text: '{"token":' }]
    const scene = await sessionScene(t, { 'users /auth/login': answers })
    for (let i = 0; i < answers.length; i++) {
      const answer = await scene.browser().ask('/api/auth/login', credentials)
      assert.deepEqual(brief(answer), { status: 502, error: 'Bad gateway' })
      assertNoToken(answer, token)
      assert.deepEqual(cookiesOf(answer), [])
    }
  })

  test('no spelling of its path leads around it', async t => {
    const { token, row } = loginOf()
    const scene = await sessionScene(t, { 'users *': row })
    for (const path of ['/api/auth/LOGIN', '/api/auth/login/', '/api/auth/./login', '/api/auth/lo%67in',
      '/api/auth/login;a=b', '/api//auth/login', '/api/auth/login?x=1', '/api/auth/login%20']) {
      const answer = await scene.browser().ask(path, credentials)
      assertNoToken(answer, token)
      assert.ok([200, 400, 404].includes(answer.status), `${path} ${answer.status}`)
    }
  })

  test('session fixation: each login makes a new session, and ends the one before', async t => {
    const scene = await sessionScene(t)
    const client = scene.browser()
    await signIn(client)
    const before = client.field()
    await signIn(client)
    assert.notEqual(client.field(), before)
    assert.equal((await client.ask(where)).status, 200)
    const old = await client.ask(where, { headers: { cookie: before } })
    assert.deepEqual(brief(old), noToken)
  })
})

describe('what is accepted', { concurrency: 2 }, () => {
  test('nobody, another cookie, a changed one: 401, and a bad one is cleared', async t => {
    const scene = await sessionScene(t)
    const client = scene.browser()
    const none = await client.ask(where)
    assert.deepEqual(brief(none), noToken)
    assert.equal(none.headers['www-authenticate'], undefined)
    assert.deepEqual(brief(await client.ask('/bff/user')), noToken)
    await signIn(client)
    const good = client.cookies.get('__Host-bff')
    const flipped = good.slice(0, 40) + (good[40] === 'A' ? 'B' : 'A') + good.slice(41)
    for (const value of ['', 'x', flipped, `${good}A`, good.slice(0, -1), `"${good}"`]) {
      const answer = await client.ask(where, { headers: { cookie: `__Host-bff=${value}` } })
      assert.deepEqual(brief(answer), noToken, value)
      assert.equal(answer.headers['cache-control'], 'no-store')
      assert.deepEqual(cookiesOf(answer).map(({ name, flags }) => [name, flags.at(-1)]),
        [['__Host-bff', 'max-age=0']])
    }
  })

  test('cookie tossing from a sibling domain: two cookies are nobody, and nothing is cleared', async t => {
    const scene = await sessionScene(t)
    const [victim, attacker] = [scene.browser(), scene.browser()]
    await signIn(victim)
    await signIn(attacker)
    for (const cookie of [`${attacker.field()}; ${victim.field()}`,
      `${victim.field()}; ${attacker.field()}`]) {
      const answer = await victim.ask(where, { headers: { cookie } })
      assert.deepEqual(brief(answer), noToken)
      assert.deepEqual(cookiesOf(answer), [])
    }
  })

  test('a Bearer token is refused, and no service sees it, unless the operator wants it', async t => {
    const scene = await sessionScene(t, { 'users /auth/me': { status: 204 } })
    const authorization = `Bearer ${tokenFor()}`
    assert.deepEqual(brief(await scene.get(where, { as: null, headers: { authorization } })), noToken)
    await scene.get('/api/auth/me', { as: null, headers: { authorization } })
    assert.equal(scene.asked('users').at(-1).headers.authorization, undefined)
    const open = await sessionScene(t, {}, { session: { bearer: true } })
    assert.equal((await open.get(where)).status, 200)
    assert.match((await open.get(where, { as: null })).headers['www-authenticate'], /^Bearer/)
  })

  test('sessions of 5000 bytes are several cookies; two replicas read them', async t => {
    const login = loginOf({ id: 'u1', note: 'x'.repeat(5000) })
    const [one, two] = [await sessionScene(t, {}, { login }), await sessionScene(t, {}, { login })]
    const client = one.browser()
    const lines = cookiesOf(await signIn(client))
    assert.deepEqual(lines.map(({ name }) => name), ['__Host-bff', '__Host-bff-2', '__Host-bff-3'])
    const other = await two.get(where, { as: null,
      headers: { cookie: client.field(), 'sec-fetch-site': 'same-origin' } })
    assert.equal(other.status, 200)
    assert.equal(two.asked('users').at(-1).headers.authorization, `Bearer ${login.token}`)
    const out = await client.ask('/bff/logout', { method: 'POST' })
    assert.equal(cookiesOf(out).length, 3)
    assert.equal(client.cookies.size, 0)
  })

  test('a session that is too large: 502, and an event', async t => {
    const login = loginOf({ id: 'u1', note: 'x'.repeat(5000) })
    const scene = await sessionScene(t, {}, { login, session: { max_bytes: '4KiB' } })
    const answer = await scene.browser().ask('/api/auth/login', credentials)
    assert.deepEqual(brief(answer), { status: 502, error: 'Session too large' })
    await eventually(() => scene.server.lines().some(({ event }) => event === 'session_too_large'),
      'the event')
  })

  test('keys are replaced: the old ones still open', async t => {
    const old = await sessionScene(t)
    const client = old.browser()
    await signIn(client)
    const keys = ['a newer key of the tests, at least 32 bytes', sessionKey]
    const statuses = []
    for (const list of [keys, keys.slice(0, 1)]) {
      const scene = await sessionScene(t, {}, { session: { keys: list } })
      const headers = { cookie: client.field(), 'sec-fetch-site': 'same-origin' }
      statuses.push((await scene.get(where, { as: null, headers })).status)
    }
    assert.deepEqual(statuses, [200, 401])
  })

  test('plain HTTP on localhost has another name, and says so at the start', async t => {
    const scene = await sessionScene(t, {}, { session: { insecure_localhost: true } })
    const client = scene.browser()
    const [{ name, flags }] = cookiesOf(await signIn(client))
    assert.equal(name, 'bff')
    assert.ok(!flags.includes('secure'))
    assert.equal((await client.ask(where)).status, 200)
    const [elsewhere] = cookiesOf(await signIn(client, { page: 'http://shop.example',
      headers: { host: 'shop.example' } }))
    assert.ok(elsewhere.flags.includes('secure'))
    await eventually(() => scene.server.lines().some(({ event, message = '' }) =>
      event === 'warning' && message.includes('insecure_localhost')), 'the warning in the log')
  })
})

describe('how long', { concurrency: 2 }, () => {
  const session = { idle: '30m', absolute: '2h' }
  const login = () => {
    const token = tokenOf({ ...admin, exp: now() + 86_400 })
    return { token, row: { json: { token } } }
  }

  test('idle: each use counts, and most answers set no cookie', async t => {
    const clock = fakeClock(t)
    const scene = await sessionScene(t, {}, { session, login: login(), under: clock.under })
    const client = scene.browser()
    await signIn(client)
    assert.deepEqual(cookiesOf(await client.ask(where)), [])
    clock.forward(8 * 60)
    assert.equal(cookiesOf(await client.ask(where)).length, 1)
    assert.deepEqual(cookiesOf(await client.ask(where)), [])
    clock.forward(29 * 60)
    const late = await client.ask(where)
    assert.equal(late.status, 200)
    assert.equal(late.headers['cache-control'], 'no-store')
    clock.forward(31 * 60)
    assert.deepEqual(brief(await client.ask(where)), noToken)
    assert.equal(client.cookies.size, 0)
  })

  test('absolute: also a session in use ends', async t => {
    const clock = fakeClock(t)
    const scene = await sessionScene(t, {}, { session, login: login(), under: clock.under })
    const client = scene.browser()
    await signIn(client)
    const statuses = []
    for (let minutes = 0; minutes < 140; minutes += 20) {
      clock.forward(20 * 60)
      statuses.push((await client.ask(where)).status)
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 401, 401])
  })
})

describe('logout', { concurrency: 2 }, () => {
  test('ends the session, also for a copy of its cookie', async t => {
    const scene = await sessionScene(t)
    const client = scene.browser()
    await signIn(client)
    const copy = client.field()
    const out = await client.ask('/bff/logout', { method: 'POST' })
    assert.equal(out.status, 204)
    assert.equal(client.cookies.size, 0)
    assert.deepEqual(brief(await client.ask(where, { headers: { cookie: copy } })), noToken)
    assert.equal((await client.ask('/bff/logout', { method: 'POST' })).status, 204)
  })

  test('takes no more than a small body, and pages that are read take none', async t => {
    const scene = await sessionScene(t, {}, { config: { limits: { body: '1MiB' } } })
    const client = scene.browser()
    const statusOf = async (where, method, bytes) =>
      (await client.ask(where, { method, body: 'a'.repeat(bytes) })).status
    assert.deepEqual([await statusOf('/bff/logout', 'POST', 16384), await statusOf('/bff/logout', 'POST', 16385),
      await statusOf('/bff/user', 'GET', 1)], [204, 413, 413])
  })

  test('an answer that was under way does not bring the session back', async t => {
    const clock = fakeClock(t)
    const scene = await sessionScene(t, { 'users /users/1': { after: 'orders', json: {} },
      'orders *': { json: [] } }, { under: clock.under })
    const client = scene.browser()
    await signIn(client)
    clock.forward(10 * 60) // its answer would renew the cookie
    const slow = client.ask(where)
    await scene.arrival('users', 2)
    assert.equal((await client.ask('/bff/logout', { method: 'POST' })).status, 204)
    await scene.get('/api/orders', { as: null }) // 401: nobody is asked
    const other = scene.browser()
    await signIn(other)
    await other.ask('/api/orders')
    const late = await slow
    assert.equal(late.status, 200)
    assert.deepEqual(cookiesOf(late), [])
    assert.equal(client.cookies.size, 0)
  })
})

test('the cache never gives an answer for one user to another, whatever the service says', async t => {
  const row = ({ headers }) => ({ json: { id: headers['x-user-id'] ?? null },
    headers: { 'cache-control': 'max-age=60' } })
  const logins = ['u1', 'u2'].map(id => loginOf({ id }).row)
  const { browser: open, ...scene } = await sessionScene(t,
    { 'users /users/1': row, 'users /auth/login': logins },
    { config: { routes: [{ path: '/api/users/', service: 'users', to: '/users/', access: 'public',
      cache: { ttl: '60s' } }, { path: '/api/auth/', service: 'users', to: '/auth/', access: 'public' }] } })
  const ids = []
  for (const client of [open(), open()]) {
    await signIn(client)
    const answer = await client.ask(where)
    ids.push(answer.body.id)
    assert.match(answer.headers['cache-control'], /private/)
  }
  ids.push((await scene.get(where, { as: null })).body.id)
  assert.deepEqual(ids, ['u1', 'u2', null])
})

test('without sessions nothing changes', async t => {
  const scene = await scenario(t, 'web', { 'users *': { status: 204 } })
  assert.equal((await scene.get('/bff/user')).status, 404)
  assert.equal((await scene.get(where)).status, 204)
  assert.ok(settings && browser)
})
