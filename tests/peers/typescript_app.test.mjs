// An application in TypeScript, on the client of clients/typescript and the types that bff-web prints:
// it is compiled, bundled by esbuild, and run on the mock services in Chromium, from another origin.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { demo } from '../e2e/lib/scenario.mjs'
import { eventually } from '../e2e/lib/wait.mjs'
import { startChromium } from './lib/chromium.mjs'
import { bundle, compile, printed } from './lib/typescript.mjs'

const source = fileURLToPath(new URL('typescript_app/app.ts', import.meta.url))

async function startSite(t, script) {
  const pages = { '/': ['text/html', '<script type="module" src="/app.js"></script>'], '/app.js': ['text/javascript', script] }
  const server = http.createServer((req, res) => {
    const [type, text] = pages[new URL(req.url, 'http://site').pathname] ?? ['text/plain', '']
    res.writeHead(200, { 'content-type': type }).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.closeAllConnections() ?? server.close())
  return `http://127.0.0.1:${server.address().port}`
}

const call = `
const [name, given, done] = arguments
const ready = () => globalThis.app ? app[name](...given).then(done, error => done('failed: ' + error.stack)) : setTimeout(ready, 10)
ready()`

const config = origin => ({ rate_limits: [], cors: { origins: [origin] },
  services: { orders: { breaker: 'off', ejection: 'off' } } })

async function startApp(t) {
  const api = await printed(t, 'web', '--typescript', 'api.ts')
  const { code, stdout } = await compile(t, [source], api)
  assert.equal(code, 0, stdout)
  const site = await startSite(t, await bundle(source))
  const { server } = await demo(t, 'web', { config: config(site) })
  const browser = await startChromium(t)
  await browser.open(`${site}/?${new URLSearchParams({ api: server.url, token: server.token })}`)
  return { run: (name, ...given) => browser.run(call, name, given) }
}

test('an application compiles against the printed types, and runs in a browser', async t => {
  const { run } = await startApp(t)

  assert.match(await run('dashboard', 'u1'), /^ada\.nowak@mail\.example: o\d+ o\d+/)
  assert.deepEqual(await run('withStates', 'u1', ''), ['user Ada Nowak', '5 orders'])
  assert.deepEqual(await run('withStates', 'u1', 'users status=500; orders hang'),
    ['the service said 500', 'orders: timeout, 0 shown'])

  const all = await run('items', 'o15', '')
  assert.ok(all.length > 1 && all.every(name => /^[A-Z]/.test(name)), all)
  assert.deepEqual(await run('items', 'o15', 'products status=503'), all.map(() => 'status 503'))

  const [name, ...states] = await run('product', 'p1', 'reviews reset')
  assert.match(name, /^[A-Z]/)
  assert.deepEqual(states, ['reset', 'ok'])
  assert.equal(await run('failure', 'o-none'), '404 order status')
  assert.equal(await run('aborted', 'u1'), 'AbortError')

  const [id, notified] = await run('confirmed', 'o18', 'key-1', 'orders POST done reset times=1')
  assert.match(id, /^o/)
  assert.equal(notified, 'ok')
  assert.deepEqual(await run('confirmed', 'o18', 'key-1', 'orders POST done reset times=1'), [id, 'ok'], 'the stored answer')
  assert.deepEqual(await run('confirmed', 'o18', 'key-2', 'orders POST status=409'),
    ['502', 'confirmed', 'status', 'done'])

  // The orders hang for the whole budget. On a busy machine, the browser may be as late.
  await eventually(async () => {
    const [first, orders, names, state] = await run('streamed', 'u1', 'orders hang')
    assert.equal(orders, 'orders: timeout, 0 shown')
    assert.equal(names, 'user recentOrders recommendations unreadNotifications loadedAt partialFailure errors')
    assert.equal(state, 'timeout')
    return /^user Ada Nowak, \d+ notifications, before the orders$/.test(first)
  }, 'the user, before the orders')
})
