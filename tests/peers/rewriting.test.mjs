// What clients see of a service's Location, Refresh and Set-Cookie, beside nginx with proxy_redirect
// and proxy_cookie_path. What this server does in another way on purpose is a table of its own.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { test } from 'node:test'

import { ask } from '../e2e/lib/client.mjs'
import { open, scenario, scratch } from '../e2e/lib/scenario.mjs'
import { runNginx } from './lib/nginx.mjs'
import { freePort } from './lib/run.mjs'

// The service sends what the request says.
async function startService(t) {
  const server = http.createServer((req, res) => {
    const { 'x-name': name, 'x-value': value } = req.headers
    if (name) res.setHeader(name, value)
    res.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { server.close(); server.closeAllConnections() })
  return `http://127.0.0.1:${server.address().port}`
}

async function startNginx(t, service) {
  const [port, place] = [await freePort(), scratch(t)]
  t.after(await runNginx(place, port, { http: 'access_log off; absolute_redirect off;', server: `
    location /api/users/ {
      proxy_pass ${service}/users/;
      proxy_redirect default;
      proxy_redirect /users/ /api/users/;
      proxy_cookie_path /users/ /api/users/;
    }
    location /live/ { proxy_pass ${service}/; proxy_redirect default; }` }))
  return `http://127.0.0.1:${port}`
}

const cases = own => [
  ['users', 'Location', '/users/42'], ['users', 'Location', `${own}/users/42?a=b#c`],
  ['users', 'Location', '/users/'], ['users', 'Location', `${own}/users/`],
  ['users', 'Location', '/users'], ['users', 'Location', '/login'], ['users', 'Location', `${own}/login`],
  ['users', 'Location', '/api/users/1'], ['users', 'Location', '42'], ['users', 'Location', '?a'],
  ['users', 'Location', 'https://shop.example/users/1'], ['users', 'Location', '//shop.example/users/1'],
  ['users', 'Location', `${own}@evil.example/users/1`], ['users', 'Location', `${own}0/users/1`],
  ['users', 'Location', '/users/a%2fb%20c?x=/users/'], ['users', 'Location', '/users2/1'],
  ['users', 'Refresh', '5; url=/users/42'], ['users', 'Refresh', `0;URL=${own}/users/1`],
  ['users', 'Refresh', '5'], ['users', 'Refresh', '5; url=/login'], ['users', 'Link', '</users/1>'],
  ['users', 'Set-Cookie', 'a=1; Path=/users/; HttpOnly'], ['users', 'Set-Cookie', 'a=1; path=/users/4'],
  ['users', 'Set-Cookie', 'a=1; Path=/'], ['users', 'Set-Cookie', 'a=1; Path=/login'],
  ['users', 'Set-Cookie', 'a=1; Secure'], ['users', 'Set-Cookie', 'Path=/users/; Secure'],
  ['users', 'Set-Cookie', 'a=/users/; SameSite=Lax; Path=/users/'],
  ['live', 'Location', `${own}/account`], ['live', 'Location', `${own}/`], ['live', 'Location', `${own}/live/x`],
  ['live', 'Location', 'https://shop.example/'], ['live', 'Location', '//shop.example/'],
]

// nginx compares the beginning of the text. This server leaves what browsers may read in another way,
// knows the case of hosts, and knows /users as the path of the cookies of /users/.
const others = own => [
  ['Location', '/users/../admin', '/api/users/../admin', '/users/../admin'],
  ['Location', '/users/\\x', '/api/users/\\x', '/users/\\x'],
  ['Location', `${own.toUpperCase()}/users/1`, `${own.toUpperCase()}/users/1`, '/api/users/1'],
  ['Set-Cookie', 'a=1; Path=/users', 'a=1; Path=/users', 'a=1; Path=/api/users'],
]

async function both(t) {
  const service = await startService(t)
  const routes = [{ path: '/api/users/', service: 'users', to: '/users/' },
    { path: '/live/', service: 'products', to: '/' }]
  const nginx = await startNginx(t, service)
  const { url } = await scenario(t, 'web', {}, { urlOf: { users: () => service, products: () => service },
    config: { ...open.config, routes } })
  const seen = async (from, route, name, value) => {
    const target = route === 'live' ? '/live/x' : '/api/users/x'
    const { headers } = await ask(from, target, { headers: { 'x-name': name, 'x-value': value } })
    return String(headers[name.toLowerCase()])
  }
  return { service, nginx, url, seen }
}

test('addresses of services are rewritten as nginx does it', async t => {
  const { service, nginx, url, seen } = await both(t)
  for (const [route, name, value] of cases(service)) {
    assert.equal(await seen(url, route, name, value), await seen(nginx, route, name, value),
      `${name}: ${value} behind /${route}/`)
  }
})

test('and more carefully where browsers are not as exact as nginx', async t => {
  const { service, nginx, url, seen } = await both(t)
  for (const [name, value, theirs, ours] of others(service)) {
    assert.deepEqual([await seen(nginx, 'users', name, value), await seen(url, 'users', name, value)],
      [theirs, ours], `${name}: ${value}`)
  }
})
