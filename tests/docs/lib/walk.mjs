/*
 * Goes through a page as its reader does, block by block. What a block is for is said by its kind:
 *
 *   sh       commands; each ends with 0, and no answer is an error, unless a comment says so
 *   json     what the command before it answered; without one, what `samples` makes
 *   text     what the command before it printed
 *   yaml     a scenario, by its folder; else a configuration that --check finds good; "with mistakes" behind its name: one that
 *            the command behind it is told
 *   c, js    the file named above it; without a name C is found in the sources, and JavaScript runs
 *   ts       a module that tests/peers/types.test.mjs compiles
 *   diff     a change of the file named above it; "for a moment": it is taken back where the page
 *            says "Put it right again"
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

import { assertJson, assertText } from './compare.mjs'
import { root } from './pages.mjs'
import { commandsOf } from './stage.mjs'
import { whyBlock, whyCommand } from './unrun.mjs'

const AsyncFunction = (async () => undefined).constructor
const once = text => text.split('\n').map(line => line.trim()).join('\n')

function sources() {
  const folders = ['bff', 'clients', 'composites', 'tests/e2e/choices', 'tests/e2e/changing']
  return folders.flatMap(folder => readdirSync(path.join(root, folder),
    { recursive: true }).filter(name => /\.[ch]$/.test(name))
    .map(name => readFileSync(path.join(root, folder, name), 'utf8')))
}

// Paragraphs of an excerpt stand in one file, in this order.
function assertExcerpt({ text, title }) {
  const pieces = text.split('\n\n').map(once)
  const has = source => pieces.reduce((at, piece) => {
    const found = at < 0 ? -1 : once(source).indexOf(piece.trim(), at)
    return found
  }, 0) >= 0
  assert.ok(sources().some(has), `${title}: no file has this`)
}

async function commands(block, walk) {
  walk.output = ''
  for (const command of commandsOf(block)) {
    if (whyCommand(command)) continue
    walk.output += await walk.stage.run(command)
  }
}

async function answer(block, walk, compare) {
  const sample = walk.samples[block.page]?.find(({ begins }) => block.text.startsWith(begins))
  const output = sample ? await sample.make(walk.stage) : walk.output
  assert.ok(output !== undefined, `${block.title}: nothing before it answers this`)
  compare(block, output)
}

const file = (block, walk) => {
  walk.stage.write(block.file, block.text)
}

// "-" and "+" lines, with enough around them to be found once. A clone whose owner has done so has
// them already.
function change(block, { stage }) {
  const linesOf = signs => block.text.split('\n').filter(line => line && signs.includes(line[0]))
    .map(line => `${line.slice(1)}\n`).join('')
  const side = sign => linesOf(` ${sign}`)
  const text = stage.read(block.file)
  if (stage.isFollowed && text.includes(linesOf('+'))) return undefined
  const pieces = text.split(side('-'))
  assert.equal(pieces.length, 2, `${block.title}: ${block.file} has it ${pieces.length - 1} times`)
  stage.write(block.file, pieces.join(side('+')))
  return () => stage.write(block.file, text)
}

async function configuration(block, { stage }) {
  const name = block.file ?? 'sample.yaml'
  stage.write(name, block.text)
  if (block.remark?.includes('with mistakes')) return
  const needsNone = /^login:(?:\n  .*)*?.*\bkeys:/m.test(block.text)
  const secret = needsNone ? '' : `JWT_SECRET='one that is long enough for a token' `
  const session = `SESSION_KEY='one that is long enough for sessions' CLIENT_SECRET='secret' ` +
    `COLLECTOR_TOKEN='secret' `
  await stage.run(`${secret}${session}USERS_HOST=users.example bff-web --check --config ${name}`)
}

// A scenario: mock services with the data of the shop start with it. "fixtures" is that of the sources.
async function scenario(block, { stage }) {
  stage.write(block.file.replace('fixtures/', 'shop/'), block.text)
  await stage.run('ln -sfn ../fixtures/data shop/data')
  await stage.run('bff-mock --data shop --port 3100')
}

// A script of the page runs with what it takes for granted: see Stage.scene().
const script = ({ text }, { stage }) =>
  new AsyncFunction('scene', `with (scene) {${text}}`)(stage.scene())

const kinds = {
  sh: commands,
  json: (block, walk) => answer(block, walk, assertJson),
  text: (block, walk) => answer(block, walk, assertText),
  yaml: (block, walk) => (block.file?.includes('/scenarios/') ? scenario : configuration)(block, walk),
  c: (block, walk) => (block.file ? file(block, walk) : assertExcerpt(block)),
  js: (block, walk) => (block.file ? file(block, walk) : script(block, walk)),
  ts: () => undefined,
  diff: change,
}

export const isKnown = kind => kind in kinds

/*
 * One test for each block of `page`, on the stage that `stageOf()` gives then. `samples` is
 * { page: [{ begins, make }] }: what answers are shown without a command.
 */
export function walkPage(page, stageOf, samples = {}) {
  const walk = { samples }
  const takeBack = () => { walk.takeBack?.(); walk.takeBack = undefined }
  for (const block of page.blocks) {
    if (whyBlock(block)) continue
    test(`${block.title}: ${block.text.split('\n')[0]}`, async () => {
      walk.stage = stageOf()
      if (block.anchor !== walk.anchor) {
        walk.output = undefined
        await walk.stage.endSection()
      }
      if (block.lead.includes('Put it right again')) takeBack()
      walk.anchor = block.anchor
      const undo = await kinds[block.kind](block, walk)
      if (block.remark?.includes('for a moment')) walk.takeBack = undo
    })
  }
  test(`${page.name}: what was wrong for a moment is right again`, () =>
    assert.equal(walk.takeBack, undefined))
}
