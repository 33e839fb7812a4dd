// Upgrades of the binary: SIGUSR2, and the process that takes the place of the one that has run.
import { copyFileSync, chmodSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { scratch } from './scenario.mjs'
import { binary, kill } from './server.mjs'
import { eventually } from './wait.mjs'

export const events = (server, name) => server.lines().filter(({ event }) => event === name)

export const upgrades = (server, state) =>
  events(server, 'upgrade').filter(line => line.state === state)

// A copy of the binary that a test may replace: { program, replace }. replace(text) puts a script in
// its place, and replace() the same binary in another file.
export function installed(t, build) {
  const program = path.join(scratch(t), `bff-${build}`)
  const replace = text => {
    const next = `${program}.new`
    if (text === undefined) copyFileSync(binary(build), next)
    else writeFileSync(next, text)
    chmodSync(next, 0o755)
    renameSync(next, program)
  }
  replace()
  return { program, replace }
}

// Sends SIGUSR2 and waits for the event with this state.
export async function askUpgrade(server, state) {
  const before = upgrades(server, state).length
  kill(server, 'SIGUSR2')
  await eventually(() => upgrades(server, state).length > before, `an upgrade that is ${state}`)
  return upgrades(server, state).at(-1)
}

// Replaces the process of `server`. From now on, server.pid is the new one; gives the old one's.
export async function upgrade(server) {
  const old = server.pid
  const { pid } = await askUpgrade(server, 'done')
  server.pid = pid
  return old
}
