// The waterfall of a request: a row for each part with its calls as segments, and the same as numbers.
import { bytes, chip, h, plural, time, unseen } from './dom.js'
import { colourOf, criticalOf, rowsOf, scaleOf } from './source.js'

const lanes = 6 // calls that a row draws; the table has all of them

const kinds = [
  ['waiting', 'waiting to start'],
  ['connecting', 'connecting'],
  ['service', 'waiting for the first byte'],
  ['body', 'reading the body'],
]

// The segments of a call: { kind, from, to } in microseconds. A connection that was used again needs
// no time for connecting.
export function segmentsOf(call) {
  const isConnected = call.reused || call.firstByteUs != null
  const ends = [call.startUs, call.connectedUs ?? (isConnected ? call.startUs : null), call.firstByteUs, call.endUs]
  const segments = []
  let from = call.askedUs ?? call.startUs ?? 0
  ends.forEach((to, i) => {
    if (to == null || to <= from) return
    segments.push({ kind: lastKnown(ends, i), from, to })
    from = to
  })
  return segments
}

// A call that ended early has no later times: what it did until its end is the first that is missing.
function lastKnown(ends, i) {
  let place = i
  while (place > 0 && ends[place - 1] == null) place--
  return kinds[place][0]
}

// Steps of 1, 2 or 5 times a power of ten: at most five of them.
function stepOf(scale) {
  const power = 10 ** Math.floor(Math.log10(scale / 4))
  return [1, 2, 5, 10].map(factor => factor * power).find(one => scale / one <= 5) ?? scale
}

const at = (us, scale) => `${(100 * Math.min(us, scale) / scale).toFixed(3)}%`

function axis(scale, budgetUs) {
  const step = stepOf(scale)
  const steps = Array.from({ length: Math.floor(scale / step) + 1 }, (_, i) => i * step)
  const marks = steps.filter(us => us <= scale * 0.92).map(us => h('span.tick', { vars: { at: at(us, scale) } }, time(us)))
  const budget = budgetUs && budgetUs <= scale && h('span.tick.budget', { vars: { at: at(budgetUs, scale) } }, 'budget')
  return h('div.axis', { 'aria-hidden': 'true' }, h('div.scale', marks, budget))
}

function lane(call, scale) {
  const bars = segmentsOf(call).map(({ kind, from, to }) =>
    h(`i.seg.${kind}`, { vars: { at: at(from, scale), wide: at(to - from, scale) } }))
  const end = call.reason && h('b.end', { vars: { at: at(call.endUs ?? call.askedUs ?? 0, scale) } }, '✕')
  return h('div.lane', bars, end)
}

function track(row, request, scale) {
  const calls = (row.calls ?? []).map(place => request.calls[place]).filter(Boolean)
  const span = row.startUs != null && row.endUs != null &&
    h('i.span', { vars: { at: at(row.startUs, scale), wide: at(row.endUs - row.startUs, scale) } })
  const shown = calls.slice(0, lanes).map(call => lane(call, scale))
  const rest = calls.length > lanes && h('small.rest', `and ${plural(calls.length - lanes, 'call')} more`)
  const none = !calls.length && h('small.rest', row.cache ? 'from the cache: no call' : 'no call')
  return h('div.track', { 'aria-hidden': 'true' }, span, shown, rest, none)
}

// What a row says in words, beside its picture.
export function chipsOf(row, request, isCritical) {
  const calls = (row.calls ?? []).map(place => request.calls[place]).filter(Boolean)
  const retries = calls.reduce((sum, call) => sum + (call.retries || 0), 0)
  const whys = [...new Set(calls.map(call => call.retried).filter(Boolean))].join(', ')
  const failed = row.reason === 'status' && row.status ? `status ${row.status}` : row.reason
  return [
    isCritical && chip('key', '◆ sets the time', 'The answer waited for this part'),
    row.chosen === false && chip('plain', 'not chosen'),
    failed && chip('bad', `✕ ${failed}`),
    row.cancelled && chip('warn', '■ cancelled', 'The answer did not wait for it any longer'),
    row.cache && chip('plain', `cache: ${row.cache}`),
    row.list && chip('plain', `list × ${calls.length}`),
    retries > 0 && chip('warn', `↻ ${plural(retries, 'retry', 'retries')}${whys && `: ${whys}`}`),
    calls.some(call => call.hedged) && chip('plain', calls.some(call => call.hedgeWon) ? '⇉ hedged, the second won' : '⇉ hedged'),
  ]
}

// `tools(row)` makes what stands at the end of a row.
export function waterfall(request, composite, { scale = scaleOf(request), tools } = {}) {
  const critical = criticalOf(request, composite)
  const rows = rowsOf(request).map(row => {
    const took = row.startUs != null && row.endUs != null ? row.endUs - row.startUs : null
    return h(`li.row.${colourOf(row.name, request)}`, critical.has(row.name) ? { 'data-critical': true } : {},
      h('div.name', h('span.swatch', { 'aria-hidden': 'true' }), h('strong', row.name)),
      h('div.marks', chipsOf(row, request, row.name === request.setBy)),
      track(row, request, scale),
      h('div.took', unseen('took '), time(took)),
      tools?.(row))
  })
  if (!rows.length) return h('p.empty', 'This request asked no service.')
  return h('div.waterfall', { vars: { step: at(stepOf(scale), scale) } }, axis(scale, composite && composite.budgetMs * 1000), h('ol.rows', rows))
}

export const legend = () => h('ul.legend', { 'aria-label': 'Legend of the bars' },
  kinds.map(([kind, text]) => h('li', h(`i.seg.${kind}`, { 'aria-hidden': 'true' }), text)),
  h('li', h('b.end', { 'aria-hidden': 'true' }, '✕'), 'failed'))

const columns = ['part', 'service', 'request', 'endpoint', 'outcome', 'asked', 'started', 'connected', 'first byte', 'end', 'bytes', 'connection']

export function numbers(request) {
  const rows = rowsOf(request).flatMap(row => (row.calls ?? []).map(place => [row.name, request.calls[place]]))
    .filter(([, call]) => call)
  const cells = ([name, call]) => [
    call.service, `${call.method} ${call.target}`, call.endpoint ?? '–', call.reason ?? call.status ?? '–',
    time(call.askedUs), time(call.startUs), time(call.connectedUs), time(call.firstByteUs), time(call.endUs),
    bytes(call.bytes), call.reused ? 'reused' : call.connectedUs == null ? '–' : 'new',
  ]
  const table = h('table', h('caption.unseen', 'Calls, with times since the head of the request'),
    h('thead', h('tr', columns.map(text => h('th', { scope: 'col' }, text)))),
    h('tbody', rows.map(row => h('tr', h('th', { scope: 'row' }, row[0]), cells(row).map(text => h('td', String(text)))))))
  return h('details.numbers', h('summary', `Numbers of ${plural(rows.length, 'call')}`),
    h('div.wide', { tabindex: 0, role: 'region', 'aria-label': 'Numbers of the calls' }, table))
}
