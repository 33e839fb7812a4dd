// A load of many kinds at once: requests over HTTP/1.1 and HTTP/2, WebSockets and event streams. It
// goes on while a test reloads or replaces the server, and counts what a client would call an error.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import { setTimeout as pause } from 'node:timers/promises'

import { signedIn, tokenFor } from './token.mjs'
import { connectWebsocket, opcodes, websocketService } from './websocket.mjs'

const tick = 20 // ms between two events, and between two messages

// The services behind the server: a JSON echo, /users/events?count=N, and a WebSocket echo.
export async function mixedServices(t) {
  const server = http.createServer(async (req, res) => {
    const count = Number(/events\?count=(\w+)/.exec(req.url)?.[1])
    const body = []
    for await (const chunk of req) body.push(chunk)
    if (Number.isNaN(count)) {
      res.setHeader('content-type', 'application/json')
      return res.end(JSON.stringify({ url: req.url, body: String(Buffer.concat(body)) }))
    }
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let i = 0; i < count && !res.destroyed; i++) {
      res.write(`data: ${i}\n\n`)
      await pause(tick)
    }
    res.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { server.close(); server.closeAllConnections() })
  const websockets = await websocketService(t)
  return { url: `http://127.0.0.1:${server.address().port}`, websockets: websockets.url }
}

const headers = { authorization: `Bearer ${tokenFor()}` }

// HTTP/1.1. A request is repeated only where RFC 9112 section 9.3.1 allows it: it has no effect of
// its own, and its connection, which was used before, has ended before any byte of an answer.
function askHttp1(agent, url, { path, method, body }) {
  return new Promise((resolve, reject) => {
    const req = http.request(new URL(path, url), { agent, method,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) } })
    const fail = error => reject(Object.assign(error,
      { mayRepeat: method === 'GET' && req.reusedSocket && !req.res }))
    req.on('error', fail)
    req.on('response', async res => {
      res.on('error', fail)
      const chunks = []
      res.on('data', chunk => chunks.push(chunk))
      res.on('end', () => resolve({ status: res.statusCode, text: String(Buffer.concat(chunks)) }))
      res.on('close', () => res.complete || fail(new Error('an answer was cut')))
    })
    req.end(body)
  })
}

function http1Client(url) {
  let agent
  let asked = 0
  return { close: () => agent?.destroy(), ask: what => {
    if (asked++ % 100 === 0) { // a new connection
      agent?.destroy()
      agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    }
    return askHttp1(agent, url, what)
  } }
}

const noStream = 2 ** 31 - 1 // of a GOAWAY that refuses no stream

// HTTP/2. After GOAWAY, new requests go to a new connection. A stream that the server has refused
// may be repeated (RFC 9113 section 8.7). When GOAWAY has refused none, the client itself had not
// sent the request yet. The client of Node 18 says so by frameError. It may then send RST_STREAM for
// this stream, which the server has never seen, and so break its own connection.
const brokenByClient = 'unexpected stream id in RST_STREAM frame'

function http2Client(url) {
  let session
  const connect = () => {
    session = http2.connect(url)
    const mine = session
    mine.on('error', () => undefined)
    mine.on('goaway', (code, last, why) => {
      mine.isBroken = code !== 0 && mine.hadUnsent && String(why) === brokenByClient
      mine.isLeaving = true
      mine.last ??= last
      mine.close()
    })
  }
  const ask = ({ path, method, body }) => new Promise((resolve, reject) => {
    if (!session || session.isLeaving || session.closed || session.destroyed) connect()
    const mine = session
    const stream = session.request({ ...headers, ':path': path, ':method': method,
      'content-length': Buffer.byteLength(body) }, { endStream: method === 'GET' })
    let status, text = ''
    stream.setEncoding('utf8')
    stream.on('response', head => (status = head[':status']))
    stream.on('data', chunk => (text += chunk))
    stream.on('end', () => status && resolve({ status, text }))
    let isUnsent = false
    stream.on('frameError', () => (isUnsent = mine.hadUnsent = true))
    const fail = why => {
      const mayRepeat = isUnsent || mine.isBroken || stream.rstCode === http2.constants.NGHTTP2_REFUSED_STREAM
      reject(Object.assign(new Error(why), { mayRepeat, isUnsent: mayRepeat && mine.last === noStream }))
    }
    stream.on('error', error => fail(`${error.message}`))
    stream.on('close', () => fail(`a stream ended with code ${stream.rstCode}`))
    if (method !== 'GET') stream.end(body)
  })
  return { ask, close: () => session?.close() }
}

/*
 * Begins to use the server at `url`, on so many connections of each kind; streams and WebSockets
 * end after `lasts` events and begin again. Gives { counts, errors, stop }. counts: what succeeded,
 * by kind; `repeated`, the requests that a client had to repeat and was allowed to; and `unsent`,
 * those that it had not sent yet when it was told to use another connection. stop() resolves when
 * the last answer has come.
 */
export function startMixedLoad(url, { http1 = 40, http2 = 8, websockets = 8, events = 8,
  lasts = 100 } = {}) {
  const counts = { http1: 0, http2: 0, websockets: 0, messages: 0, streams: 0, events: 0,
    repeated: 0, unsent: 0 }
  const errors = []
  let isOver = false
  let number = 0
  const loop = async (kind, work) => {
    while (!isOver) {
      await work().catch(error => {
        if (error.isUnsent) counts.unsent++
        else if (error.mayRepeat) counts.repeated++
        else errors.push(`${kind}: ${error.message}`)
        return pause(tick) // no busy loop while nothing works
      })
    }
  }
  const request = (kind, client) => async () => {
    const id = number++
    const method = id % 4 === 0 ? 'POST' : 'GET' // POST must not be repeated
    const body = method === 'POST' ? `body ${id}` : ''
    const got = await client.ask({ path: `/api/users/${id}`, method, body })
    assert.deepEqual(got, { status: 200, text: JSON.stringify({ url: `/users/${id}`, body }) })
    counts[kind]++
  }
  const tunnel = async () => {
    const client = await connectWebsocket(url, '/api/orders/ws', { more: signedIn })
    assert.equal(client.status, 101, client.head)
    for (let i = 0; i < lasts && !isOver; i++) {
      client.send(opcodes.text, `${i}`)
      assert.equal(String((await client.next())?.payload), `${i}`)
      counts.messages++
      await pause(tick)
    }
    client.socket.destroy()
    counts.websockets++
  }
  const stream = ask => async () => {
    const { status, text } = await ask({ path: `/api/users/events?count=${lasts}`, method: 'GET', body: '' })
    assert.equal(status, 200)
    assert.equal(text, Array.from({ length: lasts }, (_, i) => `data: ${i}\n\n`).join(''))
    counts.events += lasts
    counts.streams++
  }
  const clients = []
  const add = client => { clients.push(client); return client }
  const times = (count, make) => Array.from({ length: count }, make)
  const loops = [
    ...times(http1, () => loop('http1', request('http1', add(http1Client(url))))),
    ...times(http2, () => add(http2Client(url))).flatMap(client =>
      times(3, () => loop('http2', request('http2', client)))),
    ...times(websockets, () => loop('websockets', tunnel)),
    ...times(events, (_, i) => loop('events',
      stream(add(i % 2 === 0 ? http1Client(url) : http2Client(url)).ask))),
  ]
  const stop = async () => {
    isOver = true
    await Promise.all(loops)
    clients.forEach(client => client.close())
  }
  return { counts, errors, stop }
}
