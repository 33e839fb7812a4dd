/* See head_http2_copy.h. */
#include "bff/http/head_http2_copy.h"

#define FEW_FIELDS 16 /* a head with fewer fields costs little in any case */

/* Longer strings are not copied: many heads may share them, since libh2o's table counts who uses a
 * string. That table has 4 KiB. */
#define SHARED_BYTES 4096

/* Of the strings that are copied. Names that are tokens of libh2o are constant. */
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

static void copy(h2o_req_t *h2o, struct sizes sizes)
{
    h2o_headers_t *headers = &h2o->headers;
    h2o_header_t *fields = h2o_mem_alloc_pool(&h2o->pool, whole(h2o, sizes));
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

void head_http2_copy(h2o_req_t *h2o)
{
    struct sizes sizes = measure(h2o);
    h2o_mem_pool_t decoded = h2o->pool;

    if (h2o->headers.size < FEW_FIELDS || sizes.strings > SHARED_BYTES)
        return;
    h2o_mem_init_pool(&h2o->pool);
    copy(h2o, sizes);
    h2o_mem_clear_pool(&decoded);
}
