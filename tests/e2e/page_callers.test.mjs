// Who asks a page: what services get of a session, what they may set, and whose stored answers a key has.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { clock } from './lib/clock.mjs'
import { scenario, scratch } from './lib/scenario.mjs'
import { browser, loginOf, settings, signIn } from './lib/sessions.mjs'

const json = { 'content-type': 'application/json' }
const where = '/api/guest'
const post = (key, headers) => ({ method: 'POST', as: null, headers: { 'idempotency-key': key, ...headers } })
const orders = { 'orders /orders': { json: { id: 'o1' }, status: 201 } }
const digest = text => createHash('sha256').update(text).digest('hex')

describe('a page for a browser with a session', { concurrency: 2 }, () => {
  const scene = async (t, answer) => {
    const login = loginOf()
    const stage = await scenario(t, 'keys', { 'users /auth/login': login.row, 'orders /orders': answer },
      { env: clock(t).env, config: { ...settings(), routes: [{ path: '/api/auth/', service: 'users', to: '/auth/', access: 'public' }] } })
    const client = browser(stage)
    await signIn(client)
    return { ...stage, client, token: login.token }
  }

  test('passes the token of the session on, and no cookie of this server', async t => {
    const { client, asked, token } = await scene(t, orders['orders /orders'])
    const cookie = `a=1; ${client.field()}; b=2`
    const options = { method: 'POST', headers: { authorization: 'Bearer of-anybody' } }
    assert.equal((await client.ask(where, { ...options, headers: { ...options.headers, cookie } })).status, 200)
    assert.equal((await client.ask(where, options)).status, 200)
    const [first, second] = asked('orders').map(({ headers }) => headers)
    assert.deepEqual([first.authorization, second.authorization], Array(2).fill(`Bearer ${token}`))
    assert.equal(first.cookie, 'a=1; b=2')
    assert.equal(second.cookie, undefined)
  })

  test('passes no Set-Cookie on that would give it another session', async t => {
    const others = ['__Host-bffx=a', 'basket=7; Path=/']
    const mine = ['__Host-bff=x; Secure; Path=/', ' __Host-bff-2 =x', '=__Host-bff']
    const { client } = await scene(t, { status: 201, headers: { ...json, 'set-cookie': [...mine, ...others] },
      text: '{}' })
    const answer = await client.ask(where, { method: 'POST' })
    assert.deepEqual(answer.headers['set-cookie'], others)
  })
})

describe('a stored answer', { concurrency: 2 }, () => {
  const assertOthers = async (t, config, one, other) => {
    const { get, asked } = await scenario(t, 'keys', orders, { config, env: clock(t).env })
    const first = await get(where, post('k1', one))
    assert.equal(first.status, 200, first.text)
    const again = await get(where, post('k1', one))
    assert.equal(again.headers['idempotency-replayed'], 'true')
    assert.equal((await get(where, post('k1', other))).status, 422)
    assert.equal(asked('orders').length, 1)
  }

  test('is not for another one who has the same API key', async t => {
    const file = path.join(scratch(t), 'keys.json')
    writeFileSync(file, JSON.stringify([{ name: 'bot', sha256: digest('key-of-bot'), user: 'u1' }]))
    await assertOthers(t, { login: 'off', api_keys: { file } },
      { 'x-api-key': 'key-of-bot', authorization: 'Bearer of-a' },
      { 'x-api-key': 'key-of-bot', authorization: 'Bearer of-b' })
  })

  test('is not for another one whom a cookie names', async t => {
    await assertOthers(t, { login: 'off' }, { cookie: 'guest=a' }, { cookie: 'guest=b' })
  })
})
