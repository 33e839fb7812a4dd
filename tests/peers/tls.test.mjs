// TLS with openssl and curl on the other side: certificates by name, of clients, and of ours.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'

import { authority } from '../e2e/lib/certificates.mjs'
import { echo } from '../e2e/lib/reply.mjs'
import { scenario } from '../e2e/lib/scenario.mjs'
import { eventually } from '../e2e/lib/wait.mjs'

const run = promisify(execFile)
const ca = authority({ after })
const pairOf = ({ certFile, keyFile }) => ({ certificate: certFile, key: keyFile })
const first = ca.sign(['DNS:first.example'])
const second = ca.sign(['DNS:second.example', 'DNS:*.second.example'])
const secondRsa = ca.sign(['DNS:second.example'], { type: 'rsa' })
const robot = ca.sign([], { subject: '/CN=robot/O=Shop' })
const routes = [{ path: '/a', service: 'users', access: 'public' }]

const stage = (t, client) => scenario(t, 'web', { 'users *': echo }, { listen: ['https://127.0.0.1:0'],
  config: { login: 'off', routes, tls: { ...pairOf(first), certificates: [pairOf(second), pairOf(secondRsa)],
    client: { ca_file: ca.caFile, ...client } } } })

describe('openssl s_client', { concurrency: 2 }, () => {
  // What it says of the handshake.
  async function handshake(url, ...args) {
    const child = run('openssl', ['s_client', '-connect', new URL(url).host, '-CAfile', ca.caFile, ...args])
    child.child.stdin.end('GET /a HTTP/1.0\r\n\r\n')
    return (await child.catch(error => error)).stdout
  }

  for (const version of ['-tls1_2', '-tls1_3'])
    test(`gets the certificate of the name with ${version}`, async t => {
      const { url } = await stage(t)
      for (const name of ['first.example', 'second.example', 'www.second.example']) {
        const said = await handshake(url, version, '-servername', name, '-verify_hostname', name)
        assert.match(said, /Verification: OK/)
        assert.match(said, new RegExp(`Verified peername: .*${name.replace('www', '')}`))
      }
      assert.match(await handshake(url, version, '-servername', 'second.example', '-sigalgs', 'rsa_pss_rsae_sha256'),
        /Peer signature type: RSA-PSS/)
      assert.match(await handshake(url, version, '-noservername', '-verify_hostname', 'first.example'), /Verification: OK/)
    })

  test('is told whose certificates the server takes', async t => {
    const { url } = await stage(t, { verify: 'optional' })
    assert.match(await handshake(url, '-servername', 'second.example'), /Acceptable client certificate CA names\nCN ?= ?bff test/)
  })
})

describe('curl', { concurrency: 2 }, () => {
  const curl = (url, name, ...args) => run('curl', ['-sS', '--cacert', ca.caFile, '--resolve',
    `${name}:${new URL(url).port}:127.0.0.1`, ...args, `https://${name}:${new URL(url).port}/a`])
  const own = ['--cert', robot.certFile, '--key', robot.keyFile]

  for (const how of ['--http1.1', '--http2'])
    test(`shows its certificate with ${how}`, async t => {
      const { url } = await stage(t, { verify: 'required' })
      const { fields } = JSON.parse((await curl(url, 'second.example', how, ...own)).stdout)
      assert.equal(Object.fromEntries(fields)['x-client-subject'], 'O=Shop,CN=robot')
      await assert.rejects(curl(url, 'second.example', how), /^Error: Command failed/)
    })
})

test('openssl s_server -Verify gets a certificate of ours', async t => {
  const theirs = ca.sign(['IP:127.0.0.1'])
  const child = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', '-www', '-cert', theirs.certFile,
    '-key', theirs.keyFile, '-CAfile', ca.caFile, '-Verify', '2', '-verify_return_error'])
  t.after(async () => {
    const gone = once(child, 'exit')
    if (child.kill()) await gone
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', bytes => { said += bytes })
  await eventually(() => /ACCEPT 127\.0\.0\.1:(\d+)/.test(said), 'openssl to listen')
  const endpoints = `https://127.0.0.1:${/ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)[1]}`
  const users = tls => ({ endpoints, ca_file: ca.caFile, health: 'off', tls })
  const ask = async tls => (await scenario(t, 'web', {}, { urlOf: { users: () => endpoints },
    config: { login: 'off', routes, services: { users: users(tls) } } })).get('/a')
  assert.equal((await ask(undefined)).status, 502)
  const { status, text } = await ask(pairOf(robot))
  assert.equal(status, 200)
  assert.match(text, /Subject: CN ?= ?robot, O ?= ?Shop/)
})
