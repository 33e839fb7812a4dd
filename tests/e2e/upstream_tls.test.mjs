// Services over TLS: their certificates are checked in every TLS version, by host name and by IP
// address.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { pages, planOf } from './lib/pages.mjs'
import { scenario, stamped } from './lib/scenario.mjs'

const page = pages['web dashboard']
const refused = page.text({ user: { reason: 'connect' } })

const ca = authority({ after })

// A dashboard whose users service is asked by the name `host` and shows a certificate for `names`.
async function secure(t, { host = 'localhost', names, isOwn, isTrusted = true, ...more }) {
  const seen = []
  const SNICallback = (name, done) => { seen.push(name); done(null) }
  const tls = { ...ca.sign(names, { isOwn }), ...more, SNICallback }
  const config = { services: { users: isTrusted ? { ca_file: ca.caFile } : {} } }
  const scene = await scenario(t, 'web', planOf(page), {
    services: { users: { tls } }, config: isTrusted ? config : undefined,
    args: ['--workers', '1'],
    urlOf: { users: url => url.replace('127.0.0.1', host) },
  })
  return { ...scene, seen }
}

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  const only = { minVersion: version, maxVersion: version }

  describe(`a service over ${version}`, { concurrency: 4 }, () => {
    test('is asked by its name, on one connection', async t => {
      const { get, asked, seen } = await secure(t, { names: ['DNS:localhost'], ...only })
      assert.equal(stamped((await get(page.path)).text), page.text({}))
      assert.equal(stamped((await get(page.path)).text), page.text({}))

      const [first, second] = asked('users')
      assert.equal(first.socket.getProtocol(), version)
      assert.equal(first.connection, second.connection)
      assert.match(first.headers.host, /^localhost:\d+$/)
      assert.deepEqual(seen, ['localhost'])
    })

    test('is asked by its address', async t => {
      const { get, seen } = await secure(t, { host: '127.0.0.1', names: ['IP:127.0.0.1'], ...only })
      assert.equal(stamped((await get(page.path)).text), page.text({}))
      assert.deepEqual(seen, [])
    })

    for (const [why, what] of [
      ['its name is another', { names: ['DNS:wrong.example'] }],
      ['its address is another', { host: '127.0.0.1', names: ['IP:127.0.0.2'] }],
      ['its address is only a name', { host: '127.0.0.1', names: ['DNS:127.0.0.1'] }],
      ['it vouches for itself', { names: ['DNS:localhost'], isOwn: true }],
      ['nobody known vouches for it', { names: ['DNS:localhost'], isTrusted: false }],
    ]) {
      test(`is not asked when ${why}`, async t => {
        const { get, asked } = await secure(t, { ...what, ...only })
        const [first, second] = [await get(page.path), await get(page.path)]

        assert.equal(stamped(first.text), refused)
        assert.equal(stamped(second.text), refused) // not a session resumed past the check either
        assert.equal(asked('users').length, 0)
      })
    }

    test('that resets the connection', async t => {
      const { get, upstreams } = await secure(t, { names: ['DNS:localhost'], ...only })
      upstreams.plan['users /users/u1'] = { fault: 'reset' }
      assert.equal(stamped((await get(page.path)).text), page.text({ user: { reason: 'reset' } }))
    })
  })
}

describe('TLS and plain do not mix', { concurrency: 4 }, () => {
  test('a plain service that is asked over TLS', async t => {
    const { get } = await scenario(t, 'web', planOf(page), {
      urlOf: { users: url => url.replace('http:', 'https:') } })
    assert.equal(stamped((await get(page.path)).text), refused)
  })

  test('a TLS service that is asked in plain', async t => {
    const { get } = await scenario(t, 'web', planOf(page), {
      services: { users: { tls: ca.sign(['IP:127.0.0.1']) } },
      urlOf: { users: url => url.replace('https:', 'http:') } })
    const { reason } = (await get(page.path)).body.errors.user
    assert.ok(['reset', 'bad_http'].includes(reason), reason)
  })
})
