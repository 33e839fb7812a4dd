/*
 * Run by a new Node: Express with express-rate-limit and rate-limit-redis, in the way of their
 * documentation. The argument is JSON: { redis, rules, store }, and a rule is
 * { name, path, prefix, windowMs, limit }. `store` is the package of the store. Prints its port.
 */
import { createRequire } from 'node:module'
import path from 'node:path'

const require = createRequire(path.join(process.env.PEERS, 'here.js'))
const express = require('express')
const { rateLimit } = require('express-rate-limit')
const { createClient } = require('@redis/client')
const { redis, rules, store } = JSON.parse(process.argv[2])
const { RedisStore } = require(store)

const client = createClient({ url: redis })
client.on('error', () => undefined) // the test may end Redis first
await client.connect()

const app = express()
app.set('trust proxy', 'loopback')
for (const { path: where, prefix, windowMs, limit } of rules) {
  app.use(where, rateLimit({
    windowMs, limit, ipv6Subnet: 64, standardHeaders: 'draft-6', legacyHeaders: false,
    message: { error: 'Too many requests from this IP, please try again later.' },
    store: new RedisStore({ prefix, sendCommand: (...words) => client.sendCommand(words) }),
  }))
}
app.use((req, res) => res.json({ id: '1' }))
const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
