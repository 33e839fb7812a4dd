// Services that change data, behind the page of tests/e2e/undo: inventory has reservations, orders
// has orders, and notifications has notices. Each makes a change once for each Idempotency-Key, and
// sends its first answer again. What happens to a request is decided by the test.
import { once } from 'node:events'
import http from 'node:http'

import { startServer } from './server.mjs'
import { anywhere, configFile } from './scenario.mjs'

const services = ['inventory', 'orders', 'notifications']

// What happens to a request: whether the service makes the change, and what it answers.
export const fates = {
  ok: { applies: true, status: 201 },
  refusal: { status: 422 },
  'lost request': { ends: 'reset' },
  'lost answer': { applies: true, ends: 'reset' },
  'cut answer': { applies: true, ends: 'cut' },
  'error before': { status: 500 },
  'error after': { applies: true, status: 500 },
  'time-out before': { ends: 'hang' },
  'time-out after': { applies: true, ends: 'hang' },
}

// A service with its changes by key: { cart, id, isGone, isRefused }.
function apply(ledger, { method, url, key }, isRefused) {
  if (method === 'DELETE') {
    const change = [...ledger.values()].find(({ id }) => id === url.pathname.split('/').at(-1))
    if (change) change.isGone = true
    return change ?? {}
  }
  if (!ledger.has(key))
    ledger.set(key, { cart: url.searchParams.get('cart'), id: `n${ledger.size}`, isRefused })
  return ledger.get(key)
}

function answer(res, { ends, status }, change) {
  if (ends === 'hang') return
  if (ends === 'reset') return void res.socket.resetAndDestroy()
  const body = JSON.stringify({ id: change?.id })
  res.writeHead(status ?? 201, { 'content-type': 'application/json', 'content-length': body.length })
  if (ends !== 'cut') return void res.end(body)
  res.write(body.slice(0, 4), () => res.socket.resetAndDestroy())
}

async function startService(name, decide, asked) {
  const ledger = new Map()
  const server = http.createServer(async (req, res) => {
    const request = { service: name, method: req.method, url: new URL(req.url, 'http://x'),
      key: req.headers['idempotency-key'] }
    asked.push(request)
    req.resume()
    const fate = { ...await decide(request) }
    const isRefusal = fate.status === 422 && req.method === 'POST'
    const change = fate.applies || isRefusal ? apply(ledger, request, isRefusal) : undefined
    // The first answer, whatever was decided for this request.
    if (change && fate.status < 500 && req.method === 'POST') fate.status = change.isRefused ? 422 : 201
    answer(res, fate, change)
  })
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { ledger, server, url: `http://127.0.0.1:${server.address().port}` }
}

// Starts the services. decide({ service, method, url, key }) returns what happens to a request, or a
// promise of it.
export async function startLedgers(t, decide = () => fates.ok) {
  const asked = []
  const all = {}
  for (const name of services) all[name] = await startService(name, decide, asked)
  t.after(() => services.forEach(name => {
    all[name].server.closeAllConnections()
    all[name].server.close()
  }))
  const held = (service, cart) => [...all[service].ledger.values()].filter(change =>
    !change.isGone && !change.isRefused && (cart === undefined || change.cart === cart)).length
  return {
    asked: service => asked.filter(each => each.service === service),
    env: Object.fromEntries(services.map(name => [`${name.toUpperCase()}_URL`, all[name].url])),
    held: cart => ({ reservations: held('inventory', cart), orders: held('orders', cart),
      notices: held('notifications', cart) }),
  }
}

// Starts the page in front of `ledgers`. Nothing but the page itself makes or refuses calls.
export function startShop(t, ledgers, config = {}) {
  const unguarded = { breaker: 'off', ejection: 'off', retry: 'off', health: 'off' }
  const settings = { login: 'off', ...config,
    services: Object.fromEntries(services.map(name => [name, unguarded])) }
  return startServer('undo', ['--config', configFile(t, settings), '--listen', anywhere], ledgers.env)
}
