// axe-core in a page of Chromium: what keeps people out of the page.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const source = readFileSync(path.join(root, 'build/peers/node_modules/axe-core/axe.min.js'), 'utf8')

// The violations of the page as it is now: texts with the rule, the elements and what is wrong. All
// rules of WCAG 2.2 A and AA, and of best practice.
export async function violations(browser) {
  if (!await browser.run('arguments[0](Boolean(window.axe))')) await browser.run(`${source}; arguments[0]()`)
  return browser.run(run)
}

const run = `
  const done = arguments[0]
  axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    done(violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ': ' + failureSummary))),
  error => done(['axe: ' + error]))`
