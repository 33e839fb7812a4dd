/*
 * Signs and verifies tokens with the real jose. Run by the Node that jose needs. Standard input is a
 * question in JSON, standard output has the answer:
 *   { sign: [names of algorithms] }       { keys: a JWK Set, tokens: [one for each] }
 *   { verify: [tokens], keys, algorithms }  [whether each is good]
 * With `secret`, the algorithms are HS*, and there are no keys.
 */
import { text } from 'node:stream/consumers'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const jose = await import(
  pathToFileURL(path.join(process.env.PEERS, 'jose/dist/webapi/index.js')).href)

async function sign(algorithms) {
  const keys = [], tokens = []
  for (const alg of algorithms) {
    const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true })
    keys.push({ ...await jose.exportJWK(publicKey), alg, kid: `jose ${alg}`, use: 'sig' })
    tokens.push(await new jose.SignJWT({ role: 'customer' }).setSubject('u1').setIssuedAt()
      .setProtectedHeader({ alg, kid: `jose ${alg}` }).setExpirationTime('1h').sign(privateKey))
  }
  return { keys: { keys }, tokens }
}

async function verify(tokens, keys, algorithms) {
  const known = jose.createLocalJWKSet(keys)
  return Promise.all(tokens.map(token =>
    jose.jwtVerify(token, known, { algorithms, requiredClaims: ['exp'] })
      .then(() => true, () => false)))
}

const bytesOf = secret => new TextEncoder().encode(secret)

const signBySecret = (algorithms, secret) => Promise.all(algorithms.map(alg =>
  new jose.SignJWT({ role: 'customer' }).setSubject('u1').setIssuedAt().setProtectedHeader({ alg })
    .setExpirationTime('1h').sign(bytesOf(secret))))

const verifyBySecret = (tokens, algorithms, secret) => Promise.all(tokens.map(token =>
  jose.jwtVerify(token, bytesOf(secret), { algorithms, requiredClaims: ['exp'] })
    .then(() => true, () => false)))

async function answer({ sign: asked, verify: tokens, keys, algorithms, secret }) {
  if (secret !== undefined)
    return asked ? { tokens: await signBySecret(asked, secret) } : verifyBySecret(tokens, algorithms, secret)
  return asked ? sign(asked) : verify(tokens, keys, algorithms)
}

const question = JSON.parse(await text(process.stdin))
process.stdout.write(JSON.stringify(await answer(question)))
