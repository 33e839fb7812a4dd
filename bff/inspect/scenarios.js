// The scenario of the mock services: the selector in the head of the page. Without --mock there is none.
import { ask, maybe } from './api.js'
import { find, h, say } from './dom.js'

let known = null

// True when the mock services run in this server.
export const hasMocks = () => known !== null

export async function loadScenarios() {
  const box = find('scenario')
  const found = await maybe('scenario')
  if (JSON.stringify(found) === JSON.stringify(known) && !box.hidden) return
  known = found
  box.hidden = !found
  if (!found) return
  const select = box.querySelector('select')
  if (select === document.activeElement) return
  select.replaceChildren(h('option', { value: '' }, 'none: the data as it is'),
    ...found.known.map(({ name, about }) => h('option', { value: name, title: about }, about ? `${name}: ${about}` : name)))
  select.value = found.current ?? ''
}

export function startScenarios() {
  const select = find('scenario').querySelector('select')
  select.addEventListener('change', async () => {
    const name = select.value || null
    try {
      await ask('scenario', { method: 'PUT', json: { name } })
      say(name ? `Scenario ${name}` : 'No scenario')
    } catch (error) {
      say(error.message)
    }
    known = null
    await loadScenarios()
  })
}

// Gives the mock services this scenario under the name, and chooses it.
export async function saveScenario(name, scenario) {
  await ask('scenario', { method: 'PUT', json: { scenario: { ...scenario, name } } })
  known = null
  await loadScenarios()
}
