// A clone of the sources for a page whose reader builds a program.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'

import { copyTree } from '../../e2e/lib/tree.mjs'
import { isThere, root } from './pages.mjs'
import { Stage } from './stage.mjs'

const ofTheServer = '    complexity || failed=1\n'
export const isC = name => /\.[ch]$/.test(name)

// The server itself is not compiled once more.
const builds = process.env.BFF_BUILD ?? path.join(root, 'build')

// What a page adds to the clone: its composites and its services.
const written = ['clients', 'composites']

// A clone without its tests, so that ./dev build makes the servers only. It is a git repository, so
// that ./dev lint finds the files that the page has changed. `first` is the first file of the page.
export class Clone extends Stage {
  constructor(first) {
    super({ builds: undefined })
    this.isFollowed = isThere(first) // by whoever reads the page and runs its tests
    this.builds = path.join(this.place, 'build')
    copyTree(this.place, builds)
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

  // "./dev fmt" changes no file that the page shows.
  async format() {
    const before = this.sources()
    const output = await super.run('./dev fmt')
    for (const [name, text] of Object.entries(this.sources()))
      assert.equal(text, before[name], `./dev fmt changes ${name}`)
    return output
  }

  // "./dev demo" on free ports.
  async run(command) {
    if (command === './dev fmt') return this.format()
    if (!command.startsWith('./dev demo')) return super.run(command)
    return `${await super.run('./dev build')}${await this.demo()}`
  }
}
