/*
 * A ring buffer for lines between two threads, without a lock: one thread puts lines in, one takes
 * bytes out. All bytes in the ring together are always whole lines, apart from the beginning of a
 * line that was already taken.
 */
#ifndef BFF_BASE_LOG_RING_H
#define BFF_BASE_LOG_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

#define LOG_CACHE_LINE 64 /* bytes between what the two threads write, against false sharing */

struct log_ring {
    char *bytes;
    size_t size;           /* a power of two */
    struct log_ring *next; /* used by log_writer.c */

    char apart[LOG_CACHE_LINE];
    _Atomic size_t head; /* number of bytes that were ever put; written by the producer */
    size_t known_tail;   /* the tail when the producer read it last */
    _Atomic uint64_t dropped;

    char more_apart[LOG_CACHE_LINE];
    _Atomic size_t tail; /* number of bytes that were ever taken; written by the consumer */
};

/* Makes a ring of ${size} bytes, a power of two. */
void log_ring_init(struct log_ring *ring, size_t size);

/* Frees the memory of ${ring}. Neither thread may use the ring any more. */
void log_ring_dispose(struct log_ring *ring);

/* Puts a whole line with its line feed. Returns false and counts the line in ${dropped} if there is
 * no room. */
bool log_ring_put(struct log_ring *ring, struct text line);

/* Returns the number of bytes in the ring. */
size_t log_ring_used(const struct log_ring *ring);

/* Returns the next bytes that are in one piece, at most ${most}. They stay in the ring until
 * log_ring_take removes them. */
struct text log_ring_peek(const struct log_ring *ring, size_t most);

/* Removes ${bytes} bytes. */
void log_ring_take(struct log_ring *ring, size_t bytes);

#endif
