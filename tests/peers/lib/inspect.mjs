// The page below /__bff/ of a server with mock services, in a browser.
import { after } from 'node:test'

import { anywhere } from '../../e2e/lib/scenario.mjs'
import { ask } from '../../e2e/lib/client.mjs'
import { fixtures, startServer } from '../../e2e/lib/server.mjs'
import { startChromium } from './chromium.mjs'

export const keys = { down: '\uE015', up: '\uE013', enter: '\uE007', tab: '\uE004', escape: '\uE00C', space: ' ', home: '\uE011', end: '\uE010' }

// bff-web with its mock services, and somebody who is signed in: { server, ask(path, headers) }.
export async function startShop({ args = [], listen = anywhere, env = {} } = {}) {
  const server = await startServer('web', ['--mock', fixtures, '--listen', listen, ...args], { JWT_SECRET: undefined, ...env })
  const body = JSON.stringify({ email: 'ada.nowak@mail.example', password: 'ada-loves-tea' })
  const { body: { token } } = await ask(server.url, '/api/auth/login', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  return { server, url: `${server.url}/__bff/`, token,
    ask: (path, headers, options) => ask(server.url, path, { token, headers, ...options }) }
}

// A browser that is as large as this: its functions, and `until(text)` which waits until the expression
// is true in the page, and gives its value.
export async function startViewer(t) {
  const browser = await startChromium(t)
  const until = text => browser.run(`
    const done = arguments[0]
    const look = () => {
      let value
      try { value = (${text}) } catch { value = undefined }
      if (value) done(value)
      else setTimeout(look, 20)
    }
    look()`)
  return { ...browser, until,
    value: text => browser.run(`arguments[0](${text})`),
    size: (width, height = 900) => browser.devtools('Emulation.setDeviceMetricsOverride',
      { width, height, deviceScaleFactor: 1, mobile: width < 600 }),
    scheme: value => browser.devtools('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] }),
    // Opens a page anew, also when only the part after # differs.
    show: async url => {
      await browser.open('about:blank')
      await browser.open(url)
      await until("document.querySelector('#state').dataset.state === 'live'")
    },
    choose: (selector, value) => browser.run(`
      const [selector, value, done] = arguments
      const select = document.querySelector(selector)
      select.value = value
      select.dispatchEvent(new Event('input', { bubbles: true }))
      select.dispatchEvent(new Event('change', { bubbles: true }))
      done()`, selector, value) }
}

// For the tests of one file: they share a browser, and what they start ends after the last of them.
export function cleanUps() {
  const all = []
  after(async () => { for (const each of all.reverse()) await each() })
  return { after: each => all.push(each) }
}
