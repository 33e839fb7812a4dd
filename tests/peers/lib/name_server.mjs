// A name server with one name, which has the addresses of a list.
import dgram from 'node:dgram'
import { once } from 'node:events'

const typeA = 1
const headLength = 12

// The end of the question: its name, its type and its class.
function questionEnd(query) {
  let at = headLength
  while (query[at] !== 0) at += query[at] + 1
  return at + 5
}

// One resource record: the name of the question, an address, for a second.
function record(address) {
  const head = Buffer.from([0xc0, headLength, 0, typeA, 0, 1, 0, 0, 0, 1, 0, 4])
  return Buffer.concat([head, Buffer.from(address.split('.').map(Number))])
}

function answerTo(query, addresses) {
  const end = questionEnd(query)
  const records = query.readUInt16BE(end - 4) === typeA ? addresses.map(record) : []
  const head = Buffer.alloc(headLength)
  query.copy(head, 0, 0, 2)
  head.writeUInt16BE(0x8180, 2) // a response, without an error
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(records.length, 6)
  return Buffer.concat([head, query.subarray(headLength, end), ...records])
}

// Answers every question with `addresses`: "host:port" of the name server.
export async function startNameServer(t, host, addresses) {
  const socket = dgram.createSocket('udp4')
  socket.on('message', (query, { port, address }) => socket.send(answerTo(query, addresses), port, address))
  socket.bind(0, host)
  await once(socket, 'listening')
  t.after(() => socket.close())
  return `${host}:${socket.address().port}`
}
