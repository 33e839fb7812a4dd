// The services with their endpoints, the limits and the cache, as they are now.
import { maybe } from './api.js'
import { bytes, chip, h, plural } from './dom.js'

const health = word => chip({ up: 'good', down: 'bad', ejected: 'warn', trial: 'warn' }[word] ?? 'plain', { up: '✓ up', down: '✕ down', ejected: '▲ left out', trial: '▲ on trial' }[word] ?? 'not checked')
const breaker = word => chip({ open: 'bad', 'half-open': 'warn' }[word] ?? 'plain', `breaker ${word}`)

const endpoint = one => h('li', h('code', one.label), ' ', health(one.health), ' ',
  h('span', `${one.inFlight} in flight`), one.averageMs != null && h('span', `, ${Number(one.averageMs).toFixed(1)} ms on average`))

const service = one => h('article.card', h('h2', one.name),
  h('p.chips', health(one.health), breaker(one.breaker), h('span', `${one.inFlight} in flight`)),
  h('h3', plural(one.endpoints.length, 'endpoint')), h('ul.plain', one.endpoints.map(endpoint)))

const textOf = value => (value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value))

const pairs = object => h('dl.facts', Object.entries(object).filter(([, value]) => value !== null).map(([name, value]) =>
  h('div', h('dt', name), h('dd', ['bytes', 'limit'].includes(name) ? bytes(value) : textOf(value)))))

function limits(list) {
  if (!list?.length) return h('p.empty', 'There is no rate limit.')
  return list.map(one => (typeof one === 'object' ? pairs(one) : h('p', String(one))))
}

let shown = ''

export async function showServices(pane, { isNew }) {
  const found = await maybe('services')
  const text = JSON.stringify(found)
  if (!found || (!isNew && text === shown)) return
  shown = text
  pane.replaceChildren(h('h1', 'Services'), h('div.cards', found.services.map(service)),
    h('div.cards', h('article.card', h('h2', 'Rate limits'), limits(found.limits)),
      h('article.card', h('h2', 'Cache'), found.cache ? pairs(found.cache) : h('p.empty', 'Nothing is cached.'))))
}
