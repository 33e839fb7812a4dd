// What sets the time of the pages, and what a shorter time-out of a part would save at which price.
import { maybe } from './api.js'
import { h, percent, plural, time } from './dom.js'
import { hue } from './source.js'

function sentences({ requests, p95Us, parts }, composite) {
  const [first] = [...parts].sort((a, b) => b.setShare - a.setShare)
  const told = []
  if (composite?.p95Ms && p95Us > composite.p95Ms * 1000)
    told.push(h('li', `The p95 is ${time(p95Us)}, which is over the budget of ${composite.p95Ms} ms.`))
  if (first?.setShare > 0) told.push(h('li', h('strong', first.name), ` set the time of ${percent(first.setShare)} of ${plural(requests, 'request')}.`))
  for (const { name, saves } of parts.filter(part => part.saves)) {
    const falls = saves.p95Us > 0 ? `the p95 falls from ${time(p95Us)} to ${time(Math.max(0, p95Us - saves.p95Us))}` : `the p99 falls by ${time(saves.p99Us)}`
    told.push(h('li', 'With ', h('code', `.timeout_ms = ${saves.timeoutMs}`), ' of ', h('strong', name),
      `, ${falls}, and ${percent(saves.lost)} of the requests lose it.`))
  }
  return told
}

// Which part was how often the last one: a bar of 100 %.
function shares(parts) {
  return h('div.shares', { 'aria-hidden': 'true' }, parts.filter(({ setShare }) => setShare > 0).map(part =>
    h(`i.${hue(parts.indexOf(part))}`, { vars: { wide: `${100 * part.setShare}%` } })))
}

function table(parts) {
  const row = (part, i) => h('tr', h('th', { scope: 'row' }, h(`span.swatch.${hue(i)}`, { 'aria-hidden': 'true' }), part.name),
    h('td', percent(part.setShare)), h('td', time(part.p50Us)), h('td', time(part.p95Us)))
  return h('table', h('caption.unseen', 'Times of the parts'), h('thead', h('tr', ['part', 'sets the time', 'p50', 'p95'].map(text => h('th', { scope: 'col' }, text)))),
    h('tbody', parts.map(row)))
}

export function adviceOf(one, composite) {
  if (!one.requests) return null
  const told = sentences(one, composite)
  return h('div.advice', told.length ? h('ul', told) : h('p', 'Too few requests for advice.'))
}

const card = (one, composite) => h('article.card', h('h2', one.name),
  one.requests ? [h('p', `${plural(one.requests, 'request')}: p50 ${time(one.p50Us)}, p95 ${time(one.p95Us)}`), adviceOf(one, composite), shares(one.parts), table(one.parts)]
    : h('p.empty', 'It was not asked yet.'))

let shown = ''

export async function showAdvice(pane, { isNew, composites }) {
  const advice = await maybe('advice')
  const text = JSON.stringify(advice)
  if (!isNew && text === shown) return
  shown = text
  pane.replaceChildren(h('h1', 'Advice'), h('p.note', 'Taken from the requests that are still kept.'),
    h('div.cards', (advice?.composites ?? []).map(one => card(one, composites.find(({ name }) => name === one.name)))))
}
