// Login: which tokens are accepted, and the known ways to manipulate a token.
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { configFile, scenario, scratch } from './lib/scenario.mjs'
import { command } from './lib/server.mjs'
import { admin, jwt, now, secret, tokenFor } from './lib/token.mjs'

const me = { 'x-request-id': 'me' }
const where = '/api/users/1'
const refusal = error => JSON.stringify({ error, requestId: 'me' })
const good = { id: 'u1', role: 'customer', exp: now() + 3600 }
const hs256 = { alg: 'HS256', typ: 'JWT' }
const bytes = value => Buffer.from(value).toString('base64url')
const segments = (header, claims, key = secret) => {
  const text = `${header}.${claims}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}
const plan = { 'users *': { status: 204 } }
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pemOf = pair => pair.publicKey.export({ type: 'spki', format: 'pem' })

// A file in a directory of the test's own.
function file(t, name, content) {
  const at = path.join(scratch(t), name)
  writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content))
  return at
}

// Asks with each token in turn: the status of every answer.
async function statuses(get, tokens) {
  const all = []
  for (const token of tokens) {
    const res = await get(where, { as: null, headers: { ...me, authorization: `Bearer ${token}` } })
    all.push(res.status)
    if (res.status !== 403) continue
    assert.equal(res.text, refusal('Invalid token'))
    assert.match(res.headers['www-authenticate'], /^Bearer error="invalid_token"/)
  }
  return all
}

describe('without a good token', { concurrency: 2 }, () => {
  test('none, or another scheme: 401, and nobody is asked', async t => {
    const { get, http2, asked } = await scenario(t, 'web', plan)
    const { ask } = await http2({ as: null })
    const token = tokenFor()
    for (const one of [get, ask]) {
      for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic dTpw', token,
        `Token ${token}`, `Bearer:${token}`, `Digest ${token}`]) {
        const headers = authorization === undefined ? me : { ...me, authorization }
        for (const to of [where, '/api/dashboard/u1', '/api/products/p1', '/api/checkout/7']) {
          const res = await one(to, { as: null, headers })
          assert.equal(res.status, 401, authorization)
          assert.equal(res.text, refusal('No token provided'))
          assert.match(res.headers['www-authenticate'], /^Bearer/)
          assert.equal(res.headers['cache-control'], 'no-store')
        }
      }
    }
    assert.equal(asked().length, 0)
  })

  test('the scheme\'s case does not matter', async t => {
    const { get } = await scenario(t, 'web', plan)
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const headers = { authorization: `${scheme} ${tokenFor()}` }
      assert.equal((await get(where, { as: null, headers })).status, 204)
    }
  })

  test('two Authorization fields: 400', async t => {
    const { talk, asked } = await scenario(t, 'web', plan)
    for (const to of [where, '/api/products/p1', '/api/auth/login']) {
      const answer = await talk(`GET ${to} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n` +
        `Authorization: Bearer ${tokenFor()}\r\nauthorization: Bearer ${tokenFor('u1')}\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 400 [^]*\{"error":"Bad request","requestId":"[^"]+"\}$/)
    }
    assert.equal(asked().length, 0)
  })

  test('no token in a query or a cookie', async t => {
    const { get, asked } = await scenario(t, 'web', plan)
    const token = tokenFor()
    const res = await get(`${where}?access_token=${token}`,
      { as: null, headers: { cookie: `token=${token}` } })
    assert.equal(res.status, 401)
    assert.equal(asked().length, 0)
  })

  test('what does not exist is not found, and a method not allowed, before anybody is asked', async t => {
    const { get } = await scenario(t, 'web', {})
    assert.equal((await get('/nowhere', { as: null })).status, 404)
    assert.equal((await get('/api/dashboard/u1', { as: null, method: 'POST' })).status, 405)
  })
})

const crooked = {
  'alg none': `${bytes('{"alg":"none"}')}.${bytes(JSON.stringify(good))}.`,
  'alg None': `${bytes('{"alg":"None"}')}.${bytes(JSON.stringify(good))}.`,
  'alg nOnE, and a signature': segments(bytes('{"alg":"nOnE"}'), bytes(JSON.stringify(good))),
  'no alg': segments(bytes('{}'), bytes(JSON.stringify(good))),
  'alg in lower case': segments(bytes('{"alg":"hs256"}'), bytes(JSON.stringify(good))),
  'alg twice': segments(bytes('{"alg":"none","alg":"HS256"}'), bytes(JSON.stringify(good))),
  'alg as a list': segments(bytes('{"alg":["HS256"]}'), bytes(JSON.stringify(good))),
  'an algorithm that is not allowed': jwt({ alg: 'HS512' }, good),
  'RS256 in its place': jwt({ alg: 'RS256' }, good, rsa.privateKey),
  'another secret': jwt(hs256, good, 'x'.repeat(32)),
  'an empty secret': jwt(hs256, good, ''),
  'no signature': jwt(hs256, good).replace(/[^.]*$/, ''),
  'a signature cut short': jwt(hs256, good).slice(0, -4),
  'a signature and more': `${jwt(hs256, good)}AAAA`,
  'two segments': jwt(hs256, good).split('.').slice(0, 2).join('.'),
  'four segments': `${jwt(hs256, good)}.x`,
  'five segments': 'a.b.c.d.e',
  'padded base64': jwt(hs256, good).replace(/\.[^.]*$/, each => `${each}=`),
  'padding in the claims': segments(bytes('{"alg":"HS256"}'),
    Buffer.from(JSON.stringify(good)).toString('base64').padEnd(1000, '=')),
  'white space inside': jwt(hs256, good).replace('.', '. '),
  'claims of somebody else': jwt(hs256, good).replace(/\.[^.]*\./,
    `.${bytes(JSON.stringify({ ...good, role: 'admin' }))}.`),
  expired: jwt(hs256, { ...good, exp: now() - 60 }),
  'without exp': jwt(hs256, { id: 'u1' }),
  'exp as text': jwt(hs256, { ...good, exp: String(good.exp) }),
  'exp null': jwt(hs256, { ...good, exp: null }),
  'exp beyond a double': jwt(hs256, '{"id":"u1","exp":1e999}'),
  'not yet': jwt(hs256, { ...good, nbf: now() + 60 }),
  'nbf as text': jwt(hs256, { ...good, nbf: '0' }),
  'an unknown crit': jwt({ ...hs256, crit: ['x'], x: 1 }, good),
  'an empty crit': jwt({ ...hs256, crit: [] }, good),
  'crit b64': jwt({ ...hs256, crit: ['b64'], b64: false }, good),
  'claims that are no object': jwt(hs256, '[]'),
  'claims that are no JSON': jwt(hs256, '{"id":"u1",'),
  'claims twice': jwt(hs256, `{"id":"u1","id":"u2","exp":${good.exp}}`),
  'nobody': jwt(hs256, { exp: good.exp }),
  'an empty id': jwt(hs256, { ...good, id: '' }),
  'id null': jwt(hs256, { ...good, id: null }),
  'an id that is an object': jwt(hs256, { ...good, id: {} }),
  'an id with a line end': jwt(hs256, { ...good, id: 'u1\r\nX-User-Role: admin' }),
  'an id with a NUL': jwt(hs256, { ...good, id: 'u1\0' }),
  'an id with a blank at its end': jwt(hs256, { ...good, id: 'u1 ' }),
  'an id beyond ASCII': jwt(hs256, { ...good, id: 'ü' }),
  'a role with a comma': jwt(hs256, { ...good, role: 'customer,admin' }),
  'roles, one of them with a comma': jwt(hs256, { ...good, role: ['customer', 'a,admin'] }),
  'roles, one of them with a line end': jwt(hs256, { ...good, role: ['a', 'b\r\nX-User-Id: u2'] }),
  'roles, one of them a number': jwt(hs256, { ...good, role: ['customer', 1] }),
  'a token of 9000 bytes': jwt(hs256, { ...good, more: 'x'.repeat(9000) }),
  'nonsense': 'x',
}

test('every crooked token: 403, and nobody is asked', async t => {
  const { get, asked } = await scenario(t, 'web', plan)
  for (const [why, token] of Object.entries(crooked)) {
    assert.deepEqual(await statuses(get, [token]), [403], why)
  }
  assert.equal(asked().length, 0)
  assert.deepEqual(await statuses(get, [jwt(hs256, good), jwt(hs256, good)]), [204, 204])
})

test('good ones that look unusual', async t => {
  const { get, asked } = await scenario(t, 'web', plan)
  const headers = []
  for (const claims of [
    { sub: 'u9', exp: good.exp }, { id: 42, exp: good.exp }, { id: 'u 1', exp: good.exp + 0.5 },
    { id: 'u1', sub: 'u2', exp: now() - 20 }, { id: 'u1', exp: good.exp, nbf: now() + 20 },
    { id: 'u1', exp: good.exp, role: '' }]) {
    assert.deepEqual(await statuses(get, [jwt({ alg: 'HS256', kid: '../../dev/null' }, claims)]), [204])
    headers.push([asked().at(-1).headers['x-user-id'], asked().at(-1).headers['x-user-role']])
  }
  assert.deepEqual(headers, [['u9', undefined], ['42', undefined], ['u 1', undefined],
    ['u1', undefined], ['u1', undefined], ['u1', undefined]])
})

// [why, claims, the user and the roles that the service is told]
const shapes = [
  ['a list of roles', { id: 'u1', role: ['staff', 'admin', 'staff'] }, ['u1', 'staff,admin']],
  ['no role in the list', { id: 'u1', role: [] }, ['u1', undefined]],
  ['null for every claim that may be absent',
    { id: null, sub: 'u2', role: null, iss: null, aud: null, nbf: null, iat: null }, ['u2', undefined]],
]

test('claims in their other common shape', async t => {
  const { get, http2, asked } = await scenario(t, 'web', plan)
  for (const [why, claims, told] of shapes) {
    const as = { exp: good.exp, ...claims }
    const { ask } = await http2({ as })
    for (const one of [get, ask]) {
      assert.equal((await one(where, one === get ? { as } : {})).status, 204, why)
      const { headers } = asked().at(-1)
      assert.deepEqual([headers['x-user-id'], headers['x-user-role']], told, why)
    }
  }
})

test('the operator says which claims are the user and the roles', async t => {
  const config = { login: { claims: { user: 'sub', role: 'realm_access.roles' } } }
  const { get, asked } = await scenario(t, 'web', plan, { config })
  const realm_access = { roles: ['offline_access', 'admin'] }
  for (const [claims, status] of [
    [{ sub: 'f:1', id: 'u1', role: 'staff', realm_access }, 204],
    [{ id: 'u1', realm_access }, 403],
    [{ sub: 'f:1', realm_access: { roles: ['a,b'] } }, 403],
    [{ sub: 'f:1', realm_access: 'admin' }, 403]]) {
    assert.deepEqual(await statuses(get, [jwt(hs256, { exp: good.exp, ...claims })]), [status])
  }
  const { headers } = asked().at(-1)
  assert.deepEqual([headers['x-user-id'], headers['x-user-role']], ['f:1', 'offline_access,admin'])
})

test('issuer and audience', async t => {
  const config = { login: { issuer: 'https://login.example', audience: 'shop', leeway: '0s',
    require_exp: false } }
  const { get } = await scenario(t, 'web', plan, { config })
  const both = { id: 'u1', iss: 'https://login.example', aud: 'shop' }
  for (const [claims, status] of [
    [both, 204], [{ ...both, aud: ['a', 'shop'] }, 204], [{ ...both, iss: 'https://login.example/' }, 403],
    [{ ...both, iss: ['https://login.example'] }, 403], [{ id: 'u1', aud: 'shop' }, 403],
    [{ ...both, aud: 'shopping' }, 403], [{ ...both, aud: [] }, 403], [{ ...both, aud: ['shop', 1] }, 403],
    [{ ...both, aud: null }, 403], [{ ...both, exp: now() - 2 }, 403], [{ ...both, exp: now() + 60 }, 204]]) {
    assert.deepEqual(await statuses(get, [jwt(hs256, claims)]), [status], JSON.stringify(claims))
  }
})

describe('public keys', { concurrency: 2 }, () => {
  const pairs = {
    RS256: rsa, RS384: rsa, RS512: rsa,
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  }

  for (const [alg, pair] of Object.entries(pairs)) {
    test(`${alg}, from PEM and from a JWK Set`, async t => {
      const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg }
      for (const keys of [file(t, 'key.pem', pemOf(pair)), file(t, 'keys.json', { keys: [jwk] })]) {
        const { get } = await scenario(t, 'web', plan, { config: { login: { algorithms: [alg], keys } } })
        const right = jwt({ alg, kid: 'one' }, good, pair.privateKey)
        const wrong = jwt({ alg, kid: 'one' }, good, alg.startsWith('RS') ? other.privateKey
          : generateKeyPairSync('ec', { namedCurve: jwk.crv }).privateKey)
        assert.deepEqual(await statuses(get, [right, wrong, jwt(hs256, good)]), [204, 403, 403])
      }
    })
  }

  test('are never a secret', async t => {
    const pem = pemOf(rsa)
    const keys = file(t, 'key.pem', pem)
    const { get, asked } = await scenario(t, 'web', plan,
      { config: { login: { algorithms: ['RS256', 'HS256'], keys } } })
    const der = rsa.publicKey.export({ type: 'spki', format: 'der' })
    assert.deepEqual(await statuses(get, [jwt(hs256, good, pem), jwt(hs256, good, pem.trim()),
      jwt(hs256, good, der)]), [403, 403, 403])
    assert.equal(asked().length, 0)
    assert.deepEqual(await statuses(get,
      [jwt({ alg: 'RS256' }, good, rsa.privateKey), jwt(hs256, good)]), [204, 204])
  })

  test('that the token brings along are not looked at', async t => {
    const keys = file(t, 'key.pem', pemOf(rsa))
    const { get, asked, upstreams } = await scenario(t, 'web', plan,
      { config: { login: { algorithms: ['RS256'], keys } } })
    const url = `${upstreams.urls.users}/jwks.json`
    const jwk = other.publicKey.export({ format: 'jwk' })
    for (const more of [{ jwk }, { jku: url }, { x5u: url }, { x5c: ['MIIB'] }, { kid: url },
      { kid: '../../../../dev/null' }, { kid: "' OR 1=1 --" }, { kid: '' }, { kid: null }, { kid: 1 }]) {
      const bent = jwt({ alg: 'RS256', ...more }, good, other.privateKey)
      assert.deepEqual(await statuses(get, [bent]), [403], JSON.stringify(more))
    }
    assert.equal(asked().length, 0)
  })

  test('one that cannot be used does not keep the others from being used', async t => {
    const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'good', x5t: null, use: 'sig' }
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
    const keys = file(t, 'keys.json', `\ufeff${JSON.stringify({ keys: [
      { ...weak, kid: 'weak' }, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, { kid: 'bare' },
      { kty: 'OKP', crv: 'Ed448', x: 'AA', kid: 'ed' }, { ...jwk, use: 'enc', kid: 'enc' }, jwk] })}`)
    const config = { login: { algorithms: ['RS256', 'ES256'], keys: [keys, file(t, 'key.pem',
      `\ufeff${pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }))}`)] } }
    const { get, server } = await scenario(t, 'web', plan, { config })
    assert.deepEqual(await statuses(get,
      [jwt({ alg: 'RS256', kid: 'good' }, good, rsa.privateKey),
        jwt({ alg: 'RS256', kid: 'weak' }, good, rsa.privateKey)]), [204, 403])
    const checked = await command('web', ['--check', '--config', configFile(t, config)])
    assert.equal(checked.code, 0, checked.stderr)
    const warnings = checked.stderr.trim().split('\n')
    assert.deepEqual(warnings.map(line => /^warning: .*login\.keys: .*keys\.json: key (\d)/.exec(line)[1]),
      ['1', '2', '3', '4'])
    assert.match(warnings[0], /\(kid "weak"\) is an RSA key of 1024 bits; .* and is left out$/)
    const logged = server.lines().filter(({ event }) => event === 'warning').map(({ message }) => message)
    assert.deepEqual(logged.map(message => message.replace(/^[^ ]* /, '')),
      warnings.map(line => line.replace(/^warning: [^ ]* /, '')))
  })

  test('are chosen by their names', async t => {
    const keys = file(t, 'keys.json', { keys: [rsa, other].map(({ publicKey }, i) =>
      ({ ...publicKey.export({ format: 'jwk' }), kid: `k${i}` })) })
    const { get } = await scenario(t, 'web', plan, { config: { login: { algorithms: ['RS256'], keys } } })
    const signed = (kid, { privateKey }) =>
      jwt(kid === undefined ? { alg: 'RS256' } : { alg: 'RS256', kid }, good, privateKey)
    assert.deepEqual(await statuses(get, [signed('k0', rsa), signed('k1', other), signed('k1', rsa),
      signed('k2', rsa), signed(undefined, rsa)]), [204, 204, 403, 403, 403])
  })
})

describe('a start', { concurrency: 2 }, () => {
  test('without a secret ends, and says how to get one', async () => {
    for (const JWT_SECRET of [undefined, '']) {
      const { code, stdout, stderr } = await command('web', ['--listen', '127.0.0.1:0'], { JWT_SECRET })
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(stderr, /JWT_SECRET/)
    }
  })

  test('with a poor secret ends, and does not show it', async () => {
    for (const JWT_SECRET of ['poor-secret', pemOf(rsa)]) {
      const { code, stderr } = await command('web', ['--check'], { JWT_SECRET })
      assert.equal(code, 2)
      assert.match(stderr, /secret/)
      assert.doesNotMatch(stderr, /poor-secret|MII/)
    }
  })

  test('with a secret that cannot be meant ends, and does not show it', async t => {
    const long = 'not-to-be-shown-'.repeat(3)
    for (const [given, says] of [[`"${long}"`, /quotes/], [`${long}\n\n`, /byte 49 .* line end/],
      [`${long} `, /space/], [`\t${long}`, /byte 1 .* tab/]]) {
      for (const env of [{ JWT_SECRET: given },
        { JWT_SECRET: undefined, JWT_SECRET_FILE: file(t, 'secret', given) }]) {
        const { code, stderr } = await command('web', ['--check'], env)
        assert.equal(code, 2)
        assert.match(stderr, /^JWT_SECRET(_FILE)?: .*\n$/)
        assert.match(stderr, says)
        assert.doesNotMatch(stderr, /shown/)
      }
    }
  })

  test('leaves out a line end behind the secret, in a variable as in a file', async t => {
    const marked = file(t, 'secret', `\ufeff${secret}\r\n`)
    for (const env of [{ JWT_SECRET: `${secret}\n` }, { JWT_SECRET: `${secret}\r\n` },
      { JWT_SECRET: undefined, JWT_SECRET_FILE: marked }]) {
      const { get } = await scenario(t, 'web', plan, { env })
      assert.equal((await get(where)).status, 204)
    }
  })

  test('takes the secret from a file', async t => {
    const JWT_SECRET_FILE = file(t, 'secret', `${secret}\n`)
    const { get } = await scenario(t, 'web', plan, { env: { JWT_SECRET: undefined, JWT_SECRET_FILE } })
    assert.equal((await get(where)).status, 204)
    assert.equal((await get(where, { as: null })).status, 401)
  })

  test('with login off says so loudly, and lets everybody in', async t => {
    const { get, server, asked } = await scenario(t, 'web', { ...plan, 'orders *': { json: [] },
      'notifications *': { json: [] }, 'recommendations *': { json: [] } },
    { config: { login: 'off' }, env: { JWT_SECRET: undefined } })
    assert.match(server.stderr, /^bff-web: WARNING: LOGIN IS OFF\./m)
    assert.equal((await get(where, { as: null })).status, 204)
    assert.equal((await get('/api/dashboard/u1', { as: null })).status, 200)
    const headers = { 'x-user-id': 'u1', 'x-user-role': admin.role, authorization: 'Bearer x' }
    assert.equal((await get(where, { as: null, headers })).status, 204)
    assert.equal(asked().at(-1).headers['x-user-id'], undefined)
    assert.equal(asked().at(-1).headers['x-user-role'], undefined)
  })
})
