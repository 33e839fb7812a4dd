// Programs of others, run for a test.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'

import { eventually, soon } from '../../e2e/lib/wait.mjs'

// Runs a program to its end, with `input`: what it wrote to standard output.
export async function output(program, args, { input = '', env } = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'pipe' })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', text => (written[name] += text))
  child.stdin.on('error', () => undefined).end(input)
  const [code] = await soon(once(child, 'close'), `${program} to end`)
  return { code, ...written }
}

export { freePort } from '../../e2e/lib/free_port.mjs'

async function accepts(port) {
  const socket = net.connect(port, '127.0.0.1')
  const isOpen = await once(socket, 'connect').then(() => true, () => false)
  socket.destroy()
  return isOpen
}

// Starts a program that listens on `port`: the function that stops it.
export async function serve(program, args, port) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => (said += text))
  const failed = once(child, 'error').then(([error]) => assert.fail(`${program}: ${error.message}`))
  const ended = once(child, 'close')
  process.once('exit', () => child.kill('SIGKILL'))
  const isUp = eventually(async () => {
    assert.equal(child.exitCode, null, `${program} has ended: ${said}`)
    return accepts(port)
  }, `${program} to listen`)
  await Promise.race([isUp, failed])
  return async () => {
    child.kill('SIGTERM')
    await soon(ended, `${program} to end`)
  }
}
