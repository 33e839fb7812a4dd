// The token for services beside the real jose: a service that uses jose takes ours by the URL of the
// key set, while keys change, and takes no other.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { ask } from '../e2e/lib/client.mjs'
import { configFile, scratch } from '../e2e/lib/scenario.mjs'
import { startServer } from '../e2e/lib/server.mjs'
import { jwt, now, tokenFor } from '../e2e/lib/token.mjs'
import { soon } from '../e2e/lib/wait.mjs'
import { readPage } from '../docs/lib/pages.mjs'
import { freePort, serve } from './lib/run.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))
const packages = beside('../../build/peers/node_modules/')
const node = path.join(packages, `node-linux-${process.arch}/bin/node`)
const kinds = {
  ES256: ['ec', { namedCurve: 'P-256' }], ES384: ['ec', { namedCurve: 'P-384' }],
  RS256: ['rsa', { modulusLength: 2048 }],
}

function newKey(t, algorithm) {
  const { privateKey, publicKey } = generateKeyPairSync(...kinds[algorithm])
  const directory = scratch(t)
  const write = (name, key, type) => {
    writeFileSync(path.join(directory, name), key.export({ type, format: 'pem' }))
    return path.join(directory, name)
  }
  return { algorithm, privateKey, key_file: write('key.pem', privateKey, 'pkcs8'),
    published: write('key.pub', publicKey, 'spki') }
}

// A service that verifies with jose: its URL.
async function startService(t, keySet) {
  assert.ok(existsSync(node), `${node} is missing: ./dev test installs it`)
  const child = spawn(node, [beside('lib/jose_service.mjs'), keySet],
    { env: { ...process.env, PEERS: packages }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [port] = await soon(once(child.stdout.setEncoding('utf8'), 'data'), 'the service to listen')
  return `http://127.0.0.1:${Number(port)}`
}

// bff-web at `port`, in front of the service.
const startBff = (t, port, service, { algorithm, key_file }, previous = []) =>
  startServer('web', ['--listen', `http://127.0.0.1:${port}`, '--config', configFile(t, {
    identity: { algorithm, key_file,
      ...previous.length && { previous_keys: previous.map(({ published }) => published) } },
    services: { users: { health: 'off' } } })], { USERS_URL: service })

test('jose takes our token from the URL of the key set, also while keys change', async t => {
  const port = await freePort(), url = `http://127.0.0.1:${port}`
  const service = await startService(t, `${url}/.well-known/jwks.json`)
  const [es256, es384, rs256] = Object.keys(kinds).map(algorithm => newKey(t, algorithm))
  const steps = [[es256], [es256, [es384]], [es384, [es256]], [es384, [rs256]], [rs256, [es384]],
    [rs256]]
  for (const [key, previous] of steps) {
    const server = await startBff(t, port, service, key, previous)
    try {
      const { status, body } = await ask(url, '/api/users/1', { token: tokenFor('u1') })
      assert.equal(status, 200, JSON.stringify(body))
      assert.deepEqual([body.sub, body.aud, body.roles], ['u1', 'users', ['customer']])
    } finally {
      await server.stop()
    }
  }
})

test('jose refuses a token of anybody else, for anybody else, or changed', async t => {
  const port = await freePort(), url = `http://127.0.0.1:${port}`
  const service = await startService(t, `${url}/.well-known/jwks.json`)
  const [key, stranger] = [newKey(t, 'ES256'), newKey(t, 'ES256')]
  const server = await startBff(t, port, service, key)
  t.after(() => server.stop())
  const { keys: [{ kid }] } = JSON.parse((await ask(url, '/.well-known/jwks.json')).text)
  const claims = { iss: 'bff-web', aud: 'users', sub: 'u1', exp: now() + 60 }
  const made = (more, by = key) => jwt({ alg: 'ES256', kid }, { ...claims, ...more }, by.privateKey)
  const get = async token =>
    (await ask(service, '/', { headers: token === undefined ? {} : { 'x-identity': token } })).status

  assert.equal(await get(made({})), 200, 'what this test makes is like ours')
  const good = made({})
  const refused = {
    none: undefined, 'for another service': made({ aud: 'orders' }), 'too old': made({ exp: now() - 1 }),
    'of another issuer': made({ iss: 'x' }), 'by another key': made({}, stranger),
    'without a signature': good.slice(0, -86), 'by a secret': jwt({ alg: 'HS256', kid }, claims),
  }
  for (const [why, token] of Object.entries(refused)) assert.equal(await get(token), 401, why)
  const changed = [...good].map((char, i) =>
    `${good.slice(0, i)}${char === 'A' ? 'Q' : 'A'}${good.slice(i + 1)}`)
  const taken = []
  for (const token of changed) if (await get(token) === 200) taken.push(token)
  assert.deepEqual(taken, [])
})

const examples = { js: ['service.mjs', node], python: ['service.py', '/usr/bin/python3'] }

for (const [kind, [name, program]] of Object.entries(examples)) {
  test(`the service that docs/identity.md shows checks who asks: ${kind}`, async t => {
    const [port, servicePort] = [await freePort(), await freePort()]
    const block = readPage('docs/identity.md').blocks.find(each => each.kind === kind)
    const directory = scratch(t), file = path.join(directory, name)
    symlinkSync(packages, path.join(directory, 'node_modules'))
    writeFileSync(file, block.text.replaceAll('8080', port).replaceAll('3002', servicePort)
      .replaceAll("'orders'", "'users'"))
    t.after(await serve(program, [file], servicePort))
    const service = `http://127.0.0.1:${servicePort}`
    const server = await startBff(t, port, service, newKey(t, 'ES256'))
    t.after(() => server.stop())

    const { text } = await ask(server.url, '/api/users/1', { token: tokenFor('u1') })
    assert.deepEqual(JSON.parse(text), { user: 'u1', roles: ['customer'] })
    for (const headers of [{}, { 'x-user-id': 'u1' }, { 'x-identity': tokenFor('u1') }])
      assert.equal((await ask(service, '/', { headers })).status, 401)
  })
}
