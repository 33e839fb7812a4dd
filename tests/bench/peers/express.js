'use strict'
// The dashboard as an Express gateway has it: axios, a circuit breaker for each service, a rate
// limit, a log line for each request, and tokens when JWT_SECRET is set.
//   PORT            where it listens
//   USERS_URL, ...  where the services are
//   BARE=1          without breaker and limit
//   REDIS_URL       a limit that counts there, whatever BARE says
const http = require('node:http')
const axios = require('axios')
const express = require('express')
const jwt = require('jsonwebtoken')
const morgan = require('morgan')
const CircuitBreaker = require('opossum')
const { rateLimit } = require('express-rate-limit')

const { env } = process
const agent = new http.Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 256 })
const client = axios.create({ httpAgent: agent, proxy: false })

function service(name) {
  const ask = async path => (await client.get(env[`${name}_URL`] + path)).data
  if (env.BARE) return ask
  const breaker = new CircuitBreaker(ask, {
    timeout: 3000, errorThresholdPercentage: 50, resetTimeout: 10_000, volumeThreshold: 10,
  })
  return path => breaker.fire(path)
}

const users = service('USERS')
const orders = service('ORDERS')
const recommendations = service('RECOMMENDATIONS')
const notifications = service('NOTIFICATIONS')

function authenticate(req, res, next) {
  const token = req.headers.authorization?.split(' ')[1]
  if (!token) return res.status(401).json({ error: 'No token provided' })
  jwt.verify(token, env.JWT_SECRET, { algorithms: ['HS256'] }, (error, user) => {
    if (error) return res.status(403).json({ error: 'Invalid token' })
    req.user = user
    next()
  })
}

const app = express()
app.use(morgan('combined'))

// Loaded only when it is asked for.
function redisStore() {
  const Redis = require('ioredis')
  const { RedisStore } = require('rate-limit-redis')
  const redis = new Redis(env.REDIS_URL)
  return new RedisStore({ prefix: 'rate_limit:express:', sendCommand: (...words) => redis.call(...words) })
}

if (!env.BARE || env.REDIS_URL) {
  app.use('/api/', rateLimit({
    windowMs: 15 * 60_000, limit: 1e9, standardHeaders: true, legacyHeaders: false,
    ...env.REDIS_URL && { store: redisStore() },
  }))
}
if (env.JWT_SECRET) app.use('/api/', authenticate)

app.get('/api/dashboard/:userId', async (req, res) => {
  const id = req.params.userId
  const parts = await Promise.allSettled([
    users(`/users/${id}`),
    orders(`/orders?userId=${id}&limit=5`),
    recommendations(`/recommendations/${id}`),
    notifications(`/notifications/${id}?unread=true`),
  ])
  const value = (i, otherwise) => (parts[i].status === 'fulfilled' ? parts[i].value : otherwise)
  res.json({
    user: value(0, null),
    recentOrders: value(1, []),
    recommendations: value(2, []),
    unreadNotifications: value(3, []),
    loadedAt: new Date().toISOString(),
    partialFailure: parts.some(part => part.status === 'rejected'),
  })
})

app.listen(Number(env.PORT), '127.0.0.1')
