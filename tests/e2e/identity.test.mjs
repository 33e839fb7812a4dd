// Only the server sets the headers with a user's identity. A client cannot set them, on pages or on
// routes, in any spelling.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { connectFrames, fields, flags, frame, types } from './lib/h2_raw.mjs'
import { pages, planOf } from './lib/pages.mjs'
import { scenario } from './lib/scenario.mjs'
import { tokenFor } from './lib/token.mjs'

const page = pages['web dashboard']
const plan = { ...planOf(page), 'users /users/1': { json: {} } }
const names = ['X-User-Id', 'x-user-id', 'X-USER-ID', 'X_User_Id', 'x_user_id', 'X_USER-ID', 'x-user_id',
  'X-User-Role', 'x_user_role', 'X-User-Roles', 'X-User-Name', 'X-User-Id-', 'X-USER-', '_',
  'x.user.id', 'X.User-Role', 'x-user~id']
const role = 'customer'

function assertOwn(calls) {
  assert.ok(calls.length > 0)
  for (const { headers } of calls) {
    assert.equal(headers['x-user-id'], 'u1')
    assert.equal(headers['x-user-role'], role)
    assert.doesNotMatch(JSON.stringify(headers), /evil/)
  }
}

for (const path of [page.path, '/api/users/1']) {
  test(`over HTTP/1.1, ${path}`, async t => {
    const { talk, asked } = await scenario(t, 'web', plan)
    const evil = names.map(name => `${name}: evil\r\n`).join('')
    for (const spelt of [evil, names.map(name => `${name} : evil\r\n`).join(''),
      `X-A: 1\r\n X-User-Id: evil\r\n`, 'X-User-Id\t: evil\r\n', 'Connection: X-User-Id\r\n',
      'Connection: x-user-id, x-user-role\r\n']) {
      const before = asked().length
      const answer = await talk(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n` +
        `Authorization: Bearer ${tokenFor({ id: 'u1', role })}\r\n${spelt}\r\n`)
      const status = Number(answer.slice(9, 12))
      assert.ok([200, 400].includes(status), answer)
      if (status === 200) assertOwn(asked().slice(before))
      else assert.equal(asked().length, before)
    }
    assertOwn(asked())
  })

  test(`over HTTP/2, ${path}`, async t => {
    const { url, asked } = await scenario(t, 'web', plan)
    const raw = await connectFrames(url)
    const block = fields({ pseudo: { ':path': path }, more:
      names.map(name => [name.toLowerCase(), 'evil']), as: { id: 'u1', role } })
    await raw.send(frame(types.HEADERS, flags.END_STREAM | flags.END_HEADERS, 1, block))
    assert.equal((await raw.answer(1)).status, 200)
    assertOwn(asked())
    raw.socket.destroy()
  })
}
