// A real Prometheus reads the metrics: it counts what clients have counted, it gets the exemplars, the
// alerts fire, and it can answer every question of the dashboard.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { ask } from '../e2e/lib/client.mjs'
import { metricsOf } from '../e2e/lib/metrics.mjs'
import { anywhere, open, scenario, scratch } from '../e2e/lib/scenario.mjs'
import { eventually } from '../e2e/lib/wait.mjs'
import { freePort, output, serve } from './lib/run.mjs'

const rules = fileURLToPath(new URL('../../docs/deploy/alerts.yaml', import.meta.url))
const dashboard = fileURLToPath(new URL('../../docs/deploy/grafana-dashboard.json', import.meta.url))
const ruleTests = fileURLToPath(new URL('alerts.yaml', import.meta.url))

const config = { ...open.config, admin: { listen: anywhere }, access_log: false, cache: {},
  rate_limits: [{ name: 'all', path: '/api/', max: 100000, window: '60s', key: 'ip' }],
  routes: [{ path: '/api/users/', service: 'users', access: 'public' },
    { path: '/api/things/', service: 'users', access: 'public', cache: { ttl: '60s' } }] }

// Prometheus with one target: ask(path) asks its API.
async function startPrometheus(t, target) {
  const [port, place] = [await freePort(), scratch(t)]
  const file = path.join(place, 'prometheus.yml')
  writeFileSync(file, `
global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }
rule_files: [${rules}]
scrape_configs:
  - job_name: bff
    static_configs: [{ targets: ["${target}"] }]
`)
  t.after(await serve('prometheus', [`--config.file=${file}`, `--storage.tsdb.path=${place}/data`,
    `--web.listen-address=127.0.0.1:${port}`, '--enable-feature=exemplar-storage', '--log.level=error'], port))
  const url = `http://127.0.0.1:${port}`
  await eventually(async () => (await ask(url, '/-/ready')).status === 200, 'Prometheus to be ready')
  const api = async where => {
    const { body } = await ask(url, `/api/v1/${where}`)
    assert.equal(body.status, 'success', `${where}: ${body.error}`)
    return body.data
  }
  const query = async expr => (await api(`query?query=${encodeURIComponent(expr)}`)).result
  return { api, query, number: async expr => Number((await query(expr))[0]?.value[1]) }
}

describe('promtool', () => {
  test('finds nothing to complain of in the page', async t => {
    const { get, server } = await scenario(t, 'web', { 'users *': { json: {} } }, { config })
    await get('/api/users/u1')
    const { text } = await metricsOf(server)
    assert.deepEqual(await output('promtool', ['check', 'metrics'], { input: text }), { code: 0, stdout: '', stderr: '' })
  })

  test('accepts the alert rules, and their tests pass', async () => {
    for (const args of [['check', 'rules', rules], ['test', 'rules', ruleTests]]) {
      const { code, stdout, stderr } = await output('promtool', args)
      assert.equal(code, 0, stdout + stderr)
    }
  })
})

describe('Prometheus', { concurrency: 2 }, () => { // it waits 5 s before it asks its targets
  test('has the counts of the client, the exemplars, and an alert', async t => {
    const trace = '0af7651916cd43dd8448eb211c80319c'
    const { get, server } = await scenario(t, 'web', { 'users /api/users/bad': { status: 500 }, 'users *': { json: {} } }, { config, isUnguarded: true })
    const { query, number, api } = await startPrometheus(t, new URL(server.ready.admin).host)
    await eventually(async () => await number('up{job="bff"}') === 1, 'the first scrape')
    for (let i = 0; i < 20; i++)
      await get(`/api/users/${i < 5 ? 'bad' : i}`, { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } })
    const counted = status => number(`sum(http_server_request_duration_seconds_count{http_route="/api/users/",` +
      `http_response_status_code="${status}"})`)
    await eventually(async () => await counted(200) === 15 && await counted(500) === 5, 'the counts')
    assert.equal(await number('sum(http_client_request_duration_seconds_count{service="users"})'), 20)
    const exemplars = await api(`query_exemplars?query=http_server_request_duration_seconds_bucket&start=0&end=${Date.now() / 1000 + 60}`)
    assert.ok(exemplars.flatMap(series => series.exemplars).some(({ labels }) => labels.trace_id === trace))
    await eventually(async () => {
      await get('/api/users/bad') // a series that is new has no rate yet
      return (await query('ALERTS{alertname="BffErrorRate"}')).length === 1
    }, 'the alert')
  })

  test('answers every question of the dashboard and of the alerts', async t => {
    const { get, server } = await scenario(t, 'web', { 'users *': { json: {} } }, { config })
    const { query, number } = await startPrometheus(t, new URL(server.ready.admin).host)
    await eventually(async () => await number('up{job="bff"}') === 1, 'the first scrape')
    for (let i = 0; i < 3; i++) {
      for (const where of ['/api/users/u1', '/api/things/1']) await get(where)
      const before = await number('process_cpu_seconds_total')
      await eventually(async () => await number('process_cpu_seconds_total') !== before, 'a scrape')
    }
    const { panels } = JSON.parse(readFileSync(dashboard, 'utf8'))
    const known = new Set((await metricsOf(server)).text.match(/^# TYPE \S+/gm).map(line => line.split(' ')[2]))
    const empty = []
    for (const { title, targets = [] } of panels)
      for (const { expr } of targets) {
        const asked = expr.replaceAll('$job', 'bff').replaceAll('$instance', '.*').replaceAll('$__rate_interval', '10s')
        if ((await query(asked)).length === 0) empty.push(title)
        assertKnown(asked, known)
      }
    assert.deepEqual([...new Set(empty)], ['Share of requests with 5xx', 'Why requests fail', 'Time of parts, 95 %',
      'Share of fallbacks', 'Outcomes that are not ok', 'Share of attempts that fail', 'Endpoints that get no requests',
      'Circuit breakers that are not closed', 'Age of the keys of issuers', 'Days until the certificate ends'],
    'all others have something to show')
    for (const [, expr] of readFileSync(rules, 'utf8').matchAll(/^ +expr: (?:\|\n)?((?:.|\n)*?)(?=\n {8}[a-z])/gm)) {
      await query(expr)
      assertKnown(expr, known)
    }
  })
})

// Every series of `expr` is one of the page.
function assertKnown(expr, known) {
  for (const [name] of expr.matchAll(/\b(?:bff|http|process)_[a-z_]+(?=[{[ )]|$)/g)) {
    if (/^http_(route|request_method|response)/.test(name)) continue
    assert.ok(known.has(name) || known.has(name.replace(/_(bucket|count|sum)$/, '')), `${name} of ${expr}`)
  }
}
