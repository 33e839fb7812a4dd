// The cases of tests/transform/cases.txt as answers of a service, in pieces, over both protocols.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { writePieces } from './lib/reply.mjs'
import { scenario } from './lib/scenario.mjs'
import { bodyYaml, cases } from './lib/transforming.mjs'
import { services } from './lib/upstream.mjs'

const yaml = `
login: "off"
rate_limits: []
cache: { memory: 0 }
services:
${services.map(name => `  ${name}: { health: "off", breaker: "off", ejection: "off", retry: "off" }`).join('\n')}
routes:
${cases.map((one, i) => `  - { path: /case/${i}, service: users, access: public,
      transform: { response: { body: ${bodyYaml(one)} } } }`).join('\n')}
`

// In pieces of 1, 2, 3 ... bytes.
function pieces(text) {
  const body = Buffer.from(text)
  const all = []
  for (let at = 0, len = 1; at < body.length; at += len++) all.push(body.subarray(at, at + len))
  return all
}

async function answer({ req, res }) {
  res.writeHead(200, { 'content-type': 'application/json' })
  await writePieces(res, pieces(cases[Number(req.url.split('/')[2])].from))
  res.end()
}

const isGone = error => /cut|reset|hang up|closed|ended|aborted|terminated/i.test(String(error))

test(`${cases.length} cases`, async t => {
  assert.ok(cases.length >= 60)
  const { get, http2 } = await scenario(t, 'web', { 'users *': { send: answer } }, { config: yaml })
  const { ask } = await http2({ as: null })
  for (const [how, ask_] of Object.entries({ 'HTTP/1.1': get, 'HTTP/2': ask })) {
    await Promise.all(cases.map(async ({ why, want }, i) => {
      const got = ask_(`/case/${i}`, { as: null }).then(({ status, text }) => ({ status, text }))
      if (want === 'broken') await assert.rejects(got, isGone, `${why}, over ${how}`)
      else assert.deepEqual(await got, { status: 200, text: want }, `${why}, over ${how}`)
    }))
  }
})
