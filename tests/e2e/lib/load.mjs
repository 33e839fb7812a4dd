// Requests that go on while a test breaks something. Each connection asks again as soon as it has its
// answer.
import http from 'node:http'

import { ask } from './client.mjs'

/*
 * Begins to ask `url` for `path` on so many connections. `results` is the list of the answers, { status, ms, at }; a request
 * without an answer has the status 0, and `why`. since(place) gives those after the first `place`.
 * stop() resolves when the last answer has come.
 */
export function startLoad(url, path, { connections = 16, headers } = {}) {
  const results = []
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  let isOver = false
  const client = async () => {
    while (!isOver) {
      const { status, ms, why } = await ask(url, path, { agent, headers })
        .catch(error => ({ status: 0, ms: 0, why: error.message }))
      results.push({ status, ms, why, at: performance.now() })
    }
  }
  const clients = Array.from({ length: connections }, client)
  const stop = async () => {
    isOver = true
    await Promise.all(clients)
    agent.destroy()
  }
  return { results, stop, since: place => results.slice(place) }
}

// The time in ms within which `share` of the answers came.
export function percentile(results, share) {
  const sorted = results.map(({ ms }) => ms).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
