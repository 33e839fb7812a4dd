// One of three endpoints fails under the load of 64 connections, and comes back. After the first
// ejection no GET may fail. The requests that were lost before it are printed.
import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, test } from 'node:test'

import { endpointProcess } from './lib/endpoint_process.mjs'
import { scenario } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const connections = 64
const workers = Number(process.env.FAULTS_WORKERS ?? 2)
const rounds = Number(process.env.FAULTS_ROUNDS ?? 1) // faults in a row, each after a recovery

const faults = {
  'killed': { fail: each => each.kill(), recover: each => each.restart() },
  'frozen': { fail: each => each.freeze(), recover: each => each.thaw() },
  'answers 500': { fail: each => each.answers({ status: 500 }), recover: each => each.answers() },
  'slow': { fail: each => each.answers({ ms: 2000 }), recover: each => each.answers() },
}

const others = { 'orders *': { json: [] }, 'recommendations *': { json: [] },
  'notifications *': { json: [] } }

const services = {
  users: {
    timeout: { connect: '200ms' }, retry: { try: '200ms' },
    ejection: { time: '200ms', max_time: '1s' },
  },
}

// One request: { isGood, endpoint, what }.
function ask(url, path, agent, token) {
  return new Promise(resolve => {
    const headers = { authorization: `Bearer ${token}` }
    const req = http.get(`${url}${path}`, { agent, headers }, res => {
      let text = ''
      res.setEncoding('utf8').on('data', more => (text += more)).on('end', () => {
        const isWhole = res.statusCode === 200 && !text.includes('"partialFailure":true')
        resolve({ isGood: isWhole, endpoint: JSON.parse(text).id, what: `${res.statusCode} ${text}` })
      }).on('error', error => resolve({ isGood: false, what: String(error) }))
    })
    req.on('error', error => resolve({ isGood: false, what: String(error) }))
  })
}

// Asks without a pause on all connections: half of them a plain route, half a page.
function load(t, { url, server }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const seen = { count: 0, lost: [], by: {} }
  let isOver = false
  const client = async (_, i) => {
    while (!isOver) {
      const path = i % 2 === 0 ? '/api/users/1' : '/api/dashboard/u1'
      const { isGood, endpoint, what } = await ask(url, path, agent, server.token)
      seen.count++
      if (!isGood) seen.lost.push(what)
      else if (endpoint) seen.by[endpoint] = (seen.by[endpoint] ?? 0) + 1
    }
  }
  const done = Promise.all(Array.from({ length: connections }, client))
  seen.stop = async () => {
    isOver = true
    await done
    agent.destroy()
  }
  seen.more = (count, what) => {
    const from = seen.count
    return eventually(() => seen.count >= from + count, `${count} requests ${what}`)
  }
  t.after(seen.stop)
  return seen
}

const eventsOf = (server, event, { url }) =>
  server.lines().filter(line => line.event === event && url.endsWith(line.endpoint)).length

async function faultAndRecovery(t, { server }, seen, victim, { fail, recover }) {
  const before = seen.lost.length, ejections = eventsOf(server, 'endpoint_ejected', victim)
  await fail(victim)
  await eventually(() => eventsOf(server, 'endpoint_ejected', victim) > ejections, 'the ejection')
  const lost = seen.lost.length - before
  await seen.more(500, 'during the fault')
  const returns = eventsOf(server, 'endpoint_returned', victim)
  await recover(victim)
  await eventually(() => eventsOf(server, 'endpoint_returned', victim) > returns, 'the return')
  const served = seen.by[victim.name] ?? 0
  await eventually(() => (seen.by[victim.name] ?? 0) > served + 50, 'requests after the return')
  t.diagnostic(`lost before the ejection: ${lost} of the requests under way`)
  assert.deepEqual(seen.lost.slice(before + lost), [], 'lost after the ejection')
  return lost
}

describe('one of three endpoints', () => {
  for (const [kind, fault] of Object.entries(faults)) {
    test(`${kind} and brought back: GET requests do not fail`, async t => {
      const endpoints = await Promise.all(['a', 'b', 'c'].map(name => endpointProcess(t, name)))
      const scene = await scenario(t, 'web', others, {
        args: ['--workers', String(workers)], config: { services },
        urlOf: { users: () => endpoints.map(({ url }) => url).join(',') }, keepsRecords: false })
      const seen = load(t, scene)
      await seen.more(500, 'before the fault')
      for (let round = 0; round < rounds; round++) {
        const lost = await faultAndRecovery(t, scene, seen, endpoints[1], fault)
        assert.equal(lost, 0, `lost before the ejection: ${seen.lost.slice(0, 3).join('\n')}`)
      }
      await seen.stop()
    })
  }
})
