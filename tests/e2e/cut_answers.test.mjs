// Answers whose length is not known: HTTP/1.1 gets them in chunks whatever their status, so that a
// client sees when one is cut.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'

import { authority } from './lib/certificates.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { signedIn, tokenFor } from './lib/token.mjs'
import { gate, soon } from './lib/wait.mjs'

const path = '/api/users/1'
const run = promisify(execFile)
const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const options = { listen: [anywhere, 'https://127.0.0.1:0'],
  config: { tls: { certificate: certFile, key: keyFile } } }
const statuses = [200, 201, 203, 206, 301, 400, 404, 426, 500, 503, 599]

// How a service writes a body without a length: { head, hello, end, cut(socket) }.
const framings = {
  'in chunks': { head: 'Transfer-Encoding: chunked\r\n', hello: '5\r\nhello\r\n', end: '0\r\n\r\n',
    cut: socket => socket.end() },
  'until it closes': { head: '', hello: 'hello', end: '', cut: socket => socket.reset() },
}

// The service sends the head and "hello", and then does `last` when the door opens.
async function stage(t, status, { head, hello }, last) {
  const door = gate()
  const scene = await scenario(t, 'web', { 'users *': { send: async ({ socket }) => {
    socket.write(`HTTP/1.1 ${status} So\r\n${head}\r\n${hello}`)
    await door.opened
    last(socket)
  } } }, options)
  return { ...scene, door }
}

const node = `
const [url, token] = process.argv.slice(1)
const res = await fetch(url, { redirect: 'manual', headers: { authorization: 'Bearer ' + token } })
process.stdout.write(res.status + ' ')
try { console.log('whole ' + await res.text()) } catch (error) { console.log(error.message) }
`

for (const [framing, written] of Object.entries(framings)) {
  describe(`an answer of a service ${framing}`, { concurrency: 2 }, () => {
    for (const status of statuses) {
      test(`${status}: is whole in chunks, and its connection goes on`, async t => {
        const { door, bare } = await stage(t, status, written, socket => socket.end(written.end))
        door.open()
        const client = await bare()
        client.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n` +
          'GET /ready HTTP/1.1\r\nHost: a\r\n\r\n')
        await client.until(new RegExp(`^HTTP/1\\.1 ${status} [^]*transfer-encoding: chunked\r\n[^]*` +
          '\r\n5\r\nhello\r\n0\r\n\r\nHTTP/1\\.1 200 ', 'i'))
        client.socket.destroy()
      })

      test(`${status}: cut, Node's fetch, curl and HTTP/2 see that`, async t => {
        const { door, urls, http2 } = await stage(t, status, written, written.cut)
        const { open } = await http2()
        const streams = [open(path), (await http2({ ca: ca.ca }, urls[1])).open(path)]
        const ends = streams.map(stream => once(stream.resume(), 'error'))
        await Promise.all(streams.map(stream => once(stream, 'data')))
        door.open()
        for (const end of ends) {
          assert.equal((await soon(end, 'the reset'))[0].code, 'ERR_HTTP2_STREAM_ERROR')
        }
        for (const url of urls) {
          const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca.caFile }
          const { stdout } = await run(process.execPath,
            ['--input-type=module', '-e', node, url + path, tokenFor()], { env })
          assert.equal(stdout, `${status} terminated\n`)
          const curl = run('curl', ['-sS', '--http1.1', '--cacert', ca.caFile, '-H', signedIn.trim(),
            url + path])
          await assert.rejects(curl, ({ code }) => code === 18 || code === 56)
        }
      })
    }
  })
}

describe('an answer without a length, to HTTP/1.0', { concurrency: 2 }, () => {
  for (const [status, more] of [[200, ''], [200, 'Connection: keep-alive\r\n'], [404, '']]) {
    const ask = `GET ${path} HTTP/1.0\r\nHost: a\r\n${signedIn}${more}\r\n`

    test(`${status} ${more.trim()}: ends with its connection`, async t => {
      const { door, talk } = await stage(t, status, framings['in chunks'], socket =>
        socket.end(framings['in chunks'].end))
      door.open()
      assert.match(await talk(ask), /^HTTP\/1\.1 [^]*Connection: close\r\n[^]*\r\n\r\nhello$/)
    })
  }
})

test('an answer that has no body is not in chunks, and its connection goes on', async t => {
  for (const [status, method] of [[204, 'GET'], [304, 'GET'], [200, 'HEAD'], [500, 'HEAD']]) {
    const { bare } = await scenario(t, 'web', { 'users *': { send: ({ socket }) =>
      socket.write(`HTTP/1.1 ${status} So\r\n\r\n`) } })
    const client = await bare()
    client.socket.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n` +
      'GET /ready HTTP/1.1\r\nHost: a\r\n\r\n')
    const [text] = await client.until(/^[^]*HTTP\/1\.1 200 [^]*"status"/)
    assert.doesNotMatch(text, /transfer-encoding/i)
    client.socket.destroy()
  }
})
