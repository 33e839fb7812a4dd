// Clients that send heads and bodies as no client should, from the head to the end of the connection.
import { describe, test } from 'node:test'

import { CONTINUATION, END_HEADERS, END_STREAM, HEADERS, SETTINGS, frame, goaways, preface, request }
  from './lib/http2_frames.mjs'
import { scenario } from './lib/scenario.mjs'
import { assertEnd } from './lib/server.mjs'
import { gate } from './lib/wait.mjs'

const where = '/api/users/u1'

describe('a head that goes on when a drain has said its last GOAWAY', { concurrency: 2 }, () => {
  for (const how of ['HTTP/2', 'an upgrade to h2c']) {
    test(`does not keep a worker, ${how}`, async t => {
      const door = gate()
      const scene = await scenario(t, 'web', { 'users /users/u1': { json: {}, until: door.opened } },
        { args: ['--workers', '1'], config: { login: 'off' } })
      const bare = await scene.bare()
      const begin = [Buffer.from(preface), frame(SETTINGS, 0, 0)]
      if (how === 'HTTP/2') {
        begin.push(frame(HEADERS, END_STREAM | END_HEADERS, 1, request(where)))
      } else {
        bare.socket.write(`GET ${where} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n` +
          'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n')
        await bare.until(/^HTTP\/1\.1 101 [^]*?\r\n\r\n/)
        bare.bytes = bare.bytes.subarray(bare.text().indexOf('\r\n\r\n') + 4)
      }
      const head = request(where)
      bare.socket.write(Buffer.concat([...begin,
        frame(HEADERS, END_STREAM, 3, head.subarray(0, 9))]))
      await scene.arrival('users')
      scene.server.child.kill('SIGTERM')
      await bare.until(goaways(bare, 2))
      bare.socket.write(frame(CONTINUATION, END_HEADERS, 3, head.subarray(9)))
      door.open()
      await assertEnd(scene.server)
    })
  }
})
