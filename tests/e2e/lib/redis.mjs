// A redis-server of the test's own. It is a real one, on a port or a unix socket of its own, and it
// ends with the test.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

import { connectRedis } from './redis_client.mjs'
import { scratch } from './scenario.mjs'
import { eventually, soon } from './wait.mjs'

// Ports below those that the system gives to clients: nobody takes one while the server is down.
const somePort = () => 10_000 + Math.floor(Math.random() * 20_000)

const options = settings =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...[value].flat().map(String)])

// Starts the program; false when it has ended, for example because the port is taken.
async function launch(redis) {
  const stdio = ['ignore', 'pipe', 'pipe']
  const child = spawn('redis-server', options(redis.settings), { stdio })
  for (const handle of [child, child.stdout, child.stderr]) handle.unref()
  redis.child = child
  redis.said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => (redis.said += text))
  redis.ended = once(child, 'exit')
  const failed = once(child, 'error').then(([{ message }]) => assert.fail(`redis-server: ${message}`))
  const isReady = () => child.exitCode !== null || /ready to accept connections/i.test(redis.said)
  await Promise.race([eventually(isReady, 'redis-server to be ready'), failed])
  return child.exitCode === null
}

const secure = ({ caFile, certFile, keyFile }, port) => ({ port: 0, 'tls-port': port,
  'tls-ca-cert-file': caFile, 'tls-cert-file': certFile, 'tls-key-file': keyFile,
  'tls-auth-clients': 'no' })

async function start(redis, { place, settings, tls }) {
  for (let tries = 0; tries < 20; tries++) {
    const port = place.unixsocket ? 0 : somePort()
    Object.assign(redis, { port,
      settings: { ...place, port, ...(tls ? secure(tls, port) : {}), ...settings } })
    if (await launch(redis)) return
  }
  assert.fail(`redis-server does not start: ${redis.said}`)
}

// The test's own connection: { send, close }. The first command makes it.
function ownClient(redis, { requirepass: password }) {
  const { socket, port, tls } = redis
  let client
  const connect = async () => {
    const made = await connectRedis(socket ? { path: socket } : { port }, tls)
    if (password) await made.send('AUTH', password)
    return made
  }
  return {
    connect,
    send: async (...words) => (await (client ??= connect())).send(...words),
    close: () => {
      client?.then(({ close }) => close(), () => undefined)
      client = undefined
    },
  }
}

function addressOf({ socket, port, tls }) {
  return socket ? `unix://${socket}` : `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`
}

// Ends the running time of all Idempotency-Keys that run: the last 16 bytes of such a value. It
// stands for the wait until the key of a server that was killed expires.
export const endRunningKeys = redis => redis.send('EVAL', `
  for _, key in ipairs(redis.call('KEYS', 'idempotency:*')) do
    local value = redis.call('GET', key)
    if string.find(string.sub(value, 2, 2), '[rou]') then
      redis.call('SETRANGE', key, #value - 16, string.rep('0', 16))
    end
  end`, '0')

/*
 * Starts a redis-server: { url, port, socket, send, connect, kill, freeze, thaw, restart }. Options:
 *   settings     more settings of redis.conf: { requirepass: 'x' }
 *   isSocket     true: it listens on a unix socket only, and `socket` is its path
 *   tls          { caFile, certFile, keyFile }: it listens with TLS only
 * send('GET', 'a') is a command of the test; connect() makes another connection for such commands.
 * After kill(), restart() starts it at the same address, without data.
 */
export async function startRedis(t, { settings = {}, isSocket = false, tls } = {}) {
  const dir = scratch(t)
  const socket = isSocket ? path.join(dir, 'redis.sock') : undefined
  const place = { dir, bind: '127.0.0.1', save: '', appendonly: 'no', daemonize: 'no',
    ...(isSocket ? { unixsocket: socket } : {}) }
  const redis = { socket, tls }
  const end = () => redis.child?.kill('SIGKILL')
  process.once('exit', end)
  t.after(end)
  await start(redis, { place, settings, tls })
  const { connect, send, close } = ownClient(redis, settings)
  t.after(close)
  return Object.assign(redis, {
    url: addressOf(redis),
    connect,
    send,
    kill: async () => {
      close()
      redis.child.kill('SIGKILL')
      await soon(redis.ended, 'redis-server to end')
    },
    freeze: () => redis.child.kill('SIGSTOP'),
    thaw: () => redis.child.kill('SIGCONT'),
    restart: async () =>
      assert.ok(await launch(redis), `redis-server does not start again: ${redis.said}`),
  })
}
