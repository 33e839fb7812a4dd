// Key sets by URL, an authorizer, API keys, identity tokens and the cache at the same time, with four
// workers, while keys and configurations change, services fail, and clients leave in the middle. Each
// caller gets an answer that was made for them, or a refusal.
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import { constants } from 'node:http2'
import path from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'

import { keyServer, makeKey } from './lib/key_server.mjs'
import { random } from './lib/random.mjs'
import { scenario, scratch } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const digest = key => createHash('sha256').update(key).digest('hex')
const names = { k1: { name: 'n1' }, k2: { name: 'n2', user: 'bot', role: 'staff' } }
const where = ['/api/users/me', '/api/users/me?a', '/api/other/me']

// What the users service answers: what it has learned of the caller.
function seen({ headers }) {
  const token = headers['x-identity']?.split('.')[1]
  const { sub, client_id: client, roles } = token ? JSON.parse(Buffer.from(token, 'base64url')) : {}
  return { json: { id: headers['x-user-id'], role: headers['x-user-role'], key: headers['x-api-key-name'],
    tenant: headers['x-tenant'], sub, client, roles: roles?.join(',') } }
}

// Emits "asked" when a service gets a request. At this time a request of a client waits.
const services = new EventEmitter().setMaxListeners(0)

// A service that answers after some turns of the loop, so that answers come in any order, and that
// fails now and then. `answer` gets the body of the request.
const unsteady = (next, answer) => ({
  async send({ req, res }) {
    let text = ''
    for await (const chunk of req) text += chunk
    services.emit('asked')
    for (let turns = next() * 200; turns > 0; turns--) await turn()
    const [status, value] = next() < 0.05 ? [500, {}] : answer(req, text)
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  },
})

const verdict = next => unsteady(next, (_, text) => {
  const { 'x-group': group } = JSON.parse(text).identity.headers
  return [200, { allow: next() > 0.05, context: { 'x-tenant': group ?? 'none' }, ttl: 0.05 }]
})

const keys = next => unsteady(next, ({ headers }) =>
  [200, Object.entries(names).find(([key]) => digest(key) === headers['x-api-key-sha256'])[1]])

async function stage(t, next, provider) {
  const keyFile = path.join(scratch(t), 'key.pem')
  writeFileSync(keyFile, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    .export({ type: 'pkcs8', format: 'pem' }))
  const routes = ['users', 'other'].map(name => ({ path: `/api/${name}/`, service: 'users', to: `/${name}/`,
    access: 'signed-in', cache: { ttl: '30ms', stale_while_revalidate: '60s' } }))
  return scenario(t, 'web', { 'users *': seen, 'reviews *': verdict(next), 'notifications *': keys(next) }, {
    args: ['--workers', '4'], keepsRecords: false, isUnguarded: true,
    config: { routes, cache: { memory: '64KiB' }, identity: { key_file: keyFile },
      api_keys: { service: { name: 'notifications', path: '/keys' }, ttl: '50ms' },
      login: { algorithms: ['ES256'], jwks: { url: provider.url, min_interval: '1s' }, authorizer: {
        service: 'reviews', identity: ['header:X-Group'], headers: ['X-Tenant'], timeout: '5s' } } } })
}

// Every pair of users, keys and groups, and what services must learn of it.
const callers = ['u1', 'u2', undefined].flatMap(user => [undefined, 'k1', 'k2'].flatMap(key =>
  ['a', 'b'].map(group => {
    const id = user ?? names[key]?.user
    const role = user ? `role of ${user}` : names[key]?.role
    return { user, key, group, want: id && { id, role, key: names[key]?.name, tenant: group, sub: id,
      client: names[key]?.name, roles: role } }
  })))

async function startCaller({ user, key, group, want }, { http2, signer, next, state }) {
  const { open } = await http2({ as: null })
  while (!state.isOver) {
    const token = user && signer().token({ sub: user, role: `role of ${user}`, jti: `${state.count++ % 50}` })
    const stream = open(where[Math.floor(next() * where.length)], { headers: { 'x-group': group,
      ...(token && { authorization: `Bearer ${token}` }), ...(key && { 'x-api-key': key }) } })
    let status, text = ''
    stream.on('error', () => undefined).on('response', head => (status = head[':status']))
    stream.setEncoding('utf8').on('data', chunk => (text += chunk))
    const leave = () => {
      state.left += !stream.closed
      stream.close(constants.NGHTTP2_CANCEL)
    }
    if (next() < 0.15) services.once('asked', leave)
    await new Promise(resolve => stream.on('close', resolve))
    services.off('asked', leave)
    if (status === undefined || !text.endsWith('}')) continue // left
    const body = JSON.parse(text)
    state.seen[status] = (state.seen[status] ?? 0) + 1
    if (status !== 200 ? body.error === 'Invalid token' || (status !== 403 && status !== 503 && want)
      : JSON.stringify(body) !== JSON.stringify(want))
      state.wrong.push({ user, key, group, status, body })
  }
}

test('each caller gets what was made for them, whatever changes meanwhile', async t => {
  const next = random(2)

  const provider = await keyServer(t, [makeKey('ES256', 'k0')])
  const scene = await stage(t, next, provider)
  const state = { isOver: false, count: 0, left: 0, seen: {}, wrong: [] }
  const signer = () => provider.keys[Math.floor(next() * Math.min(2, provider.keys.length))]
  const all = callers.map(caller => startCaller(caller, { ...scene, signer, next, state }))
  const good = () => state.seen[200] ?? 0
  const more = count => {
    const want = good() + count
    return eventually(() => good() >= want, `${count} more answers`)
  }
  await more(300)
  for (let round = 1; round <= 4; round++) {
    provider.keys = [makeKey('ES256', `k${round}`), ...provider.keys.slice(0, 2)]
    await more(150)
    process.kill(scene.server.pid, 'SIGHUP')
    await more(150)
  }
  state.isOver = true
  await Promise.all(all)
  assert.deepEqual(state.wrong, [])
  assert.ok(state.left > 0, 'nobody left')
  for (const status of [200, 401, 403, 503]) assert.ok(state.seen[status] > 0, `nobody got ${status}`)
})
