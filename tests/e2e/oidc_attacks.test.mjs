// Logins at an OpenID provider that must not succeed: hostile browsers, sites, codes and providers.
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, test } from 'node:test'

import { comeBack, hasSession, leave, providerScene, providerSettings, query, send, signed, signInAt,
  startProvider, visit } from './lib/provider.mjs'
import { startRedis } from './lib/redis.mjs'
import { now } from './lib/token.mjs'
import { eventually } from './lib/wait.mjs'

// One worker writes the log in the order of the requests.
const startScene = (t, provider, more = {}) =>
  providerScene(t, provider, { ...more, config: { workers: 1, ...more.config } })

const brief = answer => [answer.status, answer.body?.error, hasSession(answer)]
const failed = [400, 'Login failed', false]
const unavailable = [503, 'Login provider unavailable', false]

// The reasons in the log, when there are so many.
async function reasons(scene, count) {
  const list = () => scene.server.lines()
    .filter(({ event }) => event === 'session_login_failed').map(({ reason }) => reason)
  await eventually(() => list().length >= count, `${count} reasons in the log`)
  return list()
}

const { privateKey: otherKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const byOther = text => sign('sha256', Buffer.from(text), { key: otherKey, dsaEncoding: 'ieee-p1363' })
const bySecret = key => text => createHmac('sha256', key).update(text).digest()

// What is wrong with the ID token: [the reason in the log, claims, how it is signed]
const tokens = {
  'another issuer': ['issuer', { iss: 'https://evil.example' }],
  'the issuer with a slash': ['issuer', provider => ({ iss: `${provider.url}/` })],
  'another audience': ['audience', { aud: 'other' }],
  'several audiences without azp': ['audience', { aud: ['shop', 'other'] }],
  'another azp': ['audience', { azp: 'other' }],
  'no audience': ['audience', { aud: undefined }],
  'another nonce': ['nonce', { nonce: 'n' }],
  'no nonce': ['nonce', { nonce: undefined }],
  'it has expired': ['expired', { exp: now() - 60 }],
  'it is old': ['expired', { iat: now() - 7200 }],
  'it is from the future': ['not_yet', { iat: now() + 300 }],
  'no exp': ['times', { exp: undefined }],
  'no iat': ['times', { iat: undefined }],
  'the hash of another access token': ['at_hash', { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  'no user': ['claims', { sub: undefined }],
  'an empty user': ['claims', { sub: '' }],
  'a user with a line end': ['claims', { sub: 'a\r\nb' }],
  'it is a logout token': ['id_token', { events: {} }],
  'alg none': ['algorithm', {}, claims => signed(claims, { alg: 'none' }, () => Buffer.alloc(0))],
  'HS256 with the client secret': ['algorithm', {}, (claims, { secret }) =>
    signed(claims, { alg: 'HS256' }, bySecret(secret))],
  'HS256 with the public key': ['algorithm', {}, (claims, provider) =>
    signed(claims, { alg: 'HS256' }, bySecret(JSON.stringify(provider.jwks().keys[0])))],
  'another key': ['signature', {}, claims => signed(claims, {}, byOther)],
  'another key under another name': ['signature', {}, claims => signed(claims, { kid: 'k2' }, byOther)],
  'a key in the token': ['signature', {}, claims => signed(claims,
    { kid: 'k3', jwk: otherKey.export({ format: 'jwk' }), jku: 'https://evil.example/jwks' }, byOther)],
  'RS256 for a key of ES256': ['signature', {}, claims => signed(claims, { alg: 'RS256' })],
  'no signature': ['signature', {}, claims => signed(claims, {}, () => Buffer.alloc(0))],
  'an extension that must be understood': ['algorithm', {}, claims => signed(claims, { crit: ['x'], x: 1 })],
  'no JWT': ['algorithm', {}, () => 'x.y.z'],
  'none at all': ['id_token', {}, () => undefined],
}

describe('the ID token of a login is refused', () => {
  test('for everything that is not as it must be', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider)
    for (const [what, [, claims, how]] of Object.entries(tokens)) {
      provider.claims = typeof claims === 'function' ? claims(provider) : claims
      provider.sign = how && (all => how(all, provider))
      const answer = await signInAt(scene.browser(), provider)
      assert.deepEqual(brief(answer), failed, what)
    }
    const want = Object.values(tokens).map(([reason]) => reason)
    assert.deepEqual(await reasons(scene, want.length), want)
    Object.assign(provider, { claims: {}, sign: undefined })
    assert.ok(hasSession(await signInAt(scene.browser(), provider)), 'a good one is accepted')
  })
})

describe('the answer of the browser is refused', { concurrency: 2 }, () => {
  test('when it is used again, in this browser or in another one', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider)
    const client = scene.browser()
    const { location } = await leave(client)
    const cookies = [...client.cookies]
    const back = provider.agree(location)
    assert.ok(hasSession(await comeBack(client, back)))
    assert.deepEqual(brief(await comeBack(client, back)), failed)
    for (const [name, value] of cookies) client.cookies.set(name, value)
    assert.deepEqual(brief(await comeBack(client, { ...back, code: provider.agree(location).code })), failed)
    assert.deepEqual(await reasons(scene, 2), ['transaction', 'replay'])
    assert.equal(provider.requests.length, 1)
  })

  test('when it belongs to another browser, or to another tab', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider)
    const [victim, attacker] = [scene.browser(), scene.browser()]
    const theirs = provider.agree((await leave(attacker)).location)
    assert.deepEqual(brief(await comeBack(victim, theirs)), failed, 'login CSRF')
    const mine = await leave(victim)
    const injected = { ...provider.agree(mine.location), code: theirs.code }
    assert.deepEqual(brief(await comeBack(victim, injected)), failed, 'code injection')
    assert.deepEqual(await reasons(scene, 2), ['transaction', 'invalid_grant'], 'PKCE')
    assert.equal(provider.requests.length, 1)
  })

  test('when the cookie of the login was changed', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider)
    const client = scene.browser()
    const { location } = await leave(client)
    const back = provider.agree(location)
    const [[name, value]] = client.cookies
    const other = scene.browser()
    await leave(other)
    const [[, theirs]] = other.cookies
    for (const bad of [`${value}A`, value.slice(1), value.replace(/.$/, c => (c === 'A' ? 'B' : 'A')), '',
      theirs]) {
      client.cookies.set(name, bad)
      assert.deepEqual(brief(await comeBack(client, back)), failed, bad)
    }
    client.cookies.set(name, value)
    assert.ok(hasSession(await comeBack(client, back)))
  })

  test('when it is no answer', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider)
    const client = scene.browser()
    const { code, state, iss } = provider.agree((await leave(client)).location)
    const queries = ['', `code=${code}`, `state=${state}`, `code=${code}&state=x`,
      `code=${code}&state=${state}&state=${state}`, `code=a&code=b&state=${state}`,
      `code=${code}&error=x&state=${state}`, `code=%zz&state=${state}`, `code=a%00&state=${state}`]
    for (const text of queries)
      assert.deepEqual(brief(await client.ask(`/bff/callback?${text}`, visit)), failed, text)
    for (const mode of [{ 'sec-fetch-mode': 'cors' }, { 'sec-fetch-dest': 'iframe' },
      { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }]) {
      const options = { page: null, headers: { ...visit.headers, ...mode } }
      for (const page of [`/bff/callback?${query({ code, state, iss })}`, '/bff/login'])
        assert.equal((await client.ask(page, options)).status, 403)
    }
    for (const page of ['/bff/callback', '/bff/login'])
      assert.equal((await client.ask(`${page}?${query({ code, state, iss })}`,
        { ...visit, method: 'HEAD' })).status, 405)
    assert.ok(hasSession(await comeBack(client, { code, state, iss })), 'nothing has used it up')
  })

  test('when two providers are mixed up', async t => {
    const [honest, evil] = [await startProvider(t), await startProvider(t)]
    const scene = await startScene(t, honest, { providers: [
      providerSettings(honest, { name: 'honest' }), providerSettings(evil, { name: 'evil' })] })
    const client = scene.browser()
    // The user has chosen the evil provider, which sends them to the honest one.
    const mixed = honest.agree((await leave(client, { provider: 'evil' })).location)
    assert.deepEqual(brief(await comeBack(client, mixed)), failed)
    const silent = honest.agree((await leave(client, { provider: 'evil' })).location)
    delete silent.iss
    assert.deepEqual(brief(await comeBack(client, silent)), failed)
    assert.deepEqual(await reasons(scene, 2), ['mix_up', 'mix_up'])
    assert.equal(evil.requests.length, 0, 'the evil provider gets no code')
  })

  test('a provider that announces no iss needs none, and no other is taken', async t => {
    const provider = await startProvider(t,
      { metadata: { authorization_response_iss_parameter_supported: undefined } })
    const scene = await startScene(t, provider)
    const client = scene.browser()
    const other = provider.agree((await leave(client)).location)
    assert.deepEqual(brief(await comeBack(client, { ...other, iss: 'http://evil.example' })), failed)
    const { code, state } = provider.agree((await leave(client)).location)
    assert.ok(hasSession(await comeBack(client, { code, state })))
  })

  test('when the provider says that there is an error', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider)
    const client = scene.browser()
    const errors = { access_denied: [403, 'Login denied', false], server_error: unavailable,
      temporarily_unavailable: unavailable, invalid_scope: failed, '<script>alert(1)</script>': failed }
    for (const [error, want] of Object.entries(errors)) {
      const { state, iss } = provider.agree((await leave(client)).location)
      const answer = await comeBack(client, { state, iss, error, error_description: 'secret words' })
      assert.deepEqual(brief(answer), want, error)
      assert.match(answer.headers['content-type'], /^application\/json/)
    }
    assert.deepEqual(await reasons(scene, 5),
      ['access_denied', 'server_error', 'temporarily_unavailable', 'invalid_scope', 'provider_error'])
    assert.ok(!scene.server.stdout.includes('secret words'))
  })

  test('by another process, too, when they share a Redis', async t => {
    const provider = await startProvider(t)
    const redis = await startRedis(t)
    const more = { config: { redis: { url: redis.url } } }
    const [one, two] = [await startScene(t, provider, more), await startScene(t, provider, more)]
    const client = one.browser()
    const { location } = await leave(client)
    const cookies = [...client.cookies]
    assert.ok(hasSession(await comeBack(client, provider.agree(location))))
    const replica = two.browser()
    for (const [name, value] of cookies) replica.cookies.set(name, value)
    assert.deepEqual(brief(await comeBack(replica, provider.agree(location))), failed)
    assert.deepEqual(await reasons(two, 1), ['replay'])
  })
})

// How the token endpoint may fail: the answer of the callback.
const text = (body, status = 200) => (req, res) =>
  res.writeHead(status, { 'content-type': 'application/json' }).end(body)
const failures = {
  'it ends the connection': req => req.socket.destroy(),
  'it never answers': () => undefined,
  'no JSON': text('<html>'),
  'half a JSON': text('{"access_token":"a"'),
  'no tokens': text('{}'),
  'a list': text('[]'),
  'another type of token': text('{"access_token":"a","token_type":"mac"}'),
  'an access token with a line end': text('{"access_token":"a\\r\\nx: y","token_type":"Bearer"}'),
  'more bytes than are read': text(JSON.stringify({ access_token: 'a', x: 'x'.repeat(100_000) })),
  'an error of its own': text('{"error":"server_error"}', 500),
  'it does not know us': text('{"error":"invalid_client"}', 401),
  'it sends us elsewhere': (req, res) => res.writeHead(307, { location: '/elsewhere' }).end('{}'),
}

describe('a provider that fails', { concurrency: 2 }, () => {
  test('at its token endpoint leaves nobody signed in', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider,
      { providers: [providerSettings(provider, { timeout: '300ms' })] })
    for (const [what, answer] of Object.entries(failures)) {
      provider.answers['/token'] = answer
      assert.deepEqual(brief(await signInAt(scene.browser(), provider)), unavailable, what)
    }
    provider.answers = { '/token': (req, res) => send(res, { error: 'invalid_grant' }, 400) }
    assert.deepEqual(brief(await signInAt(scene.browser(), provider)), failed)
  })

  test('in its discovery document is asked no more', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider)
    const documents = { 'another issuer': { issuer: 'https://evil.example' }, 'no endpoint':
      { token_endpoint: undefined }, 'a plain URL': { token_endpoint: 'http://evil.example/token' },
    'no URL': { authorization_endpoint: 'javascript:alert(1)' }, 'a number': { jwks_uri: 1 } }
    for (const [what, metadata] of Object.entries(documents)) {
      const evil = await startProvider(t, { metadata })
      const one = await startScene(t, evil)
      assert.deepEqual(brief(await one.browser().ask('/bff/login', visit)), unavailable, what)
    }
    assert.ok(hasSession(await signInAt(scene.browser(), provider)))
  })

  test('without keys leaves nobody signed in, until they are there', async t => {
    const provider = await startProvider(t)
    provider.answers['/jwks'] = (req, res) => res.writeHead(500).end()
    const scene = await startScene(t, provider)
    assert.deepEqual(brief(await signInAt(scene.browser(), provider)), unavailable)
    assert.deepEqual(await reasons(scene, 1), ['keys'])
  })
})

describe('another site cannot', { concurrency: 2 }, () => {
  const urls = () => {
    const list = ['//evil.example', '/\\evil.example', '\\\\evil.example', '/%09/evil.example',
      'https:evil.example', 'https:/evil.example', 'javascript:alert(1)', '/\t/evil.example',
      '/%2f%2fevil.example', '/..//evil.example', '/.//evil.example', '/%2e//evil.example', '', 'cart',
      '///evil.example', '/\\/evil.example', '/\u2028/evil.example', '/\uff0fevil.example', '?a', '#a']
    for (let c = 0; c < 128; c++) {
      const byte = String.fromCharCode(c)
      list.push(`/${byte}/evil.example`, `${byte}//evil.example`, `/${byte}evil.example`,
        `/${byte}\\evil.example`, `https:${byte}//evil.example`, `//user${byte}@evil.example`)
    }
    return list
  }

  // The judge is a URL parser as browsers have it.
  test('use the login to send a browser elsewhere', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider)
    const list = urls()
    let accepted = 0
    for (const returnUrl of list) {
      const client = scene.browser()
      const answer = await client.ask(`/bff/login?${query({ returnUrl })}`, visit)
      if (answer.status === 400) continue
      assert.equal(answer.status, 303, JSON.stringify(returnUrl))
      const { headers } = await comeBack(client, provider.agree(answer.headers.location))
      const { origin } = new URL(headers.location, scene.url)
      assert.equal(origin, scene.url, JSON.stringify(returnUrl))
      accepted++
    }
    assert.ok(accepted > 100 && accepted < list.length / 2, `${accepted} of ${list.length} are paths`)
  })

  test('give a browser the session of somebody else (fixation)', async t => {
    const provider = await startProvider(t)
    const scene = await startScene(t, provider)
    const [attacker, victim] = [scene.browser(), scene.browser()]
    await signInAt(attacker, provider)
    const fixed = attacker.cookies.get('__Host-bff')
    victim.cookies.set('__Host-bff', fixed)
    provider.claims = { sub: 'u2', sid: 'sid-2' }
    assert.ok(hasSession(await signInAt(victim, provider)))
    assert.notEqual(victim.cookies.get('__Host-bff'), fixed)
    assert.equal((await victim.ask('/bff/user')).body.user.id, 'u2')
    assert.equal((await attacker.ask('/bff/user')).status, 401, 'the old session has ended')
  })

  test('choose our origin by the field Host', async t => {
    const provider = await startProvider(t)
    const origins = ['https://shop.example', 'https://www.shop.example']
    const scene = await startScene(t, provider, { session: { origins } })
    for (const [host, want] of [['evil.example', origins[0]], ['shop.example:443', origins[0]]]) {
      const { headers } = await scene.browser().ask('/bff/login',
        { page: null, headers: { ...visit.headers, host } })
      assert.equal(new URL(headers.location).searchParams.get('redirect_uri'), `${want}/bff/callback`)
    }
  })
})
