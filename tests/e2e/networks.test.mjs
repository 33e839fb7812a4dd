// Routes for some networks only, by the address of the client itself.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { echo } from './lib/reply.mjs'
import { configFile, scenario } from './lib/scenario.mjs'
import { command } from './lib/server.mjs'
import { eventually } from './lib/wait.mjs'

const trusted_proxies = ['127.0.0.1']
const route = rule => ({ path: '/a', service: 'users', access: 'public', ...rule })
const stage = (t, rule, config = { trusted_proxies }) => scenario(t, 'web', { 'users *': echo },
  { config: { ...config, routes: [route(rule), { path: '/b', service: 'users', access: 'public' }] } })

// [allow, deny, the client, whether it is admitted]
const rows = [
  [['10.0.0.0/8'], undefined, '10.1.2.3', true],
  [['10.0.0.0/8'], undefined, '11.1.2.3', false],
  [['10.0.0.0/8'], ['10.9.0.0/16'], '10.9.0.1', false],
  [['10.0.0.0/8'], ['10.9.0.0/16'], '10.8.0.1', true],
  [['10.9.0.1'], ['10.0.0.0/8'], '10.9.0.1', false],
  [undefined, ['10.0.0.0/8'], '10.1.2.3', false],
  [undefined, ['10.0.0.0/8'], '192.0.2.1', true],
  [['10.0.0.0/8'], undefined, '::ffff:10.1.2.3', true],
  [undefined, ['10.0.0.0/8'], '::ffff:10.1.2.3', false],
  [['2001:db8::/32'], undefined, '2001:DB8:0:1::7', true],
  [['2001:db8::/32'], undefined, '10.1.2.3', false],
  [['10.0.0.0/8', '2001:db8::/32'], undefined, '2001:db8::1', true],
]

for (const [allow, deny, client, isAdmitted] of rows)
  test(`allow ${allow}, deny ${deny}: ${client} is ${isAdmitted ? 'admitted' : 'refused'}`, async t => {
    const { get } = await stage(t, { allow, deny })
    const { status, body } = await get('/a', { headers: { 'x-forwarded-for': client }, as: null })
    assert.equal(status, isAdmitted ? 200 : 403)
    if (!isAdmitted)
      assert.equal(body.error, 'Forbidden')
    assert.equal((await get('/b', { headers: { 'x-forwarded-for': client }, as: null })).status, 200)
  })

describe('the address', () => {
  test('is that of the connection when no trusted proxy says another', async t => {
    const { get, asked } = await stage(t, { allow: ['10.0.0.0/8'] }, {})
    assert.equal((await get('/a', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status, 403)
    assert.equal(asked().length, 0)
  })

  test('decides before a token is looked at, and a refused request is in the log', async t => {
    const { get, server } = await stage(t, { allow: ['10.0.0.0/8'], access: 'role:admin' })
    const { status, body } = await get('/a', { as: null, headers: { authorization: 'Bearer x' } })
    assert.deepEqual({ status, error: body.error }, { status: 403, error: 'Forbidden' })
    const line = () => server.lines().find(({ event }) => event === 'request')
    await eventually(() => line() !== undefined, 'its line')
    assert.deepEqual({ status: line().status, login: line().login }, { status: 403, login: undefined })
  })

  test('counts for every spelling of the path', async t => {
    const { get } = await stage(t, { path: '/api/secret/', allow: ['10.0.0.0/8'] })
    for (const path of ['/api/secret/x', '/api/%73ecret/x', '/api/b/../secret/x', '/api/secret/%2e/x'])
      assert.equal((await get(path)).status, 403, path)
  })
})

for (const [why, rule, message] of [
  ['an empty list', { allow: [] }, /routes\[0\]\.allow: .*1 to 64/],
  ['bits after the prefix', { deny: ['10.0.0.1/8'] }, /routes\[0\]\.deny: .*another network/],
  ['a name', { allow: ['intranet.example'] }, /routes\[0\]\.allow: .*IP address/],
])
  test(`${why} is a mistake`, async t => {
    const file = configFile(t, { routes: [route(rule)] })
    const { code, stderr } = await command('web', ['--config', file, '--check'])
    assert.equal(code, 2)
    assert.match(stderr, message)
  })
