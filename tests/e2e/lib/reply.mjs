// What a planned service does with a request. A row has one of these members:
//   json, text     a body; `status` (200) and `headers` can be added
//   raw            bytes as they are on the wire, as a whole or as a list of pieces
//   fault          the name of a fault below
//   send           a function ({ req, res, socket, request }) of the test
// The answer can be delayed: `until` is a promise that must resolve first, `meet` names a group of
// requests that must all have come, and `after` names a service that must have answered first.
import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'

export const mebibyte = 1024 * 1024

const json = { 'content-type': 'application/json' }
const html = { 'content-type': 'text/html' }
const gzip = { 'content-encoding': 'gzip' }

function whole({ status = 200, headers = {}, ...row }, res) {
  const body = row.text ?? JSON.stringify(row.json ?? { message: 'planned' })
  const hasBody = status !== 204 && status !== 304
  const length = hasBody ? { 'content-length': Buffer.byteLength(body) } : {}
  res.writeHead(status, { ...json, ...length, ...headers })
  res.end(hasBody ? body : undefined)
}

// Each piece in a turn of its own, so that most of them arrive apart.
export async function writePieces(socket, pieces) {
  for (const piece of pieces) {
    if (socket.destroyed) return
    socket.write(piece)
    await turn()
  }
}

// Writes `piece` again and again, as fast as the other side reads, until it closes.
export async function writeForever(socket, piece) {
  while (!socket.destroyed) {
    if (socket.write(piece)) await turn()
    else await new Promise(resolve => socket.once('drain', resolve).once('close', resolve))
  }
}

function drip({ res, socket }) {
  res.writeHead(200, json)
  res.write('{"a":')
  const timer = setInterval(() => res.write(' '), 50)
  socket.once('close', () => clearInterval(timer))
}

function cutShort({ socket }) {
  socket.end('HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"id":"half of')
}

const tooLarge = { 'content-length': 4 * mebibyte + 1 }

// How a service can fail, and what becomes of a part whose service fails so.
export const faults = {
  'status 500': {
    send: ({ res }) => whole({ status: 500 }, res),
    error: { reason: 'status', status: 500 },
  },
  'status 404': {
    send: ({ res }) => whole({ status: 404 }, res),
    error: { reason: 'status', status: 404 },
  },
  redirect: {
    send: ({ res }) => whole({ status: 302, headers: { location: '/elsewhere' } }, res),
    error: { reason: 'status', status: 302 },
  },
  hang: { send: () => undefined, error: { reason: 'timeout' } },
  drip: { send: drip, error: { reason: 'timeout', status: 200 } },
  reset: { send: ({ socket }) => socket.reset(), error: { reason: 'reset' } },
  'cut short': { send: cutShort, error: { reason: 'reset', status: 200 } },
  'bad JSON': {
    send: ({ res }) => whole({ text: '{"id":"1",}' }, res),
    error: { reason: 'bad_json', status: 200 },
  },
  HTML: {
    send: ({ res }) => whole({ text: '<!doctype html>\n', headers: html }, res),
    error: { reason: 'bad_json', status: 200 },
  },
  'too large': {
    send: ({ res }) => { res.writeHead(200, { ...json, ...tooLarge }); res.write('["') },
    error: { reason: 'too_large', status: 200 },
  },
  gzip: {
    send: ({ res }) => whole({ text: 'not looked at', headers: gzip }, res),
    error: { reason: 'bad_http', status: 200 },
  },
}

// Past Node's own response, which must not stand in the way of the next one on this connection.
async function raw(pieces, { res, socket }) {
  res.detachSocket(socket)
  await writePieces(socket, [pieces].flat())
}

// Those that take all of a page's budget.
export const isSlow = fault => faults[fault].error.reason === 'timeout'

// Does what `row` says for one request.
export async function reply(row, { req, res, request, meet, after }) {
  await Promise.all([row.until, meet, after])
  const asked = { req, res, request, socket: req.socket }
  if (row.fault) await faults[row.fault].send(asked)
  else if (row.send) await row.send(asked)
  else if (row.raw) await raw(row.raw, asked)
  else whole(row, res)
}

// A row that says back what has been asked: { method, url, fields, length, sha256, text }; `fields`
// are pairs in the order of their coming, `text` is the body's beginning.
export const echo = {
  async send({ req, res }) {
    const chunks = []
    for await (const chunk of req) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const fields = []
    for (let i = 0; i < req.rawHeaders.length; i += 2) {
      fields.push([req.rawHeaders[i].toLowerCase(), req.rawHeaders[i + 1]])
    }
    const sha256 = createHash('sha256').update(body).digest('hex')
    whole({ json: { method: req.method, url: req.url, fields, length: body.length, sha256,
      text: body.subarray(0, 100).toString('latin1') } }, res)
  },
}
