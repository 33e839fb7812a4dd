'use strict'
// The three pages on Fastify and undici, bodies parsed and printed, a log line for each request.
//   PORT            where it listens
//   USERS_URL, ...  where the services are
const fastify = require('fastify')
const { Pool } = require('undici')

const { env } = process
const app = fastify({ logger: true, disableRequestLogging: true, keepAliveTimeout: 120_000 })

function service(name) {
  const pool = new Pool(env[`${name}_URL`], { connections: 128, keepAliveTimeout: 60_000 })
  return async path => {
    const { statusCode, body } = await pool.request({ path, method: 'GET' })
    if (statusCode >= 200 && statusCode < 300) return body.json()
    await body.dump()
    throw new Error(`${name} answered ${statusCode}`)
  }
}

const users = service('USERS')
const products = service('PRODUCTS')
const orders = service('ORDERS')
const reviews = service('REVIEWS')
const inventory = service('INVENTORY')
const recommendations = service('RECOMMENDATIONS')
const notifications = service('NOTIFICATIONS')

// One line a request, as the others write; by itself Fastify writes two.
app.addHook('onResponse', async (req, reply) => {
  req.log.info({ req, res: reply, responseTime: reply.elapsedTime }, 'request completed')
})

app.get('/api/dashboard/:userId', async req => {
  const id = req.params.userId
  const parts = await Promise.allSettled([
    users(`/users/${id}`),
    orders(`/orders?userId=${id}&limit=5`),
    recommendations(`/recommendations/${id}`),
    notifications(`/notifications/${id}?unread=true`),
  ])
  const value = (i, otherwise) => (parts[i].status === 'fulfilled' ? parts[i].value : otherwise)
  return {
    user: value(0, null),
    recentOrders: value(1, []),
    recommendations: value(2, []),
    unreadNotifications: value(3, []),
    loadedAt: new Date().toISOString(),
    partialFailure: parts.some(part => part.status === 'rejected'),
  }
})

app.get('/api/products/:id', async req => {
  const { id } = req.params
  const [product, ratings, stock] = await Promise.all([
    products(`/products/${id}`), reviews(`/reviews?productId=${id}`), inventory(`/inventory/${id}`),
  ])
  const sum = ratings.reduce((total, review) => total + review.rating, 0)
  return {
    id: product.id,
    name: product.name,
    price: product.price,
    description: product.description,
    averageRating: ratings.length ? (sum / ratings.length).toFixed(1) : 0,
    reviewCount: ratings.length,
    inStock: stock.quantity > 0,
    stockQuantity: stock.quantity,
    isOnSale: product.salePrice < product.price,
    savings: product.price - product.salePrice,
  }
})

app.get('/api/checkout/:orderId', async req => {
  const order = await orders(`/orders/${req.params.orderId}`)
  const ids = [...new Set(order.items.map(item => item.productId))]
  const [user, ...found] = await Promise.all([
    users(`/users/${order.userId}`), ...ids.map(id => products(`/products/${id}`)),
  ])
  const byId = new Map(ids.map((id, i) => [id, found[i]]))
  return {
    order,
    user,
    products: order.items.map(item => byId.get(item.productId)),
    loadedAt: new Date().toISOString(),
    partialFailure: false,
  }
})

app.listen({ port: Number(env.PORT), host: '127.0.0.1', backlog: 4096 })
