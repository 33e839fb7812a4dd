/*
 * A lock-free ring buffer for lines between two threads: the producer puts lines in, and the
 * consumer takes bytes out. The ring always contains whole lines, with one exception: the consumer
 * may already have taken the beginning of the first line.
 */
#ifndef BFF_BASE_LOG_RING_H
#define BFF_BASE_LOG_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

#define LOG_CACHE_LINE 64 /* bytes between members of different threads, against false sharing */

struct log_ring {
    char *bytes;
    size_t size;           /* a power of two */
    struct log_ring *next; /* used by log_writer.c */

    char apart[LOG_CACHE_LINE];
    _Atomic size_t head; /* number of bytes put in since the start; the producer writes it */
    size_t known_tail;   /* the value of ${tail} when the producer read it last */
    _Atomic uint64_t dropped;

    char more_apart[LOG_CACHE_LINE];
    _Atomic size_t tail; /* number of bytes taken out since the start; the consumer writes it */
};

/* Makes a ring of ${size} bytes, a power of two. */
void log_ring_init(struct log_ring *ring, size_t size);

/* Frees the memory of ${ring}. Neither thread may use the ring any more. */
void log_ring_dispose(struct log_ring *ring);

/* Puts a whole line with its line feed into the ring. If there is no room, the line is counted in
 * ${dropped} and the result is false. */
bool log_ring_put(struct log_ring *ring, struct text line);

/* Returns the number of bytes in the ring. */
size_t log_ring_used(const struct log_ring *ring);

/* Returns the next contiguous bytes, at most ${most}. They stay in the ring until log_ring_take
 * removes them. */
struct text log_ring_peek(const struct log_ring *ring, size_t most);

/* Removes the next ${bytes} bytes. */
void log_ring_take(struct log_ring *ring, size_t bytes);

#endif
