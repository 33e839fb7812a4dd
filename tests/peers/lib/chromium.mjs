// Chromium, driven by Debian's chromedriver (W3C WebDriver: JSON over HTTP).
import assert from 'node:assert/strict'

import { freePort, serve } from './run.mjs'

const options = {
  browserName: 'chrome',
  acceptInsecureCerts: true,
  'goog:chromeOptions': {
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
      '--disable-background-networking', '--no-first-run', '--no-proxy-server'],
  },
}

const elementKey = 'element-6066-11e4-a52e-4f735466cecf' // of the standard

// Starts a browser: { open(url), run(script, ...arguments) }. The script gets a callback as its last
// argument, as in WebDriver's "execute async". Elements are named by selectors of CSS.
export async function startChromium(t) {
  const port = await freePort()
  const stop = await serve('chromedriver', [`--port=${port}`], port)
  const ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`,
      { method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json' } })
    const { value } = await response.json()
    assert.equal(response.status, 200, JSON.stringify(value))
    return value
  }
  const { sessionId } = await ask('POST', '/session', { capabilities: { alwaysMatch: options } })
  const session = `/session/${sessionId}`
  t.after(async () => {
    await ask('DELETE', session)
    await stop()
  })
  const find = selector =>
    ask('POST', `${session}/elements`, { using: 'css selector', value: selector })
  const element = async selector => {
    const [first] = await find(selector)
    assert.ok(first, `the page has no ${selector}`)
    return `${session}/element/${first[elementKey]}`
  }
  await ask('POST', `${session}/timeouts`, { script: 30_000, pageLoad: 30_000 })
  return {
    open: url => ask('POST', `${session}/url`, { url }),
    run: (script, ...args) => ask('POST', `${session}/execute/async`, { script, args }),
    setCookie: (name, value) =>
      ask('POST', `${session}/cookie`, { cookie: { name, value, path: '/' } }),
    cookies: () => ask('GET', `${session}/cookie`),
    url: () => ask('GET', `${session}/url`),
    reload: () => ask('POST', `${session}/refresh`, {}),
    has: async selector => (await find(selector)).length > 0,
    type: async (selector, text) => ask('POST', `${await element(selector)}/value`, { text }),
    click: async selector => ask('POST', `${await element(selector)}/click`, {}),
    clearCookies: () => ask('DELETE', `${session}/cookie`),
    press: key => ask('POST', `${session}/actions`, { actions: [{ type: 'key', id: 'keys',
      actions: [{ type: 'keyDown', value: key }, { type: 'keyUp', value: key }] }] }),
    // A command of the DevTools protocol, for example Emulation.setEmulatedMedia.
    devtools: (cmd, params = {}) => ask('POST', `${session}/goog/cdp/execute`, { cmd, params }),
  }
}
