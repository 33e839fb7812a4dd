// Some functions of libh2o are replaced by ours when the program is loaded. A program that does not
// export ours says so at its start: libh2o would read requests in its own way.
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'

import { anywhere, scratch } from './lib/scenario.mjs'
import { binary } from './lib/server.mjs'
import { secret } from './lib/token.mjs'

const run = promisify(execFile)

// A copy of the program that exports ${name} under another name.
function without(t, name) {
  const program = binary('web')
  const sections = execFileSync('readelf', ['-SW', program], { encoding: 'utf8' })
  const [, at, size] = /\.dynstr\s+STRTAB\s+\w+\s+(\w+)\s+(\w+)/.exec(sections)
  const bytes = readFileSync(program)
  const names = bytes.subarray(parseInt(at, 16), parseInt(at, 16) + parseInt(size, 16))
  const found = names.indexOf(`\0${name}\0`)
  assert.ok(found >= 0, `the program exports ${name}`)
  names.write('X', found + 1) // the end may be that of another name, too
  const copy = path.join(scratch(t), 'bff-web')
  writeFileSync(copy, bytes, { mode: 0o755 })
  return copy
}

describe('a program that is linked wrongly', () => {
  for (const name of ['phr_parse_request', 'h2o_hpack_parse_headers', 'h2o_socket_close',
    'h2o_http2_conn_request_write']) {
    test(`says so, without ${name}`, async t => {
      const env = { ...process.env, JWT_SECRET: secret }
      await assert.rejects(run(without(t, name), ['--listen', anywhere], { env }), error => {
        assert.equal(error.code, 1)
        assert.match(error.stderr, new RegExp(`linked wrongly: libh2o uses its own ${name}`))
        assert.doesNotMatch(error.stdout, /"ready"/)
        return true
      })
    })
  }
})
