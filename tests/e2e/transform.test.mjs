// What a plain route changes in the answers of its service, beside the JSON itself
// (transform_cases.test.mjs): heads, other bodies, the cache.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { old, statusOf } from './lib/caching.mjs'
import { echo, writePieces } from './lib/reply.mjs'
import { fieldsOf, transforming } from './lib/transforming.mjs'
import { eventually } from './lib/wait.mjs'

const path = '/api/things/1'
const json = { 'content-type': 'application/json' }
const other = { 'content-type': 'application/problem+json' } // the client does not parse it
const deny = { transform: { response: { body: { deny: ['secret'] } } } }
const rename = { transform: { response: { body: { rename: { old: 'new' } } } } }
const body = '{"id":1,"secret":2}'
const more = { etag: '"v1"', 'content-md5': 'x', digest: 'x', 'accept-ranges': 'bytes' }

// Sends what is not valid HTTP for Node's own writer, or is sent without Content-Length.
const streamed = (headers, ...pieces) => ({ send: async ({ res }) => {
  res.writeHead(200, headers)
  await writePieces(res, pieces)
  res.end()
} })

describe('the head of a changed answer', { concurrency: 4 }, () => {
  test('has nothing that is about the bytes of the service', async t => {
    const { get, http2 } = await transforming(t, { text: body, headers: { ...json, ...more } }, deny)
    for (const ask of [get, (await http2()).ask]) {
      const { headers, text } = await ask(path)
      assert.equal(text, '{"id":1}')
      assert.equal(headers.etag, 'W/"v1"')
      for (const name of ['content-md5', 'digest', 'accept-ranges', 'content-length']) {
        assert.equal(headers[name], undefined, name)
      }
    }
  })

  test('is the same for HEAD', async t => {
    const { get } = await transforming(t, { text: body, headers: { ...json, ...more } }, deny)
    const { status, headers, text } = await get(path, { method: 'HEAD' })
    assert.deepEqual([status, text, headers.etag, headers['content-length'], headers['content-type']],
      [200, '', 'W/"v1"', undefined, 'application/json'])
  })

  test('is weak in a 304, too', async t => {
    const { get } = await transforming(t, { status: 304, headers: more }, deny)
    const { status, headers } = await get(path, { headers: { 'if-none-match': 'W/"v1"' } })
    assert.deepEqual([status, headers.etag], [304, 'W/"v1"'])
  })

  test('stays as it is when the body is not changed', async t => {
    const headers = { 'content-type': 'text/plain', ...more }
    const { get } = await transforming(t, { text: 'hello', headers }, rename)
    const res = await get(path)
    assert.deepEqual([res.text, res.headers.etag, res.headers['content-length']], ['hello', '"v1"', '5'])
  })

  test('has other names and another status', async t => {
    const route = { transform: { response: { status: { 404: 204, '4xx': 400, '5xx': 502, 503: 503 } } },
      response_headers: { rename: { 'X-Old': 'X-New' }, set: { 'X-Set': 'yes' } } }
    const { get } = await transforming(t, ({ url }) => ({ status: Number(url.split('/').pop()),
      json: {}, headers: { ...json, 'x-old': 'old', 'x-new': 'theirs' } }), route)
    const seen = []
    for (const status of [200, 404, 418, 500, 503]) seen.push(await get(`/api/things/${status}`))
    assert.deepEqual(seen.map(({ status, text }) => [status, text]),
      [[200, '{}'], [204, ''], [400, '{}'], [502, '{}'], [503, '{}']])
    for (const { headers } of seen) {
      assert.deepEqual([headers['x-old'], headers['x-new'], headers['x-set']], [undefined, 'old', 'yes'])
    }
    assert.equal(seen[1].headers['content-type'], undefined)
  })

  test('is not that of a refusal of this server', async t => {
    const route = { transform: { response: { body: { allow: ['id'] }, status: { '5xx': 200 } } } }
    const { get } = await transforming(t, { fault: 'reset' }, route)
    const { status, body: refusal } = await get(path)
    assert.deepEqual([status, refusal.error], [502, 'Bad gateway'])
  })
})

describe('a body that rules cannot change', { concurrency: 4 }, () => {
  const others = {
    'of another type': { text: 'secret', headers: { 'content-type': 'text/html' } },
    'without a type': streamed({}, body),
    'that is coded': streamed({ ...other, 'content-encoding': 'gzip' }, gzipSync(body)),
    'that is a part': { status: 206, text: body, headers: json },
  }
  for (const [what, row] of Object.entries(others)) {
    test(`${what} is refused before its head`, async t => {
      const { get } = await transforming(t, row, deny)
      const res = await get(path)
      assert.deepEqual([res.status, res.body.error], [502, 'Bad gateway'])
      assert.equal(res.headers['proxy-status'],
        'bff-web; error=http_protocol_error; details="users bad_json"')
    })

    test(`${what} passes when the route only renames, or says so`, async t => {
      const says = { transform: { response: { ...deny.transform.response, on_other: 'pass' } } }
      for (const route of [rename, says]) {
        const { get } = await transforming(t, row, route)
        const { status, bytes } = await get(path)
        assert.equal(status, row.status ?? 200)
        assert.ok(bytes.length > 0)
      }
    })
  }

  test('of an error is replaced by a refusal with its status', async t => {
    const { get } = await transforming(t, { status: 404, text: '<h1>secret</h1>',
      headers: { 'content-type': 'text/html' } }, deny)
    const res = await get(path)
    assert.deepEqual([res.status, res.body.error], [404, 'Not found'])
  })

  test('of an error passes when the route says so, whatever it is', async t => {
    const route = { transform: { response: { ...deny.transform.response, errors: 'pass' } } }
    const rows = { 404: 'text/html', 422: 'application/json' }
    const { get } = await transforming(t, ({ url }) => {
      const status = Number(url.split('/').pop())
      return { status, text: body, headers: { 'content-type': rows[status] ?? 'application/json' } }
    }, route)
    const seen = []
    for (const status of [404, 422, 200]) seen.push((await get(`/api/things/${status}`)).text)
    assert.deepEqual(seen, [body, body, '{"id":1}'])
  })

  test('passes when it is empty, or nobody sees it', async t => {
    const empty = { status: 200, text: '', headers: json }
    const { get } = await transforming(t, ({ url }) => (url.endsWith('/1') ? empty : { status: 204 }), deny)
    assert.deepEqual([(await get(path)).status, (await get('/api/things/2')).status], [200, 204])
    assert.equal((await get('/api/things/2', { method: 'HEAD' })).status, 204)
  })

  test('cuts the answer when its mistake comes later', async t => {
    const rows = { things: streamed(json, '{"a":[', '"x".repeat(10)'.repeat(100)) }
    const { get, http2, asked } = await transforming(t, rows.things, deny)
    for (const ask of [get, (await http2()).ask]) await assert.rejects(ask(path))
    assert.equal(asked('users').length, 2)
  })

  test('passes unchanged when its first byte says so, if the route lets it pass', async t => {
    const { get } = await transforming(t, streamed(other, ' \n', '<p>', 'old</p>'), rename)
    assert.equal((await get(path)).text, ' \n<p>old</p>')
  })

  test('of events passes event by event, if the route lets it pass', async t => {
    const { get } = await transforming(t,
      streamed({ 'content-type': 'text/event-stream' }, 'data: 1\n\n', 'data: 2\n\n'), rename)
    assert.equal((await get(path)).text, 'data: 1\n\ndata: 2\n\n')
  })
})

test('a type with +json is JSON, whatever its letters and parameters', async t => {
  const types = ['application/problem+json', 'Application/JSON; charset=utf-8', 'text/json']
  const { get } = await transforming(t, ({ url }) =>
    ({ text: body, headers: { 'content-type': types[url.split('/').pop()] } }), deny)
  for (const i of types.keys()) assert.equal((await get(`/api/things/${i}`)).text, '{"id":1}')
})

test('the service is asked for a whole body without a coding', async t => {
  const { get } = await transforming(t, echo, { transform: { response: { body: { deny: ['text'] } } } })
  const fields = fieldsOf(await get(path, { headers: { 'accept-encoding': 'gzip, br',
    range: 'bytes=0-1', 'if-range': '"v1"' } }))
  assert.deepEqual([fields['accept-encoding'], fields.range, fields['if-range']],
    ['identity', undefined, undefined])
})

describe('a route with a cache', { concurrency: 4 }, () => {
  // Without a login the token is a part of the key, and each second has another token.
  const cached = { ...deny, cache: { ttl: '60s', shared: true } }

  test('stores the answer of the service, and changes it on its way out', async t => {
    const { get, http2, asked } = await transforming(t, { text: body, headers: { ...json, ...more } },
      cached)
    for (const ask of [get, get, (await http2()).ask]) {
      const res = await ask(path)
      assert.deepEqual([res.status, res.text, res.headers.etag], [200, '{"id":1}', 'W/"v1"'])
    }
    const head = await get(path, { method: 'HEAD' })
    assert.deepEqual([head.headers['content-length'], head.headers.etag], ['8', 'W/"v1"'])
    assert.equal(asked('users').length, 1)
  })

  test('knows what the client has', async t => {
    const { get } = await transforming(t, { text: body, headers: { ...json, ...more } }, cached)
    const { headers: { etag } } = await get(path)
    const res = await get(path, { headers: { 'if-none-match': etag } })
    assert.deepEqual([res.status, res.text, res.headers.etag, statusOf(res)],
      [304, '', 'W/"v1"', 'bff-web; hit; ttl'])
  })

  test('stores nothing that is no JSON', async t => {
    let count = 0
    const { get } = await transforming(t, () => ({ text: ++count === 1 ? '{"secret":1,' : body,
      headers: json }), cached)
    await assert.rejects(get(path))
    assert.equal((await get(path)).text, '{"id":1}')
  })

  test('forgets what it has stored when that turns out to be no JSON', async t => {
    const rows = [{ text: body, headers: { ...json, ...old } }, { text: '{"secret":', headers: json }]
    const { get } = await transforming(t, () => rows.shift() ?? { text: '{"id":2}', headers: json },
      { ...cached, cache: { ttl: '60s', shared: true, stale_while_revalidate: '1h' } })
    assert.equal((await get(path)).text, '{"id":1}')
    const seen = []
    await eventually(async () => {
      seen.push((await get(path)).status)
      return seen.includes(502)
    })
    assert.equal((await get(path)).text, '{"id":2}')
  })
})
