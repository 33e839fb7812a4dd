// Tokens of an OpenID provider are renewed before they end.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { providerScene, send, signed, signInAt, startProvider } from './lib/provider.mjs'
import { eventually } from './lib/wait.mjs'

const path = '/api/users/1'

// A browser that is signed in at a provider whose tokens end soon: each request is due for a refresh,
// until a later token lives longer.
async function stage(t, options) {
  const provider = await startProvider(t, { lifetime: 30 })
  const scene = await providerScene(t, provider, { args: ['--workers', '2'], ...options })
  const client = scene.browser()
  await signInAt(client, provider)
  provider.lifetime = 3600
  const refreshes = () => provider.requests.filter(({ form }) => form.grant_type === 'refresh_token')
  return { ...scene, provider, client, refreshes }
}

const together = (client, count) => Promise.all(Array.from({ length: count }, () => client.ask(path)))
const statuses = answers => [...new Set(answers.map(({ status }) => status))]
const last = scene => scene.asked('users').at(-1).headers
const refusing = error => (req, res) => send(res, { error }, 400)

describe('a session of an OpenID provider', { concurrency: 4 }, () => {
  test('is refreshed once for twenty requests, with the secret of the client', async t => {
    const scene = await stage(t)
    const { client, provider, refreshes } = scene
    provider.claims = { role: ['admin'] }
    assert.deepEqual(statuses(await together(client, 20)), [200])
    assert.equal(refreshes().length, 1)
    const [{ form, authorization }] = refreshes()
    assert.match(form.refresh_token, /^refresh-/)
    assert.match(authorization, /^Basic /)
    assert.equal(last(scene)['x-user-role'], 'admin', 'roles are read again')
    assert.match(last(scene).authorization, /^Bearer access-/)
    assert.equal((await client.ask(path)).status, 200)
    assert.equal(refreshes().length, 1)
  })

  test('has the scopes that the new ID token names', async t => {
    const { client, provider } = await stage(t)
    provider.claims = { scp: ['orders:read', 'orders:write'] }
    assert.equal((await client.ask(path)).status, 200)
    assert.deepEqual((await client.ask('/bff/user')).body.user.scopes, ['orders:read', 'orders:write'])
  })

  test('ends by invalid_grant, and by another user', async t => {
    for (const behave of [provider => { provider.answers = { '/token': refusing('invalid_grant') } },
      provider => { provider.claims = { sub: 'u2' } }]) {
      const { client, provider } = await stage(t)
      behave(provider)
      assert.equal((await client.ask(path)).status, 401)
      assert.equal(client.cookies.size, 0)
    }
  })

  test('goes on while the provider refuses this server, answers nonsense or is down', async t => {
    const scene = await stage(t)
    const { client, provider } = scene
    const other = () => signed({ iss: 'https://other.example', aud: 'shop', sub: 'u1', exp: 9e9, iat: 1 })
    for (const answer of [refusing('invalid_client'), (req, res) => send(res, {}, 200),
      (req, res) => res.writeHead(503).end(), (req, res) => send(res, { token_type: 'Bearer', expires_in: 60,
        access_token: 'a', id_token: other() })]) {
      provider.answers = { '/token': answer }
      const next = await stage(t)
      next.provider.answers = provider.answers
      assert.equal((await next.client.ask(path)).status, 200)
      assert.ok(next.client.cookies.size > 0)
    }
    await provider.close()
    assert.equal((await client.ask(path)).status, 200)
    provider.answers = {}
    await provider.listen(provider.port)
    const before = last(scene).authorization
    await eventually(async () => {
      assert.equal((await client.ask(path)).status, 200)
      return last(scene).authorization !== before
    }, 'the refresh')
  })
})
