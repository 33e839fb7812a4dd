// Where a member of the answer comes from, and the colour that a part has everywhere on this page.

const colours = 8

// The class of the part in this place.
export const hue = place => (place < 0 ? 'own' : `p${place % colours}`)
const ownNames = ['loadedAt', 'partialFailure', 'errors', 'undo', 'requestId']

// The composite that has answered, or undefined for a plain route.
export const compositeOf = (request, composites) =>
  composites.find(({ route }) => route === `${request.method} ${request.route}`)

// Rows of a request: its parts, or the calls of a plain route under the names of their services.
export function rowsOf(request) {
  if (request.parts?.length) return request.parts
  return (request.calls ?? []).map((call, i) => ({
    name: call.service, status: call.status, reason: call.reason, cache: request.cache, chosen: true,
    startUs: call.askedUs, endUs: call.endUs, calls: [i], isCall: true,
  }))
}

export const colourOf = (name, request) => hue(rowsOf(request).findIndex(part => part.name === name))

// The parts whose time is the time of the answer: the last one, and those that it had to wait for.
export function criticalOf(request, composite) {
  const names = new Set()
  let name = request.setBy
  while (name && !names.has(name)) {
    names.add(name)
    name = composite?.parts.find(part => part.name === name)?.after
  }
  return names
}

export const words = value => (Array.isArray(value) ? value : String(value ?? '').split(' ')).filter(Boolean)

// The time that the widest picture of this request needs.
export const scaleOf = request => Math.max(request.tookUs || 1, ...rowsOf(request).map(row => row.endUs ?? 0))

// { kind, text, part }: kind is part, spread, computed, fallback or own; `text` says it in words.
export function sourceOf(name, request, composite) {
  if (!composite) return { kind: 'own', text: '' }
  if (request.status >= 400) return { kind: 'own', text: 'made by bff: the error' }
  const reported = request.parts.find(part => part.name === name)
  const part = composite.parts.find(one => one.name === name && one.place === 'member')
  if (part && reported?.reason) return { kind: 'fallback', part: name, text: `fallback: ${name} was rejected (${reported.reason})` }
  if (part) return { kind: 'part', part: name, text: `part ${name}` }
  const field = composite.fields.find(one => one.name === name && !one.into)
  if (field) return { kind: 'computed', part: words(field.of)[0], text: `computed from ${words(field.of).join(', ')}` }
  const spreads = composite.parts.filter(({ place }) => place === 'spread')
  const spread = spreads.find(({ members }) => members?.includes(name)) ??
    (ownNames.includes(name) ? undefined : spreads.find(({ members }) => !members))
  if (spread) return { kind: 'spread', part: spread.name, text: `spread from ${spread.name}` }
  return { kind: 'own', text: 'made by bff' }
}
