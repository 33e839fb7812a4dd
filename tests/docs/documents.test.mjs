// Every command and every example of the documents gives the result that the page shows. The guides
// have their own tests (guide.test.mjs, guide_change.test.mjs), because they build programs.
import assert from 'node:assert/strict'
import { cpSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

import { pages, root } from './lib/pages.mjs'
import { samples } from './lib/samples.mjs'
import { commandsOf, Stage } from './lib/stage.mjs'
import * as unrun from './lib/unrun.mjs'
import { isKnown, walkPage } from './lib/walk.mjs'
import { keysIn } from './lib/keys.mjs'

const builds = process.env.BFF_BUILD ?? path.join(root, 'build')
const guides = ['docs/first-composite.md', 'docs/first-change.md']
const all = Object.values(pages).flatMap(({ blocks }) => blocks)

const signIn = 'curl -s http://127.0.0.1:8080/api/auth/login -d ' +
  `'{"email":"ada.nowak@mail.example","password":"ada-loves-tea"}' ` +
  `| sed 's/.*"token":"\\([^"]*\\)".*/Authorization: Bearer \\1/' >/tmp/bff-token`

// Where the commands of a page run: with what it takes for granted.
async function stageOf() {
  const stage = new Stage({ builds })
  // Copies: what a command writes there must not come into the sources.
  for (const name of ['fixtures', 'composites'])
    cpSync(path.join(root, name), path.join(stage.place, name), { recursive: true })
  symlinkSync(path.join(root, 'dev'), path.join(stage.place, 'dev'))
  cpSync(path.join(root, 'composites/web/web.yaml'), path.join(stage.place, 'web.yaml'))
  keysIn(stage)
  await stage.demo()
  await stage.run(signIn)
  return stage
}

for (const page of Object.values(pages).filter(({ name }) => !guides.includes(name))) {
  describe(page.name, () => {
    let stage
    before(async () => { if (page.blocks.length > 0) stage = await stageOf() })
    after(() => stage?.close())
    walkPage(page, () => stage, samples)
  })
}

test('every block is of a kind that is known', () => {
  for (const block of all) {
    assert.ok(isKnown(block.kind) || unrun.whyBlock(block), `${block.title}: "${block.kind}"`)
  }
})

test('every exception is needed, and says why', () => {
  for (const { page, begins, why } of unrun.blocks) {
    const isUsed = pages[page]?.blocks.some(({ text }) => text.startsWith(begins))
    assert.ok(isUsed && why, `${page}: ${begins}`)
  }
  const shown = all.filter(({ kind }) => kind === 'sh')
  const due = unrun.commands.filter(({ page }) => !page || pages[page])
  for (const { begins, page, why } of due) {
    const commands = shown.filter(block => !page || block.page === page).flatMap(commandsOf)
    assert.ok(why && commands.some(command => command.startsWith(begins)), begins)
  }
})

test('every sample that a test makes is shown', () => {
  for (const [page, rows] of Object.entries(samples)) {
    for (const { begins } of rows) {
      const isShown = pages[page].blocks.some(({ text }) => text.startsWith(begins))
      assert.ok(isShown, `${page}: ${begins}`)
    }
  }
})
