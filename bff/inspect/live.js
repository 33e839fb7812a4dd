// The requests of the server, as they are over: asked for each half second while somebody looks.
import { ask } from './api.js'

const everyMs = 500
const most = 500
const batch = 100

/*
 * Events: 'requests' with .detail { added, dropped }, 'cleared' when another process has taken over,
 * and 'state'. The state is one of starting, live, paused, gone (the server does not answer), off
 * (it records nothing), token.
 */
export class Live extends EventTarget {
  requests = new Map() // by number, oldest first
  state = 'starting'
  #last = 0
  #epoch = null
  #timer = 0
  #isAsking = false

  start() {
    document.addEventListener('visibilitychange', () => this.#next(0))
    this.#next(0)
  }

  pause(isPaused) {
    this.#set(isPaused ? 'paused' : 'starting')
    clearTimeout(this.#timer)
    if (!isPaused) this.#next(0)
  }

  // Goes on after a token was given.
  resume() {
    if (this.state !== 'paused') this.#next(0)
  }

  // The request with this id of its own, or null when it does not come in time.
  async byId(requestId) {
    for (let tries = 0; tries < 12; tries++) {
      const known = [...this.requests.values()].reverse().find(one => one.requestId === requestId)
      if (known) return known
      await this.#ask().catch(() => undefined)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    return null
  }

  #set(state) {
    if (state === this.state) return
    this.state = state
    this.dispatchEvent(new Event('state'))
  }

  #next(wait) {
    clearTimeout(this.#timer)
    if (document.hidden || this.state === 'paused') return
    this.#timer = setTimeout(() => this.#poll(), wait)
  }

  async #poll() {
    let count = 0
    try {
      count = await this.#ask()
      if (this.state !== 'paused') this.#set('live')
    } catch (error) {
      if (error.status === 401) return this.#set('token')
      if (this.state !== 'paused') this.#set(error.status ? 'off' : 'gone')
    }
    this.#next(count >= batch ? 0 : this.state === 'gone' ? 2 * everyMs : everyMs)
  }

  async #ask() {
    if (this.#isAsking) return 0
    this.#isAsking = true
    try {
      return this.#take(await ask(`requests?after=${this.#last}&limit=${batch}`))
    } finally {
      this.#isAsking = false
    }
  }

  #take({ requests, epoch }) {
    if (this.#epoch !== null && epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#last = 0
      this.requests.clear()
      this.dispatchEvent(new Event('cleared'))
      return batch // the answer was about numbers of the other process: ask again at once
    }
    this.#epoch = epoch
    const added = requests.filter(({ number }) => !this.requests.has(number))
    for (const one of added) {
      this.requests.set(one.number, one)
      this.#last = Math.max(this.#last, one.number)
    }
    const dropped = [...this.requests.keys()].slice(0, Math.max(0, this.requests.size - most))
    for (const number of dropped) this.requests.delete(number)
    if (added.length) this.dispatchEvent(new CustomEvent('requests', { detail: { added, dropped } }))
    return requests.length
  }
}
