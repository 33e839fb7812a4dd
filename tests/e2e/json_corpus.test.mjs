// Every text of the JSON corpus as a service's answer, cut into pieces in many ways: what is valid
// appears in our answer byte for byte, what is not is bad_json.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { scenario } from './lib/scenario.mjs'

const corpus = fileURLToPath(new URL('../corpus/json/', import.meta.url))
const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const few = 64

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

// Where to cut: everywhere in a short text, at seven places in a long one.
function cuts(bytes) {
  const count = bytes.length < few ? bytes.length - 1 : 7
  return Array.from({ length: Math.max(count, 0) },
    (_, i) => Math.ceil((i + 1) * bytes.length / (count + 1)))
}

// All ways to send a text: the pieces as they are written, one after the other.
function framings(bytes) {
  const halves = cuts(bytes).map(at => [bytes.subarray(0, at), bytes.subarray(at)])
  const single = bytes.length < few ? [chunked([...bytes].map(byte => Buffer.from([byte])))] : []
  return [[length(bytes), bytes], chunked([bytes]), ...single,
    ...halves.map(pieces => [length(bytes), ...pieces]), ...halves.map(chunked)]
}

// White space around a value is not part of it.
const trimmed = bytes => bytes.toString('latin1').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')

const error = '{"reason":"bad_json","status":200}'
const errors = `,"errors":{"user":${error},"recommendations":${error}}`

function assertSpliced(res, { name, isValid, bytes }) {
  assert.equal(res.status, 200)
  const text = res.bytes.toString('latin1')
  const [user, list] = isValid ? [trimmed(bytes), trimmed(bytes)] : ['null', '[]']
  const start = `{"user":${user},"recentOrders":[],"recommendations":${list},"unreadNotifications":`
  assert.ok(text.startsWith(start), `${name}: ${text.slice(0, 400)}`)
  const end = `"partialFailure":${!isValid}${isValid ? '' : errors}}`
  assert.ok(text.endsWith(end), `${name}: ${text.slice(-400)}`)
}

async function inParallel(count, work, run) {
  const queue = work.values()
  const worker = async () => { for (const item of queue) await run(item) }
  await Promise.all(Array.from({ length: count }, worker))
}

test('a corpus of JSON texts, valid and not', async t => {
  const all = ['accept', 'reject'].flatMap(files).filter(({ bytes }) => bytes.length > 0)
  const work = all.flatMap(file => framings(file.bytes).map(pieces => ({ ...file, pieces })))
  const planned = ({ url }) => ({ raw: work[url.split('/').at(-1)].pieces })
  const empty = { status: 204 }
  const { get } = await scenario(t, 'web', {
    'users *': planned, 'recommendations *': planned, 'orders *': empty, 'notifications *': empty,
  })
  work.forEach((item, i) => (item.path = `/api/dashboard/${i}`))
  await inParallel(16, work, async item => assertSpliced(await get(item.path), item))
  t.diagnostic(`${all.length} texts, sent in ${work.length} ways`)
  assert.ok(all.length > 50)
})
