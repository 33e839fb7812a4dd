// The page: views by the part of the address after #, the state in the head, and the token of an admin.
import { maybe, server, setToken } from './api.js'
import { loadBuild } from './build.js'
import { showAdvice } from './advice.js'
import { showComposites } from './composites.js'
import { find, h, say } from './dom.js'
import { List } from './list.js'
import { Live } from './live.js'
import { showRequest } from './request.js'
import { hasMocks, loadScenarios, startScenarios } from './scenarios.js'
import { showServices } from './services.js'

const narrow = matchMedia('(max-width: 899px)')
const main = find('main')
const live = new Live()
const list = new List(live)
const pane = h('section.pane', { 'aria-label': 'The chosen request' })
const requests = h('div.split', h('h1.unseen', 'Requests'), list.element, pane)
const context = { live, list, composites: [], get mocks() { return hasMocks() } }

const others = { composites: showComposites, services: showServices, advice: showAdvice }
const refreshed = ['services', 'advice'] // views that follow the server

let view = ''
let box = null // of another view than the requests; a view that comes late fills a box that nobody sees
let number = null

function showNothing() {
  pane.replaceChildren(h('div.empty', h('p', 'Choose a request to see its parts.'),
    h('p', 'In the list, the arrow keys move and Enter opens. Escape leads back to the list.')))
}

async function openRequest(next) {
  const isBack = number !== null && next === null
  number = next
  requests.toggleAttribute('data-open', number !== null)
  list.mark(number)
  if (number === null) {
    showNothing()
    if (isBack && narrow.matches) list.focus()
    return
  }
  const asked = number
  const title = await showRequest(pane, number, context)
  if (asked !== number) return
  pane.scrollTop = 0
  if (narrow.matches) {
    scrollTo(0, 0)
    title.focus()
  }
  say(`${title.textContent} is shown`)
}

async function route() {
  const [, name = 'requests', rest] = location.hash.split('/')
  const isNew = name !== view
  view = others[name] ? name : 'requests'
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#/${view}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  document.title = `${view[0].toUpperCase()}${view.slice(1)} · bff`
  main.dataset.view = view
  if (view === 'requests') {
    if (!requests.isConnected) main.replaceChildren(requests)
    return openRequest(/^\d+$/.test(rest ?? '') ? Number(rest) : null)
  }
  if (isNew) main.replaceChildren(box = h('div.view'))
  await others[view](box, { ...context, isNew })
}

function showState() {
  const words = { starting: 'connecting', live: 'live', paused: 'paused', gone: 'the server is away', off: 'no recorder', token: 'token needed' }
  const state = find('state')
  state.dataset.state = live.state
  state.querySelector('.word').textContent = words[live.state]
  find('pause').setAttribute('aria-pressed', String(live.state === 'paused'))
  if (live.state === 'gone') say('The server does not answer')
}

function askToken() {
  if (document.querySelector('form.token')) return
  const field = h('input', { type: 'password', autocomplete: 'off', required: true, id: 'token' })
  const form = h('form.token', { onsubmit: async event => {
    event.preventDefault()
    setToken(field.value)
    form.remove()
    await start()
    live.resume()
  } }, h('h2', 'Admin token'), h('p', 'This listener wants its token (admin.token). It stays in this tab.'),
  h('label', { for: 'token' }, 'Token'), h('div.bar', field, h('button.main', { type: 'submit' }, 'Use it')))
  main.prepend(form)
  field.focus()
}

async function load() {
  const [found] = await Promise.all([maybe('composites'), loadScenarios()])
  context.composites = found?.composites ?? []
}

async function start() {
  await load()
  await route()
}

// Another process counts its requests anew. The one that is shown stays, so that it can be asked again.
function takeOver() {
  load()
  if (view !== 'requests' || number === null) return
  history.replaceState(null, '', '#/requests/before')
  number = 'before'
  pane.querySelector('.save')?.remove()
}

// What changes by itself while somebody looks.
let ticks = 0
function tick() {
  if (document.hidden || live.state === 'token') return
  loadBuild()
  if (ticks++ % 5 === 0) loadScenarios()
  if (refreshed.includes(view) && live.state !== 'paused') others[view](box, { ...context, isNew: false })
}

server.addEventListener('token', askToken)
live.addEventListener('state', showState)
live.addEventListener('cleared', takeOver)
find('pause').addEventListener('click', () => live.pause(live.state !== 'paused'))
addEventListener('hashchange', route)
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault()
  main.focus()
})
addEventListener('keydown', event => {
  if (event.key !== 'Escape' || view !== 'requests' || event.target.matches('select, input')) return
  if (narrow.matches && number !== null) location.hash = '#/requests'
  else list.focus()
})
startScenarios()
await start()
live.start()
setInterval(tick, 1000)
