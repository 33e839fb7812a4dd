// The log on standard output: a line for each request and for each event. A reader that does not
// read the log does not delay any request.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { pages, planOf } from './lib/pages.mjs'
import { anywhere, open, scenario } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { eventually, soon } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const secure = {
  listen: [anywhere, 'https://127.0.0.1:0'],
  config: { login: 'off', tls: { certificate: certFile, key: keyFile } },
}

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const headers = { 'x-request-id': 'r-1', traceparent: `00-${trace}-00f067aa0ba902b7-01` }

const isRequest = text => text.includes('"event":"request"')
const isNow = time => Math.abs(Date.parse(time) - Date.now()) < 60_000

// A line without what differs each time, once that is known to be what it should be: an endpoint
// is named by its service.
function settled(text, urls) {
  const places = Object.fromEntries(
    Object.entries(urls).map(([service, url]) => [new URL(url).host, service]))
  return text
    .replace(/"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/,
      (_, time) => `"time":"${isNow(time) ? 'now' : time}"`)
    .replace(/"duration_ms":\d+\.\d{3},/, '"duration_ms":0,')
    .replace(/"ms":\d+\.\d(?=[,}])/g, '"ms":0')
    .replace(/"endpoint":"([^"]*)"/g, (_, at) => `"endpoint":"${places[at] ?? at}"`)
}

// The lines of requests so far, when there are `count` of them.
async function requests({ server, upstreams }, count = 1) {
  const texts = () => server.texts().filter(isRequest)
  await eventually(() => texts().length >= count, `${count} lines of requests`)
  return texts().map(text => settled(text, upstreams.urls))
}

const line = ({ parts, ...more }) => JSON.stringify({
  time: 'now', event: 'request', id: 'r-1', trace, client: '127.0.0.1', method: 'GET', path: '/',
  protocol: 'HTTP/1.1', tls: null, status: 200, bytes: 0, duration_ms: 0, user: null, ...more,
  ...(parts && { parts }),
})

const part = (service, outcome = 'ok', status = 200) =>
  ({ outcome, ms: 0, service, endpoint: service, retries: 0, ...(status && { status }) })
const list = (endpoint, calls, outcome, status) => {
  const { outcome: first, ms, ...rest } = part(endpoint, outcome, status)
  return { outcome: first, ms, calls, ...rest }
}

const dashboard = pages['web dashboard']
const product = pages['web product']
const checkout = pages['web checkout']
const well = {
  user: part('users'), recentOrders: part('orders'), recommendations: part('recommendations'),
  unreadNotifications: part('notifications'),
}
const bytes = answer => answer.bytes.length

const fromHttp2 = async ({ http2: connect, urls }) =>
  (await connect({ ca: ca.ca }, urls[1])).ask(dashboard.path, { headers })
const get = (path, options) => scene => scene.get(path, { headers, ...options })

const rows = {
  'a page with all its parts': {
    plan: planOf(dashboard), ask: get(dashboard.path),
    want: answer => ({ path: dashboard.path, bytes: bytes(answer), parts: well }),
  },
  'a page of which a part is missing': {
    plan: planOf(dashboard, { recentOrders: { status: 503 } }), ask: get(dashboard.path),
    want: answer => ({ path: dashboard.path, bytes: bytes(answer),
      parts: { ...well, recentOrders: part('orders', 'status', 503) } }),
  },
  'a page that cannot be': {
    plan: planOf(product, { product: { status: 500 }, reviews: { fault: 'hang' },
      inventory: { fault: 'hang' } }),
    ask: get(product.path),
    want: answer => ({ path: product.path, status: 502, bytes: bytes(answer), parts: {
      product: part('products', 'status', 500), reviews: part('reviews', 'cancelled', 0),
      inventory: part('inventory', 'cancelled', 0) } }),
  },
  'a list of calls': {
    plan: planOf(checkout), ask: get(checkout.path),
    want: answer => ({ path: checkout.path, bytes: bytes(answer), parts: {
      order: part('orders'), user: part('users'), products: list('products', 2) } }),
  },
  'a list of which one failed': {
    plan: planOf(checkout, { 'products[1]': { text: '{' } }),
    ask: get(checkout.path),
    want: answer => ({ path: checkout.path, bytes: bytes(answer), parts: {
      order: part('orders'), user: part('users'),
      products: list('products', 2, 'bad_json') } }),
  },
  'parts that were not begun': {
    plan: planOf(checkout, { order: { status: 404 } }), ask: get(checkout.path),
    want: answer => ({ path: checkout.path, status: 404, bytes: bytes(answer), parts: {
      order: part('orders', 'status', 404), user: { outcome: 'cancelled', ms: 0 },
      products: { outcome: 'cancelled', ms: 0, calls: 0 } } }),
  },
  'HEAD': {
    plan: planOf(dashboard), ask: get(dashboard.path, { method: 'HEAD' }),
    want: () => ({ method: 'HEAD', path: dashboard.path, parts: well }),
  },
  'HTTP/2 over TLS': {
    plan: planOf(dashboard), ask: fromHttp2,
    want: answer => ({ path: dashboard.path, protocol: 'HTTP/2', tls: 'TLSv1.3',
      bytes: bytes(answer), parts: well }),
  },
  'a path that nobody knows': {
    ask: get('/caf%C3%A9/%22?a=1'),
    want: answer => ({ path: '/caf%C3%A9/%22', status: 404, bytes: bytes(answer) }),
  },
  'a method that the page lacks': {
    ask: get(dashboard.path, { method: 'DELETE' }),
    want: answer =>
      ({ method: 'DELETE', path: dashboard.path, status: 405, bytes: bytes(answer) }),
  },
  'a parameter that is none': {
    ask: get('/api/products/%00'),
    want: answer => ({ path: '/api/products/%00', status: 400, bytes: bytes(answer) }),
  },
}

test('a request is told in one line', { concurrency: 4 }, async t => {
  await Promise.all(Object.entries(rows).map(([why, { plan, ask, want }]) =>
    t.test(why, async t => {
      const scene = await scenario(t, 'web', plan, secure)
      const answer = await ask(scene)
      assert.deepEqual(await requests(scene), [line(want(answer))])
    })))
})

describe('a request that is refused at the door', () => {
  const told = 'X-Request-Id: r-1\r\nConnection: close\r\n' +
    `traceparent: ${headers.traceparent}\r\n\r\n`
  const refused = {
    'bytes that are no text': {
      head: 'GET /a\xff"\\\xe2\x82\xacz HTTP/1.1', want: { path: '/a\ufffd"\\\u20acz' } },
    'a control character in another guise': {
      head: 'GET /\xc2\x9b31m HTTP/1.1', want: { path: '/\u009b31m' }, escaped: /\/\\u009b31m/ },
    'no such method': { head: 'B\\REW / HTTP/1.1', want: { method: 'B\\REW', status: 400 } },
    'an address with a password': {
      head: 'GET http://me:secret@shop.example/\x80?secret HTTP/1.1', want: { path: '/\ufffd' } },
    'HTTP/1.0': { head: 'GET /\xff HTTP/1.0',
      want: { path: '/\ufffd', protocol: 'HTTP/1.0' } },
    'a path without end': {
      head: `GET /\xff${'a'.repeat(20_000)} HTTP/1.1`,
      want: { path: `/\ufffd${'a'.repeat(4094)}`, status: 414 } },
  }
  for (const [why, { head, want, escaped = /./ }] of Object.entries(refused)) {
    test(why, async t => {
      const scene = await scenario(t, 'web', {}, open)
      const answer = await scene.talk(Buffer.from(`${head}\r\nHost: a\r\n${told}`, 'latin1'))
      const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
      const [text] = await requests(scene)

      assert.deepEqual(JSON.parse(text),
        JSON.parse(line({ status: 400, bytes: body.length, ...want })))
      assert.match(text, escaped)
      assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f]/)
    })
  }
})

describe('a client that leaves', () => {
  const hang = { fault: 'hang' }
  const all = { 'users *': hang, 'orders *': hang, 'recommendations *': hang,
    'notifications *': hang }
  const gone = Object.fromEntries(
    Object.entries(well).map(([name, { endpoint }]) => [name, part(endpoint, 'cancelled', 0)]))
  const over = {
    'HTTP/1.1': async ({ bare }) => {
      const { socket } = await bare()
      socket.write(`GET ${dashboard.path} HTTP/1.1\r\nHost: a\r\nX-Request-Id: r-1\r\n` +
        `traceparent: ${headers.traceparent}\r\n\r\n`)
      return () => socket.destroy()
    },
    'HTTP/2': async ({ http2: connect }) => {
      const { open } = await connect()
      const stream = open(dashboard.path, { headers })
      stream.on('error', () => undefined)
      return () => stream.close(http2.constants.NGHTTP2_CANCEL)
    },
  }
  for (const [protocol, ask] of Object.entries(over)) {
    test(`over ${protocol} is told as 499`, async t => {
      const scene = await scenario(t, 'web', all, open)
      const leave = await ask(scene)
      await Promise.all(['users', 'orders', 'recommendations', 'notifications'].map(
        service => scene.arrival(service)))
      leave()

      assert.deepEqual(await requests(scene),
        [line({ path: dashboard.path, protocol, status: 499, parts: gone })])
    })
  }
})

test('nothing secret is told', async t => {
  const scene = await scenario(t, 'web', planOf(dashboard), open)
  const secrets = { authorization: 'Bearer secret', cookie: 'session=secret', 'x-api-key': 'secret',
    referer: 'http://a/?secret', 'user-agent': 'secret', 'x-user-id': 'secret' }
  const paths = [dashboard.path, '/nowhere', '/api/products/%00', '/%zz']
  for (const path of paths) await scene.get(`${path}?token=secret`, { headers: secrets })
  await scene.get('/nowhere?token=secret', { method: 'BREW', headers: secrets })
  await scene.talk('GET /\xff?token=secret HTTP/1.1\r\nHost: secret\r\nConnection: close\r\n' +
    'Authorization: secret\r\n\r\n')
  await requests(scene, paths.length + 2)
  await scene.server.stop()

  assert.doesNotMatch(scene.server.stdout, /secret/i)
})

test('every request of several workers has its line', async t => {
  const scene = await scenario(t, 'web', {}, { ...open, args: ['--workers', '3'] })
  const ids = Array.from({ length: 300 }, (_, i) => `r-${i}`)
  await Promise.all(Array.from({ length: 10 }, async (_, i) => {
    for (const id of ids.slice(30 * i, 30 * i + 30)) {
      await scene.get('/nowhere', { headers: { 'x-request-id': id } })
    }
  }))
  await scene.server.stop()
  const told = scene.server.lines().filter(({ event }) => event === 'request').map(({ id }) => id)

  assert.deepEqual(told.sort(), ids.sort())
})

test('the ready line is the first, and the drain is told behind all', async t => {
  const scene = await scenario(t, 'web', {}, open)
  await scene.get('/nowhere')
  await requests(scene)
  await scene.server.stop()
  const events = scene.server.lines().map(({ event, time }) => (isNow(time) ? event : [event, time]))

  assert.deepEqual(events, ['ready', 'request', 'draining', 'drained'])
})

describe('whoever does not read', () => {
  const long = `/${'a'.repeat(4000)}`
  // More than a ring and a socket hold.
  async function flood({ get }, count = 1000) {
    await Promise.all(Array.from({ length: 10 }, async () => {
      for (let i = 0; i < count / 10; i++) assert.equal((await get(long)).status, 404)
    }))
  }
  const oneWorker = { ...open, args: ['--workers', '1'] }

  test('holds nobody up, and is told what was missed', async t => {
    const scene = await scenario(t, 'web', {}, oneWorker)
    scene.server.child.stdout.pause()
    await flood(scene)
    scene.server.child.stdout.resume()
    const told = () => scene.server.lines().filter(({ event }) => event === 'log_dropped')
    await eventually(() => told().length > 0, 'the count of dropped lines')
    assert.equal((await scene.get('/nowhere')).status, 404)
    await scene.server.stop()

    const dropped = told().reduce((sum, { lines }) => sum + lines, 0)
    assert.equal(scene.server.texts().filter(isRequest).length + dropped, 1001)
    assert.ok(dropped > 0 && dropped < 1000, `${dropped} of 1001`)
  })

  test('does not keep the server from ending', async t => {
    const scene = await scenario(t, 'web', {}, oneWorker)
    const { child } = scene.server
    child.stdout.pause()
    await flood(scene)
    child.kill('SIGTERM')
    const [code, signal] = await soon(once(child, 'exit'), 'the exit')
    child.stdout.resume()
    await assertEnd(scene.server)

    assert.deepEqual({ code, signal }, { code: 0, signal: null })
  })

  test('and is gone is told on standard error, once', async t => {
    const scene = await scenario(t, 'web', {}, oneWorker)
    const { server } = scene
    server.child.stdout.destroy()
    await eventually(async () => {
      await scene.get('/nowhere')
      return server.stderr.includes('the log ends here')
    }, 'the end of the log')
    await flood(scene, 100)
    server.isStopped = true
    server.child.kill('SIGTERM')

    assert.deepEqual(await soon(server.ended, 'the end'), { code: 0, signal: null })
    assert.deepEqual(server.stderr.match(/^.*the log ends.*$/gm),
      ['the log ends here: standard output: Broken pipe'])
  })
})
