/* See cookie.h. */
#include "bff/base/memory.h"
#include "bff/http/cookie.h"

#define FIRST_BYTES 1024

static void reserve(struct cookie *cookie, size_t bytes)
{
    size_t capacity = cookie->capacity == 0 ? FIRST_BYTES : cookie->capacity;

    while (capacity < cookie->size + bytes)
        capacity *= 2;
    if (capacity == cookie->capacity)
        return;
    cookie->bytes = memory_grow(cookie->bytes, capacity);
    cookie->capacity = capacity;
}

void cookie_add(struct cookie *cookie, struct text piece)
{
    struct text own = text_trim(piece);

    if (own.len == 0)
        return;
    reserve(cookie, COOKIE_GAP + own.len);
    if (cookie->size > 0) {
        memcpy(cookie->bytes + cookie->size, "; ", COOKIE_GAP);
        cookie->size += COOKIE_GAP;
    }
    memcpy(cookie->bytes + cookie->size, own.at, own.len);
    cookie->size += own.len;
}

h2o_iovec_t cookie_value(const struct cookie *cookie, h2o_mem_pool_t *pool)
{
    return h2o_strdup(pool, cookie->size > 0 ? cookie->bytes : "", cookie->size);
}

void cookie_free(struct cookie *cookie)
{
    memory_free(cookie->bytes);
    *cookie = (struct cookie){0};
}

bool cookie_is(const h2o_header_t *field) { return field->name == &H2O_TOKEN_COOKIE->buf; }

struct text cookie_find(struct text field, struct text name)
{
    while (field.at != NULL) {
        struct text value = text_trim(text_cut(&field, ';'));
        struct text own = text_cut(&value, '=');
        if (value.at != NULL && text_equal(own, name))
            return value;
    }
    return (struct text){0};
}

static size_t count(const h2o_headers_t *headers)
{
    size_t found = 0;

    for (size_t i = 0; i < headers->size; i++)
        found += cookie_is(&headers->entries[i]);
    return found;
}

void cookie_join(h2o_req_t *h2o)
{
    h2o_headers_t *headers = &h2o->headers;
    h2o_header_t *first = NULL;
    struct cookie cookie = {0};
    size_t kept = 0;

    if (count(headers) < 2)
        return;
    for (size_t i = 0; i < headers->size; i++) {
        h2o_header_t *field = &headers->entries[i];
        if (cookie_is(field))
            cookie_add(&cookie, (struct text){field->value.base, field->value.len});
        if (cookie_is(field) && first != NULL)
            continue;
        headers->entries[kept] = *field;
        if (cookie_is(field))
            first = &headers->entries[kept];
        kept++;
    }
    headers->size = kept;
    first->value = cookie_value(&cookie, &h2o->pool);
    cookie_free(&cookie);
}
