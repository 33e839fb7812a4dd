// The commands that cannot run here, and the reason for each. An entry that is not needed any more
// makes the test fail.

// Blocks, by their page and how they begin.
export const blocks = [
  { page: 'docs/api-keys.md', begins: '- { name: shop', why: 'a file of API keys, and no configuration' },
  { page: 'docs/design.md', begins: 'client ─ client.c', why: 'a picture' },
  { page: 'docs/design.md', begins: 'page or proxy ──', why: 'a picture' },
  { page: 'docs/design.md', begins: 'step_cache ──', why: 'a picture' },
  ...['import http from', 'import http.server'].map(begins => ({ page: 'docs/identity.md', begins,
    why: 'it needs a package; tests/peers/identity.test.mjs runs it' })),
  ...['GET /api/dashboard/:userId: userId=u1 has', '{"time":"2026-11-28T12:00:00.123Z","event":"over_budget"'].map(
    begins => ({ page: 'docs/budgets.md', begins, why: 'tests/e2e/budgets.test.mjs reads such lines' })),
  ...['import { setupServer }', 'import { handlers }'].map(begins => ({ page: 'docs/rehearsal.md', begins,
    why: 'it needs a package; tests/peers/rehearsal_msw.test.mjs serves the answers with it' })),
  { page: 'docs/rehearsal.md', begins: 'rehearsal/dashboard/ok.json: user.name',
    why: 'tests/e2e/rehearsal.test.mjs has a record of another type' },
  ...['{"order"', '{"members"', 'event: head', 'const answer ='].map(begins => ({
    page: 'docs/streaming.md', begins,
    why: 'messages of a stream; tests/e2e/streaming.test.mjs reads and merges them' })),
  ...['static const struct bff_part parts[] = {', 'static void cancel(', '{"error":"Failed to confirm',
    '{"time":"2026-03-01T10:15:02.417Z","event":"unresolved"'].map(begins => ({ page: 'docs/undo.md', begins,
    why: 'tests/e2e/changing_faults.test.mjs has such a page, and reads its answers and its log' })),
  ...['about: reviews are real', '{"about":"recorded', '{"recordings":[{"file"'].map(begins => ({ page: 'docs/recording.md', begins,
    why: 'there is no real service here; tests/e2e/recording.test.mjs has one' })),
  { page: 'docs/scenarios.md', begins: 'fixtures/scenarios/half-empty.yaml:12:',
    why: 'a mistake; tests/e2e/scenarios_files.test.mjs makes such ones' },
  { page: 'docs/performance.md', begins: './dev bench', why: 'it takes many minutes' },
  { page: 'docs/typescript.md', begins: '{"dependencies"', why: 'a part of a file of npm' },
  { page: 'docs/types.md', begins: '{\n  "$schema"', why: 'a schema, and no answer' },
  { page: 'docs/rate-limits.md', begins: "app.use('/api/', rateLimit(",
    why: 'a part of an Express program, like that of tests/peers/rate_limit_redis.test.mjs' },
]

// Commands, by how they begin; those of one page, with its name.
const deploying = 'docs/deploying.md'
const operating = 'docs/operating.md'
export const commands = [
  { begins: './dev test', why: 'it runs this test' },
  { begins: './dev watch', why: 'it runs until it is stopped; tests/e2e/watch.test.mjs runs it' },
  { begins: './dev verify', why: 'it builds; tests/e2e/verify.test.mjs runs its program' },
  ...['docker', 'buildah'].map(begins => ({ begins, page: deploying, why: 'no containers here' })),
  { begins: 'redis-cli', page: operating, why: 'no Redis here' },
  { begins: `grep '"event":"session_login_failed"' access.log`, page: operating,
    why: 'every login of the demo succeeds' },
  ...[`grep -o '"limit":"[^"]*"' access.log`, `grep '"status":429' access.log`].map(
    begins => ({ begins, page: operating, why: 'the demo refuses nothing' })),
  { begins: `curl -s http://127.0.0.1:9090/cache/purge -H "Authorization: Bearer $(cat admin.token)" ` +
    `-H 'Content-Type: application/json' -d '{"all":true}'`, page: operating,
    why: 'the page starts no server with admin pages' },
  { begins: 'curl -s --unix-socket', page: 'docs/admin.md', why: 'the page starts no server with a socket' },
  { begins: 'curl -s http://127.0.0.1:9090/revoke', page: 'docs/revocation.md',
    why: 'the page starts no server' },
  { begins: 'openssl s_client', page: 'docs/tls.md', why: 'the page starts no server' },
  { begins: 'kubectl', page: deploying, why: 'no Kubernetes here' },
  ...['apt-get', '(umask', 'install', 'systemd-run', 'systemctl'].map(
    begins => ({ begins, page: deploying, why: 'it changes the machine' })),
  { begins: `grep -o '"retried":"[^"]*"' access.log`, page: 'docs/logs.md',
    why: 'no service of the demo has two endpoints, so nothing is retried' },
  { begins: "curl -H 'X-Mock-Scenario: evening'", page: 'docs/recording.md', why: 'nothing is recorded here' },
  { begins: 'export JWT_SECRET=', page: deploying, why: 'for commands that are not run' },
]

export const whyBlock = block =>
  blocks.find(({ page, begins }) => page === block.page && block.text.startsWith(begins))?.why
export const whyCommand = command =>
  commands.find(({ begins }) => command === begins || command.startsWith(`${begins} `) ||
    (/[=(]/.test(begins) && command.startsWith(begins)))?.why
