// Header fields that tell browsers to be careful.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { command } from './lib/server.mjs'
import { anywhere, configFile, scenario } from './lib/scenario.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const hsts = { max_age: '8760h', subdomains: true, preload: true }
const hstsValue = 'max-age=31536000; includeSubDomains; preload'
const secureOf = { ca: ca.ca }
const own = { 'x-frame-options': 'ALLOWALL', 'referrer-policy': 'unsafe-url',
  'strict-transport-security': 'max-age=5', 'x-content-type-options': 'sniff' }
const routes = [
  { path: '/plain', service: 'users', access: 'public' },
  { path: '/safe', service: 'users', access: 'public', security_headers: true },
  { path: '/set', service: 'users', access: 'public', security_headers: true,
    response_headers: { set: { 'X-Frame-Options': 'DENY' } } },
  { path: '/http', service: 'users', access: 'public', hsts: false },
]

const isOneOfThem = ([name]) => name in own

// What an answer says under the names of `own`.
async function stage(t, security_headers) {
  const scene = await scenario(t, 'web', { 'users *': { headers: own, json: {} } }, {
    listen: [anywhere, 'https://127.0.0.1:0'],
    config: { tls: { certificate: certFile, key: keyFile }, trusted_proxies: ['127.0.0.1'],
      security_headers, routes } })
  const [plain, secure] = scene.urls
  return async (path, { isSecure, ...options } = {}) => {
    const { headers, names } = await scene.get(path,
      { url: isSecure ? secure : plain, tls: secureOf, as: null, ...options })
    assert.equal(new Set(names).size, names.length, 'a field is there twice')
    return Object.fromEntries(Object.entries(headers).filter(isOneOfThem))
  }
}

const safe = { 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'strict-origin-when-cross-origin' }
const { 'strict-transport-security': itsHsts, ...itsOthers } = own

describe('without a setting', () => {
  test('answers of this server have nosniff, and those of services are as they are', async t => {
    const fieldsOf = await stage(t, undefined)
    assert.deepEqual(await fieldsOf('/plain', { isSecure: true }), own)
    for (const path of ['/nowhere', '/api/dashboard/u1'])
      assert.deepEqual(await fieldsOf(path, { isSecure: true }), { 'x-content-type-options': 'nosniff' })
  })

  test('pages: false leaves it out', async t => {
    const fieldsOf = await stage(t, { pages: false })
    assert.deepEqual(await fieldsOf('/nowhere', { isSecure: true }), {})
  })
})

describe('security_headers of a route', () => {
  test('replaces what the service says, but not its HSTS', async t => {
    const fieldsOf = await stage(t, undefined)
    assert.deepEqual(await fieldsOf('/safe'), { ...safe, 'strict-transport-security': itsHsts })
  })

  test('gives way to response_headers', async t => {
    const fieldsOf = await stage(t, undefined)
    assert.equal((await fieldsOf('/set'))['x-frame-options'], 'DENY')
  })
})

describe('HSTS', () => {
  test('is on every answer over https, once, and replaces that of the service', async t => {
    const fieldsOf = await stage(t, { hsts })
    for (const path of ['/plain', '/safe', '/nowhere', '/api/dashboard/u1'])
      assert.equal((await fieldsOf(path, { isSecure: true }))['strict-transport-security'], hstsValue)
    assert.deepEqual(await fieldsOf('/plain', { isSecure: true }),
      { ...itsOthers, 'strict-transport-security': hstsValue })
  })

  test('is not on an answer over http, nor on a route that does not want it', async t => {
    const fieldsOf = await stage(t, { hsts })
    assert.equal((await fieldsOf('/nowhere'))['strict-transport-security'], undefined)
    assert.deepEqual(await fieldsOf('/plain'), own)
    assert.equal((await fieldsOf('/http', { isSecure: true }))['strict-transport-security'], itsHsts)
  })

  test('is on an answer whose proxy ends TLS', async t => {
    const fieldsOf = await stage(t, { hsts })
    const headers = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }
    assert.equal((await fieldsOf('/nowhere', { headers }))['strict-transport-security'], hstsValue)
  })

  for (const [why, wrong, message] of [
    ['subdomains without max_age', { subdomains: true }, /hsts\.subdomains: .*8760h/],
    ['preload for less than a year', { ...hsts, max_age: '24h' }, /hsts\.preload: .*8760h/],
    ['preload without subdomains', { ...hsts, subdomains: false }, /hsts\.preload: /],
  ])
    test(`${why} is a mistake`, async t => {
      const file = configFile(t, { security_headers: { hsts: wrong } })
      const { code, stderr } = await command('web', ['--config', file, '--check'])
      assert.equal(code, 2)
      assert.match(stderr, message)
    })
})
