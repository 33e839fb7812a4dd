// Compares the live answers of a server with the shapes in the tables of its composites:
//
//     ./dev verify --against http://127.0.0.1:8080 --header 'Authorization: Bearer ...'
//
// It asks for each page of the build whose method is GET, once for each sample of its parameters
// (samples.txt), and gives the answers to `bff-web --verify`. The exit status is 0 when nothing differs, 1
// when something does, and 2 when nothing could be compared, or a page could not be asked for.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const usage = `./dev verify --against URL [OPTION]...
    --against URL         the server: http://127.0.0.1:8080
    --build NAME          whose pages: web or mobile; the default is web
    --header 'NAME: VALUE'  is sent with each request; may be repeated
    --param NAME=VALUE    asks for this one, and not for the samples of clients/samples.txt; may be
                          repeated
    --timeout SECONDS     the longest wait for an answer; the default is 10`

function die(words) {
  console.error(`verify: ${words}`)
  process.exit(2)
}

function readOptions(args) {
  const options = { against: undefined, build: 'web', headers: [], params: {}, timeout: 10 }
  for (let i = 0; i < args.length; i += 2) {
    const [name, value] = [args[i], args[i + 1]]
    if (value === undefined) die(`${name} has no value\n${usage}`)
    if (name === '--against') options.against = value.replace(/\/$/, '')
    else if (name === '--build') options.build = value
    else if (name === '--timeout') options.timeout = Number(value)
    else if (name === '--header') {
      const [, field, content] = /^([^:\s]+):\s*(.*)$/.exec(value) ?? die(`--header ${value}: no "Name: value"`)
      options.headers.push([field, content])
    } else if (name === '--param') {
      const [, key, content] = /^:?(\w+)=(.+)$/.exec(value) ?? die(`--param ${value}: no NAME=VALUE`)
      options.params[key] = [...options.params[key] ?? [], content]
    } else die(`${name}: unknown option\n${usage}`)
  }
  if (!/^https?:\/\//.test(options.against ?? '')) die(`--against is missing: the URL of the server\n${usage}`)
  if (!(options.timeout > 0)) die('--timeout must be a number of seconds')
  return options
}

// { userId: ['u1', 'u4'] }
const samples = Object.fromEntries(readFileSync(new URL('samples.txt', import.meta.url), 'utf8').split('\n')
  .filter(line => line.startsWith(':'))
  .map(line => line.slice(1).trim().split(/\s+/))
  .map(([name, ...values]) => [name, values]))

const options = readOptions(process.argv.slice(2))
const builds = process.env.BFF_BUILD ?? fileURLToPath(new URL('../build', import.meta.url))
const binary = `${builds}/bff-${options.build}`
// --routes reads a configuration, and the default one lacks a secret.
const environment = { JWT_SECRET: 'no token is made or verified with this one', ...process.env }

function run(args, input) {
  const { error, status, stdout, stderr } = spawnSync(binary, args,
    { input, env: environment, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (error !== undefined) die(`${binary}: ${error.message}`)
  return { status, stdout, stderr }
}

// The routes of the composites that are asked with GET.
function pagesOf() {
  const { status, stdout, stderr } = run(['--routes'])
  if (status !== 0) die(`${binary} --routes: ${stderr}`)
  return [...stdout.matchAll(/^GET (\/\S*) {2}.*, budget \d+ ms/gm)].map(([, path]) => path)
}

// The paths to ask for: one for each combination of the samples.
function pathsOf(page) {
  let paths = ['']
  for (const segment of page.split('/').slice(1)) {
    const name = segment.startsWith(':') ? segment.slice(1) : undefined
    const values = name === undefined ? [segment]
      : (options.params[name] ?? samples[name] ?? []).map(encodeURIComponent)
    paths = paths.flatMap(path => values.map(value => `${path}/${value}`))
  }
  return paths
}

async function ask(path) {
  const signal = AbortSignal.timeout(options.timeout * 1000)
  const response = await fetch(options.against + path,
    { headers: [['accept', 'application/json'], ...options.headers], redirect: 'manual', signal })
  return { status: response.status, text: await response.text() }
}

const counts = { pages: 0, values: 0, partial: 0, differ: 0, failed: 0 }
const told = new Set()

function count(route, { status, stdout, stderr }) {
  const lines = stdout.trimEnd().split('\n')
  const [, values] = /: (\d+) values compared/.exec(lines.at(-1)) ?? []
  if (status > 1 || values === undefined) {
    counts.failed++
    console.log(`${route}: ${stderr.trim()}`)
    return
  }
  counts.pages++
  counts.values += Number(values)
  for (const line of lines.slice(0, -1).filter(line => !told.has(line))) {
    told.add(line)
    counts.differ++
    console.log(line)
  }
  const [, left] = /; not compared: (.*)$/.exec(lines.at(-1)) ?? []
  if (left !== undefined) {
    counts.partial++
    console.log(`${route}: not compared: ${left}`)
  }
}

async function verify(page, path) {
  try {
    const { status, text } = await ask(path)
    if (status === 200) return count(path, run(['--verify', `GET ${page}`], text))
    console.log(`${path}: not compared: the status is ${status}`)
  } catch (error) {
    console.log(`${path}: not compared: ${error.cause?.message ?? error.message}`)
  }
  counts.failed++
}

for (const page of pagesOf()) {
  const paths = pathsOf(page)
  if (paths.length === 0) {
    counts.failed++
    console.log(`${page}: not asked for: there is no sample of its parameters; write --param NAME=VALUE`)
  }
  for (const path of paths) await verify(page, path)
}
console.log(`${counts.pages} pages and ${counts.values} values compared, ${counts.differ} differ; ` +
  `${counts.partial} partial, ${counts.failed} could not be compared`)
process.exit(counts.differ > 0 ? 1 : counts.failed > 0 || counts.pages === 0 ? 2 : 0)
