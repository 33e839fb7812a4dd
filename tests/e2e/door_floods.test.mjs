// Clients that try to keep the server busy with useless work. After each of them, the server must
// still run, must have used little time and memory, must have made no useless calls to services,
// and must have served other clients at the same time.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { connectFrames, fields, flags, frame, kept, ping, repeated, request, reset, settings, types,
  windowUpdate } from './lib/h2_raw.mjs'
import { mebibyte } from './lib/reply.mjs'
import { user } from './lib/samples.mjs'
import { open, scenario } from './lib/scenario.mjs'
import { peakMemory } from './lib/server.mjs'

const isSanitized = /asan|tsan/.test(process.env.BFF_BUILD ?? '')
const empty = { status: 204 }
const good = '/api/dashboard/good'
const bad = { pseudo: { ':path': '/api/dashboard/bad' } }
// The services never answer the attackers.
const plan = {
  'users /users/good': { json: user('good') }, 'users *': { fault: 'hang' },
  'orders *': empty, 'recommendations *': empty, 'notifications *': empty,
}
const env = { ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'quarantine_size_mb=8']
  .filter(Boolean).join(':') }

// Seconds that the server has spent so far.
function spent({ pid }) {
  const [, rest] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')
  const [user, system] = rest.split(' ').slice(11, 13).map(Number)
  return (user + system) / 100
}

// Asks and asks until the attack is over; the slowest answer, in milliseconds.
async function serveBeside(get, attack) {
  let isOver = false
  attack.finally(() => (isOver = true)).catch(() => undefined)
  let slowest = 0
  do {
    const res = await get(good)
    assert.equal(res.status, 200)
    slowest = Math.max(slowest, res.ms)
  } while (!isOver)
  return slowest
}

/*
 * Runs `attack`, which is given a way to connect, beside a good client, and checks what became of
 * it: `seconds` of the processor and `memory` at most, `asked` requests for the attackers at most.
 */
async function survive(t, attack, { seconds = 2, memory = 64 * mebibyte, asked: most = 0 } = {}) {
  const scene = await scenario(t, 'web', plan, { ...open, env, args: ['--workers', '1'] })
  const { get, server, url, asked } = scene
  await get(good)
  const before = { spent: spent(server), memory: peakMemory(server), asked: asked('users').length }
  const opened = []
  const connect = async first => {
    const raw = await connectFrames(url, first)
    opened.push(raw)
    return raw
  }
  const slowest = await serveBeside(get, attack(connect, scene))
  for (const raw of opened) raw.socket.destroy()
  const took = spent(server) - before.spent
  const grown = peakMemory(server) - before.memory
  const vain = asked('users').filter(each => each.url === '/users/bad').length
  t.diagnostic(`${took.toFixed(2)} s, ${Math.round(grown / mebibyte)} MiB, ${vain} asked in vain, ` +
    `slowest answer beside it ${Math.round(slowest)} ms`)
  assert.ok(vain <= most, `${vain} requests`)
  assert.ok(slowest < 10_000, `${slowest} ms`)
  if (isSanitized) return
  assert.ok(took < seconds, `${took} s`)
  assert.ok(grown < memory, `${grown} bytes`)
}

const odd = count => Array.from({ length: count }, (_, i) => 2 * i + 1)

test('requests that are reset at once', t => survive(t, async connect => {
  const raw = await connect()
  await raw.send(Buffer.concat(odd(20_000).flatMap(id => [request(id, bad), reset(id)])))
  await raw.end()
}))

test('requests that are reset one by one', t => survive(t, async connect => {
  const raw = await connect()
  for (const id of odd(1000)) {
    if (!raw.isOpen) break
    await raw.send(request(id, bad))
    await raw.pong()
    await raw.send(reset(id))
  }
  await raw.end()
}, { asked: 200 }))

test('requests that the server is made to reset', t => survive(t, async connect => {
  const raw = await connect()
  for (let id = 1; raw.isOpen && id < 4000; id += 40) {
    const ids = odd(20).map(each => id - 1 + each)
    await raw.send(Buffer.concat(ids.map(each => request(each, bad))))
    await raw.pong()
    await raw.send(Buffer.concat(ids.map(
      (each, i) => windowUpdate(each, i % 2 ? 0 : 0x7fffffff))))
    await raw.pong()
  }
  await raw.end()
}, { asked: 200 }))

test('requests that are never finished, and reset', t => survive(t, async connect => {
  const raw = await connect()
  await raw.send(Buffer.concat(odd(20_000).flatMap(
    id => [request(id, bad, flags.END_HEADERS), reset(id)])))
  await raw.pong()
}))

test('400 000 fields that are one', t => survive(t, async connect => {
  const head = Buffer.concat([fields(bad), kept('x', 'x'.repeat(3000))])
  for (let i = 0; i < 8; i++) {
    const raw = await connect()
    const blocks = Array.from({ length: 25 }, (_, n) =>
      frame(types.CONTINUATION, n === 24 ? flags.END_HEADERS : 0, 1, repeated(16_384)))
    await raw.send(Buffer.concat([frame(types.HEADERS, flags.END_STREAM, 1, head), ...blocks]))
    await raw.end()
  }
}, { memory: 256 * mebibyte }))

test('many such on one connection', t => survive(t, async connect => {
  const head = Buffer.concat([fields(bad), kept('x', 'x'.repeat(3000))])
  const raw = await connect()
  const blocks = Array.from({ length: 25 }, (_, n) =>
    frame(types.CONTINUATION, n === 24 ? flags.END_HEADERS : 0, 1, repeated(16_384)))
  await raw.send(Buffer.concat(odd(20).flatMap(id => [
    frame(types.HEADERS, flags.END_STREAM, id, head),
    ...blocks.map(each => Buffer.concat([each.subarray(0, 5), frame(0, 0, id).subarray(5, 9),
      each.subarray(9)]))])))
  await raw.end()
}, { memory: 256 * mebibyte }))

test('a head that goes on in empty frames', t => survive(t, async connect => {
  const raw = await connect()
  const more = frame(types.CONTINUATION, 0, 1)
  await raw.send(frame(types.HEADERS, flags.END_STREAM, 1, fields(bad)))
  await raw.send(Buffer.concat(Array(400_000).fill(more)))
  await raw.send(frame(types.CONTINUATION, flags.END_HEADERS, 1))
  await raw.pong()
}, { asked: 1 }))

test('a head without an end', t => survive(t, async connect => {
  const raw = await connect()
  await raw.send(frame(types.HEADERS, flags.END_STREAM, 1, fields(bad)))
  const more = frame(types.CONTINUATION, 0, 1, fields({ pseudo: {}, more: [['x', 'y'.repeat(9000)]] }))
  for (let i = 0; raw.isOpen && i < 200; i++) await raw.send(more)
  await raw.end()
}))

test('pings, and the answers are read', t => survive(t, async connect => {
  const raw = await connect()
  await raw.send(Buffer.concat(Array(200_000).fill(ping())))
  await raw.pong()
}))

test('pings, and the answers are not read', t => survive(t, async connect => {
  const raw = await connect()
  raw.socket.pause()
  raw.send(Buffer.concat(Array(1_000_000).fill(ping())))
  for (let i = 0; i < 5; i++) assert.equal(await (await connect()).pong(), true)
}))

test('settings that change and change', t => survive(t, async connect => {
  const raw = await connect()
  const two = [settings([[4, 0]]), settings([[4, 0x7fffffff]])]
  await raw.send(Buffer.concat(odd(50).map(id => request(id, bad))))
  await raw.send(Buffer.concat(Array(50_000).fill(two).flat()))
  await raw.pong()
}, { asked: 50 }))

test('frames that nobody knows', t => survive(t, async connect => {
  const raw = await connect()
  await raw.send(Buffer.concat(Array(200_000).fill(frame(0xbe, 0, 0))))
  await raw.pong()
}))

test('what becomes no request, without end', t => survive(t, async connect => {
  const raw = await connect()
  const many = Buffer.concat(Array(50_000).fill(frame(types.PRIORITY, 0, 1,
    Buffer.from([0, 0, 0, 0, 1]))))
  while (raw.isOpen) await raw.send(many)
}, { seconds: 6, memory: 96 * mebibyte })) // libh2o reads ahead of the look that ends it

test('bodies that are never finished', t => survive(t, async connect => {
  const raw = await connect()
  const ids = odd(100)
  await raw.send(Buffer.concat(ids.map(id => request(id, { ...bad, ...{ pseudo: {
    ':path': '/api/dashboard/bad', ':method': 'POST' } } }, flags.END_HEADERS))))
  const data = Buffer.alloc(16_384)
  for (let i = 0; raw.isOpen && i < 120 * 100; i++) {
    await raw.send(frame(types.DATA, 0, ids[i % 100], data))
  }
  await raw.end()
}, { memory: 400 * mebibyte, seconds: 6 }))
