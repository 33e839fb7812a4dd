// What cannot be run here, and why. An entry that nothing needs any more fails, too.

// Blocks, by their page and how they begin.
export const blocks = [
  { page: 'docs/design.md', begins: 'client ── client.c', why: 'a picture' },
  { page: 'docs/health.md', begins: 'livenessProbe:', why: 'Kubernetes reads it' },
]

// Commands, by how they begin.
export const commands = [
  { begins: './dev test', why: 'it runs this test' },
]

export const whyBlock = block =>
  blocks.find(({ page, begins }) => page === block.page && block.text.startsWith(begins))?.why
export const whyCommand = command =>
  commands.find(({ begins }) => command === begins || command.startsWith(`${begins} `))?.why
