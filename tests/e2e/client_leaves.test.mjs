// When a client leaves, its calls are cancelled. The test compares the order of events, not times:
// another client asks first and stays, and its calls end with the budget. The calls of the client
// that leaves must end before them.
import assert from 'node:assert/strict'
import http2 from 'node:http2'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { user } from './lib/samples.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { signedIn } from './lib/token.mjs'

const hang = { fault: 'hang' }
const plan = {
  'users *': hang, 'orders *': hang, 'recommendations *': hang, 'notifications *': hang,
  'users /users/good': { json: user('good') },
}

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])

async function stage(t, leaving) {
  const scene = await scenario(t, 'web', plan, {
    listen: [anywhere, 'https://127.0.0.1:0'],
    config: { tls: { certificate: certFile, key: keyFile } },
  })
  const staying = scene.get('/api/dashboard/staying')
  await scene.arrival('orders')
  const leave = await leaving(scene, { ca: ca.ca })
  await scene.arrival('orders', 2)
  const [stayed, left] = scene.asked('orders')
  const order = []
  stayed.gone.then(() => order.push('stayed'))
  left.gone.then(() => order.push('left'))
  leave()
  await Promise.all([stayed.gone, left.gone])

  assert.deepEqual(order, ['left', 'stayed'])
  assert.equal((await staying).body.errors.recentOrders.reason, 'timeout')
  assert.equal((await scene.get('/api/dashboard/good')).body.user.id, 'good')
}

const path = '/api/dashboard/leaving'
const over = {
  'HTTP/1.1': async ({ leave }) => leave(path).leave,
  'HTTP/1.1 over TLS': async ({ leave, urls }, tls) => leave(path, { tls, url: urls[1] }).leave,
  'a reset of HTTP/1.1': async ({ bare }) => {
    const { socket } = await bare()
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n`)
    return () => socket.resetAndDestroy()
  },
  'a stream of HTTP/2': async ({ http2: connect }) => {
    const { open } = await connect()
    const stream = open(path)
    stream.on('error', () => undefined)
    return () => stream.close(http2.constants.NGHTTP2_CANCEL)
  },
  'a stream of HTTP/2 over TLS': async ({ http2: connect, urls }, tls) => {
    const { open } = await connect(tls, urls[1])
    const stream = open(path)
    stream.on('error', () => undefined)
    return () => stream.close(http2.constants.NGHTTP2_CANCEL)
  },
  'a connection of HTTP/2': async ({ http2: connect }) => {
    const { open, session } = await connect()
    open(path).on('error', () => undefined)
    return () => session.destroy()
  },
}

describe('a client that leaves', { concurrency: 4 }, () => {
  for (const [how, leaving] of Object.entries(over)) test(`by ${how}`, t => stage(t, leaving))
})
