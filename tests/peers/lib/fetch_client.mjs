// Sends one request by Node's fetch. Reads it from standard input, as JSON: url, method, path, headers
// (pairs), body_bytes, is_chunked. Prints {"status", "text"}, or {"error"}. The caller sets NODE_EXTRA_CA_CERTS.
import { readFileSync } from 'node:fs'

const { url, method, path, headers, body_bytes: bytes, is_chunked: isChunked } = JSON.parse(readFileSync(0, 'utf8'))
try {
  const whole = bytes > 0 ? Buffer.alloc(bytes, 'x') : undefined
  const body = isChunked ? new Blob([whole]).stream() : whole
  const response = await fetch(url + path, { method, headers, body, duplex: 'half' })
  console.log(JSON.stringify({ status: response.status, text: await response.text() }))
} catch (error) {
  console.log(JSON.stringify({ error: String(error.cause ?? error) }))
}
