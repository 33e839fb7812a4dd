/*
 * Where a page's commands are run: in a directory of their own, where everything of the repository
 * that they name is found, with the servers that they start and those of ./dev demo. Ports are
 * any that are free: the page's own (8080, 3002) are replaced by those.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { eventually, soon } from '../../e2e/lib/wait.mjs'

process.setMaxListeners(0) // a listener for each command

const services = ['users', 'products', 'orders', 'reviews', 'inventory', 'recommendations',
  'notifications']
const adminPort = 9090 // of the pages
const usual = { 'bff-web': 8080, 'bff-mobile': 8081, 'bff-kiosk': 8082 }
const isOurs = /_URL$|^JWT_|^NODE_|^BFF_|^GIT_/ // of the environment: what would change what runs
const isBrief = /--(check|routes|openapi|typescript|help|version|probe|hash-key|verify)\b|--rehearse/
const setting = String.raw`\w+=(?:\$\([^)]*\)|\S+)`
const server = new RegExp(`^((?:${setting} +)*)((?:build/)?bff-\\w+)( [^#]*)?(#.*)?$`)

// curl says which status it met; nothing is told but what went wrong.
const curl = `curl() { command curl -sS --max-time 20 -w '%{stderr}@status %{http_code}\\n' "$@"; }`

// The commands of a block: one a line, "\\" at the end of a line goes on in the next.
export const commandsOf = ({ text }) => text.replace(/\\\n\s*/g, '').split('\n')
  .map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'))

// What a command is to end with, by its own comment: "# 404 is expected", "# ends with 2".
function wanted(command) {
  const comment = /\s#(.*)$/.exec(command)?.[1] ?? ''
  return { status: /\b([1-5]\d\d)\b.* expected/.exec(comment)?.[1],
    code: Number(/ends with (\d+)/.exec(comment)?.[1] ?? 0) }
}

async function end(running) {
  for (const { child } of running) child.kill('SIGTERM')
  for (const run of running) {
    const [code] = await soon(run.ended, 'a server to end')
    assert.equal(code, 0, run.stderr)
  }
}

export class Stage {
  constructor({ builds, place }) {
    this.builds = builds
    this.temporary = mkdtempSync(path.join(tmpdir(), 'bff-docs-'))
    this.place = place ?? path.join(this.temporary, 'place')
    mkdirSync(this.place, { recursive: true })
    this.ports = new Map()
    this.running = []
  }

  // What is said instead of the page's own words.
  #staged(command) {
    return command
      .replace(/(?<![\w.])\/(?:tmp|run\/secrets)\//g, `${this.temporary}/`)
      .replace(/\b(127\.0\.0\.1|localhost):(\d+)/g, (address, host, port) =>
        (this.ports.has(Number(port)) ? `${host}:${this.ports.get(Number(port))}` : address))
      .replace(/(?<![\w/])build\//g, `${this.builds}/`)
  }

  #spawn(script) {
    const kept = Object.entries(process.env).filter(([name]) => !isOurs.test(name))
    const env = Object.fromEntries(kept)
    env.PATH = `${this.builds}:${env.PATH}`
    const child = spawn('bash', ['-c', script],
      { cwd: this.place, env, stdio: ['ignore', 'pipe', 'pipe'] })
    process.once('exit', () => child.kill('SIGKILL'))
    const run = { child, stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', text => (run.stdout += text))
    child.stderr.setEncoding('utf8').on('data', text => (run.stderr += text))
    run.ended = once(child, 'close')
    return run
  }

  // Runs one command to its end, and gives what it printed.
  async run(command) {
    const [, before, program, rest = ''] = server.exec(command) ?? []
    if (program && !isBrief.test(rest)) return this.serve(before, path.basename(program), rest)
    if (command.startsWith('./dev demo')) return this.demo()
    if (command.includes('access.log')) await this.#logged(command)
    const run = this.#spawn(`set -o pipefail\n${curl}\n${this.#staged(command)}`)
    const [code] = await (command.startsWith('./dev') ? run.ended : soon(run.ended, command))
    const statuses = [...run.stderr.matchAll(/^@status (\d+)$/gm)].map(([, status]) => status)
    const output = run.stdout + run.stderr.replace(/^@status \d+\n/gm, '')
    const want = wanted(command)
    assert.equal(code, want.code, `${command}\n${output}`)
    for (const status of statuses) {
      if (want.status) assert.equal(status, want.status, `${command}\n${output}`)
      else assert.ok(Number(status) < 400, `${command}\n${status}\n${output}`)
    }
    return output
  }

  // access.log is what the demo's first server has written, as soon as there is what is looked for.
  async #logged(command) {
    const [, wanted] = /grep (?:-\w+ )?'([^']*)'/.exec(command) ?? []
    const found = () => this.log.stdout.split('\n').some(line => new RegExp(wanted).test(line))
    await eventually(found, `${wanted} in the log`)
    this.write('access.log', this.log.stdout)
  }

  // Starts a server, and gives its first line: it is ready.
  async serve(before, program, rest) {
    const isMock = program === 'bff-mock'
    const [, port] = (isMock ? /--port[ =](\d+)/ : /--listen[ =]\S*?(\d+)(?:\s|$)/).exec(rest) ??
      [undefined, isMock ? 3000 : usual[program]]
    const anywhere = isMock ? '--port 0' : '--listen http://127.0.0.1:0'
    const others = rest.replace(isMock ? /--port[ =]\d+/ : /--listen[ =]\S+/g, '').trim()
    const call = `${this.builds}/${program} ${this.#staged(others)} ${anywhere}`
    const script = `${this.#staged(before)}exec ${call}`
    const run = this.#spawn(script)
    run.isMock = isMock
    this.running.push(run)
    const lines = async () => {
      while (!run.stdout.includes('\n')) {
        await Promise.race([once(run.child.stdout, 'data'), run.ended])
        assert.ok(run.child.exitCode === null, `${script}\n${run.stderr}`)
      }
    }
    await soon(lines(), `the ready line of ${program}`)
    const [line] = run.stdout.split('\n')
    this.#learn(JSON.parse(line), Number(port))
    return `${line}\n`
  }

  #learn({ listen, admin, services: urls }, port) {
    const portOf = url => Number(new URL(url).port)
    if (admin) this.ports.set(adminPort, portOf(admin))
    if (listen) this.ports.set(port, portOf(listen[0]))
    else services.forEach((name, i) => this.ports.set(port + i, portOf(urls[name])))
  }

  // The servers of ./dev demo, which believe each other's tokens; those before them end.
  async demo() {
    await this.stop()
    const secret = 'the demo of the documents has this one'
    const lines = await Promise.all([['bff-web', ''], ['bff-mobile', ''],
      ['bff-web', ' --config fixtures/browser.yaml --listen http://127.0.0.1:8090']].map(
      ([program, more]) => this.serve(`JWT_SECRET='${secret}' `, program, `--mock fixtures${more}`)))
    this.log = this.running[0]
    this.ofDemo = { running: [...this.running], ports: new Map(this.ports) }
    return lines.join('')
  }

  // What a page's script finds: who is signed in, the demo as its own origin, and three services.
  scene() {
    const [, token] = /Bearer (\S+)/.exec(this.token()) ?? []
    const base = `http://127.0.0.1:${this.ports.get(8080)}`
    const service = value => ({ get: async id => ({ id, ...value }) })
    return {
      token, orderId: 'o15', fetch: (where, options) => fetch(new URL(where, base), options),
      location: { pathname: '/orders/o15', href: '' },
      api: { orders: service({ userId: 'u1', items: [{ productId: 'p1' }] }), users: service(),
        products: service() },
    }
  }

  // What /tmp/bff-token has in it.
  token() {
    const file = path.join(this.temporary, 'bff-token')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }

  // The servers that a section has started end with it; mocks by themselves stay for the page.
  async endSection() {
    const isLeft = run => run.isMock || this.ofDemo?.running.includes(run)
    const over = this.running.filter(run => !isLeft(run))
    this.running = this.running.filter(isLeft)
    for (const [port, real] of this.ofDemo?.ports ?? []) this.ports.set(port, real)
    await end(over)
  }

  write(file, text) {
    const name = path.join(this.place, file)
    mkdirSync(path.dirname(name), { recursive: true })
    writeFileSync(name, text.replace(/^(admin: .*127\.0\.0\.1):9090/m, '$1:0')
      .replaceAll('/run/secrets/', `${this.temporary}/`))
  }

  read(file) {
    return readFileSync(path.join(this.place, file), 'utf8')
  }

  async stop() {
    await end(this.running.splice(0))
  }

  async close() {
    try {
      await this.stop()
    } finally {
      rmSync(this.temporary, { recursive: true, force: true })
    }
  }
}
