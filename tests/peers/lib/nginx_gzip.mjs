// nginx with gzip, which compresses one text for those who accept it. Gives its URL.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { scratch } from '../../e2e/lib/scenario.mjs'
import { runNginx } from './nginx.mjs'
import { freePort } from './run.mjs'

export async function startGzip(t, text) {
  const [port, place] = [await freePort(), scratch(t)]
  writeFileSync(path.join(place, 'page.html'), text)
  t.after(await runNginx(place, port, { http: 'access_log off; types { text/html html; }',
    server: `root ${place}; gzip on; gzip_vary on; gzip_min_length 1;` }))
  return `http://127.0.0.1:${port}/page.html`
}
