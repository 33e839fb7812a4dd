// What ./dev watch notices: saves of editors, git, folders that are replaced, more events than the
// kernel keeps. The slow look that finds what events do not tell is off, except in its own test.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

import { Tree } from '../dev/watch_tree.mjs'
import { scratch } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const never = 2 ** 30

class Watched {
  constructor(t, { looks = never, wanted = { 'web/a.c': 'a', 'web/b.c': 'b' } } = {}) {
    t.after(() => this.tree.close())
    this.place = scratch(t)
    this.file = name => path.join(this.place, name)
    mkdirSync(this.file('web'))
    for (const [name, text] of Object.entries(wanted)) writeFileSync(this.file(name), text)
    this.changes = []
    this.tree = new Tree({ folders: [this.file('web')], files: [this.file('one.yaml')], looks,
      onChange: change => this.changes.push(change) })
  }

  names(of = 'files') {
    return new Set(this.changes.flatMap(change => change[of]).map(name => path.relative(this.place, name)))
  }

  // Waits until these have been told, and forgets them.
  async told(...names) {
    const isTold = found => names.every(name => found.has(name))
    await eventually(() => isTold(this.names()), `${names.slice(0, 4)} to be noticed`)
    const all = { files: [...this.names()].sort(), others: [...this.names('others')].sort(), count: this.changes.length }
    this.changes = []
    return all
  }

  async notices(name) {
    appendFileSync(this.file(name), 'more')
    await this.told(name)
  }
}

test('each way of saving is one change of one file', async t => {
  const watched = new Watched(t)
  const { file } = watched
  const ways = {
    'written in place': () => writeFileSync(file('web/a.c'), 'in place'),
    'another file takes the name': () => {
      writeFileSync(file('web/a.c.tmp'), 'renamed')
      renameSync(file('web/a.c.tmp'), file('web/a.c'))
    },
    'the old one is kept, as vim does it': () => {
      writeFileSync(file('web/4913'), '')
      unlinkSync(file('web/4913'))
      renameSync(file('web/a.c'), file('web/a.c~'))
      writeFileSync(file('web/a.c'), 'as vim')
      unlinkSync(file('web/a.c~'))
    },
    'with a lock, as Emacs does it': () => {
      symlinkSync('somebody', file('web/.#a.c'))
      writeFileSync(file('web/a.c'), 'as Emacs')
      unlinkSync(file('web/.#a.c'))
    },
  }
  for (const [way, save] of Object.entries(ways)) {
    save()
    assert.deepEqual(await watched.told('web/a.c'), { files: ['web/a.c'], others: [], count: 1 }, way)
  }
})

test('files and folders that are new, and those that have gone', async t => {
  const watched = new Watched(t)
  mkdirSync(watched.file('web/deep/er'), { recursive: true })
  writeFileSync(watched.file('web/deep/er/c.c'), 'c')
  assert.deepEqual((await watched.told('web/deep/er/c.c')).others, ['web/deep/er/c.c'])
  await watched.notices('web/deep/er/c.c')
  rmSync(watched.file('web/deep'), { recursive: true })
  assert.deepEqual((await watched.told('web/deep/er/c.c')).others, ['web/deep/er/c.c'])
  writeFileSync(watched.file('one.yaml'), '')
  assert.deepEqual((await watched.told('one.yaml')).others, ['one.yaml'])
  await watched.notices('one.yaml')
})

test('folders that vanish and come back are watched again, however often', async t => {
  const watched = new Watched(t)
  const { file } = watched
  mkdirSync(file('web/deep'))
  writeFileSync(file('web/deep/c.c'), 'c')
  await watched.told('web/deep/c.c')
  const ways = {
    replaced: folder => {
      cpSync(folder, file('kept'), { recursive: true })
      rmSync(folder, { recursive: true })
      cpSync(file('kept'), folder, { recursive: true })
      rmSync(file('kept'), { recursive: true })
    },
    'a copy takes the name': folder => {
      cpSync(folder, file('kept'), { recursive: true })
      renameSync(folder, file('old'))
      renameSync(file('kept'), folder)
      rmSync(file('old'), { recursive: true })
    },
  }
  for (const [way, replace] of Object.entries(ways)) {
    for (const folder of ['web/deep', 'web', 'web/deep', 'web']) {
      t.diagnostic(`${way}: ${folder}`)
      replace(file(folder))
      await watched.told('web/deep/c.c')
      await watched.notices('web/deep/c.c')
      await watched.notices('web/a.c')
    }
  }
})

test('git: branches, stashes and pulls, again and again', async t => {
  const watched = new Watched(t)
  const git = (...args) => execFileSync('git', ['-C', watched.place, '-c', 'user.name=a', '-c', 'user.email=a@b',
    '-c', 'init.defaultBranch=main', ...args], { stdio: 'pipe', env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } })
  const commit = (branch, folder) => {
    mkdirSync(watched.file(`web/${folder}`))
    for (let i = 0; i < 100; i++) writeFileSync(watched.file(`web/${folder}/${i}.c`), folder)
    git('add', '.')
    git('commit', '-qm', branch)
  }
  git('init', '-q')
  commit('main', 'left')
  git('checkout', '-qb', 'other')
  git('rm', '-rq', 'web/left')
  commit('other', 'right')
  await watched.told('web/right/99.c')
  for (let i = 0; i < 3; i++) {
    git('checkout', '-q', 'main')
    await watched.told('web/left/99.c', 'web/right/99.c')
    await watched.notices('web/left/7.c')
    git('stash', '-q')
    await watched.told('web/left/7.c')
    git('stash', 'pop', '-q')
    await watched.told('web/left/7.c')
    git('checkout', '-q', '.')
    git('checkout', '-q', 'other')
    git('checkout', '-q', 'main')
    git('pull', '-q', '.', 'other')
    await watched.told('web/right/99.c')
    await watched.notices('web/right/7.c')
    git('checkout', '-q', '.')
    git('reset', '-q', '--hard', 'HEAD~1')
    git('checkout', '-q', 'other')
    await watched.notices('web/right/8.c')
    git('checkout', '-q', '.')
    await watched.told('web/right/8.c')
  }
})

test('more events at once than the kernel keeps: no file is missed', async t => {
  const watched = new Watched(t)
  mkdirSync(watched.file('web/many'))
  const names = Array.from({ length: 9000 }, (_, i) => `web/many/${i}.json`)
  for (const name of names) writeFileSync(watched.file(name), '1')
  const { count } = await watched.told(...names)
  assert.equal(count, 1)
  for (const name of [...names, ...names]) appendFileSync(watched.file(name), '2')
  unlinkSync(watched.file('web/b.c'))
  mkdirSync(watched.file('web/late'))
  writeFileSync(watched.file('web/late/c.c'), 'c')
  const { files } = await watched.told(...names, 'web/b.c', 'web/late/c.c')
  assert.equal(files.length, names.length + 2)
  await watched.notices('web/late/c.c')
  await watched.notices('web/many/8999.json')
})

test('a change that no event tells of is found a little later', async t => {
  const watched = new Watched(t, { looks: 100 })
  watched.tree.unwatchAll()
  appendFileSync(watched.file('web/a.c'), 'more')
  await watched.told('web/a.c')
})

test('settle() waits until everything that was saved has been told', async t => {
  const watched = new Watched(t)
  writeFileSync(watched.file('web/a.c'), 'saved')
  await watched.tree.settle()
  assert.deepEqual([...watched.names()], ['web/a.c'])
})
