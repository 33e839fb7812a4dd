// Attacks on sessions: tokens that look for a way to the browser, and users who end or change the
// sessions of others.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import http2 from 'node:http2'
import path from 'node:path'
import { describe, test } from 'node:test'

import { providerScene, providerSettings, query, send, signInAt, startProvider } from './lib/provider.mjs'
import { startRedis } from './lib/redis.mjs'
import { scratch } from './lib/scenario.mjs'
import { cookiesOf, credentials, json, loginOf, sessionScene, signIn } from './lib/sessions.mjs'
import { eventually, gate, inOneSecond } from './lib/wait.mjs'

const noTokens = ({ text, headers }, ...tokens) => {
  for (const token of tokens) assert.ok(!`${text}${JSON.stringify(headers)}`.includes(token), text)
}

describe('the token of a login does not get to the browser', { concurrency: 2 }, () => {
  const { token } = loginOf()
  const secret = 'a/refresh+token'
  const answer = more => ({ status: 200, headers: { ...json, ...more.headers },
    text: more.text ?? JSON.stringify({ token, refreshToken: secret, ...more.body }) })
  const escaped = text => [...text].map(c => `\\u00${c.charCodeAt(0).toString(16)}`).join('')

  test('as an escaped copy in its answer', async t => {
    const slashed = secret.replaceAll('/', '\\/')
    for (const copy of [slashed, escaped(secret), escaped(token), `x${escaped('a')}${secret.slice(1)}`]) {
      const text = `{"token":"${token}","refreshToken":"${slashed}","data":[{"copy":"${copy}"}]}`
      const scene = await sessionScene(t, { 'users /auth/login': answer({ text }) })
      const login = await scene.browser().ask('/api/auth/login', { ...credentials, headers: json })
      assert.deepEqual([login.status, cookiesOf(login)], [502, []], copy)
    }
  })

  test('in a field or a cookie of the service, as it is or encoded', async t => {
    const headers = { 'x-refresh': secret, authorization: `Bearer ${token}`,
      'set-cookie': `refresh=${encodeURIComponent(secret)}; HttpOnly`, 'x-shop': 'a%20b' }
    const scene = await sessionScene(t, { 'users /auth/login': answer({ headers }) })
    const login = await signIn(scene.browser())
    noTokens(login, token, secret, encodeURIComponent(secret))
    assert.equal(login.headers['x-shop'], 'a%20b')
    assert.deepEqual(cookiesOf(login).map(({ name }) => name), ['__Host-bff'])
  })

  test('with a method that signs nobody in, of a service that does not look at it', async t => {
    const login = loginOf()
    const scene = await sessionScene(t, { 'users *': login.row }, { login })
    const paths = ['/api/auth/login', '/api/auth/login/?a=b', '/api//auth/./LOGIN;x=y', '/api/auth/lo%67in']
    const headers = { 'x-http-method-override': 'POST' }
    for (const method of ['GET', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])
      for (const path of paths) {
        const got = await scene.browser().ask(path, { method, headers })
        noTokens(got, login.token, 'refresh-of-the-user')
        const isLogin = method.startsWith('P') || method === 'DELETE'
        assert.equal(cookiesOf(got).length, isLogin && got.status === 200 ? 1 : 0, `${method} ${path}`)
      }
  })

  test('in the answer of a service that gives new tokens for the old one', async t => {
    const login = loginOf()
    const plan = { 'users /auth/refresh': login.row, 'users /AUTH/REFRESH': login.row }
    const scene = await sessionScene(t, plan, { login })
    const client = scene.browser()
    await signIn(client)
    for (const path of ['/api/auth/refresh', '/api/AUTH/REFRESH']) {
      const got = await client.ask(path, { method: 'POST' })
      noTokens(got, login.token, 'refresh-of-the-user')
      assert.deepEqual(cookiesOf(got), [])
    }
    assert.equal((await client.ask('/bff/user')).status, 200)
  })

  test('a page with the form of the login still comes', async t => {
    const html = { 'content-type': 'text/html; charset=utf-8' }
    const row = { status: 200, headers: html, text: '<form>' }
    const scene = await sessionScene(t, { 'users /auth/login': row })
    const page = await scene.browser().ask('/api/auth/login')
    assert.deepEqual([page.status, page.text], [200, '<form>'])
    assert.equal((await scene.browser().ask('/api/auth/login', credentials)).status, 502)
  })
})

describe('a user of one provider', { concurrency: 2 }, () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const announce = (scene, token) => scene.get('/bff/backchannel-logout', { as: null, method: 'POST',
    headers: form, body: query({ logout_token: token }) })

  test('does not end the sessions of users with the same id elsewhere', async t => {
    const [a, b] = [await startProvider(t), await startProvider(t)]
    const providers = [providerSettings(a, { name: 'a' }), providerSettings(b, { name: 'b' })]
    const scene = await sessionScene(t, {}, { session: { providers } })
    const [ofA, ofB, ofUsers] = [scene.browser(), scene.browser(), scene.browser()]
    await signInAt(ofA, a, { provider: 'a' })
    await signInAt(ofB, b, { provider: 'b' })
    await signIn(ofUsers)
    const state = async client => (await client.ask('/bff/user')).status
    const states = () => Promise.all([ofA, ofB, ofUsers].map(state))
    assert.deepEqual(await states(), [200, 200, 200])
    const logout = async () =>
      assert.equal((await announce(scene, b.logoutToken({ sid: undefined }))).status, 200)
    await logout()
    assert.deepEqual(await states(), [200, 401, 200])
    await inOneSecond(async () => {
      await logout()
      await signInAt(ofB, b, { provider: 'b' })
    })
    assert.deepEqual(await states(), [200, 401, 200], 'a session that began in this second is ended, too')
  })

  test('is signed out everywhere when the provider announces it again, after Redis was away', async t => {
    const [provider, redis] = [await startProvider(t), await startRedis(t)]
    const config = { redis: { url: redis.url } }
    const scene = await providerScene(t, provider, { config })
    const client = scene.browser()
    await signInAt(client, provider)
    const token = provider.logoutToken()
    await redis.kill()
    await eventually(async () => (await announce(scene, token)).status === 503, 'Redis to be away')
    await redis.restart()
    await eventually(async () => (await announce(scene, token)).status === 200, 'Redis to be told')
    assert.equal(await redis.send('ZCARD', 'revoked'), 1)
    assert.equal((await announce(scene, token)).status, 400, 'once only')
    assert.equal((await client.ask('/bff/user')).status, 401)
  })

  test('has the scopes of the ID token after a refresh, too', async t => {
    const provider = await startProvider(t, { lifetime: 30, claims: { permissions: ['read', 'write'] } })
    const scene = await providerScene(t, provider, {
      providers: [providerSettings(provider, { claims: { scope: ['permissions'] } })] })
    const client = scene.browser()
    await signInAt(client, provider)
    Object.assign(provider, { lifetime: 3600, claims: { permissions: ['read'] } })
    const tokens = provider.tokens.bind(provider)
    provider.tokens = asked => ({ ...tokens(asked), scope: 'openid write' })
    const { body } = await client.ask('/bff/user')
    assert.deepEqual([body.user.scopes, body.expiresIn > 60], [['read'], true])
  })
})

test('a session that ends at its refresh does not open services for fields of the client', async t => {
  const provider = await startProvider(t, { lifetime: 30 })
  const file = path.join(scratch(t), 'key.pem')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const routes = [{ path: '/open/', service: 'users', to: '/users/', access: 'public' }]
  const identity = { key_file: file, header: 'X-Who' }
  const scene = await providerScene(t, provider, { config: { identity, routes } })
  const client = scene.browser()
  await signInAt(client, provider)
  provider.answers = { '/token': (req, res) => send(res, { error: 'invalid_grant' }, 400) }
  const forged = { 'x-who': 'a token of somebody', 'x-user-id': '1', 'x-user-role': 'admin' }
  assert.equal((await client.ask('/open/1', { headers: forged })).status, 200)
  const { headers } = scene.asked('users').at(-1)
  for (const name of [...Object.keys(forged), 'authorization']) assert.equal(headers[name], undefined, name)
  assert.equal(client.cookies.size, 0)
})

test('a service cannot give a browser the session of somebody else', async t => {
  const names = ['__Host-bff', ' __Host-bff ', '__Host-bff-2', '__Host-bff-login-a', '=__Host-bff',
    '= __Host-bff-3']
  const others = ['__Host-bff-19=a', '__Host-bffx=a', 'bff=a', 'a=__Host-bff=b', '__Host-bff-b=c']
  const headers = { ...json, 'set-cookie': [...names.map(name => `${name}=x; Secure; Path=/`), ...others] }
  const scene = await sessionScene(t, { 'users /users/1': { status: 200, headers, text: '{}' } })
  const client = scene.browser()
  await signIn(client)
  const answer = await client.ask('/api/users/1')
  assert.deepEqual(answer.headers['set-cookie'], others)
  assert.equal((await client.ask('/bff/user')).status, 200)
})

test('a client that resets its stream while it waits for a refresh', async t => {
  const [provider, redis] = [await startProvider(t, { lifetime: 30 }), await startRedis(t)]
  const scene = await providerScene(t, provider,
    { session: { store: 'redis' }, config: { redis: { url: redis.url } } })
  const client = scene.browser()
  await signInAt(client, provider)
  const [begun, held] = [gate(), gate()]
  provider.answers = { '/token': async (req, res) => {
    begun.open()
    await held.opened
    send(res, provider.tokens({}))
  } }
  const session = http2.connect(scene.url)
  t.after(() => session.destroy())
  const stream = session.request({ ':path': '/api/users/1', cookie: client.field(), 'x-csrf': '1' })
  stream.on('error', () => undefined)
  await begun.opened
  stream.close(http2.constants.NGHTTP2_CANCEL)
  await once(stream, 'close')
  provider.lifetime = 3600
  held.open()
  assert.equal((await client.ask('/api/users/1')).status, 200)
})
