// nginx with a configuration of its own, in the directory `place`.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { serve } from './run.mjs'

// `http` and `server` are what their blocks have beside the common lines. Gives a function that stops
// it.
export function runNginx(place, port, { http = 'access_log off;', server, connections = 100, backlog = 511 }) {
  const file = path.join(place, 'nginx.conf')
  writeFileSync(file, `
daemon off;
user root;
worker_processes 1;
pid ${place}/nginx.pid;
error_log ${place}/error.log warn;
events { worker_connections ${connections}; }
http {
  client_body_temp_path ${place}/body;
  proxy_temp_path ${place}/proxy;
  fastcgi_temp_path ${place}/fastcgi;
  uwsgi_temp_path ${place}/uwsgi;
  scgi_temp_path ${place}/scgi;
  ${http}
  server {
    listen 127.0.0.1:${port} backlog=${backlog};
    ${server}
  }
}
`)
  return serve('nginx', ['-p', place, '-c', file, '-e', 'stderr'], port)
}
