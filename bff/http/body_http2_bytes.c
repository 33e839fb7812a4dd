/* See body_http2_bytes.h. */
#include <string.h>

#include "bff/http/body_http2_bytes.h"

void body_http2_bytes_add(struct body_http2_bytes *all, const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return;
    if (all->waiting == NULL)
        h2o_buffer_init(&all->waiting, &h2o_socket_buffer_prototype);
    h2o_iovec_t to = h2o_buffer_reserve(&all->waiting, size);
    memcpy(to.base, bytes, size);
    all->waiting->size += size;
}

h2o_iovec_t body_http2_bytes_waiting(const struct body_http2_bytes *all)
{
    if (all->waiting == NULL)
        return (h2o_iovec_t){0};
    return h2o_iovec_init(all->waiting->bytes, all->waiting->size);
}

struct text body_http2_bytes_lend(struct body_http2_bytes *all)
{
    if (all->lent == NULL)
        all->lent = body_http2_bytes_take(all);
    if (all->lent == NULL)
        return (struct text){0};
    return (struct text){all->lent->bytes, all->lent->size};
}

h2o_buffer_t *body_http2_bytes_take(struct body_http2_bytes *all)
{
    h2o_buffer_t *bytes = all->waiting;

    all->waiting = NULL;
    return bytes;
}

static void drop(h2o_buffer_t **buffer)
{
    if (*buffer != NULL)
        h2o_buffer_dispose(buffer);
    *buffer = NULL;
}

void body_http2_bytes_drop_waiting(struct body_http2_bytes *all) { drop(&all->waiting); }

void body_http2_bytes_drop_lent(struct body_http2_bytes *all) { drop(&all->lent); }

void body_http2_bytes_drop(struct body_http2_bytes *all)
{
    drop(&all->waiting);
    drop(&all->lent);
}
