// nginx with limit_req. It logs when each request came, by its own clock, and what it decided.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { scratch } from '../../e2e/lib/scenario.mjs'
import { runNginx } from './nginx.mjs'
import { freePort } from './run.mjs'

// `rule` is what follows the zone: "burst=20 nodelay". { url, stop, decisions }: after stop(),
// decisions() are { ms, decision, excess } in the order in which nginx made them.
export async function startLimits(t, rate, rule) {
  const [port, place] = [await freePort(), scratch(t)]
  const file = name => path.join(place, name)
  writeFileSync(file('ok'), 'ok')
  const stop = await runNginx(place, port, { connections: 4000, backlog: 4096,
    http: `log_format decision '$arg_i $msec $request_time $limit_req_status';
  access_log ${place}/access.log decision;
  limit_req_zone $server_name zone=all:1m rate=${rate};`,
    server: `server_name all;
    keepalive_requests 100000;
    root ${place};
    location / { limit_req zone=all ${rule}; }` })
  return { url: `http://127.0.0.1:${port}/ok`, stop, decisions: () => decisions(file) }
}

// The error log has the excess of each request that was delayed or rejected, in the order of the
// decisions; of the others it is not known. A request that was delayed is in the access log later
// than others, so all are sorted by the time at which they came.
function decisions(file) {
  const excesses = {}
  for (const [, excess, i] of readFileSync(file('error.log'), 'utf8')
    .matchAll(/excess: ([\d.]+),? by zone.*request: "GET \/ok\?i=(\d+) /g)) excesses[i] = Number(excess)
  const rows = readFileSync(file('access.log'), 'utf8').trimEnd().split('\n')
    .map(line => line.split(' ')).filter(([i]) => i !== '-')
  return rows.map(([i, at, took, status]) => ({ i: Number(i),
    ms: Math.round(at * 1000 - took * 1000), decision: status.toLowerCase(), excess: excesses[i] }))
    .sort((a, b) => a.ms - b.ms || a.i - b.i)
}
