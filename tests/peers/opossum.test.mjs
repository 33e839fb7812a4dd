// The circuit breaker beside the real opossum: the same scripts of calls, with simulated time, and the
// same state after each step. BREAKER_SEED=n tries others.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { output } from './lib/run.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))
const build = process.env.BFF_BUILD ?? beside('../../build')
const packages = beside('../../build/peers/node_modules/')
const node = path.join(packages, `node-linux-${process.arch}/bin/node`)
const seed = Number(process.env.BREAKER_SEED ?? 1)
const scripts = 500

async function opossum(...args) {
  assert.ok(existsSync(node), `${node} is missing: ./dev test installs it`)
  const { code, stdout, stderr } = await output(node, [beside('lib/opossum_scripts.mjs'), ...args],
    { env: { PEERS: packages } })
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

async function ours(lines) {
  const { code, stdout, stderr } = await output(path.join(build, 'tests/breaker_replay'), [],
    { input: lines.map(({ step }) => `${step}\n`).join('') })
  assert.equal(code, 0, stderr)
  return stdout.trimEnd().split('\n')
}

// How often the scripts did what they are for.
function happened(lines) {
  const count = { opened: 0, 'half open': 0, closed: 0, 'opened again': 0, refused: 0, late: 0, '4xx': 0 }
  let before = 'closed'
  for (const { step, want } of lines) {
    const state = want.match(/closed|half_open|open/)[0]
    if (step.startsWith('new')) before = 'closed'
    count.opened += before === 'closed' && state === 'open'
    count['half open'] += before === 'open' && state === 'half_open'
    count.closed += before === 'half_open' && state === 'closed'
    count['opened again'] += before === 'half_open' && state === 'open'
    count.refused += want.startsWith('refused')
    count.late += /^wait \d+ /.test(step)
    count['4xx'] += step.endsWith('4xx')
    before = state
  }
  return count
}

// The steps of a script up to one of them, and what opossum gives.
function storyOf(lines, last) {
  const start = lines.findLastIndex(({ step }, i) => i <= last && step.startsWith('new'))
  return lines.slice(start, last + 1).map(({ step, want }) => `${step}: ${want}`).join('\n')
}

test(`${scripts} random scripts give the same state after each step`, async t => {
  const lines = await opossum(seed, scripts)
  const got = await ours(lines)
  assert.equal(got.length, lines.length)
  const wrong = lines.findIndex(({ want }, i) => got[i] !== want)
  if (wrong >= 0) assert.fail(`seed ${seed}: ${got[wrong]} instead of\n${storyOf(lines, wrong)}`)
  const count = happened(lines)
  t.diagnostic(`${lines.length} steps with seed ${seed}: ${JSON.stringify(count)}`)
  for (const [what, times] of Object.entries(count)) assert.ok(times >= scripts / 2, `${what}: ${times}`)
})

// An older call, and a breaker that opens and is half open.
const settings = JSON.stringify({ percent: 50, volume: 2, reset: 1000, window: 10_000, timeout: false })
const halfOpen = ['begin 0', 'begin 1', 'end 1 failure', 'begin 2', 'end 2 failure', 'wait 1000']
const differences = [
  ['the success of an older call does not close it', 'end 0 success', 'closed 3 2', 'half_open 3 2'],
  ['the failure of an older call does not open it', 'end 0 failure', 'open 3 3', 'half_open 3 3'],
]

describe('opossum differs while the breaker is half open:', () => {
  for (const [what, end, theirs, own] of differences) {
    test(what, async () => {
      const lines = await opossum(settings, ...halfOpen, end)
      assert.equal(lines.at(-2).want, 'half_open 3 2')
      assert.equal(lines.at(-1).want, theirs)
      assert.equal((await ours(lines)).at(-1), own)
    })
  }
})
