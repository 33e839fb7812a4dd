// watch: true: files of the configuration that change are read again.
import assert from 'node:assert/strict'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

import { reloadable } from './lib/reloading.mjs'
import { scratch } from './lib/scenario.mjs'
import { jwt, now } from './lib/token.mjs'

const routes = [{ path: '/a/', service: 'users', to: '/', access: 'signed-in' }]

// A volume as Kubernetes mounts it: secret -> ..data/secret, and ..data -> the newest directory.
function volume(t, value) {
  const directory = scratch(t)
  let count = 0
  const put = text => {
    const name = `..${++count}`
    mkdirSync(path.join(directory, name))
    writeFileSync(path.join(directory, name, 'secret'), text, { mode: 0o600 })
    symlinkSync(name, path.join(directory, '..next'))
    renameSync(path.join(directory, '..next'), path.join(directory, '..data'))
  }
  put(value)
  symlinkSync('..data/secret', path.join(directory, 'secret'))
  return { file: path.join(directory, 'secret'), put }
}

const secrets = ['the first of two secrets of a test', 'the second of two secrets of a test']

async function stage(t) {
  const { file, put } = volume(t, secrets[0])
  const scene = await reloadable(t, { 'users *': { status: 204 } }, { env: { JWT_SECRET: undefined },
    config: { watch: true, routes, login: { algorithms: ['HS256'], secret_file: file } } })
  const statuses = () => Promise.all(secrets.map(async secret => (await scene.get('/a/1', { as: null,
    headers: { authorization: `Bearer ${jwt({ alg: 'HS256' }, { sub: 'u1', exp: now() + 99 }, secret)}` },
  })).status))
  return { ...scene, put, statuses }
}

describe('watched files', { concurrency: 2 }, () => {
  test('are read again when the symbolic link of a volume changes', async t => {
    const { put, more, statuses, change, get } = await stage(t)
    assert.deepEqual(await statuses(), [204, 403])
    assert.equal((await more(() => put(secrets[1]))).at(-1).state, 'done')
    assert.deepEqual(await statuses(), [403, 204])
    const lines = await more(() => change(settings => { settings.routes = [] }))
    assert.equal(lines.at(-1).state, 'done')
    assert.equal((await get('/a/1')).status, 404)
  })

  test('with a mistake are read once, and again when they are mended', async t => {
    const { put, more, statuses, change, reloads } = await stage(t)
    const broken = await more(() => { change(() => 'wrokers: 1\n'); put('') })
    assert.equal(broken.at(-1).state, 'failed')
    const count = reloads().length
    const mended = await more(() => { put(secrets[1]); change(settings => settings) })
    assert.deepEqual(mended.map(({ state }) => state), ['done'])
    assert.equal(reloads().length, count + 1)
    assert.deepEqual(await statuses(), [403, 204])
  })
})
