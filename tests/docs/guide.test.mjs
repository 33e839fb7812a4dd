// Follows the guide literally, from its first line to its last, in a copy of the sources: it writes
// the files, builds them, starts the server and sends the requests. It also makes the mistakes that
// the guide describes.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, describe, test } from 'node:test'

import { compilerMistakes, mistakes, withMistake } from './lib/mistakes.mjs'
import { settled } from './lib/compare.mjs'
import { isThere, pages, root, rowsOf } from './lib/pages.mjs'
import { Stage } from './lib/stage.mjs'
import { walkPage } from './lib/walk.mjs'

const page = pages['docs/first-composite.md']
const parts = ['CMakeLists.txt', 'CMakePresets.json', 'dev', 'bff', 'clients', 'composites',
  'fixtures', 'tests/build', 'tests/e2e/lib', 'tests/layers.sh', 'tests/names.sh',
  'tests/comments.sh', '.clang-format', '.clang-tidy', '.gitignore']
const summary = 'composites/web/order_summary.c'
const list = 'composites/web/build.c'
const ofTheServer = '    complexity || failed=1\n'
const isC = name => /\.[ch]$/.test(name)

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

// What a page adds to the clone: its composites and its services.
const written = ['clients', 'composites']

// A clone without its tests, so that ./dev build makes the servers only. It is a git repository, so
// that ./dev lint finds the files that the guide has changed.
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
    // ./dev lint also limits the complexity of bff/. No page changes bff/.
    const dev = this.read('dev')
    assert.ok(dev.includes(ofTheServer), ofTheServer)
    this.write('dev', dev.replace(ofTheServer, ''))
    this.#commit()
  }

  // Without GIT_DIR and the like, which git sets for its hooks: they name another repository.
  #commit() {
    const env = Object.fromEntries(Object.entries(process.env)
      .filter(([name]) => !name.startsWith('GIT_')))
    const git = (...args) => execFileSync('git', ['-c', 'user.name=reader',
      '-c', 'user.email=reader@mail.example', '-c', 'commit.gpgsign=false', ...args],
    { cwd: this.place, env })
    git('init', '-q', '-b', 'main')
    git('add', '-A')
    git('commit', '-q', '-m', 'clone')
  }

  // The C files of `written`, as { name: text }.
  sources() {
    const names = written.flatMap(folder => readdirSync(path.join(this.place, folder),
      { recursive: true }).map(name => `${folder}/${name}`))
    return Object.fromEntries(names.filter(isC).map(name => [name, this.read(name)]))
  }

  // "./dev fmt" changes no file that the page shows. It only puts the long list in build.c into
  // columns, as the page says.
  async format() {
    const before = this.sources()
    const output = await super.run('./dev fmt')
    const sources = this.sources()
    const words = text => text.split(/\s+/)
    assert.deepEqual(words(sources[list]), words(before[list]))
    for (const [name, text] of Object.entries(sources))
      if (name !== list) assert.equal(text, before[name], `./dev fmt changes ${name}`)
    return output
  }

  // "./dev demo" on free ports.
  async run(command) {
    if (command === './dev fmt') return this.format()
    if (!command.startsWith('./dev demo')) return super.run(command)
    return `${await super.run('./dev build')}${await this.demo()}`
  }
}

const flags = '-std=gnu11 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -I. -Wall -Wextra -Werror'

describe('a first composite', () => {
  const stage = new Clone()
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
