/*
 * Lines on their way from the one thread that writes them to the one that takes them, without a
 * lock: a ring of bytes. What is taken out at once begins where a line begins, or where the last
 * taking ended, and ends with a line.
 */
#ifndef BFF_BASE_LOG_RING_H
#define BFF_BASE_LOG_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

#define LOG_CACHE_LINE 64 /* apart, so that the two threads do not fight over one */

struct log_ring {
    char *bytes;
    size_t size;           /* a power of two */
    struct log_ring *next; /* log_writer.c's */

    char apart[LOG_CACHE_LINE];
    _Atomic size_t head; /* bytes ever put; the producer's */
    size_t known_tail;   /* the tail as the producer saw it last */
    _Atomic uint64_t dropped;

    char more_apart[LOG_CACHE_LINE];
    _Atomic size_t tail; /* bytes ever taken; the consumer's */
};

/* Makes a ring of ${size} bytes, a power of two. And its end, when neither side uses it any more.
 */
void log_ring_init(struct log_ring *ring, size_t size);
void log_ring_dispose(struct log_ring *ring);

/* Puts a whole line, its line feed included. False: no room; it is counted in dropped. */
bool log_ring_put(struct log_ring *ring, struct text line);

/* Bytes in it. */
size_t log_ring_used(const struct log_ring *ring);

/* What comes next and lies in one piece, at most ${most} bytes; and the taking of ${bytes}. */
struct text log_ring_peek(const struct log_ring *ring, size_t most);
void log_ring_take(struct log_ring *ring, size_t bytes);

#endif
