/*
 * Run by the Node that opossum needs: makes random scripts, each step by what opossum has made of
 * the steps before, and prints them with what opossum gives, as JSON:
 *   [{ step, want }]
 * Arguments: the seed and the number of scripts, or a script of one's own: the settings as JSON, then
 * its steps.
 *
 * bff differs on purpose where a call that is not the trial ends while the breaker is half open. No
 * random script does that.
 */
import { random } from '../../e2e/lib/random.mjs'
import { now, Replay } from './opossum_replay.mjs'

class Script {
  constructor(random) {
    this.random = random
    const timeout = random() < 0.3 ? false : 100 * this.upTo(40)
    this.settings = {
      percent: this.oneOf([0, 1, 7, 10, 25, 28, 33, 50, 50, 50, 55, 66, 75, 90, 100]),
      volume: this.upTo(12), reset: this.oneOf([100, 500, 1000, 3000, 10000, 15000]),
      window: this.oneOf([1000, 2500, 10000]), timeout,
    }
    this.replay = new Replay(this.settings)
    this.lines = [{ step: this.replay.started, want: 'closed 0 0' }]
    this.last = 0
    this.failing = 0.5
  }

  upTo(most) { return 1 + Math.floor(this.random() * most) }
  oneOf(list) { return this.random.any(list) }

  async add(step) {
    const want = await this.replay.step(step)
    this.lines.push({ step, want })
  }

  // The calls that may end now.
  endable() {
    const calls = [...this.replay.calls]
    return calls.filter(([, { isTrial }]) => isTrial || this.replay.state !== 'half_open')
  }

  begin() { return this.add(`begin ${this.last++}`) }

  end([id]) {
    const how = this.random() < this.failing ? 'failure' : this.oneOf(['success', 'success', '4xx'])
    return this.add(`end ${id} ${how}`)
  }

  // Time passes, but not beyond the next time-out, nor beyond the moment of half open.
  wait() {
    const { timeout, window } = this.settings
    const { calls, resetAt, state } = this.replay
    const limit = ({ began }) => timeout ? began + timeout : Infinity
    const next = Math.min(...[...calls.values()].map(limit))
    const wish = now() + this.upTo(this.oneOf([20, 300, window / 10, window, 20000]))
    const until = Math.min(wish, next, state === 'open' ? resetAt : Infinity)
    const late = [...calls].filter(([, call]) => limit(call) === until)
    if (state === 'half_open' && late.some(([, { isTrial }]) => !isTrial)) return this.try()
    return this.add(['wait', until - now(), ...late.map(([id]) => id)].join(' '))
  }

  // Makes the trial, and ends it.
  async try() {
    if (this.endable().length === 0) await this.begin()
    return this.end(this.endable()[0])
  }

  async run(steps) {
    for (let i = 0; i < steps; i++) {
      const what = this.random(), ends = this.endable()
      if (i % 25 === 0) this.failing = this.oneOf([0.1, 0.4, 0.6, 1])
      if (what < 0.45) await this.begin()
      else if (what < 0.75 && ends.length > 0) await this.end(this.oneOf(ends))
      else await this.wait()
    }
    return this.lines
  }
}

async function replayed(settings, steps) {
  const replay = new Replay(settings)
  const lines = [{ step: replay.started, want: 'closed 0 0' }]
  for (const step of steps) lines.push({ step, want: await replay.step(step) })
  return lines
}

async function scripts(seed, count) {
  const lines = [], next = random(seed)
  for (let i = 0; i < count; i++) lines.push(...await new Script(next).run(100))
  return lines
}

const [first, ...rest] = process.argv.slice(2)
const lines = first.startsWith('{') ? await replayed(JSON.parse(first), rest) :
  await scripts(Number(first), Number(rest[0]))
process.stdout.write(JSON.stringify(lines))
