// Tokens: valid ones, as services issue them, and invalid ones.
import { constants, createHmac, sign as signWith } from 'node:crypto'

// What the server of a test believes in, where the test says nothing else.
export const secret = 'known to the tests and to their server alone'

const encode = value =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

function signature(alg, text, key) {
  const hash = `sha${alg.slice(2)}`
  if (alg.startsWith('HS')) return createHmac(hash, key).update(text).digest()
  if (alg === 'EdDSA') return signWith(null, Buffer.from(text), key)
  if (alg.startsWith('PS')) {
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const saltLength = constants.RSA_PSS_SALTLEN_DIGEST
    return signWith(hash, Buffer.from(text), { key, padding, saltLength })
  }
  return signWith(hash, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
}

export const now = () => Math.floor(Date.now() / 1000)

// Signs a header and claims (objects, or JSON text) with `key`: bytes for HS*, a private key else.
export function jwt(header, claims, key = secret) {
  const text = `${encode(header)}.${encode(claims)}`
  return `${text}.${signature(header.alg, text, key).toString('base64url')}`
}

// A good token with these claims, for an hour.
export const tokenOf = claims => jwt({ alg: 'HS256', typ: 'JWT' },
  { iat: now(), exp: now() + 3600, ...claims })

export const admin = { id: 'admin', role: 'admin' }

// Whoever `as` stands for: a user's id, or claims.
export const tokenFor = (as = admin) =>
  tokenOf(typeof as === 'string' ? { id: as, role: 'customer' } : as)

// The field that goes with it, as a line.
export const signedIn = `Authorization: Bearer ${tokenFor()}\r\n`
