// The container image and the systemd unit start the servers with options that the servers
// understand.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { command } from '../e2e/lib/server.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = name => readFileSync(path.join(root, name), 'utf8')

// The instructions of a stage of the Dockerfile, as [name, rest] each.
function stage(name) {
  const text = read('Dockerfile').replace(/^#.*\n/gm, '').replaceAll('\\\n', ' ')
  const [, own] = new RegExp(`^FROM .* AS ${name}\n((?:(?!FROM ).*\n)*)`, 'm').exec(text)
  return own.split('\n').filter(Boolean).map(line => /^(\w+) +(.*)$/.exec(line).slice(1))
}

const instruction = (name, what) => stage(name).find(([found]) => found === what)?.[1]

// The samples lie in the repository; elsewhere they are where they are put.
const here = (args, build) => args.map(
  arg => (arg === `/etc/bff/${build}.yaml` ? `composites/${build}/${build}.yaml` : arg))
  .map(arg => (arg.startsWith('composites/') ? path.join(root, arg) : arg))

async function assertUnderstood(args, build) {
  const { code, stdout, stderr } = await command(build, [...here(args, build), '--check'])
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.match(stdout, /the configuration is good/)
}

for (const build of ['web', 'mobile']) {
  describe(`the image of bff-${build}`, () => {
    const [program, ...args] = JSON.parse(instruction(build, 'ENTRYPOINT'))

    test('starts it with its configuration', async () => {
      assert.equal(program, `/usr/local/bin/bff-${build}`)
      assert.equal(instruction(build, 'COPY'), `composites/${build}/${build}.yaml /etc/bff/`)
      await assertUnderstood(args, build)
    })

    test('probes what it starts', () => {
      const [, probe] = /CMD (\[.*\])$/.exec(instruction(build, 'HEALTHCHECK'))
      assert.deepEqual(JSON.parse(probe), [program, ...args, '--probe'])
    })

    test('exposes the port that it listens on', () => {
      const [, port] = /^listen: \["http:\/\/0\.0\.0\.0:(\d+)"\]$/m.exec(
        read(`composites/${build}/${build}.yaml`))
      assert.equal(instruction(build, 'EXPOSE'), port)
    })
  })
}

test('no image runs as root', () => {
  assert.equal(instruction('runtime', 'USER'), '65532:65532')
  for (const name of ['mock', 'mobile', 'web']) {
    assert.equal(instruction(name, 'USER'), undefined)
    assert.match(read('Dockerfile'), new RegExp(`^FROM runtime AS ${name}$`, 'm'))
  }
})

test('the unit starts bff-web, and waits for its drain', async () => {
  const unit = read('docs/deploy/bff-web.service')
  const of = name => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)[1]
  const [program, ...args] = of('ExecStart').split(' ')
  assert.equal(program, '/usr/local/bin/bff-web')
  await assertUnderstood(args, 'web')
  assert.equal(of('Type'), 'notify')
  assert.ok(Number(of('TimeoutStopSec')) > 30)
})

test('the script that tries the images is one', () => {
  execFileSync('bash', ['-n', path.join(root, 'tests/build/image.sh')], { stdio: 'pipe' })
})
