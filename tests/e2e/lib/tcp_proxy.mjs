// A proxy for connections, in a process of its own. It can delay bytes, and it can stop passing them on
// while all its connections stay open.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { fileURLToPath } from 'node:url'

import { soon } from './wait.mjs'

const self = fileURLToPath(import.meta.url)

// The proxy's side: `mode` is { delay, isStalled }, and a message replaces it.
function serve(target) {
  let mode = { delay: 0, isStalled: false }
  const pass = (from, to) => {
    from.on('data', bytes => {
      const send = () => { if (!mode.isStalled) to.write(bytes) }
      if (mode.delay > 0) setTimeout(send, mode.delay)
      else send()
    })
    from.on('error', () => undefined).on('close', () => { if (!mode.isStalled) to.destroy() })
  }
  const server = net.createServer({ noDelay: true }, client => {
    const back = net.connect({ port: target, host: '127.0.0.1', noDelay: true })
    pass(client, back)
    pass(back, client)
  })
  process.on('message', next => {
    mode = next
    process.send({ mode })
  })
  process.on('disconnect', () => process.exit())
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
}

if (process.argv[1] === self) serve(Number(process.argv[2]))

/*
 * Starts a proxy before `target`, a port: { port, slow, stall, flow }.
 *   slow(ms)   delays the bytes in both directions by so many milliseconds
 *   stall()    no bytes arrive any more. Connections stay open, and new ones are accepted
 *   flow()     new bytes arrive without a delay again
 */
export async function tcpProxy(t, target) {
  const child = fork(self, [String(target)], { stdio: 'inherit' })
  t.after(() => child.kill('SIGKILL'))
  const [{ port }] = await soon(once(child, 'message'), 'the proxy to listen')
  const become = async mode => {
    const told = once(child, 'message')
    child.send(mode)
    await soon(told, 'the proxy to obey')
  }
  return { port,
    slow: delay => become({ delay, isStalled: false }),
    stall: () => become({ delay: 0, isStalled: true }),
    flow: () => become({ delay: 0, isStalled: false }) }
}
