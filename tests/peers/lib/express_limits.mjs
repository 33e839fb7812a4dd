// Express with express-rate-limit, as its manual shows it, for limits.test.mjs. Its one argument is a
// list of rules, { path, windowMs, limit }. It prints its port; and then, for each line of standard
// input, what ipKeyGenerator makes of the address in it.
import { createRequire } from 'node:module'
import readline from 'node:readline'

const require = createRequire(process.env.PEERS)
const express = require('express')
const { rateLimit, ipKeyGenerator } = require('express-rate-limit')

const error = 'Too many requests from this IP, please try again later.'
const app = express()

app.set('trust proxy', 'loopback')
for (const { path, ...options } of JSON.parse(process.argv[2])) {
  app.use(path, rateLimit({ ...options, standardHeaders: 'draft-6', legacyHeaders: false,
    ipv6Subnet: 64, message: { error } }))
}
for (const path of ['/api/users/:id', '/api/auth/:name']) app.all(path, (req, res) => res.json({}))
app.all('/api/dashboard/:id', (req, res) => res.sendStatus(405))
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))

for await (const address of readline.createInterface({ input: process.stdin })) {
  console.log(ipKeyGenerator(address, 64))
}
