// A plain route passes a client's trace on to the service, together with its tracestate.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { scenario } from './lib/scenario.mjs'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${trace}-00f067aa0ba902b7-01`

test('a trace on a plain route', async t => {
  const { get, asked } = await scenario(t, 'web', { 'users /users/1': { json: {} } })
  const headersOf = async headers => {
    assert.equal((await get('/api/users/1', { headers })).status, 200)
    return asked('users').at(-1).headers
  }

  const continued = await headersOf({ traceparent, tracestate: 'a=1,b=2' })
  assert.ok(continued.traceparent.startsWith(`00-${trace}-`), continued.traceparent)
  assert.equal(continued.tracestate, 'a=1,b=2')

  const begun = await headersOf({ traceparent: 'none', tracestate: 'a=1' })
  assert.ok(!begun.traceparent.includes(trace))
  assert.equal(begun.tracestate, undefined)
})
