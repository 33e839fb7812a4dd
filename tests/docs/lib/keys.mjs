// Makes the files that the sample configurations name, for one run.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { copyFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

function jwk(type, options) {
  const { publicKey } = generateKeyPairSync(type, options)
  return { ...publicKey.export({ format: 'jwk' }), kid: type, use: 'sig' }
}

// In the stage's place: cert.pem and key.pem and more pairs for docs/tls.md, internal-ca.pem and partners-ca.pem, login.jwks and partner.jwks, and keys.yaml
// with an API key, and admin.token. Where /run/secrets is on the stage: a secret of tokens, and one of an OpenID client.
export function keysIn(stage) {
  const at = name => path.join(stage.place, name)
  const certificate = (name, file, key) => execFileSync('openssl', ['req', '-x509', '-newkey', 'ec',
    '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '40', '-subj', `/CN=${name}`,
    '-addext', `subjectAltName=DNS:${name}`, '-keyout', at(key), '-out', at(file)], { stdio: 'pipe' })
  certificate('shop.example', 'cert.pem', 'key.pem')
  certificate('partners.example', 'partners.pem', 'partners.key')
  certificate('*.shop.example', 'wild.pem', 'wild.key')
  certificate('bff.internal', 'bff.pem', 'bff.key')
  for (const ca of ['internal-ca.pem', 'partners-ca.pem']) copyFileSync(at('cert.pem'), at(ca))
  const keys = [jwk('rsa', { modulusLength: 2048 }), jwk('ec', { namedCurve: 'P-256' })]
  writeFileSync(at('login.jwks'), JSON.stringify({ keys }))
  writeFileSync(at('partner.jwks'), JSON.stringify({ keys: [jwk('ec', { namedCurve: 'P-256' })] }))
  const apiKeys = [{ name: 'shop', sha256: randomBytes(32).toString('hex'), plan: 'basic' }]
  writeFileSync(at('keys.yaml'), JSON.stringify(apiKeys))
  writeFileSync(at('admin.token'), randomBytes(32).toString('hex'), { mode: 0o600 })
  for (const name of ['jwt', 'shop'])
    writeFileSync(path.join(stage.temporary, name), randomBytes(32).toString('hex'), { mode: 0o600 })
}
