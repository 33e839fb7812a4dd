// Many users ask for the same paths, at the same time, while answers are stored, validated,
// invalidated and refused. Every answer names for whom it was made, and nobody may see that of
// another. CACHE_COUNT, CACHE_AT_ONCE and CACHE_SEED set the number of requests, how many run at the
// same time, and the seed.
import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'

import { random } from './lib/random.mjs'
import { scenario } from './lib/scenario.mjs'
import { inParallel } from './lib/wait.mjs'

const count = Number(process.env.CACHE_COUNT ?? 2000)
const atOnce = Number(process.env.CACHE_AT_ONCE ?? 32)
const seed = Number(process.env.CACHE_SEED ?? 1)

const users = ['u1', 'u2', 'u3', { id: 'u1', role: 'admin' }, null]
const directives = ['max-age=60', 'max-age=60, public', 'private, max-age=60', 'no-store', 'no-cache',
  's-maxage=60', 'max-age=0', 'max-age=0, stale-while-revalidate=60', 'max-age=0, stale-if-error=60',
  'max-age=60, must-revalidate', undefined, undefined, undefined, undefined]
const cache = { stale_while_revalidate: '60s', stale_if_error: '60s' }
const route = (name, more) => ({ path: `/api/${name}/`, service: 'users', to: `/${name}/`,
  access: 'public', ...more })
const routes = [
  route('own', { cache: { ttl: '60s' } }),
  route('short', { cache: { ttl: '1ms', ...cache } }),
  route('asked', { cache: { from: 'response', ...cache } }),
  route('shared', { cache: { ttl: '60s', shared: true, ...cache } }),
  route('tenant', { cache: { ttl: '60s', vary: ['x-tenant'], ...cache } }),
  route('none', {}),
]

// For whom the service makes an answer, as it sees the request. Only what it is told counts.
function ownerOf({ url, headers }) {
  const seen = ['x-user-id', 'x-user-role', 'accept-language', 'x-tenant', 'x-forwarded-host']
  const words = seen.map(name => headers[name] ?? '')
  const signed = headers['x-user-id'] ? '' : `${headers.authorization ?? ''}~${headers.cookie ?? ''}`
  return [url, ...words, signed].join('|')
}

// An answer that names its owner in its body, its tag and a field. `next` chooses the rest.
function answerOf(next) {
  let version = 0
  return ({ req, res }) => {
    const owner = ownerOf(req)
    const control = next.any(directives)
    const tag = `"${Buffer.from(owner).toString('hex')}-${next() < 0.3 ? ++version : 0}"`
    const headers = { 'content-type': 'application/json', 'x-owner': owner, etag: tag,
      vary: 'accept-language, x-tenant', ...control && { 'cache-control': control },
      ...next() < 0.05 && { 'set-cookie': `owner=${Buffer.from(owner).toString('hex')}` },
      ...next() < 0.05 && { connection: 'x-owner-hop', 'x-owner-hop': owner } }
    if (next() < 0.03) return res.writeHead(500, headers).end(JSON.stringify({ owner }))
    if (next() < 0.02) return res.socket.destroy()
    if (req.headers['if-none-match'] === tag) return res.writeHead(304, headers).end()
    return res.writeHead(200, headers).end(JSON.stringify({ owner, filler: 'x'.repeat(next() * 3000) }))
  }
}

function requestOf(next) {
  const as = next.any(users)
  const { path } = next.any(routes)
  const headers = {}
  if (next() < 0.5) headers['accept-language'] = next.any(['de', 'en'])
  if (next() < 0.5) headers['x-tenant'] = next.any(['a', 'b'])
  if (as === null && next() < 0.3) headers.authorization = next.any(['Basic YQ==', 'Basic Yg=='])
  if (as === null && next() < 0.3) headers.cookie = next.any(['s=1', 's=2'])
  if (next() < 0.1) headers['cache-control'] = next.any(['no-cache', 'max-stale', 'only-if-cached'])
  if (next() < 0.1) headers.range = 'bytes=0-'
  headers.host = next.any(['a.example', 'b.example'])
  return { as, where: `${path}${Math.floor(next() * 5)}`, headers, isHttp2: next() < 0.3,
    method: next() < 0.04 ? next.any(['PUT', 'POST', 'DELETE']) : next() < 0.1 ? 'HEAD' : 'GET' }
}

// What an answer to the request must name.
function wantedOwner({ as, where, headers, method }) {
  const isShared = where.startsWith('/api/shared/') && method !== 'PUT' && method !== 'POST' &&
    method !== 'DELETE' && !headers.range
  const user = as === null ? {} : typeof as === 'string' ? { id: as, role: 'customer' } : as
  const { id, role } = isShared ? {} : user
  return ownerOf({ url: where.replace('/api', ''), headers: { ...headers, 'x-user-id': id,
    'x-user-role': role, 'x-forwarded-host': headers.host, ...isShared && { authorization: '', cookie: '' } } })
}

const ownerOfTag = tag => Buffer.from(/"([0-9a-f]*)/.exec(tag)[1], 'hex').toString()

function assertOwn(res, request) {
  const owner = wantedOwner(request)
  const where = () => JSON.stringify({ request, seed, headers: res.headers })
  if (res.headers['x-owner'] !== undefined) assert.equal(res.headers['x-owner'], owner, where())
  if (res.headers.etag) assert.equal(ownerOfTag(res.headers.etag), owner, where())
  if (res.body?.owner !== undefined) assert.equal(res.body.owner, owner, where())
  assert.equal(res.headers['x-owner-hop'], undefined, where())
  if (res.headers['set-cookie']) assert.doesNotMatch(res.headers['cache-status'] ?? '', /hit|collapsed/)
  assert.ok([200, 304, 500, 502, 504].includes(res.status), where())
  if (res.status === 200 && request.method !== 'HEAD') assert.equal(res.body.owner, owner, where())
}

test(`${count} requests of users, and nobody sees what is another's`, async t => {
  const next = random(seed)
  const answer = answerOf(next)
  const { get, http2, server } = await scenario(t, 'web', { 'users *': { send: answer } }, {
    args: ['--workers', '4'], keepsRecords: false, isUnguarded: true,
    config: { rate_limits: [], routes, cache: { memory: '256KiB' } } })
  const agent = new http.Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const sessions = await Promise.all(users.map(as => http2({ as })))
  const tags = {} // of each kind of request, the last that was seen
  const ask = async request => {
    const { as, where, headers: own, method } = request
    const key = wantedOwner(request)
    const headers = { ...own, ...next() < 0.3 && tags[key] && { 'if-none-match': tags[key] } }
    const { host, ...second } = headers
    const res = request.isHttp2
      ? await sessions[users.indexOf(as)].ask(where, { method, headers: { ...second, ':authority': host } })
      : await get(where, { as, method, headers, agent })
    assertOwn(res, request)
    if (res.headers.etag) tags[key] = res.headers.etag
  }
  await inParallel(atOnce, Array.from({ length: count }, () => requestOf(next)), ask)
  await server.stop()
  const words = server.lines().map(({ cache: word }) => word)
  for (const word of ['hit', 'miss', 'stale', 'validated', 'collapsed', 'bypass']) {
    assert.ok(words.includes(word), `no request was a ${word}`)
  }
})
