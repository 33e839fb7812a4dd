// Hostile clients: the server refuses their requests or closes their connections, and serves the
// other clients.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { openAndReset } from './lib/http2_frames.mjs'
import { user } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'
import { signedIn } from './lib/token.mjs'

const empty = { status: 204 }
const plan = {
  'users *': { json: user('u') },
  'orders *': empty, 'recommendations *': empty, 'notifications *': empty,
}
const path = '/api/dashboard/u'
const fields = count => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, '1']))
const lines = headers => Object.entries(headers).map(field => `${field.join(': ')}\r\n`).join('')
const tooLarge = 'Request header fields too large'

async function assertServes({ get }) {
  assert.deepEqual((await get(path)).body.user, user('u'))
}

describe('a head that is too large', { concurrency: 4 }, () => {
  for (const [why, headers] of [
    ['too many fields', fields(120)],
    ['a field too long', { 'x-big': 'x'.repeat(70_000) }],
    ['fields that are too long together', Object.fromEntries(
      Object.keys(fields(50)).map(name => [name, 'x'.repeat(2000)]))],
  ]) {
    test(`${why}, over HTTP/2`, async t => {
      const scene = await scenario(t, 'web', plan)
      const { ask } = await scene.http2({ maxSendHeaderBlockLength: 1_000_000 })
      const res = await ask(path, { headers: { ...headers, 'x-request-id': 'me' } })

      assert.equal(res.status, 431)
      assert.equal(res.body.error, tooLarge)
      assert.equal(scene.asked().length, 0)
      await assertServes(scene)
    })

    test(`${why}, over HTTP/1.1`, async t => {
      const scene = await scenario(t, 'web', plan)
      const answer = await scene.talk(
        `GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n${lines(headers)}\r\n`)

      assert.match(answer, /^HTTP\/1\.1 (400|431) /)
      assert.equal(scene.asked().length, 0)
      await assertServes(scene)
    })
  }

  test('100 fields are not too many', async t => {
    const scene = await scenario(t, 'web', plan)
    const answer = await scene.talk(
      `GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n${lines(fields(97))}\r\n`)
    assert.match(answer, /^HTTP\/1\.1 200 /)
  })
})

describe('HTTP/2 in bad faith', { concurrency: 4 }, () => {
  test('streams that are opened and reset at once start no work', async t => {
    const scene = await scenario(t, 'web', plan)
    await openAndReset(await scene.bare(), path, 2000)
    const calls = scene.asked('users').length
    t.diagnostic(`${calls} calls for 2000 streams`)
    assert.ok(calls < 200) // those whose two frames came in two reads
    await assertServes(scene)
  })

  test('a connection that goes in the middle of many streams takes them along', async t => {
    const hang = { fault: 'hang' }
    const scene = await scenario(t, 'web', { ...plan, 'users /users/hang': hang, 'orders *': hang })
    const { open, session } = await scene.http2()
    for (let i = 0; i < 20; i++) open('/api/dashboard/hang').on('error', () => undefined)
    await scene.arrival('orders', 20)
    session.destroy()
    await Promise.all(scene.asked('orders').map(({ gone }) => gone))
  })
})

describe('requests that two readers could read differently', { concurrency: 4 }, () => {
  for (const [why, head] of [
    ['a field without a name', ': x\r\n'],
    ['a folded field', 'X-A: a\r\n b\r\n'],
    ['a NUL in a field', 'X-A: a\0b\r\n'],
    ['a space before the colon', 'X-A : a\r\n'],
    ['a length that is none', 'Content-Length: +5\r\n'],
    ['an unknown coding', 'Transfer-Encoding: gzip\r\n'],
  ]) {
    test(`${why}: refused`, async t => {
      const scene = await scenario(t, 'web', plan)
      const answer = await scene.talk(
        `GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n${head}\r\n`)
      assert.match(answer, /^HTTP\/1\.1 (400|501) /)
      assert.equal(scene.asked().length, 0)
      await assertServes(scene)
    })
  }

  test('a body that nobody asked for does not become the next request', async t => {
    const scene = await scenario(t, 'web', plan)
    const hidden = 'GET /api/dashboard/hidden HTTP/1.1\r\nHost: a\r\n${signedIn}\r\n'
    const answer = await scene.talk(
      `GET ${path} HTTP/1.1\r\nHost: a\r\n${signedIn}Connection: close\r\n` +
      `Content-Length: ${hidden.length}\r\n\r\n${hidden}`)
    assert.equal(answer.match(/HTTP\/1\.1 /g).length, 1)
    assert.deepEqual(scene.asked('users').map(({ url }) => url), ['/users/u'])
  })
})
