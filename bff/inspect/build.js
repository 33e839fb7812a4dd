// What ./dev watch says of the build: a banner while it is broken.
import { maybe } from './api.js'
import { find, h, say } from './dom.js'

let shown = 'null'

const mistake = ({ file, line, column, message, remedy }) => h('li',
  h('code', [file, line, column].filter(Boolean).join(':')), ' ', h('span', message), remedy && h('p.remedy', remedy))

export async function loadBuild() {
  const build = await maybe('build')
  const text = JSON.stringify(build?.state === 'failed' ? build : null)
  if (text === shown) return
  const wasBroken = shown !== 'null'
  shown = text
  if (text === 'null') {
    find('build').replaceChildren()
    if (wasBroken && build?.state === 'ok') say('The build is good again')
    return
  }
  find('build').replaceChildren(h('div.broken', h('strong', '✕ The build failed. The last good one goes on answering.'),
    h('ul', (build.errors ?? []).slice(0, 10).map(mistake))))
}
