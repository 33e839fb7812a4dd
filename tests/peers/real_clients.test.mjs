// What clients and proxies really send, and what they make of our answers: curl, Node's fetch, Python,
// Chromium, and nginx and HAProxy in front of the server.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { authority } from '../e2e/lib/certificates.mjs'
import { anywhere, scenario } from '../e2e/lib/scenario.mjs'
import { eventually } from '../e2e/lib/wait.mjs'
import { realClients } from './lib/clients.mjs'

const names = ['curl', 'curl, h2c', 'curl, TLS', 'curl, HTTP/2 over TLS', "Node's fetch",
  "Node's fetch, TLS", "Python's http.client", "Python's http.client, TLS", 'requests',
  'requests, TLS', 'Chromium', 'Chromium, HTTP/2 over TLS', 'nginx in front', 'HAProxy in front',
  'HAProxy in front, HTTP/2']

const mebibyte = 1024 * 1024
const users = { path: '/api/users/', service: 'users', to: '/users/', access: 'public' }
const config = {
  trusted_proxies: ['127.0.0.0/8', '::1'],
  routes: [{ ...users, methods: ['GET', 'POST'], body_limit: '1MiB' },
    { ...users, path: '/api/shop/', service: 'orders', host: 'localhost' },
    { ...users, path: '/api/shop/', service: 'products' },
    { ...users, path: '/api/orders/', service: 'orders', access: 'signed-in', methods: ['POST'],
      body_limit: '64MiB' }],
}
const json = { ok: true }
const large = { status: 413, error: 'Payload too large' }
const refused = [
  ['10 MiB where 1 MiB is allowed', '/api/users/large', large],
  ['10 MiB in chunks', '/api/users/large', large, true],
  ['10 MiB without a token', '/api/orders/large', { status: 401, error: 'No token provided' }],
  ['10 MiB to nowhere', '/api/nowhere/large', { status: 404, error: 'Not found' }],
]

describe('a real client', () => {
  const ends = [] // of what all tests share, the last one first
  const file = { after: end => ends.unshift(end) }
  after(async () => {
    for (const end of ends) await end()
  })
  let scene, clients, browser
  before(async () => {
    const ca = authority(file)
    const { certFile, keyFile } = ca.sign(['IP:127.0.0.1', 'DNS:localhost'])
    scene = await scenario(file, 'web', { 'users *': { json }, 'orders *': { json },
      'products *': { json } }, { listen: [anywhere, 'https://127.0.0.1:0'],
      config: { ...config, tls: { certificate: certFile, key: keyFile } } })
    ;({ clients, browser } = await realClients(file,
      { plain: scene.urls[0], secure: scene.urls[1], caFile: ca.caFile }))
    assert.deepEqual(Object.keys(clients), names)
  })

  const ask = (name, target, more = {}) => clients[name](
    { method: 'GET', path: target, headers: [], bodyBytes: 0, ...more })
  const last = service => scene.asked(service).at(-1)

  for (const name of names) {
    test(`sends 150 cookies: ${name}`, async () => {
      const cookies = Array.from({ length: 150 }, (_, i) => [`c${i}`, `value${i}`])
      const isBrowser = name.startsWith('Chromium')
      if (isBrowser) {
        await browser.open(`${scene.urls[name === 'Chromium' ? 0 : 1]}/health`)
        for (const [key, value] of cookies) await browser.setCookie(key, value)
      }
      const line = cookies.map(pair => pair.join('=')).join('; ')
      const answer = await ask(name, `/api/users/cookies`,
        { headers: isBrowser ? [] : [['Cookie', line]] })
      if (isBrowser) await browser.clearCookies()

      assert.equal(answer.status, 200, JSON.stringify(answer))
      const { cookie } = last('users').headers
      assert.deepEqual(cookie.split('; ').sort(), line.split('; ').sort())
    })

    for (const [what, target, want, isChunked] of refused) {
      if (isChunked && name.startsWith('Chromium')) continue // it sends streams to nobody but HTTP/2
      test(`reads that it is refused while it sends ${what}: ${name}`, async () => {
        const path = `${target}/${names.indexOf(name)}${isChunked ? '-chunked' : ''}`
        for (let i = 0; i < 3; i++) {
          const answer = await ask(name, path,
            { method: 'POST', bodyBytes: 10 * mebibyte, isChunked })
          assert.equal(answer.status, want.status, JSON.stringify(answer))
          assert.equal(JSON.parse(answer.text).error, want.error)
        }
        assert.equal(scene.asked().filter(({ url }) => url.includes('large')).length, 0)
        await eventually(() => scene.server.texts().filter(line => line.includes(`${path}"`)).length >= 3,
          'the log of three requests')
        const lines = scene.server.lines().filter(line => line.path === path)
        assert.deepEqual(lines.map(({ status }) => status), [want.status, want.status, want.status],
          'nobody tries again')
      })
    }

    test(`is known by the address that a proxy has written with a port: ${name}`, async () => {
      const headers = [['X-Forwarded-For', '203.0.113.7:5678'], ['X-Forwarded-Proto', 'https, https']]
      const answer = await ask(name, '/api/users/address', { headers })

      assert.equal(answer.status, 200, JSON.stringify(answer))
      const seen = last('users').headers
      assert.equal(seen['x-real-ip'], '203.0.113.7')
      assert.equal(seen['x-forwarded-proto'], 'https')
    })

    test(`reaches the route of its host: ${name}`, async () => {
      const isProxy = name.includes('in front')
      const url = isProxy ? undefined : secureOrPlain(name)
      const headers = isProxy ? [['Host', 'localhost']] : []
      const answer = await ask(name, '/api/shop/1', { headers, ...(url && { url }) })

      assert.equal(answer.status, 200, JSON.stringify(answer))
      assert.equal(last('orders')?.url, '/users/1')
      scene.upstreams.requests.length = 0
    })
  }

  function secureOrPlain(name) {
    const url = new URL(scene.urls[name.includes('TLS') ? 1 : 0])
    url.hostname = 'localhost'
    return url.origin
  }
})
