// Hosts of a test: network namespaces on one bridge. All of it is in a network namespace of the test
// process, so nothing is left on the machine, and the names and ports of others do not matter.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { soon } from '../../e2e/lib/wait.mjs'
import { output } from './run.mjs'

// Where the test process is: services and clients.
export const here = '10.77.0.1'

// Without root, a user namespace gives the rights.
const unshare = ['unshare', '--net', ...(process.getuid() === 0 ? [] : ['--map-root-user'])]

const trial = 'ip link set lo up && ip link add br0 type bridge && ip link add one type veth peer name two'

// Why this machine cannot have such a world; undefined: it can.
function obstacle() {
  const [program, ...options] = unshare
  const { status, error, stderr } = spawnSync(program, [...options, 'sh', '-c', trial],
    { encoding: 'utf8' })
  return status === 0 ? undefined : `no network namespaces here: ${error?.message ?? stderr.trim()}`
}

/*
 * Runs the test file of `url` again in a network namespace of its own, and never returns in the first
 * process. Returns undefined in the second one, and the reason where there can be none.
 */
export async function enterWorld(url) {
  if (process.env.IN_WORLD) return undefined
  const why = obstacle()
  if (why) return why
  const [program, ...options] = unshare
  const again = [...options, process.execPath, ...process.execArgv, fileURLToPath(url)]
  const child = spawn(program, again, { stdio: 'inherit', env: { ...process.env, IN_WORLD: '1' } })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  const [code] = await once(child, 'exit')
  process.exit(code ?? 1)
}

async function run(program, ...args) {
  const { code, stderr } = await output(program, args)
  assert.equal(code, 0, `${program} ${args.join(' ')}: ${stderr}`)
}

const ip = text => run('ip', ...text.split(' '))

let world

// Makes the bridge, once. A signal that ends the test also ends the programs that it has started.
export const startWorld = () => (world ??= makeWorld())

async function makeWorld() {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
  await ip('link set lo up')
  await ip('link add br0 type bridge')
  await ip(`addr add ${here}/24 dev br0`)
  await ip('link set br0 up')
}

// A process that keeps a network namespace alive.
async function holder() {
  const child = spawn('unshare', ['--net', 'sh', '-c', 'echo; exec sleep infinity'],
    { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  await soon(once(child.stdout, 'data'), 'a network namespace')
  child.stdout.destroy()
  child.unref()
  return child
}

/*
 * A host at 10.77.0.`number`: { address, under, cut, heal }. `under` is the command that runs a
 * program there. Hosts that are cut reach each other no more, and all others as before. Packets
 * between them are dropped without a word.
 */
export async function addHost(t, number) {
  const { pid, kill } = await holder().then(child => ({ pid: child.pid, kill: () => child.kill() }))
  t.after(kill)
  const [address, port] = [`10.77.0.${number}`, `host${number}`]
  const under = ['nsenter', '--net', `--target=${pid}`]
  await ip(`link add ${port} type veth peer name eth0 netns ${pid}`)
  await ip(`link set ${port} master br0 up`)
  await run(...under, 'sh', '-c', 'ip link set lo up && ip link set eth0 up && ' +
    `ip addr add ${address}/24 dev eth0`)
  const isolate = how => ip(`link set ${port} type bridge_slave isolated ${how}`)
  return { address, under, cut: () => isolate('on'), heal: () => isolate('off') }
}
