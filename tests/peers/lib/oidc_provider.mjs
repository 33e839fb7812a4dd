/*
 * Run by a new Node: oidc-provider, as its documentation shows it, with its own pages for the login.
 * The argument is JSON: { port, client, lifetime }. Prints one line when it listens, and one for each
 * token that it issues: { "grant", "tokens" }.
 */
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const { port, client, lifetime } = JSON.parse(process.argv[2])
const at = path.join(process.env.PEERS, 'oidc-provider/lib/index.js')
const { Provider } = await import(pathToFileURL(at).href)

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client],
  cookies: { keys: ['a key of the tests'] },
  features: {
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
  },
  issueRefreshToken: async (ctx, one) => one.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: () => true,
  pkce: { required: () => true },
  ttl: { AccessToken: lifetime },
  // Its own function refuses addresses of this machine.
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
})
const print = value => process.stdout.write(`${JSON.stringify(value)}\n`)
provider.on('grant.success', ctx => {
  const { access_token: access, refresh_token: refresh, id_token: id } = ctx.body
  print({ grant: ctx.oidc.params.grant_type, tokens: [access, refresh, id] })
})
provider.on('server_error', (ctx, error) => console.error(error))
provider.on('backchannel.error', (ctx, error) => console.error(error))
provider.listen(port, '127.0.0.1', () => print({ listens: true }))
