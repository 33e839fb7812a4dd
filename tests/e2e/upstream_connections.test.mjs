// The connections to services: they are kept and reused, closed when their state is doubtful, and
// an answer never belongs to another request.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { assertUser, hostileUsers, user } from './lib/hostile.mjs'
import { scenario } from './lib/scenario.mjs'
import { gate, inParallel } from './lib/wait.mjs'

const good = { text: user }
const oneWorker = { args: ['--workers', '1'] } // each has connections of its own
const ok = 'HTTP/1.1 200 OK\r\n'
const whole = `${ok}Content-Length: 7\r\n\r\n${user}`
const poison = `${ok}Content-Length: 12\r\n\r\n{"evil":true}`

const ca = authority({ after })
const overTls = {
  services: { products: { tls: ca.sign(['DNS:localhost']) } },
  config: { services: { products: { ca_file: ca.caFile } } },
  urlOf: { products: url => url.replace('127.0.0.1', 'localhost') },
}

// An answer of so many bytes, head and all: { raw, json }.
function answerOf(bytes) {
  const head = length => `${ok}Content-Length: ${length}\r\n\r\n`
  const length = bytes - head(bytes).length
  const json = { a: 'x'.repeat(length - '{"a":""}'.length) }
  const raw = `${head(length)}${JSON.stringify(json)}`
  assert.equal(raw.length, bytes)
  return { raw, json }
}

describe('a connection to a service', { concurrency: 4 }, () => {
  test('is used again', async t => {
    const { get, asked } = await hostileUsers(t, [good, good, good], oneWorker)
    for (const id of [0, 1, 2]) assertUser(await get(`/api/dashboard/${id}`), user)

    const used = asked('users').map(({ connection }) => connection)
    assert.deepEqual(used, Array(3).fill(used[0]))
  })

  for (const [why, row] of [
    ['the service says close', { text: user, headers: { connection: 'close' } }],
    ['bytes follow the answer', { raw: `${whole}x` }],
    ['another answer follows the answer', { raw: `${whole}${poison}` }],
    ['a body follows 204', { raw: `HTTP/1.1 204 No Content\r\n\r\n${poison}` }],
    ['it is HTTP/1.0', { raw: `HTTP/1.0 200 OK\r\nContent-Length: 7\r\n\r\n${user}` }],
  ]) {
    test(`is not used again when ${why}`, async t => {
      const { get, asked } = await hostileUsers(t, [row, good], oneWorker)
      assertUser(await get('/api/dashboard/0'), [user, 'null'])
      await asked('users')[0].gone
      assertUser(await get('/api/dashboard/1'), user)

      const [first, second] = asked('users')
      assert.notEqual(first.connection, second.connection)
    })
  }

  // Nine products, eight at a time: the ninth is asked for the moment that the first has come.
  for (const [what, bytes, isTls] of [
    ['a long answer', 40_000], ['an answer that fills the first read', 16 * 1024],
    ['a record of TLS', 16 * 1024, true],
  ]) {
    test(`is not used again at once when another answer follows ${what}`, async t => {
      const items = Array.from({ length: 9 }, (_, i) => ({ productId: `p${i}` }))
      const ninth = gate()
      const { raw, json } = answerOf(bytes)
      const answers = { '/products/p0': { raw: `${raw}${poison}` }, '/products/p8': good }
      const { get, asked } = await scenario(t, 'web', {
        'orders *': { json: { items } },
        'products *': ({ url }) => {
          if (url === '/products/p8') ninth.open()
          return answers[url] ?? { ...good, until: ninth.opened }
        },
      }, { ...oneWorker, ...(isTls ? overTls : {}) })
      const { body } = await get('/api/checkout/1')

      assert.deepEqual(body.products, [json, ...Array(8).fill(JSON.parse(user))])
      assert.equal(new Set(asked('products').map(({ connection }) => connection)).size, 9)
    })
  }

  test('is given up when bytes come that nobody asked for', async t => {
    const { get, asked } = await hostileUsers(t, [good, good], oneWorker)
    assertUser(await get('/api/dashboard/0'), user)
    const [{ socket, gone }] = asked('users')
    socket.write(poison)
    await gone

    assertUser(await get('/api/dashboard/1'), user)
  })

  for (const [how, end] of [
    ['closed', socket => socket.destroy()], ['reset', socket => socket.reset()],
  ]) {
    test(`that is ${how} as the next request comes costs only a second try`, async t => {
      const fickle = { send: ({ socket }) => end(socket) }
      const { get, asked } = await hostileUsers(t, [good, [fickle, good]], oneWorker)
      assertUser(await get('/api/dashboard/0'), user)
      assertUser(await get('/api/dashboard/1'), user)

      const [first, second, third] = asked('users').map(({ connection }) => connection)
      assert.equal(first, second)
      assert.notEqual(second, third)
    })
  }

  test('that is closed when it was fresh is not tried again', async t => {
    const { get, asked } = await hostileUsers(t, [{ send: ({ socket }) => socket.destroy() }])
    assertUser(await get('/api/dashboard/0'), 'reset')
    assert.equal(asked('users').length, 1)
  })

  test('that is closed after a byte of the answer is not tried again', async t => {
    const row = { send: ({ socket }) => socket.end('H') }
    const { get, asked } = await hostileUsers(t, [good, row], oneWorker)
    assertUser(await get('/api/dashboard/0'), user)
    assertUser(await get('/api/dashboard/1'), 'reset')
    assert.equal(asked('users').length, 2)
  })

  test('may answer before it was asked, and nothing breaks', async t => {
    const answer = socket => socket.on('error', () => undefined).resume().end(whole)
    const hasty = net.createServer(answer)
    hasty.listen(0, '127.0.0.1')
    await once(hasty, 'listening')
    t.after(() => hasty.close())
    const env = { USERS_URL: `http://127.0.0.1:${hasty.address().port}` }
    const { get } = await hostileUsers(t, [], { env })
    for (const id of [0, 1, 2])
      assertUser(await get(`/api/dashboard/${id}`), [user, 'bad_http', 'reset'])
  })

  test('many at once, each with its own answer', async t => {
    const rows = Array.from({ length: 200 }, (_, i) => ({ json: { i } }))
    const { get } = await hostileUsers(t, rows)
    await inParallel(8, rows, async ({ json }, i) =>
      assertUser(await get(`/api/dashboard/${i}`), JSON.stringify(json)))
  })
})
