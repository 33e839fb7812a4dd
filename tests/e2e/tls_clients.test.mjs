// Certificates of clients: who is let in, and what services learn of them.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { X509Certificate } from 'node:crypto'

import { authority } from './lib/certificates.mjs'
import { shake } from './lib/handshakes.mjs'
import { assertDone, reloadable } from './lib/reloading.mjs'
import { configFile, scenario } from './lib/scenario.mjs'
import { command } from './lib/server.mjs'

const ca = authority({ after })
const otherCa = authority({ after })
const own = ca.sign(['DNS:a'])
const robot = ca.sign([], { subject: '/CN=robot/O=Shop' })
const stranger = otherCa.sign([], { subject: '/CN=robot/O=Shop' })
const shown = ({ cert, key }) => ({ cert, key })
const fingerprint = ({ cert }) => new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase()
const https = ['https://127.0.0.1:0']
const tlsWith = client => ({ certificate: own.certFile, key: own.keyFile, client: { ca_file: ca.caFile, ...client } })
const routes = [{ path: '/a', service: 'users', access: 'public' },
  { path: '/only', service: 'users', access: 'public', client_certificate: 'required' },
  { path: '/cached', service: 'users', access: 'public', cache: { ttl: '1m' } }]
const told = { send: ({ req, res }) => {
  const lines = Object.entries(req.headers).filter(([name]) => /client|robot/i.test(name))
  res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' })
  res.end(JSON.stringify(lines))
} }
const bodyOf = ({ text }) => Object.fromEntries(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4).replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '')))
const stage = (t, client, config = {}) => scenario(t, 'web', { 'users *': told },
  { listen: https, config: { login: 'off', tls: tlsWith(client), routes, ...config } })
const identity = { 'x-client-subject': 'O=Shop,CN=robot', 'x-client-fingerprint': fingerprint(robot) }

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'])
  describe(`over ${maxVersion}`, { concurrency: 2 }, () => {
    test('optional: services learn who a client is, also when the session resumes', async t => {
      const { url } = await stage(t, { verify: 'optional' })
      const first = await shake(url, { maxVersion, ...shown(robot) })
      assert.deepEqual(bodyOf(first), identity)
      const again = await shake(url, { maxVersion, session: first.session })
      assert.equal(again.isReused, true)
      assert.deepEqual(bodyOf(again), identity)
      assert.deepEqual(bodyOf(await shake(url, { maxVersion })), {})
      assert.ok((await shake(url, { maxVersion, ...shown(stranger) })).error)
    })

    test('required: nobody without a good certificate is let in', async t => {
      const { url } = await stage(t, { verify: 'required' })
      assert.deepEqual(bodyOf(await shake(url, { maxVersion, ...shown(robot) })), identity)
      assert.ok((await shake(url, { maxVersion })).error)
      assert.ok((await shake(url, { maxVersion, ...shown(stranger) })).error)
    })

    test('a revoked certificate is refused', async t => {
      const revoked = ca.sign([], { subject: '/CN=old' })
      const { url } = await stage(t, { verify: 'optional', crl_file: ca.revoke(revoked.certFile) })
      assert.ok((await shake(url, { maxVersion, ...shown(revoked) })).error)
      assert.deepEqual(bodyOf(await shake(url, { maxVersion, ...shown(robot) })), identity)
    })

    test('after a reload with another authority, no old session passes', async t => {
      const { url, change, hup } = await reloadable(t, { 'users *': told },
        { listen: https, config: { tls: tlsWith({ verify: 'required' }), routes } })
      const { session } = await shake(url, { maxVersion, ...shown(robot) })
      const resume = () => shake(url, { maxVersion, session })
      assert.equal((await resume()).isReused, true)
      change(settings => { settings.tls.client.ca_file = otherCa.caFile })
      assertDone(await hup())
      assert.ok((await resume()).error)
      assert.equal((await shake(url, { maxVersion, session, ...shown(stranger) })).isReused, false)
    })
  })

test('a client cannot send the headers, in any spelling', async t => {
  const { url } = await stage(t, { verify: 'optional', header: 'X-Robot' })
  const headers = { 'X-Client-Subject': 'CN=a', 'x_client_subject': 'CN=b', 'X.Client.Subject': 'CN=c',
    'X-CLIENT-FINGERPRINT': 'd', 'X-Robot': 'CN=e', 'X.Robot': 'CN=f', 'x_robot': 'CN=g' }
  assert.deepEqual(bodyOf(await shake(url, { headers })), {})
  assert.deepEqual(bodyOf(await shake(url, { headers, ...shown(robot) })),
    { 'x-robot': identity['x-client-subject'], 'x-client-fingerprint': identity['x-client-fingerprint'] })
})

test('the subject is printable ASCII, and one that is very long is left out', async t => {
  const { url } = await stage(t, { verify: 'optional' })
  const odd = ca.sign([], { subject: '/CN=Zo\u00eb, "A"\r\nX-User-Id: 1' })
  const subject = bodyOf(await shake(url, shown(odd)))['x-client-subject']
  assert.equal(subject, 'CN=Zo\\C3\\AB\\, \\"A\\"\\0D\\0AX-User-Id: 1')
  const units = Array.from({ length: 40 }, (_, i) => `/OU=${String(i).padEnd(60, 'x')}`).join('')
  const long = ca.sign([], { subject: `/CN=long${units}` })
  assert.deepEqual(Object.keys(bodyOf(await shake(url, shown(long)))), ['x-client-fingerprint'])
})

test('a route can require a certificate', async t => {
  const { url } = await stage(t, { verify: 'optional' })
  const refused = await shake(url, { path: '/only' })
  assert.equal(refused.status, 403)
  assert.match(refused.text, /"error":"Client certificate required"/)
  assert.equal((await shake(url, { path: '/only', ...shown(robot) })).status, 200)
  assert.equal((await shake(url)).status, 200)
})

test('a cached answer is not given to another client', async t => {
  const { url } = await stage(t, { verify: 'optional' })
  const second = ca.sign([], { subject: '/CN=second' })
  const subjectOf = async options => bodyOf(await shake(url, { path: '/cached', ...options }))['x-client-subject']
  for (let i = 0; i < 2; i++)
    assert.deepEqual([await subjectOf(shown(robot)), await subjectOf(shown(second)), await subjectOf({})],
      [identity['x-client-subject'], 'CN=second', undefined])
})

describe('mistakes', { concurrency: 4 }, () => {
  for (const [what, client, words] of [
    ['no authorities', { verify: 'required', ca_file: undefined }, /tls\.client\.verify: it needs tls\.client\.ca_file/],
    ['a key in place of authorities', { verify: 'optional', ca_file: own.keyFile }, /tls\.client\.ca_file: .* holds no certificate/],
    ['a certificate in place of a list', { verify: 'optional', crl_file: own.certFile }, /tls\.client\.crl_file: .* holds no revocation list/],
    ['another word', { verify: 'on' }, /tls\.client\.verify: "on": expected off, optional or required/],
    ['a header of ours', { verify: 'optional', header: 'X-User-Id' }, /tls\.client\.header: "X-User-Id": the server alone says/],
    ['a header of API keys', { verify: 'optional', header: 'X-Key' }, /tls\.client\.header: api_keys\.header has the same header/],
    ['a header that a route sets', { verify: 'optional', header: 'X-Set' }, /routes\[3\]\.request_headers\.set: the subject of clients is in this header/],
    ['a route that nobody can use', { verify: 'off' }, /client_certificate: no client has one/],
  ])
    test(what, async t => {
      const set = { path: '/set', service: 'users', access: 'public', request_headers: { set: { 'X-Set': 'a' } } }
      const file = configFile(t, { listen: https, login: 'off', tls: tlsWith(client), routes: [...routes, set],
        api_keys: { service: { name: 'notifications', path: '/keys' }, header: 'X-Key' } })
      const { code, stderr } = await command('web', ['--check', '--config', file])
      assert.equal(code, 2, stderr)
      assert.match(stderr, words)
    })
})
