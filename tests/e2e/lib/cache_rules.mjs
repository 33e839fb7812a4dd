// The cases of tests/cache/rules.txt, which explains them, for a real server. Time does not pass: a
// response that is `after` seconds old says so in its Age.
import { readFileSync } from 'node:fs'

const file = readFileSync(new URL('../../cache/rules.txt', import.meta.url), 'utf8')

const readCase = text => Object.fromEntries(text.split('\n')
  .map(line => /^(\w+):\s*(.*)$/.exec(line)).filter(Boolean).map(([, name, value]) => [name, value]))

// Each is { rfc, why, rule, first, response, after, then, want, fails }, with texts as values.
export const cases = file.replace(/^#.*$/gm, '').split(/\n\n+/).map(readCase).filter(({ rfc }) => rfc)
  .map(one => ({ rule: '', first: 'GET', then: 'GET', after: '0', ...one }))

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const formats = {
  imf: date => date.toUTCString(),
  rfc850: date => date.toUTCString().replace(/^\w+, (\d+) (\w+) \d\d(\d\d) (.*)$/,
    (_, day, month, year, rest) => `${days[date.getUTCDay()]}, ${day}-${month}-${year} ${rest}`),
  asctime: date => date.toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/,
    (_, name, day, month, year, time) => `${name} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`),
}

const dated = (text, now) => text.replace(/{(?:(rfc850|asctime) )?now([+-]\d+)?}/g,
  (_, format = 'imf', shift = 0) => formats[format](new Date(now + Number(shift) * 1000)))

// "GET | a: 1 | a: 2" is { start: 'GET', headers: { a: ['1', '2'] } }.
function readMessage(text, now) {
  const [start, ...fields] = dated(text, now).split('|').map(part => part.trim())
  const headers = {}
  for (const field of fields) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(field)
    headers[name] = [...headers[name] ?? [], value]
  }
  return { start, headers }
}

const aged = ({ start, headers }, after) => ({ start, headers: after === 0 ? headers
  : { ...headers, age: [String(after + Number(headers.age?.[0] ?? 0))] } })

// The messages of a case, at the time ${now}.
export function messagesOf({ first, response, then, after }, now) {
  const [asked, again] = [first, then].map(text => readMessage(text, now))
  return { asked, again, response: aged(readMessage(response, now), Number(after)) }
}

// The settings of a route for each of the rules: { 'ttl=100 shared': { ttl: '100s', shared: true } }
const settingOf = text => {
  const [name, value] = text.split('=')
  return [name, value === undefined ? true : `${value}s`]
}
const settingsOf = rule => {
  const settings = Object.fromEntries(rule.split(' ').filter(Boolean).map(settingOf))
  return settings.ttl === undefined ? { from: 'response', ...settings } : settings
}
const rules = [...new Set(cases.map(({ rule }) => rule))]

export const routes = rules.map((rule, i) => ({ path: `/cache/${i}/`, service: 'users',
  access: 'public', cache: settingsOf(rule) }))

export const targetOf = one => `/cache/${rules.indexOf(one.rule)}/${cases.indexOf(one)}`
