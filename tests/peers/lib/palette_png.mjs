// Makes pictures of the screen small: a PNG with 8 bits for each point and at most 256 colours.
import { deflateSync, inflateSync } from 'node:zlib'

const signature = Buffer.from('89504e470d0a1a0a', 'hex')

function* chunksOf(png) {
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) }
    at += length + 12
  }
}

const paeth = (a, b, c) => {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

// The filters of PNG, by number: what a byte is predicted to be from left, above and above left.
const predicted = [() => 0, a => a, (a, b) => b, (a, b) => (a + b) >> 1, paeth]

// { width, height, step, points } of a picture with 8 bits for each of red, green, blue (and alpha).
function decode(png) {
  const chunks = [...chunksOf(png)]
  const head = chunks.find(({ type }) => type === 'IHDR').data
  const [width, height, step] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9] === 6 ? 4 : 3]
  const raw = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)))
  const line = width * step
  const points = Buffer.alloc(line * height)
  for (let y = 0; y < height; y++) {
    const predict = predicted[raw[y * (line + 1)]]
    for (let x = 0; x < line; x++) {
      const at = y * line + x
      const left = x >= step ? points[at - step] : 0
      const above = y > 0 ? points[at - line] : 0
      const corner = x >= step && y > 0 ? points[at - line - step] : 0
      points[at] = raw[y * (line + 1) + 1 + x] + predict(left, above, corner)
    }
  }
  return { width, height, step, points }
}

const distance = (a, b) => [16, 8, 0].reduce((sum, bits) => sum + (((a >> bits) & 255) - ((b >> bits) & 255)) ** 2, 0)

// The most frequent colours that differ, and for each colour the nearest of them.
function paletteOf(colours) {
  const counts = new Map()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const palette = []
  for (const [colour] of [...counts].sort((a, b) => b[1] - a[1]))
    if (palette.length < 256 && palette.every(one => distance(one, colour) > 100)) palette.push(colour)
  const nearest = colour => palette.reduce((best, one, i) => (distance(one, colour) < distance(palette[best], colour) ? i : best), 0)
  return { palette, places: new Map([...counts.keys()].map(colour => [colour, nearest(colour)])) }
}

function crc32(bytes) {
  let sum = ~0
  for (const byte of bytes) {
    sum ^= byte
    for (let i = 0; i < 8; i++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

export function smallPng(png) {
  const { width, height, step, points } = decode(png)
  const colours = Uint32Array.from({ length: width * height }, (_, i) => points.readUIntBE(i * step, 3))
  const { palette, places } = paletteOf(colours)
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const lines = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = places.get(colours[y * width + x])
  const table = Buffer.from(palette.flatMap(colour => [colour >> 16, (colour >> 8) & 255, colour & 255]))
  return Buffer.concat([signature, chunk('IHDR', head), chunk('PLTE', table), chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}
