// The services behind the server. A plan sets what each service answers, and every request to a
// service is recorded. A key of a plan is a service and a target ("orders /orders/7"), or a service
// and "*". The value describes the answer (see reply.mjs). It can also be a list with one
// description for each request, or a function that gets the request and returns the description.
import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'

import { reply } from './reply.mjs'
import { barrier, gate, soon } from './wait.mjs'

const list = readFileSync(new URL('../../../clients/services.c', import.meta.url), 'utf8')

// Those of the builds, in their order.
export const services = [...list.matchAll(/&(\w+)_service\b/g)].map(([, name]) => name)

const asList = value => (Array.isArray(value) ? value : [value])

// Entries that name the same `meet` are held until each of them has been asked.
function barriers(plan) {
  const sizes = {}
  for (const { meet } of Object.values(plan).flatMap(asList)) {
    if (meet) sizes[meet] = (sizes[meet] ?? 0) + 1
  }
  return Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, barrier(size)]))
}

// The request, spelt as a row of the plan; the method is added when it is not GET.
const named = (service, method, url) => `${service} ${method === 'GET' ? '' : `${method} `}${url}`

class Upstreams extends EventEmitter {
  requests = []
  unplanned = []
  counts = new Map() // how often each target was asked
  dialled = new Map()
  connections = []
  connected = 0
  open = new Set()
  inFlight = {}
  mostInFlight = {}

  constructor(plan, { keepsRecords = true } = {}) {
    super({ captureRejections: true })
    this.setMaxListeners(0)
    this.plan = plan
    this.keepsRecords = keepsRecords
    this.meet = barriers(plan)
    this.servers = []
    this.answered = Object.fromEntries(services.map(service => [service, gate()]))
  }

  asked(service) {
    return this.requests.filter(request => !service || request.service === service)
  }

  // Resolves with the service's nth request, once it has come.
  async arrival(service, nth = 1) {
    const come = async () => {
      while (this.asked(service).length < nth) await once(this, 'request')
      return this.asked(service)[nth - 1]
    }
    return soon(come(), `request ${nth} to ${service}`)
  }

  async listen(service, { tls, host = '127.0.0.1' } = {}) {
    const server = tls ? https.createServer(tls) : http.createServer()
    Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 })
    server.on('request', (req, res) => this.#serve(service, req, res))
    server.on('connection', socket => this.#dialled(service, socket))
    server.on(tls ? 'secureConnection' : 'connection', socket => this.#connected(service, socket))
    server.listen(0, host)
    await once(server, 'listening')
    this.servers.push(server)
    const name = host.includes(':') ? `[${host}]` : host
    return `${tls ? 'https' : 'http'}://${name}:${server.address().port}`
  }

  #dialled(service, socket) {
    socket.setNoDelay(true).on('error', () => undefined)
    const key = `${service} ${socket.remotePort}`
    this.dialled.set(key, socket)
    socket.once('close', () => this.dialled.get(key) === socket && this.dialled.delete(key))
  }

  #connected(service, socket) {
    const bare = this.dialled.get(`${service} ${socket.remotePort}`) // a TLS socket cannot send a reset itself
    socket.reset = () => bare.resetAndDestroy()
    socket.number = ++this.connected
    if (this.keepsRecords) this.connections.push({ service, socket })
    this.open.add(socket)
    socket.once('close', () => this.open.delete(socket))
    socket.on('error', () => undefined)
    socket.gone = new Promise(resolve => socket.once('close', resolve))
  }

  #serve(service, req, res) {
    const { method, url, headers, socket } = req
    const request = { service, method, url, headers, socket, connection: socket.number,
      get gone() { return soon(socket.gone, `the connection to ${service} to end`) } }
    request.nth = this.#nth(`${service} ${url}`)
    if (this.keepsRecords) this.requests.push(request)
    this.#count(service, res)
    const planned = this.plan[`${service} ${url}`] ?? this.plan[`${service} *`]
    if (planned === undefined) this.unplanned.push(named(service, method, url))
    res.once('finish', this.answered[service].open)
    this.emit('request', request)
    const row = this.#row(planned ?? { status: 599 }, request)
    const holds = { meet: this.meet[row.meet]?.(), after: this.answered[row.after]?.opened }
    reply(row, { req, res, request, ...holds })
      .catch(error => this.unplanned.push(`${service} ${url}: ${error.stack}`))
  }

  // How often it was asked before.
  #nth(target) {
    const nth = this.counts.get(target) ?? 0
    this.counts.set(target, nth + 1)
    return nth
  }

  #row(planned, request) {
    const rows = asList(typeof planned === 'function' ? planned(request) : planned)
    return rows[Math.min(request.nth, rows.length - 1)]
  }

  #count(service, res) {
    this.inFlight[service] = (this.inFlight[service] ?? 0) + 1
    this.mostInFlight[service] = Math.max(this.mostInFlight[service] ?? 0, this.inFlight[service])
    res.once('close', () => this.inFlight[service]--)
  }

  // Ends every connection from the services' side.
  hangUp() {
    for (const socket of this.open) socket.destroy()
  }

  close() {
    for (const server of this.servers) server.close()
    this.hangUp()
  }
}

// Starts all services; `options[service]` may say { tls, host }. `urls` tells where they are.
// With { keepsRecords: false } in `how`, what they were asked is forgotten: for very long tests.
export async function startUpstreams(plan, options = {}, how = {}) {
  const upstreams = new Upstreams(plan, how)
  const urls = await Promise.all(services.map(name => upstreams.listen(name, options[name])))
  upstreams.urls = Object.fromEntries(services.map((name, i) => [name, urls[i]]))
  return upstreams
}
