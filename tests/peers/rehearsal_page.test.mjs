// The page of --rehearse in a browser: people of all kinds can read it, also on a phone.
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { scratch } from '../e2e/lib/scenario.mjs'
import { command, fixtures } from '../e2e/lib/server.mjs'
import { violations } from './lib/axe.mjs'
import { startViewer } from './lib/inspect.mjs'

test('axe finds nothing, in light and in dark, and only the table is wider than a phone', async t => {
  const out = scratch(t)
  const { code, stderr } = await command('web', ['--mock', fixtures, '--rehearse', 'dashboard', '--out', out])
  assert.equal(code, 0, stderr)
  const { open, size, scheme, value, ...browser } = await startViewer(t)
  await open(pathToFileURL(path.join(out, 'index.html')).href)
  for (const [width, colours] of [[1200, 'light'], [360, 'dark']]) {
    await size(width)
    await scheme(colours)
    assert.deepEqual(await violations(browser), [], `${width} ${colours}`)
    assert.ok(await value('document.documentElement.scrollWidth') <= width)
  }
  assert.equal(await value("document.querySelectorAll('tbody tr').length"), 48)
  assert.match(await value('getComputedStyle(document.documentElement).backgroundColor'), /^rgb\((\d\d?), \1, \1\)$/)
})
