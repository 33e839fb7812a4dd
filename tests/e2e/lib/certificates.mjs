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
keyUsage = critical, keyCertSign, cRLSign
[leaf]
basicConstraints = critical, CA:false
[ca]
default_ca = revoking
[revoking]
database = index.txt
default_md = sha256
default_crl_days = 2
`

const fresh = ['req', '-x509', '-nodes', '-days', '2', '-subj', '/CN=bff test']
const keys = {
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  rsa: ['-newkey', 'rsa:2048'],
}

// An authority that lives as long as the test, or as the file that imports `after` from node:test
// and gives { after }: { caFile, ca, sign, revoke }.
export function authority(t) {
  const directory = scratch(t)
  const at = name => path.join(directory, name)
  writeFileSync(at('openssl.cnf'), settings)
  const openssl = args => execFileSync('openssl', args, { stdio: 'pipe', cwd: directory })
  const make = (name, ...more) => openssl([...fresh, ...(more.includes('-newkey') ? [] : keys.ec),
    '-config', 'openssl.cnf', '-keyout', `${name}.key`, '-out', `${name}.pem`, ...more])
  make('ca', '-extensions', 'authority')
  let count = 0
  // A certificate for these names ("DNS:localhost", "IP:127.0.0.1"), signed by the authority or,
  // when `isOwn`, by itself: { key, cert, keyFile, certFile }. `type` is that of its key, ec or rsa,
  // and `subject` is "/CN=robot/O=Shop".
  const sign = (names, { isOwn = false, type = 'ec', subject = '/CN=bff test' } = {}) => {
    const name = `leaf${++count}`
    const signer = isOwn ? [] : ['-CA', 'ca.pem', '-CAkey', 'ca.key']
    const alternatives = names.length > 0 ? ['-addext', `subjectAltName=${names.join(',')}`] : []
    make(name, ...keys[type], ...signer, ...alternatives, '-subj', subject, '-utf8')
    const [keyFile, certFile] = [at(`${name}.key`), at(`${name}.pem`)]
    return { keyFile, certFile, key: readFileSync(keyFile), cert: readFileSync(certFile) }
  }
  // Writes a list of the revoked certificates; returns its file.
  const revoke = (...certFiles) => {
    const ca = ['ca', '-config', 'openssl.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key']
    writeFileSync(at('index.txt'), '')
    for (const file of certFiles) openssl([...ca, '-revoke', file])
    openssl([...ca, '-gencrl', '-out', 'crl.pem'])
    return at('crl.pem')
  }
  return { caFile: at('ca.pem'), ca: readFileSync(at('ca.pem')), sign, revoke }
}
