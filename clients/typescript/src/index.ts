// A client for the composites of one server: const api = client<Api>(url), with the type Api that
// bff-web --typescript prints.
import { keep } from './states.js'
import { streamOf } from './stream.js'
import type { Client, Settings } from './types.js'

export { never, states } from './states.js'
export type { Answered, Client, Settings, Stream } from './types.js'

/** An answer that is no success. The body is the composite's `failure`, or a Refusal. */
export class ApiError extends Error {
  declare readonly status: number
  declare readonly body: any
  declare readonly response: Response
  constructor(response: Response, body?: any) {
    super(body?.error)
    Object.assign(this, { status: response.status, body, response })
  }
}

interface Sent {
  query?: object
  signal?: AbortSignal
  headers?: Record<string, string>
  body?: unknown
  key?: string
  tries?: number
}

const longestWait = 5 // seconds

// 128 random bits. Browsers have randomUUID on pages with https and localhost only.
const randomKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')

// "/api/orders/:id" with { id: 7 } is "/api/orders/7". JSON leaves out what is undefined.
function target(path: string, params: any, query: object = {}): string {
  const text = new URLSearchParams(JSON.parse(JSON.stringify(query))).toString()
  return path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(params[name])) + (text && `?${text}`)
}

export function client<A>(base = '', settings: Settings = {}): Client<A> {
  async function send(method: string, accept: string, path: string, params?: object, sent: Sent = {}): Promise<Response> {
    const { signal, body } = sent
    const isChange = method !== 'GET'
    const headers = {
      ...settings.headers,
      accept,
      ...isChange && { 'content-type': 'application/json', 'idempotency-key': sent.key ?? randomKey() },
      ...sent.headers,
    }
    for (let left = isChange ? sent.tries ?? 3 : 1; ; left--) {
      let wait = 0.2, error
      try {
        // Looked up for each request: tools such as MSW replace it after this client is made.
        const response = await (settings.fetch ?? fetch)(base + target(path, params, sent.query),
          { method, headers, signal, body: JSON.stringify(body) })
        if (response.ok) return response
        wait = Number(response.headers.get('retry-after') ?? NaN)
        error = new ApiError(response, await response.json().catch(() => {}))
      } catch (failure) {
        error = failure
      }
      if (left <= 1 || signal?.aborted || !(wait <= longestWait)) throw error
      await new Promise(resolve => setTimeout(resolve, wait * 1000))
    }
  }

  const asking = (method: string) => async (path: string, params?: object, sent?: Sent) => {
    const response = await send(method, 'application/json', path, params, sent)
    return keep(await response.json(), response.headers.get('server-timing'))
  }

  return {
    get: asking('GET'),
    post: asking('POST'),
    put: asking('PUT'),
    patch: asking('PATCH'),
    delete: asking('DELETE'),
    stream: (path: string, params?: object, sent?: Sent) => streamOf(send('GET', 'application/x-ndjson', path, params, sent)),
  } as Client<A>
}
