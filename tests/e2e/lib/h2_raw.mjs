// HTTP/2 as raw frames (RFC 9113), for requests that no client library would send. Fields are
// encoded as literals without an index (RFC 7541 section 6.2.2), except when the test asks for
// another encoding.
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'

import { tokenFor } from './token.mjs'
import { soon } from './wait.mjs'

export const types = { DATA: 0, HEADERS: 1, PRIORITY: 2, RST_STREAM: 3, SETTINGS: 4, PUSH_PROMISE: 5,
  PING: 6, GOAWAY: 7, WINDOW_UPDATE: 8, CONTINUATION: 9 }
export const flags = { NONE: 0, END_STREAM: 1, ACK: 1, END_HEADERS: 4 }
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

export function frame(type, flag, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flag, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

function uint32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

// An integer with a prefix of `bits` in a byte that begins with `first`.
function integer(value, bits, first) {
  const most = 2 ** bits - 1
  if (value < most) return Buffer.from([first | value])
  const bytes = [first | most]
  let rest = value - most
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}

function string(text) {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([integer(bytes.length, 7, 0), bytes])
}

export const literal = (name, value) => Buffer.concat([Buffer.from([0]), string(name), string(value)])
// A value whose name has the number `index` of the static table (RFC 7541 appendix A).
export const named = (index, value) => Buffer.concat([integer(index, 4, 0), string(value)])
// A literal, kept in the connection's table, where it is number 62; and a field of that table.
export const kept = (name, value) =>
  Buffer.concat([Buffer.from([0x40]), string(name), string(value)])
export const repeated = (count, index = 62) =>
  Buffer.alloc(count, integer(index, 7, 0x80))

// A request's fields: the usual four unless `pseudo` names others (undefined: left out), and a
// token where `as` says whose (token.mjs).
export function fields({ pseudo = {}, more = [], as } = {}) {
  const signed = { authorization: as && `Bearer ${tokenFor(as)}` }
  const all = { ':method': 'GET', ':scheme': 'http', ':authority': 'a', ':path': '/', ...pseudo,
    ...signed }
  const rows = [...Object.entries(all).filter(([, value]) => value !== undefined), ...more]
  return Buffer.concat(rows.map(([name, value]) => literal(name, value)))
}

export const request = (stream, what, flag = flags.END_STREAM | flags.END_HEADERS) =>
  frame(types.HEADERS, flag, stream, fields(what))
export const reset = stream => frame(types.RST_STREAM, 0, stream, uint32(8))
export const windowUpdate = (stream, step) => frame(types.WINDOW_UPDATE, 0, stream, uint32(step))
export const ping = () => frame(types.PING, 0, 0, Buffer.alloc(8))
export const settings = rows => frame(types.SETTINGS, 0, 0, Buffer.concat(rows.map(
  ([id, value]) => Buffer.concat([Buffer.from([0, id]), uint32(value)]))))

// The whole frames at the start of `bytes`, put into `all`; gives what is left.
function take(bytes, all) {
  let at = 0
  while (at + 9 <= bytes.length) {
    const end = at + 9 + bytes.readUIntBE(at, 3)
    if (end > bytes.length) break
    all.push({ type: bytes[at + 3], flag: bytes[at + 4], stream: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + 9, end) })
    at = end
  }
  return bytes.subarray(at)
}

// The statuses that have a number of their own in HPACK's table; others come as three digits.
const indexed = { 0x88: 200, 0x89: 204, 0x8a: 206, 0x8b: 304, 0x8c: 400, 0x8d: 404, 0x8e: 500 }
const statusOf = block => indexed[block[0]] ?? Number(block.subarray(2, 5).toString())

// How a stream ended: { status, text }, { reset: code }, or 'closed' with the connection.
function outcome(all, stream) {
  const own = all.filter(each => each.stream === stream)
  const broken = own.find(({ type }) => type === types.RST_STREAM)
  if (broken) return { reset: broken.payload.readUInt32BE() }
  const head = own.find(({ type }) => type === types.HEADERS)
  if (!head || !own.some(({ flag }) => flag & flags.END_STREAM)) return undefined
  const body = own.filter(({ type }) => type === types.DATA).map(({ payload }) => payload)
  return { status: statusOf(head.payload), text: Buffer.concat(body).toString('utf8') }
}

/*
 * A connection that has sent its preface: { send, frames, answer, pong, end, isOpen, socket }.
 * `answer(stream)` waits for a stream's outcome, `pong()` until all that was sent has been read,
 * end() until the server ends the connection. send() resolves when the bytes have left, or the
 * connection has ended.
 */
export async function connectFrames(url, first = settings([])) {
  const { hostname: host, port, protocol } = new URL(url)
  const isTls = protocol === 'https:'
  const socket = isTls
    ? tls.connect({ host, port, ALPNProtocols: ['h2'], rejectUnauthorized: false })
    : net.connect({ host, port, noDelay: true })
  await soon(once(socket, isTls ? 'secureConnect' : 'connect'), `a connection to ${url}`)
  const raw = { socket, frames: [], pings: 0, get isOpen() { return !socket.destroyed } }
  let rest = Buffer.alloc(0)
  const ended = new Promise(resolve => socket.once('close', resolve))
  socket.on('error', () => undefined)
  socket.on('data', chunk => (rest = take(Buffer.concat([rest, chunk]), raw.frames)))
  const moved = () => Promise.race([ended, new Promise(resolve => socket.once('data', resolve))])
  const seen = async read => {
    while (raw.isOpen && read() === undefined) await moved()
    return read() ?? 'closed'
  }
  raw.send = bytes => new Promise(resolve => {
    socket.write(bytes, resolve)
    ended.then(resolve)
  })
  raw.answer = stream =>
    soon(seen(() => outcome(raw.frames, stream)), `the answer on stream ${stream}`)
  raw.pong = async () => {
    const last = Buffer.alloc(8)
    last.writeUInt32BE(++raw.pings)
    raw.send(frame(types.PING, 0, 0, last))
    const is = ({ type, payload }) => type === types.PING && payload.equals(last)
    let from = raw.frames.length
    const find = () => {
      for (; from < raw.frames.length; from++) if (is(raw.frames[from])) return true
      return undefined
    }
    return soon(seen(find), 'the answer to a ping')
  }
  raw.end = () => soon(ended, 'the server to end the connection')
  await raw.send(Buffer.concat([preface, first]))
  return raw
}
