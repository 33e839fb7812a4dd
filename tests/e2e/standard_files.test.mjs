// A program that is started with closed standard files: no socket of a client gets their
// descriptors.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'

import { ask } from './lib/client.mjs'
import { anywhere, configFile } from './lib/scenario.mjs'
import { soon } from './lib/wait.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const binary = path.join(process.env.BFF_BUILD ?? path.join(root, 'build'), 'bff-web')

test('input and errors that are closed from the start', async t => {
  const config = configFile(t, { login: 'off' })
  const command = 'exec "$0" "$@" <&- 2>&-'
  const child = spawn('sh', ['-c', command, binary, '--config', config, '--listen', anywhere],
    { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', text => (said += text))
  while (!said.includes('\n')) await soon(once(child.stdout, 'data'), 'the ready line')
  const { listen } = JSON.parse(said.slice(0, said.indexOf('\n')))

  for (const fd of [0, 2]) assert.equal(readlinkSync(`/proc/${child.pid}/fd/${fd}`), '/dev/null')
  assert.equal((await ask(listen[0], '/nothing')).status, 404)
  child.kill('SIGTERM')
  const [code] = await soon(once(child, 'exit'), 'the end')
  assert.equal(code, 0)
})
