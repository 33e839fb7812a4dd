// The schemas of clients and the records of the mock services: what a build says of a record that does not
// fit, and that a build looks at all of them.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { scratch } from './lib/scenario.mjs'
import { fixtures, helper } from './lib/server.mjs'

const data = path.join(fixtures, 'data')
const samples = path.join(fixtures, '..', 'clients', 'samples.txt')

function shapes(folder, file = samples) {
  const { status, stdout, stderr } = spawnSync(helper('bff-shapes'), [file, folder], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

// A copy of the records in which `change` has changed one file.
function changed(t, file, change) {
  const copy = path.join(scratch(t), 'data')
  cpSync(data, copy, { recursive: true })
  const name = path.join(copy, file)
  const record = JSON.parse(readFileSync(name, 'utf8'))
  change(record)
  writeFileSync(name, JSON.stringify(record))
  return copy
}

// [what is changed, the file, the change, what is said]
const changes = [
  ['a member of another kind', 'users/u3.json', user => { user.address.city = 7 },
    'address.city: a number, not text'],
  ['a member that is missing', 'products/p1.json', product => { delete product.price }, 'price: missing'],
  ['a member that is new', 'users/u1.json', user => { user.nick = 'a' }, 'nick: not in the shape'],
  ['a value that is not allowed', 'orders/u4.json', ([order]) => { order.status = 'lost' },
    'record "o9": [0].status: "lost" is none of the allowed values'],
  ['a member of an item in an item', 'orders/u4.json', ([order]) => { order.items[1].price = '1' },
    'record "o9": [0].items[1].price: text, not a number'],
  ['null in a record of a list', 'inventory/inventory.json', list => { list[2].quantity = null },
    'record "p3": [2].quantity: null, not a whole number'],
]

describe('records and schemas', { concurrency: 2 }, () => {
  test('all records fit, and every service has some', () => {
    const { status, stdout, stderr } = shapes(data)
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
    assert.match(stdout, /^bff-shapes: \d\d\d+ records fit, \d+ values compared\n$/)
    const text = readFileSync(samples, 'utf8')
    for (const folder of readdirSync(data).filter(name => !['accounts', 'pages', 'ledger'].includes(name)))
      assert.match(text, new RegExp(`^\\S+ +${folder}/\\*\\.json$`, 'm'))
  })

  for (const [name, file, change, said] of changes) {
    test(`${name} is told with its file and path`, t => {
      const folder = changed(t, file, change)
      const { status, stderr } = shapes(folder)
      assert.deepEqual({ status, stderr }, { status: 1, stderr: `${folder}/${file}: ${said}\n` })
    })
  }

  test('a file that is no JSON, a shape and files that are not there', t => {
    const folder = changed(t, 'users/u1.json', () => {})
    const list = path.join(scratch(t), 'samples.txt')
    writeFileSync(path.join(folder, 'users/u1.json'), '{')
    writeFileSync(list, 'users.schema.json#/$defs/user users/u1.json\nusers.schema.json#/$defs/usr users/u2.json\n' +
      'text nothing/*.json')
    const { status, stderr } = shapes(folder, list)
    assert.equal(status, 1)
    assert.equal(stderr, `${folder}/users/u1.json: it is not JSON\n` +
      'clients/samples.txt: users.schema.json has no "#/$defs/usr"; did you mean "user"?\n' +
      `${folder}/nothing/*.json: there is no such file\n`)
  })

  // Ninja knows what each file of a build is made from.
  test('a build compares the records again when one of them has changed', () => {
    const builds = path.dirname(path.dirname(helper('bff-shapes')))
    const { status, stdout } = spawnSync('ninja', ['-C', builds, '-t', 'query', 'tests/shapes.stamp'],
      { encoding: 'utf8' })
    assert.equal(status, 0, stdout)
    for (const file of ['fixtures/data/users/u3.json', 'fixtures/data/inventory/inventory.json',
      'clients/samples.txt', 'bff-shapes']) assert.ok(stdout.includes(file), file)
    const all = spawnSync('ninja', ['-C', builds, '-t', 'query', 'tests/all'], { encoding: 'utf8' })
    assert.match(all.stdout, /^ {4}tests\/shapes$/m)
  })
})
