// A client of Redis for tests. It speaks RESP2.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'

import { soon } from './wait.mjs'

class RedisError extends Error {}

// The end of the line that begins at `at`; -1: it is not here yet.
const lineEnd = (text, at) => text.indexOf('\r\n', at)

// Reads the reply at `at` of `text`: { value, next }, or undefined when it is not whole.
function read(text, at = 0) {
  const end = lineEnd(text, at)
  if (end < 0) return undefined
  const [kind, rest] = [text[at], text.slice(at + 1, end)]
  if (kind === '+') return { value: rest, next: end + 2 }
  if (kind === '-') return { value: new RedisError(rest), next: end + 2 }
  if (kind === ':') return { value: Number(rest), next: end + 2 }
  if (kind === '$') return bulk(text, end + 2, Number(rest))
  assert.equal(kind, '*', `a reply that begins with ${kind}`)
  return list(text, end + 2, Number(rest))
}

function bulk(text, at, length) {
  if (length < 0) return { value: null, next: at }
  if (text.length < at + length + 2) return undefined
  return { value: text.slice(at, at + length), next: at + length + 2 }
}

function list(text, at, count) {
  const value = []
  for (let next = at; ; ) {
    if (value.length >= count) return { value: count < 0 ? null : value, next }
    const item = read(text, next)
    if (!item) return undefined
    value.push(item.value)
    ;({ next } = item)
  }
}

const format = words => `*${words.length}\r\n` +
  words.map(word => `$${String(word).length}\r\n${word}\r\n`).join('')

/*
 * Connects: { send, close }. `where` is { port } or { path }, and `secure` is { caFile } with TLS.
 * send('GET', 'a') gives the reply, and throws an error reply. Texts are latin1.
 */
export async function connectRedis(where, secure) {
  const socket = secure
    ? tls.connect({ host: '127.0.0.1', ...where, ca: readFileSync(secure.caFile) })
    : net.connect({ host: '127.0.0.1', ...where })
  const waiting = []
  let text = ''
  socket.setEncoding('latin1').on('data', more => {
    text += more
    for (let reply; (reply = read(text)); text = text.slice(reply.next))
      waiting.shift()?.(reply.value)
  })
  socket.on('error', () => undefined).on('close', () => {
    for (const settle of waiting.splice(0)) settle(new RedisError('the connection has ended'))
  })
  await soon(once(socket, secure ? 'secureConnect' : 'connect'), 'a connection to Redis')
  const send = async (...words) => {
    const reply = new Promise(resolve => waiting.push(resolve))
    socket.write(format(words), 'latin1')
    const value = await soon(reply, `the reply to ${words[0]}`)
    if (value instanceof RedisError) throw value
    return value
  }
  return { send, close: () => socket.destroy() }
}
