// The files of scenarios: mistakes in them, reading them again, and mock services of another process.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

import { ask } from './lib/client.mjs'
import { anywhere, demo, scratch } from './lib/scenario.mjs'
import { command, fixtures, startServer } from './lib/server.mjs'
import { eventually } from './lib/wait.mjs'

// A folder with the data of the shop, and with own scenarios: { place, write, drop }.
function shelf(t) {
  const place = scratch(t)
  mkdirSync(path.join(place, 'scenarios'))
  symlinkSync(path.join(fixtures, 'data'), path.join(place, 'data'))
  const file = name => path.join(place, 'scenarios', name)
  return { place, write: (name, text) => writeFileSync(file(name), text), drop: name => rmSync(file(name)) }
}

async function startMock(t, place) {
  const server = await startServer('mock', ['--data', place, '--port', '0'])
  t.after(() => server.stop())
  const url = server.ready.services.orders
  const reload = async want => {
    const count = () => server.stdout.split('"event":"reload"').length
    const before = count()
    process.kill(server.pid, 'SIGHUP')
    await eventually(() => count() > before, 'the reload')
    assert.match(server.stdout.trimEnd().split('\n').at(-1), new RegExp(`"state":"${want}"`))
  }
  const state = async () => {
    const { current, known } = (await ask(url, '/__mock/scenario')).body
    return [current, ...known.map(({ name }) => name)]
  }
  const put = wanted => ask(url, '/__mock/scenario', { method: 'PUT', body: JSON.stringify(wanted) })
  const text = async () => (await ask(url, '/orders')).text
  return { server, reload, state, put, text }
}

test('a mistake ends the start of both programs, with its line', async t => {
  const { place, write } = shelf(t)
  write('odd.yaml', 'about: odd\n\nseeed: 7\n')
  const said = `${place}/scenarios/odd.yaml:3: "seeed": unknown name; did you mean "seed"?\n`
  for (const [name, args] of [['mock', ['--data', place, '--port', '0']],
    ['web', ['--mock', place, '--listen', anywhere]]]) {
    const { code, stderr } = await command(name, args)
    assert.deepEqual([code, stderr.endsWith(said)], [2, true], stderr)
  }
})

test('two files of one name, and a name that no header can have', async t => {
  for (const names of [['a.yaml', 'a.json'], ['a b.yaml']]) {
    const { place, write } = shelf(t)
    for (const name of names) write(name, '{}')
    const { code, stderr } = await command('mock', ['--data', place, '--port', '0'])
    assert.equal(code, 2)
    assert.match(stderr, names.length > 1 ? /another scenario with this name/ : /the name of a scenario has/)
  }
})

test('a pipe in the folder is no file, and nobody waits for it', async t => {
  const { place } = shelf(t)
  execFileSync('mkfifo', [path.join(place, 'scenarios', 'odd.yaml')])
  const { code, stderr } = await command('mock', ['--data', place, '--port', '0'])
  assert.equal(code, 2)
  assert.match(stderr, /odd\.yaml: is no regular file/)
})

test('files are read again, and a mistake changes nothing', async t => {
  const { place, write, drop } = shelf(t)
  write('a.yaml', 'answers: [{ service: orders, text: one }]')
  write('b.json', '{"answers":[{"service":"orders","text":"b"}]}')
  const { server, reload, state, put, text } = await startMock(t, place)
  await put({ scenario: { name: 'sent', answers: [] } })
  await put({ name: 'a' })
  assert.deepEqual([await text(), await state()], ['one', ['a', 'a', 'b', 'sent']])
  write('a.yaml', 'answers: [{ service: orders, text: two }]')
  drop('b.json')
  await reload('done')
  assert.deepEqual([await text(), await state()], ['two', ['a', 'a', 'sent']])
  write('a.yaml', 'answers: [')
  await reload('failed')
  assert.match(server.stderr, /scenarios\/a\.yaml:2:1: this is not YAML/)
  server.stderr = ''
  assert.deepEqual([await text(), await state()], ['two', ['a', 'a', 'sent']])
  drop('a.yaml')
  await reload('done')
  assert.deepEqual(await state(), [null, 'sent'])
})

test('mock services of another process have one current scenario with the server', async t => {
  const { server, put, state } = await startMock(t, fixtures)
  await put({ name: 'sold-out' })
  const ready = path.join(scratch(t), 'ready')
  writeFileSync(ready, `${JSON.stringify(server.ready)}\n`)
  const { get } = await demo(t, 'web', { env: { MOCK_RUNNING: ready, JWT_SECRET: undefined },
    config: { login: 'off' } })
  const seen = async () => (await get('/__bff/scenario', { as: null })).body.current
  assert.equal(await seen(), 'sold-out')
  const wanted = name => get('/__bff/scenario', { as: null, method: 'PUT', body: JSON.stringify({ name }),
    headers: { 'content-type': 'application/json' } })
  assert.equal((await wanted('new-user')).status, 200)
  assert.deepEqual([await seen(), (await state())[0]], ['new-user', 'new-user'])
  assert.equal((await wanted('nobody')).status, 400)
  assert.equal((await get('/api/products/p1', { as: null })).body.inStock, true)
})
