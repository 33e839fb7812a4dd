// Servers whose configuration a test changes while they run.
import assert from 'node:assert/strict'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

import { ask } from './client.mjs'
import { admin, asOperator } from './operator.mjs'
import { anywhere, scenario } from './scenario.mjs'
import { eventually } from './wait.mjs'

/*
 * A scenario whose addresses are in its configuration file, with admin pages. Beside what scenario
 * gives:
 *   change(edit)   edit gets the settings, and changes them or gives other ones, or a text
 *   hup()          SIGHUP, until the log says how the reload has ended: its lines
 *   post()         the answer to POST /reload
 *   reloads()      the events of all reloads so far
 */
export async function reloadable(t, plan, { config = {}, listen = [anywhere], ...options } = {}) {
  const scene = await scenario(t, 'web', plan, { ...options, listen: [],
    config: { listen, admin, login: 'off', ...config } })
  const { server } = scene
  const file = server.ready.config
  let settings = JSON.parse(readFileSync(file))
  const reloads = () => server.lines().filter(({ event }) => event === 'reload')
  const ends = () => reloads().filter(({ state }) => state === 'done' || state === 'failed')
  const more = async act => {
    const [before, count] = [reloads().length, ends().length]
    act()
    await eventually(() => ends().length > count, 'the end of a reload')
    return reloads().slice(before)
  }
  return { ...scene, file, reloads, more,
    change: edit => {
      const text = edit(settings) ?? settings
      writeFileSync(`${file}.new`, typeof text === 'string' ? text : JSON.stringify(text))
      renameSync(`${file}.new`, file)
    },
    hup: () => more(() => server.child.kill('SIGHUP')),
    post: () => ask(server.ready.admin, '/reload', { method: 'POST', headers: asOperator }),
  }
}

// The reload has ended well, and nothing needs a restart.
export function assertDone(lines) {
  assert.deepEqual(lines.map(({ state }) => state), ['done'])
}
