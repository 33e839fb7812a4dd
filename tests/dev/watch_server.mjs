// The processes of ./dev watch: the mock services, which keep what clients have changed, and the
// server, which is replaced by a new process after each build (docs/upgrade.md).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'

import { say } from './watch_report.mjs'

// False for a process that has ended, also when nobody has waited for it.
function isAlive(pid) {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

// A process whose lines of JSON are told: { onEvent(event), stderr, closed }.
class Running {
  constructor(program, args, env, onLine) {
    this.child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.pid = this.child.pid
    this.stderr = ''
    this.closed = once(this.child, 'close')
    this.child.stderr.setEncoding('utf8').on('data', text => {
      this.stderr += text
      this.onComplaint?.(text)
    })
    createInterface({ input: this.child.stdout }).on('line', onLine)
  }

  // What it has complained of since the last call.
  complaints() {
    const text = this.stderr
    this.stderr = ''
    return text
  }
}

const eventOf = line => { try { return JSON.parse(line) } catch { return {} } }

// bff-mock. `file` gets its ready line, for the server (MOCK_RUNNING).
export class Mocks {
  constructor({ program, data, file, env }) {
    Object.assign(this, { program, data, file, env })
  }

  get isRunning() {
    return this.run !== undefined && isAlive(this.run.pid)
  }

  // The file of the ready line, for a server that starts.
  tell() {
    mkdirSync(path.dirname(this.file), { recursive: true }) // git clean may have removed it
    writeFileSync(this.file, this.ready)
  }

  // Gives "", or what is wrong.
  async start() {
    const run = new Running(this.program, ['--data', this.data, '--port', '0'], this.env, line => {
      const { event, state } = eventOf(line)
      if (event === 'ready') run.onReady(line)
      if (event === 'reload') this.onReload(state)
    })
    const ready = new Promise(resolve => (run.onReady = resolve))
    const line = await Promise.race([ready, run.closed.then(() => undefined)])
    if (line === undefined) return run.complaints() || 'the mock services did not start'
    this.ready = line
    this.tell()
    this.before = this.run
    this.run = run
    return ''
  }

  // Reads the files again. What clients have changed stays.
  async renew() {
    const told = new Promise(resolve => (this.onReload = resolve))
    this.run.child.kill('SIGHUP')
    const state = await Promise.race([told, this.run.closed.then(() => 'gone')])
    if (state === 'done') return ''
    return this.run.complaints() || 'the mock services have ended'
  }

  // After another process has taken over. The old server may still ask the old services.
  leaveBefore() {
    this.before?.child.kill('SIGTERM')
    this.before = undefined
  }

  async stop() {
    this.kill('SIGTERM')
    await this.run?.closed
  }

  kill(signal) {
    this.leaveBefore()
    this.run?.child.kill(signal)
  }
}

export class Server {
  constructor({ program, args, env }) {
    Object.assign(this, { program, args, env, old: new Set() })
  }

  get isServing() {
    return this.run !== undefined && isAlive(this.run.pid)
  }

  // Gives "" when it is ready, or what is wrong.
  async start() {
    this.readies = 0
    const run = new Running(this.program, this.args, this.env, line => this.#onLine(line))
    const ready = new Promise(resolve => (this.onReady = resolve))
    const isReady = await Promise.race([ready.then(() => true), run.closed.then(() => false)])
    if (!isReady) return run.complaints() || 'the server did not start'
    process.stderr.write(run.complaints())
    run.onComplaint = text => this.isSwapping || process.stderr.write(text)
    run.closed.then(() => this.isStopping || this.onEnd?.(run.complaints()))
    this.run = run
    return ''
  }

  #onLine(line) {
    const event = eventOf(line)
    if (event.event === 'ready') {
      if (this.readies++ > 0) return
      this.onReady()
    } else if (event.event === 'upgrade') {
      this.onUpgrade?.(event)
      return
    } else if (event.event === 'drained') {
      return
    }
    process.stdout.write(`${line}\n`)
  }

  // Replaces the process. Gives "" when the new one serves, or what is wrong; the old one then goes
  // on serving.
  async swap() {
    this.isSwapping = true
    this.run.complaints()
    const asked = this.run.pid
    // The pipes of a process that ends stay open as long as an older one has clients.
    let look
    const ended = new Promise(resolve => {
      this.onUpgrade = event => event.state !== 'started' && resolve(event)
      look = setInterval(() => isAlive(asked) || resolve({}), 200)
    })
    process.kill(asked, 'SIGUSR2')
    const { state, pid, message } = await ended
    clearInterval(look)
    this.isSwapping = false
    if (state !== 'done') return this.run.complaints() || message || 'the server has ended'
    this.old.add(this.run.pid)
    this.run.pid = pid
    return ''
  }

  // Ends it, and those before it that still have clients.
  async stop() {
    if (!this.run) return
    this.isStopping = true
    for (const pid of [...this.old, this.run.pid].filter(isAlive)) process.kill(pid, 'SIGTERM')
    const timer = setTimeout(() => say('waiting for open requests; Ctrl-C again ends at once'), 2000)
    await this.run.closed
    clearTimeout(timer)
  }

  kill() {
    for (const pid of [...this.old, this.run?.pid ?? 0].filter(pid => pid > 0 && isAlive(pid)))
      process.kill(pid, 'SIGKILL')
  }
}
