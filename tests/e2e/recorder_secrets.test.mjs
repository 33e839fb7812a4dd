// The flight recorder shows no secret: whatever clients and services send, none of it is in what the
// pages of the recorder answer.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ask } from './lib/client.mjs'
import { asOperator } from './lib/operator.mjs'
import { recorded } from './lib/recorder.mjs'
import { user } from './lib/samples.mjs'
import { tokenFor } from './lib/token.mjs'

const json = { 'content-type': 'application/json' }
const encoded = text => encodeURIComponent(text)

// Each is a text that must not come out. "tame" is in all of them, and in nothing else.
let count = 0
const secret = kind => `tame-${kind}-${++count}`
const secrets = []
const kept = kind => {
  secrets.push(secret(kind))
  return secrets.at(-1)
}
const jwt = () => {
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'HS256', kid: kept('kid') })}.${part({ sub: kept('sub') })}.${kept('signature')}`
  secrets.push(token, ...token.split('.'))
  return token
}

// JSON with a secret under each name that is redacted, at some depth, and in texts.
const nest = () => ({
  id: 'x', Password: kept('password'), 'pass_word': kept('underscore'), nested: [{ access_token: kept('member'),
    deep: { refreshToken: { anything: [kept('object')] }, cvv: 12345678901234, IBAN: kept('iban'), Email: kept('mail') } }],
  url: `https://x.example/a?b=1&sid=${kept('url')}`, jwt: `a ${jwt()} b`, header: `Authorization: Basic ${kept('basic')}`,
  text: JSON.stringify({ 'client-secret': kept('escaped') }), bearer: `Bearer ${kept('bearer')}`, session: [kept('list')],
})

const raw = () => `{"pass\\u0077ord":"${kept('name')}","a":{"to\\u006ben":["${kept('escape')}"]},"x":"${'\\u0065'}${jwt().slice(1)}"}`

async function fill({ get, url }) {
  const headers = { ...json, cookie: `sid=${kept('cookie')}; other=${kept('other')}`, 'x-api-key': kept('key'),
    'x-csrf-token': kept('csrf'), authorization: `Bearer ${jwt()}` }
  const post = (where, body, more) => ask(url, where, { method: 'POST', headers: { ...headers, ...more }, body })
  const answers = [
    await get(`/api/dashboard/u1?token=${kept('query')}&access%5Ftoken=${kept('encoded')}`, { headers: { cookie: headers.cookie } }),
    await get(`/api/users/${jwt()}/x;sid=${kept('matrix')}?to=${encoded(`/a?code=${kept('inner')}`)}`, { headers }),
    await get(`/api/users/names?user[password]=${kept('bracket')}&user%5Btoken%5D=${kept('brackets')}`, { headers }),
    await get('/api/users/raw', { headers }),
    await get('/api/users/lines', { headers }),
    await get('/api/users/form', { headers }),
    await post('/api/users/login', JSON.stringify(nest())),
    await post('/api/users/form', `password=${kept('form')}`, { 'content-type': 'application/x-www-form-urlencoded' }),
    await get(`/nothing/${jwt()}?password=${kept('missed')}`, { headers: { 'x-request-id': jwt() } }),
  ]
  return answers.map(({ status }) => status)
}

test('nothing that the recorder shows has a secret', async t => {
  const send = (type, body) => ({ send: ({ res }) =>
    res.writeHead(200, { 'content-type': type, 'set-cookie': `sid=${kept('setcookie')}`, 'x-token': kept('header') }).end(body) })
  const scene = await recorded(t, 'web', {
    'users /users/u1': { json: { ...user('u1'), ...nest() } },
    'users /users/raw': send('application/json', raw()),
    'users /users/lines': send('text/event-stream', `data: ${JSON.stringify(nest())}\n\ndata: {"token":"${kept('line')}"}\n\n`),
    'users /users/form': send('text/plain', `a=1&secret=${kept('text')}&b=2\ncookie: a=${kept('line')}; b=${kept('line')}\n`),
    'users POST /users/form': send('application/json', JSON.stringify(nest())),
    'users *': send('application/json', JSON.stringify(nest())),
    'orders *': { json: [nest()] }, 'recommendations *': { json: [] }, 'notifications *': { status: 500, json: nest() },
  }, { config: { routes: [{ path: '/api/users/', service: 'users', to: '/users/', access: 'public' }] },
    recorder: { redact: ['email', 'x_y'], requests: 50 } })
  const statuses = await fill(scene)
  const list = await scene.requests(statuses.length)
  assert.deepEqual(list.map(({ status }) => status), statuses)
  assert.ok(statuses.filter(status => status === 200).length >= 7, `${statuses}`)

  const shown = []
  for (const where of ['requests', ...list.flatMap(({ number }) => [`requests/${number}`, `requests/${number}/fixture`])]) {
    const { status, text, headers } = await ask(scene.server.ready.admin, `/__bff/${where}`, { headers: asOperator })
    assert.equal(status, 200)
    JSON.parse(text) // it is JSON, whatever was replaced
    shown.push({ where, text: text + JSON.stringify(headers) })
  }
  secrets.push('12345678901234', tokenFor())
  for (const { where, text } of shown)
    for (const one of secrets) assert.ok(!text.includes(one), `${where} has ${one}`)
  const all = shown.map(({ text }) => text).join('')
  assert.doesNotMatch(all, /tame/)
  assert.ok(all.split('[redacted]').length > 60, 'secrets were there, and were replaced')
})
