// The page of tests/e2e/keys, which buys something once for each Idempotency-Key.
import assert from 'node:assert/strict'

import { clock } from './clock.mjs'
import { scenario } from './scenario.mjs'

export const page = '/api/buy/u1'
export const body = '{"note":"quick"}'
const plan = {
  'products /products/p1': { json: { id: 'p1' } },
  'orders /orders': { json: { id: 'o1' }, status: 201, headers: { 'set-cookie': 'cart=empty' } },
  'notifications /notifications': { json: {}, status: 201 },
}
const off = { login: 'off' }

// The server, whose clocks `pass` moves. buy(key) asks for the page.
export async function shop(t, { services, config, ...options } = {}) {
  const { env, pass } = clock(t)
  const scene = await scenario(t, 'keys', { ...plan, ...services }, {
    config: { ...off, ...config }, env, isUnguarded: true, ...options })
  const buy = (key, { where = page, headers, ...more } = {}) => scene.get(where, {
    method: 'POST', body, as: null, ...more,
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers } })
  const sent = service => scene.asked(service).filter(({ method }) => method === 'POST')
  return { ...scene, pass, buy, sent }
}

export const inRedis = ({ url }, more) => ({ redis: { url, timeout: '10s', connect_timeout: '5s', ...more } })

// The same answer, with a mark.
export function assertReplayed(again, first) {
  assert.equal(again.status, first.status)
  assert.equal(again.text, first.text)
  for (const name of ['content-type', 'cache-control', 'server-timing', 'proxy-status', 'set-cookie'])
    assert.deepEqual(again.headers[name], first.headers[name], name)
  assert.equal(again.headers['idempotency-replayed'], 'true')
  assert.equal(first.headers['idempotency-replayed'], undefined)
}

export function assertRefused({ status, headers, body: { error, requestId } }, code, words, retryAfter) {
  assert.equal(status, code)
  assert.match(error, words)
  assert.equal(requestId, headers['x-request-id'])
  assert.equal(headers['retry-after'], retryAfter)
}
