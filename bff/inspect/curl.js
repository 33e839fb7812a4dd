// Commands for a shell, and the clipboard.
import { h } from './dom.js'

const quote = text => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`)

// { url, method, headers, json } as a command of curl.
export function curlOf({ url, method = 'GET', headers = {}, json }) {
  const words = ['curl', '-i']
  if (method !== 'GET') words.push('-X', method)
  for (const [name, value] of Object.entries(headers)) words.push('-H', quote(`${name}: ${value}`))
  if (json !== undefined) words.push('--json', quote(JSON.stringify(json)))
  return [...words, quote(url)].join(' ')
}

// Pages that are not on this machine and have no TLS have no clipboard: there, a selection has to do.
export async function copy(text) {
  try {
    return await navigator.clipboard.writeText(text)
  } catch {
    const field = h('textarea.unseen', { value: text, 'aria-hidden': 'true', tabindex: -1 })
    document.body.append(field)
    field.select()
    document.execCommand('copy')
    field.remove()
  }
}

export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  h('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
