// A scenario for one test: planned services, a server that uses them, and clients. All of them are
// started for the test, and are checked and stopped when it ends.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { ask, askAndLeave, connectBare, connectHttp2, talk } from './client.mjs'
import { fixtures, startServer } from './server.mjs'
import { tokenFor } from './token.mjs'
import { services, startUpstreams } from './upstream.mjs'

export const anywhere = 'http://127.0.0.1:0'

// A directory that lives as long as the test.
export function scratch(t) {
  const directory = mkdtempSync(path.join(tmpdir(), 'bff-e2e-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

// Where limits and caches are not the point, there are none: no test runs into the default limits, and
// every request reaches its service. A test that says something about them has what it says, and the
// defaults for the rest: { cache: {} }.
function unlimited(settings) {
  const caches = settings.routes?.some(({ cache }) => cache !== undefined)
  return { ...settings, rate_limits: settings.rate_limits ?? [],
    cache: settings.cache ?? (caches ? {} : { memory: 0 }) }
}

// A configuration file with `settings` in it. JSON is YAML too. A text is written as it is.
export function configFile(t, settings) {
  const file = path.join(scratch(t), 'bff.yaml')
  writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(unlimited(settings)))
  return file
}

/*
 * Clients of `server`. Who asks is signed in as an admin, or `as` somebody: { as: 'u1' } is a
 * customer, { as: { id, role } } has these claims, { as: null } brings no token. Bare bytes bring
 * what the test writes (signedIn of token.mjs). `url` is another address of the server.
 */
function clients(server, tokenOf) {
  const sessions = []
  const signed = async ({ as, ...options } = {}) =>
    ({ token: as === null ? undefined : await tokenOf(as), ...options })
  return {
    get: async (where, { url = server.url, ...options } = {}) =>
      ask(url, where, await signed(options)),
    leave: (where, { url = server.url, ...options } = {}) =>
      askAndLeave(url, where, { token: server.token, ...options }),
    bare: (options, url = server.url) => connectBare(url, options),
    talk: bytes => talk(server.url, bytes),
    http2: async ({ as, ...options } = {}, url = server.url) => {
      const { token } = await signed({ as })
      const session = await connectHttp2(url, options, token)
      sessions.push(session)
      return session
    },
    closeClients: () => sessions.forEach(session => session.close()),
  }
}

function serverArguments(t, { listen = [anywhere], config, args = [] }) {
  const configured = config ? ['--config', configFile(t, config)] : []
  return [...configured, ...listen.flatMap(address => ['--listen', address]), ...args]
}

// For tests whose services fail on purpose, again and again, and are asked all the same.
const unguarded = { breaker: 'off', ejection: 'off', retry: 'off' }

// Nobody asks the services how they are, unless the test is about that. BFF_IO_URING=false has all
// tests run without io_uring.
function undisturbed({ config = {}, isUnguarded }) {
  if (typeof config === 'string') return config
  const guards = isUnguarded ? unguarded : {}
  const { BFF_IO_URING: uring } = process.env
  if (uring !== undefined) config = { io_uring: uring === 'true', ...config }
  const each = services.map(name => [name, { health: 'off', ...guards, ...config.services?.[name] }])
  return { ...config, services: { ...config.services, ...Object.fromEntries(each) } }
}

function addresses({ urls }, urlOf = {}) {
  return Object.fromEntries(Object.entries(urls).map(
    ([service, url]) => [`${service.toUpperCase()}_URL`, urlOf[service]?.(url, urls) ?? url]))
}

// Options for tests that are not about who asks: whoever reaches the server may.
export const open = { config: { login: 'off' } }

// Fails with the name of a request that no row plans, and with the rows of its service.
function assertPlanned({ unplanned, plan }) {
  if (unplanned.length === 0) return
  const rows = Object.keys(plan).filter(name => name.split(' ')[0] === unplanned[0].split(' ')[0])
  assert.fail(`no row plans this request: ${unplanned.join(', ')}; ` +
    `the rows of the service are: ${rows.join(', ') || 'none'}`)
}

/*
 * Starts the binary of `build` with the services of `plan` (upstream.mjs) behind it. Options:
 *   listen    addresses (one, plain)       config    settings, or YAML text
 *   args      more arguments               env       more environment
 *   services  { users: { tls, host } }
 *   urlOf     { users: url => url }: the address that the server is given for a service
 *   under     a command that runs the binary
 *   isUnguarded   true: the services have no breaker, no ejection and no retries
 *   keepsRecords  false: what the services were asked is forgotten
 */
export async function scenario(t, build, plan = {}, options = {}) {
  const { keepsRecords } = options
  const upstreams = await startUpstreams(plan, options.services, { keepsRecords })
  let server
  t.after(async () => {
    try {
      await server?.stop()
      assertPlanned(upstreams)
    } finally {
      upstreams.close()
    }
  })
  const env = { ...addresses(upstreams, options.urlOf), ...options.env }
  const args = serverArguments(t, { ...options, config: undisturbed(options) })
  server = await startServer(build, args, env, options.under)
  server.token = tokenFor()
  const all = clients(server, tokenFor)
  t.after(all.closeClients)
  // Before the test looks at the answer: its difference would not say what is missing.
  const get = async (...request) => {
    const answer = await all.get(...request)
    assertPlanned(upstreams)
    return answer
  }
  return {
    ...all, get, server, upstreams, url: server.url, urls: server.urls,
    asked: service => upstreams.asked(service),
    arrival: (service, nth) => upstreams.arrival(service, nth),
  }
}

const accounts = {
  u1: { email: 'ada.nowak@mail.example', password: 'ada-loves-tea' },
  u2: { email: 'bruno.ferreira@mail.example', password: 'bruno-cooks' },
  u7: { email: 'giorgos.p@mail.example', password: 'giorgos-rules' }, // an admin
}

// Signs in as the users of fixtures/, each once.
function signingIn(url) {
  const tokens = {}
  const signIn = async user => {
    const { status, body, text } = await ask(url, '/api/auth/login', { method: 'POST',
      headers: { 'content-type': 'application/json' }, body: JSON.stringify(accounts[user]) })
    assert.equal(status, 200, text)
    return body.token
  }
  return (as = 'u7') => (tokens[as] ??= signIn(as))
}

// The same on the mock services of fixtures/, inside the server, which makes a secret for itself;
// so { as } is one of their users.
export async function demo(t, build, options = {}) {
  const args = ['--mock', fixtures, ...(options.args ?? [])]
  const env = { JWT_SECRET: undefined, ...options.env }
  const server = await startServer(build, serverArguments(t, { ...options, args }), env)
  t.after(() => server.stop())
  const tokenOf = signingIn(server.url)
  server.token = await tokenOf()
  const all = clients(server, tokenOf)
  t.after(all.closeClients)
  return { ...all, server, url: server.url, urls: server.urls }
}

// An answer's text with the time in loadedAt replaced by "now", once that is known to be one.
export function stamped(text) {
  return text.replace(/"loadedAt":"([^"]*)"/, (_, time) => {
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000, `${time} is about now`)
    return '"loadedAt":"now"'
  })
}

// The answer is exactly `want`, members in this order; loadedAt is "now".
export function assertBody(answer, want) {
  assert.equal(stamped(answer.text), JSON.stringify(want))
}
