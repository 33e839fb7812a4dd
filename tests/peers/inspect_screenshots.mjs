// Makes the pictures of docs/inspect.md anew: node tests/peers/inspect_screenshots.mjs
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { startShop, startViewer } from './lib/inspect.mjs'
import { smallPng } from './lib/palette_png.mjs'

const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url))
const ends = []
const t = { after: end => ends.unshift(end) }

const requests = [
  ['/api/products/p1'], ['/api/checkout/o15'], ['/api/users/u1'], ['/api/products/nothing'],
  ['/api/dashboard/u1', 'orders delay=40ms; recommendations delay=15ms; notifications delay=8ms; users delay=5ms'],
  ['/api/products/p2', 'reviews delay=25ms; inventory reset'],
  ['/api/dashboard/u1', 'orders delay=60ms; users delay=22ms; recommendations status=503; notifications delay=35ms'],
]

const shop = await startShop()
t.after(() => shop.server.stop())
const browser = await startViewer(t)

async function picture(name, view, { width = 1280, height = 820, scheme = 'light', ready = '.card', script = '', when } = {}) {
  await browser.size(width, height)
  await browser.scheme(scheme)
  await browser.show(`${shop.url}#/${view}`)
  await browser.until(`document.querySelector('${ready}')`)
  if (script) await browser.run(`${script}; arguments[0]()`)
  if (when) await browser.until(when)
  const { data } = await browser.devtools('Page.captureScreenshot', { format: 'png' })
  const bytes = smallPng(Buffer.from(data, 'base64'))
  writeFileSync(path.join(folder, `${name}.png`), bytes)
  console.log(`${name}.png: ${bytes.length} bytes`)
}

const choose = (name, word) => `(select => { select.value = '${word}'; select.dispatchEvent(new Event('change')) })(document.querySelector('.break[aria-label="Break ${name}"]'))`

try {
  mkdirSync(folder, { recursive: true })
  for (let i = 0; i < 40; i++)
    await shop.ask('/api/dashboard/u1', { 'x-mock': `recommendations delay=${i % 13 ? 12 + i % 5 : 70}ms; orders delay=${8 + i % 4}ms` })
  for (let i = 0; i < 3; i++) for (const [where, faults] of requests) await shop.ask(where, faults && { 'x-mock': faults })
  await browser.show(shop.url)
  const newest = await browser.until(`document.querySelector('.requests li')?.dataset.number`)
  const page = `requests/${newest}`
  const waterfall = '.pane .waterfall'
  await picture('inspect-request', page, { ready: waterfall })
  await picture('inspect-dark', page, { ready: waterfall, scheme: 'dark' })
  await picture('inspect-composites', 'composites')
  await picture('inspect-services', 'services')
  await picture('inspect-advice', 'advice', { ready: '.advice' })
  await picture('inspect-phone', page, { ready: waterfall, width: 360, height: 740 })
  await picture('inspect-again', page, { ready: waterfall, height: 1100, when: `document.querySelector('.result h4')`,
    script: `${choose('user', 'timeout')}; document.querySelector('.again .main').click(); document.querySelector('.again').scrollIntoView()` })
} finally {
  for (const end of ends) await end()
}
