// Certificates for one run: the test's own certificate authority, and the certificates that it
// signs.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { scratch } from './scenario.mjs'

const settings = `[req]
distinguished_name = name
x509_extensions = leaf
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
basicConstraints = critical, CA:false
`

const fresh = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
  '-days', '2', '-subj', '/CN=bff test']

// An authority that lives as long as the test, or as the file that imports `after` from node:test
// and gives { after }: { caFile, ca, sign }.
export function authority(t) {
  const directory = scratch(t)
  const at = name => path.join(directory, name)
  writeFileSync(at('openssl.cnf'), settings)
  const make = (name, ...more) => execFileSync('openssl', [...fresh, '-config', at('openssl.cnf'),
    '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), ...more], { stdio: 'pipe' })
  make('ca', '-extensions', 'authority')
  let count = 0
  // A certificate for these names ("DNS:localhost", "IP:127.0.0.1"), signed by the authority or,
  // when `isOwn`, by itself: { key, cert, keyFile, certFile }.
  const sign = (names, { isOwn = false } = {}) => {
    const name = `leaf${++count}`
    const signer = isOwn ? [] : ['-CA', at('ca.pem'), '-CAkey', at('ca.key')]
    make(name, ...signer, '-addext', `subjectAltName=${names.join(',')}`)
    const [keyFile, certFile] = [at(`${name}.key`), at(`${name}.pem`)]
    return { keyFile, certFile, key: readFileSync(keyFile), cert: readFileSync(certFile) }
  }
  return { caFile: at('ca.pem'), ca: readFileSync(at('ca.pem')), sign }
}
