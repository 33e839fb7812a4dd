// Reads pages that are sent as their parts settle (docs/streaming.md): opens such an answer over
// HTTP/1.1 or HTTP/2, gives its messages one by one as they come, and merges them.
import assert from 'node:assert/strict'
import { once } from 'node:events'

import { openRequest } from './client.mjs'
import { soon } from './wait.mjs'

// What has come of a body. take(mark) gives the text before the next mark, when it is there.
class Reader {
  text = ''

  constructor(stream) {
    this.stream = stream
    this.ended = new Promise(resolve => ['end', 'close'].map(name => stream.once(name, resolve)))
    stream.on('error', () => undefined)
    stream.setEncoding('utf8')
  }

  async more() {
    const chunk = this.stream.read()
    if (chunk !== null) {
      this.text += chunk
      return true
    }
    if (this.stream.readableEnded || this.stream.destroyed) return false
    return Promise.race([once(this.stream, 'readable').then(() => true),
      this.ended.then(() => this.stream.readableLength > 0)])
  }

  async take(mark) {
    for (let at; ;) {
      at = this.text.indexOf(mark)
      if (at >= 0) {
        const before = this.text.slice(0, at)
        this.text = this.text.slice(at + mark.length)
        return before
      }
      if (!await this.more()) return undefined
    }
  }
}

async function nextLine(reader) {
  const line = await reader.take('\n')
  return line === undefined ? undefined : { text: line, isBeat: line === '' }
}

async function nextEvent(reader) {
  const event = await reader.take('\n\n')
  if (event === undefined || event === ':') return event && { text: '', isBeat: true }
  const fields = event.split('\n').map(line => [line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(': ') + 2)])
  const { event: name, data, id } = Object.fromEntries(fields)
  assert.equal(fields.length, id === undefined ? 2 : 3, event)
  return { text: data, name, id, isBeat: false }
}

async function nextPart(reader) {
  reader.mark ??= `--${/boundary="(\w+)"/.exec(reader.type)[1]}`
  if (reader.hasBegun === undefined) assert.equal(await reader.take(reader.mark), '')
  reader.hasBegun = true
  const part = await reader.take(`\r\n${reader.mark}`)
  if (part === undefined) return part
  const [head, text] = [part.slice(0, part.indexOf('\r\n\r\n')), part.slice(part.indexOf('\r\n\r\n') + 4)]
  assert.equal(head, '\r\nContent-Type: application/json')
  return { text, isBeat: text === '{}' }
}

export const encodings = {
  'application/x-ndjson': nextLine,
  'text/event-stream': nextEvent,
  'multipart/mixed': nextPart,
}

class Messages {
  beats = 0
  all = []

  constructor(stream, headers) {
    this.reader = new Reader(stream)
    this.reader.type = headers['content-type']
    this.read = Object.entries(encodings).find(([type]) => this.reader.type.startsWith(type))[1]
  }

  // The next message, parsed, with its text; undefined at the end.
  async next() {
    const next = await soon(this.read(this.reader), 'a message')
    if (next === undefined) return undefined
    if (next.isBeat) {
      this.beats++
      return this.next()
    }
    const message = { ...JSON.parse(next.text), text: next.text, name: next.name, id: next.id }
    this.all.push(message)
    return message
  }

  async beat() {
    const next = await soon(this.read(this.reader), 'a beat')
    assert.ok(next.isBeat, next.text)
  }

  async rest() {
    while (await this.next());
    return this.all
  }
}

// { status, headers, messages, leave }
export async function openStream({ url, server, http2 }, path, { accept, isHttp2, headers } = {}) {
  const fields = { accept, ...headers }
  if (!isHttp2) {
    const opened = await openRequest(url, path, { token: server.token, headers: fields })
    return { ...opened, messages: new Messages(opened.stream, opened.headers) }
  }
  const { open } = await http2()
  const stream = open(path, { headers: fields })
  const [head] = await soon(once(stream, 'response'), 'the head of a stream')
  return { stream, status: head[':status'], headers: head, messages: new Messages(stream, head),
    leave: () => stream.close(8) }
}

// The text of a member's value, as it stands in the message: members of the object in its first
// member, which has one of its own for each.
function slices(text) {
  const found = {}
  let at = text.indexOf('{', 1) + 1
  while (text[at] !== '}') {
    const [key] = /^,?"((?:[^"\\]|\\.)*)":/.exec(text.slice(at)) ?? assert.fail(text.slice(at))
    const begin = at + key.length
    let depth = 0, isText = false
    for (at = begin; isText || depth > 0 || !',}'.includes(text[at]); at++) {
      if (isText && text[at] === '\\') at++
      else if (text[at] === '"') isText = !isText
      else if (!isText && '[{'.includes(text[at])) depth++
      else if (!isText && ']}'.includes(text[at])) depth--
    }
    found[JSON.parse(key.replace(/^,|:$/g, ''))] = text.slice(begin, at)
  }
  return found
}

// The JSON answer that has these messages: bytes of values are as they were sent.
export function merge([{ order }, ...messages]) {
  const all = Object.assign({}, ...messages.map(({ text }) => slices(text)))
  const members = order.filter(name => name in all).map(name => `${JSON.stringify(name)}:${all[name]}`)
  return `{${members.join(',')}}`
}

export function assertComplete(messages) {
  assert.ok(messages.length > 1)
  for (const [i, { order, members, end }] of messages.entries()) {
    assert.equal(order !== undefined, i === 0)
    assert.equal(members !== undefined, i > 0)
    assert.equal(end !== undefined, i === messages.length - 1)
  }
}
