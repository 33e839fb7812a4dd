// White space around the value of a field is no part of it (RFC 9112 section 5.1), for all readers,
// and over HTTP/2, too.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectBare, connectHttp2 } from './lib/client.mjs'
import { upgradedBody } from './lib/http2_frames.mjs'
import { echo } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { signedIn, tokenFor } from './lib/token.mjs'
import { soon } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const path = '/api/users/1'
const close = 'Connection: close\r\n'
const host = 'Host: a\r\n'
const token = tokenFor()
const everywhere = { 'users *': echo, 'orders *': echo }
const bytesOf = text => Buffer.from(text, 'latin1')

async function stage(t, config) {
  const scene = await scenario(t, 'web', everywhere, { listen: [anywhere, 'https://127.0.0.1:0'],
    config: { tls: { certificate: certFile, key: keyFile }, ...config } })
  const talk = async (bytes, isSecure) => {
    const [plain, secure] = scene.urls
    const bare = await connectBare(isSecure ? secure : plain, isSecure ? { ca: ca.ca } : {})
    bare.socket.write(bytesOf(bytes))
    const text = await soon(bare.ended, 'the answer')
    return { text, status: Number(/(?:^|\n)HTTP\/1\.1 ((?!100)\d{3})/.exec(text)?.[1]),
      body: text.slice(text.lastIndexOf('\r\n\r\n') + 4) }
  }
  return { ...scene, talk }
}

const request = (fields, body = '', method = 'POST') =>
  `${method} ${path} HTTP/1.1\r\n${fields}${close}\r\n${body}`
const own = `${host}${signedIn}`
const hidden = 'GET /api/users/hidden HTTP/1.1\r\nHost: a\r\n\r\n'
const chunked = '2\r\nab\r\n0\r\n\r\n'

// [why, the request, the body that the service gets]
const served = [
  ['a blank after Content-Length', request(`${own}Content-Length: 2 \r\n`, 'ab'), 'ab'],
  ['blanks and tabs after it', request(`${own}Content-Length:\t2 \t \r\n`, 'ab'), 'ab'],
  ['a blank after a length of nothing', request(`${own}Content-Length: 0 \r\n`), ''],
  ['a blank after chunked', request(`${own}Transfer-Encoding: chunked \r\n`, chunked), 'ab'],
  ['a tab after chunked', request(`${own}Transfer-Encoding:\tchunked\t\r\n`, chunked), 'ab'],
  ['a blank after Expect', request(`${own}Expect: 100-continue \r\nContent-Length: 2\r\n`, 'ab'),
    'ab'],
  ['a tab after Expect, without a body', request(`${own}Expect: 100-Continue\t\r\n`, '', 'GET'), ''],
  ['a blank after Authorization', request(`${host}Authorization: Bearer ${token} \r\n`, '', 'GET'), ''],
  ['blanks around all of it', request(`${host}Authorization: \t Bearer  ${token}\t \r\n`, '', 'GET'),
    ''],
  ['a blank after Host', request(`Host: a:80 \r\n${signedIn}`, '', 'GET'), ''],
]

// What could be read in two ways once it were repaired. [why, the request, status]
const refused = [
  ['a list of lengths', request(`${own}Content-Length: 2, 2 \r\n`, `ab${hidden}`), 400],
  ['a signed length', request(`${own}Content-Length: +2 \r\n`, `ab${hidden}`), 400],
  ['two numbers', request(`${own}Content-Length: 2 2\r\n`, `ab${hidden}`), 400],
  ['blanks and no length', request(`${own}Content-Length: \t \r\n`, hidden), 400],
  ['two lengths, one with a blank', request(`${own}Content-Length: 2 \r\nContent-Length: 2\r\n`,
    `ab${hidden}`), 400],
  ['a length beside chunked with a blank', request(
    `${own}Transfer-Encoding: chunked \r\nContent-Length: 2\r\n`, `${chunked}${hidden}`), 400],
  ['a blank before the colon', request(`${own}Transfer-Encoding : chunked\r\n`, chunked), 400],
  ['a tab before the colon', request(`${own}Content-Length\t: 2\r\n`, 'ab'), 400],
  ['a vertical tab after the value', request(`${own}Content-Length: 2\v\r\n`, 'ab'), 400],
  ['a form feed before it', request(`${own}Transfer-Encoding: \fchunked\r\n`, chunked), 400],
  ['a no-break space after it', request(`${own}Transfer-Encoding: chunked\xa0\r\n`, chunked), 400],
  ['a folded line with blanks only', request(`${own}Content-Length: 2\r\n \t\r\n`, 'ab'), 400],
  ['a folded value', request(`${own}Transfer-Encoding:\r\n chunked\r\n`, chunked), 400],
  ['a CR between blanks', request(`${own}X-A: b \r \r\n`, '', 'GET'), 400],
  ['NUL after a blank', request(`${own}X-A: b \0\r\n`, '', 'GET'), 400],
  ['blanks and no Host', request(`Host: \t \r\n${signedIn}`, '', 'GET'), 400],
  ['a blank inside a Host', request(`Host: a b \r\n${signedIn}`, '', 'GET'), 400],
  ['an expectation of something else', request(`${own}Expect: 200-ok \r\n`, '', 'GET'), 417],
]

describe('white space around a value', { concurrency: 2 }, () => {
  for (const isSecure of [false, true]) {
    const how = isSecure ? 'TLS' : 'TCP'
    test(`is not part of it, over ${how}`, async t => {
      const { talk } = await stage(t)
      for (const [why, bytes, want] of served) {
        const { status, text, body } = await talk(bytes, isSecure)
        assert.equal(status, 200, `${why}: ${text}`)
        assert.equal(JSON.parse(body).text, want, why)
      }
    })

    test(`does not make one of two readings, over ${how}`, async t => {
      const { talk, asked } = await stage(t)
      for (const [why, bytes, want] of refused) {
        const { status, text } = await talk(bytes, isSecure)
        assert.equal(status, want, `${why}: ${text}`)
        assert.equal(text.match(/HTTP\/1\.1 (?!100)/g).length, 1, why)
      }
      assert.deepEqual(asked(), [])
    })
  }

  test('reaches neither a service nor a condition', async t => {
    const { talk } = await stage(t, { routes: [{ path: '/api/users/', service: 'users',
      preserve_host: true, header: { name: 'X-Beta', value: 'on' } }] })
    const { body } = await talk(request(`Host: \t shop.example \r\n${signedIn}X-Beta: on\t\r\n` +
      'X-A: \t b  c \t\r\nX-Blank: \t \r\nCookie: d=e \r\nX-Request-Id: me \r\n', '', 'GET'))
    const fields = Object.fromEntries(JSON.parse(body).fields)
    const { host: there, 'x-forwarded-host': forwarded, 'x-a': a, 'x-blank': blank, cookie,
      'x-request-id': id } = fields
    assert.deepEqual([there, forwarded, a, blank, cookie, id],
      ['shop.example', 'shop.example', 'b  c', '', 'd=e', 'me'])
  })

  test('lets a preflight work as without it', async t => {
    const { talk } = await stage(t, { cors: { origins: ['https://shop.example'] } })
    const { text } = await talk(`OPTIONS ${path} HTTP/1.1\r\n${host}${close}` +
      'Origin: https://shop.example \r\nAccess-Control-Request-Method: PUT\t\r\n\r\n')
    assert.match(text, /^HTTP\/1\.1 204 [^]*access-control-allow-origin: https:\/\/shop\.example\r\n/i)
  })

  test('does not hide an upgrade to WebSocket', async t => {
    const { talk } = await stage(t)
    const { body } = await talk(`GET ${path} HTTP/1.1\r\n${own}Upgrade: websocket \r\n` +
      'Connection: upgrade, close \r\n\r\n')
    assert.ok(JSON.parse(body).fields.some(field => field.join() === 'upgrade,websocket'), body)
  })

  test('does not hide an upgrade to HTTP/2', async t => {
    const { url } = await stage(t)
    const bare = await connectBare(url)
    const write = bare.socket.write.bind(bare.socket)
    bare.socket.write = bytes => write(typeof bytes === 'string'
      ? bytes.replace('Upgrade: h2c', 'Upgrade: h2c \t') : bytes)
    assert.equal(JSON.parse(await upgradedBody(bare, path, token)).url, '/users/1')
  })
})

describe('white space around a value, over HTTP/2', { concurrency: 2 }, () => {
  for (const isSecure of [false, true]) {
    test(`is not part of it, over ${isSecure ? 'TLS' : 'TCP'}`, async t => {
      const { urls } = await stage(t, { routes: [{ path: '/api/users/', service: 'users',
        preserve_host: true, header: { name: 'X-Beta', value: 'on' } }] })
      const { ask, close: end } = await connectHttp2(urls[Number(isSecure)], { ca: ca.ca })
      for (const [why, more] of [['one request', {}], ['the same, from the table of HPACK', {}],
        ['Expect', { expect: '100-continue \t' }]]) {
        const { status, text, body } = await ask(path, { headers: { 'x-beta': 'on ', cookie: ' a=b ',
          authorization: `\tBearer ${token} `, ':authority': 'shop.example ', 'x-a': '\t b  c ',
          'x-blank': ' \t ', 'x-empty': '', 'x-request-id': ' me ', ...more } })
        assert.equal(status, 200, `${why}: ${text}`)
        const fields = Object.fromEntries(body.fields)
        const { host: there, 'x-a': a, 'x-blank': blank, 'x-empty': empty, cookie,
          'x-request-id': id } = fields
        assert.deepEqual([there, a, blank, empty, cookie, id],
          ['shop.example', 'b  c', '', '', 'a=b', 'me'], why)
      }
      end()
    })

    test(`does not make one of two readings, over ${isSecure ? 'TLS' : 'TCP'}`, async t => {
      const { urls, asked } = await stage(t)
      const { ask, close: end } = await connectHttp2(urls[Number(isSecure)], { ca: ca.ca }, token)
      for (const headers of [{ ':authority': ' \t' }, { ':authority': 'a b' }, { ':path': `${path} ` },
        { 'x-a': 'b \v' }, { ':method': 'GET ' }]) {
        const { status } = await ask(path, { headers })
        assert.equal(status, 400, JSON.stringify(headers))
      }
      assert.deepEqual(asked(), [])
      end()
    })
  }
})
