// A service over TLS that reads a body slowly: the rest of the body waits, and other requests do
// not.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { echo, mebibyte } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { gate } from './lib/wait.mjs'

const ca = authority({ after })
const body = Buffer.alloc(24 * mebibyte, 'more than the sockets between the two can hold. ')
const sha256 = createHash('sha256').update(body).digest('hex')

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  test(`over ${version}`, async t => {
    const door = gate()
    const tls = { ...ca.sign(['DNS:localhost']), minVersion: version, maxVersion: version }
    const { get, arrival } = await scenario(t, 'web', {
      'users /users/1': { until: door.opened, ...echo },
      'orders /orders': { json: [] },
    }, {
      services: { users: { tls } },
      config: { limits: { body: '32MiB' }, services: { users: { ca_file: ca.caFile } } },
      args: ['--workers', '1'],
      urlOf: { users: url => url.replace('127.0.0.1', 'localhost') },
    })

    const answer = get('/api/users/1', { method: 'PUT', body })
    await arrival('users')
    assert.equal((await get('/api/orders')).status, 200)
    door.open()
    const { status, body: got } = await answer
    assert.equal(status, 200)
    assert.equal(got.length, body.length)
    assert.equal(got.sha256, sha256)
  })
}
