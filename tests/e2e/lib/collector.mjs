// A collector of OpenTelemetry for tests: it keeps what it gets, and answers as the test wants.
import { EventEmitter, once } from 'node:events'
import http from 'node:http'

import { soon } from './wait.mjs'

async function read(req) {
  const pieces = []
  for await (const piece of req) pieces.push(piece)
  return Buffer.concat(pieces)
}

/*
 * Starts the collector. `answer({ req, res, body, nth })` answers the nth export, from 1; without it
 * each gets an empty 200. The result has the `url` for the settings, `exports` ({ headers, body, path }),
 * and `come(count)`, which resolves when so many exports have come.
 */
export async function startCollector(t, answer = ({ res }) => res.end()) {
  const exports = [], events = new EventEmitter()
  events.setMaxListeners(0)
  const server = http.createServer(async (req, res) => {
    const body = await read(req).catch(() => undefined)
    if (body === undefined) return
    exports.push({ headers: req.headers, path: req.url, body })
    answer({ req, res, body, nth: exports.length })
    events.emit('export')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const until = async (check, what) => {
    while (!check()) await soon(once(events, 'export'), what)
  }
  return { url: `http://127.0.0.1:${server.address().port}/v1/traces`, exports, until,
    come: count => until(() => exports.length >= count, `${count} exports`) }
}
