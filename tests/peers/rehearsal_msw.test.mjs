// The files of --rehearse in the tools of others: MSW serves the answers to fetch and to the client of
// clients/typescript, and the compiler of TypeScript compares each of them with its type.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { scratch } from '../e2e/lib/scenario.mjs'
import { command, fixtures } from '../e2e/lib/server.mjs'
import { output } from './lib/run.mjs'
import { bundle, clientSource, compile, node, packages } from './lib/typescript.mjs'

// { index, answers: { ok: { status, headers, body } }, out, place }
async function rehearsed(t, build, composite) {
  const place = scratch(t), out = path.join(place, 'rehearsal')
  const { code, stderr } = await command(build, ['--mock', fixtures, '--rehearse', composite, '--out', out])
  assert.equal(code, 0, stderr)
  const read = name => JSON.parse(readFileSync(path.join(out, `${name}.json`), 'utf8'))
  const index = read('index')
  return { index, out, place, answers: Object.fromEntries(index.outcomes.map(({ name }) => [name, read(name)])) }
}

// Asks for each outcome: by fetch, and by the client.
const asks = `
import { setupServer } from 'msw/node'
import { answers, handler, handlers } from './rehearsal/handlers.js'
import { client, states } from './client.mjs'
import index from './rehearsal/index.json' with { type: 'json' }

const [method, route] = index.route.split(' ')
const base = 'http://shop.example'
const api = client(base)
const names = route.match(/:\\w+/g).map(name => name.slice(1))
const params = Object.fromEntries(names.map((name, i) =>
  [name, new RegExp(route.replace(/:\\w+/g, '([^/]+)')).exec(index.path)[i + 1]]))
const server = setupServer()
server.listen({ onUnhandledRequest: 'error' })
const got = {}
for (const name of Object.keys(answers)) {
  server.use(handlers[name])
  const response = await fetch(base + index.path, { method })
  const fetched = { status: response.status, headers: Object.fromEntries(response.headers), body: await response.json() }
  server.resetHandlers(handler(name, base))
  const asked = await api[method.toLowerCase()](route, params, { tries: 1 }).then(
    body => ({ status: 200, body, states: states(body) }), ({ status, body }) => ({ status, body }))
  server.resetHandlers()
  got[name] = { fetched, asked }
}
console.log(JSON.stringify(got))
`

async function served(t, { place }, msw) {
  mkdirSync(path.join(place, 'node_modules'))
  symlinkSync(path.join(packages, msw), path.join(place, 'node_modules/msw'))
  writeFileSync(path.join(place, 'package.json'), '{"type":"module"}')
  writeFileSync(path.join(place, 'client.mjs'), await bundle(clientSource))
  writeFileSync(path.join(place, 'asks.mjs'), asks)
  const { code, stdout, stderr } = await output(node, [path.join(place, 'asks.mjs')])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

describe('MSW serves each outcome', { concurrency: 2 }, () => {
  const cases = [['msw', 'web', 'dashboard'], ['msw', 'mobile', 'checkout'], ['msw', 'web', 'checkoutConfirm'],
    ['msw-3', 'web', 'dashboard']]
  for (const [msw, build, composite] of cases) {
    test(`${msw}: ${composite} of bff-${build}`, async t => {
      const rehearsal = await rehearsed(t, build, composite)
      const got = await served(t, rehearsal, msw)
      assert.deepEqual(Object.keys(got), Object.keys(rehearsal.answers))
      for (const { name, parts } of rehearsal.index.outcomes) {
        const { status, headers, body } = rehearsal.answers[name]
        const { fetched, asked } = got[name]
        assert.deepEqual({ status: fetched.status, body: fetched.body }, { status, body }, name)
        assert.deepEqual({ ...fetched.headers, ...headers }, fetched.headers, name)
        assert.deepEqual({ status: asked.status, body: asked.body }, { status, body }, name)
        if (composite === 'dashboard')
          assert.deepEqual(Object.entries(asked.states).filter(([, { state }]) => state !== 'ok')
            .map(([part, { state }]) => [part, state]), Object.entries(parts).map(([part, word]) => [part, word.split('=')[0]]))
      }
    })
  }
})

// A program with all answers as literals of the types that the build prints.
function literals({ index, answers }, types) {
  const [method, route] = index.route.split(' ')
  const lines = Object.entries(answers).map(([name, { status, body }]) =>
    `export const ${JSON.stringify(name).replace(/\W/g, '_')}: ${status === 200 ? 'Answer' : 'Failure'} = ${JSON.stringify(body)}`)
  const row = `Api['${method} ${route}']`
  return `import type { Api } from '${types}'\ntype Answer = ${row}['answer']\ntype Failure = ${row}['failure']\n${lines.join('\n')}\n`
}

const uses = `
import { answers, handler, handlers, type Outcome } from './rehearsal/handlers.js'
import type { Dashboard } from './rehearsal/types.js'
const body: Dashboard = answers['user-timeout'].body
const name: Outcome = 'user-recentOrders-timeout'
export const all = [body, handlers[name], handler(name, 'https://shop.example')]
// @ts-expect-error
export const none = handlers['nobody-timeout']
`

test('the compiler finds each answer to have its type, and the handlers to have theirs', async t => {
  const files = []
  for (const [build, composite] of [['web', 'dashboard'], ['web', 'checkout'], ['web', 'products'], ['web', 'checkoutConfirm'],
    ['mobile', 'dashboard'], ['mobile', 'products']]) {
    const rehearsal = await rehearsed(t, build, composite)
    const file = path.join(rehearsal.place, 'literals.ts')
    writeFileSync(file, literals(rehearsal, './rehearsal/types.js'))
    files.push(file)
    if (files.length > 1) continue
    mkdirSync(path.join(rehearsal.place, 'node_modules'))
    symlinkSync(path.join(packages, 'msw'), path.join(rehearsal.place, 'node_modules/msw'))
    writeFileSync(path.join(rehearsal.place, 'uses.ts'), uses)
    files.push(path.join(rehearsal.place, 'uses.ts'))
  }
  const wrong = path.join(path.dirname(files[0]), 'wrong.ts')
  writeFileSync(wrong, readFileSync(files[0], 'utf8').replace('"partialFailure":true', '"partialFailure":1'))
  const { stdout } = await compile(t, [...files, wrong], files[0])
  const complaints = stdout.split('\n').filter(line => /error TS/.test(line))
  assert.equal(complaints.length, 1, stdout)
  assert.match(complaints[0], /wrong\.ts.*Type 'number' is not assignable to type 'boolean'/)
})
