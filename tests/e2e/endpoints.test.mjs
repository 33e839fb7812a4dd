// The endpoints of a service: one or several, by host name or by IP address.
import assert from 'node:assert/strict'
import dns from 'node:dns/promises'
import { describe, test } from 'node:test'

import { user } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'

const empty = { status: 204 }
const plan = {
  'users *': { json: user('u') },
  'orders *': empty, 'recommendations *': empty, 'notifications *': empty,
}

async function assertReached({ get }) {
  assert.deepEqual((await get('/api/dashboard/u')).body.user, user('u'))
}

const names = (await dns.lookup('localhost', { all: true })).map(({ address }) => address)

describe('a service', { concurrency: 4 }, () => {
  test('with two endpoints is asked in turn', async t => {
    const { get, asked } = await scenario(t, 'web', { ...plan, 'reviews *': { json: user('u') } }, {
      urlOf: { users: (url, urls) => `${url}, ${urls.reviews}` },
      args: ['--workers', '1'],
    })
    for (let i = 0; i < 10; i++) await assertReached({ get })

    const pair = ['users', 'reviews']
    const turns = asked().map(({ service }) => service).filter(name => pair.includes(name))
    if (turns[0] !== pair[0]) pair.reverse()
    assert.deepEqual(turns, Array(5).fill(pair).flat())
  })

  for (const host of ['127.0.0.1', '::1']) {
    test(`on ${host} is reached by address`, async t => {
      await assertReached(await scenario(t, 'web', plan, { services: { users: { host } } }))
    })

    const skip = !names.includes(host) && 'no such name here'
    test(`on ${host} alone is reached as localhost`, { skip }, async t => {
      const urlOf = { users: url => url.replace(/\/\/.*:/, '//localhost:') }
      await assertReached(await scenario(t, 'web', plan, { services: { users: { host } }, urlOf }))
    })
  }

  test('may be given with a slash at the end', async t => {
    await assertReached(await scenario(t, 'web', plan, { urlOf: { users: url => `${url}/` } }))
  })

  test('may be given in the configuration', async t => {
    const first = await scenario(t, 'web', plan)
    const config = { services: { users: { endpoints: [first.upstreams.urls.users] } } }
    const { get } = await scenario(t, 'web', { ...plan, 'users *': { status: 500 } },
      { config, env: { USERS_URL: undefined } })
    await assertReached({ get })
  })

  test('of no known name is not reached, and nothing else suffers', async t => {
    const urlOf = { users: () => 'http://no-such-host.invalid:1' }
    const { get } = await scenario(t, 'web', plan, { urlOf })
    const { body } = await get('/api/dashboard/u')
    assert.deepEqual(Object.keys(body.errors), ['user'])
    assert.ok(['connect', 'timeout'].includes(body.errors.user.reason))
  })
})
