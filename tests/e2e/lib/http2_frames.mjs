// The part of HTTP/2's framing (RFC 9113 section 4) that Node's client does not offer.
import { tokenFor } from './token.mjs'

export const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const DATA = 0
export const HEADERS = 1
const RST_STREAM = 3
export const SETTINGS = 4
const PING = 6
const GOAWAY = 7
export const CONTINUATION = 9
export const END_STREAM = 1
export const END_HEADERS = 4
const CANCEL = Buffer.from([0, 0, 0, 8])

export function frame(type, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

function* frames(bytes) {
  for (let at = 0; at + 9 <= bytes.length;) {
    const length = bytes.readUIntBE(at, 3)
    if (at + 9 + length > bytes.length) return
    yield { type: bytes[at + 3], flags: bytes[at + 4], stream: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + 9, at + 9 + length) }
    at += 9 + length
  }
}

// A number of 7 bits, or more (RFC 7541 section 5.1).
function integer(value) {
  if (value < 127) return Buffer.from([value])
  const bytes = [127]
  for (value -= 127; value >= 128; value = value >> 7) bytes.push((value & 127) | 128)
  return Buffer.from([...bytes, value])
}

// GET http://a${path}, each field as a literal or from HPACK's static table (RFC 7541 appendix A).
export function request(path) {
  const authorization = Buffer.from(`Bearer ${tokenFor()}`)
  return Buffer.concat([Buffer.from([0x82, 0x86, 0x01, 1]), Buffer.from('a'),
    Buffer.from([0x04, path.length]), Buffer.from(path),
    Buffer.from([0x0f, 8]), integer(authorization.length), authorization])
}

// Opens `count` streams and resets each, in one go; resolves when all of it has been read, or the
// server has had enough of it.
export async function openAndReset(bare, path, count) {
  const fields = request(path)
  const streams = Array.from({ length: count }, (_, i) => 2 * i + 1)
  bare.socket.write(Buffer.concat([Buffer.from(preface), frame(SETTINGS, 0, 0),
    ...streams.flatMap(stream => [
      frame(HEADERS, END_STREAM | END_HEADERS, stream, fields),
      frame(RST_STREAM, 0, stream, CANCEL)]),
    frame(PING, 0, 0, Buffer.alloc(8))]))
  const answered = bare.until({
    test: () => [...frames(bare.bytes)].some(({ type, flags }) => type === PING && flags === 1),
    exec: () => undefined,
    toString: () => 'the answer to PING',
  })
  await Promise.race([answered, bare.ended])
  answered.catch(() => undefined)
}

// Asks for `path` with an upgrade to h2c (RFC 7540 section 3.2) and gives the body that comes on
// stream 1. `bare` is a connection of client.mjs.
export async function upgradedBody(bare, path, token) {
  bare.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n` +
    'Connection: Upgrade, HTTP2-Settings\r\n' +
    'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n')
  const [head] = await bare.until(/^HTTP\/1\.1 101 [^]*?\r\n\r\n/)
  bare.socket.write(Buffer.concat([Buffer.from(preface), frame(SETTINGS, 0, 0)]))
  const read = () => [...frames(bare.bytes.subarray(head.length))]
    .filter(({ type, stream }) => type === DATA && stream === 1)
  const data = await bare.until({
    test: () => read().some(({ flags }) => flags & END_STREAM),
    exec: read,
    toString: () => 'the end of stream 1',
  })
  bare.socket.destroy()
  return Buffer.concat(data.map(({ payload }) => payload)).toString('utf8')
}

// What is waited for by bare.until: `count` frames GOAWAY.
export const goaways = (bare, count) => ({
  test: () => [...frames(bare.bytes)].filter(({ type }) => type === GOAWAY).length >= count,
  exec: () => undefined,
  toString: () => `${count} times GOAWAY`,
})
