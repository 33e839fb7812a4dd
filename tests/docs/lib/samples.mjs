// Answers that the pages show without a command. They are made here by the real server.
import { eventually } from '../../e2e/lib/wait.mjs'

const at = (stage, port) => `http://127.0.0.1:${stage.ports.get(port)}`

// A server in front of services of which one is not there, once it knows.
async function withoutOrders(stage) {
  await stage.serve('', 'bff-mock', ' --data fixtures/data --port 3000')
  const urls = ['users', 'products', '', 'reviews', 'inventory', 'recommendations', 'notifications']
    .map((name, i) => name && `${name.toUpperCase()}_URL=${at(stage, 3000 + i)} `)
  const secret = 'JWT_SECRET=long-enough-for-a-secret-of-tokens '
  await stage.serve(`${secret}ORDERS_URL=http://127.0.0.1:9 ${urls.join('')}`, 'bff-web', '')
  await eventually(async () => {
    const { checks } = await (await fetch(`${at(stage, 8080)}/health`)).json()
    return Object.values(checks).every(([check]) => check.time !== undefined)
  }, 'an answer of every service')
}

// The whole page, but of the checks only those of two services.
async function health(stage) {
  await withoutOrders(stage)
  const text = await (await fetch(`${at(stage, 8080)}/health`)).text()
  const others = /"(?!users|orders)\w+":\[[^\]]*\],?/g
  return text.replace(others, '').replace(',}}', '}}')
}

async function healthOfOrders(stage) {
  await withoutOrders(stage)
  return (await fetch(`${at(stage, 8080)}/health/orders`)).text()
}

export const samples = {
  'docs/health.md': [
    { begins: '{"status":"warn"', make: health },
    { begins: '{"service":"orders"', make: healthOfOrders },
  ],
}
