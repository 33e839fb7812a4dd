// The types of the client. `A` is the type Api that --typescript prints.

/** A row of Api. */
export interface Entry {
  params: object
  query: object
  body: unknown
  answer: object
  parts: object
  failure: unknown
}

declare const partsOf: unique symbol

/** An answer, and the type of the states of its parts. */
export type Answered<E extends Entry> = E['answer'] & { readonly [partsOf]?: E['parts'] }

/** An answer whose parts have the states `P`. */
export interface HasParts<P> {
  readonly [partsOf]?: P
}

/** The paths that `A` has for a method. */
export type Paths<A, Method extends string> = {
  [Route in keyof A]: Route extends `${Method} ${infer Path}` ? Path : never
}[keyof A]

/** The row of a method and a path. */
export type At<A, Method extends string, Path> = Path extends string
  ? A[`${Method} ${Path}` & keyof A] extends infer E extends Entry ? E : never
  : never

export interface Options<E extends Entry> {
  query?: E['query']
  signal?: AbortSignal
  headers?: Record<string, string>
}

export interface ChangeOptions<E extends Entry> extends Options<E> {
  body?: E['body']
  /** The Idempotency-Key; a new one when it is left out. */
  key?: string
  /** How often the request is sent when there is no answer; 3 when it is left out. */
  tries?: number
}

type Rest<Params, O> = {} extends Params
  ? {} extends O ? [params?: Params, options?: O] : [params: Params, options: O]
  : {} extends O ? [params: Params, options?: O] : [params: Params, options: O]

/** A body is needed when the composite has a type for it. */
type Needed<E extends Entry> = undefined extends E['body']
  ? ChangeOptions<E>
  : ChangeOptions<E> & { body: E['body'] }

export type Read<A, Method extends string> = <P extends Paths<A, Method>>(
  path: P, ...rest: Rest<At<A, Method, P>['params'], Options<At<A, Method, P>>>
) => Promise<Answered<At<A, Method, P>>>

export type Change<A, Method extends string> = <P extends Paths<A, Method>>(
  path: P, ...rest: Rest<At<A, Method, P>['params'], Needed<At<A, Method, P>>>
) => Promise<Answered<At<A, Method, P>>>

/** An answer whose parts come as they settle. */
export interface Stream<E extends Entry> {
  /** Each part: a promise of its state. */
  parts: { readonly [Part in keyof E['parts']]: Promise<E['parts'][Part]> }
  /** Each member of the answer: a promise of its value. */
  members: { readonly [Member in keyof E['answer']]-?: Promise<E['answer'][Member]> }
  /** The whole answer, as get gives it. */
  answer: Promise<Answered<E>>
}

export interface Client<A> {
  get: Read<A, 'GET'>
  stream<P extends Paths<A, 'GET'>>(
    path: P, ...rest: Rest<At<A, 'GET', P>['params'], Options<At<A, 'GET', P>>>
  ): Stream<At<A, 'GET', P>>
  post: Change<A, 'POST'>
  put: Change<A, 'PUT'>
  patch: Change<A, 'PATCH'>
  delete: Change<A, 'DELETE'>
}

export interface Settings {
  fetch?: typeof fetch
  /** Headers of every request. */
  headers?: Record<string, string>
}
