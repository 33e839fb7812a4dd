/*
 * Two buffers for bytes that go to a slow reader: one that is being sent, and one that gathers what
 * comes meanwhile. They swap when the first has been sent, so bytes are copied once and memory is
 * used again.
 */
#ifndef BFF_HTTP_SEND_BUFFER_H
#define BFF_HTTP_SEND_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

/* The source of the bytes is held back when more than this has gathered during a send. */
#define SEND_BUFFER_AHEAD_BYTES ((size_t)64 * 1024)

struct send_buffer_half {
    char *at;
    size_t len, capacity;
};

/* All zero: empty. */
struct send_buffer {
    struct send_buffer_half sending; /* borrowed by libh2o or by the socket while is_sending */
    struct send_buffer_half next;
    bool is_sending; /* set by send_buffer_swap; the user clears it when the bytes have been sent */
};

/* Adds a copy of ${bytes} to what is sent next. */
void send_buffer_add(struct send_buffer *buffer, struct text bytes);

/* True when so much has gathered during a send that the source should be held back. */
static inline bool send_buffer_is_full(const struct send_buffer *buffer)
{
    return buffer->is_sending && buffer->next.len >= SEND_BUFFER_AHEAD_BYTES;
}

/* Begins a send: returns what has gathered. It stays valid until the next swap. */
struct text send_buffer_swap(struct send_buffer *buffer);

/* Frees both buffers. Idempotent. */
void send_buffer_free(struct send_buffer *buffer);

#endif
