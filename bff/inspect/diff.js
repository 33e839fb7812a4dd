// What changed between two values of JSON: rows { path, kind, before, after }, kind is added, removed or
// changed. A path is text such as reviews[0].rating.
import { isDigits } from './api.js'

const most = 200

const isObject = value => value !== null && typeof value === 'object' && !isDigits(value)

export const pathOf = (path, key) => (typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${key}` : key)

export const isBranch = isObject

export const entriesOf = value => (Array.isArray(value) ? value.map((one, i) => [i, one]) : Object.entries(value))

export function changes(before, after) {
  const rows = []
  compare(before, after, '', rows)
  return rows
}

function compare(before, after, path, rows) {
  if (rows.length >= most) return
  if (!isObject(before) || !isObject(after) || Array.isArray(before) !== Array.isArray(after)) {
    if (String(before) !== String(after) || typeof before !== typeof after || isObject(before))
      rows.push({ path, kind: 'changed', before, after })
    return
  }
  const [old, now] = [new Map(entriesOf(before)), new Map(entriesOf(after))]
  for (const [key, value] of old) {
    if (now.has(key)) compare(value, now.get(key), pathOf(path, key), rows)
    else rows.push({ path: pathOf(path, key), kind: 'removed', before: value })
  }
  for (const [key, value] of now) if (!old.has(key)) rows.push({ path: pathOf(path, key), kind: 'added', after: value })
}
