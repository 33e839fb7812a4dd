// Who the client is when trusted proxies say so, in every spelling, and what they cannot say.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectHttp2 } from './lib/client.mjs'
import { echo } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { tokenFor } from './lib/token.mjs'
import { eventually } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const tls = { certificate: certFile, key: keyFile }
const trusted = ['127.0.0.1', '::1', '10.0.0.0/8', '2001:db8:1::/48']
const path = '/api/users/1'

const stage = (t, config, args) => scenario(t, 'web', { 'users *': echo, 'orders *': echo }, {
  listen: [anywhere, 'https://127.0.0.1:0', 'http://[::1]:0'],
  config: { tls, trusted_proxies: trusted, ...config }, args })

// What the service is told: { client, chain, proto, host, forwarded }.
function told({ status, body, text }) {
  assert.equal(status, 200, text)
  const fields = Object.fromEntries(body.fields)
  return { client: fields['x-real-ip'], chain: fields['x-forwarded-for'],
    proto: fields['x-forwarded-proto'], host: fields['x-forwarded-host'],
    forwarded: fields.forwarded }
}

// [why, X-Forwarded-For, the client]
const written = [
  ['an address', '203.0.113.7', '203.0.113.7'],
  ['a port', '203.0.113.7:5678', '203.0.113.7'],
  ['IPv6', '2001:db8::1', '2001:db8::1'],
  ['IPv6 in brackets', '[2001:db8::1]', '2001:db8::1'],
  ['IPv6 and a port', '[2001:DB8::1]:443', '2001:db8::1'],
  ['IPv4 as IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
  ['the same, and a port', '[::ffff:203.0.113.7]:443', '203.0.113.7'],
  ['quotes', '"[2001:db8::1]:443"', '2001:db8::1'],
  ['a zone', 'fe80::1%eth0', 'fe80::1'],
  ['a port, then a proxy with one', '203.0.113.7:5678, 10.0.0.9:1234', '203.0.113.7'],
  ['a proxy in its IPv6 form', '203.0.113.7, ::ffff:10.0.0.9', '203.0.113.7'],
  ['an IPv6 proxy with a port', '203.0.113.7, [2001:db8:1::9]:80', '203.0.113.7'],
  ['what the client made up', '1.2.3.4, 10.0.0.1, 203.0.113.7:1, 10.0.0.9', '203.0.113.7'],
  ['empty items', ', 203.0.113.7,, 10.0.0.9, ,', '203.0.113.7'],
  ['no blanks', '203.0.113.7,10.0.0.9', '203.0.113.7'],
  ['proxies only', '10.0.0.8, 10.0.0.9', '10.0.0.8'],
  ['unknown, then a proxy', '203.0.113.7, unknown, 10.0.0.9', '10.0.0.9'],
  ['unknown', 'unknown', '127.0.0.1'],
  ['unknown behind the client', '203.0.113.7, unknown', '127.0.0.1'],
  ['a hidden one', '203.0.113.7, _hidden, 10.0.0.9:80', '10.0.0.9'],
  ['a name', 'client.example, 10.0.0.9', '10.0.0.9'],
  ['an open quote of the client', '", 203.0.113.7, 10.0.0.9', '203.0.113.7'],
]

describe('X-Forwarded-For', { concurrency: 2 }, () => {
  test('names the client in every spelling, over each protocol', async t => {
    const { urls, get } = await stage(t)
    const plain = await connectHttp2(urls[0], {}, tokenFor())
    const secure = await connectHttp2(urls[1], { ca: ca.ca }, tokenFor())
    const asks = [get, plain.ask, secure.ask, (where, what) =>
      get(where, { ...what, url: urls[1], tls: { ca: ca.ca } })]
    for (const [why, chain, client] of written) {
      for (const ask of asks) {
        const got = told(await ask(path, { headers: { 'x-forwarded-for': chain } }))
        assert.equal(got.client, client, why)
        assert.equal(got.chain, `${chain.trim()}, 127.0.0.1`, why)
      }
    }
    plain.close()
    secure.close()
  })

  test('may come in several lines', async t => {
    const { get } = await stage(t)
    const { client, chain } = told(await get(path, { headers:
      { 'x-forwarded-for': ['1.2.3.4', '203.0.113.7:80', '[::ffff:10.0.0.9]:1'] } }))
    assert.deepEqual([client, chain],
      ['203.0.113.7', '1.2.3.4, 203.0.113.7:80, [::ffff:10.0.0.9]:1, 127.0.0.1'])
  })

  test('is read from an IPv6 proxy', async t => {
    const { urls, get } = await stage(t)
    const { client, chain } = told(await get(path, { url: urls[2], headers:
      { 'x-forwarded-for': '203.0.113.7:80' } }))
    assert.deepEqual([client, chain], ['203.0.113.7', '203.0.113.7:80, ::1'])
  })

  test('is nothing from anybody else', async t => {
    const { get } = await stage(t, { trusted_proxies: ['10.0.0.0/8'] })
    const got = told(await get(path, { headers: { host: 'a', forwarded: 'for=1.2.3.4',
      'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'b' } }))
    assert.deepEqual(got, { client: '127.0.0.1', chain: '127.0.0.1', proto: 'http', host: 'a',
      forwarded: undefined })
  })
})

// [why, X-Forwarded-For, X-Forwarded-Proto, protocol]; the connection is http.
const protocols = [
  ['one', '203.0.113.7', 'https', 'https'],
  ['one for two proxies', '203.0.113.7, 10.0.0.9', 'https', 'https'],
  ['the same twice', '203.0.113.7, 10.0.0.9', 'https, https', 'https'],
  ['the same twice, for one proxy', '203.0.113.7', 'https, https', 'https'],
  ['the same twice, in two lines', '203.0.113.7, 10.0.0.9', ['https', 'https'], 'https'],
  ['https outside, http inside', '203.0.113.7, 10.0.0.9', 'https, http', 'https'],
  ['http outside, https inside', '203.0.113.7, 10.0.0.9', 'http,https', 'http'],
  ['a value that the client made up', '203.0.113.7', 'https, http', 'http'],
  ['values and addresses that the client made up', '1.2.3.4, 203.0.113.7', 'https, http', 'http'],
  ['many made up', '203.0.113.7, 10.0.0.9', 'https, https, http, http', 'http'],
  ['two for three proxies', '203.0.113.7, 10.0.0.8, 10.0.0.9', 'https, http', 'https'],
  ['no address', undefined, 'https, http', 'http'],
  ['an unknown client', 'unknown, 10.0.0.9', 'https, http', 'https'],
  ['empty items', '203.0.113.7, 10.0.0.9', ', https,, http ,', 'https'],
  ['nothing', '203.0.113.7', '', 'http'],
  ['no token', '203.0.113.7', 'ht tp', 'http'],
]

describe('X-Forwarded-Proto and -Host', { concurrency: 2 }, () => {
  test('are those of the proxy that names the client', async t => {
    const { get } = await stage(t)
    for (const [why, chain, protos, want] of protocols) {
      const hosts = [protos].flat().join().replaceAll('https', 'a.example').replaceAll('http', 'b.example')
      const { proto, host } = told(await get(path, { headers: { host: 'c.example',
        'x-forwarded-proto': protos, 'x-forwarded-host': hosts,
        ...(chain === undefined ? {} : { 'x-forwarded-for': chain }) } }))
      assert.equal(proto, want, why)
      const wantHost = want === 'https' ? 'a.example' : /http/.test(protos) ? 'b.example' : 'c.example'
      assert.equal(host, wantHost, why)
    }
  })

  test('are not what cannot be a host', async t => {
    const { get } = await stage(t)
    for (const host of ['a b', 'u@a', 'a/b', 'a..b', '"a"', '[::1']) {
      const got = told(await get(path, { headers: { host: 'c.example', 'x-forwarded-host': host } }))
      assert.equal(got.host, 'c.example', host)
    }
  })
})

// [why, Forwarded, what the service is told: client, proto, host, and the chain before the proxy]
const forwarded = [
  ['all of it', 'for=203.0.113.7;proto=https;host=shop.example;by=10.0.0.1',
    '203.0.113.7', 'https', 'shop.example', '203.0.113.7'],
  ['IPv6', 'for="[2001:db8::1]"', '2001:db8::1', 'http', 'c', '2001:db8::1'],
  ['ports', 'FOR="[2001:db8::1]:443";Host="shop.example:8443"',
    '2001:db8::1', 'http', 'shop.example:8443', '2001:db8::1'],
  ['two proxies', 'for=203.0.113.7;proto=https;host=a, for="10.0.0.9:80";proto=http;host=b',
    '203.0.113.7', 'https', 'a', '203.0.113.7, 10.0.0.9'],
  ['the outer one says less', 'for=203.0.113.7, for=10.0.0.9;proto=https;host=b',
    '203.0.113.7', 'https', 'b', '203.0.113.7, 10.0.0.9'],
  ['what the client made up', 'for=1.2.3.4;proto=https;host=evil, for=203.0.113.7;proto=http;host=a',
    '203.0.113.7', 'http', 'a', '203.0.113.7'],
  ['an open quote of the client', 'for="1.2.3.4, for=203.0.113.7;proto=https;host="a"',
    '203.0.113.7', 'https', 'a', '203.0.113.7'],
  ['a comma in quotes of the client', 'for="1.2.3.4, ", for=203.0.113.7;host="a"',
    '203.0.113.7', 'http', 'a', '203.0.113.7'],
  ['a hidden client', 'for=_gazonk;proto=https;host=a', '127.0.0.1', 'https', 'a', ''],
  ['an unknown client behind a proxy', 'for=1.2.3.4, for=unknown;proto=https, for=10.0.0.9;proto=http',
    '10.0.0.9', 'https', 'c', '10.0.0.9'],
  ['no client', 'proto=https', '127.0.0.1', 'https', 'c', ''],
  ['a client twice', 'for=1.2.3.4;for=203.0.113.7;proto=https', '127.0.0.1', 'http', 'c', ''],
  ['empty items', ', for=203.0.113.7 ; proto=https,,', '203.0.113.7', 'https', 'c', '203.0.113.7'],
  ['no parameter', '203.0.113.7', '127.0.0.1', 'http', 'c', ''],
  ['a host that is none', 'for=203.0.113.7;host="a b"', '203.0.113.7', 'http', 'c', '203.0.113.7'],
]

describe('Forwarded', { concurrency: 2 }, () => {
  test('names the client where a setting says so, over each protocol', async t => {
    const { urls, get } = await stage(t, { trusted_headers: 'forwarded' })
    const { ask, close } = await connectHttp2(urls[0], {}, tokenFor())
    for (const [why, value, client, proto, host, before] of forwarded) {
      const want = { client, proto, host, chain: [before, '127.0.0.1'].filter(Boolean).join(', '),
        forwarded: undefined }
      assert.deepEqual(told(await get(path, { headers: { host: 'c', forwarded: value } })), want, why)
      const second = await ask(path, { headers: { ':authority': 'c', forwarded: value } })
      assert.deepEqual(told(second), want, `${why}, over HTTP/2`)
    }
    close()
  })

  test('does not end, and may come in lines', async t => {
    const { get } = await stage(t, { trusted_headers: 'forwarded' })
    const loop = Array.from({ length: 90 }, (_, i) => `for=10.0.0.${i}`)
    const { client, chain } = told(await get(path, { headers: { forwarded: loop } }))
    assert.equal(client, '10.0.0.58')
    assert.equal(chain.split(', ').length, 33)
  })

  const both = { forwarded: 'for=198.51.100.1;proto=https;host=f', 'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'wss', 'x-forwarded-host': 'x' }
  for (const [kind, client, proto, host] of [['x-forwarded', '203.0.113.7', 'wss', 'x'],
    ['forwarded', '198.51.100.1', 'https', 'f']]) {
    test(`beside X-Forwarded-For: only what ${kind} names is read`, async t => {
      const { get } = await stage(t, { trusted_headers: kind })
      const got = told(await get(path, { headers: both }))
      assert.deepEqual(got, { client, proto, host, chain: `${client}, 127.0.0.1`,
        forwarded: undefined })
    })
  }
})

test('the log has the client, on pages and refusals, and the connection of a bad request', async t => {
  const { get, server } = await stage(t, {}, ['--workers', '1'])
  const ask = (where, headers, as) => get(where, { as, headers: { 'x-forwarded-for': '[2001:db8::1]:80',
    ...headers } })
  await ask('/health')
  await ask(path, {}, null)
  await ask('/api/dashboard/%00')
  await ask(path, { host: 'a..b' })
  const lines = () => server.lines().filter(({ event }) => event === 'request')
  await eventually(() => lines().length === 4, 'four lines')
  assert.deepEqual(lines().map(({ status, client }) => [status, client]), [[200, '2001:db8::1'],
    [401, '2001:db8::1'], [400, '2001:db8::1'], [400, '127.0.0.1']])
})
