// Compares what a page shows with what really comes. The two must be equal except for times, ids,
// tokens and ports, which differ each time.
import assert from 'node:assert/strict'

const volatile = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'TIME'],
  [/(\bdur=|"(?:ms|duration_ms|observedValue|firstByteMs)": ?)\d+(\.\d+)?/g, '$1N'],
  [/("(?:requestId|trace)": ?")[^"]*"/g, '$1ID"'],
  [/("id": ?")(?:[0-9a-f]{8,}|…)"/g, '$1ID"'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'TOKEN'],
  [/("config_sha256": ?")(?:[0-9a-f]{64}|…)"/g, '$1HASH"'],
  [/("refreshToken": ?")[^"]*"/g, '$1TOKEN"'],
  [/\b(127\.0\.0\.1|0\.0\.0\.0|localhost):\d+/g, 'ADDRESS'],
  [/[‘’]/g, "'"],
  [/^(date|x-request-id|traceparent|etag|last-modified): .*$/gim, '$1: …'],
]

export const settled = text =>
  volatile.reduce((out, [pattern, to]) => out.replace(pattern, to), text)

// JSON without the white space between its tokens: numbers keep their digits.
const compact = text => text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string) => string ?? '')

// The body of what curl printed, with or without -i.
const bodyOf = output =>
  (/^HTTP\//.test(output) ? output.slice(output.indexOf('\r\n\r\n') + 4) : output)

/*
 * A block of JSON is the whole answer; one that begins within an object is found in it. What is
 * whole must be JSON.
 */
export function assertJson(block, output) {
  const want = compact(settled(block.text))
  const got = compact(settled(bodyOf(output)))
  if (!/^[{[]/.test(want)) {
    assert.ok(got.includes(want), `${block.title}: the answer has no\n${want}\nin\n${got}`)
    return
  }
  JSON.parse(block.text)
  assert.equal(got, want, block.title)
}

const linesOf = text => settled(text).replaceAll('\r', '').split('\n').map(line => line.trimEnd())

// A block of text is all that came, line by line; a line "…" stands for any others.
export function assertText(block, output) {
  const got = linesOf(output.replace(/\n*$/, ''))
  const want = linesOf(block.text.replace(/\n*$/, ''))
  if (!want.includes('…')) {
    assert.deepEqual(got, want, `${block.title}: shown is not what came`)
    return
  }
  let at = 0
  for (const line of want.filter(each => each !== '…')) {
    const found = got.indexOf(line, at)
    assert.ok(found >= 0, `${block.title}: not there, or not in this place: ${line}\n${output}`)
    at = found + 1
  }
}
