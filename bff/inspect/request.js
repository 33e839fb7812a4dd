// One request: its head, the waterfall, breaking parts, the answer by sources, and saving it.
import { ask, isAdmin, parse } from './api.js'
import { Again } from './again.js'
import { answerView } from './answer.js'
import { copy, curlOf, download } from './curl.js'
import { bytes, chip, clock, h, say, statusChip, time } from './dom.js'
import { saveScenario } from './scenarios.js'
import { colourOf, compositeOf } from './source.js'
import { legend, numbers, waterfall } from './waterfall.js'

function verdict(detail) {
  const part = detail.parts?.find(({ name }) => name === detail.setBy)
  if (!part?.endUs) return null
  return h('p.verdict', h(`span.swatch.${colourOf(part.name, detail)}`, { 'aria-hidden': 'true' }), h('strong', part.name),
    ` set the time: it settled after ${time(part.endUs)} of ${time(detail.tookUs)}.`)
}

const fact = (name, value) => value != null && value !== '' && h('div', h('dt', name), h('dd', value))

function head(detail, title) {
  return h('header', h('a.back', { href: '#/requests' }, '← All requests'), title,
    h('p.chips', statusChip(detail.status), detail.partial && chip('warn', '◐ partial'),
      detail.cache && chip('plain', `cache: ${detail.cache}`), h('b', time(detail.tookUs)), h('span', bytes(detail.bytes))),
    verdict(detail),
    h('dl.facts', fact('Route', detail.route), fact('User', detail.user), fact('At', clock(detail.at)), fact('Request id', detail.requestId)))
}

// The calls as commands: what the services were asked.
function callCommands(detail) {
  const calls = (detail.calls ?? []).filter(call => call.endpoint)
  if (!calls.length) return null
  const commandOf = call => curlOf({ url: `http://${call.endpoint}${call.target}`, method: call.method })
  return h('details', h('summary', 'Ask the services themselves'), h('ul.commands', calls.slice(0, 50).map(call => h('li',
    h('code', `${call.method} ${call.service} ${call.target}`), ' ',
    h('button.small', { type: 'button', 'aria-label': `Copy as curl: the call to ${call.service}`,
      onclick: async () => { await copy(commandOf(call)); say('Copied') } }, 'Copy as curl')))))
}

function save(detail, mocks) {
  const name = h('input', { value: `request-${detail.number}`, 'aria-label': 'Name of the scenario', pattern: '[a-z0-9-]+', autocomplete: 'off' })
  const said = h('p', { role: 'status' })
  const fixture = () => ask(`requests/${detail.number}/fixture`, { read: parse })
  const tell = work => async () => {
    try {
      said.textContent = await work()
    } catch (error) {
      said.textContent = error.message
    }
  }
  const file = tell(async () => {
    download(`${name.value}.yaml`, `${JSON.stringify(await fixture(), null, 2)}\n`)
    return `Put ${name.value}.yaml into fixtures/scenarios, and it is known at the next start.`
  })
  const use = tell(async () => {
    await saveScenario(name.value, await fixture())
    return `The mock services now answer as in ${name.value}.`
  })
  return h('section.save', h('h3', 'Save as scenario'), h('p', 'The answers of the services, with their times and faults, to play again.'),
    h('div.bar', name, h('button', { type: 'button', onclick: file }, 'Download'),
      mocks && h('button', { type: 'button', onclick: use }, 'Use it now')), said)
}

const sources = detail => detail.answerText == null && h('p.note', detail.parts?.length ? 'The colour of a member is the colour of the part that it comes from.' : 'As the service sent it.')

function body(detail, composite, { live, mocks }, title) {
  const again = mocks && !isAdmin() ? new Again(detail, composite, live) : null
  return [
    head(detail, title),
    h('section', h('h3', 'Waterfall'), waterfall(detail, composite, { tools: again && (row => again.tool(row)) }), legend(), again?.element, numbers(detail), callCommands(detail)),
    h('section', h('h3', 'Answer'), sources(detail), answerView(detail, composite)),
    detail.body != null && h('section', h('h3', 'Body of the request'), h('pre.text', { tabindex: 0, role: 'region', 'aria-label': 'Body of the request' }, JSON.stringify(detail.body, null, 2))),
    save(detail, mocks),
  ].filter(Boolean)
}

// Shows request `number` in `pane`. `context` has { live, mocks, composites }. Resolves to the heading.
export async function showRequest(pane, number, context) {
  const summary = context.live.requests.get(number)
  const title = h('h2', { tabindex: -1 }, summary ? `${summary.method} ${summary.path}` : `Request ${number}`)
  try {
    const detail = await ask(`requests/${number}`, { read: parse })
    if (detail.query) detail.query = String(detail.query)
    title.replaceChildren(h('span.method', detail.method), ' ', h('span.path', detail.path, detail.query ? `?${detail.query}` : ''))
    pane.replaceChildren(...body(detail, compositeOf(detail, context.composites), context, title))
  } catch (error) {
    const gone = error.status === 404 ? 'It is no longer kept: newer requests took its place.' : error.message
    pane.replaceChildren(h('a.back', { href: '#/requests' }, '← All requests'), title, h('p.problem', gone))
  }
  return title
}
