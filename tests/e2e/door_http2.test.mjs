// Which HTTP/2 requests the server accepts and which it refuses: header fields that no client
// library would send.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { connectFrames, fields, flags, frame, request, types } from './lib/h2_raw.mjs'
import { user } from './lib/samples.mjs'
import { open, scenario } from './lib/scenario.mjs'
import { eventually } from './lib/wait.mjs'

const empty = { status: 204 }
const anyone = {
  'users *': { json: user('u') },
  'orders *': empty, 'recommendations *': empty, 'notifications *': empty,
}
const page = '/api/dashboard/1'
const to = (pseudo, ...more) => ({ pseudo: { ':path': page, ...pseudo }, more })
const filler = count => Array.from({ length: count }, (_, i) => [`x-${i}`, '1'])

// [why, what is asked, the status, the words]
const refused = [
  ['a path without a slash', to({ ':path': 'api/dashboard/1' }), 400, 'Bad request'],
  ['an empty path', to({ ':path': '' }), 400, 'Bad request'],
  ['a space in the path', to({ ':path': `${page} HTTP/1.1` }), 400, 'Bad request'],
  ['a tab in the path', to({ ':path': `${page}\t` }), 400, 'Bad request'],
  ['bytes beyond ASCII in the path', to({ ':path': `${page}\xe9` }), 400, 'Bad request'],
  ['a fragment', to({ ':path': `${page}#` }), 400, 'Bad request'],
  ['an absolute path', to({ ':path': `http://a${page}` }), 400, 'Bad request'],
  ['a star', to({ ':path': '*' }), 400, 'Bad request'],
  ['a line feed in the path', to({ ':path': `${page}\nX: y` }), 400, 'Bad request'],
  ['no authority', to({ ':authority': undefined }), 400, 'Bad request'],
  ['an empty authority', to({ ':authority': '' }), 400, 'Bad request'],
  ['an empty Host alone', to({ ':authority': undefined }, ['host', '']), 400, 'Bad request'],
  ['an invalid Host alone', to({ ':authority': undefined }, ['host', 'u@a']), 400, 'Bad request'],
  ['two Hosts', to({ ':authority': undefined }, ['host', 'a'], ['host', 'b']), 400, 'Bad request'],
  ['the same Host twice', to({ ':authority': undefined }, ['host', 'a'], ['host', 'a']), 400,
    'Bad request'],
  ['two Hosts beside an authority', to({}, ['host', 'a'], ['host', 'a']), 400, 'Bad request'],
  ['another Host beside an authority', to({}, ['host', 'b']), 400, 'Bad request'],
  ['an invalid Host beside an authority', to({}, ['host', 'u@a']), 400, 'Bad request'],
  ['an empty Host beside an authority', to({}, ['host', '']), 400, 'Bad request'],
  ['a length, and no body', to({}, ['content-length', '5']), 400, 'Bad request'],
  ['a length, and no body of a POST', to({ ':method': 'POST' }, ['content-length', '1']), 400,
    'Bad request'],
  ['a Host beside an empty authority', to({ ':authority': '' }, ['host', 'a']), 400,
    'Bad request'],
  ['a path of 15 KB', to({ ':path': `/${'x'.repeat(15_000)}` }), 414, 'URI too long'],
  ['an authority with userinfo', to({ ':authority': 'u@a' }), 400, 'Bad request'],
  ['an authority with a path', to({ ':authority': 'a/b' }), 400, 'Bad request'],
  ['an authority with a space', to({ ':authority': 'a b' }), 400, 'Bad request'],
  ['two authorities in one', to({ ':authority': 'a,b' }), 400, 'Bad request'],
  ['a method with a space', to({ ':method': 'GET /' }), 400, 'Bad request'],
  ['an empty method', to({ ':method': '' }), 400, 'Bad request'],
  ['a method that nobody knows', to({ ':method': 'BREW' }), 501, 'Not implemented'],
  ['TRACE', to({ ':method': 'TRACE' }), 501, 'Not implemented'],
  ['a name with a space', to({}, ['x a', '1']), 400, 'Bad request'],
  ['a name with a colon', to({}, ['x:a', '1']), 400, 'Bad request'],
  ['an empty name', to({}, ['', '1']), 400, 'Bad request'],
  ['a control byte in a value', to({}, ['x-a', 'a\x01b']), 400, 'Bad request'],
  ['CR LF in a value', to({}, ['x-a', 'a\r\nx-b: c']), 400, 'Bad request'],
  ['NUL in a value', to({}, ['x-a', 'a\0']), 400, 'Bad request'],
  ['a long path', to({ ':path': `/${'x'.repeat(8192)}` }), 414, 'URI too long'],
  ['101 fields', to({}, ...filler(101)), 431, 'Request header fields too large'],
  ['an expectation', to({}, ['expect', '200-ok']), 417, 'Expectation failed'],
]

// [why, what is asked, the code of RST_STREAM, or 'closed']
const broken = [
  ['no path', to({ ':path': undefined }), { reset: 1 }],
  ['no method', to({ ':method': undefined }), { reset: 1 }],
  ['no scheme', to({ ':scheme': undefined }), { reset: 1 }],
  ['two paths', to({}, [':path', '/']), 'closed'],
  ['an unknown name with a colon first', to({ ':evil': '1' }), 'closed'],
  ['a pseudo field behind others', to({ ':path': undefined }, ['x-a', '1'], [':path', '/']),
    'closed'],
  ['Connection', to({}, ['connection', 'close']), 'closed'],
  ['Transfer-Encoding', to({}, ['transfer-encoding', 'chunked']), 'closed'],
  ['a length that is none', to({}, ['content-length', '-1']), 'closed'],
  ['a length with a blank behind it', to({}, ['content-length', '0 ']), 'closed'],
  ['two lengths', to({}, ['content-length', '5'], ['content-length', '0']), 'closed'],
]

describe('the door, over HTTP/2', { concurrency: 4 }, () => {
  test('refuses', async t => {
    const { url, asked } = await scenario(t, 'web', anyone, open)
    for (const [why, what, status, words] of refused) {
      await t.test(why, async () => {
        const raw = await connectFrames(url)
        raw.send(request(1, what))
        const answer = await raw.answer(1)
        assert.equal(answer.status, status, JSON.stringify(answer))
        assert.equal(JSON.parse(answer.text).error, words)
        assert.ok(await raw.pong(), 'the connection goes on')
        raw.socket.destroy()
      })
    }
    assert.equal(asked().length, 0)
  })

  test('leaves to libh2o what is no request', async t => {
    const { url, asked } = await scenario(t, 'web', anyone, open)
    for (const [why, what, want] of broken) {
      await t.test(why, async () => {
        const raw = await connectFrames(url)
        raw.send(request(1, what))
        assert.deepEqual(await raw.answer(1), want)
        raw.socket.destroy()
      })
    }
    assert.equal(asked().length, 0)
  })

  test('lets in, and asks the services once for each', async t => {
    const { url, asked } = await scenario(t, 'web', anyone, open)
    const all = [to({}), to({ ':scheme': 'https' }), to({ ':scheme': 'odd' }),
      to({ ':authority': '[::1]:8080' }), to({}, ['host', 'a']),
      to({ ':authority': 'Shop.example.' }, ['host', ' shop.example:80']),
      to({}, ['content-length', '0']),
      to({ ':authority': undefined }, ['host', 'a']), to({}, ['te', 'trailers']),
      to({}, ['expect', '100-continue']), to({}, ...filler(100))]
    const raw = await connectFrames(url)
    for (const [i, what] of all.entries()) {
      raw.send(request(2 * i + 1, what))
      assert.equal((await raw.answer(2 * i + 1)).status, 200, JSON.stringify(what).slice(0, 200))
      assert.equal(asked('users').length, i + 1)
    }
    raw.socket.destroy()
  })

  test('counts the bytes of fields', async t => {
    const { url, asked } = await scenario(t, 'web', anyone, open)
    const raw = await connectFrames(url)
    const block = fields(to({}, ...filler(20).map(([name]) => [name, 'x'.repeat(2000)])))
    raw.send(Buffer.concat([frame(types.HEADERS, flags.END_STREAM, 1, block.subarray(0, 16000)),
      frame(types.CONTINUATION, 0, 1, block.subarray(16000, 32000)),
      frame(types.CONTINUATION, flags.END_HEADERS, 1, block.subarray(32000))]))
    assert.equal((await raw.answer(1)).status, 431)
    assert.equal(asked().length, 0)
    raw.socket.destroy()
  })

  test('gives a client window for all of a body at once', async t => {
    const { url } = await scenario(t, 'web', anyone, open)
    const raw = await connectFrames(url)
    const length = ['content-length', `${1024 * 1024}`]
    await raw.send(request(1, to({ ':method': 'POST', ':path': '/api/users/u' }, length),
      flags.END_HEADERS))
    const given = () => raw.frames
      .filter(({ type, stream }) => type === types.WINDOW_UPDATE && stream === 1)
      .map(({ payload }) => payload.readUInt32BE())
    await eventually(() => given().length > 0, 'the window')
    assert.deepEqual(given(), [768 * 1024])
    raw.socket.destroy()
  })

  test('takes a body up to the limit', async t => {
    const { url, asked } = await scenario(t, 'web', anyone, open)
    const mebibyte = 1024 * 1024
    // [bytes, what becomes of it]
    for (const [bytes, status] of [[mebibyte, 200], [mebibyte + 1, 413], [2 * mebibyte, 413],
      [2 * mebibyte + 1, 413]]) {
      const raw = await connectFrames(url)
      await sendBody(raw, bytes)
      assert.equal((await raw.answer(1)).status, status, `${bytes}`)
      raw.socket.destroy()
    }
    assert.equal(asked().length, 1)
  })
})

// DATA as the window allows: libh2o gives more after the first bytes.
async function sendBody(raw, bytes) {
  raw.send(request(1, to({ ':method': 'POST', ':path': '/api/users/u' }), flags.END_HEADERS))
  for (let left = bytes; left > 0;) {
    const size = Math.min(left, 16384)
    left -= size
    await raw.send(frame(types.DATA, left === 0 ? flags.END_STREAM : 0, 1, Buffer.alloc(size)))
  }
}
