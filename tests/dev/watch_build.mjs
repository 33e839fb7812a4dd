// Builds for ./dev watch, and tells the compiler's mistakes.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'

import { say } from './watch_report.mjs'

export const folder = 'build/watch'
const env = { ...process.env, LC_ALL: 'C' }

// Runs a command to its end: { code, output }. Passes each piece of the output to `onOutput`.
export async function run(program, args, { onOutput = () => {}, ...options } = {}) {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => { output += text; onOutput(text) })
  const ended = new Promise(resolve => {
    child.once('error', error => { output += error.message; resolve(1) })
    child.once('close', (code, signal) => resolve(code ?? signal))
    // A process that it has left behind may hold the pipes open.
    child.once('exit', (code, signal) => setTimeout(resolve, 1000, code ?? signal))
  })
  const code = await ended
  return { code, output }
}

// The mistakes in the output of a build, with what is usually meant.
export function mistakesIn(output) {
  // With ccache, the compiler may name files as it sees them from its directory.
  const fromHere = output.replaceAll(`${path.relative(folder, '')}/`, '')
  const { stdout } = spawnSync('awk', ['-v', 'as=json', '-f', 'tests/build/explain.awk'],
    { input: fromHere, encoding: 'utf8', env })
  const found = stdout.split('\n').filter(Boolean).map(line => JSON.parse(line))
    .map(mistake => ({ ...mistake, file: path.relative('', path.resolve(mistake.file)) }))
  return found.length > 0 ? found : [{ message: output.trim() || 'the build fails' }]
}

const markOf = file => statSync(file, { throwIfNoEntry: false })?.mtimeMs

export class Build {
  constructor(name) {
    this.program = `${folder}/bff-${name}`
    this.mock = `${folder}/bff-mock`
    this.targets = [`bff-${name}`, 'bff-mock']
  }

  marks() {
    return { program: markOf(this.program), mock: markOf(this.mock) }
  }

  get isConfigured() {
    return existsSync(`${folder}/build.ninja`)
  }

  // Finds out which files there are. Gives the mistakes.
  async configure() {
    const { code, output } = await run('cmake', ['--preset', 'watch'])
    return code === 0 ? [] : [{ file: 'CMakeLists.txt', message: output.trim() }]
  }

  // Compiles and links what has changed. Says every ten seconds how far it is. Gives the mistakes.
  async make() {
    let step
    const timer = setInterval(() => step && say(`${step[1]} of ${step[2]} files are built`), 10_000)
    const onOutput = text => (step = [...text.matchAll(/^\[(\d+)\/(\d+)\]/gm)].at(-1) ?? step)
    const { code, output } = await run('ninja', ['-C', folder, ...this.targets], { onOutput })
    clearInterval(timer)
    return code === 0 ? [] : mistakesIn(output)
  }
}
