// The compiler, the bundler and the client of clients/typescript, for tests of the types that the
// server prints.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { scratch } from '../../e2e/lib/scenario.mjs'
import { command } from '../../e2e/lib/server.mjs'
import { output } from './run.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))
export const packages = beside('../../../build/peers/node_modules/')
export const node = path.join(packages, `node-linux-${process.arch}/bin/node`)
export const clientSource = beside('../../../clients/typescript/src/index.ts')

// Runs the program of a package, by the Node that it needs: { code, stdout, stderr }.
export async function tool(name, args) {
  assert.ok(existsSync(node), `${node} is missing: ./dev test installs it`)
  const env = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' }
  return output(node, [path.join(packages, name), ...args], { env })
}

// What --openapi or --typescript of a build prints, as a file.
export async function printed(t, build, option, name) {
  const { code, stdout, stderr } = await command(build, [option])
  assert.equal(code, 0, stderr)
  const file = path.join(scratch(t), name)
  writeFileSync(file, stdout)
  return file
}

// Compiles files with --strict, for a browser. They find the client as "bff-client" and the types
// of a server, in the file `api`, as "api". Gives { code, stdout }, without writing a file.
export async function compile(t, files, api) {
  const compilerOptions = { strict: true, noEmit: true, target: 'ES2022', module: 'ES2022', types: [],
    moduleResolution: 'bundler', noUncheckedIndexedAccess: true, noImplicitReturns: true,
    lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    paths: { 'bff-client': [clientSource], api: [api] } }
  const project = path.join(scratch(t), 'tsconfig.json')
  writeFileSync(project, JSON.stringify({ compilerOptions, files }))
  return tool('typescript/bin/tsc', ['--pretty', 'false', '-p', project])
}

// Bundles a file and the client into one minified script: its text.
export async function bundle(file) {
  const { build } = await import(path.join(packages, 'esbuild/lib/main.js'))
  const { outputFiles: [{ text }] } = await build({ entryPoints: [file], bundle: true, minify: true,
    write: false, format: 'esm', target: 'es2022', alias: { 'bff-client': clientSource } })
  return text
}
