// ./dev new: what it writes is formatted, builds, and passes its own tests at once. The server itself is
// not compiled here: its objects are those of the release build.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

import { scratch } from './lib/scenario.mjs'
import { copyTree, root } from './lib/tree.mjs'

const builds = path.join(root, 'build')
const isBuilt = existsSync(path.join(builds, 'CMakeFiles/bff_base.dir'))

describe('./dev new', { skip: isBuilt ? false : 'the release build is not there' }, () => {
  const cleanUps = []
  let place
  before(() => {
    place = scratch({ after: cleanUp => cleanUps.push(cleanUp) })
    mkdirSync(path.join(place, 'tests/e2e/clock'), { recursive: true })
    copyTree(place, builds)
  })
  after(async () => { for (const cleanUp of cleanUps) await cleanUp() })

  const run = (program, ...args) => new Promise(resolve => {
    const env = { ...process.env, BFF_BUILD: path.join(place, 'build/watch') }
    delete env.NODE_TEST_CONTEXT // of this test
    execFile(program, args, { cwd: place, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }))
  })
  const make = (...args) => run(process.execPath, 'tests/dev/new.mjs', ...args)
  const good = async (...command) => {
    const { code, output } = await run(...command)
    assert.equal(code, 0, output)
    return output
  }
  const read = name => readFileSync(path.join(place, name), 'utf8')
  const all = () => readdirSync(place, { recursive: true }).filter(name => !name.startsWith('build/')).sort()

  test('writes a page and a build, and says what to do next', async () => {
    const { code, output } = await make('composite', 'order_list')
    assert.equal(code, 0, output)
    for (const said of ['composites/web/order_list.c', './dev watch', 'BFF_BUILD=build/watch node --test tests/e2e/order_list.test.mjs'])
      assert.ok(output.includes(said), output)
    assert.match(read('composites/web/build.c'), /\n {4}&web_order_list,\n/)
    assert.match(read('composites/web/composites.h'), /\nextern .*;\nextern const struct bff_composite web_order_list;\n\n#endif/)

    const other = await make('composite', 'order_list', '--build', 'mobile')
    assert.equal(other.code, 0, other.output)
    assert.ok(existsSync(path.join(place, 'tests/e2e/mobile_order_list.test.mjs')))

    const change = await make('change', 'order_place')
    assert.equal(change.code, 0, change.output)
    assert.match(change.output, /__bff\/[^]*docs\/first-change\.md[^]*docs\/changing-pages\.md/)

    const build = await make('build', 'kiosk')
    assert.equal(build.code, 0, build.output)
    assert.match(build.output, /\.\/dev watch kiosk[^]* port 8082\./)
    assert.match(read('CMakeLists.txt'), /\nbff_add_build\(kiosk\)\n$/)
  })

  test('which are formatted, and pass their tests', async () => {
    const sources = ['composites/web', 'composites/mobile', 'composites/kiosk'].flatMap(folder =>
      readdirSync(path.join(place, folder)).filter(name => /\.[ch]$/.test(name)).map(name => `${folder}/${name}`))
    await good('clang-format', '--dry-run', '-Werror', ...sources)
    await good('sh', 'tests/layers.sh')
    await good('sh', 'tests/comments.sh')
    await good('cmake', '--preset', 'watch')
    await good('ninja', '-C', 'build/watch', 'bff-web', 'bff-mobile', 'bff-kiosk')
    const said = await good(process.execPath, '--test', 'tests/e2e/')
    assert.match(said, /^# pass 16$/m)
    assert.match(said, /^# fail 0$/m)
  })

  test('overwrites nothing', async () => {
    const before = all()
    for (const args of [['composite', 'order_list'], ['build', 'kiosk'], ['composite', 'home', '--build', 'kiosk']]) {
      const { code, output } = await make(...args)
      assert.equal(code, 2)
      assert.match(output, /nothing was written, because there is already composites\//)
    }
    assert.deepEqual(all(), before)
  })

  for (const [why, args, message] of [
    ['capital letters', ['composite', 'OrderList'], /"OrderList" is no good name/],
    ['a path', ['composite', '../web'], /is no good name/],
    ['a digit first', ['build', '2go'], /is no good name/],
    ['a name that another file has', ['composite', 'build'], /"build" is the name of another file/],
    ['a name that a test program has', ['build', 'clock'], /"clock" is the name of something else/],
    ['the shared folder', ['build', 'shared'], /"shared" is the name of something else/],
    ['a build that is not there', ['composite', 'a', '--build', 'desk'], /there are \w+.* and web/],
    ['no name', ['composite'], /a name is missing/],
    ['something else', ['page', 'a'], /\.\/dev new composite NAME/],
  ]) {
    test(`refuses ${why}`, async () => {
      const before = all()
      const { code, output } = await make(...args)
      assert.equal(code, 2)
      assert.match(output, message)
      assert.deepEqual(all(), before)
    })
  }
})
