// Browsers for tests of sessions: a jar of cookies that behaves like a browser's, and a planned users
// service that signs users in.
import assert from 'node:assert/strict'

import { scenario } from './scenario.mjs'
import { now, tokenOf } from './token.mjs'

export const sessionKey = 'the first key of the tests, 32 bytes and more'
export const json = { 'content-type': 'application/json' }

// A cookie of a Set-Cookie line: { name, value, flags } with the flags in lower case.
export function cookieOf(line) {
  const [pair, ...flags] = line.split('; ')
  const [name, ...value] = pair.split('=')
  return { name, value: value.join('='), flags: flags.map(flag => flag.toLowerCase()) }
}

export const cookiesOf = ({ headers }) => (headers['set-cookie'] ?? []).map(cookieOf)

/*
 * A browser: { ask, cookies, field }. ask(where, options) sends its cookies and what a page of ours
 * sends, and keeps the cookies of the answer. Options as of `get`, and:
 *   page    the origin of the page that asks; null: nothing of a browser and no X-CSRF
 */
export function browser({ get, url }, { origin = url } = {}) {
  const cookies = new Map()
  const field = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const keep = ({ name, value, flags }) => {
    if (flags.includes('max-age=0')) cookies.delete(name)
    else cookies.set(name, value)
  }
  const ask = async (where, { page = origin, headers = {}, ...options } = {}) => {
    const ours = page === null ? {} : { 'x-csrf': '1', origin: page, 'sec-fetch-site': 'same-origin' }
    const sent = { ...ours, ...(cookies.size > 0 ? { cookie: field() } : {}), ...headers }
    const answer = await get(where, { as: null, url, ...options, headers: sent })
    cookiesOf(answer).forEach(keep)
    return answer
  }
  return { ask, cookies, field }
}

export const credentials = { method: 'POST', body: JSON.stringify({ email: 'a', password: 'b' }) }

// Signs a browser in; the answer of the login.
export async function signIn(client, options = {}) {
  const answer = await client.ask('/api/auth/login', { ...credentials, ...options,
    headers: { ...json, ...options.headers } })
  assert.equal(answer.status, 200, answer.text)
  return answer
}

// What the users service answers to a login: tokens of `claims`, and the rest.
export const loginOf = (claims = { id: 'u1', role: 'customer' }, more = {}) => {
  const token = tokenOf({ ...claims, exp: now() + 3600 })
  const answer = { token, refreshToken: 'refresh-of-the-user', user: { id: claims.id }, ...more }
  return { token, row: { json: answer } }
}

export const settings = more => ({ session: { store: 'cookie', keys: [sessionKey],
  login: { path: '/api/auth/login' }, ...more } })

// A server with sessions, and users that sign in as u1: { ..., browser, token }.
export async function sessionScene(t, plan = {}, { session, config, login = loginOf(), ...more } = {}) {
  const scene = await scenario(t, 'web', { 'users /auth/login': login.row,
    'users /users/1': { json: { id: '1' } }, ...plan },
  { config: { ...settings(session), ...config }, ...more })
  return { ...scene, token: login.token, browser: options => browser(scene, options) }
}
