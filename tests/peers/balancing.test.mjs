// Round robin beside nginx: the same weights give the same sequence.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ask } from '../e2e/lib/client.mjs'
import { scenario } from '../e2e/lib/scenario.mjs'
import { startUpstreams } from '../e2e/lib/upstream.mjs'
import { startNginxBalancer } from './lib/proxies.mjs'

const names = ['users', 'products', 'orders', 'reviews']
const asks = 60

// Starts `count` endpoints: { urls, letters() }, the latter being who was asked since the last time.
async function endpoints(t, count) {
  const used = names.slice(0, count)
  const behind = await startUpstreams(
    Object.fromEntries(used.map(name => [`${name} *`, { json: { ok: true } }])))
  t.after(() => behind.close())
  const letters = () => behind.requests.splice(0)
    .map(({ service }) => 'abcd'[used.indexOf(service)]).join('')
  return { urls: used.map(name => behind.urls[name]), letters }
}

async function sequence({ letters }, url) {
  for (let i = 0; i < asks; i++) assert.equal((await ask(url, '/api/users/1')).status, 200)
  return letters()
}

for (const weights of [[5, 1, 1], [3, 2], [1, 1, 1], [4, 3, 2, 1], [2, 7]]) {
  test(`weights ${weights.join(', ')} give nginx's sequence`, async t => {
    const behind = await endpoints(t, weights.length)
    const nginx = await startNginxBalancer(t, behind.urls.map(
      (url, i) => `${new URL(url).host} weight=${weights[i]}`))
    const rows = behind.urls.map((url, i) => ({ url, weight: weights[i] }))
    const { url } = await scenario(t, 'web', {}, { env: { USERS_URL: undefined },
      config: { login: 'off', services: { users: { endpoints: rows } } } })
    const theirs = await sequence(behind, nginx)
    const ours = await sequence(behind, url)

    assert.equal(theirs.length, asks)
    assert.equal(ours, theirs)
  })
}
