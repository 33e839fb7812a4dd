// A server with one cached route, /api/things/, to the users service.
import { scenario } from './scenario.mjs'

export const path = '/api/things/1'

const isUnguarded = { breaker: 'off', ejection: 'off', retry: 'off' }

// `answer` is the plan of the service (upstream.mjs): an answer, a list, or a function. `cache` are
// the settings of the route's cache; `route` has more of the route, and `config` more of the file.
export function cachedRoute(t, answer, { cache, route, config, users = isUnguarded, ...options } = {}) {
  const things = { path: '/api/things/', service: 'users', to: '/things/', access: 'public',
    cache: { ttl: '60s', ...cache }, ...route }
  return scenario(t, 'web', { 'users *': answer }, { ...options,
    config: { rate_limits: [], routes: [things], services: { users }, ...config } })
}

// What the cache did, by the answers' Cache-Status without its numbers.
export const statusOf = ({ headers }) => headers['cache-status']?.replace(/ttl=-?\d+/, 'ttl')

// A body that differs each time: "1", "2", ..., with more fields.
export function counted(headers = {}, more = {}) {
  let count = 0
  return () => ({ headers: { 'content-type': 'text/plain', ...headers }, text: String(++count), ...more })
}
