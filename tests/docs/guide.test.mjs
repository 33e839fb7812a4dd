// Follows the guide literally, from its first line to its last, in a copy of the sources: it writes
// the files, builds them, starts the server and sends the requests. It also makes the mistakes that
// the guide describes.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, test } from 'node:test'

import { Clone, isC } from './lib/clone.mjs'
import { compilerMistakes, mistakes, withMistake } from './lib/mistakes.mjs'
import { settled } from './lib/compare.mjs'
import { isThere, pages, root, rowsOf } from './lib/pages.mjs'
import { walkPage } from './lib/walk.mjs'

const page = pages['docs/first-composite.md']
const summary = 'composites/web/order_summary.c'

const flags = '-std=gnu11 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -Wall -Wextra -Werror'

describe('a first composite', () => {
  const stage = new Clone(summary)
  after(() => stage.close())
  walkPage(page, () => stage)

  test('./dev lint has looked at every example, and at nothing else', async () => {
    const shown = new Set(page.blocks.map(({ file }) => file).filter(file => file && isC(file)))
    const changed = Object.entries(stage.sources())
      .filter(([name, text]) => !isThere(name) || text !== readFileSync(path.join(root, name), 'utf8'))
    const names = changed.map(([name]) => name).sort()
    if (!stage.isFollowed) assert.deepEqual(names, [...shown].sort())

    const output = await stage.run('./dev lint')
    assert.match(output, new RegExp(`looked at ${names.length} changed files`))
  })

  test('every mistake in its table is told as it says', async () => {
    const rows = rowsOf(page, 'When the table is wrong').slice(1).map(([said]) => said.slice(1, -1))
    assert.deepEqual(rows, Object.keys(mistakes), 'the rows of the table')

    const names = rows.map((_, i) => `wrong_${i}`)
    const wrong = (told, name) =>
      stage.write(`composites/wrong/${name}.c`, withMistake(stage.read(summary), told, name))
    rows.forEach((told, i) => wrong(told, names[i]))
    wrong(rows.at(-1), 'right')
    stage.write('composites/wrong/build.c', `#include "clients/services.h"
#include "fixtures/mock_upstreams.h"
${['right', ...names].map(name => `extern const struct bff_composite ${name};`).join('\n')}
static const struct bff_composite *const all[] = {&right, &${names.join(', &')}};
static const struct bff_build build = {
    .name = "wrong", .port = 8080, .composites = BFF_TABLE(all), .services = &clients_services,
    .mocks = &mock_upstreams};
int main(int argc, char **argv) { return bff_main(argc, argv, &build); }\n`)
    stage.write('CMakeLists.txt', `${stage.read('CMakeLists.txt')}bff_add_build(wrong)\n`)
    await stage.run('./dev build')

    const output = await stage.run('build/bff-wrong --check --mock fixtures # ends with 2')
    const said = output.trimEnd().split('\n')
      .map(line => line.replace(/^(GET )?\/api\/orders\/:orderId\/summary: /, ''))
    assert.deepEqual(said, rows)
  })

  test('every mistake in C is told by the compiler as it says', async () => {
    const rows = rowsOf(page, 'When C is wrong').slice(1).map(([said]) => said.slice(1, -1))
    assert.deepEqual(rows, Object.keys(compilerMistakes), 'the rows of the table')
    for (const told of rows) {
      const [from, to, file = summary] = compilerMistakes[told]
      const whole = stage.read(file).replace('#include "composites/web/composites.h"\n',
        () => stage.read('composites/web/composites.h'))
      assert.ok(whole.includes(from), told)
      stage.write('wrong.c', whole.replace(from, () => to))
      const output = await stage.run(`gcc ${flags} -c wrong.c -o wrong.o # ends with 1`)
      assert.equal(/error: (.*?)( \[-W.*)?$/m.exec(settled(output))[1], told)
    }
  })
})
