// A service behind a host name whose addresses change: see bff-names (tests/e2e/names/names.c).
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'

import { scratch } from './scenario.mjs'
import { eventually } from './wait.mjs'

export const host = 'users.test'

/*
 * The names of one test: { env, set, followed }. `set` gives `host` these addresses. `followed` waits
 * until a server with one worker has looked up the new addresses and uses them: such a worker makes
 * its next look-up only after it has taken the answer of the last one.
 */
export function names(t, addresses) {
  const file = path.join(scratch(t), 'names')
  const line = list => [host, ...list].join(' ')
  const asked = () =>
    (existsSync(`${file}.asked`) ? readFileSync(`${file}.asked`, 'utf8').split('\n').slice(0, -1) : [])
  const set = list => {
    writeFileSync(`${file}.new`, `${line(list)}\n`)
    renameSync(`${file}.new`, file)
  }
  const followed = async list => {
    const before = asked().length
    await eventually(() => asked().slice(before).filter(one => one === line(list)).length > 1,
      `the look-up of ${line(list)}`)
  }
  set(addresses)
  return { env: { NAMES: file }, set, followed,
    change: async list => { set(list); await followed(list) } }
}

class Place {
  requests = 0
  names = new Set() // what the server has called it, in Host and in SNI
  open = new Set()

  constructor(address) { this.address = address }

  async close() {
    this.server.close()
    for (const socket of this.open) socket.destroy()
    await once(this.server, 'close')
  }
}

async function listen(place, port, answer, tls) {
  const SNICallback = (name, done) => { place.names.add(name); done(null) }
  const server = tls ? https.createServer({ ...tls, SNICallback }) : http.createServer()
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 })
  server.on('connection', socket => {
    place.open.add(socket)
    socket.on('error', () => undefined).once('close', () => place.open.delete(socket))
  })
  server.on('request', (req, res) => {
    if (req.url !== '/health') place.requests++
    place.names.add(req.headers.host)
    answer(req, res, place)
  })
  server.listen(port, place.address)
  await once(server, 'listening')
  place.server = server
}

// Starts the users service at each of `addresses`, with one port: a list of places. `tls` may have
// options of TLS for each address.
export async function startPlaces(t, addresses, answer, tls = {}) {
  const places = addresses.map(address => new Place(address))
  let port = 0
  for (const place of places) {
    await listen(place, port, answer, tls[place.address])
    port = place.server.address().port
  }
  t.after(() => Promise.all(places.filter(({ server }) => server.listening).map(one => one.close())))
  return Object.assign(places, { port })
}
