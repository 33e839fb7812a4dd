// Several issuers of tokens, each with its own keys and rules; scopes; types of tokens.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { keyServer, makeKey } from './lib/key_server.mjs'
import { scenario } from './lib/scenario.mjs'
import { tokenOf } from './lib/token.mjs'

const where = '/api/users/1'
const plan = { 'users *': { status: 204 } }
const bearer = token => ({ as: null, headers: { authorization: `Bearer ${token}` } })

async function statuses(get, tokens, to = where) {
  const all = []
  for (const token of tokens) all.push((await get(to, bearer(token))).status)
  return all
}

describe('several issuers', { concurrency: 2 }, () => {
  const [a, b] = [makeKey('ES256', 'same'), makeKey('RS256', 'same')]

  async function two(t, more = {}) {
    const [first, second] = [await keyServer(t, [a]), await keyServer(t, [b])]
    const issuers = [
      { name: 'a', issuer: 'https://a.example', algorithms: ['ES256'], jwks: { url: first.url } },
      { name: 'b', issuer: 'https://b.example', algorithms: ['RS256'], jwks: { url: second.url },
        audience: 'shop', type: 'at+jwt', claims: { user: 'uid' } }]
    return scenario(t, 'web', plan, { config: { login: { issuers, ...more } } })
  }
  const [forA, forB] = [{ iss: 'https://a.example' }, { iss: 'https://b.example', aud: 'shop', uid: 'u1' }]
  const at = { typ: 'at+jwt' }

  test('each have their own tokens, beside those of login itself', async t => {
    const { get, asked } = await two(t)
    assert.deepEqual(await statuses(get, [a.token(forA), b.token(forB, at), tokenOf({ id: 'u9' })]),
      [204, 204, 204])
    assert.deepEqual(asked('users').map(({ headers }) => headers['x-user-id']), ['u1', 'u1', 'u9'])
  })

  test('never share keys, algorithms or rules', async t => {
    const { get } = await two(t)
    const mixed = [
      a.token(forB, at), // the key of one, the name of the other, and the same kid
      b.token(forA), a.token({ ...forA, iss: 'https://b.example' }), b.token({ ...forB, iss: 'https://a.example' }, at),
      tokenOf({ id: 'u1', ...forA }), tokenOf({ id: 'u1', ...forB }), // the secret of login itself
      a.token({}), a.token({ iss: 'https://c.example' }), // login itself has no ES256
      b.token({ ...forB, aud: 'other' }, at), b.token(forB), b.token(forB, { typ: 'JWT' }),
      b.token({ ...forB, uid: undefined }, at), a.token({ iss: ['https://a.example'] }),
      a.token({ iss: 'https://a.example/' }), a.token({ iss: 'HTTPS://A.EXAMPLE' }),
    ]
    assert.deepEqual(await statuses(get, mixed), mixed.map(() => 403))
    assert.deepEqual(await statuses(get, [a.token(forA), b.token(forB, at)]), [204, 204])
  })
})

describe('scopes', { concurrency: 2 }, () => {
  const routes = [['one', 'scope:read'], ['any', 'scope:read|write'], ['all', 'scope:read+write']]
    .map(([name, access]) => ({ path: `/api/${name}/`, service: 'users', to: '/x/', access }))
  const started = (t, login = {}) => scenario(t, 'web', plan, { config: { login, routes } })

  test('of a token open a route: one, any of them, all of them', async t => {
    const { get } = await started(t)
    const cases = [['read', [204, 204, 403]], ['write', [403, 204, 403]], ['read write', [204, 204, 204]],
      [['write', 'read'], [204, 204, 204]], ['', [403, 403, 403]], ['READ reader', [403, 403, 403]],
      [undefined, [403, 403, 403]], [[], [403, 403, 403]]]
    for (const [scope, wanted] of cases) {
      const token = tokenOf({ id: 'u1', scope })
      for (const [i, name] of ['one', 'any', 'all'].entries()) {
        assert.deepEqual(await statuses(get, [token, token], `/api/${name}/x`), [wanted[i], wanted[i]],
          `${scope} ${name}`)
      }
    }
  })

  test('that are missing are named to the client', async t => {
    const { get } = await started(t)
    const { status, body, headers } = await get('/api/all/x', bearer(tokenOf({ id: 'u1', scope: 'read' })))
    assert.deepEqual([status, body.error], [403, 'Forbidden'])
    assert.equal(headers['www-authenticate'], 'Bearer error="insufficient_scope", scope="read write"')
    assert.equal((await get('/api/all/x', { as: null })).headers['www-authenticate'], 'Bearer')
  })

  test('may be in another claim', async t => {
    const { get } = await started(t, { claims: { scope: ['permissions.list', 'scp'] } })
    const claims = [{ permissions: { list: ['read'] } }, { scp: 'read' }, { scope: 'read' }]
    assert.deepEqual(await statuses(get, claims.map(more => tokenOf({ id: 'u1', ...more })), '/api/one/x'),
      [204, 204, 403])
  })

  test('of a wrong kind: the token is not good', async t => {
    const { get } = await started(t)
    const wrong = [7, {}, [7], [['read']], true, 'read\twrite', 'r\u00e9ad', 'x'.repeat(257)]
    const tokens = wrong.map(scope => tokenOf({ id: 'u1', scope }))
    assert.deepEqual(await statuses(get, tokens, '/api/one/x'), tokens.map(() => 403))
  })
})
