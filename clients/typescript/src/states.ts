// The states of parts, made of an answer: of its member errors, and of its Server-Timing, which names
// all parts and says which of them are stale.
import type { HasParts } from './types.js'

export type Json = Record<string, unknown>
type Errors = Record<string, { reason: string; status?: number }>

const timings = new WeakMap<object, string | null>()

/** Remembers the Server-Timing of an answer, for states. */
export function keep<T extends object>(answer: T, timing: string | null): T {
  timings.set(answer, timing)
  return answer
}

/** The state of one part or item. */
export function stateOf(name: string, value: unknown, errors: Errors = {}, isStale = false): object {
  if (Object.hasOwn(errors, name)) {
    const { reason: state, ...more } = errors[name]!
    return { state, ...more, value }
  }
  const state = value === null ? 'nothing' : isStale ? 'stale' : 'ok'
  return Array.isArray(value)
    ? { state, value, items: value.map((item, i) => stateOf(`${name}[${i}]`, item, errors)) }
    : { state, value }
}

// "user;dur=1.0, orders;dur=2.0;desc=\"stale\"" names user and orders. Without it, the members do.
const named = (answer: Json, timing: string | null | undefined): string[] =>
  timing ? timing.split(/, */) : Object.keys({ ...answer, ...answer.errors as Errors })

/** What has become of each part of an answer. */
export function states<P>(answer: HasParts<P>): P {
  const json = answer as Json
  return Object.fromEntries(named(json, timings.get(answer)).map(item => {
    const name = item.split(';')[0]!
    const value = Object.hasOwn(json, name) ? json[name] : json
    return [name, stateOf(name, value, json.errors as Errors, /desc="?stale/.test(item))]
  })) as P
}

/** For the default of a switch: tsc fails when a case is left out. */
export function never(value: never): never {
  throw new Error(`unexpected: ${JSON.stringify(value)}`)
}
