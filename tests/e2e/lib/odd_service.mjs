// A real service with odd habits, for the mock services to ask. It tells what it was asked.
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'

const json = (res, status, body, headers = {}) =>
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

// Ways to answer /reviews/ID, by the id. Any other id is answered with a review. The paths of other
// services are answered in the same ways.
const habits = {
  missing: (req, res) => json(res, 404, { error: 'No such review' }),
  secrets: (req, res) => json(res, 200, { id: 'secrets', password: 'secret-password',
    author: { email: 'ada@secret.example', access_token: 'secret-token', name: 'Ada' },
    list: [{ apiKey: { deep: 'secret-key' } }, { note: null, token: null }] },
    { 'set-cookie': 'session=secret-cookie', authorization: 'Bearer secret-bearer',
      location: '/reviews/secrets?token=secret-location' }),
  strings: (req, res) => {
    res.writeHead(200, { 'content-type': 'application/vnd.shop+json; charset=utf-8' })
    res.end('\t{ "id": "strings",\r\n\t"a\\/b": "\\ud83d\\ude00 \\u0000", "n": 19.90 }\n')
  },
  template: (req, res) => json(res, 200, { id: '{{uuid}}' }),
  text: (req, res) => res.writeHead(200, { 'content-type': 'text/plain' }).end('{}'),
  broken: (req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{"id":'),
  empty: (req, res) => res.writeHead(204).end(),
  failing: (req, res) => json(res, 500, { error: 'no' }),
  large: (req, res) => json(res, 200, { id: 'x'.repeat(2 << 20) }),
  chunked: (req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' })
    for (const piece of ['{"id":', '"chunked"', '}']) res.write(piece)
    res.end()
  },
  'until-close': (req, res) => {
    res.socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"id":"until-close"}')
  },
  'old-http': (req, res) => {
    res.socket.end('HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"id":"old-http"}')
  },
  interim: (req, res) => {
    res.socket.end('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n' +
      'Content-Type: application/json\r\nContent-Length: 16\r\n\r\n{"id":"interim"}')
  },
  long: (req, res) => res.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n'),
  never: () => undefined,
  reset: (req, res) => res.socket.resetAndDestroy(),
  nothing: (req, res) => res.socket.end(),
  cut: (req, res) => res.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"id":'),
  garbage: (req, res) => res.socket.end('SSH-2.0-OpenSSH_9.2p1\r\n\r\n'),
  both: (req, res) => res.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n' +
    'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'),
  'capital-chunked': (req, res) => res.socket.end('HTTP/1.1 200 OK\r\n' +
    'Transfer-Encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'),
  huge: (req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' })
    const piece = Buffer.alloc(1 << 20, ' ')
    res.on('error', () => undefined)
    for (let i = 0; i < 17; i++) res.write(piece)
    res.end('{}')
  },
  'said-to-be-huge': (req, res) => {
    res.writeHead(200, { 'content-length': 17 << 20 }).flushHeaders()
  },
}

function answer(req, res, asked) {
  const id = /^\/(?:v2\/)?\w+\/([^?]*)/.exec(req.url)?.[1]
  const body = []
  req.on('data', piece => body.push(piece)).on('end', () => {
    asked.push({ method: req.method, target: req.url, headers: req.headers,
      body: Buffer.concat(body).toString() })
    const habit = habits[id]
    if (habit) habit(req, res)
    else if (req.method === 'GET' || req.method === 'HEAD') json(res, 200, { id, stars: 4 },
      { etag: '"1"', 'set-cookie': 'session=secret-cookie', 'x-served-by': 'real' })
    else json(res, 201, { id: 'new', by: req.method }, { location: '/reviews/new' })
  })
}

// { url, port, asked, close }. `tls` is { key, cert }.
export async function startOddService(t, tls) {
  const asked = []
  const on = (req, res) => answer(req, res, asked)
  const server = tls ? https.createServer(tls, on) : http.createServer(on)
  server.keepAliveTimeout = 1
  const sockets = new Set()
  for (const event of ['connection', 'secureConnection'])
    server.on(event, socket => {
      socket.on('error', () => undefined)
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  t.after(close)
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, asked, close, sockets }
}
