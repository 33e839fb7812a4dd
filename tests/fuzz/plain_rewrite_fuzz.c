/*
 * Reads any bytes as what a service sends: Location, Refresh or Set-Cookie. The first byte says as
 * which of them, and behind which route. Whatever comes out, a browser must not be sent to a host
 * that the value did not name, and no byte may be added that could split a head.
 */
#include "bff/base/check.h"
#include "bff/proxy/plain_rewrite.h"

#include <stdint.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define T(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct plain_rewrite_map owns[] = {{T("/users/"), T("/api/users/")},
                                                {T("/"), T("/live/")},
                                                {T("/app/"), T("/")},
                                                {T("/"), T("/")},
                                                {T("/one"), T("/two")}};
static const struct plain_rewrite_map others[] = {
    {T("/products/"), T("/api/products/")}, {T("/products"), T("/api/products")}, {T("/"), T("/")}};
static const struct text origins[] = {T("http://10.0.0.7:3000"), T("https://in.test")};
static const char *const names[] = {"location", "refresh", "set-cookie", "content-location"};

static size_t count_of(struct text text, char byte)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == byte;
    return count;
}

/* No host but the one of the value. */
static void check_url(struct text value, struct text got)
{
    if (got.at == value.at)
        return;
    must(got.len > 0 && got.at[0] == '/');
    must(got.len == 1 || (got.at[1] != '/' && got.at[1] != '\\'));
    must(memchr(got.at, '\\', got.len) == NULL);
}

static void check_bytes(struct text value, struct text got)
{
    static const char bytes[] = {'\r', '\n', '\0', '\t', ' ', ';', ','};

    for (size_t i = 0; i < COUNT(bytes); i++)
        must(count_of(got, bytes[i]) <= count_of(value, bytes[i]));
}

/* The name and the value of a cookie do not change, and it has as many attributes as before. */
static void check_cookie(struct text value, struct text got)
{
    struct text before = value, after = got;

    must(text_equal(text_cut(&before, ';'), text_cut(&after, ';')));
    must(count_of(value, ';') == count_of(got, ';'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plain_rewrite rewrite = {.locations = true,
                                    .cookies = true,
                                    .maps = others,
                                    .map_count = COUNT(others),
                                    .origins = origins,
                                    .origin_count = COUNT(origins)};

    if (size == 0)
        return 0;
    size_t name = data[0] % COUNT(names);
    struct text value = {(const char *)data + 1, size - 1};
    struct pool *pool = pool_new();
    rewrite.own = owns[data[0] / COUNT(names) % COUNT(owns)];
    struct text got = plain_rewrite(&rewrite, pool, text_of(names[name]), value);
    check_bytes(value, got);
    if (name == 2)
        check_cookie(value, got);
    else if (name != 1)
        check_url(value, got);
    pool_free(pool);
    return 0;
}
