// SIGTERM while many requests are in flight: every request that was accepted is answered.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, test } from 'node:test'

import { connectHttp2 } from './lib/client.mjs'
import { scenario } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { signedIn } from './lib/token.mjs'
import { gate, soon } from './lib/wait.mjs'

const path = '/api/users/1'
const request = `GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n`

/*
 * HTTP/1.1: asks on one connection until it is told that this is over. A connection that is idle may
 * be closed just as the next request is on its way, which its client repeats; nothing else may
 * happen. Tells { answers, repeats }.
 */
async function keepAsking({ url }, tally) {
  const { hostname, port } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  socket.on('error', () => undefined).setNoDelay(true)
  const ended = new Promise(resolve => socket.once('close', () => resolve('closed')))
  await soon(Promise.race([once(socket, 'connect'), ended]), 'a connection')
  for (;;) {
    let text = ''
    const collect = chunk => (text += chunk)
    socket.on('data', collect)
    socket.write(request)
    const isWhole = () => /\r\n\r\nok$/.test(text)
    while (!isWhole()) {
      const moved = await soon(Promise.race([once(socket, 'data'), ended]), 'an answer')
      if (moved === 'closed') break
    }
    socket.off('data', collect)
    if (!isWhole()) {
      assert.equal(text, '', 'an answer breaks off')
      tally.repeats++
      return
    }
    assert.match(text, /^HTTP\/1\.1 200 /)
    tally.answers++
    if (/^connection: close\r$/im.test(text)) return
  }
}

// HTTP/2: asks one after the other until GOAWAY; a stream that is refused was opened behind it.
async function keepOpening({ url, server }, tally) {
  const { open, session, close } = await connectHttp2(url, {}, server.token)
  let isOver = false
  session.once('goaway', () => (isOver = true)).once('close', () => (isOver = true))
  while (!isOver) {
    const stream = open(path)
    stream.resume()
    try {
      const [head] = await soon(once(stream, 'response'), 'an answer')
      assert.equal(head[':status'], 200)
      await soon(once(stream, 'end'), 'a body')
      tally.answers++
    } catch (error) {
      assert.match(error.message, /NGHTTP2_REFUSED_STREAM/)
      tally.repeats++
      break
    }
  }
  close()
}

async function drainUnderLoad(t, ask, clients) {
  const busy = gate()
  const tally = { answers: 0, repeats: 0 }
  const scene = await scenario(t, 'web', { 'users *': { send: ({ res }) => {
    if (tally.answers > 500) busy.open()
    res.setHeader('content-length', 2)
    setImmediate(() => res.end('ok'))
  } } })
  const all = Array.from({ length: clients }, () => ask(scene, tally))
  await soon(busy.opened, '500 answers')
  scene.server.child.kill('SIGTERM')
  await Promise.all(all)
  await assertEnd(scene.server)
  t.diagnostic(`${tally.answers} answers, ${tally.repeats} to be repeated`)
  assert.equal(scene.asked().length, tally.answers, 'what a service was asked is answered')
}

describe('a drain under load', () => {
  test('of 50 clients with HTTP/1.1', async t => {
    await drainUnderLoad(t, keepAsking, 50)
  })

  test('of 50 clients with HTTP/2', async t => {
    await drainUnderLoad(t, keepOpening, 50)
  })

  test('of streams: those that were begun come to their end', async t => {
    const doors = Array.from({ length: 20 }, gate)
    let come = 0
    const scene = await scenario(t, 'web', { 'users *': { send: async ({ res }) => {
      const mine = doors[come++]
      res.write('begun ')
      await mine.opened
      res.end('ended')
    } } })
    const second = await scene.http2()
    const answers = doors.map((_, i) => (i % 2 ? scene.get(path) : second.ask(path)))
    await scene.arrival('users', doors.length)
    scene.server.child.kill('SIGTERM')
    for (const door of doors) door.open()
    for (const { text } of await Promise.all(answers)) assert.equal(text, 'begun ended')
    await assertEnd(scene.server)
  })
})
