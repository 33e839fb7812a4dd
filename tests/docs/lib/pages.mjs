// The documents as data: their fenced code blocks, headings, links and tables.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

const isPage = name => name.endsWith('.md')
const namesIn = folder => readdirSync(path.join(root, folder), { recursive: true })
  .map(name => `${folder}/${name}`)

// Every page, by its name below the root.
export const names = ['README.md', ...namesIn('docs').filter(isPage).sort()]

// What GitHub makes of a heading's text.
const anchorOf = text => text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim()
  .replace(/\s/g, '-')

function numbered(anchor, seen) {
  const count = seen.get(anchor) ?? 0
  seen.set(anchor, count + 1)
  return count === 0 ? anchor : `${anchor}-${count}`
}

// "`some/file.c`" on a line of its own, and what is said behind it.
const fileLine = /^`([\w./-]+)`(.*)$/

/*
 * A page: { name, text, prose, blocks, anchors }. `prose` is the text without its blocks. A block
 * is { kind, text, line, anchor, title, file, remark, lead }: `kind` is the first word behind the
 * fence, `anchor` that of the heading it stands under, `file` the name in the line above it, and
 * `lead` what is said since the block before.
 */
export function readPage(name) {
  const page = { name, text: readFileSync(path.join(root, name), 'utf8'), blocks: [], anchors: [] }
  const seen = new Map()
  const prose = []
  let block
  let above = ''
  let lead = []
  for (const [i, line] of page.text.split('\n').entries()) {
    if (block) {
      if (line === '```') block = undefined
      else block.lines.push(line)
    } else if (line.startsWith('```')) {
      const [, file, remark] = fileLine.exec(above) ?? []
      block = { kind: line.slice(3).split(' ')[0], lines: [], line: i + 1, page: name,
        anchor: page.anchors.at(-1), file, remark: remark?.trim(), lead: lead.join('\n') }
      lead = []
      page.blocks.push(block)
      prose.push('')
    } else {
      const [, title] = /^#+ +(.*)$/.exec(line) ?? []
      if (title) page.anchors.push(numbered(anchorOf(title), seen))
      prose.push(line)
      lead.push(line)
    }
    if (line.trim() !== '') above = line
  }
  if (block) throw new Error(`${name}:${block.line}: the block has no end`)
  for (const each of page.blocks) {
    each.text = each.lines.map(line => `${line}\n`).join('')
    each.title = `${name}:${each.line}`
  }
  page.prose = prose.join('\n')
  return page
}

export const pages = Object.fromEntries(names.map(name => [name, readPage(name)]))

// The links of a page to files: { target, anchor, line }.
export function linksOf({ prose, name }) {
  const links = []
  for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue
    const [file, anchor] = target.split('#')
    links.push({ target, anchor,
      file: file === '' ? name : path.posix.join(path.posix.dirname(name), file) })
  }
  return links
}

export const isThere = name => existsSync(path.join(root, name))

const cellsOf = line => line.split(/(?<!\\)\|/).slice(1, -1).map(cell => cell.trim())

// The rows of all tables of a page, or of those below one heading: lists of cells.
export function rowsOf({ prose, name }, heading) {
  const lines = prose.split('\n')
  const begin = heading ? lines.findIndex(line => /^#+ /.test(line) && line.endsWith(heading)) : 0
  if (begin === -1) throw new Error(`${name} has no heading "${heading}"`)
  const end = lines.findIndex((line, i) => i > begin && heading && /^#+ /.test(line))
  return lines.slice(begin, end === -1 ? undefined : end)
    .filter(line => line.startsWith('|') && !/^\|[ |:-]+\|$/.test(line)).map(cellsOf)
}

// The words between back quotes in a text.
export const quoted = text => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word)
