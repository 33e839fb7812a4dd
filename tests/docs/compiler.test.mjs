// What ./dev build prints when a composite does not compile: each mistake once, with its row and what
// is usually meant. The mistakes are made in a copy of a shipped composite and given to the compiler.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'

import { root } from './lib/pages.mjs'

const source = 'composites/web/dashboard.c'
const place = mkdtempSync(path.join(tmpdir(), 'bff-compiler-'))
after(() => rmSync(place, { recursive: true }))
const file = path.join(place, 'page.c')
const flags = ['-std=gnu11', '-D_GNU_SOURCE', '-DH2O_USE_LIBUV=0', '-I.', '-Wall', '-Wextra',
  '-Wpedantic', '-Wshadow', '-Wconversion', '-Werror', '-fsyntax-only']

function explained(code) {
  writeFileSync(file, code)
  const { stderr } = spawnSync('gcc', [...flags, file],
    { cwd: root, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
  // As ninja prints it: two builds of the same file have failed.
  const failed = `[1/2] Building C object page.o\nFAILED: page.o\n/usr/bin/gcc -c page.c\n${stderr}`
  const run = spawnSync('awk', ['-f', 'tests/build/explain.awk'],
    { cwd: root, encoding: 'utf8', input: `${failed}${failed}ninja: build stopped: subcommand failed.\n` })
  assert.equal(run.stderr, '')
  return run.stdout
}

const dashboard = readFileSync(path.join(root, source), 'utf8')
const user = dashboard.split('\n').findIndex(line => line.includes('{.name = "user"')) + 1

// The first line of each explanation, and what is usually meant.
function mistakesOf(output) {
  return output.trim().split('\n\n').map(said => ({
    row: /^page.c:\d+: in the row "(\w+)"/.exec(said.replace(`${place}/`, ''))?.[1],
    line: Number(/:(\d+):/.exec(said)?.[1]),
    usually: /usually: (.*)/.exec(said)?.[1],
  }))
}

const inTable = [
  ['a comma between columns', '.ask = user, ', '.ask = user ', /^the comma before .kind is missing/],
  ['a semicolon for a comma', '.ask = user, ', '.ask = user; ', /comma, not with a semicolon/],
  ['a semicolon after a row', '.fallback = "null"},', '.fallback = "null"};', /not with a semicolon/],
  ['single quotes', '"user"', "'user'", /^text needs double quotes/],
  ['curly quotes', '"user"', '\u201cuser\u201d', /plain double quotes/],
  ['backticks', '"user"', '`user`', /plain double quotes/],
  ['a quote that is never closed', '"user", ', '"user, ', /^a quote is missing/],
  ['a colon', '.ask = user', 'ask: user', /^a column is written .ask = user/],
  ['no dot', '.ask = user', 'ask = user', /^a column begins with a dot: .ask =/],
  ['a list of texts', '"null"', '{"null", "[]"}', /^a column takes one text without braces/],
  ['a text in braces', '"null"', '{"null"}', /^a column takes one text without braces/],
  ['a call for a name', '.ask = user,', '.ask = user(),', /without \(\)/],
  ['a list that is no text', '"null"', '[]', /^a fallback is JSON text/],
  ['null', '"null"', 'null', /^a fallback is JSON text/],
  ['a misspelt column', '.fallback = "null"', '.fallbak = "null"', /^the column is misspelt/],
  ['a misspelt function', '.ask = user,', '.ask = usr,', /^usr is misspelt$/],
  ['a function that is nowhere', '.ask = user,', '.ask = zebra_12,',
    /^zebra_12 is misspelt, or is defined below/],
]

const elsewhere = [
  ['a table without BFF_TABLE', 'BFF_TABLE(parts)', 'parts', /^a table needs BFF_TABLE/],
  ['a comma between rows', '.fallback = "null"},', '.fallback = "null"}',
    /^the comma at the end of the row above/],
  ['let', 'static const struct bff_part parts[]', 'let parts', /^a table begins with: static const/],
  ['const alone', 'static const struct bff_part parts[]', 'const parts', /^a table begins with/],
  ['an arrow function', 'static void user(struct bff_ask *ask)', 'const user = (ask) =>',
    /^C has no arrow functions/],
  ['===', '{ users_get', '{ if (ask === ask) users_get',
    /^C compares with ==/],
  ['no semicolon after a call', '"userId")); }', '"userId")) }', /^a call ends with a semicolon/],
  ['no closing parenthesis', '"userId")); }', '"userId"); }', /^a closing parenthesis is missing/],
  ['a text for true', 'is_stamped = true', 'is_stamped = "true"', /^true and false have no quotes/],
  ['a plus between texts', '"GET /', '"GET " + "/', /^C does not join texts with \+/],
  ['no #include', '#include "clients/users.h"\n', '',
    /^the line is missing: #include "clients\/users.h"/],
  ['a function that no header has', 'users_get(', 'user_fetch_all(',
    /^user_fetch_all is misspelt, or the #include/],
  ['an argument too few', 'users_get(ask, ask_param(ask, ', 'users_get(ask, ask_param(',
    /^the first argument is missing: ask/],
  ['a misspelt constant', 'BFF_OWNER', 'BFF_OWNR', /^BFF_OWNR is misspelt/],
]

describe('a composite that does not compile', () => {
  for (const [what, from, to, meant] of [...inTable, ...elsewhere]) {
    test(`because of ${what}`, () => {
      assert.ok(dashboard.includes(from), from)
      const output = explained(dashboard.replace(from, () => to))
      const told = mistakesOf(output)
      assert.equal(told.length, 1, output)
      assert.match(told[0].usually ?? output, meant)
      assert.doesNotMatch(output, /gcc -c|FAILED|ninja|cc1|note:|warnings/)
      if (inTable.some(([name]) => name === what))
        assert.deepEqual([told[0].row, told[0].line], ['user', user], output)
    })
  }

  test('shows each of two mistakes', () => {
    const output = explained(dashboard.replace('.ask = user, ', '.ask = user ')
      .replace(/"(GET .*?)"/, "'$1'"))
    assert.deepEqual(mistakesOf(output).map(({ usually }) => usually.split(':')[0]),
      ['the comma before .kind is missing', 'text needs double quotes'])
  })

  test('names what the linker misses', () => {
    const said = ['/usr/bin/ld: build.c.o:(.data+0x8): undefined reference to `web_account\'',
      'collect2: error: ld returned 1 exit status'].join('\n')
    const { stdout } = spawnSync('awk', ['-f', 'tests/build/explain.awk'],
      { cwd: root, encoding: 'utf8', input: said })
    assert.match(stdout, /usually: a header declares web_account, but no file defines it/)
    assert.doesNotMatch(stdout, /collect2/)
  })

  test('prints what no compiler has written as it is', () => {
    const said = 'CMake Error at CMakeLists.txt:12 (find_package): no such package\n'
    const { stdout } = spawnSync('awk', ['-f', 'tests/build/explain.awk'],
      { cwd: root, encoding: 'utf8', input: said })
    assert.equal(stdout, said)
  })
})
