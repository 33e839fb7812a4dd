// Makes elements. Data becomes text and attributes only: nothing here parses HTML.

// h('p.note', { id: 'a' }, 'text', child): an element. A function is a listener, `vars` are custom
// properties of CSS, true is an empty attribute. Children that are null, undefined or false are left out.
export function h(name, ...rest) {
  const [tag, ...classes] = name.split('.')
  const element = document.createElement(tag)
  if (classes.length) element.className = classes.join(' ')
  const isPlain = rest[0]?.constructor === Object
  for (const [key, value] of Object.entries(isPlain ? rest.shift() : {})) set(element, key, value)
  element.append(...rest.flat(9).filter(child => child != null && child !== false))
  return element
}

function set(element, key, value) {
  if (value == null || value === false) return
  if (key === 'vars') {
    for (const [name, text] of Object.entries(value)) element.style.setProperty(`--${name}`, text)
  } else if (typeof value === 'function') {
    element.addEventListener(key.slice(2), value)
  } else if (key === 'value') {
    element.value = value
  } else {
    element.setAttribute(key, value === true ? '' : value)
  }
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

export const find = id => document.getElementById(id)

// Words that a screen reader reads, and nobody sees.
export const unseen = text => h('span.unseen', text)

const digits = (value, most) => value.toLocaleString('en', { maximumFractionDigits: most, useGrouping: false })

// Microseconds as people read them: 0.42 ms, 8.1 ms, 123 ms, 1.2 s.
export function time(us) {
  if (us == null) return '–'
  const ms = us / 1000
  if (ms >= 1000) return `${digits(ms / 1000, 2)} s`
  return `${digits(ms, ms < 1 ? 2 : ms < 100 ? 1 : 0)} ms`
}

export function bytes(count) {
  if (count == null) return '–'
  if (count < 1024) return `${count} B`
  return count < 1 << 20 ? `${digits(count / 1024, 1)} KiB` : `${digits(count / (1 << 20), 1)} MiB`
}

export const percent = share => `${digits(share * 100, share > 0 && share < 0.01 ? 1 : 0)} %`

// 12:00:00.123 in the time of the reader.
export function clock(at) {
  const date = new Date(at)
  if (isNaN(date)) return ''
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

export const chip = (kind, text, title) => h(`span.chip.${kind}`, { title }, text)

// A status with a sign beside its colour: 200 is "✓ 200", 404 is "▲ 404", 502 is "✕ 502".
export function statusChip(status) {
  const kind = status >= 500 || !status ? 'bad' : status >= 400 ? 'warn' : 'good'
  const sign = { bad: '✕', warn: '▲', good: '✓' }[kind]
  return h(`span.chip.${kind}`, h('span', { 'aria-hidden': 'true' }, `${sign} `), String(status || 'none'))
}

// Reads it out, politely. The same text twice is read twice.
export function say(text) {
  find('said').replaceChildren(h('p', text))
}
