// As much of HTTP/2's framing (RFC 9113 section 4) as it takes to read an answer after an upgrade,
// which Node's client does not do.
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const DATA = 0
const SETTINGS = 4
const END_STREAM = 1

function frame(type, flags, stream, payload = Buffer.alloc(0)) {
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

// Asks for `path` with an upgrade to h2c (RFC 7540 section 3.2) and gives the body that comes on
// stream 1. `bare` is a connection of client.mjs.
export async function upgradedBody(bare, path) {
  bare.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n` +
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
