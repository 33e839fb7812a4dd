// The mock services record the answers of real ones as a scenario, without secrets.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { startOddService } from './lib/odd_service.mjs'
import { scratch } from './lib/scenario.mjs'
import { command, fixtures, startServer } from './lib/server.mjs'
import { eventually } from './lib/wait.mjs'

// { server, get, skipped, stop }, whose reviews service records what the real one answers.
async function recording(t, dir, real, args = []) {
  const server = await startServer('mock', ['--data', fixtures, '--port', '0', '--real',
    `reviews=${real.url}`, '--record', dir, ...args])
  t.after(() => server.stop())
  const get = (where, options) => ask(server.ready.services.reviews, where, options)
  return { server, get, stop: server.stop,
    state: async () => (await get('/__mock/recording')).body.recordings }
}

const fileOf = (dir, name = 'recorded') => path.join(dir, 'scenarios', `${name}.json`)
const rowsOf = (dir, name) => JSON.parse(readFileSync(fileOf(dir, name), 'utf8')).answers
const withoutDelay = ({ delay, ...row }) => {
  assert.match(delay, /^\d+ms$/)
  return row
}

describe('recording', { concurrency: 4 }, () => {
  test('a row for each method, target and status, with its body and few fields', async t => {
    const [dir, real] = [scratch(t), await startOddService(t)]
    const { get, stop } = await recording(t, dir, real)
    for (const id of ['r999', 'r999', 'missing', 'strings', 'empty', ':a/*'])
      await get(`/reviews/${id}`)
    await get('/reviews/r999/votes?b=%20&c', { method: 'POST', body: '{"secret-request":1}' })
    await stop()
    const row = { service: 'reviews', method: 'GET' }
    assert.deepEqual(rowsOf(dir).map(withoutDelay), [
      { service: 'reviews', method: 'POST', target: '/reviews/r999/votes?b=%20&c', status: 201,
        headers: { location: '/reviews/new' }, body: { id: 'new', by: 'POST' } },
      { ...row, target: '/reviews/r999', status: 200, body: { id: 'r999', stars: 4 } },
      { ...row, target: '/reviews/missing', status: 404, body: { error: 'No such review' } },
      { ...row, target: '/reviews/strings', status: 200,
        headers: { 'content-type': 'application/vnd.shop+json; charset=utf-8' },
        body: { id: 'strings', 'a/b': '😀 \0', n: 19.9 } },
      { ...row, target: '/reviews/empty', status: 204, text: '' },
      { ...row, target: '/reviews/%3Aa/%2A', status: 200, body: { id: ':a/*', stars: 4 } },
    ])
    assert.ok(readFileSync(fileOf(dir), 'utf8').includes('"n":19.90'))
  })

  test('no secret is in any file', async t => {
    const [dir, real] = [scratch(t), await startOddService(t)]
    const { get, stop } = await recording(t, dir, real, ['--redact', 'email, note'])
    const headers = { authorization: 'Bearer secret-request', cookie: 'a=secret-cookie' }
    const { body } = await get('/reviews/secrets?access-token=secret-query&b=1', { headers })
    assert.equal(body.password, 'secret-password', 'the client gets all of it')
    await stop()
    const [{ target, headers: kept, body: kept_body }] = rowsOf(dir)
    assert.deepEqual([target, kept], ['/reviews/secrets?access-token=*&b=1', undefined])
    assert.deepEqual(kept_body, { id: 'secrets', password: '[redacted]',
      author: { email: '[redacted]', access_token: '[redacted]', name: 'Ada' },
      list: [{ apiKey: '[redacted]' }, { note: '[redacted]', token: '[redacted]' }] })
    for (const file of readdirSync(dir, { recursive: true, withFileTypes: true }))
      if (file.isFile())
        assert.doesNotMatch(readFileSync(path.join(file.path, file.name), 'utf8'), /secret-|Bearer/)
  })

  test('what is left out is counted', async t => {
    const [dir, real] = [scratch(t), await startOddService(t)]
    const { get, state } = await recording(t, dir, real)
    for (const id of ['text', 'broken', 'failing', 'large', 'cut', 'a?1&2&3&4&5&6&7&8&9'])
      await get(`/reviews/${id}`).catch(() => 'the test cannot read it')
    await get('/reviews/r999', { method: 'HEAD' })
    assert.deepEqual(await state(), [{ file: fileOf(dir), answers: 0, error: null, skipped: {
      status: 2, noJson: 2, large: 1, target: 1, full: 0 } }])
  })

  test('a later run continues the file, and the last status comes first', async t => {
    const [dir, real] = [scratch(t), await startOddService(t)]
    const first = await recording(t, dir, real, ['--record-name', 'evening'])
    for (const id of ['r1000', 'missing', 'r1001']) await first.get(`/reviews/${id}`)
    await first.stop()
    const text = readFileSync(fileOf(dir, 'evening'), 'utf8').replace('missing', 'r1002')
    writeFileSync(fileOf(dir, 'evening'), text)
    const second = await recording(t, dir, real, ['--record-name', 'evening'])
    await second.get('/reviews/r1002')
    await second.stop()
    assert.deepEqual(rowsOf(dir, 'evening').map(({ target, status }) => [target, status]), [
      ['/reviews/r1000', 200], ['/reviews/r1002', 200], ['/reviews/r1002', 404],
      ['/reviews/r1001', 200]])
  })

  // The data of the mock services, and scenarios of its own.
  const copyOf = t => {
    const dir = scratch(t)
    symlinkSync(path.join(fixtures, 'data'), path.join(dir, 'data'))
    return dir
  }
  const asked = ['r999', 'missing', 'strings', 'template', 'empty', 'secrets?token=a', ':a/*',
    'r998?a=1', 'r998', 'r998?a=1&b=2']
  const answersOf = async (get, headers) => {
    const answers = []
    for (const id of asked) {
      const { status, body, headers: { 'content-type': type } } =
        await get(`/reviews/${id}`, { headers })
      answers.push({ status, body, type })
    }
    const { status, body, headers: { location } } =
      await get('/reviews/r1/votes', { method: 'POST', body: '{}', headers })
    return [...answers, { status, body, location }]
  }

  test('a recording replays without the real service', async t => {
    const [dir, real] = [copyOf(t), await startOddService(t)]
    const first = await recording(t, dir, real)
    const recorded = await answersOf(first.get)
    await first.stop()
    real.close()
    const server = await startServer('mock', ['--data', dir, '--port', '0'])
    t.after(() => server.stop())
    const replay = (where, options) => ask(server.ready.services.reviews, where, options)
    const replayed = await answersOf(replay, { 'x-mock-scenario': 'recorded' })
    const secrets = recorded[asked.indexOf('secrets?token=a')]
    assert.equal(secrets.body.password, 'secret-password')
    Object.assign(secrets.body, { password: '[redacted]' })
    Object.assign(secrets.body.author, { access_token: '[redacted]' })
    secrets.body.list = [{ apiKey: '[redacted]' }, { note: null, token: '[redacted]' }]
    assert.deepEqual(replayed, recorded)
  })

  test('a scenario says which service is real, and records it', async t => {
    const [dir, real] = [copyOf(t), await startOddService(t)]
    mkdirSync(path.join(dir, 'scenarios'))
    writeFileSync(path.join(dir, 'scenarios', 'mixed.yaml'), `redact: [stars]
services: { reviews: { proxy: "${real.url}", record: true } }
answers: [{ service: reviews, target: /reviews/r997, body: { id: ours } }]
`)
    writeFileSync(path.join(dir, 'scenarios', 'first.yaml'),
      `services: { reviews: { proxy: "${real.url}", proxy_first: true } }\n`)
    const server = await startServer('mock', ['--data', dir, '--port', '0'])
    t.after(() => server.stop())
    const get = async (where, scenario) => (await ask(server.ready.services.reviews, where,
      { headers: { 'x-mock-scenario': scenario } })).body
    assert.deepEqual(await get('/reviews/r997', 'mixed'), { id: 'ours' })
    assert.deepEqual(await get('/reviews/r999', 'mixed'), { id: 'r999', stars: 4 })
    assert.equal((await get('/reviews/r999', 'none')).error, 'Not found')
    assert.deepEqual(await get('/reviews/rev1', 'first'), { id: 'rev1', stars: 4 })
    real.close()
    assert.notEqual((await get('/reviews?productId=p1', 'first')).length, 0)
    await server.stop()
    assert.deepEqual(readdirSync(path.join(dir, 'scenarios')).sort(),
      ['first.yaml', 'mixed-recorded.json', 'mixed.yaml'])
    assert.deepEqual(rowsOf(dir, 'mixed-recorded').map(({ body }) => body),
      [{ id: 'r999', stars: '[redacted]' }])
  })

  test('a recording of a scenario that cannot be written is a fault that says so', async t => {
    const [dir, real] = [copyOf(t), await startOddService(t)]
    mkdirSync(path.join(dir, 'scenarios'))
    writeFileSync(path.join(dir, 'scenarios', 'mine-recorded.json'), '{"seed":1}')
    writeFileSync(path.join(dir, 'scenarios', 'mine.yaml'),
      `services: { reviews: { proxy: "${real.url}", record: true } }\n`)
    const server = await startServer('mock', ['--data', dir, '--port', '0'])
    t.after(() => server.stop())
    const { status, body } = await ask(server.ready.services.reviews, '/reviews/r999',
      { headers: { 'x-mock-scenario': 'mine' } })
    assert.equal(status, 500)
    assert.match(body.error, /mine-recorded.json: cannot be continued as a recording: it has a member/)
  })

  test('bff-web --mock records what its pages ask for, and replays it', async t => {
    const [dir, real] = [copyOf(t), await startOddService(t)]
    const start = async env => {
      const server = await startServer('web', ['--mock', dir, '--listen', '127.0.0.1:0'],
        { JWT_SECRET: undefined, ...env })
      t.after(() => server.stop())
      const login = await ask(server.url, '/api/auth/login', { method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"email":"giorgos.p@mail.example","password":"giorgos-rules"}' })
      return { server, get: (where, headers) =>
        ask(server.url, where, { token: login.body.token, headers }) }
    }
    const first = await start({ MOCK_REAL: `users=${real.url}`, MOCK_RECORD: dir })
    const { status, body } = await first.get('/api/users/r999')
    assert.deepEqual([status, body], [200, { id: 'r999', stars: 4 }])
    assert.equal(real.asked[0].headers['x-user-id'], 'u7')
    await first.server.stop()
    real.close()
    const second = await start({})
    const replayed = await second.get('/api/users/r999', { 'x-mock-scenario': 'recorded' })
    assert.deepEqual(replayed.body, body)
    assert.equal((await second.get('/api/users/r999')).status, 404)
  })

  test('the file is whole at any time, and is written without an end of the mocks', async t => {
    const [dir, real] = [scratch(t), await startOddService(t)]
    const { get } = await recording(t, dir, real)
    const ids = Array.from({ length: 50 }, (_, i) => `r9${i}`)
    const answers = Promise.all(ids.map(id => get(`/reviews/${id}`)))
    await eventually(() => rowsOf(dir).length === 50, 'all rows in the file')
    assert.deepEqual((await answers).map(({ body }) => body.id), ids)
    assert.deepEqual(rowsOf(dir).map(({ body }) => body.id).sort(), [...ids].sort())
    assert.deepEqual(readdirSync(path.join(dir, 'scenarios')), ['recorded.json'])
  })

  test('what could be lost is not written over', async t => {
    const dir = scratch(t)
    const start = (...args) => command('mock', ['--data', fixtures, '--port', '0', '--record', ...args])
    mkdirSync(path.join(dir, 'scenarios'))
    const files = {
      'it is no JSON': 'about: mine\n',
      'it has a member that no recording has': '{"delay":"1s","answers":[]}',
      'an answer has a member that no recording has': '{"answers":[{"service":"a","fate":"reset"}]}',
      'an answer has no service, method, target or status': '{"answers":[{"service":"a"}]}',
    }
    for (const [why, text] of Object.entries(files)) {
      writeFileSync(fileOf(dir), text)
      const { code, stderr } = await start(dir)
      assert.deepEqual([code, stderr],
        [1, `bff-mock: ${fileOf(dir)}: cannot be continued as a recording: ${why}\n`])
      assert.equal(readFileSync(fileOf(dir), 'utf8'), text)
    }
    for (const name of ['../a', '.a', 'a/b', 'a'.repeat(65)])
      assert.match((await start(dir, '--record-name', name)).stderr, /the name of a recording: /)
    assert.match((await start(path.join(dir, 'no', 'where'))).stderr, /scenarios: No such file/)
  })
})
