// HAProxy in front of the server, speaking HTTP/2 to it: it sends Host and no :authority, and each
// cookie as a field of its own.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { test } from 'node:test'

import { echo } from './lib/reply.mjs'
import { scenario, scratch } from './lib/scenario.mjs'
import { tokenFor } from './lib/token.mjs'
import { eventually, soon } from './lib/wait.mjs'

const isThere = spawnSync('haproxy', ['-v']).status === 0
const skip = isThere ? false : 'haproxy is not installed'

const accepts = socket => new Promise(resolve => {
  const connection = net.connect(socket)
  connection.once('error', () => resolve(false)).once('connect', () => {
    connection.destroy()
    resolve(true)
  })
})

// HAProxy between a socket of its own and `url`.
async function startHaproxy(t, url) {
  const directory = scratch(t)
  const [file, socket] = ['haproxy.cfg', 'socket'].map(name => path.join(directory, name))
  writeFileSync(file, `defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend front
  bind ${socket}
  default_backend back
backend back
  server bff ${new URL(url).host} proto h2
`)
  const child = spawn('haproxy', ['-f', file], { stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  await eventually(() => accepts(socket), 'HAProxy to listen')
  return socket
}

test('HAProxy speaks HTTP/2 to the server', { skip }, async t => {
  const { url, asked } = await scenario(t, 'web', { 'users *': echo })
  const socketPath = await startHaproxy(t, url)
  const cookie = Array.from({ length: 150 }, (_, i) => `a${i}=${i}`).join('; ')
  for (const host of ['shop.example', 'shop.example:8443', '[::1]:80']) {
    const req = http.get({ socketPath, path: '/api/users/1',
      headers: { host, cookie, authorization: `Bearer ${tokenFor()}` } })
    const [res] = await soon(once(req, 'response'), 'the answer')
    res.resume()
    assert.equal(res.statusCode, 200)
    const { headers } = asked('users').at(-1)
    assert.deepEqual([headers['x-forwarded-host'], headers.cookie, headers.via],
      [host, cookie, '2.0 bff-web'])
  }
})
