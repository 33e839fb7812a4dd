// A client that ends its sending side, by the setting half_close: it has left, or it waits for its
// answer.
import assert from 'node:assert/strict'
import net from 'node:net'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { user } from './lib/samples.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { signedIn } from './lib/token.mjs'
import { eventually, gate, soon } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const empty = { status: 204 }
const page = '/api/dashboard/1', route = '/api/users/1'
const doors = { 'HTTP/1.1': 0, 'HTTP/1.1 over TLS': 1 }

// The users service answers when the door opens.
async function stage(t, half_close, row = { json: user('1') }) {
  const door = gate()
  const scene = await scenario(t, 'web', { 'users *': { ...row, until: door.opened },
    'orders *': empty, 'recommendations *': empty, 'notifications *': empty }, {
    listen: [anywhere, 'https://127.0.0.1:0'],
    config: { half_close, tls: { certificate: certFile, key: keyFile },
      services: { users: { timeout: { total: '30s' } } } }, // longer than the server waits
  })
  const begin = async (at, path, fields = '') => {
    const socket = net.connect({ port: new URL(scene.urls[at]).port, allowHalfOpen: true })
    socket.on('error', () => undefined)
    const bare = at === 0 ? await scene.bare({ allowHalfOpen: true })
      : await scene.bare({ socket, ca: ca.ca, allowHalfOpen: true }, scene.urls[at])
    bare.reset = () => (at === 0 ? bare.socket : socket).resetAndDestroy()
    if (at === 0) socket.destroy()
    bare.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}${fields}\r\n`)
    await scene.arrival('users')
    return bare
  }
  const log = () => scene.server.lines().filter(({ event }) => event === 'request')
  const logged = status => eventually(() => log().length > 0, 'the line of the log')
    .then(() => assert.deepEqual(log().map(each => each.status), [status]))
  return { ...scene, door, begin, logged }
}

for (const [protocol, at] of Object.entries(doors)) {
  for (const path of [page, route]) {
    describe(`a client of ${path} that half-closes, ${protocol}`, { concurrency: 4 }, () => {
      for (const setting of ['leave', undefined]) {
        test(`has left, with half_close: ${setting}`, async t => {
          const { begin, asked, logged } = await stage(t, setting)
          const bare = await begin(at, path)
          bare.socket.end()
          assert.equal(await soon(bare.ended, 'the end'), '')
          await asked('users')[0].gone
          await logged(499)
        })
      }

      test('gets its answer, with half_close: answer', async t => {
        const { begin, door, logged } = await stage(t, 'answer')
        const bare = await begin(at, path)
        bare.socket.end()
        setTimeout(door.open, 400) // longer than it takes to notice the FIN
        assert.match(await soon(bare.ended, 'the answer'), /^HTTP\/1\.1 200 [^]*"id":"1"/)
        await logged(200)
      })

      test('has left when it resets the connection, with half_close: answer', async t => {
        const { begin, asked } = await stage(t, 'answer')
        const bare = await begin(at, path)
        const began = Date.now()
        bare.reset()
        await asked('users')[0].gone
        assert.ok(Date.now() - began < 900, 'before the budget')
      })
    })
  }
}

test('a route is answered 504 when it takes longer than 5 s after the FIN', async t => {
  const { begin, logged, asked } = await stage(t, 'answer')
  const bare = await begin(0, route)
  const began = Date.now()
  bare.socket.end()
  assert.match(await soon(bare.ended, 'the answer'), /^HTTP\/1\.1 504 [^]*"Gateway timeout"/)
  assert.ok(Date.now() - began >= 4900)
  await asked('users')[0].gone
  await logged(504)
})

test('a page is answered at its budget', async t => {
  const { begin } = await stage(t, 'answer')
  const bare = await begin(0, page)
  bare.socket.end()
  assert.match(await soon(bare.ended, 'the answer'), /^HTTP\/1\.1 200 [^]*"timeout"/)
})

test('a stream that has begun is cut, and nothing more is written, with half_close: leave', async t => {
  const { bare, server } = await scenario(t, 'web', { 'users *': { send: ({ res }) => {
    res.writeHead(200)
    res.write('hello')
  } } })
  const client = await bare({ allowHalfOpen: true })
  client.socket.write(`GET ${route} HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n`)
  await client.until(/hello\r\n$/)
  client.socket.end()
  assert.match(await soon(client.ended, 'the end'), /hello\r\n$/)
  await eventually(() => server.lines().some(({ event }) => event === 'request'), 'the line')
})
