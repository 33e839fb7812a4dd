// One host in all its spellings: a route for a host with a strict rule, beside one for all hosts.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { connectBare, connectHttp2 } from './lib/client.mjs'
import { pages, planOf } from './lib/pages.mjs'
import { echo } from './lib/reply.mjs'
import { anywhere, scenario } from './lib/scenario.mjs'
import { tokenFor } from './lib/token.mjs'
import { soon } from './lib/wait.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const page = pages['web dashboard']
const strict = { path: '/x/', service: 'users', host: 'shop.example', access: 'role:admin' }
const lax = { path: '/x/', service: 'orders', access: 'public' }

// [why, as it is written, status: 403 from the strict route, 200 from the other one, 400]
const spellings = [
  ['the name', 'shop.example', 403],
  ['the dot of the root', 'shop.example.', 403],
  ['capitals', 'SHOP.Example', 403],
  ['a port', 'shop.example:443', 403],
  ['an empty port', 'shop.example:', 403],
  ['the dot, and a port', 'SHOP.EXAMPLE.:8443', 403],
  ['the dot, and an empty port', 'shop.example.:', 403],
  ['an encoded letter', 'sho%70.example', 403],
  ['an encoded dot', 'shop%2Eexample%2e', 403],
  ['two dots', 'shop.example..', 400],
  ['two dots, and a port', 'shop.example..:80', 400],
  ['two dots, one encoded', 'shop.example%2E.', 400],
  ['an empty label', 'shop..example', 400],
  ['a dot first', '.shop.example', 400],
  ['a dot alone', '.', 400],
  ['an encoded colon', 'shop.example%3A443', 400],
  ['an encoded NUL', 'shop.example%00', 400],
  ['encoded twice', 'sho%2570.example', 400],
  ['a longer name', 'shop.example.net', 200],
  ['a name below', 'a.shop.example', 200],
  ['another name', 'other.example.', 200],
]

async function stage(t, routes = [strict, lax]) {
  const plan = { ...planOf(page), 'users *': echo, 'orders *': echo }
  return scenario(t, 'web', plan, { listen: [anywhere, 'https://127.0.0.1:0'],
    config: { tls: { certificate: certFile, key: keyFile }, routes } })
}

const customer = tokenFor('u1')

// Over HTTP/1.1: { status, text }.
async function ask(url, line, host, as = customer) {
  const bare = await connectBare(url, { ca: ca.ca })
  bare.socket.write(`${line}\r\nHost: ${host}\r\nAuthorization: Bearer ${as}\r\n` +
    'Connection: close\r\n\r\n')
  const text = await soon(bare.ended, 'the answer')
  return { status: Number(text.slice(9, 12)), text: text.split('\r\n\r\n')[1] }
}

describe('a route for a host', { concurrency: 2 }, () => {
  for (const isSecure of [0, 1]) {
    const how = isSecure ? 'TLS' : 'TCP'
    test(`is found by every spelling of it, over ${how}`, async t => {
      const { urls } = await stage(t)
      for (const [why, host, want] of spellings) {
        const { status } = await ask(urls[isSecure], 'GET /x/1 HTTP/1.1', host)
        assert.equal(status, want, why)
      }
    })

    test(`also where the target names it, over ${how}`, async t => {
      const { urls } = await stage(t)
      for (const [why, host, want] of spellings) {
        const { status } = await ask(urls[isSecure], `GET http://${host}/x/1 HTTP/1.1`, 'other.example')
        assert.equal(status, want, why)
      }
    })

    test(`and in :authority, over HTTP/2 and ${how}`, async t => {
      const { urls } = await stage(t)
      const client = await connectHttp2(urls[isSecure], { ca: ca.ca }, customer)
      for (const [why, host, want] of spellings) {
        const { status } = await client.ask('/x/1', { headers: { ':authority': host } })
        assert.equal(status, want, why)
      }
      client.close()
    })
  }

  test('may be written with the dot, or be an address', async t => {
    const { url } = await stage(t, [{ ...strict, host: 'Shop.Example.' },
      { ...strict, host: '[2001:db8:0::1]' }, { ...strict, host: '192.0.2.7' }, lax])
    for (const host of ['shop.example', 'shop.example.', '[2001:DB8::1]', '[2001:db8:0:0:0:0:0:1]:80',
      '192.0.2.7:80', '192.0.2.7.']) {
      assert.equal((await ask(url, 'GET /x/1 HTTP/1.1', host)).status, 403, host)
    }
  })

  test('keeps what the client wrote for the service', async t => {
    const { url } = await stage(t, [{ ...strict, preserve_host: true }])
    const { text } = await ask(url, 'GET /x/1 HTTP/1.1', 'SHOP.example.:443', tokenFor())
    const fields = Object.fromEntries(JSON.parse(text).fields)
    assert.deepEqual([fields.host, fields['x-forwarded-host']],
      ['SHOP.example.:443', 'SHOP.example.:443'])
  })
})

test('a page is found under any host', async t => {
  const { url } = await stage(t)
  for (const host of ['shop.example.', 'SHOP.EXAMPLE:', '[::1]:80']) {
    const { status } = await ask(url, `GET ${page.path} HTTP/1.1`, host, tokenFor())
    assert.equal(status, 200, host)
  }
})
