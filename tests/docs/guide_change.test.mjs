// Follows the page about data that changes, as guide.test.mjs follows the first one.
import { after, describe } from 'node:test'

import { Clone } from './lib/clone.mjs'
import { pages } from './lib/pages.mjs'
import { walkPage } from './lib/walk.mjs'

describe('a first change', () => {
  const stage = new Clone('composites/web/order_again.c')
  after(() => stage.close())
  walkPage(pages['docs/first-change.md'], () => stage)
})
