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

// Starts a browser: { open(url), run(script, ...arguments) }. The script gets a callback as its last
// argument, as in WebDriver's "execute async".
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
  await ask('POST', `${session}/timeouts`, { script: 30_000, pageLoad: 30_000 })
  return {
    open: url => ask('POST', `${session}/url`, { url }),
    run: (script, ...args) => ask('POST', `${session}/execute/async`, { script, args }),
    setCookie: (name, value) =>
      ask('POST', `${session}/cookie`, { cookie: { name, value, path: '/' } }),
    clearCookies: () => ask('DELETE', `${session}/cookie`),
  }
}
