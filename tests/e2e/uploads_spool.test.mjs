// Bodies of requests that are read as a whole before the service is asked, the most of them to a file
// on disk.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { after, describe, test } from 'node:test'

import { mebibyte } from './lib/reply.mjs'
import { scratch } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'
import { counts, uploading, writeAll } from './lib/uploading.mjs'

const { stage, ways } = uploading({ after })
const way = Object.keys(ways)
const spooled = '/spool/x'

describe('a spooled upload', { concurrency: 4 }, () => {
  for (const how of way) {
    test(`is sent when it is whole, with its length, ${how}`, async t => {
      const scene = await stage(t, counts, { config: { uploads: { memory: '1KiB' } } })
      const { stream, answer } = await ways[how](scene, { path: spooled, length: mebibyte + 3 })
      stream.write('abc')
      await scene.get('/ready')
      assert.equal(scene.asked('users').length, 0)
      await writeAll({ stream }, mebibyte)
      assert.deepEqual(JSON.parse((await answer).text),
        { bytes: mebibyte + 3, length: String(mebibyte + 3) })
    })
  }

  test('has no name in its directory', async t => {
    const dir = mkdtempSync(path.join(scratch(t), 'uploads-'))
    const scene = await stage(t, counts, { config: { uploads: { memory: 0, dir } } })
    const { stream, answer } = await ways[way[0]](scene, { path: spooled, length: 6 })
    stream.write('abc')
    const files = () => readdirSync(`/proc/${scene.server.pid}/fd`).length
    await eventually(() => files() > 0 && scene.asked('users').length === 0, 'a file')
    assert.deepEqual(readdirSync(dir), [])
    stream.end('def')
    assert.equal((await answer).status, 200)
  })

  test('is refused when the files of the server have no room, and there is room again later', async t => {
    const scene = await stage(t, counts, { config: { uploads: { memory: 0, max: '1MiB' } } })
    const send = async bytes => {
      const upload = await ways['HTTP/1.1 in chunks'](scene, { path: spooled })
      writeAll(upload, bytes)
      return upload.answer
    }
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await send(mebibyte + 1)
      assert.deepEqual([status, headers['retry-after']], [503, '1'])
      assert.equal((await send(mebibyte)).status, 200)
    }
    assert.equal(scene.asked('users').length, 3)
  })

  for (const how of ['HTTP/1.1 with a length', 'HTTP/2']) {
    test(`is refused when the disk is full, ${how}`, async t => {
      const scene = await stage(t, counts,
        { config: { uploads: { memory: 0 } }, under: ['prlimit', '--fsize=100000'] })
      const upload = await ways[how](scene, { path: spooled, length: mebibyte })
      writeAll(upload, mebibyte)
      assert.equal((await upload.answer).status, 507)
      const failures = () => scene.server.lines().filter(({ event }) => event === 'spool_failed')
      await eventually(() => failures().length > 0, 'a line of the log')
      const [line] = failures()
      assert.deepEqual([line.cannot, line.error], ['write', 'File too large'])
      const small = await ways[how](scene, { path: spooled, length: 3 })
      small.stream.end('abc')
      assert.equal((await small.answer).status, 200)
    })
  }

  test('is sent to another endpoint when the first one is dead', async t => {
    const scene = await stage(t, counts, { config: { uploads: { memory: 0 } },
      urlOf: { users: url => `http://127.0.0.1:1,${url}` } })
    const { stream, answer } = await ways['HTTP/1.1 in chunks'](scene, { path: spooled })
    stream.end('abcdef')
    assert.deepEqual(JSON.parse((await answer).text), { bytes: 6, length: '6' })
  })

  test('goes on without its client', async t => {
    let told
    const got = new Promise(resolve => (told = resolve))
    const scene = await stage(t, { async send({ req, res }) {
      let bytes = 0
      req.once('data', () => leave())
      for await (const chunk of req) bytes += chunk.length
      told(bytes)
      res.end()
    } }, { config: { uploads: { memory: 0 } } })
    const upload = await ways[way[0]](scene, { path: spooled, length: 16 * mebibyte })
    const { leave } = upload
    await writeAll(upload, 16 * mebibyte)
    assert.equal(await got, 16 * mebibyte)
  })

  test('needs a directory', async t => {
    await assert.rejects(stage(t, counts, { config: { uploads: { dir: '/nowhere' } } }),
      /uploads\.dir: \/nowhere: No such file or directory/)
  })
})
