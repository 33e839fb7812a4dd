// ./dev watch [BUILD] [-- OPTIONS]: builds and runs bff-BUILD with mock services. After each save it
// builds again, and a new process takes over the listening sockets. docs/inner-loop.md explains it.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { Build, folder, run } from './watch_build.mjs'
import { mistakesOf } from './watch_check.mjs'
import { Report, say } from './watch_report.mjs'
import { Mocks, Server } from './watch_server.mjs'
import { Tree } from './watch_tree.mjs'

const folders = ['bff', 'clients', 'composites', 'fixtures']
const files = ['CMakeLists.txt', 'CMakePresets.json']
const isCode = name => !name.startsWith('fixtures/') || /\.[ch]$/.test(name)

// Secrets that stay the same, so that whoever is signed in stays it when ./dev watch is started again.
function secrets() {
  const file = `${folder}/secrets.json`
  if (!existsSync(file)) {
    const secret = () => randomBytes(32).toString('hex')
    writeFileSync(file, JSON.stringify({ JWT_SECRET: secret(), SESSION_KEY: secret() }), { mode: 0o600 })
  }
  return JSON.parse(readFileSync(file, 'utf8'))
}

const filesOf = changed => (changed.length > 3 ? `${changed.length} files` : changed.join(', ') || 'ready')

function valueOf(args, option) {
  const at = args.findIndex(arg => arg === option || arg.startsWith(`${option}=`))
  return at === -1 ? undefined : args[at].split('=')[1] ?? args[at + 1]
}

class Watch {
  constructor(name, args) {
    const data = valueOf(args, '--mock') ?? 'fixtures'
    const given = valueOf(args, '--mock') ? args : ['--mock', data, ...args]
    mkdirSync(folder, { recursive: true })
    const file = path.resolve(process.env.BFF_WATCH_REPORT ?? `${folder}/report.json`)
    const running = path.resolve(folder, `mocks.${process.pid}.json`)
    const kept = process.env.JWT_SECRET_FILE ? {} : secrets()
    const env = { ...kept, ...process.env, BFF_WATCH_REPORT: file, MOCK_RUNNING: running }
    this.name = name
    this.args = given
    this.env = env
    this.report = new Report(file)
    this.build = new Build(name)
    this.mocks = new Mocks({ program: this.build.mock, data, file: running, env })
    this.server = new Server({ program: this.build.program, args: given, env })
    this.server.onEnd = said => this.#onEnd(said)
    const config = valueOf(args, '--config')
    this.tree = new Tree({ folders, files: config ? [...files, path.normalize(config)] : files,
      onChange: change => this.#onChange(change) })
  }

  #onChange(change) {
    const waiting = this.waiting
    this.waiting = waiting ? { files: [...waiting.files, ...change.files],
      others: [...waiting.others, ...change.others], at: waiting.at } : change
    this.#work()
  }

  // One change at a time; what comes meanwhile is done together afterwards.
  async #work() {
    if (this.isBusy) return
    this.isBusy = true
    while (this.waiting && !this.isOver) {
      const change = this.waiting
      this.waiting = undefined
      await this.turn(change).catch(error => this.report.fail([
        { message: `./dev watch: ${error.stack}`, remedy: 'the next save tries it again' }], this.server.isServing))
    }
    this.isBusy = false
  }

  async turn({ files: changed, others, at }) {
    this.report.tell('building')
    this.times = []
    this.last = at
    this.needsCMake ||= others.some(isCode) || changed.some(name => files.includes(name))
    this.needsRenewal ||= changed.some(name => !isCode(name))
    const mistakes = await this.#compile() ?? await this.#serve()
    if (mistakes) {
      await this.tree.settle()
      if (!this.waiting) this.report.fail(mistakes, this.server.isServing)
      return // Otherwise it was built from files that have changed meanwhile.
    }
    this.report.tell('ok')
    say(`${filesOf(changed)}: ${((this.last - at) / 1000).toFixed(2)} s (${this.times.join(', ')})`)
  }

  #lap(what) {
    const now = performance.now()
    this.times.push(`${what} ${Math.round(now - this.last)} ms`)
    this.last = now
  }

  // Gives mistakes, or undefined.
  async #compile() {
    this.#lap('noticed')
    if (this.needsCMake || !this.build.isConfigured) {
      const wrong = await this.build.configure()
      this.#lap('cmake')
      if (wrong.length > 0) return wrong
      this.needsCMake = false
    }
    const wrong = await this.build.make()
    this.#lap('compile and link')
    return wrong.length > 0 ? wrong : undefined
  }

  async #check() {
    const { code, output } = await run(this.build.program, ['--check', ...this.args], { env: this.env })
    return code === 0 ? '' : output
  }

  // Starts or renews the mock services, when they have to be. Gives what is wrong.
  async #mocks() {
    const { mock } = this.build.marks()
    if (!this.mocks.isRunning || mock !== this.mark) {
      const wrong = await this.mocks.start()
      if (!wrong) this.mark = mock
      this.needsRenewal = wrong !== ''
      return wrong
    }
    this.mocks.tell()
    const wrong = this.needsRenewal ? await this.mocks.renew() : ''
    this.needsRenewal = wrong !== ''
    return wrong
  }

  // Gives mistakes, or undefined.
  async #serve() {
    const wrong = (await Promise.all([this.#check(), this.#mocks()])).join('')
    this.#lap('check')
    if (wrong) return mistakesOf(this.name, wrong)
    const failure = this.server.isServing ? await this.server.swap() : await this.server.start()
    this.#lap('swap')
    this.mocks.leaveBefore()
    return failure ? mistakesOf(this.name, failure) : undefined
  }

  // The server has ended by itself. The next save starts it again.
  #onEnd(said) {
    const mistakes = said.includes('must(') ? mistakesOf(this.name, said)
      : [{ message: `the server has ended. ${said}`.trim(), remedy: 'the next save starts it again' }]
    this.report.fail(mistakes, false)
  }

  start() {
    say(`watching ${folders.join(', ')}`)
    if (!existsSync(this.build.program)) say('building everything for the first time takes one to five minutes')
    this.needsCMake = true // what was new or has gone since the last time
    this.#onChange({ files: [], others: [], at: performance.now() })
  }

  async stop() {
    if (this.isOver) this.server.kill()
    this.isOver = true
    this.tree.close()
    await this.server.stop()
    await this.mocks.stop()
    this.report.tell('none')
    process.exit(0)
  }
}

const [first, ...rest] = process.argv.slice(2)
const name = first && first !== '--' ? first : 'web'
const args = first === '--' ? rest : rest[0] === '--' ? rest.slice(1) : rest
if (!existsSync(`composites/${name}/build.c`)) {
  say(`there is no build ${name}: composites/ has no ${name}/build.c`)
  process.exit(2)
}
const loop = new Watch(name, args)
process.once('exit', () => { loop.server.kill(); loop.mocks.kill('SIGKILL') }) // also after a mistake of our own
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => loop.stop())
loop.start()
