// The limits on the size and the depth of a part: a part at the limit is accepted, and a larger one
// is rejected.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertUser, hostileUsers } from './lib/hostile.mjs'
import { mebibyte } from './lib/reply.mjs'

// An object, as the part needs one; with lists or objects in it.
const lists = depth => '['.repeat(depth) + ']'.repeat(depth)
const nested = depth => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
const text = bytes => JSON.stringify({ a: 'x'.repeat(bytes - '{"a":""}'.length) })
const chunked = body => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
  `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

async function assertLimits(t, rows, config) {
  const { get } = await hostileUsers(t, rows.map(([row]) => row), { config })
  for (const [i, [, want]] of rows.entries()) assertUser(await get(`/api/dashboard/${i}`), want)
}

test('by default a body may have 4 MiB and be nested 128 deep', t => assertLimits(t, [
  [{ text: nested(128) }, nested(128)],
  [{ text: nested(129) }, 'bad_json'],
  [{ text: `{"a":${lists(127)}}` }, `{"a":${lists(127)}}`],
  [{ text: `{"a":${lists(128)}}` }, 'bad_json'],
  [{ text: text(4 * mebibyte) }, text(4 * mebibyte)],
  [{ text: text(4 * mebibyte + 1) }, 'too_large'],
  [{ raw: chunked(text(4 * mebibyte)) }, text(4 * mebibyte)],
  [{ raw: chunked(text(4 * mebibyte + 1)) }, 'too_large'],
]))

test('both can be set', t => assertLimits(t, [
  [{ text: nested(2) }, nested(2)],
  [{ text: nested(3) }, 'bad_json'],
  [{ text: text(1024) }, text(1024)],
  [{ text: text(1025) }, 'too_large'],
  [{ raw: chunked(text(1024)) }, text(1024)],
  [{ raw: chunked(text(1025)) }, 'too_large'],
], { composites: { body_limit: '1KiB', depth: 2 } }))

// [settings of users, what it does]
const timeouts = [
  [{ first_byte: '50ms' }, { fault: 'hang' }],
  [{ total: '50ms' }, { fault: 'hang' }],
  [{ total: '50ms' }, { fault: 'drip' }],
]

for (const [timeout, row] of timeouts) {
  test(`a service may have less time: ${JSON.stringify({ ...timeout, ...row })}`, async t => {
    const config = { services: { users: { timeout } } }
    const { get } = await hostileUsers(t, [row], { config })
    const res = await get('/api/dashboard/0')
    assertUser(res, 'timeout')
    assert.ok(res.ms >= 49 && res.ms < 990, `${res.ms} ms`)
  })
}
