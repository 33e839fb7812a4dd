// The product page: the members that are computed from the product, its reviews and its stock.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pages, planOf } from './lib/pages.mjs'
import { review } from './lib/samples.mjs'
import { scenario } from './lib/scenario.mjs'

const page = pages['web product']

// What the page says when these are the services' own texts.
async function fields(t, { product = '{}', reviews = '[]', inventory = '{}' }) {
  const { get } = await scenario(t, 'web', planOf(page, {
    product: { text: product }, reviews: { text: reviews }, inventory: { text: inventory },
  }))
  const res = await get(page.path)
  assert.equal(res.status, 200)
  return res.text
}

const rest = '"averageRating":0,"reviewCount":0,"inStock":null,"stockQuantity":null'

const sales = [
  ['19.99', '14.99', 'true', '5.00'],
  ['0.3', '0.1', 'true', '0.2'],
  ['10', '10.0', 'false', '0.0'],
  ['10', '12.50', 'false', '-2.50'],
  ['1e2', '99.99', 'true', '0.01'],
  ['12345678901234567890.01', '0.01', 'true', '12345678901234567890.00'],
  ['"19.99"', '14.99', 'null', 'null'],
  ['19.99', '"14.99"', 'null', 'null'],
  ['1e401', '1', 'null', 'null'],
  ['19.99', 'null', 'false', 'null'],
]

const ratings = [
  ['a mean of 4.25 is rounded up', [4, 4.5], '"averageRating":"4.3","reviewCount":2'],
  ['a mean of 1.25 is rounded up', [1, 1.5], '"averageRating":"1.3","reviewCount":2'],
  ['a mean that is whole keeps its decimal', [4, 4, 4], '"averageRating":"4.0","reviewCount":3'],
  ['thirds', [5, 5, 4], '"averageRating":"4.7","reviewCount":3'],
  ['no reviews', [], '"averageRating":0,"reviewCount":0'],
  ['a review without a rating counts, but not in the mean', [4, null, '5'],
    '"averageRating":"4.0","reviewCount":3'],
  ['no review with a rating', [null], '"averageRating":0,"reviewCount":1'],
]

const stocks = [
  ['{"quantity":3}', '"inStock":true,"stockQuantity":3'],
  ['{"quantity":0}', '"inStock":false,"stockQuantity":0'],
  ['{"quantity":-1}', '"inStock":false,"stockQuantity":-1'],
  ['{"quantity":null}', '"inStock":null,"stockQuantity":null'],
  ['{}', '"inStock":null,"stockQuantity":null'],
]

describe('the product page', { concurrency: 4 }, () => {
  test('is flat, and has exactly its members', async t => {
    const { get } = await scenario(t, 'web', planOf(page))
    const res = await get(page.path)

    assert.equal(res.status, 200)
    assert.equal(res.text, page.text({}))
    assert.equal(res.headers['cache-control'], 'private, no-cache')
  })

  test('asks its three services at once', async t => {
    const meeting = Object.entries(page.parts).map(
      ([part, { json }]) => [part, { json, meet: 'three' }])
    const { get } = await scenario(t, 'web', planOf(page, Object.fromEntries(meeting)))

    assert.equal((await get(page.path)).text, page.text({}))
  })

  test('leaves out what the product lacks, and its bytes as they are', async t => {
    const product = '{"stock":1,"price":1.10,"id": "\\u0031","name":"a","name":"b"}'
    assert.equal(await fields(t, { product }),
      `{"id":"\\u0031","name":"b","price":1.10,${rest},"isOnSale":false,"savings":null}`)
  })

  for (const [price, salePrice, isOnSale, savings] of sales) {
    test(`a price of ${price}, now ${salePrice}, saves ${savings}`, async t => {
      const product = `{"price":${price},"salePrice":${salePrice}}`
      const want = `{"price":${price},${rest},"isOnSale":${isOnSale},"savings":${savings}}`
      assert.equal(await fields(t, { product }), want)
    })
  }

  for (const [why, list, want] of ratings) {
    test(`ratings: ${why}`, async t => {
      const reviews = JSON.stringify(list.map(rating => review(rating)))
      const text = await fields(t, { reviews })
      assert.equal(text,
        `{${want},"inStock":null,"stockQuantity":null,"isOnSale":false,"savings":null}`)
    })
  }

  for (const [inventory, want] of stocks) {
    test(`a stock of ${inventory}`, async t => {
      const text = await fields(t, { inventory })
      assert.equal(text,
        `{"averageRating":0,"reviewCount":0,${want},"isOnSale":false,"savings":null}`)
    })
  }

  test('takes no reviews and no stock (204) as unknown, not as a failure', async t => {
    const { get } = await scenario(t, 'web', planOf(page, {
      product: { json: { id: 'p1' } }, reviews: { status: 204 }, inventory: { status: 204 },
    }))
    assert.equal((await get(page.path)).text, `{"id":"p1",${rest},"isOnSale":false,"savings":null}`)
  })
})
