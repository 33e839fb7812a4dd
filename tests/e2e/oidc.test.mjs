// Logins at an OpenID provider: what must go well. oidc_attacks.test.mjs has what must not.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { comeBack, hasSession, leave, providerScene, providerSettings, query, send, signInAt, startProvider,
  visit } from './lib/provider.mjs'
import { scratch } from './lib/scenario.mjs'
import { cookiesOf } from './lib/sessions.mjs'
import { eventually } from './lib/wait.mjs'

const where = '/api/users/1'
const basic = (id, secret) => `Basic ${Buffer.from(
  [id, secret].map(text => new URLSearchParams({ '': text }).toString().slice(1)).join(':')).toString('base64')}`

describe('a login at an OpenID provider', { concurrency: 2 }, () => {
  test('the browser gets a session and no token, and services get the token', async t => {
    const provider = await startProvider(t)
    const scene = await providerScene(t, provider)
    const client = scene.browser()
    const { location, answer: left } = await leave(client, { returnUrl: '/cart?a=b' })
    const asked = Object.fromEntries(new URL(location).searchParams)
    assert.equal(asked.response_type, 'code')
    assert.equal(asked.scope, 'openid profile offline_access')
    assert.equal(asked.redirect_uri, `${scene.url}/bff/callback`)
    assert.equal(asked.code_challenge_method, 'S256')
    assert.equal(left.headers['cache-control'], 'no-store')
    const [cookie] = cookiesOf(left)
    assert.match(cookie.name, /^__Host-bff-login-[\w-]{16}$/)
    assert.deepEqual(cookie.flags.filter(flag => !flag.startsWith('max-age')).sort(),
      ['httponly', 'path=/', 'samesite=lax', 'secure'])
    assert.ok(cookie.flags.includes('max-age=600'))

    const back = provider.agree(location)
    const answer = await comeBack(client, back)
    assert.equal(answer.status, 303, answer.text)
    assert.equal(answer.headers.location, '/cart?a=b')
    assert.deepEqual([...client.cookies.keys()], ['__Host-bff'], 'the cookie of the login is gone')
    const [request] = provider.requests
    assert.equal(request.authorization, basic(provider.clientId, provider.secret))
    assert.equal(request.form.client_secret, undefined)

    const me = await client.ask('/bff/user')
    assert.equal(me.status, 200, me.text)
    assert.deepEqual(me.body.user, { id: 'u1', roles: ['customer'],
      scopes: ['openid', 'profile', 'offline_access'] })
    assert.deepEqual(me.body.claims, { sub: 'u1', name: 'Ada', role: ['customer'] })
    assert.equal((await client.ask(where)).status, 200)
    const { authorization, cookie: sent, 'x-user-id': user } = scene.asked('users').at(-1).headers
    assert.match(authorization, /^Bearer access-/)
    assert.deepEqual([sent, user], [undefined, 'u1'])
    const log = scene.server.texts().join('\n')
    const { code, code_verifier: verifier } = request.form
    for (const word of [code, verifier, provider.secret, asked.state, asked.nonce, authorization.slice(7)])
      assert.ok(!log.includes(word), 'a secret in the log')
  })

  test('a provider may take the secret in the body only, or no secret at all', async t => {
    for (const [secret, metadata] of [['s & 1', { token_endpoint_auth_methods_supported:
      ['client_secret_post'] }], [undefined, { token_endpoint_auth_methods_supported: ['none'] }]]) {
      const provider = await startProvider(t, { secret, metadata })
      const scene = await providerScene(t, provider)
      assert.ok(hasSession(await signInAt(scene.browser(), provider)))
      const [{ form, authorization }] = provider.requests
      assert.deepEqual([authorization, form.client_id, form.client_secret], [undefined, 'shop', secret])
    }
  })

  test('the secret is in a file, and roles are where the operator says', async t => {
    const file = path.join(scratch(t), 'secret')
    writeFileSync(file, 'from a file\n', { mode: 0o600 })
    const provider = await startProvider(t, { claims: { realm_access: { roles: ['admin', 'staff'] } } })
    const { client_secret: _, ...settings } = providerSettings(provider, { client_secret_file: file,
      claims: { user: ['name'], role: ['realm_access.roles'] } })
    const scene = await providerScene(t, provider, { providers: [settings] })
    const client = scene.browser()
    assert.ok(hasSession(await signInAt(client, provider)))
    assert.equal(provider.requests[0].authorization, basic('shop', 'from a file'))
    const { user } = (await client.ask('/bff/user')).body
    assert.deepEqual([user.id, user.roles], ['Ada', ['admin', 'staff']])
  })

  test('several tabs log in at the same time, and a browser has five logins at most', async t => {
    const provider = await startProvider(t)
    const scene = await providerScene(t, provider)
    const client = scene.browser()
    const tabs = []
    for (let i = 0; i < 3; i++) tabs.push(await leave(client, { returnUrl: `/tab/${i}` }))
    for (const i of [1, 2, 0]) {
      const answer = await comeBack(client, provider.agree(tabs[i].location))
      assert.equal(answer.headers.location, `/tab/${i}`)
    }
    for (let i = 0; i < 9; i++) await leave(client)
    assert.equal(client.cookies.size, 1 + 5)
  })

  test('one of several providers is named, and others are not known', async t => {
    const [a, b] = [await startProvider(t), await startProvider(t)]
    const scene = await providerScene(t, a, { providers: [providerSettings(a, { name: 'a' }),
      providerSettings(b, { name: 'b' })] })
    const client = scene.browser()
    assert.ok(hasSession(await signInAt(client, b, { provider: 'b' })))
    const get = params => client.ask(`/bff/login?${query(params)}`, visit)
    assert.equal((await get({})).status, 400)
    assert.equal((await get({ provider: 'c' })).status, 404)
  })

  test('a provider that is down stops logins only, until it is back', async t => {
    const provider = await startProvider(t)
    const scene = await providerScene(t, provider)
    const client = scene.browser()
    await provider.close()
    const answer = await client.ask('/bff/login', visit)
    assert.deepEqual([answer.status, answer.body.error, answer.headers['retry-after']],
      [503, 'Login provider unavailable', '1'])
    assert.equal((await client.ask('/bff/user')).status, 401)
    assert.equal((await client.ask('/ready')).status, 200)
    const health = async () => {
      const { status, output } = JSON.parse((await client.ask('/health')).text).checks['provider:id'][0]
      return [status, output]
    }
    assert.deepEqual(await health(), ['fail', 'connect'])
    await provider.listen(provider.port)
    await eventually(async () => (await client.ask('/bff/login', visit)).status === 303,
      'the provider is asked again')
    assert.deepEqual(await health(), ['pass', undefined])
    provider.answers['/token'] = (req, res) => send(res, {}, 500)
    await signInAt(client, provider)
    assert.deepEqual(await health(), ['fail', 'status'])
    provider.answers = {}
    assert.ok(hasSession(await signInAt(client, provider)))
    assert.deepEqual(await health(), ['pass', undefined])
  })

  test('an operator learns what is wrong with the document of the provider', async t => {
    const provider = await startProvider(t)
    const scene = await providerScene(t, provider,
      { providers: [providerSettings(provider, { issuer: `${provider.url}/` })] })
    await scene.browser().ask('/bff/login', visit)
    const told = () => scene.server.lines().find(({ event }) => event === 'oidc_unavailable')
    await eventually(told, 'the event')
    const { reason, status, why } = told()
    assert.deepEqual([reason, status, why],
      ['document', 200, 'its issuer is another one than the one that was asked'])
  })

  test('a hundred logins ask for the document of the provider once', async t => {
    let documents = 0
    const provider = await startProvider(t)
    provider.answers['/.well-known/openid-configuration'] = (req, res) => {
      documents++
      setTimeout(() => res.end(JSON.stringify(provider.discovery())), 50)
    }
    const scene = await providerScene(t, provider, { config: { workers: 1 } })
    const all = await Promise.all(Array.from({ length: 100 }, () =>
      scene.browser().ask('/bff/login', visit)))
    assert.ok(all.every(({ status }) => status === 303))
    assert.equal(documents, 1)
  })
})

describe('a logout', { concurrency: 2 }, () => {
  const logout = { method: 'POST' }

  test('goes on at the provider, and no script sees the ID token', async t => {
    const provider = await startProvider(t)
    const scene = await providerScene(t, provider)
    const client = scene.browser()
    await signInAt(client, provider)
    const before = client.cookies.get('__Host-bff')
    const answer = await client.ask('/bff/logout', logout)
    assert.deepEqual([answer.status, answer.body], [200, { redirect: '/bff/logout' }])
    assert.deepEqual([...client.cookies.keys()], ['__Host-bff-login-logout'])
    const script = { page: null, headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' } }
    assert.equal((await client.ask('/bff/logout', script)).status, 403)
    const { status, headers } = await client.ask('/bff/logout', visit)
    const url = new URL(headers.location)
    assert.deepEqual([status, url.origin + url.pathname], [303, `${provider.url}/end`])
    const { id_token_hint: hint, ...rest } = Object.fromEntries(url.searchParams)
    assert.equal(JSON.parse(Buffer.from(hint.split('.')[1], 'base64url')).sub, 'u1')
    assert.deepEqual(rest, { client_id: 'shop', post_logout_redirect_uri: `${scene.url}/` })
    assert.equal((await client.ask('/bff/logout', visit)).headers.location, '/', 'once only')
    client.cookies.set('__Host-bff', before)
    assert.equal((await client.ask('/bff/user')).status, 401, 'the session is revoked')
  })

  test('stays here when the provider cannot log out, or the operator does not want it', async t => {
    const provider = await startProvider(t, { metadata: { end_session_endpoint: undefined } })
    const settings = more => ({ providers: [providerSettings(provider, more)] })
    const scenes = [await providerScene(t, provider, settings({})),
      await providerScene(t, provider, settings({ logout: false }))]
    const answers = []
    for (const scene of scenes) {
      const client = scene.browser()
      await signInAt(client, provider)
      answers.push((await client.ask('/bff/logout', logout)).status)
      assert.equal((await client.ask('/bff/logout', visit)).headers.location, '/')
    }
    assert.deepEqual(answers, [200, 204])
  })

  test('of a form is a redirect, and needs the check against other sites all the same', async t => {
    const provider = await startProvider(t)
    const scene = await providerScene(t, provider)
    const client = scene.browser()
    await signInAt(client, provider)
    const form = { ...logout, page: null, headers: { accept: 'text/html', origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' } }
    assert.equal((await client.ask('/bff/logout', form)).status, 403)
    assert.equal((await client.ask('/bff/user')).status, 200)
    const answer = await client.ask('/bff/logout', { ...logout, headers: { accept: 'text/html' } })
    assert.deepEqual([answer.status, answer.headers.location], [303, '/bff/logout'])
  })
})

describe('a logout that the provider announces', { concurrency: 2 }, () => {
  const announce = (scene, token) => scene.get('/bff/backchannel-logout', { as: null, method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: query({ logout_token: token }) })

  test('ends the session of its sid, and no other', async t => {
    const provider = await startProvider(t)
    const scene = await providerScene(t, provider)
    const [client, other] = [scene.browser(), scene.browser()]
    await signInAt(client, provider)
    provider.claims = { sid: 'sid-2' }
    await signInAt(other, provider)
    const token = provider.logoutToken()
    const answer = await announce(scene, token)
    assert.deepEqual([answer.status, answer.text, answer.headers['cache-control']], [200, '', 'no-store'])
    assert.equal((await client.ask('/bff/user')).status, 401)
    assert.equal((await client.ask(where)).status, 401)
    assert.equal((await other.ask('/bff/user')).status, 200)
    assert.equal((await announce(scene, token)).status, 400, 'once only')
    provider.claims = { sid: 'sid-3' }
    await signInAt(client, provider)
    assert.equal((await client.ask('/bff/user')).status, 200)
  })

  test('without a sid, ends all sessions of the user', async t => {
    const provider = await startProvider(t)
    const scene = await providerScene(t, provider)
    const clients = [scene.browser(), scene.browser(), scene.browser()]
    await signInAt(clients[0], provider)
    await signInAt(clients[1], provider)
    provider.claims = { sub: 'u2' }
    await signInAt(clients[2], provider)
    assert.equal((await announce(scene, provider.logoutToken({ sid: undefined }))).status, 200)
    const states = await Promise.all(clients.map(async client => (await client.ask('/bff/user')).status))
    assert.deepEqual(states, [401, 401, 200])
  })

  test('that is not good is refused, and ends nothing', async t => {
    const provider = await startProvider(t)
    const scene = await providerScene(t, provider)
    const client = scene.browser()
    await signInAt(client, provider)
    const bad = { events: { events: { other: {} } }, nonce: { nonce: 'n' }, issuer: { iss: 'http://a' },
      audience: { aud: 'other' }, expired: { exp: 1, iat: 1 }, claims: { jti: undefined } }
    for (const [why, claims] of Object.entries(bad))
      assert.equal((await announce(scene, provider.logoutToken(claims))).status, 400, why)
    const good = provider.logoutToken()
    const others = [good.slice(0, -8), `${good.slice(0, -4)}AAAA`, provider.logoutToken({}, { kid: 'x' }),
      provider.logoutToken({}, { typ: 'at+jwt' }), provider.logoutToken({}, { alg: 'none' }), '', 'a.b.c']
    for (const token of others) assert.equal((await announce(scene, token)).status, 400, token)
    const json = await scene.get('/bff/backchannel-logout', { as: null, method: 'POST',
      headers: { 'content-type': 'application/json' }, body: JSON.stringify({ logout_token: good }) })
    assert.deepEqual([json.status, json.headers['cache-control']], [400, 'no-store'])
    assert.equal((await scene.get('/bff/backchannel-logout', { as: null })).status, 405)
    assert.equal((await client.ask('/bff/user')).status, 200)
  })
})
