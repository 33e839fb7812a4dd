// Every text of the JSON corpus is the answer of a service, cut into pieces in many ways. Valid
// JSON of the part's kind appears in our answer byte for byte, and the part with any other text is
// rejected as bad_json.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { scenario, stamped } from './lib/scenario.mjs'
import { inParallel } from './lib/wait.mjs'

const corpus = fileURLToPath(new URL('../corpus/json/', import.meta.url))
const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const few = 32

function files(kind) {
  const isValid = kind === 'accept'
  return readdirSync(path.join(corpus, kind)).map(name => path.join(kind, name))
    .map(name => ({ name, isValid, bytes: readFileSync(path.join(corpus, name)) }))
}

const length = bytes => Buffer.from(`${head}Content-Length: ${bytes.length}\r\n\r\n`)

function chunked(pieces) {
  const chunks = pieces.filter(piece => piece.length > 0).flatMap(
    piece => [Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
  const coded = Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`)
  return [coded, ...chunks, Buffer.from('0\r\n\r\n')]
}

// Where to cut: everywhere in a short text, at three places in a long one.
function cuts(bytes) {
  const count = bytes.length < few ? bytes.length - 1 : 3
  return Array.from({ length: Math.max(count, 0) },
    (_, i) => Math.ceil((i + 1) * bytes.length / (count + 1)))
}

// The ways to send a text: the pieces as they are written, one after the other.
function framings(bytes) {
  const halves = cuts(bytes).map(at => [bytes.subarray(0, at), bytes.subarray(at)])
  const single = bytes.length < few ? [chunked([...bytes].map(byte => Buffer.from([byte])))] : []
  const cut = halves.map((pieces, i) => (i % 2 ? chunked(pieces) : [length(bytes), ...pieces]))
  return [[length(bytes), bytes], chunked([bytes]), ...single, ...cut]
}

// White space around a value is not part of it.
const trimmed = bytes => bytes.toString('latin1').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')

const parts = { user: 'null', recentOrders: '[]', recommendations: '[]', unreadNotifications: '[]' }
const services = ['users', 'orders', 'recommendations', 'notifications']

// The first part needs an object, the others need lists.
const fits = ({ isValid, bytes }, place) =>
  isValid && trimmed(bytes).startsWith(place === 0 ? '{' : '[')

// The page when its four parts are these texts.
function page(four) {
  const errors = Object.keys(parts).filter((_, i) => !fits(four[i], i))
    .map(part => `"${part}":{"reason":"bad_json","status":200}`)
  const members = Object.entries(parts).map(([part, fallback], i) =>
    `"${part}":${fits(four[i], i) ? trimmed(four[i].bytes) : fallback}`)
  const listed = errors.length > 0 ? `,"errors":{${errors}}` : ''
  return `{${members},"loadedAt":"now","partialFailure":${errors.length > 0}${listed}}`
}

// Objects in the first place, the rest in the others. What is over comes once more.
function inFours(list) {
  const isObject = ({ bytes }) => trimmed(bytes).startsWith('{')
  const [objects, rest] = [list.filter(isObject), list.filter(each => !isObject(each))]
  const count = Math.max(objects.length, Math.ceil(rest.length / 3))
  const at = (some, i) => some[i % some.length]
  return Array.from({ length: count }, (_, i) =>
    [at(objects, i), ...[0, 1, 2].map(place => at(rest, 3 * i + place))])
}

test('a corpus of JSON texts, valid and not', async t => {
  const all = ['accept', 'reject'].flatMap(files).filter(({ bytes }) => bytes.length > 0)
  const work = all.flatMap(file => framings(file.bytes).map(pieces => ({ ...file, pieces })))
  const fours = inFours(work)
  const { get } = await scenario(t, 'web', Object.fromEntries(services.map((service, place) =>
    [`${service} *`, ({ url }) => ({ raw: fours[/u(\d+)/.exec(url)[1]][place].pieces })])))

  await inParallel(6, fours, async (four, i) => {
    const res = await get(`/api/dashboard/u${i}`)
    const text = stamped(res.bytes.toString('latin1'))
    assert.equal(text, page(four), four.map(({ name }) => name).join())
  })
  t.diagnostic(`${all.length} texts, sent in ${work.length} ways`)
  assert.ok(all.length > 50)
})
