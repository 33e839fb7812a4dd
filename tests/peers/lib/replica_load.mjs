// Requests with a number of their own, on kept connections through HAProxy, and what became of each.
import http from 'node:http'

import { ask } from '../../e2e/lib/client.mjs'
import { tokenFor } from '../../e2e/lib/token.mjs'
import { eventually } from '../../e2e/lib/wait.mjs'

const headers = { authorization: `Bearer ${tokenFor()}`, connection: 'keep-alive' }
let number = 0

export const connections = 16

/*
 * Begins to ask `url` on all connections; every third request is a POST. `results` has { method,
 * target, status } of each that is over; status 0: the connection has ended without an answer.
 * more(count) waits for so many successes. stop() waits for the last answer. Nothing is repeated here.
 */
export function startNumberedLoad(url) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const results = []
  let isOver = false, successes = 0
  const one = async () => {
    const [id, method] = [++number, number % 3 === 0 ? 'POST' : 'GET']
    const target = `/api/users/n${id}`
    const body = method === 'POST' ? '{}' : undefined
    const { status, text } = await ask(url, target, { agent, method, body,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) } })
      .catch(({ message }) => ({ status: 0, text: message }))
    if (status === 200) successes++
    results.push({ method, target, status, text })
  }
  const clients = Array.from({ length: connections }, async () => {
    while (!isOver) await one()
  })
  return {
    results,
    more: async count => {
      const enough = successes + count
      await eventually(() => successes >= enough, 'the load to go on')
    },
    stop: async () => {
      isOver = true
      await Promise.all(clients)
      agent.destroy()
    },
  }
}

// A request that a replica had when it was killed. HAProxy answers with 502 or 503. It ends the
// connection without an answer and without a line in its log when the request is not the first one of
// the connection.
const isCut = ({ status }, entry) => (status === 0 && !entry) ||
  ([502, 503].includes(status) && /^S/.test(entry?.state ?? ''))

/*
 * Compares what clients got with HAProxy's log, and with how often the services were asked:
 * { requests, ok, retried, cut, lost }. `cut` has the requests that a replica had when it was killed.
 * `lost` has a text for each other request without an answer that is right, and for each POST that a
 * service got twice, or did not get although it has succeeded.
 */
export function audit(results, entries, timesAsked) {
  const logged = new Map(entries.map(entry => [entry.target, entry]))
  const sum = { requests: results.length, ok: 0, retried: 0, cut: [], lost: [] }
  for (const result of results) {
    const { method, target, status, text } = result
    const entry = logged.get(target)
    const times = timesAsked(target)
    if (entry?.retries > 0) sum.retried++
    if (status === 200) sum.ok++
    else if (isCut(result, entry)) sum.cut.push(`${method} ${target}: ${status} ${text}`)
    else sum.lost.push(`${method} ${target}: ${status} ${text} ${JSON.stringify(entry)}`)
    if (method === 'POST' && (times > 1 || (status === 200 && times !== 1)))
      sum.lost.push(`POST ${target}: ${status}, and the service was asked ${times} times`)
  }
  return sum
}
