// Express with its rate limits, as a process of its own.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { soon } from '../../e2e/lib/wait.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))
const packages = beside('../../../build/peers/node_modules/')
const node = path.join(packages, `node-linux-${process.arch}/bin/node`)

// Starts it with the options of express_limited.mjs. It ends with the test. Gives its URL.
export async function startExpress(t, options) {
  assert.ok(existsSync(node), `${node} is missing: ./dev test installs it`)
  const child = spawn(node, [beside('express_limited.mjs'), JSON.stringify(options)],
    { env: { ...process.env, PEERS: packages }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit').then(() => assert.fail('Express has ended'))
  ended.catch(() => undefined)
  const line = once(child.stdout.setEncoding('utf8'), 'data')
  const [port] = await soon(Promise.race([line, ended]), 'Express to listen')
  return `http://127.0.0.1:${Number(port)}`
}
