// The program's own texts (--help and others), and how much it prints when the configuration file
// has a mistake in every line.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { configFile } from './lib/scenario.mjs'
import { command } from './lib/server.mjs'

for (const build of ['web', 'mobile']) {
  describe(`bff-${build}`, { concurrency: 2 }, () => {
    test('--help shows options, settings and variables, whatever stands beside it', async () => {
      const { code, stdout, stderr } = await command(build, ['--help', '--workers', 'none'])
      assert.equal(code, 0, stderr)
      assert.equal(stderr, '')
      assert.ok(stdout.startsWith(`Usage: bff-${build} [OPTION]...\n`), stdout)
      for (const told of ['--config', '--check', 'services.*.timeout.total', 'default: 3s',
        'trusted_proxies', 'rate_limits.*.window', 'routes.*.cache.ttl', 'redis.sentinels', 'admin.listen',
        'JWT_SECRET', 'REDIS_URL', 'USERS_URL', 'NOTIFICATIONS_URL']) {
        assert.ok(stdout.includes(told), told)
      }
    })

    test('--version shows its name and version', async () => {
      const { code, stdout, stderr } = await command(build, ['--version'])
      assert.equal(code, 0, stderr)
      assert.match(stdout, new RegExp(`^bff-${build} \\d+\\.\\d+\\.\\d+\n$`))
    })
  })
}

test('of very many mistakes the first hundred are shown', async t => {
  const file = configFile(t, Array.from({ length: 150 }, (_, i) => `x${i}: 1\n`).join(''))
  const { code, stdout, stderr } = await command('web', ['--config', file, '--check'])
  const lines = stderr.trimEnd().split('\n')

  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.equal(lines.length, 101)
  assert.ok(lines[99].startsWith(`${file}:100:1: x99: unknown setting`), lines[99])
  assert.match(lines[100], /only the first 100 are shown/)
})
