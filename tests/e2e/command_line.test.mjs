// The command line: what the program checks before it serves, and its messages.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import path from 'node:path'
import { describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { ask } from './lib/client.mjs'
import { anywhere, configFile, scenario, scratch } from './lib/scenario.mjs'
import { command, startServer } from './lib/server.mjs'
import { inParallel } from './lib/wait.mjs'

const routes = ['GET /api/dashboard/:userId', 'GET /api/products/:id', 'GET /api/checkout/:orderId']

async function busyPort(t) {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `127.0.0.1:${server.address().port}`
}

// [what is wrong, the file, where]
const mistakes = [
  ['a key that nobody knows', 'listen: ["http://127.0.0.1:0"]\nservces:\n  users: {}\n', 2],
  ['a service that nobody knows', 'services:\n  users: {}\n  user: {}\n', 3],
  ['a key of a service that nobody knows', 'services:\n  users:\n    endpoint: x\n', 3],
  ['a value of the wrong kind', 'workers:\n  - 1\n', 2],
  ['a number that is none', '\nworkers: many\n', 2],
  ['a duration that is none', 'services:\n  users: { timeout: { total: soon } }\n', 2],
  ['an address that is none', 'listen: ["ftp://127.0.0.1"]\n', 1],
  ['an endpoint with a path', 'services:\n  users:\n    endpoints: ["http://a/b"]\n', 3],
  ['the same key twice', 'workers: 1\nworkers: 2\n', 2],
  ['what is no YAML', 'workers: 1\nlisten: [\n', null],
]

for (const build of ['web', 'mobile']) {
  describe(`bff-${build}`, { concurrency: 4 }, () => {
    test('--check finds nothing wrong', async () => {
      const { code, stderr } = await command(build, ['--check'])
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    })

    test('--routes shows its composites and what they ask', async () => {
      const { code, stdout, stderr } = await command(build, ['--routes'])
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
      for (const route of routes) assert.ok(stdout.includes(route), stdout)
      for (const part of ['recentOrders', 'inventory', 'products'])
        assert.ok(stdout.includes(part), stdout)
    })
  })
}

describe('a mistake in the configuration', { concurrency: 4 }, () => {
  for (const [why, text, line] of mistakes) {
    test(`${why} ends the start, and is shown where it stands`, async t => {
      const file = configFile(t, text)
      const busy = await busyPort(t) // it would be found busy if it were tried
      for (const args of [['--check'], ['--listen', `http://${busy}`]]) {
        const { code, stdout, stderr } = await command('web', ['--config', file, ...args])
        assert.equal(code, 2, stderr)
        assert.equal(stdout, '')
        assert.ok(stderr.includes(`${file}:${line ?? ''}`), stderr)
      }
    })
  }

  test('all mistakes are shown at once', async t => {
    const file = configFile(t, 'workers: many\nservces: {}\nlisten: [1x]\n')
    const { code, stderr } = await command('web', ['--config', file, '--check'])
    assert.equal(code, 2)
    for (const line of [1, 2, 3]) assert.ok(stderr.includes(`${file}:${line}`), stderr)
  })

  for (const [why, args, env, names] of [
    ['an option that nobody knows', ['--lisen', 'x'], {}, /--lisen/],
    ['an option without its value', ['--config'], {}, /--config/],
    ['a file that is not there', ['--config', '/no/such/file.yaml'], {}, /\/no\/such\/file\.yaml/],
    ['an address that is none', ['--listen', 'http://127.0.0.1:99999'], {}, /99999/],
    ['a number of workers that is none', ['--workers', '0x'], {}, /workers/],
    ['an endpoint that is none', [], { ORDERS_URL: 'ftp://orders' }, /ORDERS_URL/],
    ['TLS without a certificate', ['--listen', 'https://127.0.0.1:0'], {}, /certificate/],
    ['fixtures that are not there', ['--mock', '/no/such/fixtures'], {}, /\/no\/such\/fixtures/],
  ]) {
    test(`${why} ends the start`, async () => {
      const { code, stdout, stderr } = await command('web', args, env)
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, stderr)
      assert.match(stderr, names)
    })
  }

  test('a certificate that is not there, or not one, or not with its key', async t => {
    const ca = authority(t)
    const [one, other] = [ca.sign(['DNS:a']), ca.sign(['DNS:a'])]
    const missing = path.join(scratch(t), 'cert.pem')
    for (const [certificate, key] of [
      [missing, one.keyFile], [one.keyFile, one.keyFile], [one.certFile, other.keyFile],
    ]) {
      const file = configFile(t, { listen: ['https://127.0.0.1:0'], tls: { certificate, key } })
      const { code, stderr } = await command('web', ['--config', file, '--check'])
      assert.equal(code, 2, stderr)
    }
  })
})

describe('a start', { concurrency: 4 }, () => {
  test('on a port that is busy ends with 1 and names it', async t => {
    const busy = await busyPort(t)
    const { code, stdout, stderr } = await command('web', ['--listen', `http://${busy}`])
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
    assert.ok(stderr.includes(busy), stderr)
  })

  test('on several addresses serves on all of them, in the order given', async t => {
    const listen = ['http://[::1]:0', anywhere, '127.0.0.1:0']
    const { urls } = await scenario(t, 'web', {}, { listen })
    assert.deepEqual(urls.map(url => url.replace(/\d+$/, 'N')),
      ['http://[::1]:N', 'http://127.0.0.1:N', 'http://127.0.0.1:N'])
    for (const url of urls) assert.equal((await ask(url, '/nowhere')).status, 404)
  })

  test('takes addresses from the configuration, and the command line before it', async t => {
    const config = configFile(t, 'listen: ["http://[::1]:0"]\n')
    for (const [args, want] of [
      [[], /^http:\/\/\[::1\]:/], [['--listen', anywhere], /^http:\/\/127/],
    ]) {
      const server = await startServer('web', ['--config', config, ...args])
      t.after(() => server.stop())
      assert.equal(server.urls.length, 1)
      assert.match(server.url, want)
    }
  })

  test('with two workers answers as with one', async t => {
    const empty = { status: 204 }
    const { get } = await scenario(t, 'web', {
      'users *': ({ url }) => ({ json: { url } }), 'orders *': empty, 'recommendations *': empty,
      'notifications *': empty,
    }, { args: ['--workers', '2'] })
    const paths = Array.from({ length: 100 }, (_, i) => `/api/dashboard/${i}`)
    const answers = await inParallel(8, paths, where => get(where))
    assert.deepEqual(answers.map(({ body }) => body.user.url), answers.map((_, i) => `/users/${i}`))
  })
})
