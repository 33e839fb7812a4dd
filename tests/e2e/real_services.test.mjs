// The mock services ask real ones for what they do not have.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { ask, askAndLeave } from './lib/client.mjs'
import { freePort } from './lib/free_port.mjs'
import { startOddService } from './lib/odd_service.mjs'
import { fixtures, startServer } from './lib/server.mjs'
import { eventually } from './lib/wait.mjs'

// The reviews service of bff-mock, with a real one behind it.
async function mockWith(t, args, env = {}) {
  const server = await startServer('mock', ['--data', fixtures, '--port', '0', ...args], env)
  t.after(() => server.stop())
  const url = server.ready.services.reviews
  return { server, url, get: (path, options) => ask(url, path, options) }
}

const messageOf = (text, url) => text.replace(url, 'URL')

describe('real services behind the mock services', { concurrency: 4 }, () => {
  test('the data answers what it has, and the real service the rest', async t => {
    const real = await startOddService(t)
    const { get } = await mockWith(t, ['--real', `reviews=${real.url}`])
    const own = await get('/reviews?productId=p12')
    assert.deepEqual([own.status, own.body, real.asked.length], [200, [], 0])
    const theirs = await get('/reviews/r999?a=b')
    assert.deepEqual([theirs.status, theirs.body], [200, { id: 'r999', stars: 4 }])
    assert.deepEqual([theirs.headers.etag, theirs.headers['x-served-by']], ['"1"', 'real'])
    assert.equal(real.asked[0].target, '/reviews/r999?a=b')
    const missing = await get('/reviews/missing')
    assert.deepEqual([missing.status, missing.body], [404, { error: 'No such review' }])
  })

  test('--real-first: the data is for when the service cannot be reached', async t => {
    const real = await startOddService(t)
    const { get } = await mockWith(t, ['--real-first', `reviews=${real.url}`])
    assert.deepEqual((await get('/reviews/rev1')).body, { id: 'rev1', stars: 4 })
    assert.deepEqual((await get('/reviews/missing')).status, 404)
    real.close()
    const own = await get('/reviews?productId=p1')
    assert.deepEqual([own.status, own.body.length], [200, 4])
  })

  test('a request passes with its body and fields, without those for the mock', async t => {
    const real = await startOddService(t)
    const { get } = await mockWith(t, ['--real', `reviews=${real.url}/v2/`])
    const answer = await get('/reviews/r1/votes', { method: 'POST', body: '{"up":true}', headers: {
      'content-type': 'application/json', authorization: 'Bearer t', 'x-identity': 'i',
      'x-mock': 'users status=500', 'x-mock-scenario': 'none', connection: 'close, x-hop',
      'x-hop': 'h', 'x-user-id': 'u1', 'accept-encoding': 'gzip' } })
    assert.deepEqual([answer.status, answer.body, answer.headers.location],
      [201, { id: 'new', by: 'POST' }, '/reviews/new'])
    const { headers, ...asked } = real.asked[0]
    assert.deepEqual(asked, { method: 'POST', target: '/v2/reviews/r1/votes', body: '{"up":true}' })
    assert.deepEqual(headers, { host: new URL(real.url).host, connection: 'close',
      'accept-encoding': 'identity', 'content-type': 'application/json', authorization: 'Bearer t',
      'x-user-id': 'u1', 'content-length': '11' })
  })

  test('odd answers are read, and bad ones are faults that say what happened', async t => {
    const real = await startOddService(t)
    const { get } = await mockWith(t,
      ['--real', `reviews=${real.url}`, '--real-timeout', '1000'])
    for (const id of ['chunked', 'until-close', 'old-http', 'interim'])
      assert.deepEqual((await get(`/reviews/${id}`)).body, { id })
    assert.deepEqual((await get('/reviews/capital-chunked')).text, '{}')
    const faults = {
      never: [504, 'no answer in time'],
      reset: [502, 'connection reset by peer'],
      nothing: [502, 'the service ended the connection without an answer'],
      cut: [502, 'the answer is cut'],
      garbage: [502, 'bad HTTP: the head is malformed'],
      both: [502, 'bad HTTP: the length of the body is not clear'],
      huge: [502, 'the body is larger than 16 MiB'],
      'said-to-be-huge': [502, 'the body is larger than 16 MiB'],
    }
    for (const [id, [status, why]] of Object.entries(faults)) {
      const { status: got, body } = await get(`/reviews/${id}`)
      assert.deepEqual([got, messageOf(body.error, real.url)], [status, `reviews: URL: ${why}`])
    }
  })

  test('HEAD tells the length that GET has', async t => {
    const real = await startOddService(t)
    const { get } = await mockWith(t, ['--real', `reviews=${real.url}`])
    const { status, headers, bytes } = await get('/reviews/long', { method: 'HEAD' })
    assert.deepEqual([status, headers['content-length'], bytes.length], [200, '1234', 0])
  })

  test('a service that is not there', async t => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { get } = await mockWith(t, ['--real', `reviews=${url}`])
    const { status, text } = await get('/reviews/r999')
    assert.deepEqual([status, text], [502, `{"error":"reviews: ${url}: connection refused"}`])
  })

  test('TLS: a certificate is trusted when its authority is, for its own names', async t => {
    const { sign, caFile } = authority(t)
    const good = await startOddService(t, sign(['IP:127.0.0.1']))
    const other = await startOddService(t, sign(['DNS:other.example']))
    const args = ['--real', `reviews=${good.url}`, '--real', `orders=${other.url}`]
    const trusting = await mockWith(t, args, { SSL_CERT_FILE: caFile })
    assert.deepEqual((await trusting.get('/reviews/r999')).body, { id: 'r999', stars: 4 })
    const wrong = await ask(trusting.server.ready.services.orders, '/orders/o999')
    assert.deepEqual([wrong.status, wrong.body.error], [502,
      `orders: ${other.url}: the certificate is not trusted: IP address mismatch`])
    const { get } = await mockWith(t, args)
    const { status, body } = await get('/reviews/r999')
    assert.equal(status, 502)
    assert.match(body.error, /the certificate is not trusted: unable to get local issuer/)
    assert.equal(other.asked.length, 0)
  })

  test('fifty at once', async t => {
    const real = await startOddService(t)
    const { get } = await mockWith(t, ['--real', `reviews=${real.url}`])
    const ids = Array.from({ length: 50 }, (_, i) => `r9${i}`)
    const answers = await Promise.all(ids.map(id => get(`/reviews/${id}`)))
    assert.deepEqual(answers.map(({ body }) => body.id), ids)
  })

  test('a client that leaves ends the question, and so does the end of the mocks', async t => {
    const real = await startOddService(t)
    const { server, url } = await mockWith(t, ['--real', `reviews=${real.url}`])
    const { leave } = askAndLeave(url, '/reviews/never')
    await eventually(() => real.asked.length === 1, 'the question')
    leave()
    await eventually(() => real.sockets.size === 0, 'the end of the connection')
    for (let i = 0; i < 20; i++) askAndLeave(url, '/reviews/never')
    await eventually(() => real.asked.length >= 17, 'as many questions as there are threads')
    await server.stop()
  })

  test('X-Mock replaces an answer of the real service, too', async t => {
    const real = await startOddService(t)
    const { get } = await mockWith(t, ['--real', `reviews=${real.url}`])
    const failing = await get('/reviews/r999', { headers: { 'x-mock': 'reviews status=503' } })
    assert.deepEqual([failing.status, real.asked.length], [503, 0])
    const html = await get('/reviews/r999', { headers: { 'x-mock': 'reviews delay=1ms' } })
    assert.deepEqual([html.status, real.asked.length], [200, 1])
  })

  const mistakes = {
    'reviws=http://a': "real service 'reviws=http://a': there is no such service",
    reviews: "real service 'reviews': SERVICE=URL is wanted",
    'reviews=ftp://a': "real service 'reviews=ftp://a': it does not begin with http:// or https://",
    'reviews=http://u:p@a': "real service 'reviews=http://u:p@a': it has a user name",
  }
  test('a wrong option ends the program', async () => {
    for (const [option, message] of Object.entries(mistakes))
      await assert.rejects(startServer('mock', ['--data', fixtures, '--port', '0', '--real', option]),
        error => error.message.includes(message))
  })
})
