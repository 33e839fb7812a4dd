// A new frontend is a folder of composites and one line of CMake.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { before, after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))
const sources = ['CMakeLists.txt', 'tests/CMakeLists.txt', 'bff', 'clients', 'composites', 'fixtures']
const run = promisify(execFile)

describe('a third build', () => {
  let library
  const copy = mkdtempSync(path.join(tmpdir(), 'bff-kiosk-'))
  after(() => rmSync(copy, { recursive: true, force: true }))

  before(async () => {
    for (const name of sources) cpSync(path.join(root, name), path.join(copy, name), { recursive: true })
    cpSync(path.join(root, 'tests/build/kiosk'), path.join(copy, 'composites/kiosk'), { recursive: true })
    appendFileSync(path.join(copy, 'CMakeLists.txt'), 'bff_add_build(kiosk)\n')
    process.env.BFF_BUILD = path.join(copy, 'build')
    await run('cmake', ['-S', copy, '-B', process.env.BFF_BUILD, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Debug'])
    await run('cmake', ['--build', process.env.BFF_BUILD, '--target', 'bff-kiosk'])
    // Loaded only now, as it looks for the binaries where BFF_BUILD says when it is loaded.
    library = { ...await import('../e2e/lib/scenario.mjs'), ...await import('../e2e/lib/server.mjs') }
  })

  test('lists its route', async () => {
    const { code, stdout, stderr } = await library.command('kiosk', ['--routes'])

    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.match(stdout, /GET +\/api\/price-tag\/:id\b/)
  })

  test('answers from the services that are there', async t => {
    const { get } = await library.demo(t, 'kiosk')
    const res = await get('/api/price-tag/p1')

    assert.equal(res.status, 200)
    assert.deepEqual(Object.keys(res.body), ['name', 'price'])
  })
})
