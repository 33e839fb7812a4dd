// Reload: addresses come and go, and certificates change, under open connections.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { ask, connectBare, connectHttp2 } from './lib/client.mjs'
import { freePort } from './lib/free_port.mjs'
import { assertDone, reloadable } from './lib/reloading.mjs'
import { anywhere } from './lib/scenario.mjs'
import { eventually, soon } from './lib/wait.mjs'
import { connectWebsocket, opcodes, websocketService } from './lib/websocket.mjs'

const ca = authority({ after })
const routes = [{ path: '/a/', service: 'users', to: '/', access: 'public' },
  { path: '/ws/', service: 'products', to: '/', access: 'public' }]
const stage = (t, { config, ...options } = {}) => reloadable(t, { 'users *': { json: { id: 1 } } },
  { config: { workers: 2, routes, ...config }, ...options })

function isRefused(url) {
  return ask(url, '/a/1').then(() => false, ({ code }) => code === 'ECONNREFUSED')
}

const tlsOf = ({ certFile: certificate, keyFile: key }) => ({ certificate, key })

async function serialAt(url, options = {}) {
  const bare = await connectBare(url, { ca: ca.ca, ...options })
  const { serialNumber } = bare.socket.getPeerCertificate()
  return { ...bare, serialNumber }
}

describe('addresses', { concurrency: 2 }, () => {
  test('come with a reload, and go with the next one', async t => {
    const { change, hup, url } = await stage(t)
    const more = `http://127.0.0.1:${await freePort()}`
    change(settings => { settings.listen = [anywhere, more] })
    assertDone(await hup())
    for (const at of [url, more]) assert.equal((await ask(at, '/a/1')).status, 200)
    change(settings => { settings.listen = [anywhere] })
    assertDone(await hup())
    assert.ok(await isRefused(more))
    assert.equal((await ask(url, '/a/1')).status, 200)
  })

  test('that are busy change nothing', async t => {
    const other = net.createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    t.after(() => other.close())
    const { change, post, get } = await stage(t)
    const [free, busy] = [await freePort(), other.address().port].map(port => `http://127.0.0.1:${port}`)
    change(settings => ({ ...settings, listen: [anywhere, free, busy], routes: [] }))
    const { status, body } = await post()
    assert.deepEqual([status, body.mistakes],
      [422, [`cannot listen on ${busy}: Address already in use`]])
    assert.ok(await isRefused(free))
    assert.equal((await get('/a/1')).status, 200)
  })

  test('that go end their connections after the next answer, and no tunnel', async t => {
    const tunnels = await websocketService(t)
    const scene = await stage(t, { listen: [anywhere, anywhere], urlOf: { products: () => tunnels.url } })
    const going = scene.urls[1]
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    const client = await connectWebsocket(going, '/ws/1')
    const { session, ask: askHttp2, close } = await connectHttp2(going)
    t.after(close)
    assert.equal((await ask(going, '/a/1', { agent })).headers.connection, 'keep-alive')
    assert.equal((await askHttp2('/a/1')).status, 200)
    const [goaway, closed] = ['goaway', 'close'].map(name => once(session, name))
    scene.change(settings => { settings.listen = [anywhere] })
    assertDone(await scene.hup())
    const last = await ask(going, '/a/1', { agent })
    assert.deepEqual([last.status, last.headers.connection], [200, 'close'])
    await soon(goaway, 'GOAWAY')
    await soon(closed, 'the end of the HTTP/2 connection')
    client.send(opcodes.text, 'still here')
    assert.equal(String((await client.next()).payload), 'still here')
    client.socket.destroy()
  })

  test('become https and plain again', async t => {
    const cert = ca.sign(['IP:127.0.0.1'])
    const { change, hup, url } = await stage(t)
    const secure = url.replace('http:', 'https:')
    change(settings => { settings.listen = [secure]; settings.tls = tlsOf(cert) })
    assertDone(await hup())
    assert.equal((await ask(secure, '/a/1', { tls: { ca: ca.ca } })).status, 200)
    change(settings => ({ ...settings, listen: [url], tls: undefined }))
    assertDone(await hup())
    assert.equal((await ask(url, '/a/1')).status, 200)
  })
})

test('a new certificate is for new connections, and open ones go on', async t => {
  const [one, two] = [1, 2].map(() => ca.sign(['IP:127.0.0.1']))
  const { change, hup, url } = await stage(t,
    { listen: ['https://127.0.0.1:0'], config: { tls: tlsOf(one) } })
  const early = await serialAt(url)
  const { ask: askHttp2, close } = await connectHttp2(url, { ca: ca.ca })
  t.after(close)
  change(settings => { settings.tls = tlsOf(two) })
  assertDone(await hup())
  const late = await serialAt(url)
  assert.notEqual(late.serialNumber, early.serialNumber)
  for (const { socket, until } of [early, late]) {
    socket.write('GET /a/1 HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(/^HTTP\/1\.1 200/)
    socket.destroy()
  }
  assert.equal((await askHttp2('/a/1')).status, 200)
})

test('session tickets are good after a reload with the same certificate, and not with another', async t => {
  const [one, two] = [1, 2].map(() => ca.sign(['IP:127.0.0.1']))
  const { change, hup, url } = await stage(t,
    { listen: ['https://127.0.0.1:0'], config: { tls: tlsOf(one) } })
  const bare = await connectBare(url, { ca: ca.ca })
  const tickets = []
  bare.socket.on('session', session => tickets.push(session))
  bare.socket.write('GET /a/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await bare.ended
  await eventually(() => tickets.length > 0, 'a ticket')
  const isReused = async () => {
    const { socket } = await connectBare(url, { ca: ca.ca, session: tickets[0] })
    const reused = socket.isSessionReused()
    socket.destroy()
    return reused
  }
  assertDone(await hup())
  assert.equal(await isReused(), true)
  change(settings => { settings.tls = tlsOf(two) })
  assertDone(await hup())
  assert.equal(await isReused(), false)
})
