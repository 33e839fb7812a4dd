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

// The shipped page with each row on one line, as the guide writes them, and without the shapes.
const shipped = readFileSync(path.join(root, source), 'utf8')
const dashboard = shipped.replace(/,\n {5}\.shape = "[^"]*"/g, '').replace(/,\n {5}\./g, ', .')
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
  ['a number in quotes', '.kind = BFF_OBJECT', '.kind = BFF_OBJECT, .timeout_ms = "300"', /^a number has no quotes$/],
  ['text for a number', '.kind = BFF_OBJECT', '.kind = BFF_OBJECT, .many = "all"', /^this column takes a number$/],
  ['text for a word', '.kind = BFF_OBJECT', '.kind = "object"', /without quotes: BFF_ANY, BFF_OBJECT, BFF_LIST$/],
  ['the function of a client', '.ask = user', '.ask = users_get', /^the column takes a function of this file/],
  ['a column of another name', '.kind = BFF_OBJECT', '.kind = BFF_OBJECT, .timeout = 3',
    /^the column is misspelt \(did you mean timeout_ms\?\)/],
  ['a misspelt column', '.fallback = "null"', '.fallbak = "null"', /^the column is misspelt/],
  ['a misspelt function', '.ask = user,', '.ask = usr,', /^usr is misspelt \(did you mean user\?\)$/],
  ['a function that is nowhere', '.ask = user,', '.ask = zebra_12,',
    /^zebra_12 is misspelt, or is defined below/],
]

const elsewhere = [
  ['a table without BFF_TABLE', 'BFF_TABLE(parts)', 'parts', /^a table needs BFF_TABLE/],
  ['a comma between rows', '.fallback = "null"},', '.fallback = "null"}',
    /^the comma at the end of the row above/],
  ['let', 'static const struct bff_part parts[]', 'let parts', /^a table begins with: static const/],
  ['const alone', 'static const struct bff_part parts[]', 'const parts', /^a table begins with/],
  ['a function of JavaScript', 'static void user(struct bff_ask *ask)', 'function user(ask)',
    /^a function begins with: static void user/],
  ['bff_ask without struct', 'struct bff_ask *ask', 'bff_ask *ask',
    /^the word struct is missing: struct bff_ask/],
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
    /^user_fetch_all is misspelt \(did you mean users_get\?\), or the #include/],
  ['an argument too few', 'users_get(ask, ask_param(ask, ', 'users_get(ask, ask_param(',
    /^the first argument is missing: ask/],
  ['a misspelt constant', 'BFF_OWNER', 'BFF_OWNR', /^BFF_OWNR is misspelt/],
]

// The body of a function that prints a computed member; the mistake is in its first line, unless the
// row says otherwise.
const inFunction = [
  ['json without struct', 'json item = json_item(order, 0);\njson_print_json(out, item);',
    /^the word struct is missing: struct json$/],
  ['const alone', 'const item = json_item(order, 0);\njson_print_json(out, item);',
    /^a variable begins with its type: struct json item/],
  ['let', 'let item = json_item(order, 0);\njson_print_json(out, item);',
    /^a variable begins with its type/],
  ['no type', 'item = json_item(order, 0);\njson_print_json(out, item);',
    /^a variable begins with its type: struct json item/],
  ['string for a type', 'string name = json_text(order, out->pool);\njson_print_string(out, name);',
    /^the type of a text is struct text$/],
  ['no semicolon after a variable', '\nstruct json item = order\njson_print_json(out, item);',
    /^a semicolon is missing at the end of the line before json_print_json$/, 3],
  ['null', 'struct json item = null;\njson_print_json(out, item);',
    /^json_is\(value, JSON_NULL\) is true for null/],
  ['undefined', 'if (json_get(order, "a") != undefined) json_print_null(out);', /^json_is\(value/],
  ['a semicolon after json_each', 'json_each (item, order);\n    json_print_json(out, item);',
    /^there is no semicolon after json_each/],
  ['for of', 'for (const item of order) json_print_json(out, item);', /with: json_each \(item, list\)/],
  ['a dot into JSON', 'json_print_json(out, order.status);', /read with json_get\(value, "status"\)/],
  ['an index into JSON', 'json_print_json(out, order[0]);', /read with json_item\(list, 0\)/],
  ['a return', 'return json_item(order, 0);', /^this function returns nothing/],
  ['a plain text', 'json_print_string(out, "a");', /^a constant text is TEXT\("\.\.\."\)/],
  ['a dot for an arrow', 'json_print_string(out, json_text(order, out.pool));', /^write out->/],
  ['an argument that is not used', 'json_print_null(out);', /^write \(void\)order; /, 0],
  ['no brace at the end', 'if (json_is(order, JSON_NULL)) {\njson_print_null(out);\n',
    /^a } is missing: the function above does not end/, 6],
  ['== with JSON', 'if (order == 0) json_print_null(out);', /^JSON and text are not compared with ==/],
  ['== with a text', 'if (json_text(order, out->pool) == "a") json_print_null(out);',
    /^JSON and text are not compared with ==/],
  ['JSON for a text', 'json_print_bool(out, text_is(order, "a"));', /A JSON value becomes text/],
  ['text without TEXT', 'json_print_bool(out, text_starts(json_text(order, out->pool), "a"));', /^a constant text is TEXT/],
]

describe('a function that does not compile', () => {
  for (const [what, body, meant, line = 1] of inFunction) {
    test(`because of ${what}`, () => {
      const page = dashboard.replace('static void user(', () =>
        `static void total(struct json_print *out, struct json order) {\n${body}\n}\n\nstatic void user(`)
        .replace('.parts = BFF_TABLE(parts)', '$&, .fields = BFF_TABLE(fields)')
        .replace('const struct bff_composite ', 'static const struct bff_field fields[] = ' +
          '{{.name = "total", .of = "user", .print = total}};\n$&')
      const output = explained(page)
      const [told, ...more] = mistakesOf(output)

      assert.deepEqual(more, [], output)
      assert.match(told.usually ?? output, meant)
      const begin = page.slice(0, page.indexOf('static void total(')).split('\n').length
      assert.equal(told.line, begin + line, output)
    })
  }
})

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

  test('names the row when it has several lines', () => {
    const [told, ...more] = mistakesOf(explained(shipped.replace('.ask = user,', '.ask = user')))
    const row = shipped.slice(0, shipped.indexOf('.ask = user')).split('\n').length
    assert.deepEqual([told.row, more], ['user', []])
    assert.ok(told.line === row || told.line === row + 1, `${told.line}`)
    assert.match(told.usually, /^the comma before .kind is missing/)
  })

  test('shows each of two mistakes', () => {
    const output = explained(dashboard.replace('.ask = user, ', '.ask = user ')
      .replace(/"(GET .*?)"/, "'$1'"))
    assert.deepEqual(mistakesOf(output).map(({ usually }) => usually.split(':')[0]),
      ['the comma before .kind is missing', 'text needs double quotes'])
  })

  for (const [linker, said] of Object.entries({
    ld: '/usr/bin/ld: build.c.o:(.data+0x8): undefined reference to `web_account\'',
    gold: 'build.c.o:build.c:composites: error: undefined reference to \'web_account\'',
    lld: 'ld.lld: error: undefined symbol: web_account\n>>> referenced by build.c:12\n>>>       build.c.o:(composites)',
  })) {
    test(`names what the linker ${linker} misses`, () => {
      const { stdout } = spawnSync('awk', ['-f', 'tests/build/explain.awk'],
        { cwd: root, encoding: 'utf8', input: `${said}\ncollect2: error: ld returned 1 exit status\n` })
      assert.match(stdout, /usually: a header declares web_account, but no file defines it/)
      assert.doesNotMatch(stdout, /collect2|>>>/)
    })
  }

  test('prints what no compiler has written as it is', () => {
    const said = 'CMake Error at CMakeLists.txt:12 (find_package): no such package\n'
    const { stdout } = spawnSync('awk', ['-f', 'tests/build/explain.awk'],
      { cwd: root, encoding: 'utf8', input: said })
    assert.equal(stdout, said)
  })
})
