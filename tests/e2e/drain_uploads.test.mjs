// SIGTERM while an upload is under way: a request counts from its head on. It is answered, or it is in
// the log as 499.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { echo } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { signedIn, tokenFor } from './lib/token.mjs'
import { eventually, soon } from './lib/wait.mjs'

const path = '/api/users/u1'
const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])

async function stage(t, drain_timeout) {
  const scene = await scenario(t, 'web', { 'users *': echo }, {
    listen: [anywhere, 'https://127.0.0.1:0'], args: ['--workers', '1'],
    config: { drain_timeout, tls: { certificate: certFile, key: keyFile } },
  })
  const events = name => scene.server.lines().filter(({ event }) => event === name)
  return {
    ...scene,
    // Everybody else's connections end, so this one has been looked at, too.
    drain: async () => {
      const other = await scene.bare()
      scene.server.child.kill('SIGTERM')
      await soon(other.ended, 'the end of an idle connection')
    },
    assertLogged: async status => {
      await assertEnd(scene.server)
      assert.deepEqual(events('request').map(each => [each.path, each.status]), [[path, status]])
    },
  }
}

// Begins an upload of 6 bytes and sends 3 of them; { finish, ended }.
const uploads = {
  'a length': bare => h1(bare, 'Content-Length: 6\r\n', 'abc', 'def'),
  chunks: bare => h1(bare, 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n', '3\r\ndef\r\n0\r\n\r\n'),
  '100 Continue': async bare => {
    const upload = h1(bare, 'Content-Length: 6\r\nExpect: 100-continue\r\n', '', 'abcdef')
    await bare.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    return upload
  },
}

function h1(bare, fields, first, rest) {
  bare.socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}${fields}\r\n${first}`)
  return {
    ended: bare.ended,
    finish: async () => {
      bare.socket.write(rest)
      const text = await soon(bare.ended, 'the answer')
      assert.match(text, /HTTP\/1\.1 200 [^]*Connection: close\r\n[^]*"text":"abcdef"/)
    },
  }
}

function h2(session) {
  const stream = session.request({ ':method': 'POST', ':path': path,
    authorization: `Bearer ${tokenFor()}` })
  const head = once(stream, 'response')
  head.catch(() => undefined)
  stream.on('error', () => undefined)
  stream.write('abc')
  return {
    ended: new Promise(resolve => stream.once('close', resolve)),
    finish: async () => {
      stream.end('def')
      assert.equal((await soon(head, 'the answer'))[0][':status'], 200)
      assert.match(Buffer.concat(await stream.toArray()).toString(), /"text":"abcdef"/)
      session.close()
    },
  }
}

const ways = {}
for (const [door, where] of ['HTTP/1.1', 'HTTP/1.1 over TLS'].entries()) {
  for (const [how, begin] of Object.entries(uploads)) {
    ways[`${how}, ${where}`] = async ({ bare, urls }) => begin(await bare({ ca: ca.ca }, urls[door]))
  }
}
for (const [door, where] of ['h2c', 'HTTP/2 over TLS'].entries()) {
  ways[where] = async ({ http2, urls, arrival }) => {
    const { session } = await http2({ ca: ca.ca }, urls[door])
    const upload = h2(session)
    await soon(new Promise((resolve, reject) =>
      session.ping(error => (error ? reject(error) : resolve()))), 'the head to have come')
    return upload
  }
}

describe('a drain, during an upload', { concurrency: 4 }, () => {
  for (const [how, begin] of Object.entries(ways)) {
    test(`waits for it and answers it: ${how}`, async t => {
      const scene = await stage(t)
      const upload = await begin(scene)
      await scene.drain()
      await upload.finish()
      await scene.assertLogged(200)
    })

    test(`cuts it when its time is over, and logs 499: ${how}`, async t => {
      const scene = await stage(t, '300ms')
      const upload = await begin(scene)
      await scene.drain()
      await soon(upload.ended, 'the end of the upload')
      assert.equal(scene.asked().length, 0)
      await scene.assertLogged(499)
    })
  }
})
