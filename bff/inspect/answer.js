// The answer as a tree: each member of the top level has the colour and the name of its source.
import { isDigits } from './api.js'
import { entriesOf, isBranch, pathOf } from './diff.js'
import { h, plural, unseen } from './dom.js'
import { colourOf, sourceOf } from './source.js'

const atOnce = 60 // children that a branch shows before somebody asks for more
const signs = { added: '+', removed: '−', changed: '~' }

function leaf(value) {
  const kind = value === null ? 'null' : isDigits(value) ? 'number' : typeof value
  return h(`span.v.${kind}`, isDigits(value) ? String(value) : JSON.stringify(value))
}

// A short form of a value, for lists of changes.
export function short(value) {
  if (value === undefined) return 'nothing'
  const text = isBranch(value) ? JSON.stringify(value) : isDigits(value) ? String(value) : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const mark = kind => kind && h('span.sign', { 'aria-hidden': 'true' }, signs[kind])

const label = (key, kind) => [mark(kind), kind && unseen(`${kind}: `), h('span.k', typeof key === 'number' ? `${key}` : JSON.stringify(key)), ': ']

const sizeOf = value => (Array.isArray(value) ? `[${plural(value.length, 'item')}]` : `{${plural(Object.keys(value).length, 'member')}}`)

function children(value, context) {
  const entries = entriesOf(value)
  const list = h('ul')
  const more = from => {
    list.append(...entries.slice(from, from + atOnce).map(([key, one]) => node(key, one, context)))
    const rest = entries.length - from - atOnce
    if (rest <= 0) return
    const button = h('button.small', { type: 'button', onclick: () => { row.remove(); more(from + atOnce) } }, `${rest} more`)
    const row = h('li', button)
    list.append(row)
  }
  more(0)
  return list
}

function node(key, value, { path, depth, marks }, source) {
  const own = pathOf(path, key)
  const kind = marks?.get(own)
  const tag = source?.text && h('span.from', source.text)
  const classes = kind ? `li.${kind}` : 'li'
  if (!isBranch(value)) return h(classes, label(key, kind), leaf(value), tag)
  const context = { path: own, depth: depth + 1, marks }
  const isChanged = marks && [...marks.keys()].some(one => one.startsWith(own))
  const details = h('details', { open: depth < 1 || isChanged }, h('summary', label(key, kind), h('span.size', sizeOf(value)), tag))
  const fill = () => details.childElementCount < 2 && details.append(children(value, context))
  details.addEventListener('toggle', fill)
  if (details.open) fill()
  return h(classes, details)
}

// `marks` is a Map of paths to what became of them.
export function answerTree(answer, request, composite, marks) {
  if (!isBranch(answer)) return h('ul.tree', h('li', leaf(answer)))
  const isArray = Array.isArray(answer)
  const items = entriesOf(answer).map(([key, value]) => {
    const source = isArray ? undefined : sourceOf(key, request, composite)
    const item = node(key, value, { path: '', depth: 0, marks }, source)
    item.classList.add('top', source?.part ? colourOf(source.part, request) : 'own')
    if (source) item.classList.add(`is-${source.kind}`)
    return item
  })
  return h('ul.tree', items.length ? items : h('li', isArray ? '[]' : '{}'))
}

export function answerView(detail, composite, marks) {
  if (detail.answerText != null) return h('pre.text', { tabindex: 0, role: 'region', 'aria-label': 'Text of the answer' }, detail.answerText)
  if (detail.answerKept === false) return h('p.empty', 'The answer was not kept.')
  if (detail.answer === null && !detail.bytes) return h('p.empty', 'The answer has no body.')
  return answerTree(detail.answer, detail, composite, marks)
}
