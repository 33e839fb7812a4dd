/* See json_unescape.h. yajl decodes the string. It decodes lone surrogates wrongly, so they are
 * replaced before yajl gets the string. */
#include <string.h>

#include <yajl/yajl_parse.h>

#include "bff/base/check.h"
#include "bff/json/json_unescape.h"

#define ESCAPE_LEN 6 /* bytes of \uXXXX */

static unsigned hex_value(char digit)
{
    return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)((digit | 0x20) - 'a') + 10;
}

/* True when an escape for a code unit from ${first} to ${first} + 0x3ff is at ${at}. */
static bool is_surrogate(const char *at, const char *end, unsigned first)
{
    unsigned unit = 0;

    if (end - at < ESCAPE_LEN || at[0] != '\\' || at[1] != 'u')
        return false;
    for (int i = 2; i < ESCAPE_LEN; i++)
        unit = unit * 16 + hex_value(at[i]);
    return unit - first < 0x400;
}

static void mend_lone_surrogates(char *at, const char *end)
{
    while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
        bool is_high = is_surrogate(at, end, 0xd800);
        if (is_high && is_surrogate(at + ESCAPE_LEN, end, 0xdc00)) {
            at += (ptrdiff_t)2 * ESCAPE_LEN;
            continue;
        }
        if (is_high || is_surrogate(at, end, 0xdc00))
            memcpy(at, "\\ufffd", ESCAPE_LEN);
        at += 2; /* the backslash and the character after it, which may be a backslash */
    }
}

struct decoded {
    struct pool *pool;
    struct text text;
};

static int on_string(void *context, const unsigned char *bytes, size_t len)
{
    struct decoded *decoded = context;

    decoded->text = pool_text(decoded->pool, (struct text){(const char *)bytes, len});
    return 1;
}

struct text json_unescape(struct text inside, struct pool *pool)
{
    static const yajl_callbacks callbacks = {.yajl_string = on_string};
    struct decoded decoded = {.pool = pool};
    char *quoted = pool_take(pool, inside.len + 2);

    quoted[0] = quoted[inside.len + 1] = '"';
    memcpy(quoted + 1, inside.at, inside.len);
    mend_lone_surrogates(quoted + 1, quoted + 1 + inside.len);

    yajl_handle parser = yajl_alloc(&callbacks, NULL, &decoded);
    must(parser != NULL);
    yajl_status status = yajl_parse(parser, (const unsigned char *)quoted, inside.len + 2);
    yajl_free(parser);
    must(status == yajl_status_ok && decoded.text.at != NULL);
    return decoded.text;
}
