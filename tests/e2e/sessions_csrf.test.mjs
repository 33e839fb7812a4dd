// Sessions: what other sites cannot make a browser do.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cookiesOf, credentials, json, sessionScene, signIn } from './lib/sessions.mjs'
import { connectWebsocket, websocketService } from './lib/websocket.mjs'

const where = '/api/users/1'
const refused = { status: 403, error: 'CSRF check failed' }
const brief = ({ status, body }) => ({ status, error: body?.error })
const evil = 'https://evil.example'

const plan = { 'users *': { status: 204 }, 'users /users/1': { status: 204 } }

async function signedIn(t, options) {
  const scene = await sessionScene(t, plan, options)
  const client = scene.browser()
  await signIn(client)
  const send = (method, headers, path = where) => client.ask(path, { method, page: null, headers })
  return { ...scene, client, send }
}

// Each row: method, Origin (true: ours), Sec-Fetch-Site, X-CSRF, and whether it passes.
const rows = [
  ['POST', true, 'same-origin', '1', true],
  ['POST', true, undefined, '1', true],
  ['POST', true, 'same-origin', undefined, false],
  ['POST', undefined, 'same-origin', '1', false],
  ['POST', evil, 'cross-site', '1', false],
  ['POST', 'null', undefined, '1', false],
  ['PUT', true, 'same-origin', '0', false],
  ['DELETE', true, 'same-origin', '1', true],
  ['GET', undefined, 'same-origin', undefined, true],
  ['HEAD', undefined, 'same-origin', undefined, true],
  ['GET', undefined, 'same-site', undefined, false],
  ['GET', undefined, 'cross-site', undefined, false],
  ['GET', undefined, 'none', undefined, false],
  ['GET', undefined, 'cross-site', '1', false],
  ['GET', undefined, undefined, undefined, false],
  ['GET', undefined, undefined, '1', true],
  ['GET', evil, undefined, '1', false],
  ['GET', true, 'cross-site', '1', true],
]

describe('with a session', { concurrency: 2 }, () => {
  test('method x Origin x Sec-Fetch-Site x X-CSRF', async t => {
    const { send, url, asked } = await signedIn(t)
    for (const [method, origin, site, header, passes] of rows) {
      const headers = { origin: origin === true ? url : origin, 'sec-fetch-site': site, 'x-csrf': header }
      for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name]
      const before = asked().length
      const answer = await send(method, headers)
      const why = `${method} ${JSON.stringify(headers)}`
      assert.equal(answer.status, passes ? 204 : 403, why)
      if (method !== 'HEAD' && !passes) assert.deepEqual(brief(answer), refused, why)
      assert.equal(asked().length - before, passes ? 1 : 0, why)
      assert.deepEqual(cookiesOf(answer), [], 'a refusal ends no session')
    }
  })

  test('two Origins, or two X-CSRF, are none', async t => {
    const { client, send, url, bare } = await signedIn(t)
    assert.ok(bare)
    for (const headers of [{ origin: [url, url], 'x-csrf': '1' }, { origin: url, 'x-csrf': ['1', '1'] }])
      assert.deepEqual(brief(await send('POST', headers)), refused)
    assert.equal((await client.ask(where)).status, 204)
  })

  test('only the origins of the settings, when there are some', async t => {
    const origins = ['https://shop.example', 'https://www.shop.example']
    const scene = await sessionScene(t, plan, { session: { origins } })
    const client = scene.browser({ origin: origins[1] })
    await signIn(client)
    assert.equal((await client.ask(where, { method: 'POST' })).status, 204)
    assert.deepEqual(brief(await client.ask(where, { method: 'POST', page: scene.url })), refused)
  })

  test('a link from another site to a public page is answered as for nobody', async t => {
    const { send, asked } = await signedIn(t)
    for (const site of ['cross-site', 'none']) {
      assert.equal((await send('GET', { 'sec-fetch-site': site }, '/api/auth/page')).status, 204)
      const { headers } = asked('users').at(-1)
      assert.deepEqual([headers['x-user-id'], headers.cookie, headers.authorization],
        [undefined, undefined, undefined])
    }
    assert.deepEqual(brief(await send('POST', { origin: evil }, '/api/auth/page')), refused)
  })

  test('logout and the user\'s page belong to our pages', async t => {
    const { client, send, url } = await signedIn(t)
    assert.deepEqual(brief(await send('POST', { origin: evil }, '/bff/logout')), refused)
    assert.deepEqual(brief(await send('POST', { origin: url }, '/bff/logout')), refused)
    assert.deepEqual(brief(await send('GET', { 'sec-fetch-site': 'cross-site' }, '/bff/user')), refused)
    assert.equal((await client.ask('/bff/user')).status, 200)
  })
})

test('a login from another site is refused, and nobody is asked', async t => {
  const scene = await sessionScene(t)
  const ask = headers => scene.browser().ask('/api/auth/login', { ...credentials, page: null,
    headers: { ...json, ...headers } })
  for (const headers of [{}, { origin: evil }, { origin: scene.url }, { 'x-csrf': '1' },
    { origin: evil, 'x-csrf': '1' }])
    assert.deepEqual(brief(await ask(headers)), refused)
  assert.equal(scene.asked().length, 0)
  assert.equal((await ask({ origin: scene.url, 'x-csrf': '1' })).status, 200)
})

test('public routes without a session are as they were', async t => {
  const { get } = await sessionScene(t, plan)
  for (const method of ['GET', 'POST', 'PUT'])
    assert.equal((await get('/api/auth/register', { as: null, method,
      headers: { origin: evil, 'sec-fetch-site': 'cross-site' } })).status, 204)
})

test('a WebSocket needs an Origin that is ours, and no header', async t => {
  const service = await websocketService(t)
  const scene = await sessionScene(t, {}, { config: { routes: [
    { path: '/api/auth/', service: 'users', to: '/auth/', access: 'public' },
    { path: '/api/ws', service: 'orders', access: 'signed-in', upgrade: true }] },
  urlOf: { orders: () => service.url } })
  const client = scene.browser()
  await signIn(client)
  const connect = origin => connectWebsocket(scene.url, '/api/ws', { more:
    `Cookie: ${client.field()}\r\n${origin === undefined ? '' : `Origin: ${origin}\r\n`}` })
  const statuses = []
  for (const origin of ['http://shop.example', 'https://shop.example', evil, undefined, 'null']) {
    const socket = await connect(origin)
    statuses.push(socket.status)
    socket.socket?.destroy()
  }
  assert.deepEqual(statuses, [101, 403, 403, 403, 403])
  const { authorization, cookie } = service.requests[0].headers
  assert.deepEqual([authorization, cookie], [`Bearer ${scene.token}`, undefined])
})
