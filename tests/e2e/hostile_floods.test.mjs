// Services whose answers never end: the part is rejected, and the server's memory does not grow.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertUser, hostileUsers, user } from './lib/hostile.mjs'
import { mebibyte, writeForever } from './lib/reply.mjs'
import { peakMemory } from './lib/server.mjs'

const ok = 'HTTP/1.1 200 OK\r\n'
const coded = `${ok}Transfer-Encoding: chunked\r\n\r\n`
const limit = 48 * mebibyte

// [what never ends, how it begins, what is sent again and again, what becomes of the part]
const floods = [
  ['a field', `${ok}X-Big: `, 'x'.repeat(mebibyte), 'bad_http'],
  ['the status line', 'HTTP/1.1 200 ', 'x'.repeat(mebibyte), 'bad_http'],
  ['fields', ok, 'X-A: 1\r\n'.repeat(10_000), 'bad_http'],
  ['1xx answers', '', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000), 'bad_http'],
  ['103 with fields', '', `HTTP/1.1 103 Hints\r\n${'Link: </a>\r\n'.repeat(50)}\r\n`, 'bad_http'],
  ['a body in chunks', `${coded}1\r\n"\r\n`, `10000\r\n${'x'.repeat(0x10000)}\r\n`, 'too_large'],
  ['a body until the end', `${ok}\r\n"`, 'x'.repeat(mebibyte), 'too_large'],
  ['white space', `${ok}\r\n`, ' '.repeat(mebibyte), 'too_large'],
  ['a body that is no JSON', `${ok}\r\n`, '<p>'.repeat(mebibyte), 'bad_json'],
  ['brackets', `${ok}\r\n`, '['.repeat(mebibyte), 'bad_json'],
  ['a chunk extension', `${coded}1;`, 'x'.repeat(mebibyte), 'bad_http'],
  ['extensions of small chunks', `${coded}1\r\n"\r\n`, `1;${'x'.repeat(9000)}\r\nx\r\n`.repeat(9),
    'bad_http'],
  ['trailers', `${coded}7\r\n${user}\r\n0\r\n`, 'X-A: 1\r\n'.repeat(10_000),
    'bad_http'],
  ['what follows a body', `${ok}Content-Length: 7\r\n\r\n${user}`, 'x'.repeat(mebibyte), user],
  ['what follows nothing', 'HTTP/1.1 204 No\r\n\r\n', 'x'.repeat(mebibyte), 'null'],
]

test('an answer without an end', async t => {
  const send = (start, again) => async ({ socket }) => {
    socket.write(start)
    await writeForever(socket, again)
  }
  const rows = floods.map(([, start, again]) => ({ send: send(start, again) }))
  const { get, server, asked } = await hostileUsers(t, [...rows, { text: user }])
  assertUser(await get(`/api/dashboard/${rows.length}`), user)
  const before = peakMemory(server)

  for (const [i, [what, , , want]] of floods.entries()) {
    await t.test(what, async () => {
      assertUser(await get(`/api/dashboard/${i}`), want)
      await asked('users').find(({ url }) => url === `/users/${i}`).gone // it was hung up on
    })
  }
  const grown = peakMemory(server) - before
  t.diagnostic(`${Math.round(grown / mebibyte)} MiB more`)
  assert.ok(grown < limit, `${grown} bytes more`)
  assertUser(await get(`/api/dashboard/${rows.length}`), user)
})
