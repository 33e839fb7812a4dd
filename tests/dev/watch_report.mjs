// What ./dev watch tells: lines on standard error, and a file of JSON that the page /__bff/ shows.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const isTerminal = process.stderr.isTTY
const paint = (code, text) => (isTerminal ? `\x1b[${code}m${text}\x1b[0m` : text)

export const say = text => process.stderr.write(`dev: ${text}\n`)

const place = ({ file, line, column }) => [file, line, column].filter(Boolean).join(':')

// One mistake as people read it: the place, the line with an arrow, what is said, what to do.
export function shown({ picture = '', row, message, remedy, ...where }) {
  const head = [place(where), row && `in the row "${row}"`].filter(Boolean).join(' ')
  return [head && paint('1;31', head), picture.trimEnd(), `  ${message}`,
    remedy && `  ${paint('1', 'usually:')} ${remedy}`].filter(Boolean).join('\n')
}

export class Report {
  constructor(file) {
    this.file = file
    this.tell('none')
  }

  // The file always has a whole report.
  tell(state, mistakes = []) {
    const errors = mistakes.map(({ file = '', line = 0, column = 0, message, remedy = '' }) =>
      ({ file, line, column, message, remedy }))
    mkdirSync(path.dirname(this.file), { recursive: true }) // git clean may have removed it
    writeFileSync(`${this.file}.new`, JSON.stringify({ state, at: new Date().toISOString(), errors }))
    renameSync(`${this.file}.new`, this.file)
  }

  fail(mistakes, isServing) {
    this.tell('failed', mistakes)
    process.stderr.write(`\n${mistakes.map(shown).join('\n\n')}\n\n`)
    say(isServing ? 'the last version that was good goes on serving' : 'nothing serves yet')
  }
}
