// A server with an authorizer: the service `reviews` decides whether requests may pass.
import { scenario } from './scenario.mjs'
import { eventually } from './wait.mjs'

export const path = '/api/users/1'
export const allow = { allow: true }
export const says = json => ({ json })

const timeout = { connect: '20s', first_byte: '30s', total: '30s' } // for a machine that is busy

// `verdict` is what the authorizer answers: a row of a plan, a list of rows or a function. The lines of
// the log are in their order, because there is one worker.
export function guarded(t, verdict, settings = {}, { plan, config, build = 'web', workers = 1, ...options } = {}) {
  const login = { authorizer: { service: 'reviews', timeout: '20s', ...settings } }
  const services = { users: { timeout }, reviews: { timeout } }
  return scenario(t, build, { 'reviews /authorize': verdict, 'users *': { json: { id: '1' } }, ...plan },
    { config: { services, ...config, login }, isUnguarded: true, args: ['--workers', `${workers}`], ...options })
}

// A verdict that depends on what was asked: `verdict(question)`, where the question is JSON.
export const judged = verdict => ({
  async send({ req, res }) {
    let text = ''
    for await (const chunk of req) text += chunk
    const question = text === '' ? undefined : JSON.parse(text)
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify(verdict(question)))
  },
})

export const questions = scene => scene.asked('reviews')
export const events = server => server.lines().filter(({ event }) => event === 'authorizer')

// The lines of the log about `count` requests.
export async function logged({ server }, count) {
  const lines = () => server.lines().filter(({ event }) => event === 'request')
  await eventually(() => lines().length >= count, `${count} lines of the log`)
  return lines()
}

export const wordsOf = async (scene, count) =>
  (await logged(scene, count)).map(({ authorizer }) => authorizer)
