// Listening sockets that the process gets when it is started, as systemd passes them (sd_listen_fds).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'

import { ask } from './lib/client.mjs'
import { command, startServer } from './lib/server.mjs'

// A listening socket of ours: { port, handle, connect }.
async function listening(t, host = '127.0.0.1') {
  const socket = net.createServer()
  socket.listen(0, host)
  await once(socket, 'listening')
  t.after(() => socket.close())
  return { socket, port: socket.address().port, fd: socket._handle.fd }
}

// Starts with descriptors 3 and up, and LISTEN_PID of the process itself.
const given = (sockets, pid = '$$') => ({
  under: ['sh', '-c', `LISTEN_PID=${pid} LISTEN_FDS=${sockets.length} exec "$0" "$@"`],
  files: sockets.map(({ fd }) => fd),
})

test('are used for the addresses that they have', async t => {
  const sockets = [await listening(t), await listening(t)]
  const urls = sockets.map(({ port }) => `http://127.0.0.1:${port}`)
  const args = ['--workers', '3', ...[...urls].reverse().flatMap(url => ['--listen', url])]
  const server = await startServer('web', args, {}, given(sockets))
  t.after(() => server.stop())
  assert.deepEqual(server.urls, [...urls].reverse())
  for (const { socket } of sockets) socket.close() // it would accept, too
  for (let i = 0; i < 20; i++) {
    for (const url of urls) assert.equal((await ask(url, '/health')).status, 200)
  }
})

test('that have no address of the configuration are a mistake', async t => {
  const sockets = [await listening(t)]
  const { code, stderr } = await command('web', ['--listen', '127.0.0.1:0'], {}, given([...sockets,
    await listening(t, '127.0.0.2')]))
  assert.equal(code, 2)
  assert.match(stderr, /^LISTEN_FDS: there is a socket for http:\/\/127\.0\.0\.2:\d+, but listen does/m)
})

test('of another process are left alone', async t => {
  const sockets = [await listening(t)]
  const server = await startServer('web', ['--listen', '127.0.0.1:0'], {}, given(sockets, 1))
  t.after(() => server.stop())
  assert.notEqual(server.url, `http://127.0.0.1:${sockets[0].port}`)
})

test('that are none are a mistake', async t => {
  const { code, stderr } = await command('web', ['--listen', '127.0.0.1:0'], {},
    { ...given([{}]), files: ['ignore'] })
  assert.deepEqual([code, stderr],
    [2, 'LISTEN_FDS: descriptor 3 is not a TCP or unix socket that listens\n'])
})
