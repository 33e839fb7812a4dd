// What the cache does, case by case, with the section of the RFC: tests/cache/rules.txt.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { cases, messagesOf, routes, targetOf } from './lib/cache_rules.mjs'
import { scenario } from './lib/scenario.mjs'

// The second response is another one, and is never stored.
const second = ({ fails }) => ({ start: fails ? '503' : '200', headers: { 'cache-control': 'no-store' } })

function send(res, { start, headers }, nth) {
  const hasBody = !['204', '304'].includes(start)
  res.sendDate = false
  res.writeHead(Number(start), { ...headers, 'x-call': nth, ...(hasBody ? { 'content-length': 4 } : {}) })
  res.end(hasBody ? 'body' : undefined)
}

// For each `want`: which call's response the client gets, and how many calls there are.
const outcomes = {
  fresh: { call: '1', calls: 1 },
  stale: { call: '1', calls: 2 },
  validate: { call: '2', calls: 2 },
  miss: { call: '2', calls: 2 },
  'not stored': { call: '2', calls: 2 },
  'not modified': { status: 304, calls: 1 },
  'only stored': { status: 504, calls: 1 },
}

const outcomeOf = ({ want, fails }) =>
  (fails === 'stored' ? { ...outcomes[want], call: '1' } : outcomes[want])

// The conditions of the call that validates what is stored: { etag, modified }.
const conditionsOf = ({ headers }) =>
  ({ etag: headers['if-none-match'], modified: headers['if-modified-since'] })
const validatorsOf = ({ headers }) =>
  ({ etag: headers.etag?.[0], modified: headers['last-modified']?.[0] })

async function check(one, { get, asked, arrival }, messages) {
  const { asked: first, again, response } = messages
  const { call, calls, status } = outcomeOf(one)
  const ask = ({ start, headers }) => get(targetOf(one), { as: null, method: start, headers })
  const callsOf = () => asked('users').filter(({ url }) => url === targetOf(one))

  assert.equal((await ask(first)).headers['x-call'], '1')
  const answer = await ask(again)
  if (status) assert.equal(answer.status, status)
  else assert.equal(answer.headers['x-call'], call, answer.headers['cache-status'])
  for (let nth = asked('users').length + 1; callsOf().length < calls; nth++) await arrival('users', nth)
  assert.equal(callsOf().length, calls)
  if (one.want === 'validate')
    assert.deepEqual(conditionsOf(callsOf()[1]), validatorsOf(response))
}

test('the rules of the cache', async t => {
  const now = Date.now()
  const messages = new Map(cases.map(one => [targetOf(one), messagesOf(one, now)]))
  const byTarget = new Map(cases.map(one => [targetOf(one), one]))
  const answer = ({ url, nth }) => ({ send: ({ res }) =>
    send(res, nth === 0 ? messages.get(url).response : second(byTarget.get(url)), nth + 1) })
  const staged = await scenario(t, 'web', { 'users *': answer },
    { isUnguarded: true, config: { login: 'off', routes } })

  for (const one of cases)
    await t.test(`${one.rfc}: ${one.why}`, () => check(one, staged, messages.get(targetOf(one))))

  // Calls that nobody waited for, and that should not have been made.
  for (const one of cases) {
    const { length } = staged.asked('users').filter(({ url }) => url === targetOf(one))
    assert.equal(length, outcomeOf(one).calls, one.why)
  }
})
