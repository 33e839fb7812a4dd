// The mistakes that a start finds: in tables, in the configuration, in the files of fixtures. Each
// gets its file and line, and what the guide says about it.
import { existsSync, readFileSync, readdirSync } from 'node:fs'

const linesOf = file => readFileSync(file, 'utf8').split('\n')

// The rows of the guide's table "it says | because", as patterns.
function knownMistakes() {
  const page = 'docs/first-composite.md'
  const guide = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const begin = guide.indexOf('## 6. When the table is wrong')
  const rows = guide.slice(begin, guide.indexOf('\n## ', begin + 1)).matchAll(/^\| `(.*?)` \| (.*) \|$/gm)
  return [...rows].map(([, said, because]) => ({
    pattern: new RegExp(`^${said.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/"[^"]*"/g, '"[^"]*"').replace(/\d+/g, '\\d+')}`),
    remedy: because.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', ''),
  }))
}

const remedyOf = said => knownMistakes().find(({ pattern }) => pattern.test(said))?.remedy

// The file and line of `what` in the composite of this route: its row, or else its route.
function placeOf(build, route, noun, name) {
  const files = readdirSync(`composites/${build}`).filter(file => file.endsWith('.c'))
    .map(file => `composites/${build}/${file}`)
  const file = files.find(each => readFileSync(each, 'utf8').includes(`"${route}"`))
  if (!file) return {}
  const lines = linesOf(file)
  const row = name && lines.findIndex(line => line.includes(`.name = "${name}"`))
  const table = noun === 'field' ? lines.findIndex(line => /struct bff_field/.test(line)) : 0
  const field = name && lines.findIndex((line, i) => i >= table && line.includes(`.name = "${name}"`))
  const at = [noun === 'field' ? field : row, lines.findIndex(line => line.includes(`"${route}"`))]
    .find(line => line !== undefined && line !== '' && line >= 0)
  return { file, line: at + 1, column: lines[at].search(/\S/) + 1 }
}

function ofTable(build, line) {
  const [, route, said] = /^((?:GET|HEAD|POST|PUT|PATCH|DELETE) \S+): (.*)$/.exec(line) ?? []
  if (!route) return undefined
  const [, noun, name] = /^(part|field|member) "([^".[\]]*)/.exec(said) ?? []
  return { ...placeOf(build, route, noun, name), message: line, remedy: remedyOf(said) }
}

// "bff.yaml:3:5: text", "bff-mock: fixtures/data/users/u1.json: line 3: text"
function ofFile(line) {
  const [, file, row, column, message] =
    /^(?:bff-\w+: )?([^\s:]+):(?: line )?(\d+):(?:(\d+):)? (.*)$/.exec(line) ?? []
  if (!file) return undefined
  const isJson = file.endsWith('.json')
  return { file, line: Number(row), column: Number(column ?? 0), message,
    remedy: isJson ? 'a comma, a quote or a bracket is missing or too much in this line or the one above'
      : /must\(/.test(message) ? 'the program found a mistake of its own and ended: the composite that was asked shows it'
        : undefined }
}

const ofWholeFile = line => {
  const [, file, message] = /^(?:bff-\w+: )?(\S+\.(?:json|ya?ml)): (.*)$/.exec(line) ?? []
  return file && { file, message }
}

// The mistakes in what a start has written to standard error. Warnings are none.
export function mistakesOf(build, text) {
  const lines = text.split('\n').filter(line => line.trim() && !/warning:/i.test(line))
  return lines.map(line => ofTable(build, line) ?? ofFile(line) ?? ofWholeFile(line) ?? { message: line })
}
