// HAProxy in front of the server, with the PROXY protocol: the client is whom HAProxy has accepted.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from '../e2e/lib/certificates.mjs'
import { ask, connectHttp2 } from '../e2e/lib/client.mjs'
import { echo } from '../e2e/lib/reply.mjs'
import { scenario } from '../e2e/lib/scenario.mjs'
import { tokenFor } from '../e2e/lib/token.mjs'
import { startHaproxy } from './lib/proxies.mjs'

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const path = '/api/users/1'
const localAddress = '127.0.0.5' // HAProxy itself comes from 127.0.0.1

const stage = t => scenario(t, 'web', { 'users *': echo }, { listen: [], config: {
  listen: ['http://127.0.0.1:0', 'https://127.0.0.1:0'].map(url => ({ url, proxy_protocol: true })),
  tls: { certificate: certFile, key: keyFile }, trusted_proxies: ['127.0.0.1'] } })

function assertClient({ status, body }) {
  assert.equal(status, 200)
  const { 'x-real-ip': client, 'x-forwarded-for': chain } = Object.fromEntries(body.fields)
  assert.deepEqual([client, chain], [localAddress, localAddress])
}

for (const how of ['send-proxy', 'send-proxy-v2']) {
  describe(how, { concurrency: 2 }, () => {
    test('over HTTP/1.1, and beside health checks', async t => {
      const { url, server } = await stage(t)
      const front = await startHaproxy(t, url, `${how} check inter 50ms`, 'tcp')
      for (let i = 0; i < 20; i++) {
        assertClient(await ask(front, path, { token: tokenFor(), tls: { localAddress } }))
      }
      assert.deepEqual(server.lines().filter(({ event }) => event === 'proxy_protocol'), [])
    })

    test('over HTTP/2, without TLS and with it', async t => {
      const { urls } = await stage(t)
      for (const [i, scheme] of ['http', 'https'].entries()) {
        const front = new URL(await startHaproxy(t, urls[i], how, 'tcp'))
        front.protocol = scheme
        const { ask: askHttp2, close } = await connectHttp2(front, { ca: ca.ca, localAddress }, tokenFor())
        assertClient(await askHttp2(path))
        assertClient(await askHttp2(path))
        close()
      }
    })

    test('when HAProxy itself speaks HTTP/1.1 or HTTP/2', async t => {
      const { url } = await stage(t)
      for (const protocol of ['', 'proto h2']) {
        const front = await startHaproxy(t, url, `${how} ${protocol}`, 'http')
        const { status, body } = await ask(front, path, { token: tokenFor(), tls: { localAddress } })
        assert.equal(status, 200)
        assert.equal(Object.fromEntries(body.fields)['x-real-ip'], localAddress)
      }
    })
  })
}
