// The composites as graphs: which part waits for which, what is needed, and what the answer is made of.
import { maybe } from './api.js'
import { bytes, chip, h, plural } from './dom.js'
import { adviceOf } from './advice.js'
import { hue, words } from './source.js'

function facts(part) {
  return [
    chip(part.need === 'required' ? 'key' : 'plain', part.need === 'required' ? '● required' : '○ optional'),
    part.place !== 'member' && chip('plain', part.place),
    part.list && chip('plain', 'for each item'),
    part.conditional && chip('plain', 'conditional'),
    part.changes && chip('warn', '✎ changes data'),
    part.timeoutMs > 0 && chip('plain', `time-out ${part.timeoutMs} ms`),
    part.hedgeMs !== 0 && chip('plain', `hedge ${part.hedgeMs}${part.hedgeMs === 'p95' ? '' : ' ms'}`),
    part.cacheS > 0 && chip('plain', `cache ${part.cacheS} s`),
  ]
}

// How many parts wait for each other, one after another.
function depthOf({ parts }) {
  const of = name => (name ? 1 + of(parts.find(part => part.name === name)?.after) : 0)
  return Math.max(0, ...parts.map(part => of(part.name)))
}

function branch(composite, after) {
  const parts = composite.parts.filter(part => (part.after ?? null) === after)
  if (!parts.length) return null
  return h('ul', parts.map(part => h('li',
    h(`div.node.${hue(composite.parts.indexOf(part))}`, h('p', h('span.swatch', { 'aria-hidden': 'true' }), h('strong', part.name)), h('p.chips', facts(part))),
    branch(composite, part.name))))
}

function fields(composite) {
  if (!composite.fields.length) return null
  const from = name => {
    const place = composite.parts.findIndex(part => part.name === name)
    return h('span.of', h(`span.swatch.${hue(place)}`, { 'aria-hidden': 'true' }), name)
  }
  return [h('h3', 'Computed members'), h('ul.fields', composite.fields.map(({ name, of, into }) =>
    h('li', h('code', into ? `${into}.${name}` : name), ' ← ', words(of).map(from))))]
}

function card(composite, advice, onRequests) {
  const told = advice?.composites?.find(({ name }) => name === composite.name)
  const [, route] = composite.route.split(' ')
  return h(`article.card.${depthOf(composite) > 2 ? 'deep' : 'flat'}`, h('h2', composite.name), h('p', composite.about),
    h('p.chips', h('code', composite.route), chip('plain', composite.access), chip('plain', `budget ${composite.budgetMs} ms`), composite.p95Ms ? chip('plain', `95 % within ${composite.p95Ms} ms`) : null,
      composite.budgetBytes ? chip('plain', `at most ${bytes(composite.budgetBytes)}`) : null, chip('plain', plural(composite.parts.length, 'part'))),
    h('div.graph', { tabindex: 0, role: 'region', 'aria-label': `Parts of ${composite.name}` },
      h('ul.roots', h('li', h('div.node.root', 'request'), branch(composite, null)))),
    fields(composite), told ? adviceOf(told, composite) : null,
    h('p', h('a', { href: '#/requests', onclick: () => onRequests(route) }, `Requests of ${composite.name}`)))
}

export async function showComposites(pane, { composites, list }) {
  const advice = await maybe('advice')
  pane.replaceChildren(h('h1', 'Composites'),
    composites.length ? h('div.cards', composites.map(one => card(one, advice, route => list.only(route))))
      : h('p.empty', 'This build has no composites.'))
}
