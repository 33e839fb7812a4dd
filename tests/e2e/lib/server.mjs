// Runs the binary of a build, and checks that it runs until it is stopped and then exits correctly.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { secret } from './token.mjs'
import { soon } from './wait.mjs'

const root = fileURLToPath(new URL('../../../', import.meta.url))
export const fixtures = path.join(root, 'fixtures')

const builds = process.env.BFF_BUILD ?? path.join(root, 'build')
const isOfTests = name => ['gate', 'filter', 'names', 'clock', 'places', 'keys', 'choices',
  'changing', 'undo'].includes(name)
export const binary = name => path.join(builds, isOfTests(name) ? 'tests' : '', `bff-${name}`)

// Our own environment without what would configure the binary, and a secret.
function environment(more) {
  const kept = Object.entries(process.env).filter(([name]) => !/_URL$|^JWT_|^NODE_/.test(name))
  return { ...Object.fromEntries(kept), JWT_SECRET: secret, ...more }
}

process.setMaxListeners(0) // a listener for each server

// What a test runs the server by: a program of the build's, from tests/e2e/lib/*.c.
export const helper = name => path.join(builds, 'tests', name)

// After an upgrade of the binary, run.pid is another process than the child.
export function kill(run, signal) {
  try {
    process.kill(run.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

// `by` is a command that runs it, or { under, files } with more descriptors, from number 3 on.
function start(name, args, env, by = []) {
  const { under, files } = Array.isArray(by) ? { under: by, files: [] } : by
  const stdio = ['ignore', 'pipe', 'pipe', ...files]
  const [program, ...rest] = [...under, binary(name), ...args]
  const child = spawn(program, rest, { env: environment(env), stdio })
  const run = { child, pid: child.pid, stdout: '', stderr: '' }
  // A test that fails half-way does not keep the others waiting for a server that it left behind.
  for (const handle of [child, child.stdout, child.stderr]) handle.unref()
  process.once('exit', () => kill(run, 'SIGKILL'))
  child.stdout.setEncoding('utf8').on('data', text => (run.stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (run.stderr += text))
  run.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  return run
}

// A command that ends by itself: { code, stdout, stderr }.
export async function command(name, args, env = {}, by = []) {
  const run = start(name, args, env, by)
  const { code, signal } = await soon(run.ended, `the end of bff-${name} ${args.join(' ')}`)
  return { code, signal, stdout: run.stdout, stderr: run.stderr }
}

// The rest of standard output goes on being read: nobody else does it.
async function ready(run) {
  const isOver = run.ended.then(() => true)
  while (!run.stdout.includes('\n')) {
    const more = once(run.child.stdout, 'data').then(() => false)
    if (await Promise.race([more, isOver])) assert.fail(`ended before it was ready: ${run.stderr}`)
  }
  const event = JSON.parse(run.stdout.slice(0, run.stdout.indexOf('\n')))
  assert.equal(event.event, 'ready', 'the first line is the ready line')
  return event
}

// A server that serves: { pid, ready, urls, url, stop }. Whoever starts it calls stop().
// `under` is a command that runs it.
export async function startServer(name, args, env = {}, under = []) {
  const run = start(name, args, env, under)
  try {
    run.ready = await soon(ready(run), 'the ready line')
  } catch (error) {
    run.child.kill('SIGKILL')
    throw error
  }
  run.urls = run.ready.listen ?? []
  run.url = run.urls[0]
  run.stop = () => stop(run)
  run.texts = () => run.stdout.split('\n').slice(0, -1) // whole lines, as they were written
  run.lines = () => run.texts().map(line => JSON.parse(line))
  return run
}

// What a start without login says on standard error, and nothing may be said beside it.
const greeting = /^bff-\w+: WARNING: LOGIN IS OFF\. .*\n/

// It ends with 0, and had nothing to complain of: no sanitizer's report, no failed check, no leak.
export async function assertEnd(run) {
  run.isStopped = true
  const end = await soon(run.ended, 'the server to end')
  const complaints = run.stderr.replace(greeting, '')
  assert.deepEqual({ ...end, complaints }, { code: 0, signal: null, complaints: '' })
}

// It still runs, and ends by SIGTERM.
async function stop(run) {
  if (run.isStopped) return
  const isAlive = run.pid !== run.child.pid ||
    (run.child.exitCode === null && run.child.signalCode === null)
  kill(run, 'SIGTERM')
  try {
    await assertEnd(run)
    assert.ok(isAlive, `the server ended by itself: ${run.stderr}`)
  } finally {
    kill(run, 'SIGKILL')
  }
}

// Descriptors that the server has open now.
export const openFiles = run => readdirSync(`/proc/${run.pid}/fd`).length

// The most memory it has had so far, in bytes.
export function peakMemory(run) {
  const status = readFileSync(`/proc/${run.pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) * 1024
}
