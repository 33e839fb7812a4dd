/* See plain_path.h. */
#include "bff/base/check.h"
#include "bff/base/path_reading.h"
#include "bff/base/percent.h"
#include "bff/proxy/plain_path.h"

/* Writes one segment in its normal spelling to ${out}. Returns the end of the output, or NULL when
 * the segment is not encoded correctly. */
static char *spell(struct text segment, char *out)
{
    for (size_t i = 0; i < segment.len; i++) {
        char c = segment.at[i];
        if (c != '%') {
            *out++ = c;
            continue;
        }
        int high = segment.len - i > 2 ? percent_hex(segment.at[i + 1]) : -1;
        int low = high < 0 ? -1 : percent_hex(segment.at[i + 2]);
        if (low < 0)
            return NULL;
        i += 2;
        if (percent_is_unreserved(high * 16 + low)) {
            *out++ = (char)(high * 16 + low);
            continue;
        }
        *out++ = '%';
        *out++ = "0123456789ABCDEF"[high];
        *out++ = "0123456789ABCDEF"[low];
    }
    return out;
}

/* Goes one segment up: ${at} is after a '/', and the result is after the previous '/'. NULL when
 * ${at} is the root. */
static char *parent(char *start, char *at)
{
    if (at == start + 1)
        return NULL;
    for (at--; at[-1] != '/'; at--)
        ;
    return at;
}

/* The output always ends with a '/', so that the next segment, or nothing, can follow. */
int plain_path(struct pool *pool, struct text path, struct text *out)
{
    char *start = pool_take(pool, path.len + 1), *at = start;
    struct text rest = path;

    must(text_starts(path, TEXT("/")));
    text_cut(&rest, '/');
    *at++ = '/';
    while (rest.at != NULL) {
        struct text segment = text_cut(&rest, '/');
        char *end = spell(segment, at);
        if (end == NULL)
            return -1;
        struct text spelt = {at, (size_t)(end - at)};
        bool is_up = text_is(spelt, "..");
        if (is_up)
            at = parent(start, at);
        if (at == NULL)
            return -1;
        if (is_up || text_is(spelt, "."))
            continue;
        at = end;
        if (rest.at != NULL)
            *at++ = '/';
    }
    *out = (struct text){start, (size_t)(at - start)};
    return path_reading_of(pool, *out).has_dots ? -2 : 0;
}
