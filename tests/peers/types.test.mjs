// The tools of others read what --openapi and --typescript print: redocly and openapi-typescript the
// document, and the compiler of TypeScript the types.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { pages } from '../docs/lib/pages.mjs'
import { scratch } from '../e2e/lib/scenario.mjs'
import { bundle, clientSource, compile, printed, tool } from './lib/typescript.mjs'

async function assertRuns(name, args) {
  const { code, stdout, stderr } = await tool(name, args)
  assert.equal(code, 0, stdout + stderr)
  return stdout + stderr
}

const builds = ['web', 'mobile', 'choices'] // the last one is of the tests: it has every column

describe('the OpenAPI document', { concurrency: 2 }, () => {
  for (const build of builds) {
    test(`of bff-${build} passes the lint of redocly, without a warning`, async t => {
      const file = await printed(t, build, '--openapi', 'openapi.json')
      const said = await assertRuns('@redocly/cli/bin/cli.js', ['lint', file, '--skip-rule', 'info-license'])
      assert.match(said, /is valid/)
      assert.doesNotMatch(said, /warning/i)
    })
  }
})

test('openapi-typescript reads the documents, and its types compile, as ours do', async t => {
  const directory = scratch(t)
  const made = await Promise.all(builds.map(async build => {
    const [document, api] = [await printed(t, build, '--openapi', 'openapi.json'),
      await printed(t, build, '--typescript', 'api.ts')]
    const types = path.join(directory, `${build}.ts`)
    await assertRuns('openapi-typescript/bin/cli.js', [document, '-o', types])
    assert.match(readFileSync(types, 'utf8'), /export interface operations/)
    return [types, api]
  }))
  const { code, stdout } = await compile(t, made.flat(), made[0][1])
  assert.equal(code, 0, stdout)
})

const calls = ['timeout', 'connect', 'reset', 'status', 'too_large', 'bad_json', 'bad_http', 'breaker_open', 'limited']
const switchOf = (part, states) => `
import type { CheckoutParts } from 'api'
import { never } from 'bff-client'
export function show(part: ${part}): unknown {
  switch (part.state) {
${states.map(state => `    case '${state}': return part.value`).join('\n')}
    default: return never(part)
  }
}
`

const switches = {
  user: { part: "CheckoutParts['user']", states: ['ok', 'nothing', ...calls, 'skipped'] },
  products: { part: "CheckoutParts['products']", states: ['ok', 'timeout', 'too_large', 'skipped'] },
  item: { part: "Extract<CheckoutParts['products'], { state: 'ok' }>['items'][number]",
    states: ['ok', 'nothing', ...calls, 'skipped'] },
}

test('a switch with all states compiles, and one that leaves out a state does not', async t => {
  const api = await printed(t, 'web', '--typescript', 'api.ts')
  const directory = scratch(t)
  const write = (name, text) => (writeFileSync(path.join(directory, name), text), path.join(directory, name))
  const files = Object.entries(switches).flatMap(([name, { part, states }]) => [
    write(`${name}.ts`, switchOf(part, states)),
    ...states.map(left => write(`${name}_without_${left}.ts`, switchOf(part, states.filter(one => one !== left)))),
  ])
  const { code, stdout } = await compile(t, files, api)

  assert.notEqual(code, 0)
  const complaints = stdout.split('\n').filter(line => /error TS/.test(line))
  assert.equal(complaints.length, files.length - Object.keys(switches).length, stdout)
  for (const [name, { states }] of Object.entries(switches)) {
    for (const left of states) {
      const complaint = complaints.find(line => line.includes(`${name}_without_${left}.ts`))
      assert.match(complaint ?? '', new RegExp(`state: "${left}".*'never'`), `${name} without ${left}`)
    }
  }
})

test('the examples of the documents compile', async t => {
  const api = await printed(t, 'web', '--typescript', 'api.ts')
  const directory = scratch(t)
  const files = Object.values(pages).flatMap(({ blocks }) => blocks).filter(({ kind }) => kind === 'ts')
    .map(({ page, line, text }) => [path.join(directory, `${path.basename(page)}_${line}.ts`), text])
  for (const [file, text] of files) writeFileSync(file, text)
  const { code, stdout } = await compile(t, files.map(([file]) => file), api)

  assert.ok(files.length > 3)
  assert.equal(code, 0, stdout)
})

test('the client is under 3 KB', async () => {
  const text = await bundle(clientSource)
  assert.ok(Buffer.byteLength(text) < 3000, `${Buffer.byteLength(text)} bytes`)
})
