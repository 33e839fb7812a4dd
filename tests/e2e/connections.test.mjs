// Connections of clients: reused, pipelined and multiplexed. A request never gets the answer to
// another request.
import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, test } from 'node:test'

import { product } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'
import { signedIn } from './lib/token.mjs'
import { gate } from './lib/wait.mjs'

const id = url => url.split('/').at(-1)
const plan = {
  'products *': ({ url }) => ({ json: product(id(url)) }),
  'reviews *': { json: [] },
  'inventory *': { json: { quantity: 1 } },
}
const ask = path => `GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n`
const last = path => `GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n\r\n`

describe('a connection', { concurrency: 4 }, () => {
  test('takes one request after the other', async t => {
    const { get } = await scenario(t, 'web', plan)
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    const ids = []
    for (const name of ['a', 'b', 'c']) {
      const { body } = await get(`/api/products/${name}`, { agent })
      ids.push(body.id)
    }

    assert.deepEqual(ids, ['a', 'b', 'c'])
    assert.equal(Object.values(agent.freeSockets).flat().length, 1)
  })

  test('takes requests that come before the answers, and answers in their order', async t => {
    const door = gate()
    const { talk, arrival } = await scenario(t, 'web', { ...plan,
      'products /products/a': { json: product('a'), until: door.opened } })
    const text = talk(ask('/api/products/a') + ask('/nowhere') + last('/api/products/c'))
    await arrival('products')
    door.open()

    const answers = (await text).split(/(?=HTTP\/1\.1 )/)
    assert.deepEqual(answers.map(answer => answer.slice(9, 12)), ['200', '404', '200'])
    assert.match(answers[0], /\{"id":"a"/)
    assert.match(answers[2], /\{"id":"c"/)
  })

  test('takes a request in pieces', async t => {
    const { bare } = await scenario(t, 'web', plan)
    const { socket, ended } = await bare()
    for (const byte of last('/api/products/a')) socket.write(byte)
    assert.match(await ended, /^HTTP\/1\.1 200 [^]*\{"id":"a"/)
  })

  test('of HTTP/2 takes many at once, and a slow one does not hold the others', async t => {
    const door = gate()
    const { http2 } = await scenario(t, 'web', { ...plan,
      'products /products/slow': { json: product('slow'), until: door.opened } })
    const { ask } = await http2()
    const slow = ask('/api/products/slow')
    const names = Array.from({ length: 15 }, (_, i) => `p${i}`)
    const answers = await Promise.all(names.map(name => ask(`/api/products/${name}`)))
    door.open()

    assert.deepEqual(answers.map(({ body }) => body.id), names)
    assert.equal((await slow).body.id, 'slow')
  })

  test('of HTTP/2 with a small window gets a large answer whole', async t => {
    const description = 'x'.repeat(300_000)
    const { http2 } = await scenario(t, 'web', { ...plan,
      'products /products/large': { json: product('large', { description }) } })
    const { ask } = await http2({ settings: { initialWindowSize: 1000 } })
    const answers = await Promise.all([1, 2, 3].map(() => ask('/api/products/large')))
    for (const { body } of answers) assert.equal(body.description, description)
  })

  test('that reads slowly gets a large answer whole, and does not hold the others', async t => {
    const description = 'x'.repeat(1_000_000)
    const { bare, get } = await scenario(t, 'web', { ...plan,
      'products /products/large': { json: product('large', { description }) } })
    const { socket, until, ended } = await bare()
    socket.write(last('/api/products/large'))
    await until(/\r\n\r\n/)
    socket.pause()
    assert.equal((await get('/api/products/a')).body.id, 'a')
    socket.resume()
    assert.equal(JSON.parse((await ended).split('\r\n\r\n')[1]).description, description)
  })

  test('that leaves in the middle of a large answer harms nobody', async t => {
    const description = 'x'.repeat(1_000_000)
    const { bare, get } = await scenario(t, 'web', { ...plan,
      'products /products/large': { json: product('large', { description }) } })
    const { socket, until } = await bare()
    socket.write(last('/api/products/large'))
    await until(/\r\n\r\n/)
    socket.resetAndDestroy()
    assert.equal((await get('/api/products/a')).body.id, 'a')
  })

  test('of HTTP/1.0 is answered and ended', async t => {
    const { talk } = await scenario(t, 'web', plan)
    const text = await talk(`GET /api/products/a HTTP/1.0\r\n${signedIn}\r\n`)
    assert.match(text, /^HTTP\/1\.[01] 200 [^]*\{"id":"a"/)
  })

  test('that begins with rubbish is ended, and the next one is not', async t => {
    const { talk, get } = await scenario(t, 'web', plan)
    await Promise.all([
      '\0\0\0\0\r\n\r\n', 'GET\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nxx\r\n\r\n',
    ].map(bytes => talk(bytes)))
    assert.equal((await get('/api/products/a')).status, 200)
  })
})
