// A planned OpenID provider, and what a browser does on its way there and back. All of its answers
// can be replaced, so that it can be as hostile as a test wants it.
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'

import { browser, cookiesOf, sessionKey } from './sessions.mjs'
import { scenario } from './scenario.mjs'
import { now } from './token.mjs'

const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url')
const random = () => randomBytes(12).toString('base64url')
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

// Signs with the provider's key, or as `signature(text)` says.
export function signed(claims, header = {}, signature) {
  const text = `${encode({ alg: 'ES256', typ: 'JWT', kid: 'k1', ...header })}.${encode(claims)}`
  const own = () => sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${text}.${(signature ?? own)(text).toString('base64url')}`
}

const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }

class Provider {
  requests = [] // to the token endpoint: { form, authorization }
  logins = new Map() // by code
  clientId = 'shop'
  secret = 'the secret of the shop'
  metadata = {} // more of the discovery document, or other
  claims = {} // more of each ID token, or other
  lifetime = 3600 // of access tokens
  answers = {} // by path: (req, res, form) => void, in place of the provider's own

  get issuer() { return this.url }

  discovery() {
    const at = path => `${this.url}${path}`
    return { issuer: this.issuer, authorization_endpoint: at('/auth'), token_endpoint: at('/token'),
      jwks_uri: at('/jwks'), end_session_endpoint: at('/end'),
      authorization_response_iss_parameter_supported: true, ...this.metadata }
  }

  jwks() {
    return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256' }] }
  }

  // The user agrees: the parameters with which the browser goes back.
  agree(location) {
    const asked = Object.fromEntries(new URL(location).searchParams)
    const code = `code-${random()}`
    this.logins.set(code, asked)
    return { code, state: asked.state, iss: this.issuer }
  }

  idClaims({ nonce }) {
    return { iss: this.issuer, aud: this.clientId, sub: 'u1', sid: 'sid-1', nonce, iat: now(),
      exp: now() + 300, name: 'Ada', role: ['customer'], ...this.claims }
  }

  logoutToken(claims, header) {
    return signed({ iss: this.issuer, aud: this.clientId, iat: now(), exp: now() + 120, jti: random(),
      events, sid: 'sid-1', sub: 'u1', ...claims }, { typ: 'logout+jwt', ...header })
  }

  tokens(asked) {
    const answer = { token_type: 'Bearer', expires_in: this.lifetime, access_token: `access-${random()}`,
      refresh_token: `refresh-${random()}` }
    return { ...answer, id_token: this.sign ? this.sign(this.idClaims(asked)) :
      signed(this.idClaims(asked)) }
  }

  // What a provider checks: the client, the code once, the URL, and PKCE.
  redeem({ code, redirect_uri: url, code_verifier: verifier }) {
    const asked = this.logins.get(code)
    this.logins.delete(code)
    const challenge = createHash('sha256').update(verifier ?? '').digest('base64url')
    const isGood = asked?.redirect_uri === url && asked?.code_challenge === challenge
    return isGood ? this.tokens(asked) : { error: 'invalid_grant' }
  }

  token(req, res, form) {
    this.requests.push({ form, authorization: req.headers.authorization })
    const answer = form.grant_type === 'refresh_token' ? this.tokens({}) : this.redeem(form)
    send(res, answer, answer.error ? 400 : 200)
  }

  async answer(req, res) {
    let body = ''
    for await (const chunk of req) body += chunk
    const form = Object.fromEntries(new URLSearchParams(body))
    const path = req.url.split('?')[0]
    const own = { '/.well-known/openid-configuration': () => send(res, this.discovery()),
      '/jwks': () => send(res, this.jwks()), '/token': () => this.token(req, res, form) }
    if (this.answers[path]) this.answers[path](req, res, form)
    else own[path]()
  }
}

export const send = (res, value, status = 200) =>
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

// Starts a provider, which ends with the test.
export async function startProvider(t, more = {}) {
  const provider = Object.assign(new Provider(), more)
  const server = http.createServer((req, res) => provider.answer(req, res))
  provider.listen = async (port = 0) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    provider.port = server.address().port
    provider.url = `http://127.0.0.1:${provider.port}`
  }
  provider.close = async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise(resolve => server.close(resolve))
  }
  await provider.listen()
  t.after(provider.close)
  return provider
}

export const providerSettings = ({ url, clientId, secret }, more = {}) =>
  ({ name: 'id', issuer: url, client_id: clientId, client_secret: secret, timeout: '2s', ...more })

/*
 * A server whose browsers sign in at `provider`. `signIn(client, options)` goes all the way: the last
 * answer. Options: returnUrl, and back: parameters => parameters, what comes back from the provider.
 */
export async function providerScene(t, provider, { providers, session, config, ...more } = {}) {
  const scene = await scenario(t, 'web', { 'users /users/1': { json: { id: '1' } } }, { ...more,
    config: { session: { keys: [sessionKey], providers: providers ?? [providerSettings(provider)],
      ...session }, ...config } })
  return { ...scene, browser: options => browser(scene, options) }
}

// What a browser says when it opens a page.
export const visit = { page: null, headers: { 'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' } }

export const query = params => new URLSearchParams(params).toString()

// Goes to the provider: { location, answer }.
export async function leave(client, params = {}) {
  const answer = await client.ask(`/bff/login?${query(params)}`, visit)
  assert.equal(answer.status, 303, answer.text)
  return { location: answer.headers.location, answer }
}

export const comeBack = (client, params) => client.ask(`/bff/callback?${query(params)}`, visit)

export async function signInAt(client, provider, params = {}) {
  const { location } = await leave(client, params)
  return comeBack(client, provider.agree(location))
}

export const hasSession = answer =>
  cookiesOf(answer).some(({ name, flags }) => name === '__Host-bff' && !flags.includes('max-age=0'))
