// Waiting for events. The clock never decides whether a test passes: a deadline only ends a test
// that hangs.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

// The longest that anything may take on a slow, busy machine.
const patience = 30_000

// A promise opened from outside: `until: door.opened` in a plan, door.open() in the test.
export function gate() {
  let open
  const opened = new Promise(resolve => (open = resolve))
  return { open, opened }
}

// Holds those who come until `size` of them are there, then lets all of them go.
export function barrier(size) {
  const door = gate()
  let come = 0
  return () => {
    if (++come >= size) door.open()
    return door.opened
  }
}

// The promise's value; an error that names what was waited for when it does not come.
export async function soon(promise, what) {
  const timer = new AbortController()
  const late = pause(patience, undefined, { signal: timer.signal }).then(
    () => assert.fail(`waited in vain for ${what}`), () => undefined)
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
  }
}

// For what does not happen: a stream that a full buffer holds back does not drain. True when nobody
// has moved for a while. A machine that is so slow makes a test look at fewer bytes, not fail.
export async function isHeld(stream) {
  const timer = new AbortController()
  const { signal } = timer
  const rest = pause(500, true, { signal }).catch(() => false)
  try {
    return await Promise.race([once(stream, 'drain', { signal }).then(() => false, () => false), rest])
  } finally {
    timer.abort()
  }
}

// Runs `work(item, place)` for each of the list, so many at a time: all answers must come within the
// pages' budgets, also when the machine has other things to do.
export async function inParallel(count, list, work) {
  const results = []
  const queue = list.entries()
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await work(item, i)
  }
  await Promise.all(Array.from({ length: count }, worker))
  return results
}

// For what tells of itself only when asked (/proc, a port that closes): asks until `check` passes.
export async function eventually(check, what) {
  const end = performance.now() + patience
  for (;;) {
    if (await check()) return
    assert.ok(performance.now() < end, `waited in vain: ${what}`)
    await pause(10)
  }
}

// Does `work` again until it has begun and ended in one second of the clock, as tokens count time.
export async function inOneSecond(work) {
  const second = () => Math.floor(Date.now() / 1000)
  for (let began; began !== second();) {
    began = second()
    await work()
  }
}
