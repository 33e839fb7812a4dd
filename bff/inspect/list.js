// The list of recent requests, newest first, and its filters. Rows are links: arrows move between them,
// Enter opens one. Rows that come do not move those that somebody looks at.
import { chip, clock, find, h, plural, say, statusChip, svg, time } from './dom.js'
import { colourOf, rowsOf, scaleOf } from './source.js'

const quietMs = 10_000 // the time between two announcements of new requests

const statuses = [['', 'any status'], ['2', '2xx'], ['3', '3xx'], ['4', '4xx'], ['5', '5xx']]
const slows = [['', 'any time'], ['20', '≥ 20 ms'], ['100', '≥ 100 ms'], ['500', '≥ 500 ms'], ['1000', '≥ 1 s']]
const options = rows => rows.map(([value, text]) => h('option', { value }, text))

// The parts as thin bars, on the scale of the request itself.
function spark(request) {
  const rows = rowsOf(request).slice(0, 8)
  const scale = scaleOf(request)
  const bars = rows.filter(row => row.startUs != null && row.endUs != null).map((row, i) => svg('rect', {
    class: row.reason ? 'failed' : colourOf(row.name, request), x: 100 * row.startUs / scale, y: i * 3,
    width: Math.max(1.5, 100 * (row.endUs - row.startUs) / scale), height: 2,
  }))
  return svg('svg', { class: 'spark', viewBox: `0 0 100 ${3 * bars.length}`, height: 4 * bars.length, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...bars)
}

const whereOf = request => (request.query ? `${request.path}?${request.query}` : request.path)

function rowFor(request) {
  return h('li', { 'data-number': request.number }, h('a.request', { href: `#/requests/${request.number}`, tabindex: -1 },
    h('span.line', h('b.method', request.method), ' ', h('span.path', { title: whereOf(request) }, whereOf(request))),
    h('span.line.facts', statusChip(request.status), ' ', request.partial && [chip('warn', '◐ partial'), ' '],
      h('span.when', clock(request.at)), ' ', h('b.took', time(request.tookUs))),
    spark(request)))
}

export class List {
  #items = new Map() // of numbers: the row
  #routes = new Set()
  #spoken = -quietMs
  #unsaid = 0
  #saying = 0
  #live

  constructor(live) {
    this.#live = live
    this.#build()
    live.addEventListener('requests', ({ detail }) => this.#add(detail))
    live.addEventListener('cleared', () => this.#clear())
  }

  #build() {
    const select = (name, label, rows) => h('select', { name, 'aria-label': label }, options(rows))
    this.routes = select('route', 'Route', [['', 'every route']])
    this.form = h('form.filters', { role: 'search', 'aria-label': 'Filter requests', onsubmit: event => event.preventDefault(), oninput: () => this.#filter() },
      h('input', { name: 'text', type: 'search', placeholder: 'Path, user, part, id', 'aria-label': 'Text', autocomplete: 'off' }),
      this.routes, select('status', 'Status', statuses), select('slow', 'Time', slows),
      h('label.check', h('input', { name: 'partial', type: 'checkbox' }), 'partial'))
    this.count = h('p.count', 'No request yet')
    this.up = h('button.small', { type: 'button', hidden: true, onclick: () => this.#toTop() }, '↑ new')
    this.rows = h('ol.requests', { 'aria-label': 'Requests, newest first', onkeydown: event => this.#key(event) })
    this.hint = h('div.empty', h('p', 'Nothing was asked yet. Ask something, and it appears here:'),
      h('pre', { tabindex: 0, role: 'region', 'aria-label': 'A command to try' }, `curl ${location.origin}/api/products/p1`))
    this.scroller = h('div.scroller', this.hint, this.rows)
    this.scroller.addEventListener('scroll', () => { if (this.scroller.scrollTop < 4) this.up.hidden = true }, { passive: true })
    this.element = h('section.list', { 'aria-label': 'Recent requests' }, this.form, h('div.bar', this.count, this.up), this.scroller)
  }

  #add({ added, dropped }) {
    const isWatched = this.scroller.scrollTop > 4 || this.rows.matches(':hover') || this.rows.contains(document.activeElement)
    const before = this.scroller.scrollHeight
    for (const request of added) {
      const row = rowFor(request)
      this.#items.set(request.number, row)
      row.hidden = !this.#fits(request)
      this.rows.prepend(row)
      this.#addRoute(request.route)
    }
    for (const number of dropped) {
      this.#items.get(number)?.remove()
      this.#items.delete(number)
    }
    if (isWatched) {
      this.scroller.scrollTop += this.scroller.scrollHeight - before
      this.up.hidden = this.scroller.scrollTop < 4
    }
    this.#told(added.length)
  }

  #told(count) {
    this.hint.hidden = true
    this.#tell()
    this.#unsaid += count
    if (performance.now() - this.#spoken < quietMs) return
    say(plural(this.#unsaid, 'new request'))
    this.#spoken = performance.now()
    this.#unsaid = 0
  }

  #addRoute(route) {
    if (!route || this.#routes.has(route)) return
    this.#routes.add(route)
    this.routes.append(h('option', { value: route }, route))
  }

  #clear() {
    this.rows.replaceChildren()
    this.#items.clear()
    this.hint.hidden = false
    this.#tell()
    say('Another process has taken over: the list begins again')
  }

  #fits(request) {
    const { text, status, route, slow, partial } = this.form.elements
    const words = `${request.method} ${whereOf(request)} ${request.user ?? ''} ${request.requestId} ${(request.parts ?? []).map(({ name, reason }) => `${name} ${reason ?? ''}`).join(' ')}`
    return words.toLowerCase().includes(text.value.trim().toLowerCase()) && String(request.status).startsWith(status.value) &&
      (!route.value || request.route === route.value) && (!slow.value || request.tookUs >= slow.value * 1000) &&
      (!partial.checked || request.partial)
  }

  #filter() {
    for (const [number, row] of this.#items) row.hidden = !this.#fits(this.#live.requests.get(number))
    this.#tell()
    clearTimeout(this.#saying)
    this.#saying = setTimeout(() => say(this.count.textContent), 700)
  }

  // Shows the requests of a route only.
  only(route) {
    this.#addRoute(route)
    this.form.reset()
    this.routes.value = route
    this.#filter()
  }

  #shown() {
    return [...this.rows.children].filter(row => !row.hidden)
  }

  #tell() {
    const shown = this.#shown()
    this.count.textContent = shown.length === this.#items.size
      ? plural(shown.length, 'request') : `${shown.length} of ${plural(this.#items.size, 'request')}`
    this.#stop(shown)
  }

  // One row is a stop of the Tab key: the chosen one, or else the first.
  #stop(shown = this.#shown(), row) {
    const focused = shown.find(one => one.contains(document.activeElement))
    const stop = row ?? focused ?? shown.find(one => one.firstChild.hasAttribute('aria-current')) ?? shown[0]
    for (const one of this.rows.children) one.firstChild.tabIndex = one === stop ? 0 : -1
    return stop
  }

  #key(event) {
    const shown = this.#shown()
    const place = shown.findIndex(row => row.contains(document.activeElement))
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: shown.length - 1, PageDown: place + 10, PageUp: place - 10 }[event.key]
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    this.#stop(shown, shown[Math.max(0, Math.min(shown.length - 1, to))])?.firstChild.focus()
  }

  #toTop() {
    this.scroller.scrollTop = 0
    this.#stop(undefined, this.#shown()[0])?.firstChild.focus({ preventScroll: true })
  }

  mark(number) {
    for (const [one, row] of this.#items) {
      if (one === number) row.firstChild.setAttribute('aria-current', 'true')
      else row.firstChild.removeAttribute('aria-current')
    }
    this.#stop()
  }

  focus() {
    (this.#stop()?.firstChild ?? find('main')).focus()
  }
}
