// Keys of an identity provider, and the server that publishes them as a JWK Set.
import { generateKeyPairSync } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import http from 'node:http'
import https from 'node:https'

import { jwt, now } from './token.mjs'
import { soon } from './wait.mjs'

const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

function pairOf(alg) {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519')
  if (curves[alg]) return generateKeyPairSync('ec', { namedCurve: curves[alg] })
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

/*
 * A key: { jwk, token }. token(claims, header) signs for an hour. `kid` undefined: the key has no
 * name, and neither have its tokens.
 */
export function makeKey(alg, kid) {
  const { publicKey, privateKey } = pairOf(alg)
  const named = kid === undefined ? {} : { kid }
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), ...named, alg, use: 'sig' },
    token: (claims = {}, header = {}) => jwt({ alg, typ: 'JWT', ...named, ...header },
      { sub: 'u1', exp: now() + 3600, ...claims }, privateKey),
  }
}

class KeyServer extends EventEmitter {
  keys = []
  asked = [] // the paths, in order

  // `answer`, when it is set, answers in place of the keys: (req, res) => ...
  answer = undefined

  constructor() {
    super()
    this.setMaxListeners(0)
  }

  serve(req, res) {
    this.asked.push(req.url)
    this.emit('asked')
    if (this.answer !== undefined) return this.answer(req, res)
    return this.send(res, { keys: this.keys.map(({ jwk }) => jwk) })
  }

  send(res, value) {
    res.setHeader('content-type', 'application/json')
    return res.end(typeof value === 'string' ? value : JSON.stringify(value))
  }

  // Resolves when it has been asked so often.
  arrival(count) {
    const come = async () => {
      while (this.asked.length < count) await once(this, 'asked')
    }
    return soon(come(), `question ${count} to the key server`)
  }

  async listen(tls, port = 0) {
    this.server = tls ? https.createServer(tls) : http.createServer()
    this.server.on('request', (req, res) => this.serve(req, res))
    this.server.listen(port, '127.0.0.1')
    await once(this.server, 'listening')
    this.port = this.server.address().port
    this.origin = `${tls ? 'https' : 'http'}://127.0.0.1:${this.port}`
    this.url = `${this.origin}/keys`
  }

  // Nobody listens any more; listen(tls, port) goes on.
  async stop() {
    this.server.close()
    this.server.closeAllConnections()
    await once(this.server, 'close')
  }
}

// A key server that lives as long as the test.
export async function keyServer(t, keys = [], tls = undefined) {
  const server = new KeyServer()
  server.keys = keys
  await server.listen(tls)
  t.after(() => {
    server.server.close()
    server.server.closeAllConnections()
  })
  return server
}
