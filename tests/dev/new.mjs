// ./dev new composite NAME [--build BUILD], ./dev new change NAME, ./dev new build NAME: a start that works, with its test.
// It overwrites nothing, and writes nothing when something is wrong.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import * as templates from './templates.mjs'

const usage = `./dev new composite NAME [--build BUILD]  a page of a build (default: web), and its test
./dev new change NAME [--build BUILD]     the same, a page that changes data
./dev new build NAME                      a server for another frontend, with one page and its test`

class Mistake extends Error {}

const wrong = text => { throw new Mistake(text) }

const read = file => readFileSync(file, 'utf8')
const builds = () => readdirSync('composites').filter(name => existsSync(`composites/${name}/build.c`))
const length = 40
const words = new Set(['build', 'composites']) // files of a build that are no composites
// Folders of composites/, and programs of this repository.
const taken = new Set(['shared', 'mock', 'shapes', ...readdirSync('tests/e2e', { withFileTypes: true })
  .filter(entry => entry.isDirectory()).map(({ name }) => name)])

function checkName(name, pattern, like) {
  if (name === undefined) wrong(`a name is missing\n${usage}`)
  if (!pattern.test(name) || name.length > length)
    wrong(`"${name}" is no good name: at most ${length} small letters, digits${like}, with a letter first`)
}

// Puts `line` before the first line from `begin` on that fits `end`.
function inserted(file, line, begin, end) {
  const lines = read(file).split('\n')
  const from = lines.findIndex(each => begin.test(each))
  const at = lines.findIndex((each, i) => i > from && end.test(each))
  if (from === -1 || at === -1) wrong(`${file}: ./dev new does not find the place for: ${line.trim()}`)
  return [...lines.slice(0, at), line, ...lines.slice(at)].join('\n')
}

// A test of another frontend than the browser's has the name of its build, too.
const testOf = (build, name) =>
  `tests/e2e/${build === 'web' || build === name ? name : `${build}_${name}`}.test.mjs`

// { created: { file: text }, changed: { file: text } }
function composite(name, build, { page, test, guide }) {
  checkName(name, /^[a-z][a-z0-9_]*$/, ' and _')
  if (words.has(name)) wrong(`"${name}" is the name of another file of each build`)
  if (!builds().includes(build)) wrong(`there is no build "${build}": there are ${builds().join(' and ')}`)
  const folder = `composites/${build}`
  const symbol = `${build}_${name}`
  return {
    created: { [`${folder}/${name}.c`]: page(build, name), [testOf(build, name)]: test(build, name) },
    changed: () => ({
      [`${folder}/composites.h`]: inserted(`${folder}/composites.h`,
        `extern const struct bff_composite ${symbol};`, /^extern/, /^$|^#endif/),
      [`${folder}/build.c`]: inserted(`${folder}/build.c`, `    &${symbol},`,
        /^static const struct bff_composite \*const composites\[\]/, /^ *\/\*|^};/),
    }),
    build, name, guide,
  }
}

const pages = {
  composite: { page: templates.composite, test: templates.test },
  change: { page: templates.change, test: templates.changeTest, guide: 'first-change.md leads through such a page, docs/changing-pages.md explains each column.' },
}

function frontend(build) {
  checkName(build, /^[a-z][a-z0-9]*$/, '')
  if (taken.has(build)) wrong(`"${build}" is the name of something else in this repository`)
  const folder = `composites/${build}`
  const ports = builds().map(each => Number(/\.port = (\d+)/.exec(read(`composites/${each}/build.c`))?.[1]))
  const port = Math.max(8080, ...ports.filter(Boolean)) + 1
  return {
    created: { [`${folder}/build.c`]: templates.build(build, ['home'], port),
      [`${folder}/composites.h`]: templates.header(build, ['home']),
      [`${folder}/home.c`]: templates.composite(build, 'home'),
      [`tests/e2e/${build}.test.mjs`]: templates.test(build, 'home') },
    changed: () => ({ 'CMakeLists.txt': `${read('CMakeLists.txt').trimEnd()}\nbff_add_build(${build})\n` }),
    build, name: 'home', test: `tests/e2e/${build}.test.mjs`, port,
  }
}

function write({ created, changed }) {
  const there = Object.keys(created).filter(existsSync)
  if (there.length > 0) wrong(`nothing was written, because there is already ${there.join(' and ')}`)
  const after = changed()
  for (const [file, text] of Object.entries({ ...created, ...after })) {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return { created: Object.keys(created), changed: Object.keys(after) }
}

const portOf = build => /\.port = (\d+)/.exec(read(`composites/${build}/build.c`))?.[1]

function tell({ created, changed }, { build, name, guide = 'first-composite.md explains each column.', test = testOf(build, name), port }) {
  const watch = `./dev watch${build === 'web' ? '' : ` ${build}`}`
  console.log(`written   ${created.join('\n          ')}
changed   ${changed.join('\n          ')}

Next:
  ${watch.padEnd(52)}serves it, and builds it again after each save
  BFF_BUILD=build/watch node --test ${test}
      its tests, which pass: change them with the page. Without ./dev watch: ./dev build && node --test ...
  ${created.find(file => file.endsWith(`/${name}.c`))}
      the page: say what it asks, and what the browser gets
  ${`http://127.0.0.1:${portOf(build)}/__bff/`.padEnd(52)}shows its requests while ./dev watch runs
docs/${guide}${port ? ` bff-${build} has the port ${port}.` : ''}`)
}

try {
  const [what, name, option, build, more] = process.argv.slice(2)
  if (more !== undefined || (option !== undefined && (option !== '--build' || !pages[what])))
    wrong(usage)
  if (option !== undefined && build === undefined) wrong(`--build needs a name\n${usage}`)
  const plan = pages[what] ? composite(name, build ?? 'web', pages[what])
    : what === 'build' ? frontend(name) : wrong(usage)
  tell(write(plan), plan)
} catch (error) {
  if (!(error instanceof Mistake)) throw error
  console.error(`dev: ${error.message}`)
  process.exit(2)
}
