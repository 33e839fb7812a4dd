/*
 * The clients that people really use. Each is a function that sends one request and gives its answer:
 *   ask({ url, method, path, headers, bodyBytes, isChunked }) -> { status, text }, or { error }
 * headers is a list of pairs; the body has so many times "x". isChunked: its length is not said.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { startHaproxy, startNginx } from './proxies.mjs'
import { startChromium } from './chromium.mjs'
import { output } from './run.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))

export function curl(caFile, ...how) {
  return async ({ url, method, path: target, headers, bodyBytes, isChunked }) => {
    const args = ['-sS', '--max-time', '30', '--cacert', caFile, '-X', method, ...how,
      '-w', '\n%{http_code}', ...headers.flatMap(([name, value]) => ['-H', `${name}: ${value}`])]
    if (bodyBytes > 0) args.push(...(isChunked ? ['-T', '-'] : ['--data-binary', '@-']))
    const { code, stdout, stderr } =
      await output('curl', [...args, url + target], { input: 'x'.repeat(bodyBytes) })
    const end = stdout.lastIndexOf('\n')
    return code === 0 ? { status: Number(stdout.slice(end)), text: stdout.slice(0, end) } :
      { error: stderr }
  }
}

// A client in a program of its own, which reads the request and prints the answer.
const program = (name, args, more, env) => async ({ bodyBytes, ...request }) => {
  const input = JSON.stringify({ ...request, ...more, body_bytes: bodyBytes, is_chunked: request.isChunked })
  const { stdout, stderr } = await output(name, args, { input, env })
  return JSON.parse(stdout || JSON.stringify({ error: stderr }))
}

export const node = caFile =>
  program(process.execPath, [beside('fetch_client.mjs')], {}, { NODE_EXTRA_CA_CERTS: caFile })

// Debian's Python has Debian's requests.
export const python = (library, caFile) =>
  program('/usr/bin/python3', [beside('python_client.py')], { library, ca_file: caFile })

const inPage = `
const [path, method, headers, bodyBytes, done] = arguments
fetch(path, { method, headers, body: bodyBytes > 0 ? 'x'.repeat(bodyBytes) : undefined })
  .then(async response => done({ status: response.status, text: await response.text() }))
  .catch(error => done({ error: String(error) }))`

// The page is one of the server itself, so that the request is not one across origins.
export const chromium = browser => async ({ url, method, path: target, headers, bodyBytes }) => {
  await browser.open(`${url}/health`)
  return browser.run(inPage, target, method, headers, bodyBytes)
}

// Through a proxy: its own client is plain.
const through = (front, ask) => request => ask({ ...request, url: front })

/*
 * All of them, in front of a server that listens on plain and secure: { name: ask }. The browser's
 * cookies are set by browser.setCookie.
 */
export async function realClients(t, { plain, secure, caFile }) {
  const [nginx, haproxy, haproxy2, browser] = await Promise.all([startNginx(t, plain),
    startHaproxy(t, plain, ''), startHaproxy(t, plain, 'proto h2'), startChromium(t)])
  const at = (url, ask) => request => ask({ url, ...request })
  const clients = {
    'curl': at(plain, curl(caFile)),
    'curl, h2c': at(plain, curl(caFile, '--http2-prior-knowledge')),
    'curl, TLS': at(secure, curl(caFile, '--http1.1')),
    'curl, HTTP/2 over TLS': at(secure, curl(caFile, '--http2')),
    "Node's fetch": at(plain, node(caFile)),
    "Node's fetch, TLS": at(secure, node(caFile)),
    "Python's http.client": at(plain, python('http.client', caFile)),
    "Python's http.client, TLS": at(secure, python('http.client', caFile)),
    'requests': at(plain, python('requests', caFile)),
    'requests, TLS': at(secure, python('requests', caFile)),
    'Chromium': at(plain, chromium(browser)),
    'Chromium, HTTP/2 over TLS': at(secure, chromium(browser)),
    'nginx in front': through(nginx, curl(caFile)),
    'HAProxy in front': through(haproxy, curl(caFile)),
    'HAProxy in front, HTTP/2': through(haproxy2, curl(caFile)),
  }
  return { clients, browser }
}
