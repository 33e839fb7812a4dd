// The command line: what the program checks before it serves, and its messages.
import assert from 'node:assert/strict'
import { X509Certificate, createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { ask } from './lib/client.mjs'
import { anywhere, configFile, scenario, scratch } from './lib/scenario.mjs'
import { assertEnd, command, fixtures, startServer } from './lib/server.mjs'
import { eventually, inParallel } from './lib/wait.mjs'

const routes = ['GET /api/dashboard/:userId', 'GET /api/products/:id', 'GET /api/checkout/:orderId',
  'POST /api/checkout/:orderId/confirm']

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
  ['a route that the server answers itself', '\nroutes: [{ path: /ready, service: users }]\n', 2],
  ['a pattern of origins that is none', '\ncors: { origins: ["https://*shop.example"] }\n', 2],
  ['a limit without its number', 'rate_limits:\n  - { name: a, path: /, window: 1m }\n', 2],
  ['a limit in two ways', '\nrate_limits: [{ name: a, path: /, minute: 1, rate: 1/s, burst: 1 }]\n', 2],
  ['an exempt network that is none', '\nrate_limits: [{ name: a, path: /, day: 1, exempt: a }]\n', 2],
  ['a cache without its time', 'routes:\n  - { path: /a, service: users, cache: { shared: true } }\n', 2],
  ['counts in a Redis that is not there', '\nrate_limit_store: { use: redis }\n', 2],
  ['an admin address that is none', '\nadmin: { listen: "shop.example:1" }\n', 2],
  ['a variable that is not set', 'workers: "${BFF_NOT_SET}"\n', 1],
  ['a default in another form', 'workers: "${BFF_NOT_SET-2}"\n', 1],
  ['a tab', 'login:\n\tleeway: 1s\n', 2],
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
    ['a Redis Cluster', [], { REDIS_URL: 'redis://a:1,b:1' }, /REDIS_URL: Redis Cluster is not supported/],
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

describe('what was hardly meant', { concurrency: 4 }, () => {
  const twice = { services: { users: { endpoints: ['http://127.0.0.1:1', 'HTTP://127.0.0.1:1/'] } } }

  // [why, settings, environment, warnings]
  for (const [why, settings, env, wants] of [
    ['an endpoint twice', twice, {}, [/users\.endpoints: .* is listed twice/]],
    ['a variable that looks like ours', {}, { USER_URL: 'http://a' }, [/^warning: USER_URL: .*USERS_URL\?$/]],
    ['variables that look like ours', {}, { ORDERS_URI: 'x', JWT_SECRET_KEY: 'x' },
      [/JWT_SECRET_KEY: .*JWT_SECRET\?$/, /ORDERS_URI: .*ORDERS_URL\?$/]],
  ]) {
    test(`${why}: --check warns, and ends with 0`, async t => {
      const { code, stdout, stderr } =
        await command('web', ['--check', '--config', configFile(t, settings)], env)
      assert.deepEqual({ code, stdout }, { code: 0, stdout: 'bff-web: the configuration is good\n' })
      const lines = stderr.split('\n').slice(0, -1).sort()
      assert.equal(lines.length, wants.length, stderr)
      lines.forEach((line, i) => assert.match(line, wants[i]))
    })
  }

  test('is in the log of a start, and not on standard error', async t => {
    const server = await startServer('web', ['--config', configFile(t, twice), '--listen', anywhere])
    t.after(() => server.stop())
    await eventually(() => server.lines().some(({ event }) => event === 'warning'), 'the warning')
    const { message } = server.lines().find(({ event }) => event === 'warning')
    assert.match(message, /users\.endpoints: .* is listed twice/)
  })

  test('a certificate that ends soon, and a key that everyone may read', async t => {
    const { certFile: certificate, keyFile: key } = authority(t).sign(['DNS:a'])
    chmodSync(key, 0o644)
    const file = configFile(t, { listen: 'https://127.0.0.1:0', tls: { certificate, key } })
    const { code, stderr } = await command('web', ['--config', file, '--check'])
    assert.equal(code, 0)
    const date = new Date(new X509Certificate(readFileSync(certificate)).validTo).toISOString().slice(0, 10)
    assert.ok(stderr.includes(`expires soon, on ${date}\n`), stderr)
    assert.match(stderr, /tls\.key: every user of this machine may read ".*" \(mode 0644\)/)
    chmodSync(key, 0o600)
    assert.doesNotMatch((await command('web', ['--config', file, '--check'])).stderr, /tls\.key/)
  })
})

describe('--routes', { concurrency: 4 }, () => {
  test('shows hidden parts, computed members, and services as they are in effect', async t => {
    const file = configFile(t, { services: { users: { timeout: { total: '2s' }, health: 'off' },
      orders: { health: { path: '/ok', interval: '1s', essential: true } } } })
    const { stdout } = await command('web', ['--routes', '--config', file],
      { USERS_URL: 'http://a:1, https://b' })
    for (const line of [/^ {4}reviews +optional, 1000 ms, hidden$/m, /^ {4}savings +computed from product$/m,
      /^service users {2}to http:\/\/a:1, https:\/\/b$/m, / {4}connect 1s, first_byte 2s, total 2s, /,
      /^ {4}health off$/m,
      /^ {4}health \/ok, interval 1s, jitter 10%, timeout 1s, rise 2, fall 3, essential$/m]) {
      assert.match(stdout, line)
    }
    const mocks = await command('web', ['--routes', '--mock', fixtures])
    assert.match(mocks.stdout, /^service users {2}to its mock$/m)
  })

  test('shows limits, caches and Redis, and no password', async t => {
    const redis = 'redis://:s3cret@cache.internal/2'
    const ofBuild = await command('web', ['--routes'], { REDIS_URL: redis })
    for (const line of [/^rate limit login {2}\* \/api\/auth\/login, key ip, 10 in 15m$/m,
      /^rate limits count in redis, max_keys 160000$/m, /^cache memory 64MiB, redis, refreshes 32$/m,
      /^redis {2}cache\.internal:6379, database 2, password set, timeout 50ms, /m,
      /^\* \/api\/products {2}signed-in, to products \/products, cache 5m, body /m]) {
      assert.match(ofBuild.stdout, line)
    }
    assert.doesNotMatch(ofBuild.stdout + ofBuild.stderr, /s3cret/)
    const mocks = await command('web', ['--routes', '--mock', fixtures])
    assert.match(mocks.stdout, /^rate limit api {2}.*, dry run$/m)
    assert.match(mocks.stdout, /^\* \/api\/products {2}.*, cache 5m shared, /m)
  })

  test('shows what stands between a call and an endpoint', async t => {
    const users = { endpoints: ['http://a', { url: 'https://b', weight: 5, max_in_flight: 7, backup: true }],
      balance: 'hash', key: 'header:X-Shop', slow_start: '10s', resolve: 'each', panic: '30%',
      max_in_flight: 9, queue: { length: 3, wait: '50ms' }, hedge_budget: 2,
      retry: { try: '200ms', methods: ['GET', 'PUT'] }, health: { status: 204, body: 'ok' } }
    const none = { retry: 'off', breaker: 'off', ejection: 'off', balance: 'ip_hash' }
    const orders = { endpoints: [{ url: 'http://c', max_in_flight: 2 }], queue: { length: 3 } }
    const reviews = { max_in_flight: 1, queue: 'off' }
    const at = { service: 'users', hedge: 'p95', breaker: 'own' }
    const file = configFile(t, { services: { users, products: none, orders, reviews },
      routes: [{ path: '/a', ...at }, { path: '/b', service: 'users', hedge: '50ms' }] })
    const { stdout } = await command('web', ['--routes', '--config', file])
    const part = name => stdout.slice(stdout.indexOf(`service ${name}`)).split(/\n(?=service )/)[0]
    assert.equal(part('users'), `service users  to http://a, https://b weight 5 max_in_flight 7 backup
    balance hash, key header:x-shop, slow_start 10s, resolve each, panic 30%
    connect 1s, first_byte 3s, total 3s, min_time 5ms, min_wait 100ms
    max_in_flight 9, queue 3, wait 50ms
    retry GET PUT, try 200ms, budget 20%, reserve 10, hedge_budget 2%
    breaker error_threshold 50%, volume 10, reset 10s, window 10s
    ejection failures 5, time 30s, max_time 5m, max_ejected 50%
    health /health, interval 5s, jitter 10%, timeout 1s, rise 2, fall 3, status 204, body "ok"`)
    assert.match(part('products'), /balance ip_hash, panic 50%\n.*\n {4}retry off, hedge_budget 5%\n {4}breaker off\n {4}ejection off\n/)
    assert.match(part('orders'), /\n {4}queue 3, wait 100ms\n {4}retry /)
    assert.match(part('reviews'), /\n {4}max_in_flight 1, queue off\n {4}retry /)
    assert.match(stdout, /^\* \/a {2}signed-in, to users \/a, hedge p95, breaker own, body/m)
    assert.match(stdout, /^\* \/b {2}signed-in, to users \/b, hedge 50ms, body/m)
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

  test('says when, what, and by which configuration', async t => {
    const config = configFile(t, '# a comment\nlisten: "http://127.0.0.1:0"\n')
    const { stdout } = await command('web', ['--version'])
    for (const [args, file, hash] of [
      [['--config', config], config, createHash('sha256').update(readFileSync(config)).digest('hex')],
      [['--listen', anywhere], null, null]]) {
      const server = await startServer('web', args)
      t.after(() => server.stop())
      const { time, ...rest } = server.ready
      assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000, time)
      assert.deepEqual(rest, { event: 'ready', version: stdout.trim().split(' ')[1], config: file,
        config_sha256: hash, listen: server.urls })
    }
  })

  test('goes on after SIGHUP, also without a configuration file', async t => {
    const { server, get } = await scenario(t, 'web', { 'users *': { status: 204 } })
    const told = () => server.lines().filter(({ event }) => event === 'reload')
    for (const count of [1, 2]) {
      server.child.kill('SIGHUP')
      await eventually(() => told().length === count, 'the event')
      assert.equal(told().at(-1).state, 'done')
      assert.equal((await get('/api/users/1')).status, 204)
    }
    server.child.kill('SIGTERM')
    server.child.kill('SIGHUP')
    await assertEnd(server)
  })

  test('takes variables with defaults', async t => {
    const config = configFile(t, 'listen: "${BFF_NOT_SET:-http://127.0.0.1:0}"\nworkers: ${BFF_WORKERS:-many}\n')
    const server = await startServer('web', ['--config', config], { BFF_WORKERS: '1' })
    t.after(() => server.stop())
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:/)
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
