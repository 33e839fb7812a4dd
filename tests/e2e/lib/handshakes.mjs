// TLS handshakes of clients, one connection each.
import { once } from 'node:events'
import tls from 'node:tls'

import { soon } from './wait.mjs'

/*
 * Connects, asks for `path`, and returns what happened: { names, type, protocol, isReused, session,
 * status, text }, or { error } when the handshake fails. `names` are the DNS names of the
 * certificate that the server has shown, `type` is RSA or EC.
 */
export async function shake(url, { path = '/a', headers = {}, ...options } = {}) {
  const { hostname: host, port } = new URL(url)
  const socket = tls.connect({ host, port: Number(port), rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'], ...options })
  let session, text = '', error
  socket.on('session', made => { session = made })
  socket.on('data', bytes => { text += bytes })
  socket.on('error', why => { error = why.code ?? why.message })
  socket.on('secureConnect', () => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${options.servername ?? 'a'}\r\n${lines}Connection: close\r\n\r\n`)
  })
  const shown = once(socket, 'secureConnect').then(() => {
    const { subjectaltname = '', pubkey, asn1Curve } = socket.getPeerCertificate()
    return { names: subjectaltname.replaceAll('DNS:', ''), type: asn1Curve ? 'EC' : pubkey && 'RSA',
      protocol: socket.alpnProtocol, isReused: socket.isSessionReused() }
  }, () => ({}))
  const seen = await soon(shown, 'the end of a handshake')
  if (!socket.closed) await soon(once(socket, 'close').catch(() => undefined), 'the end of a connection')
  const status = Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1])
  return status ? { ...seen, session, status, text } : { error: error ?? 'closed' }
}
