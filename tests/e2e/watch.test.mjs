// ./dev watch: what is saved is served soon, a mistake is reported while the last good version goes on
// serving, and nobody notices the swaps. The server itself is not compiled here: its objects are those
// of the release build. WATCH_SAVES=20 measures the median from a save to the new answer.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { scratch } from './lib/scenario.mjs'
import { copyTree, root } from './lib/tree.mjs'
import { eventually, soon } from './lib/wait.mjs'

const builds = path.join(root, 'build')
const isBuilt = existsSync(path.join(builds, 'CMakeFiles/bff_base.dir'))
const page = 'composites/web/dashboard.c'

// The environment without what would configure the server.
const environment = () => Object.fromEntries(Object.entries(process.env)
  .filter(([name]) => !/_URL$|^JWT_|^NODE_|^BFF_|^SESSION_/.test(name)))

class Watched {
  constructor(place) {
    this.place = place
    this.file = name => path.join(place, name)
    this.read = name => readFileSync(this.file(name), 'utf8')
    this.stderr = ''
    this.stdout = ''
  }

  async start() {
    const program = ['tests/dev/watch.mjs', 'web', '--', '--listen', 'http://127.0.0.1:0', '--workers', '2']
    this.child = spawn(process.execPath, program,
      { cwd: this.place, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    process.once('exit', () => this.child.kill('SIGKILL'))
    this.closed = once(this.child, 'close')
    this.child.stdout.setEncoding('utf8').on('data', text => (this.stdout += text))
    this.child.stderr.setEncoding('utf8').on('data', text => (this.stderr += text))
    await this.ready(1)
  }

  // Waits until a server has been started so often, and takes its address.
  async ready(times) {
    const lines = () => this.stdout.split('\n').filter(line => line.includes('"event":"ready"'))
    await eventually(() => {
      if (times === 1) assert.doesNotMatch(this.stderr, /nothing serves yet/)
      return lines().length === times
    }, 'the ready line')
    this.url = JSON.parse(lines().at(-1)).listen[0]
  }

  // The server's process, before another one has taken over.
  serverPid() {
    const { pid } = this.child
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
      .find(child => readFileSync(`/proc/${child}/cmdline`, 'utf8').startsWith('build/watch/bff-web'))
  }

  async signIn() {
    const body = JSON.stringify({ email: 'ada.nowak@mail.example', password: 'ada-loves-tea' })
    const answer = await ask(this.url, '/api/auth/login', { method: 'POST', body })
    assert.equal(answer.status, 200, answer.text)
    Object.assign(this, answer.body)
  }

  get(where, options) {
    return ask(this.url, where, { token: this.token, ...options })
  }

  // As editors do it: another file takes the name.
  save(name, text) {
    writeFileSync(this.file(`${name}.tmp`), text)
    renameSync(this.file(`${name}.tmp`), this.file(name))
    return performance.now()
  }

  replace(name, from, to) {
    const text = this.read(name)
    assert.ok(text.includes(from), `${name}: ${from}`)
    return this.save(name, text.replace(from, () => to))
  }

  report() {
    return JSON.parse(this.read('build/watch/report.json'))
  }

  // The report of what was saved last: the one that is no longer building.
  async reported(state) {
    await eventually(() => this.report().state === state, `a report that says ${state}`)
    return this.report()
  }

  async members(where = '/api/dashboard/u1') {
    const { status, body, text } = await this.get(where)
    assert.equal(status, 200, text)
    return Object.keys(body)
  }

  // Waits until the page has this member, and gives the milliseconds since `began`.
  async has(member, began = performance.now()) {
    await eventually(async () => (await this.members()).includes(member), `${member} in the answer`)
    return performance.now() - began
  }

  async stop() {
    this.child.kill('SIGTERM')
    const [code] = await soon(this.closed, 'the end of ./dev watch')
    assert.equal(code, 0, this.stderr)
  }
}

// Clients that ask all the time, each on a connection that it keeps when it may.
function steady(watched, count) {
  const agent = new http.Agent({ keepAlive: true })
  const failures = []
  let isOver = false
  let asked = 0
  const client = async () => {
    while (!isOver) {
      const { status } = await watched.get('/api/dashboard/u1', { agent }).catch(error => ({ status: `${error}` }))
      asked++
      if (status !== 200) failures.push(status)
    }
  }
  const clients = Promise.all(Array.from({ length: count }, client))
  return async () => {
    isOver = true
    await clients
    agent.destroy()
    return { failures, asked }
  }
}

const of = (name, list) => list.find(error => error.file === name)

describe('./dev watch', { skip: isBuilt ? false : 'the release build is not there' }, () => {
  const cleanUps = []
  let watched
  before(async () => {
    const place = scratch({ after: cleanUp => cleanUps.push(cleanUp) })
    mkdirSync(path.join(place, 'tests/e2e'), { recursive: true })
    copyTree(place, builds)
    watched = new Watched(place)
    await watched.start()
    await watched.signIn()
  })
  after(async () => {
    await watched?.stop()
    for (const cleanUp of cleanUps) await cleanUp()
  })

  test('starts the server again at the next save when it has ended', async () => {
    process.kill(watched.serverPid(), 'SIGKILL')
    const { errors: [error] } = await watched.reported('failed')
    assert.match(error.message, /^the server has ended/)
    watched.save(page, `${watched.read(page)}\n`)
    await watched.ready(2)
    await watched.reported('ok')
    assert.equal((await watched.get('/api/dashboard/u1')).status, 200, 'the token of before')
  })

  test('serves what was saved, and whoever is signed in stays it', async () => {
    const { token } = watched
    await watched.has('recentOrders')
    watched.replace(page, '"recentOrders"', '"latestOrders"')
    await watched.has('latestOrders')
    await watched.reported('ok')
    assert.equal(watched.token, token)
    const body = JSON.stringify({ refreshToken: watched.refreshToken })
    const renewed = await watched.get('/api/auth/refresh', { method: 'POST', body })
    assert.equal(renewed.status, 200, 'the mock services still know the refresh token')
  })

  test('reports a mistake in C with its line and a remedy; the old page is served until it is mended', async () => {
    const line = watched.read(page).split('\n').findIndex(text => text.includes('.ask = user,')) + 1
    watched.replace(page, '.ask = user,', '.ask = user')
    const { errors: [error] } = await watched.reported('failed')
    assert.equal(error.file, page)
    assert.match(watched.read(page).split('\n')[error.line - 1], /\.kind|\.ask/)
    assert.ok([line, line + 1].includes(error.line), `${error.line}`)
    assert.ok(error.column > 0)
    assert.match(error.remedy, /^the comma before \.\w+ is missing/)
    const shown = await ask(watched.url, '/__bff/build')
    assert.deepEqual(shown.body, watched.report(), 'what the page shows')
    const told = new RegExp(`${page}:${error.line}:[^]*usually: the comma before`)
    await eventually(() => told.test(watched.stderr), 'the same in the terminal')
    assert.ok((await watched.members()).includes('latestOrders'))

    watched.save(page, watched.read(page).replace('.ask = user\n', '.ask = user,\n').replace('"latestOrders"', '"orders"'))
    await watched.has('orders')
    await watched.reported('ok')
  })

  test('reports a mistake in a table with its row and the remedy of the guide', async () => {
    const line = watched.read(page).split('\n').findIndex(text => text.includes('.name = "orders"')) + 1
    watched.replace(page, '.name = "orders",', '.name = "orders", .after = "usr",')
    const { errors: [error] } = await watched.reported('failed')
    assert.deepEqual([error.file, error.line], [page, line])
    assert.match(error.message, /part "orders": \.after names "usr", which is no part above it$/)
    assert.match(error.remedy, /^a part can only wait for a part in a row above/)
    assert.ok((await watched.members()).includes('orders'))
    watched.replace(page, ' .after = "usr",', '')
    await watched.reported('ok')
  })

  test('reads fixtures again, and reports JSON that is none', async () => {
    const [file] = readdirSync(watched.file('fixtures/data/users')).filter(name =>
      watched.read(`fixtures/data/users/${name}`).includes('Ada Nowak'))
    const name = `fixtures/data/users/${file}`
    const user = async () => (await watched.get('/api/dashboard/u1')).body.user
    watched.replace(name, 'Ada Nowak', 'Ada Lovelace')
    await eventually(async () => (await user()).name === 'Ada Lovelace', 'the new name')

    const good = watched.read(name)
    watched.save(name, good.replace('"Ada Lovelace",', '"Ada Lovelace"'))
    const error = of(name, (await watched.reported('failed')).errors)
    assert.equal(error.message, 'not valid JSON')
    assert.ok(good.split('\n')[error.line - 2].includes('Ada Lovelace'), `${error.line}`)
    assert.match(error.remedy, /a comma/)
    assert.equal((await user()).name, 'Ada Lovelace')
    watched.save(name, good)
    await watched.reported('ok')
  })

  test('keeps the scenario that was chosen, and reads the files of scenarios again', async () => {
    const scenario = wanted => ask(watched.url, '/__bff/scenario', wanted && { method: 'PUT',
      headers: { 'content-type': 'application/json' }, body: JSON.stringify(wanted) })
    const chosen = await scenario({ name: 'sold-out' })
    assert.equal(chosen.status, 200, chosen.text)
    watched.save('fixtures/scenarios/watched.yaml', 'about: a new one\nservices:\n  users: { mock: "status=503" }\n')
    await eventually(async () => (await scenario()).body.known.some(({ name }) => name === 'watched'), 'the new scenario')
    await watched.reported('ok')
    assert.equal((await scenario()).body.current, 'sold-out')

    const broken = await watched.get('/api/dashboard/u1', { headers: { 'x-mock-scenario': 'watched' } })
    assert.deepEqual(broken.body.errors?.user, { reason: 'status', status: 503 })
    watched.save('fixtures/scenarios/watched.yaml', 'about: a new one\nservices:\n  user: { mock: "status=503" }\n')
    const error = of('fixtures/scenarios/watched.yaml', (await watched.reported('failed')).errors)
    assert.equal(error?.line, 3)
    watched.save('fixtures/scenarios/watched.yaml', 'about: a new one\n')
    await watched.reported('ok')
    assert.equal((await scenario({ name: null })).status, 200)
  })

  test('reads a fixture that was saved while the code had a mistake', async () => {
    watched.replace(page, '.ask = user,', '.ask = user')
    const { at } = await watched.reported('failed')
    watched.save('fixtures/scenarios/watched.yaml', 'services:\n  users: { mock: "status=502" }\n')
    await eventually(() => watched.report().state === 'failed' && watched.report().at !== at, 'the second report')
    watched.replace(page, '.ask = user\n', '.ask = user,\n')
    await watched.reported('ok')
    const { body } = await watched.get('/api/dashboard/u1', { headers: { 'x-mock-scenario': 'watched' } })
    assert.deepEqual(body.errors?.user, { reason: 'status', status: 502 })
  })

  test('goes on noticing when folders have been replaced, as git does it', async () => {
    for (const folder of ['composites/web', 'composites', 'composites']) {
      const kept = path.join(watched.place, 'kept')
      cpSync(watched.file(folder), kept, { recursive: true })
      rmSync(watched.file(folder), { recursive: true })
      cpSync(kept, watched.file(folder), { recursive: true })
      rmSync(kept, { recursive: true })
      const name = `orders${Math.trunc(performance.now())}`
      watched.replace(page, /"(orders\d*)"/.exec(watched.read(page))[0], `"${name}"`)
      await watched.has(name)
      await watched.reported('ok')
    }
  })

  test('does not show what was wrong with half of a change', async () => {
    const told = watched.stderr.length
    watched.save('composites/web/early.c',
      'extern int later(void);\nstatic __attribute__((constructor)) void early(void)\n{\n    later();\n}\n')
    await eventually(() => watched.read('build/watch/build.ninja').includes('early.c'), 'the build without the other file')
    watched.save('composites/web/later.c', 'extern int later(void);\nint later(void)\n{\n    return 1;\n}\n')
    await eventually(() => /later\.c: /.test(watched.stderr.slice(told)), 'the whole change')
    await watched.reported('ok')
    assert.doesNotMatch(watched.stderr.slice(told), /undefined reference|goes on serving/)
  })

  test('loses no request while it swaps', async () => {
    const saves = Number(process.env.WATCH_SAVES ?? 4)
    const stop = process.env.WATCH_SAVES ? async () => ({ failures: [], asked: 1 }) : steady(watched, 2)
    const times = []
    for (let i = 0; i < saves; i++) {
      const began = watched.replace(page, /"(orders\d*)"/.exec(watched.read(page))[0], `"orders${i}"`)
      times.push(await watched.has(`orders${i}`, began))
      await watched.reported('ok')
    }
    const { failures, asked } = await stop()
    assert.deepEqual(failures, [])
    assert.ok(asked > 0)
    const sorted = times.map(Math.round).sort((a, b) => a - b)
    console.log(`from a save to the new answer: median ${sorted[sorted.length >> 1]} ms of ${saves}, ` +
      `${sorted[0]} to ${sorted.at(-1)} ms`)
  })
})
