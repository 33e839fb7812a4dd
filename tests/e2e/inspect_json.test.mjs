// The JSON below /__bff/: what it says, and to whom on the admin address.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import path from 'node:path'
import { writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'

import { ask } from './lib/client.mjs'
import { admin, asOperator } from './lib/operator.mjs'
import { demo, open, scenario, scratch } from './lib/scenario.mjs'
import { user } from './lib/samples.mjs'
import { eventually, soon } from './lib/wait.mjs'

const json = { 'content-type': 'application/json' }

// A request is recorded after its answer. One worker does that before it reads the next request.
async function stage(t, options) {
  const { url, ...scene } = await demo(t, 'web', { args: ['--workers', '1'], ...options })
  const tell = (where, more) => ask(url, `/__bff${where}`, more)
  const send = (method, where, body, headers = json) => tell(where, { method, headers, body })
  return { ...scene, url, tell, send }
}

const listed = async (tell, query = '') => (await tell(`/requests${query}`)).body
const numbers = ({ requests }) => requests.map(({ number }) => number)

describe('with --mock', { concurrency: 4 }, () => {
  test('requests are listed in their order, and none of /__bff/ among them', async t => {
    const { tell, get } = await stage(t)
    const { last: before, epoch } = await listed(tell)
    for (let i = 0; i < 3; i++) await get(`/api/dashboard/u1?i=${i}`)
    const all = await listed(tell, `?after=${before}`)
    assert.deepEqual(all.requests.map(one => [one.path, one.query, one.status]),
      [0, 1, 2].map(i => ['/api/dashboard/u1', `i=${i}`, 200]))
    assert.deepEqual(numbers(all), [before + 1, before + 2, before + 3])
    assert.deepEqual([all.last, all.epoch], [before + 3, epoch])
    assert.deepEqual(numbers(await listed(tell, `?after=${before}&limit=2`)), [before + 1, before + 2])
    assert.deepEqual(numbers(await listed(tell, '?limit=1')), [before + 3])
    for (const after of [all.last, all.last + 1000, Number.MAX_SAFE_INTEGER])
      assert.deepEqual(await listed(tell, `?after=${after}`), { requests: [], last: after, epoch })
    const whole = await listed(tell, '?limit=1000&other=1')
    assert.ok(whole.requests.every(one => !one.path.startsWith('/__bff')))
  })

  test('parameters and numbers that are none are refused', async t => {
    const { tell } = await stage(t)
    for (const query of ['after=', 'after=x', 'after=-1', 'after=1e3', 'after=99999999999999999999', 'after=9223372036854775808', 'limit=0',
      'limit=1001', 'limit=%31', 'limit'])
      assert.equal((await tell(`/requests?${query}`)).status, 400, query)
    for (const where of ['/requests/0', '/requests/01', '/requests/x', '/requests/-1', '/requests/1.0', '/requests/',
      '/requests/999999', '/requests/999999/fixture', '/requests/99999999999999999999', '/requests/1/other'])
      assert.equal((await tell(where)).status, 404, where)
  })

  test('a request has its answer, and its fixture is a file', async t => {
    const { tell, get } = await stage(t)
    const { body } = await get('/api/products/p1')
    const { last } = await listed(tell)
    const one = (await tell(`/requests/${last}`)).body
    assert.deepEqual([one.number, one.path, one.answerKept, one.answer], [last, '/api/products/p1', true, body])
    assert.deepEqual(one.parts.map(({ name }) => name), ['product', 'reviews', 'inventory'])
    const fixture = await tell(`/requests/${last}/fixture`)
    assert.match(fixture.headers['content-disposition'], /^attachment; filename="[a-z0-9.-]+"$/)
    assert.equal(fixture.body.answers.length, 3)
  })

  test('the composites are those of the build', async t => {
    const { body } = await (await stage(t)).tell('/composites')
    assert.deepEqual(body.composites.map(({ name, route }) => [name, route]), [
      ['dashboard', 'GET /api/dashboard/:userId'], ['products', 'GET /api/products/:id'],
      ['checkout', 'GET /api/checkout/:orderId'], ['checkoutConfirm', 'POST /api/checkout/:orderId/confirm']])
    const [dashboard, products, checkout, confirm] = body.composites
    assert.deepEqual([dashboard.access, dashboard.budgetMs, dashboard.fields], ['owner', 1000, []])
    assert.deepEqual(products.parts[0], { name: 'product', after: null, need: 'required', place: 'spread', list: false,
      timeoutMs: 0, cacheS: 0, hedgeMs: 0, conditional: false, changes: false,
      members: ['id', 'name', 'price', 'description'] })
    assert.deepEqual(products.fields.find(({ name }) => name === 'averageRating').of, ['reviews'])
    assert.deepEqual(checkout.parts.find(({ name }) => name === 'user').after, 'order')
    assert.ok(confirm.parts.some(({ changes }) => changes))
  })

  test('the services are as they are now', async t => {
    const { tell, get } = await stage(t, { config: { admin, rate_limits: [
      { name: 'all', path: '/', window: '1h', max: 100 }] } })
    await get('/api/dashboard/u1')
    const { services, limits, cache } = (await tell('/services')).body
    assert.deepEqual(services.map(({ name }) => name),
      ['users', 'products', 'orders', 'reviews', 'inventory', 'recommendations', 'notifications'])
    for (const { breaker, inFlight, endpoints: [endpoint] } of services) {
      assert.deepEqual([breaker, inFlight, endpoint.ejected, endpoint.inFlight], ['closed', 0, false, 0])
      assert.match(endpoint.label, /^127\.0\.0\.1:\d+$/)
    }
    assert.ok(services[0].endpoints[0].averageMs > 0)
    assert.deepEqual(limits, [{ name: 'all', path: '/', algorithm: 'fixed', dryRun: false, allowed: 2, refused: 0, wouldRefuse: 0 }])
    assert.deepEqual(cache, null)
  })

  test('advice is about the requests that are recorded', async t => {
    const { tell, get } = await stage(t)
    const slow = { headers: { 'x-mock': 'recommendations delay=50ms' } }
    for (let i = 0; i < 20; i++) await get('/api/dashboard/u1', i < 18 ? slow : {})
    const [dashboard, products] = (await tell('/advice')).body.composites
    assert.deepEqual([dashboard.name, dashboard.requests], ['dashboard', 20])
    assert.ok(dashboard.p50Us >= 50_000 && dashboard.p95Us >= dashboard.p50Us)
    const parts = Object.fromEntries(dashboard.parts.map(part => [part.name, part]))
    assert.ok(parts.recommendations.setShare >= 0.7)
    assert.ok(parts.recommendations.p50Us >= 50_000 && parts.user.p50Us < 50_000)
    const shares = dashboard.parts.reduce((sum, { setShare }) => sum + setShare, 0)
    assert.ok(Math.abs(shares - 1) < 0.01, `${shares}`)
    assert.deepEqual([products.requests, products.p50Us, products.parts[0].p50Us, products.parts[0].saves], [0, null, null, null])
  })

  test('a token is for the user of a request', async t => {
    const { tell, send, get, url } = await stage(t)
    await get('/api/dashboard/u1', { as: 'u1' })
    const { last } = await listed(tell)
    const { status, body: { token } } = await send('POST', '/token', `{"number":${last}}`)
    assert.equal(status, 200)
    assert.equal((await ask(url, '/api/dashboard/u1', { token })).status, 200)
    assert.equal((await ask(url, '/api/dashboard/u2', { token })).status, 403)
    assert.equal((await get('/api/dashboard/u1', { as: null })).status, 401)
    const { last: nobody } = await listed(tell)
    for (const [why, body, headers, want] of [
      ['nobody asked', `{"number":${nobody}}`, json, 409], ['not recorded', '{"number":999999}', json, 404],
      ['no number', '{"number":"1"}', json, 400], ['zero', '{"number":0}', json, 400], ['a list', '[1]', json, 400],
      ['no JSON', '{"number"', json, 400], ['no body', undefined, json, 400], ['too long', `{"number":${last},"x":"${'x'.repeat(2000)}"}`, json, 413],
      ['a form', `{"number":${last}}`, { 'content-type': 'text/plain' }, 415], ['no type', `{"number":${last}}`, {}, 415],
      ['another origin', `{"number":${last}}`, { ...json, origin: 'http://evil.example' }, 403],
      ['another host', `{"number":${last}}`, { ...json, host: 'evil.example' }, 403],
      ['another port', `{"number":${last}}`, { ...json, 'sec-fetch-site': 'same-site' }, 403],
      ['its own origin', `{"number":${last}}`, { ...json, origin: url }, 200],
    ]) assert.equal((await send('POST', '/token', body, headers)).status, want, why)
    assert.equal((await tell('/token')).headers.allow, 'POST')
  })

  test('a scenario is chosen for all', async t => {
    const { tell, send } = await stage(t)
    const { body: { current, known } } = await tell('/scenario')
    assert.equal(current, null)
    assert.ok(known.length > 0)
    const [{ name }] = known
    assert.equal((await send('PUT', '/scenario', JSON.stringify({ name }))).body.current, name)
    assert.equal((await tell('/scenario')).body.current, name)
    for (const body of ['{"name":"no \\"such\\" one"}', '{"name":', '[]', '{"scenario":{"nothing":1}}']) {
      const refused = await send('PUT', '/scenario', body)
      assert.equal(refused.status, 400, body)
      assert.ok(refused.body.error.length > 0)
    }
    const mine = { about: 'mine', answers: [{ service: 'users', method: 'GET', target: '/users/:id', status: 200, body: {} }] }
    const put = await send('PUT', '/scenario', JSON.stringify({ scenario: { name: 'mine', ...mine } }))
    assert.equal(put.body.current, 'mine', put.text)
    assert.ok(put.body.known.some(one => one.name === 'mine' && one.about === 'mine'))
    assert.equal((await send('PUT', '/scenario', '{"name":null}')).body.current, null)
    assert.equal((await send('PUT', '/scenario', '{"name":null}', { ...json, origin: 'http://evil.example' })).status, 403)
    assert.equal((await tell('/scenario', { method: 'DELETE' })).headers.allow, 'GET, HEAD, PUT')
  })

  test('the report of a build is passed on, when it is one', async t => {
    const file = path.join(scratch(t), 'report.json')
    const { tell } = await stage(t, { env: { BFF_WATCH_REPORT: file } })
    const none = { state: 'none', at: null, errors: [] }
    const report = { state: 'failed', at: '2026-11-28T12:00:00Z', errors: [{ file: 'a.c', line: 1, column: 2, message: '"', remedy: 'x' }] }
    assert.deepEqual((await tell('/build')).body, none)
    for (const [text, want] of [[JSON.stringify(report), report], ['', none], ['[]', none], ['{"state":', none],
      [JSON.stringify({ ...report, more: 'x'.repeat(64 * 1024) }), none], [`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, none],
      [JSON.stringify({ state: 'ok' }), { state: 'ok' }]]) {
      writeFileSync(file, text)
      assert.deepEqual((await tell('/build')).body, want, text.slice(0, 40))
    }
  })

  test('a pipe or a folder in place of the report of a build holds nobody up', async t => {
    const place = scratch(t)
    const pipe = path.join(place, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const file of [pipe, place, '/dev/zero']) {
      const { tell } = await stage(t, { env: { BFF_WATCH_REPORT: file } })
      assert.equal((await soon(tell('/build'), file)).body.state, 'none', file)
    }
  })

  test('the newest requests are kept, and a list may be long', async t => {
    const { tell, get } = await stage(t, { config: { recorder: { requests: 120 } } })
    for (let i = 0; i < 30; i++) await Promise.all(Array.from({ length: 10 }, () => get('/api/products/p1')))
    const { requests, last } = await listed(tell, '?limit=1000')
    assert.deepEqual(requests.map(({ number }) => number), Array.from({ length: 120 }, (_, i) => last - 119 + i))
    assert.equal((await tell('/requests/1')).status, 404)
    assert.equal(numbers(await listed(tell)).length, 100)
    assert.equal(numbers(await listed(tell, '?after=1&limit=1000')).length, 120)
  })

  test('four workers and many readers: each number comes once, in order', async t => {
    const { tell, get } = await stage(t, { args: ['--workers', '4'], config: { recorder: { requests: 2000 } } })
    const { last: before } = await listed(tell)
    let isOver = false
    const seen = []
    let last = before
    const reader = () => eventually(async () => {
      const some = await listed(tell, `?after=${last}&limit=50`)
      seen.push(...numbers(some))
      last = some.last
      return seen.length >= 400
    }, '400 requests')
    const client = async () => { for (let i = 0; i < 100; i++) await get(i % 4 ? '/api/users/u1' : '/api/dashboard/u1') }
    const others = [0, 1, 2].map(async () => { while (!isOver) for (const where of ['/advice', '/services', '/requests?limit=1000']) assert.equal((await tell(where)).status, 200) })
    const reading = reader()
    await Promise.all([0, 1, 2, 3].map(client))
    isOver = true
    await Promise.all([reading, ...others])
    assert.deepEqual(seen, Array.from({ length: 400 }, (_, i) => before + 1 + i))
  })
})

describe('on the admin address', { concurrency: 4 }, () => {
  const stageFor = async (t, config) => {
    const scene = await scenario(t, 'web', { 'users /users/u1': { json: user('u1') } }, { config: { ...open.config, ...config } })
    return { ...scene, tell: (where, headers, more) => ask(scene.server.ready.admin, where, { headers, ...more }) }
  }

  test('the files are for everybody, and the JSON needs the token', async t => {
    const { get, tell } = await stageFor(t, { admin, recorder: { requests: 10 } })
    assert.equal((await get('/api/users/u1')).status, 200)
    for (const where of ['/__bff/', '/__bff/page.css', '/__bff/page.js']) assert.equal((await tell(where)).status, 200, where)
    assert.equal((await tell('/__bff/page.css', { origin: 'http://evil.example' })).status, 403)
    for (const where of ['/__bff/requests', '/__bff/requests/1', '/__bff/composites', '/__bff/services', '/__bff/advice', '/__bff/build']) {
      const none = await tell(where)
      assert.deepEqual([none.status, none.headers['www-authenticate']], [401, 'Bearer realm="admin"'], where)
      assert.equal((await tell(where, { authorization: 'Bearer wrong' })).status, 401, where)
      assert.equal((await tell(where, { ...asOperator, host: 'evil.example' })).status, 403, where)
      assert.equal((await tell(where, { ...asOperator, origin: 'http://evil.example' })).status, 403, where)
      assert.equal((await tell(where, asOperator)).status, 200, where)
    }
    for (const where of ['/__bff/token', '/__bff/scenario'])
      assert.equal((await tell(where, { ...asOperator, ...json }, { method: 'POST', body: '{"number":1}' })).status, 404, where)
    for (const where of ['/__bff/', '/__bff/requests']) assert.equal((await get(where)).status, 404, where)
    for (let i = 0; i < 20; i++) await tell('/__bff/services', { authorization: 'Bearer wrong' })
    assert.equal((await tell('/__bff/services', { authorization: 'Bearer wrong' })).status, 429)
  })

  test('without a recorder there is nothing', async t => {
    const { tell } = await stageFor(t, { admin })
    for (const where of ['/__bff/', '/__bff/requests'])
      assert.deepEqual([(await tell(where)).status, (await tell(where, asOperator)).status], [401, 404], where)
  })

  test('a unix socket needs no token', async t => {
    const socketPath = path.join(scratch(t), 'admin.sock')
    await stageFor(t, { admin: { listen: `unix:${socketPath}` }, recorder: { requests: 10 } })
    const req = http.request({ socketPath, path: '/__bff/requests', agent: false, headers: { host: 'anything.example' } })
    req.end()
    const [res] = await once(req, 'response')
    res.resume()
    assert.equal(res.statusCode, 200)
  })
})
