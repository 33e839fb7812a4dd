// The token by which a service can check who asks: made for each user and service, verified with the
// keys at /.well-known/jwks.json, and never one that a client has sent.
import assert from 'node:assert/strict'
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { cachedRoute, counted } from './lib/caching.mjs'
import { ask } from './lib/client.mjs'
import { pages, planOf } from './lib/pages.mjs'
import { anywhere, configFile, demo, scenario, scratch } from './lib/scenario.mjs'
import { command, fixtures, startServer } from './lib/server.mjs'
import { now, signedIn } from './lib/token.mjs'
import { connectWebsocket, websocketService } from './lib/websocket.mjs'

const page = pages['web dashboard']
const plan = { ...planOf(page), 'users /users/1': { json: {} } }
const setPath = '/.well-known/jwks.json'
const kinds = {
  ES256: ['ec', { namedCurve: 'P-256' }], ES384: ['ec', { namedCurve: 'P-384' }],
  RS256: ['rsa', { modulusLength: 2048 }],
}

// The files of a new pair of keys: { privateFile, publicFile }.
function keyFiles(t, algorithm = 'ES256') {
  const pair = generateKeyPairSync(...kinds[algorithm])
  const directory = scratch(t)
  const write = (name, key, type) => {
    writeFileSync(path.join(directory, name), key.export({ type, format: 'pem' }))
    return path.join(directory, name)
  }
  return { privateFile: write('key.pem', pair.privateKey, 'pkcs8'),
    publicFile: write('key.pub', pair.publicKey, 'spki') }
}

// One worker, because each worker has tokens of its own.
const settingsOf = (files, more = {}) =>
  ({ workers: 1, identity: { key_file: files.privateFile, ...more } })

const keySet = async get => JSON.parse((await get(setPath, { as: null })).text)

const stage = (t, { algorithm = 'ES256', identity, ...options } = {}) =>
  scenario(t, 'web', plan, { ...options,
    config: { ...settingsOf(keyFiles(t, algorithm), { algorithm, ...identity }), ...options.config } })

const decode = part => JSON.parse(Buffer.from(part, 'base64url'))

// Checks a token as a service would: { header, claims }.
function checked(token, { keys }) {
  const [head, body, signature] = token.split('.')
  const header = decode(head)
  const jwk = keys.find(({ kid }) => kid === header.kid)
  assert.ok(jwk, `${header.kid} is in the set`)
  assert.ok([header.alg, undefined].includes(jwk.alg), 'the key is for this algorithm')
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }
  assert.ok(verify(`sha${header.alg.slice(2)}`, Buffer.from(`${head}.${body}`), key,
    Buffer.from(signature, 'base64url')), 'the signature is good')
  return { header, claims: decode(body) }
}

const tokens = calls => calls.map(({ headers }) => headers['x-identity'])

describe('a token', { concurrency: 2 }, () => {
  for (const algorithm of Object.keys(kinds)) {
    test(`by ${algorithm} tells each service who asks`, async t => {
      const { get, asked } = await stage(t, { algorithm })
      await get(page.path, { as: { id: 'u1', role: ['customer', 'staff'] } })
      await get('/api/users/1', { as: { id: 'u1', role: ['customer', 'staff'] } })
      const set = await keySet(get)

      assert.ok(asked().length >= 5)
      for (const { service, headers } of asked()) {
        const { header, claims } = checked(headers['x-identity'], set)
        const { iat, exp, jti, ...who } = claims
        assert.deepEqual({ alg: header.alg, typ: header.typ }, { alg: algorithm, typ: 'JWT' })
        assert.deepEqual(who, { iss: 'bff-web', sub: 'u1', aud: service, roles: ['customer', 'staff'] })
        assert.equal(exp, iat + 60)
        assert.ok(Math.abs(iat - now()) < 60)
        assert.match(jti, /^[0-9a-f]{32}$/)
      }
    })
  }

  test('is kept for its user and its service', async t => {
    const { get, asked } = await stage(t)
    for (const as of ['u1', 'u2', 'u1', 'u2']) await get('/api/users/1', { as })
    const [first, second, ...again] = tokens(asked('users'))
    assert.notEqual(first, second)
    assert.deepEqual(again, [first, second])
    assert.deepEqual([first, second].map(token => decode(token.split('.')[1]).sub), ['u1', 'u2'])
  })

  test('has the issuer, the audience, the time and the header that are configured', async t => {
    const identity = { header: 'X-Who', issuer: 'https://shop.example', audience: 'shop', ttl: '5m' }
    const { get, asked } = await stage(t, { identity })
    await get(page.path, { as: 'u1' })
    const all = new Set(asked().map(({ headers }) => headers['x-who']))
    assert.equal(all.size, 1, 'one token for all services')
    const { iss, aud, iat, exp } = decode([...all][0].split('.')[1])
    assert.deepEqual([iss, aud, exp - iat], ['https://shop.example', 'shop', 300])
  })

  test('names the API key, and the user only when the key has one', async t => {
    const keys = [['shop', {}], ['bot', { user: 'u1', role: 'admin', scopes: ['read', 'write'] }]]
    const file = path.join(scratch(t), 'keys.json')
    writeFileSync(file, JSON.stringify(keys.map(([name, more]) =>
      ({ name, sha256: createHash('sha256').update(name).digest('hex'), ...more }))))
    const routes = [{ path: '/api/users/', service: 'users', to: '/users/', access: 'key' }]
    const { get, asked } = await stage(t, { config: { api_keys: { file }, routes } })
    for (const [name] of keys) await get('/api/users/1', { as: null, headers: { 'x-api-key': name } })
    const told = tokens(asked('users')).map(token => decode(token.split('.')[1]))
      .map(({ sub, roles, scope, client_id }) => [client_id, sub, roles, scope])
    assert.deepEqual(told, [['shop', undefined, undefined, undefined],
      ['bot', 'u1', ['admin'], 'read write']])
  })

  test('names the session, which is another one after each login', async t => {
    const routes = [{ path: '/api/echo', service: 'users', to: '/echo' }]
    const config = { ...settingsOf(keyFiles(t)), session: { insecure_localhost: true },
      default_routes: true, routes }
    const server = await startServer('web', ['--mock', fixtures, '--listen', anywhere, '--config',
      configFile(t, config)], { JWT_SECRET: undefined })
    t.after(() => server.stop())
    const ours = { 'x-csrf': '1', origin: server.url, 'content-type': 'application/json' }
    const sid = async () => {
      const login = await ask(server.url, '/api/auth/login', { method: 'POST', headers: ours,
        body: JSON.stringify({ email: 'ada.nowak@mail.example', password: 'ada-loves-tea' }) })
      const cookie = [login.headers['set-cookie']].flat().map(each => each.split(';')[0]).join('; ')
      const { body } = await ask(server.url, '/api/echo', { headers: { ...ours, cookie } })
      const [, token] = body.headers.find(([name]) => name === 'x-identity')
      return decode(token.split('.')[1])
    }
    const [first, second] = [await sid(), await sid()]
    assert.deepEqual([first.sub, second.sub], ['u1', 'u1'])
    assert.match(first.sid, /^[\w-]{43}$/)
    assert.notEqual(first.sid, second.sid)
  })

  test('comes with a WebSocket', async t => {
    const service = await websocketService(t)
    const { url } = await scenario(t, 'web', {}, { config: settingsOf(keyFiles(t)),
      urlOf: { users: () => service.url } })
    const client = await connectWebsocket(url, '/api/users/ws?room=1', { more: signedIn })
    assert.equal(client.status, 101)
    assert.equal(decode(service.requests[0].headers['x-identity'].split('.')[1]).sub, 'admin')
    client.socket.destroy()
  })

  test('is for users only, and a client cannot send one', async t => {
    const routes = [{ path: '/api/users/', service: 'users', to: '/users/', access: 'public' }]
    const { get, asked } = await stage(t, { identity: { header: 'X-Who' }, config: { routes } })
    const evil = Object.fromEntries(['X-Who', 'x_who', 'X-Identity', 'x_identity', 'X_IDENTITY',
      'x.who', 'X!Who', 'x.identity']
      .map(name => [name, 'evil']))
    for (const as of [null, 'u1']) {
      await get('/api/users/1', { as, headers: evil })
      const { headers } = asked('users').at(-1)
      assert.doesNotMatch(JSON.stringify(headers), /evil/)
      assert.equal('x-who' in headers, as !== null)
    }
  })
})

describe('the key set', { concurrency: 2 }, () => {
  test('can be read by everybody, and kept', async t => {
    const { get } = await stage(t)
    const answer = await get(setPath, { as: null })
    assert.equal(answer.headers['content-type'], 'application/jwk-set+json')
    assert.equal(answer.headers['cache-control'], 'public, max-age=300')
    assert.deepEqual(Object.keys(JSON.parse(answer.text).keys[0]).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])

    const { etag } = answer.headers
    const known = await get(setPath, { as: null, headers: { 'if-none-match': etag } })
    assert.deepEqual([known.status, known.text, known.headers.etag], [304, '', etag])
    const head = await get(setPath, { as: null, method: 'HEAD' })
    assert.deepEqual([head.status, head.text, head.headers.etag], [200, '', etag])
    const post = await get(setPath, { as: null, method: 'POST' })
    assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD, OPTIONS'])
  })

  test('is not there without a key', async t => {
    const { get } = await scenario(t, 'web', plan)
    assert.equal((await get(setPath)).status, 404)
  })

  // Each step is a restart. A service may have kept the set of the step before, or may ask an
  // instance that is one step ahead.
  test('has the keys before and after, so that keys change without a refused token', async t => {
    const [old, next] = [keyFiles(t), keyFiles(t, 'RS256')]
    const steps = [
      settingsOf(old), settingsOf(old, { previous_keys: [next.publicFile] }),
      settingsOf(next, { algorithm: 'RS256', previous_keys: [old.publicFile] }),
      settingsOf(next, { algorithm: 'RS256' }),
    ]
    const seen = []
    for (const config of steps) {
      const { get, asked } = await scenario(t, 'web', plan, { config })
      await get('/api/users/1', { as: 'u1' })
      const set = await keySet(get)
      seen.push({ token: tokens(asked('users'))[0], set })
    }
    for (const [i, { token }] of seen.entries())
      for (const { set } of seen.slice(Math.max(0, i - 1), i + 2)) checked(token, set)
    assert.deepEqual(seen.map(({ set }) => set.keys.length), [1, 2, 2, 1])
  })
})

describe('a stored answer', { concurrency: 2 }, () => {
  test('is for its user, also when a service varies by the token', async t => {
    const { get } = await cachedRoute(t, counted({ vary: 'x-identity' }),
      { config: settingsOf(keyFiles(t)) })
    const texts = []
    for (const as of ['u1', 'u1', 'u2', 'u1']) {
      const headers = { 'x-identity': `evil ${texts.length}` }
      texts.push((await get('/api/things/1', { as, headers })).text)
    }
    assert.deepEqual(texts, ['1', '1', '2', '1'])
  })

  test('that is shared has been asked for without a token', async t => {
    const { get, asked } = await cachedRoute(t, counted(),
      { cache: { shared: true }, config: settingsOf(keyFiles(t)) })
    await get('/api/things/1', { as: 'u1' })
    assert.deepEqual(tokens(asked('users')), [undefined])
  })
})

test('the mock services believe only the token, when they are asked to', async t => {
  const files = keyFiles(t)
  const env = { MOCK_IDENTITY_KEY: files.publicFile }
  const told = await demo(t, 'web', { config: settingsOf(files), env })
  const { status, body } = await told.get(page.path, { as: 'u1' })
  assert.deepEqual([status, body.partialFailure], [200, false])

  const silent = await demo(t, 'web', { env })
  const refused = await silent.get('/api/users/u1', { as: 'u1' })
  assert.deepEqual([refused.status, refused.body.error], [401, 'X-User-Id without X-Identity'])
})

test('settings that cannot work keep the server from starting, and are named', async t => {
  const es384 = keyFiles(t, 'ES384')
  const route = { path: '/api/a/', service: 'users', request_headers: { set: { 'X-Who': 'a' } } }
  const cases = [
    [{ key_file: es384.privateFile, algorithm: 'ES384', header: 'X_Who' }, "expected a name without '_'"],
    [{ key_file: es384.privateFile, algorithm: 'ES384', header: 'X-Who' },
      'routes[0].request_headers.set'],
    [{ algorithm: 'ES384' }, 'key_file is missing'],
    [{ key_file: es384.privateFile }, `${es384.privateFile}: is no key for ES256`],
    [{ key_file: es384.publicFile }, `${es384.publicFile}: has no private key in PEM form`],
    [{ key_file: es384.privateFile, algorithm: 'HS256' }, 'HS256'],
  ]
  for (const [identity, want] of cases) {
    const { code, stderr } = await command('web', ['--listen', anywhere, '--config',
      configFile(t, { identity, routes: [route] })])
    assert.equal(code, 2, stderr)
    assert.ok(stderr.includes(want), stderr)
  }
})
