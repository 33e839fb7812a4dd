// What a service manager is told, and sockets of systemd-socket-activate where it is installed.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { test } from 'node:test'

import { ask } from '../e2e/lib/client.mjs'
import { scenario, scratch } from '../e2e/lib/scenario.mjs'
import { binary, kill } from '../e2e/lib/server.mjs'
import { upgrade } from '../e2e/lib/takeover.mjs'
import { eventually, soon } from '../e2e/lib/wait.mjs'
import { freePort } from './lib/run.mjs'

const receiver = `
import socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1])
print("bound", flush=True)
while True:
    print(repr(manager.recv(1000).decode()), flush=True)
`

// Node has no datagrams on unix sockets. Gives { name, messages }.
async function manager(t) {
  const name = path.join(scratch(t), 'notify')
  const child = spawn('python3', ['-c', receiver, name], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  let text = ''
  child.stdout.setEncoding('utf8').on('data', more => (text += more))
  await eventually(() => text !== '', 'the receiver')
  return { name, messages: () => text.split('\n').slice(1, -1) }
}

test('the service manager follows an upgrade to the new process', async t => {
  const { name, messages } = await manager(t)
  const { server } = await scenario(t, 'web', {}, { env: { NOTIFY_SOCKET: name } })
  await upgrade(server)
  const main = `'MAINPID=${server.pid}\\nREADY=1'`
  await eventually(() => messages().length === 2, 'two messages')
  assert.deepEqual(messages(), ["'READY=1'", main])
  kill(server, 'SIGTERM')
  await eventually(() => messages().length === 3, 'the last message')
  assert.equal(messages()[2], "'STOPPING=1'")
})

const activate = 'systemd-socket-activate'
const skip = spawnSync(activate, ['--version']).status === 0 ? false : `${activate} is not installed`

test('systemd-socket-activate starts it at the first connection', { skip }, async t => {
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(activate, ['-l', address, '-E', 'PATH', binary('web'), '--listen', address,
    '--mock', new URL('../../fixtures', import.meta.url).pathname], { stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  await eventually(() => ask(`http://${address}`, '/health').then(({ status }) => status === 200,
    () => false), 'an answer')
  const ended = once(child, 'close')
  child.kill('SIGTERM')
  assert.deepEqual(await soon(ended, 'the end'), [0, null])
})
