// Reads what this server exports, with the decoder that protobufjs has generated from OpenTelemetry's
// proto files.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../../build/peers/', import.meta.url))
const load = () => require('@opentelemetry/otlp-transformer/build/src/generated/root.js')
const hex = bytes => Buffer.from(bytes).toString('hex')
const number = value => BigInt(value.toString())

function valueOf(value) {
  if (value.stringValue !== null && value.stringValue !== undefined) return value.stringValue
  if (value.boolValue !== null && value.boolValue !== undefined) return value.boolValue
  return Number(value.intValue)
}

const attributesOf = list => Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]))

const spanOf = span => ({
  trace: hex(span.traceId), id: hex(span.spanId), parent: hex(span.parentSpanId ?? []) || undefined,
  name: span.name, kind: span.kind, flags: span.flags, isFailed: span.status?.code === 2,
  begin: number(span.startTimeUnixNano), end: number(span.endTimeUnixNano),
  attributes: attributesOf(span.attributes),
  events: span.events.map(({ name, timeUnixNano }) => ({ name, at: number(timeUnixNano) })),
})

/*
 * The resource and the spans of an export. The decoder passes over fields that it does not know. So
 * what it has read is written again, and must be the same bytes: there was nothing else.
 */
export function decode(body) {
  const { ExportTraceServiceRequest } = load().opentelemetry.proto.collector.trace.v1
  const message = ExportTraceServiceRequest.decode(body)
  assert.deepEqual(Buffer.from(ExportTraceServiceRequest.encode(message).finish()), body)
  assert.equal(message.resourceSpans.length, 1)
  const [{ resource, scopeSpans: [scope, ...more] }] = message.resourceSpans
  assert.deepEqual(more, [])
  return { resource: attributesOf(resource.attributes), scope: scope.scope.name,
    spans: scope.spans.map(spanOf) }
}
