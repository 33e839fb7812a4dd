// The programs with which ./dev bench measures bff work as intended.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { ask } from './lib/client.mjs'
import { anywhere, configFile, open, stamped } from './lib/scenario.mjs'
import { soon } from './lib/wait.mjs'

const builds = process.env.BFF_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url))

// A program that runs until the test ends: what it says in its first line.
async function start(t, name, args, env) {
  const stdio = ['ignore', 'pipe', 'inherit']
  const child = spawn(path.join(builds, name), args, { env: { ...process.env, ...env }, stdio })
  t.after(() => child.kill())
  let text = ''
  while (!text.includes('\n')) {
    text += (await soon(once(child.stdout, 'data'), `${name} to start`))[0]
  }
  child.stdout.resume()
  return JSON.parse(text.slice(0, text.indexOf('\n')))
}

async function services(t) {
  const { services } = await start(t, 'tests/bench_services', [])
  return Object.fromEntries(Object.entries(services).map(
    ([name, url]) => [`${name.toUpperCase()}_URL`, url]))
}

const serverArguments = t => ['--config', configFile(t, open.config), '--listen', anywhere]

test('the loop that pastes bodies answers as bff does, in every size', async t => {
  const env = await services(t)
  const { listen: [floor] } = await start(t, 'tests/bench_floor', ['0'], env)
  const { listen: [bff] } = await start(t, 'bff-web', serverArguments(t), env)

  for (const [size, least] of [['small', 1_000], ['medium', 16_000], ['large', 260_000]]) {
    const where = `/api/dashboard/${size}`
    const [want, got] = [await ask(bff, where), await ask(floor, where)]

    assert.ok(want.bytes.length > least, `${size}: ${want.bytes.length} bytes`)
    assert.equal(want.body.partialFailure, false)
    assert.equal(stamped(got.text), stamped(want.text))
  }
})

test('pages of 1 to 32 parts have that many', async t => {
  const env = await services(t)
  const { listen: [url] } = await start(t, 'tests/bench_parts', serverArguments(t), env)

  for (const count of [1, 4, 8, 16, 32]) {
    const { body } = await ask(url, `/api/parts/${count}`)

    assert.equal(Object.keys(body).length, count)
    assert.ok(Object.values(body).every(part => part !== null))
  }
})
