// Compressed answers: real clients decode them, and the coding is the one that Express (negotiator)
// and nginx choose.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { after, before, describe, test } from 'node:test'

import { authority } from '../e2e/lib/certificates.mjs'
import { ask } from '../e2e/lib/client.mjs'
import { anywhere, scenario } from '../e2e/lib/scenario.mjs'
import { chromium, curl, node, python } from './lib/clients.mjs'
import { startChromium } from './lib/chromium.mjs'
import { startGzip } from './lib/nginx_gzip.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))
const text = 'A text that becomes short. '.repeat(400)
const orders = Array.from({ length: 200 }, (_, i) => ({ id: `o${i}`, total: i }))
const things = { service: 'users', to: '/', access: 'public' }
const config = { compression: { algorithms: ['br', 'gzip'], types: ['text/*', 'application/json', 'text/event-stream'] },
  cache: {}, login: 'off', routes: [{ ...things, path: '/text' }, { ...things, path: '/cached', cache: { ttl: '1h' } },
    { ...things, path: '/events', service: 'products' }] }
const events = { send: async ({ res }) => {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  for (let i = 0; i < 3; i++) {
    res.write(`data: ${i}\n\n`)
    await new Promise(resolve => setImmediate(resolve))
  }
  res.end()
} }

const start = t => {
  const { certFile: certificate, keyFile: key, caFile } = (() => {
    const ca = authority(t)
    return { ...ca.sign(['IP:127.0.0.1']), caFile: ca.caFile }
  })()
  return scenario(t, 'web', { 'users *': { text, headers: { 'content-type': 'text/html' } }, 'orders *': { json: orders },
    'products *': events, 'recommendations *': { json: [] }, 'notifications *': { json: [] },
    'users /users/u1': { json: { id: 'u1' } } },
  { listen: [anywhere, 'https://127.0.0.1:0'], config: { ...config, tls: { certificate, key } } })
    .then(scene => ({ scene, caFile }))
}

const names = ['curl', 'curl, HTTP/2', 'curl, gzip only', "Node's fetch (undici)", 'requests', 'requests, TLS', 'Chromium',
  'Chromium, HTTP/2 over TLS']

describe('a compressed answer is decoded by', () => {
  const ends = []
  const file = { after: end => ends.unshift(end) }
  after(async () => { for (const end of ends) await end() })
  const paths = ['/api/dashboard/u1', '/text', '/cached', '/events']
  const wanted = {}
  let clients
  before(async () => {
    const { scene, caFile } = await start(file)
    const [url, secure] = scene.urls
    const browser = await startChromium(file)
    const at = (base, client, headers = []) => path => client({ url: base, method: 'GET', path, headers, bodyBytes: 0 })
    for (const path of paths) wanted[path] = await at(url, curl(caFile))(path)
    clients = { 'curl': at(url, curl(caFile, '--compressed')),
      'curl, HTTP/2': at(secure, curl(caFile, '--compressed', '--http2')),
      'curl, gzip only': at(url, curl(caFile, '--compressed'), [['Accept-Encoding', 'gzip']]),
      "Node's fetch (undici)": at(url, node(caFile)), 'requests': at(url, python('requests', caFile)),
      'requests, TLS': at(secure, python('requests', caFile)), 'Chromium': at(url, chromium(browser)),
      'Chromium, HTTP/2 over TLS': at(secure, chromium(browser)) }
    assert.deepEqual(Object.keys(clients), names)
  })

  for (const name of names) {
    test(name, async () => {
      const now = body => body.replace(/"loadedAt":"[^"]*"/, '')
      for (const path of paths) {
        const got = await clients[name](path)
        assert.deepEqual([got.status, now(got.text)], [200, now(wanted[path].text)], path)
      }
    })
  }
})

// Well-formed ones: negotiator takes weights above 1.
const accepts = [undefined, '', 'gzip', 'br', 'gzip, deflate, br', 'gzip, deflate, br, zstd', 'GZIP', 'deflate', 'identity', '*',
  '*;q=0', 'gzip;q=0', 'gzip;q=0, *', 'br;q=0, *;q=0.1', 'br;q=0.5, gzip', 'br;q=0.5, gzip;q=0.5', 'gzip;q=0.001',
  'br ; q=0.001 , gzip;q=0.002', 'gzip;q=1.000', 'gzip;q=0.5, identity', 'gzip, identity', 'identity;q=0.5, gzip;q=0.6',
  'identity;q=0, gzip', 'identity;q=0.5, *;q=0.3', 'gzip;q=0.000', 'deflate, gzip;q=1.0, *;q=0.5']

test('the coding is the one that Express chooses', async t => {
  const Negotiator = createRequire(beside('../../build/peers/'))('negotiator')
  const { scene } = await start(t)
  for (const accept of accepts) {
    const headers = accept === undefined ? {} : { 'accept-encoding': accept }
    const [want = 'identity'] = new Negotiator({ headers }).encodings(['br', 'gzip', 'identity'], { preferred: ['br', 'gzip'] })
    const got = await ask(scene.url, '/text', { headers })
    assert.equal(got.headers['content-encoding'] ?? 'identity', want, accept)
    assert.equal(got.headers.vary, 'Accept-Encoding', accept)
  }
})

// nginx knows no "*" and compares no weights.
test('gzip is given to those to whom nginx gives it', async t => {
  const url = await startGzip(t, text)
  const { scene } = await start(t)
  const known = accepts.filter(accept => !accept?.includes('*') && !accept?.includes('identity'))
  for (const accept of known) {
    const headers = accept === undefined ? {} : { 'accept-encoding': accept.replace(/\bbr\b/g, 'compress') }
    const want = await ask(url, '/page.html', { headers }), got = await ask(scene.url, '/text', { headers })
    assert.deepEqual([got.headers['content-encoding'], got.headers.vary],
      [want.headers['content-encoding'], want.headers.vary], accept)
  }
})
