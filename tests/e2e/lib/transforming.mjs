// The cases of tests/transform/cases.txt, which explains them, and routes that transform.
import { readFileSync } from 'node:fs'

import { scenario } from './scenario.mjs'

const file = readFileSync(new URL('../../transform/cases.txt', import.meta.url), 'utf8')
const bytes = { lf: '\n', tab: '\t', bom: '\ufeff' }
const bodyOf = text => text?.replace(/{(lf|tab|bom)}/g, (_, name) => bytes[name])

function readCase(text) {
  const one = { sets: [] }
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\w+):\s*(.*?)\s*$/.exec(line) ?? []
    if (name === 'set') one.sets.push(/^(\S+) (.*)$/.exec(value).slice(1))
    else if (name) one[name] = value
  }
  return { ...one, from: bodyOf(one.from) }
}

// Each is { why, allow, deny, rename, sets, from, want }, with texts as values.
export const cases = file.replace(/^#.*$/gm, '').split(/\n\n+/).map(readCase).filter(({ why }) => why)

const list = text => text?.split(' ')

// The settings of a case, as YAML: values are as the case writes them.
export function bodyYaml({ allow, deny, rename, sets }) {
  const pairs = list(rename)?.map(pair => pair.split('='))
  const members = [
    allow && `allow: ${JSON.stringify(list(allow))}`,
    deny && `deny: ${JSON.stringify(list(deny))}`,
    pairs && `rename: ${JSON.stringify(Object.fromEntries(pairs))}`,
    sets.length > 0 && `set: { ${sets.map(([path, value]) => `${JSON.stringify(path)}: ${value}`)} }`,
  ]
  return `{ ${members.filter(Boolean).join(', ')} }`
}

// A server without a login, with one route to the users service. `answer` is the plan of the service.
// `route` has more of the route.
export function transforming(t, answer, route, { config, ...options } = {}) {
  const things = { path: '/api/things/', service: 'users', to: '/things/', access: 'public', ...route }
  return scenario(t, 'web', { 'users *': answer }, { isUnguarded: true, ...options,
    config: { login: 'off', routes: [things], ...config } })
}

export const fieldsOf = ({ body }) => Object.fromEntries(body.fields)
