// The Connection field of a request, and OPTIONS *.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectFrames, request } from './lib/h2_raw.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { soon } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const secure = { listen: [anywhere, 'https://127.0.0.1:0'],
  config: { tls: { certificate: certFile, key: keyFile } } }
const doors = { 'HTTP/1.1': 0, 'HTTP/1.1 over TLS': 1 }

// [the version, the lines, whether the connection goes on] (RFC 9112 section 9.3)
const rules = [
  ['1.1', [], true],
  ['1.1', ['Connection: foo'], true],
  ['1.1', ['Connection: X-A, X-B'], true],
  ['1.1', ['Connection:'], true],
  ['1.1', ['Connection: keep-alive'], true],
  ['1.1', ['Connection: Keep-Alive, foo'], true],
  ['1.1', ['Connection: Upgrade', 'Upgrade: foo'], true],
  ['1.1', ['Connection: TE', 'TE: trailers'], true],
  ['1.1', ['Connection: closed'], true],
  ['1.1', ['Connection: x-close'], true],
  ['1.1', ['Proxy-Connection: close'], true],
  ['1.1', ['X-Connection: close'], true],
  ['1.1', ['Connection: close'], false],
  ['1.1', ['Connection: CLOSE'], false],
  ['1.1', ['Connection:  Close '], false],
  ['1.1', ['Connection: close, foo'], false],
  ['1.1', ['Connection: foo,\tclose'], false],
  ['1.1', ['Connection: , close ,'], false],
  ['1.1', ['Connection: Upgrade, close', 'Upgrade: foo'], false],
  ['1.1', ['Connection: keep-alive, close'], false],
  ['1.1', ['Connection: close', 'Connection: keep-alive'], false],
  ['1.1', ['Connection: foo', 'Connection: close', 'Connection: bar'], false],
  ['1.1', ['CONNECTION: close'], false],
  ['1.0', [], false],
  ['1.0', ['Connection: foo'], false],
  ['1.0', ['Proxy-Connection: keep-alive'], false],
  ['1.0', ['Connection: keep-alive'], true],
  ['1.0', ['Connection: foo, Keep-Alive'], true],
  ['1.0', ['Connection: foo', 'Connection: keep-alive'], true],
  ['1.0', ['Connection: keep-alive, close'], false],
]

const statuses = text => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

for (const [protocol, door] of Object.entries(doors)) {
  test(`only close ends a connection, ${protocol}`, async t => {
    const { bare, urls } = await scenario(t, 'web', {}, secure)
    for (const [version, lines, goesOn] of rules) {
      for (const target of ['/ready', '/nowhere']) {
        const client = await bare({ ca: ca.ca }, urls[door])
        const fields = ['Host: a', ...lines].map(line => `${line}\r\n`).join('')
        const first = `GET ${target} HTTP/${version}\r\n${fields}\r\n`
        client.socket.write(`${first}GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
        const text = await soon(client.ended, 'the end of the connection')
        assert.equal(statuses(text).length, goesOn ? 2 : 1, `${version} ${lines}: ${text}`)
        assert.match(text, goesOn ? /^Connection: keep-alive\r$/m : /^Connection: close\r$/m)
      }
    }
  })
}

const all = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
const some = [{ path: '/a/', service: 'users', methods: ['PUT'] },
  { path: '/b/', service: 'users', host: 'shop.example', methods: ['PATCH'], access: 'role:admin' }]

describe('OPTIONS *', { concurrency: 4 }, () => {
  for (const [why, routes, allow] of [['all methods', undefined, all],
    ['those of pages and of the configuration', some, 'GET, HEAD, POST, PUT, PATCH, OPTIONS']]) {
    for (const [protocol, door] of Object.entries(doors)) {
      test(`has ${why}, without login, ${protocol}`, async t => {
        const { bare, urls, asked } = await scenario(t, 'web', {},
          { ...secure, config: { ...secure.config, routes } })
        const client = await bare({ ca: ca.ca }, urls[door])
        client.socket.write('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n' +
          'Content-Length: 2\r\nConnection: close\r\n\r\nab')
        const text = await soon(client.ended, 'the answers')
        assert.deepEqual(statuses(text), [204, 204])
        for (const [, got] of text.matchAll(/^allow: (.*)\r$/gm)) assert.equal(got, allow)
        assert.equal(asked().length, 0)
      })
    }

    test(`has ${why}, without login, HTTP/2`, async t => {
      const { http2, urls } = await scenario(t, 'web', {},
        { ...secure, config: { ...secure.config, routes } })
      for (const [url, options] of [[urls[0], {}], [urls[1], { ca: ca.ca }]]) {
        const { ask } = await http2({ as: null, ...options }, url)
        const { status, headers } = await ask('*', { method: 'OPTIONS' })
        assert.deepEqual([status, headers.allow], [204, allow])
      }
    })
  }

  test('is for OPTIONS alone, and has no query', async t => {
    const { talk, url } = await scenario(t, 'web', {})
    for (const line of ['GET *', 'POST *', 'OPTIONS *?a', 'OPTIONS **', 'OPTIONS */']) {
      assert.deepEqual(statuses(await talk(`${line} HTTP/1.1\r\nHost: a\r\n\r\n`)), [400], line)
    }
    const raw = await connectFrames(url)
    raw.send(request(1, { pseudo: { ':path': '*' } }))
    assert.equal((await raw.answer(1)).status, 400)
    raw.socket.destroy()
  })
})
