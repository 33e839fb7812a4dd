// The page below /__bff/ in Chromium: recent requests, their waterfalls, parts that are broken, and
// requests that become scenarios.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { before, beforeEach, describe, test } from 'node:test'

import { secret } from '../e2e/lib/token.mjs'
import { eventually } from '../e2e/lib/wait.mjs'
import { cleanUps, startShop, startViewer } from './lib/inspect.mjs'

const folder = new URL('../../bff/inspect/', import.meta.url)
const dashboard = '/api/dashboard/u1'
const row = path => `[...document.querySelectorAll('.requests li')].find(row => !row.hidden && row.textContent.includes('${path}'))`
// How often the page has asked for this.
const asked = what => `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/__bff/${what}')).length`
const rows = `[...document.querySelectorAll('.requests li')].filter(row => !row.hidden).map(row => row.textContent)`

describe('the page', () => {
  const t = cleanUps()
  const files = mkdtempSync(path.join(tmpdir(), 'bff-inspect-'))
  const report = path.join(files, 'report.json')
  let shop, browser

  before(async () => {
    shop = await startShop({ env: { BFF_WATCH_REPORT: report, JWT_SECRET: secret } })
    t.after(() => shop.server.stop())
    t.after(() => rmSync(files, { recursive: true }))
    browser = await startViewer(t)
  })
  beforeEach(() => browser.size(1280))

  // Asks, and opens what was recorded of it.
  async function opened(where, headers, options) {
    const answer = await shop.ask(where, headers, options)
    await browser.show(shop.url)
    await browser.until(row(where))
    await browser.run(`(${row(where)}).querySelector('a').click(); arguments[0]()`)
    await browser.until(`document.querySelector('.pane h2 .path')?.textContent.startsWith('${where}') && document.querySelector('.waterfall')`)
    return answer
  }

  test('shows requests as they come, and filters them', async () => {
    await browser.show(shop.url)
    await shop.ask('/api/products/p1')
    await browser.until(row('/api/products/p1'))
    await shop.ask('/api/products/nothing')
    await browser.until(row('/api/products/nothing'))
    await shop.ask(dashboard, { 'x-mock': 'part:user timeout' })
    await browser.until(row(dashboard))
    assert.match((await browser.value(rows))[0], /dashboard.*✓ 200.*partial/, 'the newest is first')

    await browser.type('.filters [name=text]', 'products')
    assert.ok((await browser.value(rows)).every(text => text.includes('/api/products')))
    await browser.choose('.filters [name=status]', '4')
    assert.equal((await browser.value(rows)).length, 1)
    assert.match(await browser.value(`document.querySelector('.count').textContent`), /^1 of \d+ requests$/)
    await browser.run(`document.querySelector('.filters').reset(); arguments[0]()`)
    await browser.choose('.filters [name=route]', '/api/dashboard/:userId')
    assert.ok((await browser.value(rows)).every(text => text.includes(dashboard)))
    await browser.choose('.filters [name=slow]', '1000')
    assert.deepEqual(await browser.value(rows), [])
  })

  test('stands still while it is paused', async () => {
    await browser.show(shop.url)
    await browser.click('#pause')
    await browser.until(`document.querySelector('#state').dataset.state === 'paused'`)
    await shop.ask('/api/products/p4')
    const builds = await browser.value(asked('build'))
    await browser.until(`${asked('build')} > ${builds} + 1`) // it still asks for the build, each second
    assert.equal(await browser.value(`!(${row('/api/products/p4')})`), true)
    await browser.click('#pause')
    await browser.until(row('/api/products/p4'))
  })

  test('draws the parts of a request, and says which one set the time', async () => {
    await opened(dashboard, { 'x-mock': 'orders delay=120ms; recommendations status=500' })
    const parts = await browser.value(`[...document.querySelectorAll('.pane > section .row')].map(row => row.textContent)`)
    assert.deepEqual(parts.map(text => /user|recentOrders|recommendations|unreadNotifications/.exec(text)[0]),
      ['user', 'recentOrders', 'recommendations', 'unreadNotifications'])
    assert.match(parts[1], /sets the time/)
    assert.match(parts[2], /status 500/)
    assert.match(await browser.value(`document.querySelector('.verdict').textContent`), /^recentOrders set the time/)
    const widths = await browser.value(`['.service', '.end'].map(kind => document.querySelectorAll('.pane .rows ' + kind).length)`)
    assert.ok(widths[0] >= 3 && widths[1] >= 1, `segments: ${widths}`)
    const table = await browser.value(`document.querySelector('.numbers table').innerText || document.querySelector('.numbers table').textContent`)
    assert.match(table, /orders.*\/orders\?userId=u1/s)
  })

  test('marks retries, lists, and the parts that the answer had to wait for', async () => {
    await opened('/api/checkout/o15', { 'x-mock': 'orders reset times=1; products delay=40ms' })
    const parts = await browser.value(`[...document.querySelectorAll('.pane > section .row')].map(row =>
      ({ text: row.textContent, isCritical: row.hasAttribute('data-critical') }))`)
    assert.deepEqual(parts.map(({ isCritical }) => isCritical), [true, false, true], 'order, then products')
    assert.match(parts[0].text, /↻ 1 retry: 127\.0\.0\.1:\d+ reset/)
    assert.match(parts[2].text, /sets the time.*list × 3/)
  })

  test('says of each member where it comes from', async () => {
    await opened('/api/products/p1')
    const members = await browser.value(`[...document.querySelectorAll('.pane .tree > li')].map(li => li.textContent)`)
    const of = name => members.find(text => text.startsWith(`"${name}"`))
    assert.match(of('name'), /spread from product$/)
    assert.match(of('averageRating'), /computed from reviews$/)
    await opened(dashboard, { 'x-mock': 'part:user timeout' })
    const user = await browser.value(`document.querySelector('.pane .tree > .is-fallback').textContent`)
    assert.match(user, /^"user": null.*fallback: user was rejected \(timeout\)/)
  })

  test('breaks a part and asks again, and shows what changed', async () => {
    await opened('/api/products/p1')
    await browser.choose('.pane .break[aria-label="Break reviews"]', 'timeout')
    assert.equal(await browser.value(`document.querySelector('.faults').textContent`), 'X-Mock: part:reviews timeout')
    await browser.click('.again .main')
    await browser.until(`document.querySelector('.result h4')`)
    const changes = await browser.value(`[...document.querySelectorAll('.changes li')].map(li => li.textContent)`)
    assert.ok(changes.some(text => /^changed averageRating "[\d.]+" → null/.test(text)), changes.join('\n'))
    assert.ok(changes.some(text => /^added errors .*timeout/.test(text)), changes.join('\n'))
    const sides = await browser.value(`[...document.querySelectorAll('.beside > section')].map(one => one.textContent)`)
    assert.match(sides[0], /^Before/)
    assert.match(sides[1], /^Now ✓ 200.*request \d+.*reviews.*timeout/)
    await browser.until(`[...document.querySelectorAll('.requests li')][0].textContent.includes('partial')`)
  })

  test('copies a request as a command', async () => {
    await opened('/api/products/p1')
    await browser.devtools('Browser.grantPermissions', { permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'] })
    await browser.choose('.pane .break[aria-label="Break reviews"]', 'reset')
    await browser.run(`[...document.querySelectorAll('.again button')].find(one => one.textContent === 'Copy as curl').click(); arguments[0]()`)
    await browser.until(`document.querySelector('#said').textContent === 'Copied'`)
    const command = await browser.run(`navigator.clipboard.readText().then(arguments[0], error => arguments[0](String(error)))`)
    assert.match(command, /^curl -i -H 'Authorization: Bearer eyJ[\w.-]+' -H 'X-Mock: part:reviews reset' http:\/\/127\.0\.0\.1:\d+\/api\/products\/p1$/)
  })

  test('saves a request as a scenario, as a file and at once', async () => {
    await browser.devtools('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: files })
    await opened('/api/products/p2', { 'x-mock': 'inventory status=503' })
    await browser.run(`document.querySelector('.save input').value = 'no-stock'; arguments[0]()`)
    const press = text => browser.run(`[...document.querySelectorAll('.save button')].find(one => one.textContent === '${text}').click(); arguments[0]()`)
    await press('Download')
    await eventually(() => readdirSync(files).includes('no-stock.yaml'), 'the file')
    assert.ok(JSON.parse(readFileSync(path.join(files, 'no-stock.yaml'))).answers.length >= 3)
    await press('Use it now')
    await browser.until(`document.querySelector('#scenario select').value === 'no-stock'`)
    assert.equal((await shop.ask('/api/products/p2')).body.errors.inventory.status, 503)
    await browser.choose('#scenario select', '')
    await eventually(async () => !('errors' in (await shop.ask('/api/products/p2')).body), 'the end of the scenario')
  })

  test('shows a mistake of the build, and forgets it when it is mended', async () => {
    await browser.show(shop.url)
    const error = { file: 'composites/web/dashboard.c', line: 12, column: 3, message: 'expected ;', remedy: 'Each line ends with ;' }
    writeFileSync(report, JSON.stringify({ state: 'failed', at: new Date().toISOString(), errors: [error] }))
    await browser.until(`document.querySelector('#build[role=alert]').textContent.includes('composites/web/dashboard.c:12:3 expected ;')`)
    writeFileSync(report, JSON.stringify({ state: 'ok', at: new Date().toISOString(), errors: [] }))
    await browser.until(`document.querySelector('#build').textContent === ''`)
  })

  test('shows composites, services and advice', async () => {
    await browser.show(`${shop.url}#/composites`)
    const graph = await browser.until(`[...document.querySelectorAll('.graph')].find(one => one.getAttribute('aria-label').endsWith('heckout'))?.innerText`)
    assert.match(graph, /request[^]*order[^]*required[^]*user[^]*products/)
    await browser.show(`${shop.url}#/services`)
    assert.match(await browser.until(`document.querySelector('.view')?.textContent`), /users.*orders.*reviews.*Cache/)
    await browser.show(`${shop.url}#/advice`)
    assert.match(await browser.until(`document.querySelector('.advice')?.textContent`), /set the time of \d+ % of \d+ request/)
  })

  test('begins again when another process takes over', async () => {
    await opened('/api/products/p5')
    await shop.server.stop()
    await browser.until(`document.querySelector('#state').dataset.state === 'gone'`)
    shop = await startShop({ listen: shop.server.url, env: { JWT_SECRET: secret } })
    await browser.until(`document.querySelector('#state').dataset.state === 'live' && !(${row('/api/products/p5')})`)
    await browser.until(`document.querySelector('.pane h2').textContent.includes('p5')`)
    await browser.click('.again .main')
    await browser.until(`document.querySelector('.result h4')?.textContent === 'The answer is the same'`)
    await shop.ask('/api/products/p6')
    await browser.until(row('/api/products/p6'))
  })
})

test('the JavaScript has less than 60 KB', () => {
  const scripts = readdirSync(folder).filter(name => name.endsWith('.js'))
  const sizes = scripts.map(name => readFileSync(new URL(name, folder)))
  assert.ok(sizes.reduce((sum, text) => sum + text.length, 0) < 60_000)
  for (const [i, text] of sizes.entries())
    assert.doesNotMatch(text.toString(), /innerHTML|insertAdjacentHTML|outerHTML|document\.write/, scripts[i])
})
