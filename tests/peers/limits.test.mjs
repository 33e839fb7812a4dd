// Rate limits in memory beside express-rate-limit and nginx's limit_req. LIMITS_SEED=n tries other
// requests.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import path from 'node:path'
import readline from 'node:readline'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { ask } from '../e2e/lib/client.mjs'
import { random } from '../e2e/lib/random.mjs'
import { scenario } from '../e2e/lib/scenario.mjs'
import { soon } from '../e2e/lib/wait.mjs'
import { startLimits } from './lib/nginx_limits.mjs'
import { output } from './lib/run.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))
const build = process.env.BFF_BUILD ?? beside('../../build')
const packages = beside('../../build/peers/node_modules/')
const seed = Number(process.env.LIMITS_SEED ?? 1)

const under = chance => most => Math.floor(chance() * most)

async function replay(lines) {
  const { code, stdout, stderr } = await output(path.join(build, 'tests/limit_replay'), [],
    { input: lines.map(line => `${line}\n`).join('') })
  assert.equal(code, 0, stderr)
  return stdout.trimEnd().split('\n')
}

// Express with these rules: { url, line, keys }.
async function startExpress(t, rules) {
  const child = spawn(process.execPath, [beside('lib/express_limits.mjs'), JSON.stringify(rules)],
    { env: { ...process.env, PEERS: packages }, stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => (await soon(lines.next(), 'a line of Express')).value
  const port = await next()
  const keys = async addresses => {
    child.stdin.write(addresses.map(address => `${address}\n`).join(''))
    const all = []
    while (all.length < addresses.length) all.push(await next())
    return all
  }
  return { url: `http://127.0.0.1:${port}`, keys }
}

describe('beside express-rate-limit', () => {
  const clients = ['192.0.2.7', '192.0.2.8', '198.51.100.1', '2001:db8:1:2::1', '2001:db8:1:2:3::4',
    '2001:db8:1:3::1', '::ffff:192.0.2.8']
  const paths = ['/api/users/1', '/api/auth/login', '/api/auth/login/', '/api/auth/other', '/api/none',
    '/api/dashboard/1', '/none', '/api/users/2?a=b']
  const methods = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE']
  const fields = ['ratelimit-policy', 'ratelimit-limit', 'ratelimit-remaining']
  const seconds = ['ratelimit-reset', 'retry-after']

  // One client in two sends half of all requests, so that both limits are reached.
  function requestOf(chance) {
    const path = chance.any(paths)
    return { path, method: path.startsWith('/api/dashboard/') ? 'PUT' : chance.any(methods),
      client: chance() < 0.5 ? clients[0] : chance.any(clients) }
  }

  function assertSame(ours, theirs, what) {
    assert.equal(ours.status, theirs.status, what)
    for (const name of fields) assert.equal(ours.headers[name], theirs.headers[name], `${name}: ${what}`)
    for (const name of seconds) {
      assert.equal(name in ours.headers, name in theirs.headers, `${name}: ${what}`)
      assert.ok(!(name in ours.headers) || Math.abs(ours.headers[name] - theirs.headers[name]) <= 1,
        `${name}: ${ours.headers[name]} and ${theirs.headers[name]}: ${what}`)
    }
    if (ours.status !== 429 || ours.text === '') return
    const { requestId, ...body } = ours.body
    assert.ok(requestId)
    assert.deepEqual(body, theirs.body)
  }

  test('500 requests get the same status, fields and refusals', async t => {
    const { url } = await startExpress(t, [{ path: '/api/', windowMs: 900_000, limit: 100 },
      { path: '/api/auth/login', windowMs: 900_000, limit: 10 }])
    const server = await scenario(t, 'web', { 'users *': { json: {} } }, { config: {
      login: 'off', trusted_proxies: ['127.0.0.1'],
      routes: [{ path: '/api/users/', service: 'users' }, { path: '/api/auth/', service: 'users' }],
      rate_limits: [{ name: 'api', path: '/api/', window: '15m', max: 100 },
        { name: 'login', path: '/api/auth/login', window: '15m', max: 10 }] } })
    const chance = random(seed)
    const refusals = {}
    for (let i = 0; i < 500; i++) {
      const { path, method, client } = requestOf(chance)
      const request = { method, headers: { 'x-forwarded-for': client } }
      const [ours, theirs] = await Promise.all([ask(server.url, path, request), ask(url, path, request)])
      assertSame(ours, theirs, `request ${i}, ${method} ${path} of ${client}`)
      if (ours.status === 429) {
        const policy = ours.headers['ratelimit-policy']
        refusals[policy] = (refusals[policy] ?? 0) + 1
      }
    }
    t.diagnostic(`seed ${seed}, refusals: ${JSON.stringify(refusals)}`)
    assert.ok(refusals['100;w=900'] >= 20 && refusals['10;w=900'] >= 20)
  })

  test('addresses have the same keys', async t => {
    const { keys } = await startExpress(t, [])
    const below = under(random(seed))
    const group = () => (below(3) === 0 ? '0' : below(65536).toString(16))
    const addresses = [...clients, '::1', '::', 'fe80::1', '::ffff:102:304', '64:ff9b::1.2.3.4',
      '2001:0db8:00A0:000B::1', '1:0:0:2::', '0:0:0:1::',
      ...Array.from({ length: 1000 }, () => `${below(65535) + 1}:${Array.from({ length: 7 }, group).join(':')}`),
      ...Array.from({ length: 100 }, () => Array.from({ length: 4 }, () => below(256)).join('.'))]
    assert.deepEqual(await replay(addresses.map(address => `key ${address}`)), await keys(addresses))
  })
})

describe("beside nginx's limit_req", { concurrency: 3 }, () => {
  const requests = 2000
  const rate = 300000 // in 1000 seconds
  const burst = 20
  const kinds = [
    ['nodelay', 'off', 'nodelay', ['passed', 'rejected']],
    ['delay', 0, '', ['delayed', 'rejected']],
    ['two stages', 8, 'delay=8', ['passed', 'delayed', 'rejected']],
  ]

  // Sends requests in groups, with pauses in which the bucket empties in part.
  async function shoot(url) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 500 })
    const below = under(random(seed))
    const answers = []
    for (let i = 0; i < requests; i++) {
      answers.push(new Promise((resolve, reject) => {
        http.get(`${url}?i=${i}`, { agent }, res => res.resume().on('end', resolve)).on('error', reject)
      }))
      if (below(40) === 0) await pause(below(120))
    }
    await soon(Promise.all(answers), 'all answers of nginx')
    agent.destroy()
  }

  // Decisions may differ when the excess is so near to a limit that 2 ms change it. An excess that
  // nginx has logged is ours but for that.
  const near = 2 * rate / 1000 + 1

  function assertSame({ decision, excess, ms }, own, thousandths, limits) {
    const where = `at ${ms}: ${own} with ${thousandths}, nginx ${decision} with ${excess}`
    if (excess !== undefined) assert.ok(Math.abs(excess * 1000 - thousandths) <= near, where)
    const isNear = limits.some(limit => Math.abs(thousandths - limit * 1000) <= near)
    assert.ok(own === decision || isNear, where)
  }

  for (const [what, delay, word, often] of kinds) {
    test(`${requests} requests get the same decisions: ${what}`, async t => {
      const nginx = await startLimits(t, `${rate / 1000}r/s`, `burst=${burst} ${word}`)
      await shoot(nginx.url)
      await nginx.stop()
      const theirs = nginx.decisions()
      assert.equal(theirs.length, requests)
      const ours = await replay([`leaky ${rate} ${burst} ${delay}`,
        ...theirs.map(({ ms, decision }) => `at ${ms} ${decision}`)])
      const count = { differ: 0, passed: 0, delayed: 0, rejected: 0 }
      for (const [i, each] of theirs.entries()) {
        const [own, thousandths] = ours[i + 1].split(' ')
        assertSame(each, own, Number(thousandths), [burst, delay === 'off' ? burst : delay])
        count[each.decision]++
        count.differ += own !== each.decision
      }
      t.diagnostic(`${what}: ${JSON.stringify(count)}`)
      for (const each of often) assert.ok(count[each] >= 200, `${each}: ${count[each]}`)
    })
  }
})
