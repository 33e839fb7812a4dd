// Several certificates: the name that a client asks for (SNI) chooses one.
import assert from 'node:assert/strict'
import http2 from 'node:http2'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { shake } from './lib/handshakes.mjs'
import { metricsOf } from './lib/metrics.mjs'
import { admin } from './lib/operator.mjs'
import { assertDone, reloadable } from './lib/reloading.mjs'
import { configFile, scenario } from './lib/scenario.mjs'
import { command } from './lib/server.mjs'

const ca = authority({ after })
const sign = (names, options) => ca.sign(names.map(name => `DNS:${name}`), options)
const pairOf = ({ certFile, keyFile }, more) => ({ certificate: certFile, key: keyFile, ...more })
const first = sign(['first.example'])
const shop = sign(['shop.example', 'www.shop.example'])
const shopRsa = sign(['shop.example'], { type: 'rsa' })
const wild = sign(['*.example'])
const bare = ca.sign(['IP:127.0.0.1'])
const routes = [{ path: '/a', service: 'users', access: 'public' }]
const tls = { ...pairOf(first), certificates: [pairOf(shop), pairOf(shopRsa), pairOf(wild),
  pairOf(bare, { names: ['bare.test'] })] }
const https = ['https://127.0.0.1:0']
const stage = (t, config = {}) => scenario(t, 'web', { 'users *': { json: {} } },
  { listen: https, config: { login: 'off', tls, routes, admin, ...config } })

const shopNames = 'shop.example, www.shop.example'
// [the name, the names of the certificate]
const rows = [
  ['first.example', 'first.example'], ['shop.example', shopNames], ['SHOP.example', shopNames],
  ['www.shop.example', shopNames], ['other.example', '*.example'],
  ['a.b.example', 'first.example'], ['example', 'first.example'], ['unknown.test', 'first.example'],
  [undefined, 'first.example'], ['bare.test', 'IP Address:127.0.0.1'],
]

for (const version of ['TLSv1.2', 'TLSv1.3'])
  test(`each name gets its certificate over ${version}`, async t => {
    const { url } = await stage(t)
    for (const [servername, names] of rows) {
      const seen = await shake(url, { servername, maxVersion: version })
      assert.deepEqual([seen.names, seen.status, seen.protocol], [names, 200, 'http/1.1'], servername)
    }
  })

test('a client without ECDSA gets the certificate with RSA, and HTTP/2 works with each', async t => {
  const { url } = await stage(t)
  const typeOf = async sigalgs => (await shake(url, { servername: 'shop.example', sigalgs })).type
  assert.equal(await typeOf('rsa_pss_rsae_sha256'), 'RSA')
  assert.equal(await typeOf('ecdsa_secp256r1_sha256'), 'EC')
  for (const servername of ['first.example', 'shop.example']) {
    const client = http2.connect(url, { servername, ca: ca.ca })
    t.after(() => client.destroy())
    const [head] = await new Promise((done, fail) => {
      client.on('error', fail)
      client.request({ ':path': '/a', ':authority': servername }).on('response', (...args) => done(args)).resume()
    })
    assert.equal(head[':status'], 200)
  }
})

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'])
  test(`a session resumes under its own name only over ${maxVersion}`, async t => {
    const { url } = await stage(t)
    const { session } = await shake(url, { servername: 'shop.example', maxVersion })
    const again = servername => shake(url, { servername, maxVersion, session })
    assert.equal((await again('shop.example')).isReused, true)
    const other = await again('first.example')
    assert.deepEqual([other.isReused, other.names, other.status], [false, 'first.example', 200])
  })

test('metrics have the end of each certificate', async t => {
  const { server } = await stage(t)
  const ends = (await metricsOf(server)).of('bff_certificate_expiry_timestamp_seconds')
  assert.deepEqual(ends.map(({ labels }) => labels.file),
    [first, shop, shopRsa, wild, bare].map(({ certFile }) => certFile))
  for (const { value } of ends) assert.ok(value > Date.now() / 1000)
})

test('a reload changes the certificates, and keeps the sessions of those that stay', async t => {
  const { url, change, hup } = await reloadable(t, { 'users *': { json: {} } },
    { listen: https, config: { tls, routes } })
  const [{ session }, { session: changed }] = [await shake(url, { servername: 'shop.example' }),
    await shake(url, { servername: 'other.example' })]
  const next = sign(['*.example'])
  change(settings => { settings.tls.certificates[2] = pairOf(next) })
  assertDone(await hup())
  assert.equal((await shake(url, { servername: 'shop.example', session })).isReused, true)
  assert.equal((await shake(url, { servername: 'other.example', session: changed })).isReused, false)
})

describe('mistakes', { concurrency: 4 }, () => {
  // [what is wrong, tls, the words]
  for (const [what, wrong, words] of [
    ['the key of another certificate', { certificates: [pairOf(shop), { certificate: shop.certFile, key: wild.keyFile }] },
      /tls\.certificates\[1\]\.key: .* does not fit the certificate/],
    ['no key', { certificates: [{ certificate: shop.certFile }] }, /tls\.certificates\[0\]\.certificate: it needs a key beside it/],
    ['a name twice', { ...pairOf(shop), certificates: [pairOf(wild), pairOf(sign(['www.shop.example']))] },
      /tls\.certificates\[1\]\.certificate: tls\.certificate is for the name "www\.shop\.example", too/],
    ['a bad name', { certificates: [pairOf(shop, { names: ['a b'] })] }, /tls\.certificates\[0\]\.names: "a b": expected a name/],
    ['a bad wildcard', { certificates: [pairOf(shop, { names: ['w*.example'] })] }, /expected a name/],
  ])
    test(what, async t => {
      const file = configFile(t, { listen: https, login: 'off', tls: wrong })
      const { code, stderr } = await command('web', ['--check', '--config', file])
      assert.equal(code, 2, stderr)
      assert.match(stderr, words)
    })

  test('warnings: a name that the certificate has not, and no name', async t => {
    const certificates = [pairOf(shop, { names: ['else.example', 'shop.example'] }), pairOf(bare)]
    const file = configFile(t, { listen: https, login: 'off', tls: { ...pairOf(first), certificates } })
    const { code, stderr } = await command('web', ['--check', '--config', file])
    assert.equal(code, 0, stderr)
    assert.match(stderr, /tls\.certificates\[0\]\.names: the certificate is not for "else\.example"/)
    assert.match(stderr, /tls\.certificates\[1\]\.certificate: it has no DNS names/)
  })
})
