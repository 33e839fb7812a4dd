/* See cache_path.h. */
#include <string.h>

#include "bff/base/percent.h"
#include "bff/cache/cache_path.h"

/* Returns the byte of the escape at the beginning of ${rest}; -1: there is none. */
static int escaped(struct text rest)
{
    if (rest.len < 3 || rest.at[0] != '%')
        return -1;
    int high = percent_hex(rest.at[1]), low = percent_hex(rest.at[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool is_plain(int byte) { return byte > ' ' && byte < 0x7f && strchr("%/?#", byte) == NULL; }

static char *put_escape(char *at, int byte)
{
    static const char digits[] = "0123456789ABCDEF";

    *at++ = '%';
    *at++ = digits[byte >> 4];
    *at++ = digits[byte & 15];
    return at;
}

size_t cache_path_write(char *out, struct text path)
{
    char *at = out;

    for (size_t i = 0; i < path.len; i++) {
        int byte = escaped((struct text){path.at + i, path.len - i});
        if (byte < 0) {
            *at++ = path.at[i];
            continue;
        }
        if (is_plain(byte))
            *at++ = (char)byte;
        else
            at = put_escape(at, byte);
        i += 2;
    }
    return (size_t)(at - out);
}

struct text cache_path(struct pool *pool, struct text path)
{
    if (path.len == 0 || memchr(path.at, '%', path.len) == NULL)
        return path;
    char *out = pool_take(pool, path.len);
    return (struct text){out, cache_path_write(out, path)};
}
