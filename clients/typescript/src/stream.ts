// An answer that comes as lines: docs/streaming.md says what they are.
import { keep, stateOf, states, type Json } from './states.js'

interface Message {
  order?: string[]
  members?: Json
  errors?: Parameters<typeof stateOf>[2]
  stale?: string[]
  end?: { serverTiming: string | null }
}

interface Slot {
  promise: Promise<unknown>
  resolve(value?: unknown): void
  reject(error: unknown): void
}

// A whole answer, of a server that does not stream, is one message.
async function* messagesOf(response: Response): AsyncGenerator<Message> {
  const { headers } = response
  if (!headers.get('content-type')?.includes('ndjson')) {
    const members: Json = await response.json()
    yield { order: Object.keys(members), members, end: { serverTiming: headers.get('server-timing') } }
    return
  }
  const reader = response.body!.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let text = ''
  for (let read; !(read = await reader.read()).done;) {
    const lines = (text + read.value).split('\n')
    text = lines.pop()!
    for (const line of lines) if (line) yield JSON.parse(line)
  }
}

export function streamOf(asked: Promise<Response>) {
  // Promises are made when somebody asks for them, or when their values come.
  const slots: Record<string, Slot> = {}
  let finish: ((slot: Slot) => void) | undefined
  const make = (): Slot => {
    const slot = {} as Slot
    slot.promise = new Promise((resolve, reject) => Object.assign(slot, { resolve, reject }))
    slot.promise.catch(() => {}) // whoever awaits it sees the error
    finish?.(slot)
    return slot
  }
  const slotOf = (kind: string, name: string) => slots[kind + name] ??= make()
  const all = (kind: string) => new Proxy({}, { get: (_, name) => slotOf(kind, String(name)).promise })
  const finishAll = (how: (slot: Slot) => void) => Object.values(slots).forEach(finish = how)

  async function read(): Promise<Json> {
    const got: Json = Object.create(null)
    let order: string[] = [], end
    for await (const message of messagesOf(await asked)) {
      order = message.order ?? order
      end = message.end
      for (const [name, value] of Object.entries(message.members ?? {})) {
        slotOf('member ', name).resolve(got[name] = value)
        if (!end) slotOf('part ', name).resolve(stateOf(name, value, message.errors, message.stale?.includes(name)))
      }
    }
    if (!end) throw new Error('the stream has ended too early')
    const answer = Object.fromEntries(order.filter(name => name in got).map(name => [name, got[name]]))
    const known = states<Json>(keep(answer, end.serverTiming))
    for (const name in known) slotOf('part ', name).resolve(known[name])
    finishAll(slot => slot.resolve())
    return answer
  }

  const answer = read()
  answer.catch(error => finishAll(slot => slot.reject(error)))
  return { parts: all('part '), members: all('member '), answer }
}
