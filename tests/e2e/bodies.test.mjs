// The table of steps starts when the head of a request is known, and a separate step waits for the
// body, over HTTP/1.1 and HTTP/2. bff-gate shows when its steps run (steps.test.mjs).
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import http2 from 'node:http2'
import path from 'node:path'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { echo } from './lib/reply.mjs'
import { anywhere, scenario, scratch } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { signedIn, tokenFor } from './lib/token.mjs'
import { eventually, soon } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const where = '/api/users/u1'

async function stage(t, config) {
  const fifo = path.join(scratch(t), 'gate')
  execFileSync('mkfifo', [fifo])
  const scene = await scenario(t, 'gate', { 'users /users/u1': echo }, {
    listen: [anywhere, 'https://127.0.0.1:0'], env: { GATE: fifo },
    config: { tls: { certificate: certFile, key: keyFile }, ...config },
  })
  const events = what => scene.server.lines().filter(({ event }) => event === what)
  return {
    ...scene,
    waits: name => eventually(() => events('gate').some(each => each.name === name),
      `a request at gate ${name}`),
    states: name => events('gate').filter(each => each.name === name).map(({ state }) => state),
    open: name => appendFileSync(fifo, `${name}\n`),
    log: count => eventually(() => events('request').length >= count, `${count} lines of the log`)
      .then(() => events('request')),
  }
}

// An upload in pieces: { send(text), end(text), leave(), status }.
const over = {
  'HTTP/1.1': ({ bare }) => h1(bare),
  'HTTP/1.1 over TLS': ({ bare, urls }) => h1(options => bare({ ...options, ca: ca.ca }, urls[1])),
  'HTTP/2': ({ http2: connect }) => h2(connect),
  'HTTP/2 over TLS': ({ http2: connect, urls }) => h2(() => connect({ ca: ca.ca }, urls[1])),
}

function h1(connect) {
  return async ({ length, headers = {} }) => {
    const bare = await connect()
    const framing = length === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const frame = text => (length === undefined && text
      ? `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n` : text ?? '')
    bare.socket.write(`POST ${where} HTTP/1.1\r\nHost: a\r\n${signedIn}${framing}\r\n${lines}\r\n`)
    return {
      bare,
      send: text => bare.socket.write(frame(text)),
      end: text => bare.socket.write(frame(text) + (length === undefined ? '0\r\n\r\n' : '')),
      leave: () => bare.socket.destroy(),
      got: () => bare.until(/HTTP\/1\.1 200[^]*"text":"(\w*)"/).then(([, text]) => text),
    }
  }
}

function h2(connect) {
  return async ({ length, headers = {} }) => {
    const { session } = await connect()
    const framing = length === undefined ? {} : { 'content-length': length }
    const stream = session.request({ ':method': 'POST', ':path': where,
      authorization: `Bearer ${tokenFor()}`, ...framing, ...headers })
    const head = once(stream, 'response')
    head.catch(() => undefined)
    stream.on('error', () => undefined)
    return {
      send: text => stream.write(text),
      end: text => stream.end(text),
      leave: () => stream.close(http2.constants.NGHTTP2_CANCEL),
      got: async () => {
        const [fields] = await soon(head, 'the answer')
        assert.equal(fields[':status'], 200)
        return JSON.parse(Buffer.concat(await stream.toArray())).text
      },
    }
  }
}

for (const [protocol, connect] of Object.entries(over)) {
  describe(`a body that comes late, ${protocol}`, { concurrency: 4 }, () => {
    for (const [framing, length] of [['with a length', 6], ['without one', undefined]]) {
      test(`${framing}: steps run before it comes, and the service gets it whole`, async t => {
        const scene = await stage(t)
        const upload = await connect(scene)({ length, headers: { 'x-gate-early': 'a' } })
        await scene.waits('a')
        scene.open('a')
        upload.send('abc')
        assert.equal(scene.asked('users').length, 0)
        upload.end('def')
        assert.equal(await upload.got(), 'abcdef')
      })

      test(`${framing}: it comes while a step waits`, async t => {
        const scene = await stage(t)
        const upload = await connect(scene)({ length, headers: { 'x-gate': 'a' } })
        await scene.waits('a')
        upload.end('abcdef')
        await scene.get('/ready')
        scene.open('a')
        assert.equal(await upload.got(), 'abcdef')
      })
    }

    test('its client leaves in the middle: one line of the log, and nothing is asked', async t => {
      const scene = await stage(t)
      const upload = await connect(scene)({ length: 6, headers: { 'x-gate': 'a' } })
      await scene.waits('a')
      scene.open('a')
      upload.send('abc')
      await scene.get('/ready')
      upload.leave()
      const lines = (await scene.log(2)).filter(({ path: asked }) => asked === where)
      assert.deepEqual(lines.map(({ status }) => status), [499])
      assert.equal(scene.asked('users').length, 0)
    })

    test('a drain waits for it', async t => {
      const scene = await stage(t)
      const upload = await connect(scene)({ length: 6, headers: { 'x-gate': 'a' } })
      await scene.waits('a')
      scene.open('a')
      scene.server.child.kill('SIGTERM')
      await eventually(() => scene.server.lines().some(({ event }) => event === 'draining'),
        'the drain')
      upload.send('abc')
      upload.end('def')
      assert.equal(await upload.got(), 'abcdef')
      await assertEnd(scene.server)
    })
  })
}

describe('bodies of HTTP/1.1', { concurrency: 4 }, () => {
  const post = (fields, body) =>
    `POST ${where} HTTP/1.1\r\nHost: a\r\n${signedIn}${fields}\r\n${body}`

  test('what follows a body is the next request', async t => {
    const scene = await stage(t)
    for (const bytes of [post('Content-Length: 3\r\n', 'abc'),
      post('Transfer-Encoding: chunked\r\n', '1\r\na\r\n2;x=y\r\nbc\r\n0\r\nX-Trailer: 1\r\n\r\n')]) {
      const bare = await scene.bare()
      bare.socket.write(`${bytes}${bytes}GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      const text = await soon(bare.ended, 'three answers')
      assert.equal(text.match(/HTTP\/1\.1 200/g).length, 3, text)
      assert.equal(text.match(/"text":"abc"/g).length, 2, text)
    }
  })

  test('cut anywhere, they are the same', async t => {
    const scene = await stage(t)
    const bytes = post('Transfer-Encoding: chunked\r\n', '1\r\na\r\n2\r\nbc\r\n0\r\n\r\n')
    for (let at = bytes.length - 24; at < bytes.length; at++) {
      const bare = await scene.bare()
      bare.socket.setNoDelay(true)
      bare.socket.write(bytes.slice(0, at))
      await scene.get('/ready')
      bare.socket.write(bytes.slice(at))
      await bare.until(/HTTP\/1\.1 200[^]*"text":"abc"/)
      bare.socket.destroy()
    }
  })

  // What another reader of the same bytes may take for another size (RFC 9112 section 7.1).
  const sizes = ['0x5', '5_', '5xyz', '5 5', '5.0', '+5', '-5', ' 5', '5 ', '', 'g', '5\t5', '5;a\nb',
    '5\n', '5,5', '0_5', '00000000000000005', 'fffffffffffffffff', `5;${'x'.repeat(17 << 10)}`]
  for (const size of sizes) {
    test(`a chunk whose size is ${JSON.stringify(size).slice(0, 24)}: 400, and the end`, async t => {
      const scene = await stage(t)
      for (const url of scene.urls) {
        const bare = await scene.bare({ ca: ca.ca }, url)
        bare.socket.write(post('Transfer-Encoding: chunked\r\n',
          `${size}\r\nabcde\r\n0\r\n\r\nGET /ready HTTP/1.1\r\nHost: a\r\n\r\n`))
        const text = await soon(bare.ended, 'the end')
        assert.match(text, /^HTTP\/1\.1 400 [^]*"error":"Bad request"/)
        assert.equal(text.match(/HTTP\/1\.1/g).length, 1, text)
      }
      assert.equal(scene.asked('users').length, 0)
    })
  }

  test('a size of 16 digits, and blanks before an extension, are what they say', async t => {
    const scene = await stage(t)
    for (const size of ['0000000000000005', '5 ;a=b', '05;a="0"']) {
      const bare = await scene.bare()
      bare.socket.write(post('Transfer-Encoding: chunked\r\n', `${size}\r\nabcde\r\n0\r\n\r\n`))
      await bare.until(/HTTP\/1\.1 200[^]*"text":"abcde"/)
      bare.socket.destroy()
    }
  })

  test('extensions and trailers are read up to a bound', async t => {
    const scene = await stage(t)
    for (const [extra, status] of [[8 << 10, 200], [17 << 10, 400]]) {
      const bare = await scene.bare()
      const chunks = `3;x=${'y'.repeat(100)}\r\nabc\r\n0\r\nX-T: ${'z'.repeat(extra)}\r\n\r\n`
      bare.socket.write(post('Transfer-Encoding: chunked\r\n', chunks))
      await bare.until(new RegExp(`HTTP/1\\.1 ${status}`))
      bare.socket.destroy()
    }
  })

  test('100 Continue comes when the body is waited for, and not before', async t => {
    const scene = await stage(t)
    const bare = await scene.bare()
    bare.socket.write(post('Content-Length: 3\r\nExpect: 100-continue\r\nX-Gate: a\r\n', ''))
    await scene.waits('a')
    assert.equal(bare.text(), '')
    scene.open('a')
    await bare.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    bare.socket.write('abc')
    await bare.until(/HTTP\/1\.1 200[^]*"text":"abc"/)
    bare.socket.destroy()
  })

  test('a body too long by its head is refused at once, and its client gets to read that', async t => {
    const scene = await stage(t, { limits: { body: '1KiB' } })
    const bare = await scene.bare()
    bare.socket.write(post(`Content-Length: ${4 << 20}\r\n`, ''))
    await bare.until(/HTTP\/1\.1 413 [^]*Payload too large/)
    bare.socket.write(Buffer.alloc(4 << 20))
    await soon(bare.ended, 'the end of the connection')
    assert.equal(scene.asked('users').length, 0)
  })
})
