/* See log_ring.h. */
#include "bff/base/check.h"
#include "bff/base/log_ring.h"
#include "bff/base/memory.h"
#include "bff/base/tally.h"

void log_ring_init(struct log_ring *ring, size_t size)
{
    must(size > 0 && (size & (size - 1)) == 0);
    *ring = (struct log_ring){.bytes = memory_new(size), .size = size};
}

void log_ring_dispose(struct log_ring *ring) { memory_free(ring->bytes); }

/* Reads the consumer's cache line only if there is too little room according to the known tail. */
static bool has_room(struct log_ring *ring, size_t head, size_t bytes)
{
    if (bytes <= ring->size - (head - ring->known_tail))
        return true;
    ring->known_tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    return bytes <= ring->size - (head - ring->known_tail);
}

/* The store of the head is sequentially consistent, like the loads of log_writer_nudge. sleep_well
 * in log_writer.c explains the reason. */
bool log_ring_put(struct log_ring *ring, struct text line)
{
    size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    size_t at = head & (ring->size - 1), to_end = ring->size - at;

    if (!has_room(ring, head, line.len)) {
        atomic_fetch_add_explicit(&ring->dropped, 1, memory_order_relaxed);
        tally_add(TALLY_LOG_DROPPED);
        return false;
    }
    size_t first = line.len < to_end ? line.len : to_end;
    memcpy(ring->bytes + at, line.at, first);
    memcpy(ring->bytes, line.at + first, line.len - first);
    atomic_store(&ring->head, head + line.len);
    return true;
}

size_t log_ring_used(const struct log_ring *ring)
{
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);

    return atomic_load(&ring->head) - tail;
}

struct text log_ring_peek(const struct log_ring *ring, size_t most)
{
    size_t at = atomic_load_explicit(&ring->tail, memory_order_relaxed) & (ring->size - 1);
    size_t len = log_ring_used(ring);

    if (len > ring->size - at)
        len = ring->size - at;
    return (struct text){ring->bytes + at, len < most ? len : most};
}

void log_ring_take(struct log_ring *ring, size_t bytes)
{
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);

    must(bytes <= log_ring_used(ring));
    atomic_store_explicit(&ring->tail, tail + bytes, memory_order_release);
}
