// Reload: the configuration and its files are read again while the server runs.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { admin, asOperator } from './lib/operator.mjs'
import { assertDone, reloadable } from './lib/reloading.mjs'
import { demo } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { jwt, now } from './lib/token.mjs'
import { eventually, gate } from './lib/wait.mjs'

const route = (path, more) => ({ path, service: 'users', to: '/users/', access: 'public', ...more })
const plan = { 'users *': { json: { id: 1 } } }
const stage = (t, { config = {}, ...options } = {}) =>
  reloadable(t, plan, { config: { routes: [route('/a/')], ...config }, ...options })

describe('a reload', { concurrency: 2 }, () => {
  test('uses new settings for the next request, by SIGHUP and by POST', async t => {
    const { get, change, hup, post, server } = await stage(t)
    change(settings => { settings.routes = [route('/b/')] })
    assertDone(await hup())
    assert.deepEqual([(await get('/a/1')).status, (await get('/b/1')).status], [404, 200])
    change(settings => { settings.routes = [route('/c/')] })
    const { status, body } = await post()
    assert.deepEqual([status, body], [200, { generation: 3, warnings: [], restart: [] }])
    assert.equal((await get('/c/1')).status, 200)
    assert.equal(server.lines().filter(({ event }) => event === 'ready').length, 1)
  })

  test('with a mistake leaves the old configuration serving, and says it as --check does', async t => {
    const { get, change, hup, post, file } = await stage(t)
    change(() => 'login: off\nroutes: []\nlistten: 1\nworkers: many\n')
    const lines = [`${file}:3:1: listten: unknown setting; did you mean "listen"?`,
      `${file}:4:10: workers: "many": expected auto or a whole number`]
    const logged = await hup()
    assert.deepEqual(logged.slice(0, -1).map(({ state, message }) => [state, message]),
      lines.map(line => ['mistake', line]))
    assert.equal(logged.at(-1).state, 'failed')
    assert.equal(logged.at(-1).generation, 1)
    const { status, body } = await post()
    assert.equal(status, 422)
    assert.deepEqual(Object.keys(body), ['error', 'mistakes', 'requestId'])
    assert.deepEqual(body.mistakes, lines)
    assert.equal((await get('/a/1')).status, 200)
  })

  test('says what needs a restart, and changes the rest', async t => {
    const { get, change, post, server } = await stage(t, { config: { workers: 1 } })
    change(settings => ({ ...settings, workers: 2, routes: [route('/b/')], admin: undefined,
      io_uring: settings.io_uring === false }))
    const { status, body } = await post()
    assert.equal(status, 200)
    assert.deepEqual(body.restart, ['workers: the change needs a restart; 1 go on',
      'io_uring: the change needs a restart',
      `admin.listen: the change needs a restart; ${server.ready.admin} goes on`])
    assert.equal((await get('/b/1')).status, 200)
    assert.equal((await post()).status, 403) // the listener stays, and no token is good any more
  })

  test('reads keys again, and repeats the warnings', async t => {
    const { file, server, get, hup, change } = await stage(t, { env: { JWT_SECRET: undefined } })
    const secretFile = `${file}.secret`
    const [one, two] = ['the first of two secrets of a test', 'the second of two secrets of a test']
    const asked = async key => (await get('/a/1', { as: null, headers: { authorization:
      `Bearer ${jwt({ alg: 'HS256', typ: 'JWT' }, { sub: 'u1', exp: now() + 99 }, key)}` } })).status
    const warned = () => server.lines().filter(({ event }) => event === 'warning').length
    writeFileSync(secretFile, one, { mode: 0o644 })
    change(settings => ({ ...settings, routes: [route('/a/', { access: 'signed-in' })],
      login: { algorithms: ['HS256'], secret_file: secretFile } }))
    assertDone(await hup())
    assert.deepEqual([await asked(one), await asked(two)], [200, 403])
    writeFileSync(secretFile, two)
    assertDone(await hup())
    assert.deepEqual([await asked(one), await asked(two)], [403, 200])
    await eventually(() => warned() === 2, 'the warning of each reload')
  })

  test('keeps what is counted and what is stored', async t => {
    const rate_limits = [{ name: 'few', path: '/a/', key: 'ip', max: 2, window: '10m' }]
    const { get, hup, change, asked, server } = await stage(t, { config: { rate_limits, cache: {},
      routes: [route('/a/'), route('/c/', { cache: { ttl: '60s' } })] } })
    const noToken = { as: null } // it is a part of the key, and each second has another one
    for (const path of ['/a/1', '/c/1']) assert.equal((await get(path, noToken)).status, 200)
    change(settings => { settings.routes.push(route('/b/')) })
    assertDone(await hup())
    for (const path of ['/a/1', '/c/1']) assert.equal((await get(path, noToken)).status, 200)
    assert.equal((await get('/a/1')).status, 429)
    assert.equal(asked('users').length, 3, JSON.stringify(server.lines()))
  })

  test('that is asked for during a reload reads the files after its request', async t => {
    const { get, change, post } = await stage(t)
    const answers = []
    for (let i = 0; i < 20; i++) {
      change(settings => { settings.routes = [route(`/r${i}/`)] })
      answers.push(post())
    }
    const all = await Promise.all(answers)
    assert.deepEqual(all.map(({ status }) => status), all.map(() => 200))
    assert.equal((await get('/r19/1')).status, 200)
  })

  test('does not hold up a request that has begun', async t => {
    const door = gate()
    const { get, change, hup, arrival } = await reloadable(t,
      { 'users *': { json: { id: 1 }, until: door.opened } }, { config: { routes: [route('/a/')] } })
    const answer = get('/a/1')
    await arrival('users')
    change(settings => { settings.routes = [] })
    assertDone(await hup())
    door.open()
    assert.equal((await answer).status, 200)
  })

  test('is harmless when it is asked for often, and during the drain', async t => {
    const { server, more, reloads } = await stage(t)
    await more(() => { for (let i = 0; i < 5; i++) server.child.kill('SIGHUP') })
    assert.ok(reloads().every(({ state }) => state === 'done'))
    server.child.kill('SIGTERM')
    for (let i = 0; i < 5; i++) server.child.kill('SIGHUP')
    await assertEnd(server)
  })
})

test('in mock mode, the mock services and their tokens stay', async t => {
  const { server, get } = await demo(t, 'web', { config: { admin } })
  const { text } = await get('/api/users/u7')
  const { status } = await ask(server.ready.admin, '/reload', { method: 'POST', headers: asOperator })
  assert.equal(status, 200)
  await eventually(() => server.lines().some(({ state }) => state === 'done'), 'the event')
  assert.equal((await get('/api/users/u7')).text, text)
})
