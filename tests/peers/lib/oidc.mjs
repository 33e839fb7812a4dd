// The npm package oidc-provider as a process of its own, and what a person does on its pages.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { eventually } from '../../e2e/lib/wait.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))
const packages = beside('../../../build/peers/node_modules/')
const node = path.join(packages, `node-linux-${process.arch}/bin/node`)

/*
 * Starts it at a port. It ends with the test. Gives { url, grants, tokens }: the kinds of all grants
 * so far ("authorization_code", "refresh_token"), and all tokens that it has issued.
 */
export async function startOidcProvider(t, { caFile, ...options }) {
  assert.ok(existsSync(node), `${node} is missing: ./dev test installs it`)
  const child = spawn(node, [beside('oidc_provider.mjs'), JSON.stringify(options)],
    { env: { ...process.env, PEERS: packages, NODE_EXTRA_CA_CERTS: caFile }, stdio: 'pipe' })
  t.after(() => child.kill('SIGKILL'))
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', text => (said[name] += text))
  const lines = () => said.stdout.split('\n').slice(0, -1).filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
  await eventually(() => {
    assert.equal(child.exitCode, null, said.stderr)
    return lines().length > 0
  }, 'oidc-provider to listen')
  const grants = () => lines().filter(({ grant }) => grant)
  return { url: `http://127.0.0.1:${options.port}`, said,
    grants: () => grants().map(({ grant }) => grant),
    tokens: () => grants().flatMap(({ tokens }) => tokens).filter(Boolean) }
}

// Signs in: its pages ask for a name and any password, and then for the consent.
export async function signInByHand(browser, provider) {
  await eventually(() => browser.has('input[name=login]'), 'the page of the login')
  await browser.type('input[name=login]', 'ada')
  await browser.type('input[name=password]', 'any')
  await browser.click('button[type=submit]')
  // The consent: a page with the button alone.
  await eventually(async () => {
    if (!(await browser.url()).startsWith(provider.url)) return true
    if (await browser.has('input[name=login]')) return false
    if (await browser.has('button[type=submit]')) await browser.click('button[type=submit]')
    return false
  }, 'the end of the consent')
}

// Its page asks whether the user wants to log out there, too.
export async function signOutByHand(browser) {
  await eventually(() => browser.has('button[name=logout]'), 'the page of the logout')
  await browser.click('button[name=logout]')
}
