// Tells which files below some folders have changed, by events of the kernel (inotify), without
// polling. Node 18 has no recursive watch on Linux, so each folder has a watch of its own.
import { lstatSync, readdirSync, watch } from 'node:fs'
import path from 'node:path'

const quietMs = 20 // editors write, rename and touch: the events of one save come within this time
const isOfEditor = name => /^\.|^#|~$|\.(sw.|tmp|new|orig|rej)$|^4913$/.test(name)

function stampOf(file) {
  try {
    const { mtimeMs, size, ino } = lstatSync(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return undefined // it has gone
  }
}

const isFolder = file => lstatSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false

/*
 * Calls onChange({ files, others, at }) after each save: `files` are the names that have changed,
 * `others` those of them that are new or have gone, and `at` is the time of the first event. A file
 * that an editor has made and removed again is none of them.
 * `folders` are watched with all that is below them, `files` alone.
 */
export class Tree {
  #stamps = new Map()
  #watches = new Map()
  #changed = new Map() // each with its stamp before

  constructor({ folders, files, onChange }) {
    this.onChange = onChange
    this.single = new Set(files)
    for (const folder of folders) this.#addFolder(folder)
    for (const file of files) {
      this.#stamps.set(file, stampOf(file))
      this.#watchFolder(path.dirname(file))
    }
  }

  #watchFolder(folder) {
    if (this.#watches.has(folder)) return
    const handle = watch(folder, (event, name) => name && this.#onEvent(path.join(folder, name)))
    handle.on('error', () => undefined) // the folder has gone
    this.#watches.set(folder, handle)
  }

  // Gives the files below it that were not known.
  #addFolder(folder) {
    this.#watchFolder(folder)
    this.whole = (this.whole ?? new Set()).add(folder)
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !isOfEditor(name))
      .flatMap(entry => {
        const name = path.join(folder, entry.name)
        if (entry.isDirectory()) return this.#addFolder(name)
        const isNew = !this.#stamps.has(name)
        if (isNew) this.#stamps.set(name, stampOf(name))
        return isNew ? [name] : []
      })
  }

  #forgetFolder(folder) {
    this.#watches.get(folder)?.close()
    this.#watches.delete(folder)
    this.whole.delete(folder)
    const gone = [...this.#stamps.keys()].filter(name => name.startsWith(`${folder}/`))
    for (const name of gone) this.#note(name)
  }

  #note(name) {
    const [before, stamp] = [this.#stamps.get(name), stampOf(name)]
    if (stamp === before) return
    if (stamp === undefined) this.#stamps.delete(name)
    else this.#stamps.set(name, stamp)
    this.#tell(name, before)
  }

  #onEvent(name) {
    const isWatched = this.whole.has(path.dirname(name)) && !isOfEditor(path.basename(name))
    if (!isWatched && !this.single.has(name)) return
    if (this.whole.has(name) && !isFolder(name)) this.#forgetFolder(name)
    else if (isFolder(name)) for (const file of this.#addFolder(name)) this.#tell(file)
    else this.#note(name)
  }

  #tell(name, before) {
    if (!this.#changed.has(name)) this.#changed.set(name, before)
    this.at ??= performance.now()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#flush(), quietMs)
  }

  #flush() {
    const changed = [...this.#changed].map(([name, before]) => ({ name, before, stamp: this.#stamps.get(name) }))
      .filter(({ before, stamp }) => before !== stamp)
    const others = changed.filter(({ before, stamp }) => (before === undefined) !== (stamp === undefined))
    const change = { files: changed.map(({ name }) => name), others: others.map(({ name }) => name), at: this.at }
    this.#changed.clear()
    this.at = undefined
    if (changed.length > 0) this.onChange(change)
  }

  close() {
    clearTimeout(this.timer)
    for (const handle of this.#watches.values()) handle.close()
  }
}
