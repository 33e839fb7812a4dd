// Follows the guide literally, from its first line to its last, in a copy of the sources: it writes
// the files, builds them, starts the server and sends the requests. It also makes the mistakes that
// the guide describes.
import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import path from 'node:path'
import { after, describe, test } from 'node:test'

import { compilerMistakes, mistakes, withMistake } from './lib/mistakes.mjs'
import { settled } from './lib/compare.mjs'
import { isThere, pages, root, rowsOf } from './lib/pages.mjs'
import { Stage } from './lib/stage.mjs'
import { walkPage } from './lib/walk.mjs'

const page = pages['docs/first-composite.md']
const parts = ['CMakeLists.txt', 'CMakePresets.json', 'dev', 'bff', 'clients', 'composites',
  'fixtures', 'tests/build', 'tests/e2e/lib']
const summary = 'composites/web/order_summary.c'

// What stands in the clone's CMakeLists.txt so that the server itself is not compiled once more:
// its objects are those of the build that is tested.
const builds = process.env.BFF_BUILD ?? path.join(root, 'build')
const made = `function(bff_use_objects name)
    file(GLOB_RECURSE objects ${builds}/CMakeFiles/\${name}.dir/*.o)
    add_library(\${name} OBJECT IMPORTED)
    set_property(TARGET \${name} PROPERTY IMPORTED_OBJECTS \${objects})
    target_link_libraries(\${name} INTERFACE bff_settings)
    set(BFF_OBJECTS \${BFF_OBJECTS} \${name} PARENT_SCOPE)
endfunction()
`

// A clone without its tests, so that ./dev build makes the servers only.
class Clone extends Stage {
  constructor() {
    super({ builds: undefined })
    this.isFollowed = isThere(summary) // by whoever reads the page and runs its tests
    this.builds = path.join(this.place, 'build')
    for (const name of parts)
      cpSync(path.join(root, name), path.join(this.place, name), { recursive: true })
    this.write('tests/CMakeLists.txt', '')
    this.write('CMakeLists.txt', this.read('CMakeLists.txt')
      .replace(/^foreach\(layer/m, `${made}$&`)
      .replace(/bff_add_objects\((bff_\$\{layer\}|bff_mock) .*\)/g, 'bff_use_objects($1)'))
  }

  // "./dev demo" on free ports.
  async run(command) {
    if (!command.startsWith('./dev demo')) return super.run(command)
    return `${await super.run('./dev build')}${await this.demo()}`
  }
}

const flags = '-std=gnu11 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -Wall -Wextra -Werror'

describe('a first composite', () => {
  const stage = new Clone()
  after(() => stage.close())
  walkPage(page, () => stage)

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
