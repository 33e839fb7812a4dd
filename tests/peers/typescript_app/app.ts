// A small application on bff-web, written against the types that the server prints. The test calls
// its functions in a browser, and compiles it with --strict.
import type { Api, CheckoutParts, DashboardParts } from 'api'
import { ApiError, client, never, states } from 'bff-client'

const parameters = new URLSearchParams(location.search)
const api = client<Api>(parameters.get('api')!, { headers: { authorization: `Bearer ${parameters.get('token')}` } })
const faults = (mock: string) => ({ headers: { 'x-mock': mock } })

function userLine(user: DashboardParts['user']): string {
  switch (user.state) {
    case 'ok': return `user ${user.value.name}`
    case 'nothing': return 'no user'
    case 'status': return `the service said ${user.status}`
    case 'timeout': return 'too slow'
    case 'connect':
    case 'reset':
    case 'too_large':
    case 'bad_json':
    case 'bad_http':
    case 'breaker_open':
    case 'limited': return `failed: ${user.state}`
    default: return never(user)
  }
}

function ordersLine(orders: DashboardParts['recentOrders']): string {
  return orders.state === 'ok' ? `${orders.value.length} orders` : `orders: ${orders.state}, ${orders.value.length} shown`
}

type Item = Extract<CheckoutParts['products'], { state: 'ok' }>['items'][number]

function itemLine(item: Item): string {
  return item.state === 'ok' ? item.value.name : item.state === 'status' ? `status ${item.status}` : item.state
}

// Members with their types: the compiler checks that these are what they seem.
export async function dashboard(userId: string): Promise<string> {
  const page = await api.get('/api/dashboard/:userId', { userId })
  const email: string | undefined = page.user?.email
  return `${email}: ${page.recentOrders.map(order => order.id).join(' ')}`
}

export async function withStates(userId: string, mock: string): Promise<string[]> {
  const parts = states(await api.get('/api/dashboard/:userId', { userId }, faults(mock)))
  return [userLine(parts.user), ordersLine(parts.recentOrders)]
}

export async function items(orderId: string, mock: string): Promise<string[]> {
  const { products } = states(await api.get('/api/checkout/:orderId', { orderId }, faults(mock)))
  return products.state === 'ok' ? products.items.map(itemLine) : [products.state]
}

// A part that is not in the answer itself, and one whose members are members of the answer.
export async function product(id: string, mock: string): Promise<string[]> {
  const parts = states(await api.get('/api/products/:id', { id }, faults(mock)))
  return [parts.product.value.name, parts.reviews.state, parts.inventory.state]
}

export async function failure(orderId: string): Promise<string> {
  try {
    await api.get('/api/checkout/:orderId', { orderId })
    return 'no failure'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const body: Api['GET /api/checkout/:orderId']['failure'] = error.body
    return `${error.status} ${body.part} ${body.reason}`
  }
}

export async function aborted(userId: string): Promise<string> {
  const leaving = new AbortController()
  const page = api.get('/api/dashboard/:userId', { userId }, { signal: leaving.signal, ...faults('orders hang') })
  leaving.abort()
  return page.then(() => 'an answer', (error: Error) => error.name)
}

// What has come when the user has, whether the orders have, and the names of the whole answer.
export async function streamed(userId: string, mock: string): Promise<string[]> {
  const page = api.stream('/api/dashboard/:userId', { userId }, faults(mock))
  let isOver = false
  const orders = page.parts.recentOrders.finally(() => (isOver = true))
  const user = userLine(await page.parts.user)
  const unread = await page.members.unreadNotifications
  await new Promise(resolve => setTimeout(resolve))
  const when = isOver ? 'after the orders' : 'before the orders'
  const answer = await page.answer
  return [`${user}, ${unread.length} notifications, ${when}`, ordersLine(await orders), Object.keys(answer).join(' '),
    states(answer).recentOrders.state]
}

// An order is made once for each key.
export async function confirmed(orderId: string, key: string, mock: string): Promise<string[]> {
  try {
    const answer = await api.post('/api/checkout/:orderId/confirm', { orderId },
      { body: { paymentMethod: 'card' }, key, ...faults(mock) })
    return [answer.confirmed.id, states(answer).notified.state]
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const body: Api['POST /api/checkout/:orderId/confirm']['failure'] = error.body
    return [`${error.status}`, body.part, body.reason, body.undo?.reservation?.outcome ?? 'nothing to undo']
  }
}

declare global {
  var app: Record<string, (...given: string[]) => Promise<string | string[]>>
}
globalThis.app = { dashboard, withStates, items, product, failure, aborted, streamed, confirmed }
