// The page /metrics, read: its samples by name and labels.
import assert from 'node:assert/strict'

import { ask } from './client.mjs'

export const openMetrics = { accept: 'application/openmetrics-text; version=1.0.0' }

const label = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g

// 'name{a="b"} 1 # {...} ...' becomes { name, labels, value, exemplar }.
function sampleOf(line) {
  const found = /^([a-z_]+)(?:\{(.*?)\})? ([0-9.]+)(?: # \{(.*)\} ([0-9.]+) ([0-9.]+))?$/.exec(line)
  assert.ok(found, `a sample: ${line}`)
  const [, name, labels = '', value, trace, took, at] = found
  const exemplar = trace && { ...Object.fromEntries([...trace.matchAll(label)].map(([, key, text]) => [key, text])),
    took: Number(took), at: Number(at) }
  return { name, labels: Object.fromEntries([...labels.matchAll(label)].map(([, key, text]) => [key, text])),
    value: Number(value), exemplar }
}

const isIn = (labels, want) => Object.entries(want).every(([name, value]) => labels[name] === value)

/*
 * Asks `server` for its metrics. `samples` are all of them; of(name, labels) are those with these
 * labels; sum(name, labels) is the sum of their values.
 */
export async function metricsOf(server, headers = {}) {
  const { status, headers: fields, text } = await ask(server.ready.admin, '/metrics', { headers })
  assert.equal(status, 200)
  const samples = text.split('\n').filter(line => line !== '' && !line.startsWith('#')).map(sampleOf)
  const of = (name, labels = {}) => samples.filter(sample => sample.name === name && isIn(sample.labels, labels))
  return { text, type: fields['content-type'], samples, of,
    sum: (name, labels) => of(name, labels).reduce((sum, { value }) => sum + value, 0) }
}
