// An endpoint that is a process of its own, so that a test can kill it, stop it and start it again
// at the same address. It answers every request with its name in the field x-endpoint.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { fileURLToPath } from 'node:url'

import { soon } from './wait.mjs'

const self = fileURLToPath(import.meta.url)

// The endpoint's side: `mode` is { status, ms }, and a message replaces it.
function serve(name, port) {
  let mode = { status: 200, ms: 0 }
  const server = http.createServer((req, res) => {
    const answer = () => {
      const body = JSON.stringify({ id: name })
      res.writeHead(mode.status, { 'x-endpoint': name, 'content-type': 'application/json',
        'content-length': Buffer.byteLength(body) }).end(body)
    }
    req.resume()
    if (mode.ms > 0) setTimeout(answer, mode.ms)
    else answer()
  })
  process.on('message', next => {
    mode = next
    process.send({ mode })
  })
  server.listen(port, '127.0.0.1', () => process.send({ port: server.address().port }))
}

if (process.argv[1] === self) serve(process.argv[2], Number(process.argv[3]))

// The test's side: { name, url, kill, freeze, thaw, answers, restart }. The process ends with the
// test.
export async function endpointProcess(t, name) {
  const endpoint = { name, port: 0 }
  const start = async () => {
    endpoint.child = fork(self, [name, String(endpoint.port)], { stdio: 'inherit' })
    const [{ port }] = await soon(once(endpoint.child, 'message'), `endpoint ${name} to listen`)
    endpoint.port = port
  }
  const signal = which => endpoint.child.kill(which)
  await start()
  t.after(() => signal('SIGKILL'))
  return Object.assign(endpoint, {
    url: `http://127.0.0.1:${endpoint.port}`,
    kill: async () => {
      const ended = once(endpoint.child, 'exit')
      signal('SIGKILL')
      await ended
    },
    freeze: async () => signal('SIGSTOP'),
    thaw: async () => signal('SIGCONT'),
    answers: async ({ status = 200, ms = 0 } = {}) => {
      const told = once(endpoint.child, 'message')
      endpoint.child.send({ status, ms })
      await soon(told, `endpoint ${name} to obey`)
    },
    restart: start,
  })
}
