// Tokens beside the real jose: we take what it signs, and never take a token that it refuses.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { keyServer, makeKey } from '../e2e/lib/key_server.mjs'
import { random as randomFrom } from '../e2e/lib/random.mjs'
import { scenario } from '../e2e/lib/scenario.mjs'
import { jwt, now, secret } from '../e2e/lib/token.mjs'
import { inParallel } from '../e2e/lib/wait.mjs'
import { output } from './lib/run.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))
const packages = beside('../../build/peers/node_modules/')
const node = path.join(packages, `node-linux-${process.arch}/bin/node`)
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512',
  'EdDSA']

async function jose(question) {
  assert.ok(existsSync(node), `${node} is missing: ./dev test installs it`)
  const { code, stdout, stderr } = await output(node, [beside('lib/jose_login.mjs')],
    { input: JSON.stringify(question), env: { PEERS: packages } })
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

// Whether we take each of the tokens.
async function taken(t, jwks, tokens) {
  const provider = await keyServer(t)
  provider.answer = (_, res) => provider.send(res, jwks)
  const { http2 } = await scenario(t, 'web', { 'users *': { status: 204 } },
    { config: { login: { algorithms, jwks: { url: provider.url } } } })
  const { ask } = await http2({ as: null })
  return inParallel(32, tokens, async token => {
    const { status } = await ask('/api/users/1', { as: null, headers: { authorization: `Bearer ${token}` } })
    assert.ok(status === 204 || status === 403, `${status} for ${token}`)
    return status === 204
  })
}

test('tokens of every algorithm are good for both, whoever signs', async t => {
  const { keys, tokens } = await jose({ sign: algorithms })
  assert.deepEqual(await taken(t, keys, tokens), tokens.map(() => true))
  const ours = algorithms.map(alg => makeKey(alg, alg))
  const verified = await jose({ verify: ours.map(key => key.token()), algorithms,
    keys: { keys: ours.map(({ jwk }) => jwk) } })
  assert.deepEqual(verified, ours.map(() => true))
})

test('so are tokens by a secret: HS256, HS384, HS512', async t => {
  const bySecret = ['HS256', 'HS384', 'HS512']
  const { get } = await scenario(t, 'web', { 'users *': { status: 204 } },
    { config: { login: { algorithms: bySecret } } })
  const { tokens } = await jose({ sign: bySecret, secret })
  for (const token of tokens) {
    const headers = { authorization: `Bearer ${token}` }
    assert.equal((await get('/api/users/1', { as: null, headers })).status, 204)
  }
  const ours = bySecret.map(alg => jwt({ alg, typ: 'JWT' }, { sub: 'u1', exp: now() + 3600 }))
  assert.deepEqual(await jose({ verify: ours, algorithms: bySecret, secret }), [true, true, true])
})

const below = seed => {
  const next = randomFrom(seed)
  return limit => Math.floor(next() * limit)
}

const encoded = value => Buffer.from(JSON.stringify(value)).toString('base64url')
const letters = 'ABCDXYZabcdxyz0189-_+/=.~'

// The ways in which a token is changed. Some leave it good.
const changes = [
  (token, random) => { // another byte
    const at = random(token.length)
    return token.slice(0, at) + letters[random(letters.length)] + token.slice(at + 1)
  },
  (token, random) => token.slice(0, 1 + random(token.length - 1)),
  (token, random) => { // a byte more
    const at = random(token.length + 1)
    return token.slice(0, at) + letters[random(letters.length)] + token.slice(at)
  },
  (token, random, all) => { // a part of another token
    const parts = token.split('.'), other = all[random(all.length)].split('.')
    const at = random(3)
    parts[at] = other[at]
    return parts.join('.')
  },
  (token, random) => { // another header
    const [, ...rest] = token.split('.')
    const alg = [...algorithms, 'none', 'HS256', 'es256'][random(13)]
    const more = [{}, { kid: `jose ${alg}` }, { kid: 'jose RS256' }, { crit: ['exp'] }, { b64: false },
      { typ: 'at+jwt' }][random(6)]
    return [encoded({ alg, ...more }), ...rest].join('.')
  },
  (token, random) => { // other claims
    const [header, , signature] = token.split('.')
    return [header, encoded({ sub: `u${random(9)}`, exp: 4e9 }), signature].join('.')
  },
  token => token.slice(0, token.lastIndexOf('.') + 1), // no signature
  token => `${token}=`, token => `${token}.`, token => token.replace('.', '..'),
]

test('of 1000 changed tokens we take none that jose refuses', async t => {
  const { keys, tokens } = await jose({ sign: algorithms })
  const random = below(20261127)
  const changed = Array.from({ length: 1000 }, (_, i) =>
    changes[i % changes.length](tokens[random(tokens.length)], random, tokens))
  const all = [...tokens, ...changed]
  const theirs = await jose({ verify: all, keys, algorithms })
  const ours = await taken(t, keys, all)
  assert.deepEqual(all.filter((_, i) => ours[i] && !theirs[i]), [])
  assert.ok(ours.filter(Boolean).length >= tokens.length)
  assert.ok(theirs.filter(isGood => !isGood).length > 900, 'most changes make a token bad')
})
