// A real browser (Chromium) signs in at a real OpenID provider (oidc-provider), through a whole
// session: login, reload, an access token that ends, logout, and a logout that the provider announces.
// The scripts of the page, and other sites, try to get what is not theirs.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { test } from 'node:test'

import { authority } from '../e2e/lib/certificates.mjs'
import { scenario } from '../e2e/lib/scenario.mjs'
import { sessionKey } from '../e2e/lib/sessions.mjs'
import { eventually } from '../e2e/lib/wait.mjs'
import { startChromium } from './lib/chromium.mjs'
import { signInByHand, signOutByHand, startOidcProvider } from './lib/oidc.mjs'
import { freePort } from './lib/run.mjs'

const lifetimeSeconds = 4
const secret = 'the secret of the client'

// In the page: asks, and gives { status, text, headers }.
const ask = `
const [path, options, done] = arguments
fetch(path, options).then(async response => done({ status: response.status, text: await response.text(),
  headers: JSON.stringify([...response.headers]) }), error => done({ error: String(error) }))`

// All that a script of the page can read.
const readAll = `
const done = arguments[0]
const entries = performance.getEntries().map(entry => JSON.stringify(entry))
done(JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, location.href,
  document.referrer, document.documentElement.outerHTML, history.state, window.name, entries]))`

const twenty = `
const done = arguments[0]
Promise.all(Array.from({ length: 20 }, (_, i) => fetch('/api/users/' + i)
  .then(async response => [response.status, await response.text()]))).then(done, error => done(String(error)))`

// A page of another site: it sends a form, or asks with the browser's cookies.
const evilForm = url => `<form method="post" action="${url}/api/users/1"><button type="submit"></button></form>`

async function evilSite(t, url) {
  const server = http.createServer((req, res) =>
    res.writeHead(200, { 'content-type': 'text/html' }).end(evilForm(url)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.closeAllConnections() ?? server.close())
  return `http://127.0.0.1:${server.address().port}/`
}

async function startAll(t) {
  const ca = authority(t)
  const { certFile, keyFile } = ca.sign(['DNS:localhost', 'IP:127.0.0.1'])
  const port = await freePort()
  const users = { path: '/api/users/', service: 'users', to: '/users/', methods: ['GET', 'POST'] }
  const scene = await scenario(t, 'web', { 'users *': { json: { ok: true } } }, {
    listen: ['https://127.0.0.1:0'],
    config: {
      tls: { certificate: certFile, key: keyFile }, routes: [users],
      session: { keys: [sessionKey], renew_before: '1s', providers: [{ name: 'id',
        issuer: `http://127.0.0.1:${port}`, client_id: 'shop', client_secret: secret }] },
    },
  })
  const shop = `https://localhost:${new URL(scene.url).port}`
  const client = { client_id: 'shop', client_secret: secret, redirect_uris: [`${shop}/bff/callback`],
    grant_types: ['authorization_code', 'refresh_token'], post_logout_redirect_uris: [`${shop}/`],
    backchannel_logout_uri: `${shop}/bff/backchannel-logout`, backchannel_logout_session_required: true }
  const provider = await startOidcProvider(t, { port, client, lifetime: lifetimeSeconds, caFile: ca.caFile })
  return { scene, shop, provider, ca, browser: await startChromium(t) }
}

test('a browser signs in, stays signed in, and signs out', async t => {
  const { scene, shop, provider, ca, browser } = await startAll(t)
  const status = async (path, options) => (await browser.run(ask, path, options ?? {})).status
  const signIn = async () => {
    await browser.open(`${shop}/bff/login?returnUrl=/health`)
    await signInByHand(browser, provider)
    await eventually(async () => (await browser.url()) === `${shop}/health`, 'the way back')
  }

  await signIn()
  const began = Date.now()
  assert.equal(await status('/bff/user'), 200)
  await browser.reload()
  const me = await browser.run(ask, '/bff/user', {})
  assert.equal(JSON.parse(me.text).user.id, 'ada')
  assert.deepEqual(provider.grants(), ['authorization_code'])

  // The page sees no token and no cookie.
  const seen = (await browser.run(readAll)) + me.text + me.headers
  assert.equal(JSON.parse(await browser.run(readAll))[0], '', 'document.cookie')
  const cookies = await browser.cookies()
  assert.ok(cookies.length > 0 && cookies.every(one => one.httpOnly && one.secure && one.sameSite === 'Lax'))
  assert.equal(provider.tokens().length, 3)
  for (const one of [...provider.tokens(), ...cookies.map(({ value }) => value)])
    assert.ok(!seen.includes(one), 'the page sees a token or a cookie')

  // The access token ends while twenty requests are out.
  await eventually(() => Date.now() - began > lifetimeSeconds * 1000, 'the end of the access token')
  const answers = await browser.run(twenty)
  assert.deepEqual(answers.map(([code]) => code), Array(20).fill(200), JSON.stringify(answers[0]))
  assert.deepEqual(provider.grants(), ['authorization_code', 'refresh_token'])
  const sent = scene.asked('users').map(({ headers }) => headers.authorization)
  assert.equal(sent.length, 20)
  assert.deepEqual([...new Set(sent)], [`Bearer ${provider.tokens()[3]}`])

  // Another site gets nothing, and changes nothing.
  const evil = await evilSite(t, shop)
  await browser.open(evil)
  const options = { method: 'POST', credentials: 'include', headers: { 'content-type': 'text/plain' } }
  const answer = await browser.run(ask, `${shop}/api/users/1`, options)
  assert.match(answer.error, /Failed to fetch/)
  assert.match((await browser.run(ask, `${shop}/bff/user`, { credentials: 'include' })).error, /Failed/)
  await browser.click('button')
  await eventually(async () => (await browser.url()) === `${shop}/api/users/1`, 'the answer to the form')
  assert.equal(scene.asked('users').length, 20, 'nobody was asked')

  // The logout here is a logout there.
  await browser.open(`${shop}/health`)
  assert.equal(await status('/bff/logout', { method: 'POST' }), 403, 'without X-CSRF')
  const logout = await browser.run(ask, '/bff/logout', { method: 'POST', headers: { 'x-csrf': '1' } })
  await browser.open(shop + JSON.parse(logout.text).redirect)
  await signOutByHand(browser)
  await eventually(async () => (await browser.url()) === `${shop}/`, 'the way back from the logout')
  assert.equal(await status('/bff/user'), 401)

  // A logout there is a logout here. The cookie of before does not count any more.
  await signIn()
  assert.equal(await status('/bff/user'), 200)
  const cookie = (await browser.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const again = () => scene.get('/bff/user', { as: null, tls: { ca: ca.ca },
    headers: { cookie, 'x-csrf': '1', 'sec-fetch-site': 'same-origin' } })
  assert.equal((await again()).status, 200)
  await browser.open(`${provider.url}/session/end`)
  await signOutByHand(browser)
  await eventually(async () => (await browser.url()) === `${provider.url}/session/end/success`, 'the logout')
  await eventually(() => scene.server.lines().some(({ event }) => event === 'backchannel_logout'),
    'the logout that the provider announces')
  await browser.open(`${shop}/health`)
  assert.equal(await status('/bff/user'), 401)
  assert.equal((await again()).status, 401)
  for (const one of provider.tokens()) assert.ok(!scene.server.stdout.includes(one), 'a token in the log')
})
