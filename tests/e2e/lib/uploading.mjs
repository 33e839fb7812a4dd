// Uploads that a test sends in pieces, over all ways into the server, to the routes /stream/, /spool/
// and /memory/ of one service.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'

import { authority } from './certificates.mjs'
import { anywhere, scenario } from './scenario.mjs'
import { soon } from './wait.mjs'

export const modes = ['memory', 'stream', 'spool']

// What a file of tests needs: { stage, ways }, where `after` is that of node:test.
export function uploading({ after }) {
  const ca = authority({ after })
  const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
  const stage = (t, answer, { config, route, ...options } = {}) => scenario(t, 'web', { 'users *': answer }, {
    listen: [anywhere, 'https://127.0.0.1:0'], args: ['--workers', '1'], isUnguarded: true, ...options,
    config: { login: 'off', tls: { certificate: certFile, key: keyFile },
      routes: modes.map(upload => ({ path: `/${upload}/`, service: 'users', access: 'public',
        body_limit: '1GiB', upload, ...route })), ...config },
  })
  return { stage, ways: {
    'HTTP/1.1 with a length': (scene, what) => h1(scene.url, what),
    'HTTP/1.1 in chunks': (scene, what) => h1(scene.url, { ...what, length: undefined }),
    'HTTP/1.1 over TLS': (scene, what) => h1(scene.urls[1], { ...what, ca: ca.ca }),
    'HTTP/2': (scene, what) => h2(scene, scene.url, what),
    'HTTP/2 over TLS': (scene, what) => h2(scene, scene.urls[1], { ...what, ca: ca.ca }),
  } }
}

// A promise that may fail without anybody who waits for it.
function expected(answer) {
  const come = soon(answer, 'an answer')
  come.catch(() => undefined)
  return come
}

// An upload is { stream, answer, leave }: `stream` takes bytes, `answer` is a promise of { status,
// headers, text }, which fails when there is none.
async function h1(url, { path = '/stream/x', length, headers = {}, ca, agent = false }) {
  const framing = length === undefined ? {} : { 'content-length': length }
  const stream = (ca ? https : http).request(`${url}${path}`,
    { method: 'POST', agent, ca, headers: { ...framing, ...headers } })
  const answer = once(stream, 'response').then(async ([res]) => ({ status: res.statusCode,
    headers: res.headers, text: Buffer.concat(await res.toArray()).toString() }))
  stream.on('error', () => undefined)
  stream.flushHeaders()
  return { stream, answer: expected(answer), leave: () => stream.destroy() }
}

async function h2(scene, url, { path = '/stream/x', length, headers = {}, ca }) {
  const { session } = await scene.http2({ ca }, url)
  return h2On(session, { path, length, headers })
}

export function h2On(session, { path, length, headers = {} }) {
  const framing = length === undefined ? {} : { 'content-length': length }
  const stream = session.request({ ':method': 'POST', ':path': path, ...framing, ...headers })
  const closed = new Promise((_, reject) => stream.once('close', () => reject(new Error('closed'))))
  const answer = Promise.race([once(stream, 'response'), closed]).then(async ([head]) => ({
    status: head[':status'], headers: head, text: Buffer.concat(await stream.toArray()).toString() }))
  closed.catch(() => undefined)
  stream.on('error', () => undefined)
  return { stream, answer: expected(answer), leave: () => stream.close(8) }
}

// Writes `bytes` bytes, as fast as they are taken, and ends the upload.
export async function writeAll({ stream }, bytes) {
  const piece = Buffer.alloc(256 * 1024, 'x')
  for (let left = bytes; left > 0; left -= piece.length) {
    if (!stream.write(left < piece.length ? piece.subarray(0, left) : piece)) await once(stream, 'drain')
  }
  stream.end()
}

// A service that counts what it gets, and answers with the number and the framing.
export const counts = { async send({ req, res }) {
  let bytes = 0
  for await (const chunk of req) bytes += chunk.length
  const { 'content-length': length, 'transfer-encoding': coding } = req.headers
  res.end(JSON.stringify({ bytes, length, coding }))
} }

// Bytes of memory that no file backs.
export const anonymous = ({ pid }) =>
  Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
