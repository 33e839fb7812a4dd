// Tells which files below some folders have changed. Events of the kernel (inotify) only say when to
// look: events can be lost, and a folder that is replaced keeps its name, but loses its watch. So
// each look compares all files, and renews the watches.
import { lstatSync, readdirSync, watch } from 'node:fs'
import path from 'node:path'

const quietMs = 20 // editors write, rename and touch: the events of one save come within this time
const manyMs = 100 // git and formatters write one file after another
const mostMs = 2000 // a program that never stops writing must not hold back what was saved
const looksMs = 3000 // some file systems send no events; about 10 ms for 2000 files

const isOfEditor = name => /^\.|^#|~$|\.(sw.|tmp|new|orig|rej)$|^4913$/.test(name)

const stampOf = ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`
const statusOf = file => lstatSync(file, { throwIfNoEntry: false })

// A folder can go at any time.
function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/*
 * Calls onChange({ files, others, at }) after each save: `files` are the names that have changed,
 * `others` those of them that are new or have gone, and `at` is the time of the first event. A file
 * that an editor has made and removed again is none of them.
 * `folders` are looked at with all that is below them, `files` alone.
 */
export class Tree {
  #stamps = new Map()
  #watches = new Map() // of folders: { mark, handle }
  #changed = new Map() // each with its stamp before
  #named = new Set() // by the events of this save

  constructor({ folders, files, onChange, looks = looksMs }) {
    Object.assign(this, { folders, files, onChange })
    this.parents = new Set([...folders, ...files].map(name => path.dirname(name)))
    this.alone = new Set([...folders, ...files])
    this.#look()
    this.#changed.clear()
    this.looks = setInterval(() => { if (!this.timer && this.#look()) this.#wait(manyMs) }, looks)
  }

  // Compares all files. True when one has changed.
  #look() {
    const seen = { files: new Map(), folders: new Set() }
    for (const parent of this.parents) this.#seeFolder(parent, seen)
    for (const folder of this.folders) this.#seeAll(folder, seen)
    for (const file of this.files) {
      const status = statusOf(file)
      if (status) seen.files.set(file, stampOf(status))
    }
    for (const folder of this.#watches.keys()) if (!seen.folders.has(folder)) this.#unwatch(folder)
    for (const name of new Set([...this.#stamps.keys(), ...seen.files.keys()])) {
      const before = this.#stamps.get(name)
      if (before !== seen.files.get(name) && !this.#changed.has(name)) this.#changed.set(name, before)
    }
    this.#stamps = seen.files
    return this.#changed.size > 0
  }

  // The watch begins before the names are read, so that no file comes between.
  #seeAll(folder, seen) {
    if (!this.#seeFolder(folder, seen)) return
    for (const entry of entriesOf(folder).filter(({ name }) => !isOfEditor(name))) {
      const name = path.join(folder, entry.name)
      if (entry.isDirectory()) {
        this.#seeAll(name, seen)
        continue
      }
      const status = statusOf(name)
      if (status) seen.files.set(name, stampOf(status))
    }
  }

  // False when there is no such folder.
  #seeFolder(folder, seen) {
    const status = statusOf(folder)
    if (!status?.isDirectory()) return false
    const mark = `${status.ino} ${status.birthtimeMs}`
    seen.folders.add(folder)
    if (this.#watches.get(folder)?.mark === mark) return true
    this.#unwatch(folder)
    try {
      const handle = watch(folder, (event, name) => this.#onEvent(folder, name ?? ''))
      handle.on('error', () => this.#unwatch(folder))
      this.#watches.set(folder, { mark, handle })
    } catch {
      // It has gone, or the kernel has no more watches. The next look tries it again.
    }
    return true
  }

  #unwatch(folder) {
    this.#watches.get(folder)?.handle.close()
    this.#watches.delete(folder)
  }

  #onEvent(folder, entry) {
    const name = path.join(folder, entry)
    // A folder that is made again may have the same inode. When it goes, its own watch tells its name.
    if (entry === path.basename(folder)) this.#unwatch(folder)
    this.#unwatch(name)
    const isBelow = this.folders.some(each => `${folder}/`.startsWith(`${each}/`))
    if (!this.alone.has(name) && !(isBelow && !isOfEditor(entry))) return
    this.#named.add(name)
    this.#wait(this.#named.size > 1 || !this.#stamps.has(name) ? manyMs : quietMs)
  }

  #wait(ms) {
    const now = performance.now()
    this.at ??= now
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#flush(), Math.min(ms, Math.max(0, this.at + mostMs - now)))
  }

  #flush() {
    this.timer = undefined
    this.#look()
    const changed = [...this.#changed].map(([name, before]) => ({ name, before, stamp: this.#stamps.get(name) }))
      .filter(({ before, stamp }) => before !== stamp)
    const others = changed.filter(({ before, stamp }) => (before === undefined) !== (stamp === undefined))
    const change = { files: changed.map(({ name }) => name), others: others.map(({ name }) => name), at: this.at }
    this.#changed.clear()
    this.#named.clear()
    this.at = undefined
    this.flushed?.()
    if (changed.length > 0) this.onChange(change)
  }

  // Waits until all that has changed by now was told to onChange.
  async settle() {
    if (!this.timer && this.#look()) this.#wait(manyMs)
    if (this.timer) await new Promise(resolve => (this.flushed = resolve))
  }

  close() {
    clearTimeout(this.timer)
    clearInterval(this.looks)
    this.unwatchAll()
    this.flushed?.()
  }

  unwatchAll() {
    for (const folder of [...this.#watches.keys()]) this.#unwatch(folder)
  }
}
