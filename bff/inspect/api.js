// The JSON of the server, below the folder of this page. On the admin listener it needs a token, which
// stays in this tab.
const key = 'bff-admin-token'
const base = new URL('.', location.href)
let token = sessionStorage.getItem(key)

export const server = new EventTarget() // 'token': somebody has to give one

// True when this page is on the admin listener: then it can ask no page again.
export const isAdmin = () => token !== null || isRefused
let isRefused = false

export function setToken(text) {
  token = text
  sessionStorage.setItem(key, text)
}

// A number keeps the digits that it had: 19.90 is not 19.9.
class Digits {
  constructor(text) { this.text = text }
  toJSON() { return JSON.rawJSON ? JSON.rawJSON(this.text) : Number(this.text) }
  toString() { return this.text }
}

export const isDigits = value => value instanceof Digits

const keep = (_, value, context) =>
  (typeof value === 'number' && context?.source && context.source !== String(value) ? new Digits(context.source) : value)

export const parse = text => JSON.parse(text, keep)

export class Refused extends Error {
  constructor(status, text) {
    super(text || `The server answers ${status}.`)
    this.status = status
  }
}

const messageOf = text => {
  try {
    return JSON.parse(text).error
  } catch {
    return text.slice(0, 200)
  }
}

// Asks below /__bff/: the parsed JSON. `read` may be parse, for a value whose digits count.
export async function ask(path, { method = 'GET', json, read = JSON.parse } = {}) {
  const headers = json === undefined ? {} : { 'content-type': 'application/json' }
  if (token) headers.authorization = `Bearer ${token}`
  const body = json === undefined ? undefined : JSON.stringify(json)
  const response = await fetch(new URL(path, base), { method, headers, body, cache: 'no-store' })
  const text = await response.text()
  if (response.status === 401) {
    isRefused = true
    server.dispatchEvent(new Event('token'))
  }
  if (!response.ok) throw new Refused(response.status, messageOf(text))
  return text ? read(text) : null
}

// As ask(), but null when the server does not have it, or cannot be reached now.
export const maybe = (path, options) => ask(path, options).catch(() => null)
