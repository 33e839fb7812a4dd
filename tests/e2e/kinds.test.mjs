// What is not of the kind that a part needs, or nothing at all under a status that promises
// something, is no value: every part of every page.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { scenario, stamped } from './lib/scenario.mjs'

const lists = ['recentOrders', 'recommendations', 'unreadNotifications', 'reviews']
const isList = part => lists.includes(part)
const empty = {
  'a body of no bytes': { text: '' },
  'chunks of no bytes': { raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' },
  'an end of no bytes': { send: ({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\n') },
  'a body of white space': { text: ' \r\n' },
  'no body after 201': { status: 201, text: '' },
}
const kinds = part => ({
  null: { text: 'null' },
  'a text': { text: '"none"' },
  ...(isList(part) ? { 'an error as an object': { json: { error: 'x' } } } : { 'a list': { json: [] } }),
})

describe('bad JSON is', { concurrency: 2 }, () => {
  for (const [name, page] of Object.entries(pages)) {
    for (const part of Object.keys(page.parts)) {
      test(`${name}: ${part}`, async t => {
        for (const [what, row] of Object.entries({ ...empty, ...kinds(part) })) {
          const { get } = await scenario(t, page.build, planOf(page, { [part]: row }))
          const res = await get(page.path, { headers: { 'x-request-id': 'me' } })
          const error = { reason: 'bad_json', status: row.status ?? 200 }
          const refusal = { error: page.failure, part, ...error, requestId: 'me' }
          const { isRequired } = page.parts[part]
          assert.equal(res.status, isRequired ? 502 : 200, what)
          const want = isRequired ? JSON.stringify(refusal) : page.text({ [part]: error })
          assert.equal(stamped(res.text), want, what)
          assert.equal(res.headers['cache-control'], 'no-store', what)
        }
      })
    }
  }
})
