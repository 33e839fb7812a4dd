// A server whose clocks a test moves: see bff-clock (tests/e2e/clock/clock.c).
import { closeSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'

import { scratch } from './scenario.mjs'

// The clocks of one test: { env, pass }. `env` is for the environment of 'clock', the build of the
// server. `pass` moves its clocks by so many seconds.
export function clock(t) {
  const file = path.join(scratch(t), 'clock')
  const fd = openSync(file, 'w+')
  let ahead = 0n
  const write = () => writeSync(fd, new Uint8Array(BigInt64Array.of(ahead).buffer), 0, 8, 0)
  t.after(() => closeSync(fd))
  write()
  return {
    env: { CLOCK: file },
    pass: seconds => {
      ahead += BigInt(Math.round(seconds * 1e9))
      write()
    },
  }
}
