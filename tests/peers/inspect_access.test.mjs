// The page below /__bff/ for everybody: by keyboard, on a phone, in the dark, with hostile data, and with
// the token of the admin listener. axe-core finds nothing in any view.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { before, describe, test } from 'node:test'

import { configFile, scratch } from '../e2e/lib/scenario.mjs'
import { violations } from './lib/axe.mjs'
import { cleanUps, keys, startShop, startViewer } from './lib/inspect.mjs'

const views = ['requests', 'composites', 'services', 'advice']
const focus = `document.activeElement`
const token = 'the-token-of-the-admin-pages-of-this-test'

describe('the page is for everybody', () => {
  const t = cleanUps()
  let shop, browser

  before(async () => {
    const file = path.join(scratch(t), 'token')
    writeFileSync(file, token)
    const config = configFile(t, { admin: { listen: 'http://127.0.0.1:0', token_file: file } })
    shop = await startShop({ args: ['--config', config] })
    t.after(() => shop.server.stop())
    browser = await startViewer(t)
    for (const where of ['/api/dashboard/u1', '/api/products/p1', '/api/checkout/o15', '/api/users/u1']) await shop.ask(where)
    await shop.ask('/api/dashboard/u1', { 'x-mock': 'part:user timeout; orders status=500' })
  })

  const number = () => browser.until(`[...document.querySelectorAll('.requests li')].find(row => row.textContent.includes('partial'))?.dataset.number`)

  for (const width of [1280, 360]) {
    for (const scheme of ['light', 'dark']) {
      test(`axe-core finds nothing at ${width} px in ${scheme} colours`, async () => {
        await browser.size(width)
        await browser.scheme(scheme)
        await browser.show(shop.url)
        const partial = await number()
        for (const view of [...views, `requests/${partial}`]) {
          await browser.run(`location.hash = '#/${view}'; arguments[0]()`)
          await browser.until(view.includes('/') ? `document.querySelector('.pane .waterfall')` : view === 'requests' ? `document.querySelector('.requests li')` : `document.querySelector('h1')?.textContent.toLowerCase() === '${view}'`)
          if (view.includes('/')) {
            await browser.run(`for (const one of document.querySelectorAll('details')) one.open = true; document.querySelector('.again .main').click(); arguments[0]()`)
            await browser.until(`document.querySelector('.result h4')`)
          }
          assert.deepEqual(await violations(browser), [], view)
          const wide = await browser.value('document.scrollingElement.scrollWidth')
          assert.ok(wide <= width, `${view} is ${wide} px wide`)
        }
      })
    }
  }

  test('on a phone, a request takes the place of the list, and leads back to it', async () => {
    await browser.size(360)
    await browser.show(shop.url)
    await browser.until(`document.querySelector('.requests li')`)
    const isSeen = selector => browser.value(`document.querySelector('${selector}').checkVisibility()`)
    assert.deepEqual([await isSeen('.list'), await isSeen('.pane')], [true, false])
    await browser.click('.request')
    await browser.until(`${focus}.matches('.pane h2')`)
    assert.deepEqual([await isSeen('.list'), await isSeen('.pane')], [false, true])
    await browser.click('.back')
    await browser.until(`${focus}.matches('.request')`)
    assert.deepEqual([await isSeen('.list'), await isSeen('.pane')], [true, false])
  })

  test('the colours follow the system', async () => {
    await browser.show(shop.url)
    const back = async scheme => {
      await browser.scheme(scheme)
      return browser.value('getComputedStyle(document.body).backgroundColor')
    }
    assert.deepEqual([await back('light'), await back('dark')], ['rgb(244, 245, 247)', 'rgb(14, 17, 22)'])
  })

  test('the keyboard alone opens a request, breaks a part and asks again', async () => {
    await browser.size(1280)
    await browser.show(shop.url)
    await browser.until(`document.querySelectorAll('.requests li').length >= 5`)
    const isIn = selector => browser.value(`${focus}.matches('${selector}')`)
    const tabTo = async selector => {
      for (let i = 0; i < 40 && !await isIn(selector); i++) await browser.press(keys.tab)
      assert.ok(await isIn(selector), `the Tab key reaches ${selector}`)
    }
    await browser.press(keys.tab)
    assert.equal(await browser.value(`${focus}.textContent`), 'Skip to the content')
    await browser.press(keys.enter)
    assert.equal(await browser.value(`${focus}.id`), 'main')
    await tabTo('.request')
    const at = () => browser.value(`[...document.querySelectorAll('.request')].indexOf(${focus})`)
    assert.equal(await at(), 0)
    await browser.press(keys.down)
    await browser.press(keys.down)
    await browser.press(keys.up)
    assert.equal(await at(), 1)
    await browser.press(keys.end)
    assert.equal(await at(), await browser.value(`document.querySelectorAll('.request').length - 1`))
    await browser.press(keys.home)
    await browser.press(keys.enter)
    await browser.until(`document.querySelector('.pane .waterfall') && document.querySelector('.request[aria-current]')`)
    assert.equal(await at(), 0, 'the focus stays in the list')
    await tabTo('.break')
    await browser.press('t')
    await browser.until(`document.querySelector('.faults').textContent === 'X-Mock: part:user timeout'`)
    await tabTo('.again .main')
    await browser.press(keys.enter)
    await browser.until(`document.querySelector('.result h4')`)
    await browser.until(`${focus}.matches('.again .main')`)
    await browser.press(keys.escape)
    assert.ok(await isIn('.request'), 'Escape leads back to the list')
  })

  test('a screen reader hears of new requests now and then, not of each', async () => {
    await browser.show(shop.url)
    await browser.until(`document.querySelector('#said').textContent !== ''`)
    const said = await browser.value(`document.querySelector('#said').textContent`)
    await browser.run(`const now = performance.now(); performance.now = () => now; arguments[0]()`) // no time passes
    for (let i = 0; i < 3; i++) await shop.ask('/api/products/p7')
    await browser.until(`document.querySelector('.requests').textContent.match(/products.p7/g)?.length === 3`)
    assert.equal(await browser.value(`document.querySelector('#said').textContent`), said)
  })

  test('what a client or a service sends is text, whatever it looks like', async () => {
    const hostile = '<img src=x onerror=document.title=1>'
    await shop.ask(`/api/users/${encodeURIComponent(hostile)}?q=${encodeURIComponent(hostile)}`)
    const body = JSON.stringify({ [hostile]: hostile, name: '</script><script>document.title=1</script>' })
    const echo = await shop.ask('/api/users/u1', { 'content-type': 'application/json' }, { method: 'PUT', body })
    assert.equal(echo.status, 200)
    await browser.show(shop.url)
    for (const text of ['img', 'PUT']) {
      await browser.until(`(one => one && (one.click(), true))([...document.querySelectorAll('.request')].find(one => one.textContent.includes('${text}')))`)
      await browser.until(`document.querySelector('.pane .save') && document.querySelector('.pane h2').textContent.includes('${text}')`)
      assert.equal(await browser.value(`document.querySelectorAll('main img, main script').length`), 0)
    }
    assert.match(await browser.value(`document.querySelector('.pane .tree').textContent`), /"<img src=x[^]*<\/script><script>/)
    assert.equal(await browser.value('document.title'), 'Requests · bff')
  })

  test('keeps at most 500 requests', async () => {
    await browser.show(shop.url)
    await browser.click('#pause')
    const many = await browser.run(`
      const done = arguments[0]
      import('/__bff/live.js').then(async ({ Live }) => {
        const real = window.fetch
        let last = 0
        window.fetch = async () => ({ status: 200, ok: true, text: async () => JSON.stringify({ epoch: 'e', last: last + 100,
          requests: Array.from({ length: 100 }, () => ({ number: ++last, requestId: String(last) })) }) })
        const live = new Live()
        for (let i = 0; i < 8; i++) await live.byId(String(100 * (i + 1)))
        window.fetch = real
        done([live.requests.size, [...live.requests.keys()][0]])
      })`)
    assert.deepEqual(many, [500, 301])
  })

  test('the admin listener wants its token, and offers nothing that needs mock services', async () => {
    const admin = shop.server.ready.admin
    await browser.open('about:blank')
    await browser.open(`${admin}/__bff/`)
    await browser.until(`document.querySelector('form.token')`)
    assert.deepEqual(await violations(browser), [])
    await browser.type('#token', token)
    await browser.press(keys.enter)
    await browser.until(`document.querySelector('#state').dataset.state === 'live' && document.querySelector('.requests li')`)
    await browser.click('.request')
    await browser.until(`document.querySelector('.pane .save')`)
    assert.equal(await browser.has('.break, .again'), false)
    await browser.open(`${admin}/__bff/`)
    await browser.until(`document.querySelector('.requests li')`)
    assert.equal(await browser.has('form.token'), false, 'the tab keeps it')
  })
})
