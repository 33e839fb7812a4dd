// Three replicas of bff-web behind HAProxy with docs/deploy/haproxy.cfg, and a Redis, each on a host of
// its own. The services are in the test process.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'

import { connectRedis } from '../../e2e/lib/redis_client.mjs'
import { configFile, scratch } from '../../e2e/lib/scenario.mjs'
import { kill, startServer } from '../../e2e/lib/server.mjs'
import { services, startUpstreams } from '../../e2e/lib/upstream.mjs'
import { eventually, soon } from '../../e2e/lib/wait.mjs'
import { addHost, here, startWorld } from './network_world.mjs'
import { startNameServer } from './name_server.mjs'
import { output } from './run.mjs'

const port = 8080
const original = readFileSync(new URL('../../../docs/deploy/haproxy.cfg', import.meta.url), 'utf8')

// A program on a host, which ends with the test: said() is its output so far. The output goes into a
// file, because HAProxy drops lines of its log when nobody reads its pipe at once.
function runOn(t, host, program, args) {
  const file = path.join(scratch(t), 'output')
  const fd = openSync(file, 'a+')
  const [command, ...rest] = [...host.under, program, ...args]
  const child = spawn(command, rest, { stdio: ['ignore', fd, 'ignore'] })
  process.once('exit', () => child.kill('SIGKILL'))
  t.after(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    closeSync(fd)
  })
  let text = '', at = 0
  const chunk = Buffer.alloc(65536)
  const said = () => {
    for (let count; (count = readSync(fd, chunk, 0, chunk.length, at)) > 0; at += count)
      text += chunk.toString('latin1', 0, count)
    return text
  }
  return { said }
}

async function accepts(address, to) {
  const socket = net.connect(to, address)
  const isOpen = await once(socket, 'connect').then(() => true, () => false)
  socket.destroy()
  return isOpen
}

async function startRedisOn(t, host) {
  runOn(t, host, 'redis-server', ['--bind', host.address, '--port', '6379', '--protected-mode', 'no',
    '--save', '', '--appendonly', 'no'])
  await eventually(() => accepts(host.address, 6379), 'Redis to listen')
  const client = await connectRedis({ host: host.address, port: 6379 })
  t.after(client.close)
  return { url: `redis://${host.address}:6379`, send: client.send, ...host }
}

const replaced = (text, from, to) => {
  assert.ok(text.includes(from), `haproxy.cfg has "${from}"`)
  return text.replace(from, to)
}

// The file of the documents, with the name server of the test, and checks that come more often. With
// several threads HAProxy drops a line of its log when two threads write at the same time.
const ownSettings = nameServer => [
  ['parse-resolv-conf', `nameserver test ${nameServer}`],
  ['check inter 1s', 'check inter 200ms'],
  ['global\n', 'global\n    nbthread 1\n'],
].reduce((text, [from, to]) => replaced(text, from, to), original)

// HAProxy: { host, url, entries, transitions }. entries() are the requests of its log so far, and
// transitions(address) says how often the replica at this address has gone up and down.
async function startHaproxyOn(t, host, addresses) {
  const file = path.join(scratch(t), 'haproxy.cfg')
  writeFileSync(file, ownSettings(await startNameServer(t, here, addresses)))
  const { code, stderr } = await output('haproxy', ['-c', '-f', file])
  assert.equal(code, 0, stderr)
  const { said } = runOn(t, host, 'haproxy', ['-db', '-f', file])
  const nameOf = address =>
    new RegExp(`bff/(bff\\d+) changed its IP from \\S+ to ${address.replaceAll('.', '\\.')} `).exec(said())?.[1]
  const count = (address, word) =>
    said().match(new RegExp(`Server bff/${nameOf(address)} (\\('\\S+'\\) )?is ${word}`, 'g'))?.length ?? 0
  return { host, url: `http://${host.address}:${port}`,
    transitions: address => ({ up: count(address, 'UP'), down: count(address, 'DOWN') }),
    entries: () => entriesOf(said()) }
}

// A line of `option httplog`: status, termination state, retries, and what was asked for.
const line = /bff\/\S+ \S+ (-?\d+) \d+ \S+ \S+ (\S{4}) \d+\/\d+\/\d+\/\d+\/(\+?)(\d+) \S+ "(\S+) (\S+) /g

const entriesOf = text => [...text.matchAll(line)].map(([, status, state, redispatched, retries, method, target]) =>
  ({ status: Number(status), state, retries: Number(retries), isRedispatched: redispatched === '+', method, target }))

const settingsOf = (redis, more) => ({
  listen: [`http://0.0.0.0:${port}`],
  drain_delay: '1500ms',
  drain_timeout: '20s',
  redis: { url: redis.url, timeout: '1s', connect_timeout: '1s' },
  services: Object.fromEntries(services.map(name => [name, { health: 'off' }])),
  ...more,
})

class Replica {
  constructor(host, args, env) {
    Object.assign(this, { host, args, env, address: host.address, url: `http://${host.address}:${port}` })
  }

  async start() {
    this.server = await startServer('web', this.args, this.env, this.host.under)
  }

  signal(name) {
    kill(this.server, name)
  }

  // Ends it as a machine that loses its power does.
  async kill() {
    this.signal('SIGKILL')
    this.server.isStopped = true
    await soon(this.server.ended, 'a replica that was killed')
  }

  events(name) {
    return this.server.lines().filter(({ event }) => event === name)
  }
}

/*
 * The whole: { replicas, redis, haproxy, upstreams, url }. `plan` is that of the services, and `config`
 * is added to the settings of each replica. The hosts have the numbers from `first`. Everything is
 * ready.
 */
export async function startReplicas(t, { plan, config, first }) {
  await startWorld()
  const hosts = []
  for (let i = 0; i < 5; i++) hosts.push(await addHost(t, first + i))
  const [front, ...rest] = hosts
  const redis = await startRedisOn(t, rest.pop())
  await redis.cut() // from the replicas that are cut, too, and from nobody else
  const upstreams = await startUpstreams(plan,
    Object.fromEntries(services.map(name => [name, { host: here }])), { keepsRecords: false })
  t.after(() => upstreams.close())
  const env = Object.fromEntries(
    Object.entries(upstreams.urls).map(([name, url]) => [`${name.toUpperCase()}_URL`, url]))
  const args = ['--config', configFile(t, settingsOf(redis, { trusted_proxies: [front.address], ...config }))]
  const replicas = rest.map(host => new Replica(host, args, env))
  t.after(() => Promise.all(replicas.map(({ server }) => server?.stop())))
  await Promise.all(replicas.map(replica => replica.start()))
  const haproxy = await startHaproxyOn(t, front, replicas.map(({ address }) => address))
  await eventually(() => replicas.every(({ address }) => haproxy.transitions(address).up > 0),
    'HAProxy to find the replicas')
  return { replicas, redis, haproxy, upstreams, url: haproxy.url }
}
