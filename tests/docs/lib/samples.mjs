// Answers that the pages show without a command. They are made here by the real server.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'

import { secret, tokenFor } from '../../e2e/lib/token.mjs'
import { eventually } from '../../e2e/lib/wait.mjs'

const at = (stage, port) => `http://127.0.0.1:${stage.ports.get(port)}`

// A server in front of services of which one is not there, once it knows.
async function withoutOrders(stage) {
  await stage.serve('', 'bff-mock', ' --data fixtures/data --port 3000')
  const urls = ['users', 'products', '', 'reviews', 'inventory', 'recommendations', 'notifications']
    .map((name, i) => name && `${name.toUpperCase()}_URL=${at(stage, 3000 + i)} `)
  const secret = 'JWT_SECRET=long-enough-for-a-secret-of-tokens '
  await stage.serve(`${secret}ORDERS_URL=http://127.0.0.1:9 ${urls.join('')}`, 'bff-web', '')
  await eventually(async () => {
    const { checks } = await (await fetch(`${at(stage, 8080)}/health`)).json()
    return Object.values(checks).every(([check]) => check.time !== undefined)
  }, 'an answer of every service')
}

// The whole page, but of the checks only those of two services.
async function health(stage) {
  await withoutOrders(stage)
  const { status, checks } = await (await fetch(`${at(stage, 8080)}/health`)).json()
  return JSON.stringify({ status, checks: { users: checks.users, orders: checks.orders } })
}

// A URL that gives two keys once, and does not answer again.
async function keysOnce(stage) {
  const server = http.createServer((req, res) => {
    res.setHeader('content-type', 'application/json').end(stage.read('login.jwks'))
    server.removeAllListeners('request').on('request', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return `http://127.0.0.1:${server.address().port}/keys`
}

// A server whose Redis does not exist, which has cached nothing, whose keys cannot be fetched again, and
// whose OpenID provider was not asked.
async function healthWithoutRedis(stage) {
  const jwks = { url: await keysOnce(stage), refresh: '1s', min_interval: '1s', timeout: '100ms' }
  const staff = { name: 'staff', issuer: 'https://staff.example', algorithms: ['RS256', 'ES256'], jwks }
  const main = { name: 'main', issuer: 'https://login.example', client_id: 'shop', client_secret: 'secret' }
  const session = { keys: ['one that is long enough for sessions'], providers: [main] }
  stage.write('health.yaml', JSON.stringify({ login: { issuers: [staff] }, session }))
  const settings = ' --mock fixtures --config health.yaml'
  await stage.serve('REDIS_URL=redis://127.0.0.1:9 ', 'bff-web', settings)
  const page = async () => (await fetch(`${at(stage, 8080)}/health`)).text()
  await eventually(async () => (await page()).includes('"output":"timeout"'), 'keys that are old')
  return page()
}

// Its health is good, and nothing else.
async function failing() {
  const server = http.createServer((req, res) => res.writeHead(req.url === '/health' ? 200 : 500).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return `http://127.0.0.1:${server.address().port}`
}

// Three endpoints, of which one fails so often that it is ejected.
async function healthOfOrders(stage) {
  await stage.serve('', 'bff-mock', ' --data fixtures/data --port 3000')
  const endpoints = [{ url: at(stage, 3002), weight: 2 }, await failing(),
    { url: at(stage, 3000), backup: true }]
  const orders = { endpoints, retry: 'off', health: { interval: '1h' } }
  stage.write('orders.yaml', JSON.stringify({ login: 'off', workers: 1, services: { orders } }))
  await stage.serve('', 'bff-web', ' --config orders.yaml')
  const page = async () => (await fetch(`${at(stage, 8080)}/health/orders`)).text()
  await eventually(async () => !(await page()).includes('unknown'), 'an answer of every endpoint')
  for (let i = 0; i < 15; i++) await fetch(`${at(stage, 8080)}/api/orders/o15`)
  return page()
}

// What an authorizer may answer.
const verdict = { allow: true, user: 'u7', roles: ['customer'], scopes: 'orders:read orders:write',
  context: { 'x-tenant': 'a' }, ttl: 60 }

// A service that is the authorizer and the users service: `asked` is what it was asked, as text.
async function authorizer() {
  const asked = []
  const server = http.createServer(async (req, res) => {
    const chunks = []
    for await (const chunk of req) chunks.push(chunk)
    const lines = Object.entries(req.headers).map(([name, value]) => `${name}: ${value}`)
    const body = chunks.length > 0 ? JSON.stringify(JSON.parse(Buffer.concat(chunks)), null, 2) : ''
    asked.push([`${req.method} ${req.url} HTTP/1.1`, ...lines, '', body].join('\n'))
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(verdict))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return { asked, url: `http://127.0.0.1:${server.address().port}` }
}

// A request that the authorizer of the page allows: the question, and what the service gets then.
async function asksAuthorizer(stage) {
  const { asked, url } = await authorizer()
  stage.write('authorizer.yaml', JSON.stringify({ login: { authorizer: { service: 'users',
    identity: ['header:Authorization', 'path', 'method'], headers: ['X-Tenant'] } } }))
  await stage.serve(`JWT_SECRET='${secret}' USERS_URL=${url} `, 'bff-web', ' --config authorizer.yaml')
  const answer = await fetch(`${at(stage, 8080)}/api/users/42`,
    { method: 'PUT', headers: { authorization: `Bearer ${tokenFor('u1')}` } })
  assert.equal(answer.status, 200)
  const both = asked.filter(text => !text.includes('/health'))
  assert.equal(both.length, 2)
  return both
}

// The answer is good: the service gets the user and the tenant.
async function answersOfAuthorizer(stage) {
  const [, passed] = await asksAuthorizer(stage)
  assert.match(passed, /^x-user-id: u7$/m)
  assert.match(passed, /^x-tenant: a$/m)
  return JSON.stringify(verdict)
}

export const samples = {
  'docs/authorizer.md': [
    { begins: 'POST /authorize', make: async stage => (await asksAuthorizer(stage))[0] },
    { begins: '{\n  "allow"', make: answersOfAuthorizer },
  ],
  'docs/health.md': [
    { begins: '{"status":"warn"', make: health },
    { begins: '"redis":', make: healthWithoutRedis },
    { begins: '{"service":"orders"', make: healthOfOrders },
  ],
}
