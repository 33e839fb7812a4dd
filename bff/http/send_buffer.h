/*
 * Two buffers for bytes that go to a slow reader. The bytes of one buffer are being sent, while the
 * other buffer collects the next bytes. When the first buffer has been sent, the buffers are
 * swapped. So bytes are copied only once, and the memory is used again.
 */
#ifndef BFF_HTTP_SEND_BUFFER_H
#define BFF_HTTP_SEND_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

/* The source of the bytes must pause when this many bytes have been collected during a send. */
#define SEND_BUFFER_AHEAD_BYTES ((size_t)64 * 1024)

struct send_buffer_half {
    char *at;
    size_t len, capacity;
};

/* A buffer that is all zero is empty. */
struct send_buffer {
    struct send_buffer_half sending; /* libh2o or the socket uses it while is_sending is true */
    struct send_buffer_half next;
    bool is_sending; /* set by send_buffer_swap; the user clears it when the bytes have been sent */
};

/* Adds a copy of ${bytes} to the bytes that are sent next. */
void send_buffer_add(struct send_buffer *buffer, struct text bytes);

/* True when so many bytes have been collected during a send that the source should pause. */
static inline bool send_buffer_is_full(const struct send_buffer *buffer)
{
    return buffer->is_sending && buffer->next.len >= SEND_BUFFER_AHEAD_BYTES;
}

/* Begins a send: returns the collected bytes. They stay valid until the next swap. */
struct text send_buffer_swap(struct send_buffer *buffer);

/* Frees both buffers. Idempotent. */
void send_buffer_free(struct send_buffer *buffer);

#endif
