// The documents name everything that the server has, and nothing else: settings, options, reasons,
// headers, members of the log, refusals, files, links.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

import { command } from '../e2e/lib/server.mjs'
import { scenario } from '../e2e/lib/scenario.mjs'
import { isThere, linksOf, pages, quoted, root, rowsOf } from './lib/pages.mjs'

const operating = pages['docs/operating.md']
const configuration = pages['docs/configuration.md']
const logs = pages['docs/logs.md']

const read = name => readFileSync(path.join(root, name), 'utf8')
const sources = folder => readdirSync(path.join(root, folder), { recursive: true })
  .filter(name => name.endsWith('.c')).map(name => read(`${folder}/${name}`)).join('\n')
const all = (text, pattern) => [...text.matchAll(pattern)].map(match => match.slice(1))
const first = rows => rows.slice(1).flatMap(([cell]) => quoted(cell))
const server = sources('bff')

function assertSame(documented, real, what) {
  const only = (some, others) => [...new Set(some)].filter(each => !others.includes(each))
  assert.deepEqual({ missing: only(real, documented), gone: only(documented, real) },
    { missing: [], gone: [] }, what)
}

test('every reason, with what becomes of it', () => {
  const real = all(read('bff/base/reason.c'), /\{"(\w+)", "(\w+)", (\d+)\}/g)
  const rows = rowsOf(operating, 'Reasons').slice(1)
    .map(([reason, , type, status]) => [...quoted(reason), ...quoted(type), status.slice(0, 3)])
  assert.deepEqual(rows.map(String).sort(), real.map(String).sort())
})

describe('what --help says', () => {
  let help
  before(async () => (help = (await command('web', ['--help'])).stdout))
  const part = (from, to) => help.slice(help.indexOf(from), to ? help.indexOf(to) : undefined)

  test('every setting', () => {
    const real = all(part('\nSettings', '\nEnvironment'), /^ {2}([a-z][\w.*]*)/gm).flat()
    assertSame(first(rowsOf(configuration, '## Settings')), real, 'settings')
  })

  test('every option', () => {
    const real = all(part('Options:', '\nSettings'), /^ {2}(--[\w-]+)/gm).flat()
    const rows = first(rowsOf(configuration, 'Command line')).flatMap(cell => cell.split(' ')[0])
    assertSame(rows, real, 'options')
  })

  test('every variable', () => {
    // The services are those of the mocks: who adds one knows what it is called.
    const isOfMocks = name => !name.endsWith('_URL') || name === 'REDIS_URL' ||
      isThere(`fixtures/data/${name.slice(0, -'_URL'.length).toLowerCase()}`)
    const real = all(part('\nEnvironment'), /^ {2}([A-Z_]+)/gm).flat().filter(isOfMocks)
    assertSame(all(configuration.prose, /`([A-Z]+_(?:URL|SECRET|FILE|SECRET_FILE|KEY)|OTEL_[A-Z_]+)`/g).flat(), real,
      'variables')
  })
})

describe('what the server sends and tells', () => {
  const cors = { origins: ['https://shop.example'] }
  const headers = { origin: 'https://shop.example' }
  const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } }
  const dashboard = '/api/dashboard/u1'
  const asks = [
    [dashboard], ['/api/products/p1'], ['/api/users/u1'], ['/nowhere'], ['/ready'],
    ['/api/dashboard/u2', { as: 'u1' }], [dashboard, { as: null }], [dashboard, { method: 'PUT' }],
    [dashboard, { method: 'OPTIONS' }], [dashboard, preflight],
  ]
  // What libh2o and HTTP add by themselves, and what the services of this test say.
  const others = ['date', 'connection', 'transfer-encoding', 'x-service']
  let answers, lines

  before(async t => {
    const cleanUps = []
    after(async () => { for (const each of cleanUps.reverse()) await each() })
    const json = { json: { id: 'u1' }, headers: { 'x-service': 'users' } }
    const scene = await scenario({ after: each => cleanUps.push(each) }, 'web', {
      'users *': json, 'orders *': { status: 500 }, 'recommendations *': { json: [] },
      'notifications *': { json: [] }, 'products *': { status: 503 }, 'reviews *': { json: [] },
      'inventory *': { json: {} },
    }, { config: { cors } })
    answers = await Promise.all(asks.map(([where, options]) =>
      scene.get(where, { ...options, headers: { ...headers, ...options?.headers } })))
    await scene.server.stop()
    lines = scene.server.lines().filter(({ event }) => event === 'request')
  })

  const known = page => rowsOf(page, '## Headers').slice(1).flatMap(([cell]) => quoted(cell))
    .map(name => name.toLowerCase().replace(/: .*/, ''))
  const isKnown = (name, list) => list.some(each =>
    each === name || (each.endsWith('*') && name.startsWith(each.slice(0, -1))))

  test('every header of an answer', () => {
    const sent = new Set(answers.flatMap(({ names }) => names))
    for (const name of others) sent.delete(name)
    const value = '(?:TEXT\\(|text_of|answer\\.|allow|methods|origin|credentials|preflight)'
    const inSource = all(server, new RegExp(`\\{"([a-z]+(?:-[a-z]+)*)", ${value}`, 'g'))
    const list = known(operating)
    const unknown = [...sent, ...inSource.flat()].filter(name => !isKnown(name, list))
    assert.deepEqual(unknown, [], 'headers that operating.md does not name')
  })

  test('every member of a line of the log', () => {
    const rows = rowsOf(logs, '## A request')
    const split = rows.findIndex(([cell], i) => i > 0 && cell === 'member')
    const page = lines.find(line => line.path === dashboard && line.status === 200)
    assert.deepEqual(first(rows.slice(0, split)), Object.keys(page), 'members, in their order')
    assert.deepEqual(first(rows.slice(split)).filter(name => !['cache', 'calls', 'retried', 'hedge'].includes(name)),
      Object.keys(page.parts.recentOrders), 'members of a part')
  })
})

test('every reason why a token is not good, and every member that says why', () => {
  const rows = rowsOf(logs, '## Why a request failed')
  const words = all(read('bff/edge/login_fault.c'), /= "(\w+)"/g).flat()
  assertSame(first(rows).filter(name => words.includes(name)), words, 'faults of tokens')
  const members = all(read('bff/observe/access_log.c'), /",\\"(\w+)\\":/g).flat()
  for (const name of first(rows).filter(each => !words.includes(each))) {
    assert.ok(members.includes(name), name)
  }
})

test('every reason why a login failed', () => {
  const files = [...readdirSync(path.join(root, 'bff/session')).map(name => `bff/session/${name}`),
    ...readdirSync(path.join(root, 'bff/app')).map(name => `bff/app/${name}`)]
  const source = files.filter(name => /\/(oidc_|session_refresh_|session_login|built_in_(call|back))\w*\.c$/.test(name))
    .map(read).join('\n')
  const real = [/\b(?:fail|fail_away|end|refuse_answer)\([^()"]*(?:TEXT\()?"(\w+)"/g,
    /\{"(\w+)", OIDC_LOGIN_/g, /return "(\w+)";/g, /"((?:invalid|unauthorized|unsupported)_\w+)"/g]
    .flatMap(pattern => all(source, pattern).flat())
  const rows = first(rowsOf(logs, '## Why a login failed'))
  assertSame(rows, [...real, 'status'], 'reasons of logins')
})

test('every event of the log, with its members', () => {
  const rows = rowsOf(logs, '## Events').slice(1)
  const real = ['ready', 'log_dropped', ...all(server, /\b(?:log_event|tell)\("(\w+)"/g).flat()]
  assertSame(rows.flatMap(([cell]) => quoted(cell)), real, 'events')
})

test('every refusal, with its status', () => {
  const real = [/\b(?:reply_error|refuse)\(\w[\w>-]*, (\d+), "([^"]+)"\)/g,
    /\.status = (\d+),\s*\.message = "([^"]+)"/g].flatMap(pattern => all(server, pattern))
  assert.ok(real.some(([, text]) => text === 'Login denied'), 'refusals of steps are found')
  const rows = rowsOf(operating, 'Every refusal').slice(1)
  for (const [status, text] of real) {
    assert.ok(rows.some(([, statuses, error]) => statuses.includes(status) && error.includes(text)),
      `${status} ${text}`)
  }
})

test('the rights in Redis are for every key that the server uses', () => {
  const redis = pages['docs/redis.md']
  const rights = /`(user bff [^`]*)`/.exec(redis.text)[1].split(' ').filter(word => word.startsWith('~'))
  const files = ['bff/limit', 'bff/cache', 'bff/edge', 'bff/session', 'bff/store', 'bff/app'].flatMap(folder =>
    readdirSync(path.join(root, folder)).map(name => read(`${folder}/${name}`))).join('\n')
  const real = all(files, /"((?:rate_limit|cache|api_key|session|login|idempotency)(?::[a-z]+)*:)["%]/g).flat()
  assert.ok(['cache:', 'api_key:', 'session:', 'login:used:', 'idempotency:'].every(each => real.includes(each)))
  const isAllowed = key => rights.some(each => key.startsWith(each.slice(1).replace('*', '')))
  assert.deepEqual([...real, 'revoked'].filter(key => !isAllowed(key)), [])
  const unit = read('tests/unit/redis_real_server.c').replace(/"\s*\\\n\s*"/g, '')
  assert.ok(unit.includes(/`(user bff [^`]*)`/.exec(redis.text)[1]), 'the line that is tried with Redis')
})

test('every word of X-Mock', () => {
  const source = read('fixtures/mock_fault.c')
  const real = ['delay', 'status', 'done', 'times', ...all(source, /\{\.word = "([\w-]+)"/g).flat()]
  const rows = first(rowsOf(pages['docs/mocks.md'], 'Breaking things on purpose'))
  assertSame(rows.map(word => word.split('=')[0]), real, 'words')
})

// The pages for people who write composites.
const guide = ['first-composite', 'first-change', 'composites', 'changing-pages', 'idempotency', 'undo', 'types']

test('every column of a table and every function of compose.h, in the guide', () => {
  const header = readdirSync(path.join(root, 'bff/compose')).filter(name => /^compose\w*\.h$/.test(name))
    .map(name => read(`bff/compose/${name}`)).join('\n')
  const struct = name => header.slice(header.indexOf(`struct ${name} {`)).split('\n}')[0]
  const columns = ['bff_part', 'bff_field', 'bff_composite'].flatMap(name =>
    all(struct(name), /[\s*](\w+)(?:\)\([^)]*\))?;/g).flat())
  const functions = all(header, /\b(ask_\w+)\(struct/g).flat()
  const text = guide.map(name => pages[`docs/${name}.md`]?.text ?? '').join('\n')
  assert.deepEqual([...new Set([...columns, ...functions])]
    .filter(name => !new RegExp(`(\\.|\\b)${name}\\b`).test(text)), [])
})

test('every function of the headers below it that the guide names is there', () => {
  const headers = ['json/json', 'json/json_print', 'base/text'].map(name => read(`bff/${name}.h`)).join('\n')
  const { text } = pages['docs/first-composite.md']
  const named = new Set(all(text, /\b((?:json|text|JSON)_\w+)\b/g).flat())
  assert.ok(named.has('json_get') && named.has('text_is') && named.has('JSON_NONE'))
  assert.deepEqual([...named].filter(name => !new RegExp(`\\b${name}\\b`).test(headers)), [])
})

test('every decision, once and in the order of their numbers', () => {
  const real = readdirSync(path.join(root, 'docs/decisions')).filter(name => /^\d/.test(name)).sort()
  const listed = all(pages['docs/decisions/README.md'].text, /^\| \[\d+\]\(([^)]*)\)/gm).flat()
  assert.deepEqual(listed, real)
})

// The tables of a page, each with its lines.
function tablesOf({ prose }) {
  const tables = [[]]
  for (const line of prose.split('\n')) {
    if (line.startsWith('|')) tables.at(-1).push(line)
    else if (tables.at(-1).length > 0) tables.push([])
  }
  return tables.filter(lines => lines.length > 0)
}

for (const page of Object.values(pages)) {
  test(`${page.name}: its tables are whole, and have no row twice`, () => {
    for (const lines of tablesOf(page)) {
      assert.match(lines[1] ?? '', /^\|( *:?-+:? *\|)+$/, lines[0])
      const twice = lines.filter((line, i) => i > 1 && line.replace(/[| ]/g, '') && lines.indexOf(line) !== i)
      assert.deepEqual(twice, [])
    }
  })

  test(`${page.name}: its links lead somewhere`, () => {
    for (const { target, file, anchor } of linksOf(page)) {
      assert.ok(isThere(file), `${target}: no such file`)
      if (anchor) assert.ok(pages[file]?.anchors.includes(anchor), `${target}: no such heading`)
    }
  })

  test(`${page.name}: the files and commands that it names are there`, () => {
    const made = new Set(page.blocks.map(({ file }) => file))
    const folders = /`((?:bff|clients|composites|fixtures|tests|docs)\/[\w./-]+)`/g
    const files = all(page.prose, folders).flat()
    for (const name of files) {
      const folder = [...made].some(each => each?.startsWith(`${name.replace(/\/$/, '')}/`))
      assert.ok(made.has(name) || folder || isThere(name), `${name} is not there`)
    }
    const verbs = /^(.*)\) "run_\$1"/m.exec(read('dev'))[1].trim().split(' | ')
    for (const [verb] of all(page.text, /\.\/dev (\w+)/g)) assert.ok(verbs.includes(verb), verb)
  })
}
