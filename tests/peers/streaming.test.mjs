// A real browser (Chromium) reads a page that is sent as its parts settle: with fetch and its streams,
// and with EventSource, over HTTP/1.1 and over HTTP/2. The services wait for what the page has got.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { authority } from '../e2e/lib/certificates.mjs'
import { pages, planOf } from '../e2e/lib/pages.mjs'
import { scenario, stamped } from '../e2e/lib/scenario.mjs'
import { gate } from '../e2e/lib/wait.mjs'
import { startChromium } from './lib/chromium.mjs'

const page = pages['web dashboard']

// In the page: reads until the first part has come, keeps the rest for later.
const beginFetch = `
const [path, token, done] = arguments
const headers = { accept: 'application/x-ndjson', authorization: 'Bearer ' + token }
fetch(path, { headers }).then(async response => {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async isEnough => {
    while (!isEnough(text)) {
      const { value, done } = await reader.read()
      if (done) break
      text += value
    }
    return text
  }
  window.rest = () => until(() => false)
  done(await until(text => text.includes('{"members":{"user"')))
}).catch(error => done(String(error)))`

const restOfFetch = `const done = arguments[0]; window.rest().then(done, error => done(String(error)))`

// EventSource sends no Authorization, so the page is public here. It is not closed: it connects
// again, gets 204, and gives up.
const beginEvents = `
const [path, done] = arguments
const source = new EventSource(path)
const all = window.all = []
for (const name of ['head', 'member', 'end']) source.addEventListener(name, event => {
  all.push([name, event.data, event.lastEventId])
  if (name === 'member') done(all)
})
window.over = new Promise(resolve => source.addEventListener('error', () => {
  if (source.readyState === EventSource.CLOSED) resolve(all)
}))`

const restOfEvents = `const done = arguments[0]; window.over.then(done)`

function merge(messages) {
  const [{ order }, ...rest] = messages.map(text => JSON.parse(text))
  const all = Object.assign({}, ...rest.map(({ members }) => members))
  return JSON.stringify(Object.fromEntries(order.filter(name => name in all).map(name => [name, all[name]])))
}

function held() {
  const door = gate()
  const rows = ['recentOrders', 'recommendations', 'unreadNotifications'].map(
    part => [part, { json: page.parts[part].json, until: door.opened }])
  return { door, plan: planOf(page, Object.fromEntries(rows)) }
}

const ca = authority({ after: undo => process.once('exit', undo) })
const { certFile, keyFile } = ca.sign(['IP:127.0.0.1'])
const ways = { 'HTTP/1.1': { listen: ['http://127.0.0.1:0'], config: {} },
  'HTTP/2': { listen: ['https://127.0.0.1:0'], config: { tls: { certificate: certFile, key: keyFile } } } }

for (const [how, { listen, config }] of Object.entries(ways)) {
  test(`fetch has the first part before the second one settles, over ${how}`, async t => {
    const { door, plan } = held()
    const { url, server } = await scenario(t, 'web', plan, { listen, config })
    const browser = await startChromium(t)
    await browser.open(`${url}/health`)
    const begin = await browser.run(beginFetch, page.path, server.token)
    assert.equal(begin.split('\n').length, 3, begin)
    door.open()
    const lines = (await browser.run(restOfFetch)).split('\n').filter(line => line !== '')
    assert.equal(stamped(merge(lines)), page.text({}))
  })

  test(`EventSource has it, too, and stops after the end, over ${how}`, async t => {
    const { door, plan } = held()
    const { url, asked } = await scenario(t, 'web', plan, { listen, config: { ...config, login: 'off' } })
    const browser = await startChromium(t)
    await browser.open(`${url}/health`)
    const begin = await browser.run(beginEvents, page.path)
    assert.deepEqual(begin.map(([name]) => name), ['head', 'member'])
    assert.match(begin[1][1], /^\{"members":\{"user"/)
    door.open()
    const all = await browser.run(restOfEvents)
    assert.equal(stamped(merge(all.map(([, data]) => data))), page.text({}))
    assert.deepEqual(all.map(([name, , id]) => [name, id]),
      [['head', ''], ...Array(4).fill(['member', '']), ['end', 'end']])
    assert.equal(asked().length, 4, 'the page has run once')
  })
}
