// The mock services as a process of their own, so that a test can read their ledger.
import { ask } from './client.mjs'
import { fixtures, startServer } from './server.mjs'

// { urls: { orders: 'http://…' }, send, ledger }. send('orders', 'POST /orders', { body, key, mock }).
export async function startMocks(t, env = {}) {
  const server = await startServer('mock', ['--data', fixtures, '--port', '0'], env)
  t.after(() => server.stop())
  const urls = server.ready.services

  async function send(service, request, { body, key, mock, id } = {}) {
    const [method, path] = request.split(' ')
    const headers = { ...(key && { 'idempotency-key': key }), ...(mock && { 'x-mock': mock }),
      ...(id && { 'x-request-id': id }) }
    return ask(urls[service], path, { method, headers, body: body && JSON.stringify(body) })
  }
  return { urls, send, ledger: async () => (await send('users', 'GET /__mock/ledger')).body }
}

// What the server is told: { USERS_URL: 'http://…' }.
export const addressesOf = ({ urls }) => Object.fromEntries(
  Object.entries(urls).map(([service, url]) => [`${service.toUpperCase()}_URL`, url]))
