// --openapi and --typescript: what they say of the composites. tests/peers/types.test.mjs lets the
// tools of others read them.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { configFile, scenario } from './lib/scenario.mjs'
import { command } from './lib/server.mjs'

async function printed(build, ...args) {
  const { code, stdout, stderr } = await command(build, args)
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
  return stdout
}

const documentOf = async (build, ...args) => JSON.parse(await printed(build, '--openapi', ...args))
const openPath = route => route.split(' ')[1].replace(/:(\w+)/g, '{$1}')

for (const build of ['web', 'mobile']) {
  describe(`bff-${build}`, { concurrency: 2 }, () => {
    test('both have every composite of --routes', async () => {
      const routes = (await printed(build, '--routes')).match(/^[A-Z]+ \/\S+(?=  .*, budget)/gm)
      const document = await documentOf(build)
      const typescript = await printed(build, '--typescript')

      assert.ok(routes.length >= 3, routes)
      for (const route of routes) {
        const operation = document.paths[openPath(route)][route.split(' ')[0].toLowerCase()]
        assert.ok(operation.operationId, route)
        assert.ok(typescript.includes(`  '${route}': {\n`), route)
      }
      const operations = Object.values(document.paths).flatMap(Object.values)
      assert.equal(operations.length, routes.length)
      assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, routes.length)
    })

    test('both are the same each time', async () => {
      for (const option of ['--openapi', '--typescript'])
        assert.equal(await printed(build, option), await printed(build, option))
    })

    test('every reference is defined', async () => {
      const text = JSON.stringify(await documentOf(build))
      const { components } = JSON.parse(text)
      for (const [, kind, name] of text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g))
        assert.ok(components[kind][name], `${kind} ${name}`)
    })
  })
}

test('an answer has the members that the document says', async t => {
  const { components: { schemas } } = await documentOf('web')
  for (const [name, page] of [['Dashboard', 'web dashboard'], ['Products', 'web product'],
    ['Checkout', 'web checkout']]) {
    const { get } = await scenario(t, 'web', planOf(pages[page]))
    const { body } = await get(pages[page].path)
    assert.deepEqual(Object.keys(body), schemas[name].required, name)
    assert.deepEqual(Object.keys(schemas[name].properties).filter(key => !(key in body)),
      name === 'Products' ? ['partialFailure', 'errors'] : ['errors'])
  }
})

test('a part has only the reasons that it can have', async () => {
  const { components: { schemas } } = await documentOf('web')
  const reasons = schema => schema.properties.reason.enum

  assert.ok(!reasons(schemas.DashboardErrors.properties.user).includes('skipped'))
  assert.ok(reasons(schemas.CheckoutErrors.properties.user).includes('skipped'), 'it waits for the order')
  assert.deepEqual(reasons(schemas.CheckoutErrors.properties.products), ['timeout', 'too_large', 'skipped'])
  assert.ok(reasons(schemas.CheckoutErrors.patternProperties['^products\\[[0-9]+\\]$']).includes('status'))
  assert.ok(!('order' in schemas.CheckoutErrors.properties), 'without it there is no answer')
  assert.ok(!('DashboardFailure' in schemas), 'no part of it is required')
})

test('a page that changes data has its body, its key and its statuses', async () => {
  const { paths, components: { schemas } } = await documentOf('web')
  const { post } = paths['/api/checkout/{orderId}/confirm']

  assert.deepEqual(post.parameters.map(({ name, in: where }) => `${where} ${name}`),
    ['path orderId', 'header Idempotency-Key'])
  assert.deepEqual(post.requestBody.content['application/json'].schema, { $ref: '#/components/schemas/CheckoutConfirmBody' })
  assert.deepEqual(schemas.CheckoutConfirmBody, { type: 'object', required: ['paymentMethod'],
    properties: { paymentMethod: { type: 'string' }, note: { type: 'string' } } })
  assert.deepEqual(Object.keys(post.responses),
    ['200', '400', '401', '403', '404', '409', '413', '415', '422', '429', '502', '503', '504'])
  assert.deepEqual(Object.keys(post.responses['200'].content), ['application/json'], 'it is not streamed')
  assert.ok(schemas.CheckoutConfirmErrors.properties.notified.properties.reason.enum.includes('unknown'))
  assert.ok(!schemas.CheckoutErrors.properties.user.properties.reason.enum.includes('unknown'))
})

test('sessions and API keys are security schemes when they are configured', async t => {
  const config = { session: { keys: ['0123456789abcdef0123456789abcdef'], login: { path: '/api/auth/login' } },
    api_keys: { file: configFile(t, 'keys: {}\n'), header: 'X-Shop-Key' } }
  const plain = await documentOf('web')
  assert.deepEqual(Object.keys(plain.components.securitySchemes), ['token'])
  assert.deepEqual(plain.paths['/api/dashboard/{userId}'].get.security, [{ token: [] }])

  const { components: { securitySchemes }, paths } =
    await documentOf('web', '--config', configFile(t, JSON.stringify(config)))
  assert.deepEqual(securitySchemes.key, { type: 'apiKey', in: 'header', name: 'x-shop-key' })
  assert.equal(securitySchemes.session.in, 'cookie')
  assert.deepEqual(paths['/api/dashboard/{userId}'].get.security, [{ token: [] }, { session: [] }, { key: [] }])
})
