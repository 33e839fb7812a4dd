// Who may use the pages for operators: by a token, or by a unix socket.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { admin, asOperator, json } from './lib/operator.mjs'
import { anywhere, configFile, open, scenario, scratch } from './lib/scenario.mjs'
import { command, startServer } from './lib/server.mjs'

async function stage(t, settings) {
  const scene = await scenario(t, 'web', {}, { config: { ...open.config, cache: {}, admin: settings } })
  const tell = (method, where, headers, body) => ask(scene.server.ready.admin, where, { method, headers, body })
  return { ...scene, tell, purge: headers => tell('POST', '/cache/purge', headers, '{"all":true}') }
}

describe('with a token', { concurrency: 4 }, () => {
  test('the health pages are for everybody, and everything else needs it', async t => {
    const { tell, purge } = await stage(t, admin)
    for (const [where, status] of [['/health', 200], ['/ready', 200], ['/health/users', 200], ['/health/none', 404]])
      for (const method of ['GET', 'HEAD']) assert.equal((await tell(method, where)).status, status, where)
    for (const [method, where] of [['GET', '/'], ['GET', '/nothing'], ['PURGE', '/a'], ['POST', '/revoke'],
      ['POST', '/health'], ['GET', '/metrics/x'], ['GET', '/healthy']]) {
      const { status, headers, body } = await tell(method, where)
      assert.deepEqual([status, body.error, headers['www-authenticate']],
        [401, 'No token provided', 'Bearer realm="admin"'], `${method} ${where}`)
    }
    assert.equal((await purge(json)).status, 200)
    assert.equal((await tell('GET', '/', asOperator)).status, 200)
    assert.equal((await tell('POST', '/health', asOperator)).status, 405)
  })

  test('another one is refused, and an address that tries many has to wait', async t => {
    const { tell, purge, server } = await stage(t, admin)
    const { authorization } = asOperator
    for (const [why, value, error] of [['longer', `${authorization}x`, 'Invalid token'],
      ['shorter', authorization.slice(0, -1), 'Invalid token'], ['in capitals', authorization.toUpperCase(), 'Invalid token'],
      ['empty', 'Bearer ', 'No token provided'], ['of another scheme', authorization.replace('Bearer', 'Basic'), 'No token provided']]) {
      const { status, body, headers } = await purge({ ...json, authorization: value })
      assert.deepEqual([status, body.error], [401, error], why)
      assert.match(headers['www-authenticate'], error === 'Invalid token' ? /error="invalid_token"/ : /^Bearer realm="admin"$/)
    }
    const statuses = new Set()
    for (let i = 0; i < 50; i++) statuses.add((await purge({ ...json, authorization: 'Bearer wrong' })).status)
    assert.deepEqual([...statuses], [401, 429])
    assert.ok((await purge({ ...json, authorization: 'Bearer wrong' })).headers['retry-after'])
    assert.equal((await tell('GET', '/health')).status, 200)
    await server.stop()
    assert.ok(!server.stdout.includes('the-token-of'), 'no log line has the token')
  })

  test('it may come from a file, and names of hosts from the configuration', async t => {
    const file = path.join(scratch(t), 'token')
    writeFileSync(file, 'a-token-of-a-file-with-a-line\n', { mode: 0o600 })
    const { tell } = await stage(t, { listen: anywhere, token_file: file, hosts: ['ops.example'] })
    const headers = { authorization: 'bearer a-token-of-a-file-with-a-line' }
    for (const [host, status] of [['OPS.example:9090', 200], ['ops.example.', 200], ['a.ops.example', 403], ['evil.example', 403]])
      assert.equal((await tell('GET', '/', { ...headers, host })).status, status, host)
  })
})

test('without a token nothing can be changed, and the refusal says what to do', async t => {
  const { tell, purge, server } = await stage(t, { listen: anywhere })
  assert.equal((await tell('GET', '/health')).status, 200)
  for (const { status, body } of [await tell('GET', '/'), await purge(json), await tell('PURGE', '/a')]) {
    assert.equal(status, 403)
    assert.match(body.error, /^admin\.token is not set; set it .* or use a unix socket$/)
  }
  await server.stop()
  assert.deepEqual(server.lines().filter(({ event }) => event === 'purge'), [])
})

describe('a unix socket', { concurrency: 4 }, () => {
  const through = async (socketPath, method, where, headers = {}, body) => {
    const req = http.request({ socketPath, method, path: where, agent: false,
      headers: { ...headers, ...(body ? { 'content-length': body.length } : {}) } })
    req.end(body)
    const [res] = await once(req, 'response')
    res.resume()
    return res.statusCode
  }
  const socketIn = t => path.join(scratch(t), 'admin.sock')
  const config = (t, socket, more) => ['--config', configFile(t, { login: 'off', cache: {},
    admin: { listen: `unix:${socket}`, ...more } }), '--listen', anywhere, '--workers', '2']

  test('is for its owner only, needs no token, and goes away with the server', async t => {
    const socket = socketIn(t)
    const server = await startServer('web', config(t, socket, { token: admin.token }))
    t.after(() => server.stop())
    assert.equal(server.ready.admin, `unix:${socket}`)
    assert.equal(statSync(socket).mode & 0o777, 0o600)
    for (let i = 0; i < 8; i++) assert.equal(await through(socket, 'PURGE', '/a', { host: 'anything.example' }), 200)
    assert.equal(await through(socket, 'PURGE', '/a', { origin: 'https://evil.example' }), 403)
    await server.stop()
    assert.ok(!existsSync(socket))
    assert.deepEqual([...new Set(server.lines().filter(({ event }) => event === 'purge').map(({ from }) => from))], ['unix'])
  })

  test('that a killed server left behind is replaced, and one in use is not', async t => {
    const socket = socketIn(t)
    const killed = await startServer('web', config(t, socket))
    killed.child.kill('SIGKILL')
    await killed.ended
    assert.ok(existsSync(socket))
    const server = await startServer('web', config(t, socket))
    t.after(() => server.stop())
    const { code, stderr } = await command('web', config(t, socket))
    assert.equal(code, 1)
    assert.match(stderr, /cannot listen on unix:.*: Address already in use/)
    assert.equal(await through(socket, 'PURGE', '/a'), 200)
  })

  test('does not replace a file that is something else', async t => {
    const socket = socketIn(t)
    writeFileSync(socket, 'precious')
    const { code, stderr } = await command('web', config(t, socket))
    assert.equal(code, 1)
    assert.match(stderr, /cannot listen on unix:.*: File exists/)
    assert.equal(readFileSync(socket, 'utf8'), 'precious')
  })

  test('of another server stays when this one ends', async t => {
    const socket = socketIn(t)
    const first = await startServer('web', config(t, socket))
    t.after(() => first.stop())
    const { unlinkSync } = await import('node:fs')
    unlinkSync(socket)
    const second = await startServer('web', config(t, socket))
    t.after(() => second.stop())
    await first.stop()
    assert.equal(await through(socket, 'PURGE', '/a'), 200)
  })
})
