/*
 * Replays scripts of calls on the real opossum, with a simulated clock. The steps, and what each of
 * them gives, are those of breaker_replay.c.
 */
import { createRequire } from 'node:module'

const CircuitBreaker = createRequire(process.env.PEERS)('opossum')

// Takes the place of the timers and of Date.now. Timers that are due at the same time run in the
// order in which they were set.
function simulateClock() {
  const timers = new Map()
  let now = 0, last = 0
  const setter = repeats => (run, ms) => {
    timers.set(++last, { id: last, at: now + ms, every: repeats ? ms : 0, run })
    return last
  }
  globalThis.setTimeout = setter(false)
  globalThis.setInterval = setter(true)
  globalThis.clearTimeout = globalThis.clearInterval = id => timers.delete(id)
  Date.now = () => now
  const first = () => [...timers.values()]
    .reduce((a, b) => a && (a.at < b.at || (a.at === b.at && a.id < b.id)) ? a : b, undefined)
  return {
    now: () => now,
    clear: () => timers.clear(),
    pass(ms) {
      const until = now + ms
      for (let timer = first(); timer?.at <= until; timer = first()) {
        now = timer.at
        if (timer.every > 0) timer.at += timer.every
        else timers.delete(timer.id)
        timer.run()
      }
      now = until
    },
  }
}

const clock = simulateClock()
export const now = clock.now

// Promises settle, and opossum hears of it.
const settled = () => new Promise(resolve => { setImmediate(resolve) })

const outcomes = {
  success: call => call.resolve(),
  failure: call => call.reject({ status: 500 }),
  '4xx': call => call.reject({ status: 404 }),
}

export class Replay {
  constructor({ percent, volume, reset, window, timeout }) {
    clock.clear()
    this.started = `new ${percent} ${volume} ${reset} ${window}`
    this.calls = new Map() // under way: { id: { resolve, reject, began, isTrial } }
    this.resetAt = Infinity // when it will be half open
    this.breaker = new CircuitBreaker(id => new Promise((resolve, reject) => {
      this.calls.set(id, { resolve, reject, began: now(), isTrial: this.state === 'half_open' })
    }), {
      errorThresholdPercentage: percent, volumeThreshold: volume, resetTimeout: reset,
      rollingCountTimeout: window, timeout, errorFilter: ({ status }) => status < 500,
      enableSnapshots: false, rollingPercentilesEnabled: false,
    })
    this.breaker.on('open', () => { this.resetAt = now() + reset })
  }

  get state() {
    return this.breaker.closed ? 'closed' : this.breaker.opened ? 'open' : 'half_open'
  }

  // Does one step, and returns the line that it gives.
  async step(line) {
    const [what, id, how] = line.split(' ')
    let answer = ''
    if (what === 'begin') {
      this.breaker.fire(id).catch(() => {})
      answer = this.calls.has(id) ? 'passed ' : 'refused '
    } else if (what === 'end') {
      outcomes[how](this.calls.get(id))
      this.calls.delete(id)
    } else if (what === 'wait') {
      clock.pass(Number(id))
      for (const late of line.split(' ').slice(2)) this.calls.delete(late)
    }
    await settled()
    const { fires, failures } = this.breaker.stats
    return `${answer}${this.state} ${fires} ${failures}`
  }
}
