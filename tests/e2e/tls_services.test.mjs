// Certificates of ours: services that ask for one get it, in calls, in health checks and after a
// reload.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { assertDone, reloadable } from './lib/reloading.mjs'
import { configFile, scenario } from './lib/scenario.mjs'
import { command } from './lib/server.mjs'
import { eventually } from './lib/wait.mjs'

const ca = authority({ after })
const theirs = ca.sign(['IP:127.0.0.1'])
const ours = ca.sign([], { subject: '/CN=bff' })
const next = ca.sign([], { subject: '/CN=next' })
const stranger = ca.sign([], { subject: '/CN=own', isOwn: true })
const pairOf = ({ certFile, keyFile }) => ({ certificate: certFile, key: keyFile })
const asking = version => ({ ...theirs, ca: ca.ca, requestCert: true, rejectUnauthorized: true,
  minVersion: version, maxVersion: version })
const who = { send: ({ req, res }) => res.end(req.socket.getPeerCertificate().subject.CN) }
const routes = [{ path: '/a', service: 'users', access: 'public' }]
const settings = (tls, more) => ({ login: 'off', routes, services: { users: { ca_file: ca.caFile, tls, ...more } } })
const options = (version, tls, more) => ({ services: { users: { tls: asking(version) } }, config: settings(tls, more) })

for (const version of ['TLSv1.2', 'TLSv1.3'])
  describe(`a service that asks over ${version}`, { concurrency: 4 }, () => {
    test('gets the certificate', async t => {
      const { get } = await scenario(t, 'web', { 'users *': who }, options(version, pairOf(ours)))
      assert.equal((await get('/a')).text, 'bff')
    })

    for (const [what, tls] of [['no certificate', undefined], ['one of nobody known', pairOf(stranger)]])
      test(`is away for a server with ${what}`, async t => {
        const { get, asked } = await scenario(t, 'web', { 'users *': who }, options(version, tls))
        assert.equal((await get('/a')).status, 502)
        assert.equal(asked('users').length, 0)
      })

    test('gets the new certificate after a reload, on new connections', async t => {
      const scene = await reloadable(t, { 'users *': who }, { ...options(version, pairOf(ours)) })
      assert.equal((await scene.get('/a')).text, 'bff')
      scene.change(config => { config.services.users.tls = pairOf(next) })
      assertDone(await scene.hup())
      assert.equal((await scene.get('/a')).text, 'next')
    })
  })

test('health checks have the certificate', async t => {
  const health = { path: '/up', interval: '100ms' }
  const { asked } = await scenario(t, 'web', { 'users *': who }, options('TLSv1.3', pairOf(ours), { health }))
  await eventually(() => asked('users').some(({ url }) => url === '/up'), 'a health check')
})

describe('mistakes', { concurrency: 4 }, () => {
  for (const [what, tls, words] of [
    ['the key of another certificate', { certificate: ours.certFile, key: next.keyFile },
      /services\.users\.tls\.key: .* does not fit the certificate/],
    ['no key', { certificate: ours.certFile }, /services\.users\.tls\.certificate: it needs a key beside it/],
    ['no certificate', { key: ours.keyFile }, /services\.users\.tls\.key: it needs a certificate beside it/],
    ['no such file', { certificate: '/nowhere.pem', key: ours.keyFile }, /services\.users\.tls\.certificate: "\/nowhere\.pem" cannot be read/],
  ])
    test(what, async t => {
      const file = configFile(t, { ...settings(tls), listen: 'http://127.0.0.1:0' })
      const { code, stderr } = await command('web', ['--check', '--config', file])
      assert.equal(code, 2, stderr)
      assert.match(stderr, words)
    })

  test('a warning when no endpoint has https', async t => {
    const file = configFile(t, { ...settings(pairOf(ours)), listen: 'http://127.0.0.1:0' })
    const { code, stderr } = await command('web', ['--check', '--config', file])
    assert.equal(code, 0, stderr)
    assert.match(stderr, /services\.users\.tls\.certificate: it has no effect/)
  })
})
