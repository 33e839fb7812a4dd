// The time of day of a server, as a test sets it (libfaketime). Timers and deadlines are real.
import { renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { scratch } from './scenario.mjs'

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'

// A clock: `under` is the option of scenario() that gives it to a server, and forward(seconds) moves
// it.
export function fakeClock(t) {
  const file = path.join(scratch(t), 'time')
  let offset = 0
  const write = () => {
    writeFileSync(`${file}.new`, `+${offset}`)
    renameSync(`${file}.new`, file)
  }
  write()
  const { ASAN_OPTIONS: asan = '' } = process.env
  return {
    under: ['env', `LD_PRELOAD=${library}`, `FAKETIME_TIMESTAMP_FILE=${file}`, 'FAKETIME_NO_CACHE=1',
      'DONT_FAKE_MONOTONIC=1', 'FAKETIME_DONT_RESET=1', `ASAN_OPTIONS=${asan}:verify_asan_link_order=0`],
    forward: seconds => { offset += seconds; write() },
  }
}
