// Keys of login that are fetched from a URL: algorithms, changes of keys, URLs that fail, discovery.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { authority } from './lib/certificates.mjs'
import { clock } from './lib/clock.mjs'
import { keyServer, makeKey } from './lib/key_server.mjs'
import { scenario } from './lib/scenario.mjs'
import { now } from './lib/token.mjs'
import { eventually, gate, inParallel } from './lib/wait.mjs'

const where = '/api/users/1'
const plan = { 'users *': { status: 204 } }
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512',
  'EdDSA']

const started = (t, login) => scenario(t, 'web', plan, { config: { login } })
const byUrl = (url, more) => ({ algorithms: ['ES256'], jwks: { url, ...more } })
const asker = get => token => get(where, { as: null, headers: { authorization: `Bearer ${token}` } })
const events = (server, name) => server.lines().filter(({ event }) => event === name)

// The status of the answer to each token, in turn.
async function statuses(ask, tokens) {
  const all = []
  for (const token of tokens) all.push((await ask(token)).status)
  return all
}

const base64url = value => Buffer.from(value).toString('base64url')
const hex = (first, bytes, more = '00', last = more) =>
  Buffer.from(first.padEnd(2 * bytes - 2, more) + (first.length === 2 * bytes ? '' : last), 'hex')
const unsigned = (alg, kid, claims) => [{ alg, kid }, { sub: 'evil', exp: now() + 99, ...claims }]
  .map(part => base64url(JSON.stringify(part))).join('.')

// The signature of an RSA key with the exponent 1 is the padded hash itself (RFC 8017 section 9.2).
const signedByOne = text => `${text}.${base64url(Buffer.concat([Buffer.from('0001', 'hex'),
  Buffer.alloc(202, 0xff), Buffer.from('003031300d060960864801650304020105000420', 'hex'),
  createHash('sha256').update(text).digest()]))}`

describe('keys from a URL', { concurrency: 2 }, () => {
  test('verify every algorithm, each with its own key', async t => {
    const keys = algorithms.map(alg => makeKey(alg, alg))
    const { get } = await started(t, { algorithms, jwks: { url: (await keyServer(t, keys)).url } })
    const ask = asker(get)
    assert.deepEqual(await statuses(ask, keys.map(key => key.token())), keys.map(() => 204))
    const others = ['RS256', 'ES256', 'EdDSA'].map(alg => makeKey(alg, alg)) // the same names
    assert.deepEqual(await statuses(ask, others.map(key => key.token())), others.map(() => 403))
  })

  test('may be odd, as those of real providers are', async t => {
    const good = makeKey('ES256')
    const provider = await keyServer(t, [
      { jwk: { kty: 'RSA', use: 'enc', n: 'AQAB', e: 'AQAB' } },
      { jwk: { kty: 'XYZ', kid: 'x' } }, { jwk: { kty: 'oct', k: 'AAAA' } },
      { jwk: { ...makeKey('ES256', 'twice').jwk } }, makeKey('ES256', 'twice'),
      { jwk: { ...good.jwk, alg: undefined, kid: 'plain', x5c: ['MIIB'], x5t: 'a' } },
    ])
    const { get, server } = await started(t, byUrl(provider.url))
    const ask = asker(get)
    assert.deepEqual(await statuses(ask, [good.token({}, { kid: 'plain' }),
      provider.keys[4].token()]), [204, 204], 'both keys of a name are tried')
    await eventually(() => events(server, 'key_left_out').length === 2, 'the events')
    assert.deepEqual(events(server, 'key_left_out').map(({ why }) => why), [
      'key 2 (kid "x") is of the kind "XYZ"', 'key 3 is of the kind "oct"'])
  })

  test('with which everybody could sign are left out', async t => {
    const good = makeKey('ES256', 'good')
    const { n } = makeKey('RS256').jwk
    const points = [hex('01', 32), hex('00', 32), hex('ecffffff', 32, 'ff', '7f'),
      Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa', 'hex')]
    const weak = [{ kty: 'RSA', kid: 'one', n, e: 'AQ' }, { kty: 'RSA', kid: 'even', n, e: 'Ag' },
      ...points.map((x, i) => ({ kty: 'OKP', crv: 'Ed25519', kid: `p${i}`, x: base64url(x) }))]
    const provider = await keyServer(t, [good, ...weak.map(jwk => ({ jwk }))])
    const { get, server } = await started(t,
      { algorithms: ['ES256', 'RS256', 'EdDSA'], jwks: { url: provider.url } })
    const ask = asker(get)
    assert.equal((await ask(good.token())).status, 204)
    const forged = [signedByOne(unsigned('RS256', 'one')), ...points.flatMap((_, i) =>
      [...Array(16).keys()].map(jti => `${unsigned('EdDSA', `p${i}`, { jti })}.${
        base64url(Buffer.concat([points[0], hex('00', 32)]))}`))]
    assert.deepEqual(new Set(await statuses(ask, forged)), new Set([403]))
    const left = () => events(server, 'key_left_out').filter(({ why }) => / is no valid key$/.test(why))
    await eventually(() => left().length === weak.length, 'an event for each')
  })

  test('are trusted over https by the named authorities alone', async t => {
    const { caFile, sign } = authority(t)
    const key = makeKey('ES256', 'a')
    const good = await keyServer(t, [key], sign(['IP:127.0.0.1']))
    const other = await keyServer(t, [key], sign(['DNS:elsewhere.example']))
    for (const [provider, status] of [[good, 204], [other, 503]]) {
      const { get } = await started(t, byUrl(provider.url, { ca_file: caFile }))
      assert.equal((await asker(get)(key.token())).status, status)
    }
  })
})

describe('a change of keys', { concurrency: 2 }, () => {
  test('under load refuses no good token', async t => {
    const provider = await keyServer(t, [makeKey('ES256', 'k0')])
    const { get } = await started(t, byUrl(provider.url))
    const ask = asker(get)
    assert.equal((await ask(provider.keys[0].token())).status, 204)
    for (let round = 1; round <= 5; round++) {
      provider.keys = [makeKey('ES256', `k${round}`), provider.keys[0]]
      const tokens = Array.from({ length: 40 }, (_, i) =>
        provider.keys[i % 2].token({ sub: `u${i % 7}`, jti: `${round}.${i}` }))
      const answers = await inParallel(10, tokens, ask)
      assert.deepEqual(answers.filter(({ status }) => status !== 204), [])
    }
    assert.equal(provider.asked.length, 6, 'one fetch for all who wait')
  })

  test('of a key without a name is noticed by its tokens', async t => {
    const [before, after] = [makeKey('ES256'), makeKey('ES256')]
    const provider = await keyServer(t, [before])
    const { get } = await started(t, byUrl(provider.url))
    assert.equal((await asker(get)(before.token())).status, 204)
    provider.keys = [after]
    assert.deepEqual(await statuses(asker(get), [after.token(), before.token()]), [204, 403])
  })

  test('ends the tokens of a key that is gone, known ones too', async t => {
    const [before, after] = [makeKey('ES256', 'a'), makeKey('ES256', 'b')]
    const provider = await keyServer(t, [before])
    const { get, server } = await started(t, byUrl(provider.url))
    const known = before.token()
    assert.deepEqual(await statuses(asker(get), [known, known]), [204, 204])
    provider.keys = [after]
    assert.deepEqual(await statuses(asker(get), [after.token(), known]), [204, 403])
    await eventually(() => events(server, 'keys_refreshed').length === 2, 'the events')
  })

  test('is found by the refresh, without any token', async t => {
    const provider = await keyServer(t, [makeKey('ES256', 'a')])
    await started(t, byUrl(provider.url, { refresh: '1s', min_interval: '1s' }))
    await provider.arrival(3)
  })

  test('is found after the pause, also while somebody invents names', async t => {
    const [before, after, junk] = ['a', 'b', 'z'].map(kid => makeKey('ES256', kid))
    const provider = await keyServer(t, [before])
    const { get } = await scenario(t, 'web', plan, { args: ['--workers', '4'],
      config: { login: byUrl(provider.url, { refresh: '1h', min_interval: '500ms' }) } })
    const ask = asker(get)
    let count = 0
    const attack = () => inParallel(16, Array.from({ length: 64 }, () => count++),
      async i => (await ask(junk.token({}, { kid: `x${i}` }))).status)
    assert.equal((await ask(before.token())).status, 204)
    assert.deepEqual(new Set(await attack()), new Set([403]))
    provider.keys = [after, before]
    await eventually(async () => {
      const [answer] = await Promise.all([ask(after.token({ jti: `${count}` })), attack()])
      return answer.status === 204
    }, 'the new key')
    assert.ok(provider.asked.length <= 11, `${provider.asked.length}`)
  })

  test('is asked for once, whatever 10 000 invented names say', async t => {
    const key = makeKey('ES256', 'a')
    const provider = await keyServer(t, [key])
    const { http2 } = await started(t, byUrl(provider.url, { refresh: '1h', min_interval: '10m' }))
    const { ask } = await http2({ as: null })
    const parts = key.token().split('.')
    const named = i => [Buffer.from(JSON.stringify({ alg: 'ES256', kid: `x${i}` }))
      .toString('base64url'), ...parts.slice(1)].join('.')
    const get = token => ask(where, { as: null, headers: { authorization: `Bearer ${token}` } })
    assert.equal((await get(key.token())).status, 204)
    const answers = await inParallel(64, Array.from({ length: 10_000 }, (_, i) => i),
      async i => (await get(named(i))).status)
    assert.deepEqual(new Set(answers), new Set([403]))
    assert.equal(provider.asked.length, 2, 'at the start, and for the first of them')
    assert.equal((await get(key.token())).status, 204)
  })
})

describe('a URL that fails', { concurrency: 2 }, () => {
  test('at the start: 503 until it has answered once', async t => {
    const key = makeKey('ES256', 'a')
    const provider = await keyServer(t, [key])
    const { port } = provider
    await provider.stop()
    const { get, server } = await started(t, byUrl(provider.url, { min_interval: '100ms' }))
    const ask = asker(get)
    const refused = await ask(key.token())
    assert.equal(refused.status, 503)
    assert.equal(refused.body.error, 'Service temporarily unavailable')
    assert.match(refused.headers['retry-after'], /^[1-9]\d*$/)
    assert.equal((await get('/api/users/1', { as: null })).status, 401, 'no token needs no key')
    await provider.listen(undefined, port)
    await eventually(async () => (await ask(key.token())).status === 204, 'the keys')
    await eventually(() => events(server, 'keys_stale').length === 1, 'the event')
  })

  test('later: the old keys serve, and the log tells it once', async t => {
    const key = makeKey('ES256', 'a')
    const provider = await keyServer(t, [key])
    const { get, server } = await started(t, byUrl(provider.url, { refresh: '1s', min_interval: '100ms' }))
    const ask = asker(get)
    assert.equal((await ask(key.token())).status, 204)
    provider.answer = (_, res) => res.writeHead(500).end()
    await provider.arrival(provider.asked.length + 5)
    assert.equal((await ask(key.token({ jti: 'new' }))).status, 204)
    assert.equal((await ask(makeKey('ES256', 'b').token())).status, 503, 'nobody knows this key')
    const health = await get('/health', { as: null })
    assert.equal(health.status, 200)
    assert.equal(JSON.parse(health.text).checks.login[0].status, 'warn')
    provider.answer = undefined
    await eventually(() => events(server, 'keys_refreshed').length === 2, 'the event')
    const [stale, ...more] = events(server, 'keys_stale')
    assert.deepEqual([stale.issuer, stale.reason, stale.status, more.length], ['login', 'status', 500, 0])
  })

  test('for an hour: the old keys serve; for more than a day they do not', async t => {
    const time = clock(t)
    const key = makeKey('ES256', 'a')
    const provider = await keyServer(t, [key])
    const { get, server } = await scenario(t, 'clock', plan,
      { config: { login: byUrl(provider.url) }, env: time.env })
    const ask = jti => asker(get)(key.token({ jti, exp: now() + 7 * 86400 }))
    assert.equal((await ask('a')).status, 204)
    provider.answer = (_, res) => res.writeHead(500).end()
    time.pass(3600)
    await eventually(() => events(server, 'keys_stale').length === 1, 'the event')
    assert.deepEqual([(await ask('a')).status, (await ask('b')).status], [204, 204])
    time.pass(24 * 3600)
    await eventually(() => events(server, 'keys_dropped').length === 1, 'the event')
    assert.equal((await ask('a')).status, 503)
  })

  test('longer than keys may be used: 503', async t => {
    const key = makeKey('ES256', 'a')
    const provider = await keyServer(t, [key])
    const { get, server } = await started(t,
      byUrl(provider.url, { refresh: '1s', min_interval: '100ms', stale: '1s' }))
    assert.equal((await asker(get)(key.token())).status, 204)
    provider.answer = (_, res) => res.writeHead(404).end()
    await eventually(() => events(server, 'keys_dropped').length === 1, 'the event')
    assert.equal((await asker(get)(key.token())).status, 503)
  })

  test('in any way gives no keys', async t => {
    const key = makeKey('ES256', 'a')
    const set = JSON.stringify({ keys: [key.jwk] })
    const answers = {
      slow: () => undefined,
      garbage: (_, res) => res.end('<html>'),
      redirect: (_, res) => res.writeHead(302, { location: '/good' }).end(),
      huge: (_, res) => res.end(`{"keys":[],"more":"${'x'.repeat(300_000)}"}`),
      coded: (_, res) => res.writeHead(200, { 'content-encoding': 'zstd' }).end(set),
      cut: (_, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(set).subarray(0, -1)),
      missing: (_, res) => res.writeHead(404).end(set),
      empty: (_, res) => res.writeHead(200).end(),
      none: (_, res) => res.end('{"keys":[]}'),
    }
    const reasons = { slow: 'timeout', garbage: 'bad_json', redirect: 'status', huge: 'too_large',
      coded: 'bad_http', cut: 'bad_http', missing: 'status', empty: 'bad_json', none: 'bad_json' }
    const provider = await keyServer(t)
    provider.answer = (req, res) =>
      answers[req.url.slice(1)]?.(req, res) ?? (req.url === '/good' ? res.end(set) : undefined)
    const issuers = Object.keys(answers).map(name => ({ name, issuer: name, algorithms: ['ES256'],
      jwks: { url: `${provider.origin}/${name}`, timeout: '1s' } }))
    const { get, server } = await started(t, { issuers })
    const tokens = issuers.map(({ issuer }) => key.token({ iss: issuer }))
    assert.deepEqual(await statuses(asker(get), tokens), tokens.map(() => 503))
    await eventually(() => events(server, 'keys_stale').length === 9, 'the events')
    assert.deepEqual(Object.fromEntries(events(server, 'keys_stale')
      .map(({ issuer, reason }) => [issuer, reason])), reasons)
    assert.ok(!provider.asked.includes('/good'), 'no redirect is followed')
  })

  test('slowly: all who wait are answered by one fetch, and some leave', async t => {
    const key = makeKey('ES256', 'a')
    const door = gate()
    const provider = await keyServer(t, [])
    provider.answer = async (_, res) => {
      await door.opened
      provider.send(res, { keys: [key.jwk] })
    }
    const { get, bare } = await started(t, byUrl(provider.url, { timeout: '30s' }))
    const line = `GET ${where} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key.token()}\r\n\r\n`
    const leaving = await bare()
    leaving.socket.write(line)
    const waiting = Array.from({ length: 20 }, () => asker(get)(key.token()))
    await provider.arrival(1)
    leaving.socket.destroy()
    door.open()
    assert.deepEqual((await Promise.all(waiting)).map(({ status }) => status), waiting.map(() => 204))
    assert.equal(provider.asked.length, 1)
  })
})

describe('discovery', { concurrency: 2 }, () => {
  const documented = (provider, more = {}) => (req, res) => provider.send(res,
    req.url === '/.well-known/openid-configuration'
      ? { issuer: provider.origin, jwks_uri: provider.url, ...more }
      : { keys: provider.keys.map(({ jwk }) => jwk) })

  test('names the URL of the keys', async t => {
    const key = makeKey('ES256', 'a')
    const provider = await keyServer(t, [key])
    provider.answer = documented(provider)
    const { get } = await started(t, byUrl(provider.origin, { discovery: true }))
    assert.equal((await asker(get)(key.token())).status, 204)
    assert.deepEqual(provider.asked, ['/.well-known/openid-configuration', '/keys'])
  })

  test('of another issuer, or with a URL that is not safe, is refused', async t => {
    const key = makeKey('ES256', 'a')
    const cases = [[{ issuer: 'https://other.example' }, /issuer is another one/],
      [{ issuer: undefined }, /issuer is missing/],
      [{ jwks_uri: 'http://login.example/keys' }, /jwks_uri is no https URL/],
      [{ jwks_uri: 'file:///etc/keys' }, /jwks_uri is no https URL/],
      [{ jwks_uri: undefined }, /jwks_uri is missing/]]
    const providers = await Promise.all(cases.map(() => keyServer(t, [key])))
    providers.forEach((one, i) => (one.answer = documented(one, cases[i][0])))
    const issuers = providers.map(({ origin }, i) => ({ name: `i${i}`, issuer: origin,
      algorithms: ['ES256'], jwks: { url: origin, discovery: true } }))
    const { get, server } = await started(t, { issuers })
    const tokens = issuers.map(({ issuer }) => key.token({ iss: issuer }))
    assert.deepEqual(await statuses(asker(get), tokens), tokens.map(() => 503))
    await eventually(() => events(server, 'keys_stale').length === cases.length, 'the events')
    const said = Object.fromEntries(events(server, 'keys_stale').map(({ issuer, why }) => [issuer, why]))
    cases.forEach(([, words], i) => assert.match(said[`i${i}`], words))
    assert.deepEqual(providers.flatMap(({ asked }) => asked).filter(url => url === '/keys'), [])
  })
})
