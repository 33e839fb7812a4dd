// Random numbers that are the same everywhere for the same seed.

// Returns a function whose results are at least 0 and less than 1 (mulberry32). Its `any` returns an
// item of a list.
export function random(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  next.any = list => list[Math.floor(next() * list.length)]
  return next
}
