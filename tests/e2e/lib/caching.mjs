// A server with one cached route, /api/things/, to the users service.
import { scenario } from './scenario.mjs'

export const path = '/api/things/1'

const isUnguarded = { breaker: 'off', ejection: 'off', retry: 'off' }

// `answer` is the plan of the service (upstream.mjs): an answer, a list, or a function. `cache` has
// the settings of the route's cache, `route` more of the route, `users` more of the service, and
// `config` more of the file.
export function cachedRoute(t, answer, { cache, route, users, config, ...options } = {}) {
  const things = { path: '/api/things/', service: 'users', to: '/things/', access: 'public',
    cache: { ttl: '60s', ...cache }, ...route }
  return scenario(t, 'web', { 'users *': answer }, { ...options,
    config: { rate_limits: [], routes: [things],
      services: { users: { ...isUnguarded, ...users } }, ...config } })
}

// What the cache did, by the field Cache-Status of an answer; without its number of seconds.
export const statusOf = ({ headers }) => headers['cache-status']?.replace(/ttl=-?\d+/, 'ttl')

// A text as an answer.
export const plain = (text, headers = {}, more = {}) =>
  ({ text, headers: { 'content-type': 'text/plain', ...headers }, ...more })

// Answers "1", "2", ... in the order of the requests, with these fields.
export function counted(headers = {}, more = {}) {
  let count = 0
  return () => plain(String(++count), headers, more)
}

// A response that is stale from the beginning, and was fresh once.
export const old = { 'cache-control': 'max-age=100', age: '100' }

// The words of the log for the requests of a server that has ended, sorted: "bypass", "hit", ...
export const wordsOf = server => server.lines().filter(({ event }) => event === 'request')
  .map(({ cache }) => cache ?? 'none').sort()
