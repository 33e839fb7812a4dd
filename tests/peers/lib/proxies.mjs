// nginx and HAProxy in front of the server, as their manuals show it. Each gives the URL to ask.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { scratch } from '../../e2e/lib/scenario.mjs'
import { runNginx } from './nginx.mjs'
import { freePort, serve } from './run.mjs'

const addressOf = url => new URL(url).host

export const startNginx = (t, url) => nginx(t, { target: url })

// nginx with the endpoints of `servers`, which are rows of its upstream: "127.0.0.1:3000 weight=5".
export function startNginxBalancer(t, servers) {
  const rows = servers.map(server => `server ${server};`).join('\n    ')
  return nginx(t, { target: 'http://endpoints', upstream: `upstream endpoints {\n    ${rows}\n  }` })
}

async function nginx(t, { target, upstream = '' }) {
  const [port, place] = [await freePort(), scratch(t)]
  t.after(await runNginx(place, port, { http: `access_log off;\n  ${upstream}`, server: `
    client_max_body_size 0;
    location / {
      proxy_pass ${target};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }` }))
  return `http://127.0.0.1:${port}`
}

// `how`: "" for HTTP/1.1 to the server, "proto h2" for HTTP/2; "send-proxy" for a PROXY header. In
// the mode "tcp" it passes bytes on, TLS too.
export async function startHaproxy(t, url, how, mode = 'http') {
  const [port, place] = [await freePort(), scratch(t)]
  const file = path.join(place, 'haproxy.cfg')
  writeFileSync(file, `
global
  nbthread 1
defaults
  mode ${mode}
  ${mode === 'http' ? 'option forwardfor' : ''}
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend all
  bind 127.0.0.1:${port}
  default_backend bff
backend bff
  server bff ${addressOf(url)} ${how}
`)
  t.after(await serve('haproxy', ['-q', '-db', '-f', file], port))
  return `http://127.0.0.1:${port}`
}
