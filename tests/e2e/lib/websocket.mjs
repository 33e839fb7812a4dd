// WebSocket (RFC 6455), as far as tests of a tunnel need it: a client and a service that send and
// receive frames. No message is fragmented. Only the client's frames are masked, as the RFC
// demands.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'

import { connectBare } from './client.mjs'
import { gate, soon } from './wait.mjs'

export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 }
const uuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const acceptOf = key => createHash('sha1').update(key + uuid).digest('base64')

function mask(bytes, key) {
  const out = Buffer.from(bytes)
  for (let i = 0; i < out.length; i++) out[i] ^= key[i % 4]
  return out
}

export function frame(opcode, payload = Buffer.alloc(0), isMasked = false) {
  const bytes = Buffer.from(payload)
  const head = Buffer.alloc(bytes.length < 126 ? 2 : bytes.length < 65536 ? 4 : 10)
  head[0] = 0x80 | opcode
  head[1] = (isMasked ? 0x80 : 0) | [bytes.length, 126, 127][[2, 4, 10].indexOf(head.length)]
  if (head.length === 4) head.writeUInt16BE(bytes.length, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(bytes.length), 2)
  if (!isMasked) return Buffer.concat([head, bytes])
  const key = randomBytes(4)
  return Buffer.concat([head, key, mask(bytes, key)])
}

// The first frame of `bytes`: { opcode, payload, size }, or nothing yet.
function take(bytes) {
  if (bytes.length < 2) return undefined
  const short = bytes[1] & 127
  const at = 2 + (short < 126 ? 0 : short === 126 ? 2 : 8)
  const start = at + (bytes[1] & 128 ? 4 : 0)
  if (bytes.length < start) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2)
    : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < start + length) return undefined
  const payload = bytes.subarray(start, start + length)
  return { opcode: bytes[0] & 15, size: start + length,
    payload: bytes[1] & 128 ? mask(payload, bytes.subarray(at, start)) : payload }
}

// Frames on a socket: next() waits for one, undefined at the end.
function reading(socket, first) {
  let bytes = first
  let isEnded = false
  const waiting = []
  const wake = () => waiting.splice(0).forEach(resolve => resolve())
  socket.on('data', chunk => { bytes = Buffer.concat([bytes, chunk]); wake() })
  socket.on('close', () => { isEnded = true; wake() })
  socket.on('end', () => { isEnded = true; wake() })
  return async () => {
    for (;;) {
      const found = take(bytes)
      if (found) {
        bytes = bytes.subarray(found.size)
        return found
      }
      if (isEnded) return undefined
      await new Promise(resolve => waiting.push(resolve))
    }
  }
}

/*
 * A service of its own, which says every frame back, and closes when it is told to: { url, requests,
 * sockets, arrived }. `answer` is written in place of the 101 when the service refuses; `protocol`
 * is the one that it chooses.
 */
export async function websocketService(t, { answer, protocol } = {}) {
  const server = http.createServer((req, res) => res.writeHead(426).end())
  const service = { requests: [], sockets: [] }
  const first = gate()
  server.on('upgrade', async (req, socket, head) => {
    socket.on('error', () => undefined)
    service.requests.push({ url: req.url, headers: req.headers })
    service.sockets.push(socket)
    socket.gone = once(socket, 'close')
    first.open()
    if (answer) return socket.end(answer)
    const chosen = protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      `Sec-WebSocket-Accept: ${acceptOf(req.headers['sec-websocket-key'])}\r\n${chosen}\r\n`)
    const next = reading(socket, head)
    for (let got; (got = await next());) {
      const { opcode, payload } = got
      socket.write(frame(opcode === opcodes.ping ? opcodes.pong : opcode, payload))
      if (opcode === opcodes.close) break
    }
    socket.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { server.close(); service.sockets.forEach(socket => socket.destroy()) })
  service.url = `http://127.0.0.1:${server.address().port}`
  service.arrived = () => soon(first.opened, 'a handshake')
  return service
}

/*
 * Asks for a tunnel; `more` is added to its head as lines. Gives { status, head, send, next, socket,
 * ended }; without a 101 `head` is all that came.
 */
export async function connectWebsocket(url, path, { more = '', tls, behind } = {}) {
  const bare = await connectBare(url, tls)
  const key = randomBytes(16).toString('base64')
  bare.socket.setNoDelay(true)
  const head = `GET ${path} HTTP/1.1\r\nHost: shop.example\r\nConnection: keep-alive, Upgrade\r\n` +
    `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${more}\r\n`
  bare.socket.write(behind ? Buffer.concat([Buffer.from(head), behind]) : head)
  const [answer] = await bare.until(/^[^]*?\r\n\r\n/)
  const status = Number(answer.slice(9, 12))
  if (status !== 101) return { status, head: answer, socket: bare.socket, ended: bare.ended, bare }
  const isOurs = answer.includes(acceptOf(key))
  const read = reading(bare.socket, bare.bytes.subarray(answer.length))
  return { status, head: answer, isOurs, socket: bare.socket, ended: bare.ended,
    send: (opcode, payload) => bare.socket.write(frame(opcode, payload, true)),
    next: () => soon(read(), 'a frame') }
}
