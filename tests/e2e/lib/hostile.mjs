// A dashboard whose users service answers with bytes that the test chooses.
import assert from 'node:assert/strict'

import { scenario, stamped } from './scenario.mjs'

const empty = { status: 204 }
// Else a sanitizer's own cache is what is measured.
const sanitizer = [process.env.ASAN_OPTIONS, 'quarantine_size_mb=8'].filter(Boolean).join(':')

export const user = '{"a":1}'

// `rows[i]` is what comes for /api/dashboard/i.
export function hostileUsers(t, rows, options = {}) {
  const env = { ASAN_OPTIONS: sanitizer, ...options.env }
  return scenario(t, 'web', {
    'users *': ({ url }) => rows[url.split('/').at(-1)],
    'orders *': empty, 'recommendations *': empty, 'notifications *': empty,
  }, { isUnguarded: true, ...options, env })
}

// The answer is whole and right whatever the user service did: `want` is the user's text, or the
// reason why there is none, or a list of those that are fine.
export function assertUser(res, want) {
  assert.equal(res.status, 200)
  const { reason } = res.body.errors?.user ?? {}
  const got = reason ?? JSON.stringify(res.body.user)
  assert.ok([want].flat().includes(got), `want ${want}, got ${got}: ${res.text}`)
  const error = reason ? `,"errors":{"user":${JSON.stringify(res.body.errors.user)}}` : ''
  const part = reason ? 'null' : got
  assert.equal(stamped(res.text), `{"user":${part},"recentOrders":[],"recommendations":[],` +
    `"unreadNotifications":[],"loadedAt":"now","partialFailure":${reason !== undefined}${error}}`)
}
