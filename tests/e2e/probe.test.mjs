// --probe asks the server of a configuration whether it is ready, and reports the result by its
// exit status.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { anywhere, configFile, open, scenario } from './lib/scenario.mjs'
import { command } from './lib/server.mjs'
import { eventually, soon } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['DNS:shop.example'])
const tls = { certificate: certFile, key: keyFile }

const probe = (args, build = 'web') => command(build, ['--probe', ...args])
const listening = urls => urls.flatMap(url => ['--listen', url])

async function assertReady(args, build) {
  const { code, stdout, stderr } = await probe(args, build)
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' })
}

async function assertNotReady(args, url, words) {
  const { code, stdout, stderr } = await probe(args)
  assert.deepEqual({ code, stdout, stderr },
    { code: 1, stdout: '', stderr: `bff-web: not ready: ${url}/ready: ${words}\n` })
}

// Something else on a port: what it does with a connection is the test's.
async function something(t, serve) {
  const sockets = new Set()
  const server = net.createServer(socket => {
    sockets.add(socket.on('error', () => undefined))
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { server.close(); sockets.forEach(socket => socket.destroy()) })
  return `127.0.0.1:${server.address().port}`
}

// Answers as soon as it has been asked.
const answering = (t, text) => something(t, socket => socket.once('data', () => socket.end(text)))

const head = (status, body) => `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`

describe('a server that is ready', { concurrency: 4 }, () => {
  for (const build of ['web', 'mobile']) {
    test(`is found by the command line and by the file, bff-${build}`, async t => {
      const { url } = await scenario(t, build, {}, open)
      await assertReady(listening([url]), build)
      await assertReady(['--config', configFile(t, { listen: [url] })], build)
    })
  }

  for (const [everywhere, here] of [['0.0.0.0', '127.0.0.1'], ['[::]', '[::1]']]) {
    test(`on all addresses, ${everywhere}, is asked at ${here}`, async t => {
      const { url, server } = await scenario(t, 'web', {},
        { ...open, listen: [`http://${everywhere}:0`] })
      assert.ok(url.includes(everywhere))
      await assertReady(listening([url]))
      await server.stop()
      await assertNotReady(listening([url]), url.replace(everywhere, here), 'Connection refused')
    })
  }

  test('over TLS only is asked there, whatever its certificate says', async t => {
    const config = { login: 'off', tls }
    const { url } = await scenario(t, 'web', {}, { config, listen: ['https://127.0.0.1:0'] })
    await assertReady(['--config', configFile(t, { listen: [url], tls })])
  })

  test('on several addresses is asked at the first that is plain', async t => {
    const { url } = await scenario(t, 'web', {}, open)
    const listen = ['https://127.0.0.1:1', url, 'http://127.0.0.1:2']
    await assertReady(['--config', configFile(t, { listen, tls })])
  })
})

describe('a server that is not ready', { concurrency: 4 }, () => {
  test('lacks an essential service', async t => {
    const config = { login: 'off', services: { users: { health: { essential: true } } } }
    const { url, get } = await scenario(t, 'web', { 'users /health': { status: 500 } }, { config })
    await eventually(async () => (await get('/ready')).status === 503, 'users to be down')
    await assertNotReady(listening([url]), url,
      'status 503: {"status":"unavailable","services":["users"]}')
  })

  test('is going to drain', async t => {
    const config = { login: 'off', drain_delay: '5m' }
    const { url, get, server } = await scenario(t, 'web', {}, { config })
    server.child.kill('SIGTERM')
    await eventually(async () => (await get('/ready')).status === 503, 'the end of readiness')
    await assertNotReady(listening([url]), url, 'status 503: {"status":"draining"}')
    server.isStopped = true
    server.child.kill('SIGTERM')
    assert.deepEqual(await soon(server.ended, 'the end'), { code: null, signal: 'SIGTERM' })
  })

  test('has ended', async t => {
    const { url, server } = await scenario(t, 'web', {}, open)
    await server.stop()
    await assertNotReady(listening([url]), url, 'Connection refused')
  })
})

describe('what is no server of ours', { concurrency: 8 }, () => {
  for (const [why, text, words] of [
    ['another page', head('404 Not Found', 'no\r\nsuch page'), 'status 404: no'],
    ['another status, and nothing to show', head('500 ', '\x1b[2J'), 'status 500'],
    ['a long story', head('503 Busy', 'a'.repeat(9000)), `status 503: ${'a'.repeat(200)}`],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'what answers there speaks no HTTP'],
    ['a status that is none', 'HTTP/1.1 2x0 OK\r\n\r\n', 'what answers there speaks no HTTP'],
    ['half a head', 'HTTP/1.1 20', 'what answers there speaks no HTTP'],
    ['nothing', '', 'the connection ended without an answer'],
  ]) {
    test(`answers with ${why}`, async t => {
      const url = `http://${await answering(t, text)}`
      await assertNotReady(listening([url]), url, words)
    })
  }

  test('speaks no TLS', async t => {
    const url = `https://${await answering(t, head('200 OK', ''))}`
    await assertNotReady(['--config', configFile(t, { listen: [url], tls })], url,
      'no TLS is spoken there')
  })

  for (const [why, scheme, serve] of [
    ['never answers', 'http', () => undefined],
    ['never shakes hands', 'https', () => undefined],
    ['never comes to an end', 'http', socket => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const timer = setInterval(() => socket.write('.'), 100)
      socket.once('close', () => clearInterval(timer))
    }],
  ]) {
    test(`${why}, and is not waited for`, async t => {
      const url = `${scheme}://${await something(t, serve)}`
      await assertNotReady(['--config', configFile(t, { listen: [url], tls })], url,
        'no answer within 2 s')
    })
  }
})

describe('a probe that cannot be made', { concurrency: 4 }, () => {
  test('of any free port', async () => {
    await assertNotReady(['--listen', anywhere], anywhere,
      'port 0 is any free one, and only the server knows which')
  })

  for (const [why, args, words] of [
    ['beside another command', ['--check'],
      '--check: --probe stands beside it; expected one of the two'],
    ['with an option that nobody knows', ['--prob'],
      '--prob: unknown option; did you mean "--probe"?'],
    ['with an address that is none', ['--listen', 'ftp://a:1'],
      '--listen: "ftp://a:1": its scheme must be http or https'],
  ]) {
    test(why, async () => {
      const { code, stdout, stderr } = await probe(args)
      assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: '', stderr: `${words}\n` })
    })
  }
})
