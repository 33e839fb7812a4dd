/* See head_http2_held.h. */
#include "bff/base/pool.h"
#include "bff/http/client.h"
#include "bff/http/head_http2_held.h"

#define SMALL_BYTES 2048 /* a copy of up to this size lies in the request's pool */

/* Longer strings are not copied: many heads may share them, since libh2o's table counts who uses a
 * string. That table has 4 KiB. */
#define SHARED_BYTES 4096

struct head_http2_held {
    h2o_linklist_t link; /* in client->heads, until it is asked for */
    const h2o_req_t *h2o;
    h2o_mem_pool_t pool;
};

/* Copying. Tokens of libh2o are constant, so names that are tokens are not copied. */

struct sizes {
    size_t names, strings;
};

static struct sizes measure(const h2o_req_t *h2o)
{
    struct sizes sizes = {0,
                          h2o->input.method.len + h2o->input.path.len + h2o->input.authority.len};

    for (size_t i = 0; i < h2o->headers.size; i++) {
        const h2o_header_t *field = &h2o->headers.entries[i];
        sizes.strings += field->value.len;
        if (h2o_iovec_is_token(field->name))
            continue;
        sizes.names++;
        sizes.strings += field->name->len;
    }
    return sizes;
}

static size_t whole(const h2o_req_t *h2o, struct sizes sizes)
{
    return h2o->headers.size * sizeof(h2o_header_t) + sizes.names * sizeof(h2o_iovec_t) +
           sizes.strings;
}

static void copy_string(h2o_iovec_t *string, char **to)
{
    if (string->base == NULL)
        return;
    if (string->len > 0)
        memcpy(*to, string->base, string->len);
    string->base = *to;
    *to += string->len;
}

static void copy_field(h2o_header_t *field, h2o_iovec_t **names, char **strings)
{
    copy_string(&field->value, strings);
    if (h2o_iovec_is_token(field->name))
        return;
    **names = *field->name;
    copy_string(*names, strings);
    field->name = (*names)++;
}

static void copy(h2o_req_t *h2o, struct sizes sizes, h2o_mem_pool_t *pool)
{
    h2o_headers_t *headers = &h2o->headers;
    h2o_header_t *fields = h2o_mem_alloc_pool(pool, whole(h2o, sizes));
    h2o_iovec_t *names = (h2o_iovec_t *)(fields + headers->size);
    char *strings = (char *)(names + sizes.names);

    if (headers->size > 0)
        memcpy(fields, headers->entries, headers->size * sizeof(*fields));
    headers->entries = fields;
    headers->capacity = headers->size;
    for (size_t i = 0; i < headers->size; i++)
        copy_field(&fields[i], &names, &strings);
    copy_string(&h2o->input.method, &strings);
    copy_string(&h2o->input.path, &strings);
    copy_string(&h2o->input.authority, &strings);
}

/* Holding. */

static void forget(struct head_http2_held *held)
{
    if (h2o_linklist_is_linked(&held->link))
        h2o_linklist_unlink(&held->link);
}

static void dispose(void *object)
{
    struct head_http2_held *held = object;

    forget(held);
    h2o_mem_clear_pool(&held->pool);
}

static struct head_http2_held *hold(h2o_req_t *h2o)
{
    struct head_http2_held *held =
        pool_shared(pool_of(&h2o->pool), sizeof(struct head_http2_held), dispose);

    held->h2o = h2o;
    h2o_mem_init_pool(&held->pool);
    h2o_linklist_insert(&client_of(h2o)->heads, &held->link);
    return held;
}

void head_http2_held_begin(h2o_req_t *h2o)
{
    struct sizes sizes = measure(h2o);
    h2o_mem_pool_t decoded = h2o->pool;

    h2o_mem_init_pool(&h2o->pool);
    if (whole(h2o, sizes) <= SMALL_BYTES) {
        copy(h2o, sizes, &h2o->pool);
    } else if (sizes.strings <= SHARED_BYTES) {
        copy(h2o, sizes, &hold(h2o)->pool);
    } else {
        hold(h2o)->pool = decoded;
        return;
    }
    h2o_mem_clear_pool(&decoded);
}

struct head_http2_held *head_http2_held_of(h2o_req_t *h2o)
{
    h2o_linklist_t *heads = &client_of(h2o)->heads;

    for (h2o_linklist_t *at = heads->next; at != heads; at = at->next) {
        struct head_http2_held *held = H2O_STRUCT_FROM_MEMBER(struct head_http2_held, link, at);
        if (held->h2o != h2o)
            continue;
        forget(held);
        return held;
    }
    return NULL;
}

void head_http2_held_free(struct head_http2_held *held)
{
    if (held != NULL)
        h2o_mem_clear_pool(&held->pool);
}
