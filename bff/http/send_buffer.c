/* See send_buffer.h. */
#include <string.h>

#include "bff/base/memory.h"
#include "bff/http/send_buffer.h"

/* A buffer that has grown larger than this is freed after its bytes have been sent, if the next
 * bytes need less. */
#define KEPT_BYTES ((size_t)16 * 1024)

static void drop(struct send_buffer_half *half)
{
    memory_free(half->at);
    *half = (struct send_buffer_half){0};
}

void send_buffer_add(struct send_buffer *buffer, struct text bytes)
{
    struct send_buffer_half *next = &buffer->next;

    if (bytes.len == 0)
        return;
    if (next->len + bytes.len > next->capacity) {
        size_t capacity = next->capacity * 2;
        if (capacity < next->len + bytes.len)
            capacity = next->len + bytes.len;
        next->at = memory_grow(next->at, capacity);
        next->capacity = capacity;
    }
    memcpy(next->at + next->len, bytes.at, bytes.len);
    next->len += bytes.len;
}

struct text send_buffer_swap(struct send_buffer *buffer)
{
    struct send_buffer_half sent = buffer->sending;

    if (sent.capacity > KEPT_BYTES && buffer->next.len < KEPT_BYTES)
        drop(&sent);
    sent.len = 0;
    buffer->sending = buffer->next;
    buffer->next = sent;
    buffer->is_sending = true;
    return (struct text){buffer->sending.at, buffer->sending.len};
}

void send_buffer_free(struct send_buffer *buffer)
{
    drop(&buffer->sending);
    drop(&buffer->next);
}
