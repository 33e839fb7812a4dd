// Clients: HTTP/1.1 and HTTP/2, without and with TLS; and a client that sends raw bytes. An answer
// is { status, headers, names, bytes, text, body, ms }: `names` are the names of the fields in
// order, `body` is the parsed JSON, and `ms` is the time until the end of the answer. A request is
// { method, headers, token, body }. A body is sent with Content-Length, or without it when
// `isChunked` is true.
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'

import { soon } from './wait.mjs'

const isTls = url => url.startsWith('https:')
const hostOf = url => new URL(url).hostname.replace(/^\[|\]$/g, '')
const portOf = url => Number(new URL(url).port)

async function gather(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function answer({ status, headers, names, bytes, began }) {
  const text = bytes.toString('utf8')
  const isJson = text !== '' && /^application\/json/.test(headers['content-type']) &&
    !headers['content-encoding']
  const body = isJson ? JSON.parse(text) : undefined
  return { status, headers, names, bytes, text, body, ms: performance.now() - began }
}

const authorized = (headers = {}, token) =>
  (token && !headers.authorization ? { authorization: `Bearer ${token}`, ...headers } : headers)

const lengthOf = body => (body === undefined ? {} : { 'content-length': Buffer.byteLength(body) })
const framing = (body, isChunked) =>
  (isChunked ? { 'transfer-encoding': 'chunked' } : lengthOf(body))

// Asks over HTTP/1.1, on a connection of its own unless an `agent` is given.
export async function ask(url, path, options = {}) {
  const { method = 'GET', token, body, isChunked, agent = false, tls: secure } = options
  const began = performance.now()
  const { request } = isTls(url) ? https : http
  const where = { host: hostOf(url), port: portOf(url), path, ...secure }
  const headers = { ...framing(body, isChunked), ...authorized(options.headers, token) }
  const req = request({ ...where, method, headers, agent })
  req.on('error', () => undefined) // after the head it is the body's that counts
  req.end(body)
  const [res] = await soon(once(req, 'response'), `the answer to ${method} ${path}`)
  const bytes = await soon(gather(res), `the body of ${method} ${path}`)
  const names = res.rawHeaders.filter((_, i) => i % 2 === 0).map(name => name.toLowerCase())
  return answer({ status: res.statusCode, headers: res.headers, names, bytes, began })
}

// Asks, and gives the answer's head and its body as a stream that the test reads: { stream, status,
// headers, leave }.
export async function openRequest(url, path, { token, headers, tls: secure } = {}) {
  const { request } = isTls(url) ? https : http
  const req = request({ host: hostOf(url), port: portOf(url), path, agent: false,
    headers: authorized(headers, token), ...secure })
  req.on('error', () => undefined)
  req.end()
  const [stream] = await soon(once(req, 'response'), `the answer to ${path}`)
  stream.on('error', () => undefined)
  return { stream, status: stream.statusCode, headers: stream.headers, leave: () => req.destroy() }
}

// A request that its client gives up: { leave } ends the connection.
export function askAndLeave(url, path, { tls: secure, token } = {}) {
  const { request } = isTls(url) ? https : http
  const headers = authorized({}, token)
  const req = request({ host: hostOf(url), port: portOf(url), path, headers, agent: false,
    ...secure })
  req.on('error', () => undefined)
  req.end()
  return { leave: () => req.destroy() }
}

// One HTTP/2 connection: { ask, open, session, close }. open() gives the bare stream. Requests that
// bring no token of their own have this one.
export async function connectHttp2(url, options = {}, ours) {
  const session = http2.connect(url, options)
  session.on('error', () => undefined)
  await soon(once(session, 'connect'), `an HTTP/2 connection to ${url}`)
  const open = (path, { method = 'GET', headers, token = ours, body, isChunked } = {}) => {
    const fields = { ...(isChunked ? {} : lengthOf(body)), ...authorized(headers, token) }
    const stream = session.request({ ':method': method, ':path': path, ...fields },
      { endStream: body === undefined })
    if (body !== undefined) stream.end(body)
    return stream
  }
  const ask = async (path, what) => {
    const began = performance.now()
    const stream = open(path, what)
    const [head] = await soon(once(stream, 'response'), `the HTTP/2 answer to ${path}`)
    const { ':status': status, ...headers } = head
    const bytes = await soon(gather(stream), `the HTTP/2 body of ${path}`)
    return answer({ status, headers, names: Object.keys(headers), bytes, began })
  }
  return { ask, open, session, close: () => session.destroy() }
}

// A bare connection: { socket, text, until, ended }. `until(pattern)` waits for it in what came.
export async function connectBare(url, options = {}) {
  const where = { host: hostOf(url), port: portOf(url), ...options }
  const socket = isTls(url) ? tls.connect(where) : net.connect(where)
  await soon(once(socket, isTls(url) ? 'secureConnect' : 'connect'), `a connection to ${url}`)
  const bare = { socket, bytes: Buffer.alloc(0), text: () => bare.bytes.toString('latin1') }
  socket.on('error', () => undefined)
  socket.on('data', chunk => (bare.bytes = Buffer.concat([bare.bytes, chunk])))
  bare.ended = new Promise(resolve => socket.once('close', () => resolve(bare.text())))
  bare.until = pattern => soon(seen(bare, pattern), `${pattern} in ${JSON.stringify(bare.text())}`)
  return bare
}

async function seen(bare, pattern) {
  while (!pattern.test(bare.text())) await once(bare.socket, 'data')
  return pattern.exec(bare.text())
}

// Sends bytes as they are and gives all that comes back until the server ends the connection.
export async function talk(url, bytes) {
  const bare = await connectBare(url)
  bare.socket.write(bytes)
  return soon(bare.ended, `the end of ${JSON.stringify(String(bytes).slice(0, 80))}`)
}
