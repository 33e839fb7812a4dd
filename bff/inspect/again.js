// Breaks parts of a recorded request and asks again: the new answer beside the old one.
import { ask, parse } from './api.js'
import { answerTree, short } from './answer.js'
import { copy, curlOf } from './curl.js'
import { changes } from './diff.js'
import { h, plural, say, statusChip, time } from './dom.js'
import { rowsOf, scaleOf } from './source.js'
import { waterfall } from './waterfall.js'

// Words of X-Mock for a part, and for the service of a plain route.
const words = {
  part: ['timeout', 'hang', 'connect', 'reset', 'status=503', 'status=404', 'bad_json', 'bad_http', 'too_large',
    'breaker_open', 'limited', 'skipped', 'forbidden', 'delay=300ms', 'delay=1s'],
  service: ['hang', 'reset', 'status=503', 'status=404', 'bad-json', 'html', 'truncate', 'large', 'delay=300ms', 'delay=1s'],
}

const key = () => [...crypto.getRandomValues(new Uint8Array(8))].map(one => one.toString(16).padStart(2, '0')).join('')

const pathOf = ({ path, query }) => (query ? `${path}?${query}` : path)

async function tokenFor({ number, user }) {
  if (!user) return null
  return (await ask('token', { method: 'POST', json: { number } })).token
}

// What fetch and curl need to ask it again.
function requestOf(detail, token, faults) {
  const headers = {}
  if (token) headers.Authorization = `Bearer ${token}`
  if (faults) headers['X-Mock'] = faults
  if (detail.method !== 'GET') headers['Idempotency-Key'] = `"again-${key()}"`
  return { url: location.origin + pathOf(detail), method: detail.method, headers, json: detail.body ?? undefined }
}

async function send({ url, method, headers, json }) {
  const began = performance.now()
  const body = json === undefined ? undefined : JSON.stringify(json)
  if (body) headers['content-type'] = 'application/json'
  const response = await fetch(url, { method, headers, body, credentials: 'omit', cache: 'no-store' })
  const text = await response.text()
  let answer
  try {
    answer = parse(text)
  } catch {
    answer = text
  }
  return { status: response.status, answer, requestId: response.headers.get('x-request-id'), tookUs: (performance.now() - began) * 1000 }
}

export class Again {
  #broken = new Map() // of names of parts: the word
  #early

  constructor(detail, composite, live) {
    Object.assign(this, { detail, composite, live })
    // Now: the next process knows the user, but not the number of the request.
    this.#early = tokenFor(detail).catch(() => null)
    this.header = h('code.faults')
    this.go = h('button.main', { type: 'button', onclick: () => this.#run() }, 'Ask again')
    this.clear = h('button', { type: 'button', onclick: () => this.#reset() }, 'Mend all')
    this.result = h('div.result')
    this.selects = []
    this.element = h('section.again', { 'aria-label': 'Break and ask again' },
      h('div.bar', h('div.grow', this.header), this.go, this.clear,
        h('button', { type: 'button', onclick: () => this.#copy() }, 'Copy as curl')), this.result)
    this.#show()
  }

  // The control at the end of a row of the waterfall.
  tool(row) {
    const isChange = this.composite?.parts.find(({ name }) => name === row.name)?.changes
    const list = row.isCall ? words.service : isChange ? [...words.part, 'unknown'] : words.part
    const select = h('select.break', { 'aria-label': `Break ${row.name}`, onchange: () => this.#set(row, select.value) },
      h('option', { value: '' }, 'break…'), list.map(word => h('option', { value: word }, word)))
    this.selects.push(select)
    return select
  }

  get faults() {
    return [...this.#broken].map(([name, word]) => `${name} ${word}`).join('; ')
  }

  #set(row, word) {
    const name = row.isCall ? row.name : `part:${row.name}`
    for (const select of this.selects) select.classList.toggle('set', select.value !== '')
    if (word) this.#broken.set(name, word)
    else this.#broken.delete(name)
    this.#show()
  }

  #reset() {
    this.#broken.clear()
    for (const select of this.selects) {
      select.value = ''
      select.classList.remove('set')
    }
    this.#show()
    this.go.focus()
  }

  #show() {
    this.header.textContent = this.faults ? `X-Mock: ${this.faults}` : 'Break a part in the waterfall, or ask as it is.'
    this.header.classList.toggle('none', !this.faults)
    this.clear.hidden = !this.faults
  }

  async #token() {
    return await this.#early ?? tokenFor(this.detail)
  }

  async #copy() {
    await copy(curlOf(requestOf(this.detail, await this.#token(), this.faults)))
    say('Copied')
  }

  async #run() {
    this.go.disabled = true
    this.go.textContent = 'Asking…'
    try {
      await this.#compare(await send(requestOf(this.detail, await this.#token(), this.faults)))
    } catch (error) {
      this.result.replaceChildren(h('p.problem', { role: 'alert' }, `It could not be asked: ${error.message}`))
    }
    this.go.disabled = false
    this.go.textContent = 'Ask again'
    this.go.focus()
  }

  async #compare(now) {
    const { detail } = this
    const rows = changes(detail.answer ?? detail.answerText, now.answer)
    const recorded = now.requestId && await this.live.byId(now.requestId)
    const after = recorded ?? { ...detail, ...now, number: null, parts: [], calls: [] }
    const scale = Math.max(scaleOf(detail), scaleOf(after))
    this.result.replaceChildren(
      h('h4', rows.length ? `${plural(rows.length, 'change')} in the answer` : 'The answer is the same'),
      changeList(rows),
      h('div.beside', side('Before', detail, detail.answer ?? detail.answerText, marksOf(rows, 'removed'), this.composite, scale),
        side('Now', after, now.answer, marksOf(rows, 'added'), this.composite, scale)))
    say(`The answer is ${now.status}, after ${time(after.tookUs)}, with ${plural(rows.length, 'change')}`)
  }
}

const marksOf = (rows, kind) => new Map(rows.filter(row => row.kind === 'changed' || row.kind === kind).map(row => [row.path, row.kind]))

const changeList = rows => h('ul.changes', rows.slice(0, 20).map(({ path, kind, before, after }) => h(`li.${kind}`,
  h('b', `${kind} `), h('code', path || 'the whole answer'), ' ',
  kind === 'added' ? null : h('del', short(before)), kind === 'changed' ? ' → ' : ' ', kind === 'removed' ? null : h('ins', short(after)))),
rows.length > 20 && h('li', `and ${rows.length - 20} more, marked below`))

function side(title, request, answer, marks, composite, scale) {
  const link = request.number && h('a', { href: `#/requests/${request.number}` }, `request ${request.number}`)
  return h('section', { 'aria-label': title }, h('h5', title, ' ', statusChip(request.status), ' ', time(request.tookUs), ' ', link),
    rowsOf(request).length > 0 && waterfall(request, composite, { scale }), answerTree(answer, request, composite, marks))
}
