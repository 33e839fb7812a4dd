// Scenarios whose server records requests, and what its recorder shows.
import assert from 'node:assert/strict'

import { ask } from './client.mjs'
import { admin, asOperator } from './operator.mjs'
import { demo, scenario } from './scenario.mjs'
import { eventually } from './wait.mjs'

// The pages of the recorder at `url`.
export function recorderAt(url, headers = {}) {
  const json = async where => {
    const { status, body, text } = await ask(url, `/__bff/${where}`, { headers })
    assert.equal(status, 200, text)
    return body
  }
  // The newest `count` requests, once there are so many. A request is recorded after its answer.
  const requests = async count => {
    let list = []
    await eventually(async () => {
      list = (await json('requests?limit=1000')).requests
      return list.length >= count
    }, `${count} recorded requests`)
    return list
  }
  return {
    json, requests,
    list: () => json('requests?limit=1000'),
    last: async count => (await requests(count)).at(-1),
    detail: number => json(`requests/${number}`),
    fixture: number => json(`requests/${number}/fixture`),
  }
}

// A scenario with a recorder, which operators may read.
export async function recorded(t, build, plan, { config, recorder, workers = 1, ...options } = {}) {
  const scene = await scenario(t, build, plan, { isUnguarded: true, args: ['--workers', workers],
    config: { admin, recorder: { answers: 'always', ...recorder }, ...config }, ...options })
  return { ...scene, ...recorderAt(scene.server.ready.admin, asOperator) }
}

// A server with mock services; it has a recorder by default.
export async function recordedDemo(t, options) {
  const scene = await demo(t, 'web', options)
  return { ...scene, ...recorderAt(scene.url) }
}

// Each part as "name reason", in the order in which they ended.
export function fatesOf({ parts }) {
  return parts.filter(({ chosen }) => chosen).sort((a, b) => (a.endUs ?? 0) - (b.endUs ?? 0))
    .map(({ name, reason, cancelled }) => [name, cancelled ? 'cancelled' : reason].filter(Boolean).join(' '))
}
