// The page of the README in a real browser: it signs in, its scripts see no token and no cookie, and it
// signs out.
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'

import { anywhere } from '../e2e/lib/scenario.mjs'
import { fixtures, startServer } from '../e2e/lib/server.mjs'
import { startChromium } from './lib/chromium.mjs'

// Waits in the page until it says this.
const said = (browser, text) => browser.run(`
  const [text, done] = arguments
  const look = () => document.getElementById('said').textContent === text ? done() : setTimeout(look, 5)
  look()`, text)
const click = (browser, selector) => browser.run(`
  document.querySelector(arguments[0]).click()
  arguments[1]()`, selector)
const seen = browser => browser.run(`
  arguments[0]({ dashboard: document.getElementById('dashboard').textContent, cookie: document.cookie,
    stored: JSON.stringify([localStorage, sessionStorage]) })`)

test('a browser signs in, reloads and signs out', async t => {
  const server = await startServer('web', ['--mock', fixtures, '--config',
    path.join(fixtures, 'browser.yaml'), '--listen', anywhere], { JWT_SECRET: undefined })
  t.after(() => server.stop())
  const browser = await startChromium(t)
  const open = () => browser.open(`${server.url}/login.html`)

  await open()
  await said(browser, 'Nobody is signed in.')
  await click(browser, '#login button')
  await said(browser, 'You are signed in.')
  await open()
  await said(browser, 'You are signed in.')
  await browser.run(`
    const done = arguments[0]
    const look = () => document.getElementById('dashboard').textContent ? done() : setTimeout(look, 5)
    look()`)
  const { dashboard, cookie, stored } = await seen(browser)
  assert.equal(JSON.parse(dashboard).user.name, 'Ada Nowak')
  assert.deepEqual([cookie, stored], ['', '[{},{}]'])
  assert.doesNotMatch(dashboard, /eyJ/)

  await click(browser, '#logout')
  await said(browser, 'Nobody is signed in.')
  await open()
  await said(browser, 'Nobody is signed in.')
})
