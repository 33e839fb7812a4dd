// A users service whose refresh tokens can be used once: a second use is an attack, and ends all
// tokens of the user, as at real providers.
import { gate } from './wait.mjs'
import { now, tokenOf } from './token.mjs'
import { json } from './sessions.mjs'

async function bodyOf(req) {
  let text = ''
  for await (const chunk of req) text += chunk
  return text
}

function tell(res, status, value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  res.writeHead(status, { ...json, 'content-length': Buffer.byteLength(text) })
  res.end(text)
}

/*
 * Rows of a plan, and what has happened: { plan, used, reused, tokens, behave }.
 *   first    seconds until the access token of the login ends: the server renews tokens that end
 *            within a minute
 *   sign     claims => token
 *   used     the refresh tokens that were sent, in order
 *   reused   those that were sent a second time
 *   tokens   the access tokens that were given, in order
 *   behave   what becomes of a refresh; a test may replace it: { hold, fault, answer, user }
 *     hold     a gate that must open first
 *     fault    ({ res, socket }) => ...: in place of an answer
 *     answer   [status, body]: the same
 *     user     the user of the new token
 */
export function rotating({ first = 30, later = 3600, sign = tokenOf } = {}) {
  const state = { used: [], reused: [], tokens: [], behave: {}, begun: gate() }
  let good
  const give = (user, seconds) => {
    const number = state.tokens.length
    const role = number === 0 ? 'customer' : 'renewed'
    const token = sign({ id: user, role, jti: `t${number}`, exp: now() + seconds })
    state.tokens.push(token)
    good = `refresh-token-${number}`
    return { token, refreshToken: good, expiresIn: seconds, user: { id: user } }
  }
  const refresh = async ({ req, res, socket }) => {
    const { refreshToken } = JSON.parse(await bodyOf(req))
    const { hold, fault, answer, user = 'u1' } = state.behave
    if (state.used.includes(refreshToken)) state.reused.push(refreshToken)
    state.used.push(refreshToken)
    state.begun.open()
    await hold?.opened
    if (fault) return fault({ res, socket })
    if (answer) return tell(res, ...answer)
    return refreshToken === good ? tell(res, 200, give(user, later)) : tell(res, 401, { error: 'invalid_grant' })
  }
  state.plan = {
    'users /auth/login': { send: ({ res }) => tell(res, 200, give('u1', first)) },
    'users /auth/refresh': { send: refresh },
    'users *': { json: { id: '1' } },
  }
  return state
}
