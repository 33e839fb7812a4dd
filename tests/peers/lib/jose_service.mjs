/*
 * A service that believes only tokens, as docs/identity.md shows it, with the real jose. Run by the
 * Node that jose needs. Its argument: the URL of the key set, which may not answer yet. It prints its
 * port, and answers each request with what the token says, or with 401.
 */
import http from 'node:http'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const jose = await import(
  pathToFileURL(path.join(process.env.PEERS, 'jose/dist/webapi/index.js')).href)

const keys = jose.createRemoteJWKSet(new URL(process.argv[2]), { cooldownDuration: 0 })
const rules = { issuer: 'bff-web', audience: 'users', algorithms: ['ES256', 'ES384', 'RS256'] }

async function answer(req, res) {
  try {
    const { payload } = await jose.jwtVerify(req.headers['x-identity'] ?? '', keys, rules)
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(payload))
  } catch (error) {
    res.writeHead(401, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: error.code ?? String(error) }))
  }
}

const server = http.createServer(answer).listen(0, '127.0.0.1', () =>
  process.stdout.write(`${server.address().port}\n`))
