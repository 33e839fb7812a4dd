// The whole demo of the mock services, over every protocol that the server speaks.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { authority } from './lib/certificates.mjs'
import { upgradedBody } from './lib/http2_frames.mjs'
import { anywhere, demo, stamped } from './lib/scenario.mjs'

const paths = {
  '/api/dashboard/u1': {
    web: ['user', 'recentOrders', 'recommendations', 'unreadNotifications', 'loadedAt',
      'partialFailure'],
    mobile: ['user', 'recentOrders', 'unreadCount', 'loadedAt', 'partialFailure'],
  },
  '/api/products/p1': {
    web: ['id', 'name', 'price', 'description', 'averageRating', 'reviewCount', 'inStock',
      'stockQuantity', 'isOnSale', 'savings'],
    mobile: ['id', 'name', 'price', 'averageRating', 'reviewCount', 'inStock', 'isOnSale'],
  },
  '/api/checkout/o18': {
    web: ['order', 'user', 'products', 'loadedAt', 'partialFailure'],
    mobile: ['order', 'user', 'products', 'loadedAt', 'partialFailure'],
  },
}

const ca = authority({ after })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])

async function assertSame(plain, get) {
  for (const path of Object.keys(paths)) {
    const [want, got] = [await plain(path), await get(path)]
    assert.equal(got.status, 200)
    assert.equal(stamped(got.text), stamped(want.text))
    assert.equal(got.headers['cache-control'], want.headers['cache-control'])
  }
}

for (const build of ['web', 'mobile']) {
  describe(`bff-${build} on the fixtures`, { concurrency: 4 }, () => {
    for (const [path, members] of Object.entries(paths)) {
      test(`answers ${path}`, async t => {
        const { get } = await demo(t, build)
        const res = await get(path)

        assert.equal(res.status, 200)
        assert.deepEqual(Object.keys(res.body), members[build])
        assert.notEqual(res.body.partialFailure, true)
        assert.equal(res.headers['content-type'], 'application/json; charset=utf-8')
        assert.equal(res.headers['content-length'], String(res.bytes.length))
        assert.equal(res.headers['cache-control'], 'private, no-cache')
        assert.match(res.headers['server-timing'], /^\w+;dur=\d+(\.\d+)?(, ?\w+;dur=\d+(\.\d+)?)+$/)
        assert.equal(res.headers.server, undefined)
      })
    }

    test('answers HEAD as GET, without the body', async t => {
      const { get } = await demo(t, build)
      for (const path of Object.keys(paths)) {
        const [whole, head] = [await get(path), await get(path, { method: 'HEAD' })]
        assert.equal(head.status, 200)
        assert.equal(head.text, '')
        assert.deepEqual(head.names, whole.names)
        assert.equal(head.headers['content-length'], whole.headers['content-length'])
      }
    })

    test('says on routes of the products service which service has answered', async t => {
      const { get } = await demo(t, build)
      for (const [path, service] of [['/api/products?limit=1', 'product-service'],
        ['/api/products?limit=1', 'product-service'], ['/api/orders?userId=u1', undefined]]) {
        const { status, headers } = await get(path)
        assert.deepEqual([status, headers['x-service']], [200, service], path)
      }
      const put = await get('/api/products/p1', { method: 'PUT', body: '{}' })
      assert.equal(put.headers['x-service'], 'product-service')
    })

    test('speaks HTTP/2 with prior knowledge', async t => {
      const { get, http2 } = await demo(t, build)
      const session = await http2()
      await assertSame(get, path => session.ask(path))
      assert.equal((await session.ask('/api/products/p1', { method: 'HEAD' })).text, '')
    })

    test('speaks HTTP/2 by upgrade', async t => {
      const { get, bare, server } = await demo(t, build)
      for (const path of Object.keys(paths)) {
        const text = await upgradedBody(await bare(), path, server.token)
        assert.equal(stamped(text), stamped((await get(path)).text))
      }
    })

    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      test(`speaks HTTP/1.1 and HTTP/2 over ${version}`, async t => {
        const { get, http2, urls } = await demo(t, build, {
          listen: [anywhere, 'https://127.0.0.1:0'],
          config: { tls: { certificate: certFile, key: keyFile } },
        })
        const secure = { ca: ca.ca, minVersion: version, maxVersion: version }
        const http1 = { ...secure, ALPNProtocols: ['http/1.1'] }
        await assertSame(get, path => get(path, { url: urls[1], tls: http1 }))
        const session = await http2(secure, urls[1])
        assert.equal(session.session.socket.getProtocol(), version)
        assert.equal(session.session.alpnProtocol, 'h2')
        await assertSame(get, path => session.ask(path))
      })
    }

    test('listens on IPv6', async t => {
      const { get, url } = await demo(t, build, { listen: ['http://[::1]:0'] })
      assert.match(url, /^http:\/\/\[::1\]:\d+$/)
      await assertSame(get, get)
    })
  })
}

test('the phone gets at most 40 % of the bytes', async t => {
  const [web, mobile] = [await demo(t, 'web'), await demo(t, 'mobile')]
  for (const path of Object.keys(paths)) {
    const large = (await web.get(path)).bytes.length
    const small = (await mobile.get(path)).bytes.length
    t.diagnostic(`${path}: ${small} of ${large} bytes`)
    assert.ok(small <= 0.4 * large, `${path}: ${small} of ${large} bytes`)
  }
})
