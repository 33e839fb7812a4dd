// A bff-mock that outlives the servers that use it (MOCK_RUNNING), and reads its files again (SIGHUP).
import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

import { ask } from './lib/client.mjs'
import { demo, scratch } from './lib/scenario.mjs'
import { command, fixtures, kill, startServer } from './lib/server.mjs'
import { secret } from './lib/token.mjs'
import { eventually } from './lib/wait.mjs'

const json = { 'content-type': 'application/json' }

async function running(t) {
  const data = path.join(scratch(t), 'fixtures')
  for (const part of ['data', 'scenarios'])
    cpSync(path.join(fixtures, part), path.join(data, part), { recursive: true })
  const mock = await startServer('mock', ['--data', data, '--port', '0'], { JWT_SECRET: secret })
  t.after(() => mock.stop())
  const file = path.join(data, 'ready.json')
  writeFileSync(file, JSON.stringify(mock.ready))
  const outcomes = () => mock.lines().filter(({ event }) => event === 'reload').map(({ state }) => state)
  const renew = async state => {
    const before = outcomes().length
    kill(mock, 'SIGHUP')
    await eventually(() => outcomes().length > before, 'the reload')
    assert.equal(outcomes().at(-1), state, mock.stderr)
  }
  const write = (name, text) => writeFileSync(path.join(data, name), text)
  const get = (service, where, headers) => ask(mock.ready.services[service], where, { headers })
  return { mock, data, file, renew, write, get, urls: mock.ready.services,
    read: name => readFileSync(path.join(data, name), 'utf8') }
}

test('bff-mock reads its files again, and keeps what clients have changed', async t => {
  const { renew, read, write, get, urls } = await running(t)
  const made = await ask(urls.orders, '/orders', { method: 'POST', headers: json,
    body: JSON.stringify({ userId: 'u1', items: [{ productId: 'p1', quantity: 1 }], total: 1 }) })
  assert.equal(made.status, 201, made.text)
  const put = await ask(urls.users, '/__mock/scenario', { method: 'PUT', headers: json,
    body: '{"scenario":{"name":"mine","about":"sent"}}' })
  assert.equal(put.status, 200, put.text)

  write('data/users/u1.json', read('data/users/u1.json').replace('Ada Nowak', 'Ada Lovelace'))
  write('scenarios/new.yaml', 'about: new\n')
  await renew('done')
  assert.equal((await get('users', '/users/u1')).body.name, 'Ada Lovelace')
  assert.equal((await get('orders', `/orders/${made.body.id}`)).status, 200)
  const { current, known } = (await get('users', '/__mock/scenario')).body
  assert.equal(current, 'mine')
  const names = known.map(({ name }) => name)
  for (const name of ['mine', 'new', 'sold-out']) assert.ok(names.includes(name), name)
})

test('a wrong file changes nothing, and is named with its line', async t => {
  const { mock, renew, write, read, get } = await running(t)
  const good = read('data/users/u1.json')
  write('data/users/u1.json', good.replace('"Ada Nowak",', '"Ada Nowak"'))
  await renew('failed')
  assert.match(mock.stderr, /^bff-mock: \S+data\/users\/u1\.json: line 4: not valid JSON\n$/)
  assert.equal((await get('users', '/users/u1')).body.name, 'Ada Nowak')
  mock.stderr = ''

  write('data/users/u1.json', good)
  write('scenarios/new.yaml', 'abuot: new\n')
  await renew('failed')
  assert.match(mock.stderr, /scenarios\/new\.yaml:1/)
  mock.stderr = ''
})

test('requests meanwhile are answered, by the old data or the new', async t => {
  const { renew, write, read, get } = await running(t)
  const statuses = new Set()
  let isOver = false
  const asking = (async () => { while (!isOver) statuses.add((await get('users', '/users')).status) })()
  for (let i = 0; i < 10; i++) {
    write('data/users/u1.json', read('data/users/u1.json').replace(/"Ada[^"]*"/, `"Ada ${i}"`))
    await renew('done')
    assert.equal((await get('users', '/users/u1')).body.name, `Ada ${i}`)
  }
  isOver = true
  await asking
  assert.deepEqual([...statuses], [200])
})

test('two servers use one bff-mock: accounts, orders and the scenario are the same', async t => {
  const { file, urls } = await running(t)
  const env = { MOCK_RUNNING: file, JWT_SECRET: secret }
  const [one, two] = [await demo(t, 'web', { env }), await demo(t, 'web', { env })]
  const scenario = ({ url }, wanted) => ask(url, '/__bff/scenario',
    wanted && { method: 'PUT', headers: json, body: JSON.stringify(wanted) })

  assert.equal((await scenario(one, { name: 'sold-out' })).status, 200)
  assert.equal((await ask(urls.users, '/__mock/scenario')).body.current, 'sold-out')
  const wrong = await scenario(one, { name: 'nobody-knows' })
  assert.match(wrong.text, /no scenario is called/)

  const later = await demo(t, 'web', { env })
  assert.equal((await scenario(later)).body.current, 'sold-out')
  const { status } = await later.get('/api/dashboard/u1', { headers: { authorization: `Bearer ${two.server.token}` } })
  assert.equal(status, 200, 'the token of another server with the same secret')
})

test('a file without a ready line ends the start', async t => {
  const file = path.join(scratch(t), 'ready.json')
  for (const text of ['', '{}', '{"services":{"users":"http://127.0.0.1:1"}}', '{"services":']) {
    writeFileSync(file, text)
    const { code, stderr } = await command('web', ['--mock', fixtures, '--listen', 'http://127.0.0.1:0'], { MOCK_RUNNING: file })
    assert.equal(code, 2)
    assert.match(stderr, /ready\.json: not the ready line of a bff-mock/)
  }
})
