// nginx with gzip, which compresses one text for those who accept it. Gives its URL.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { scratch } from '../../e2e/lib/scenario.mjs'
import { freePort, serve } from './run.mjs'

export async function startGzip(t, text) {
  const [port, place] = [await freePort(), scratch(t)]
  writeFileSync(path.join(place, 'page.html'), text)
  writeFileSync(path.join(place, 'nginx.conf'), `
daemon off;
user root;
pid ${place}/nginx.pid;
error_log stderr;
events { worker_connections 100; }
http {
  access_log off;
  client_body_temp_path ${place}/body;
  proxy_temp_path ${place}/proxy;
  fastcgi_temp_path ${place}/fastcgi;
  uwsgi_temp_path ${place}/uwsgi;
  scgi_temp_path ${place}/scgi;
  types { text/html html; }
  server {
    listen 127.0.0.1:${port};
    root ${place};
    gzip on;
    gzip_vary on;
    gzip_min_length 1;
  }
}
`)
  t.after(await serve('nginx', ['-p', place, '-c', path.join(place, 'nginx.conf'), '-e', 'stderr'], port))
  return `http://127.0.0.1:${port}/page.html`
}
