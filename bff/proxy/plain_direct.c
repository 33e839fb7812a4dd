/* See plain_direct.h. */
#include "bff/base/text_builder.h"

#include "bff/proxy/plain_direct.h"

/* Adds ${text}, and encodes the bytes that are not allowed in a URL, but not '%'. */
static void add(struct text_builder *out, struct text text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        char encoded[] = {'%', digits[byte >> 4], digits[byte & 15]};
        if (byte <= ' ' || byte >= 0x7f || memchr("\"<>\\^`{|}#", byte, 10) != NULL)
            text_builder_add(out, (struct text){encoded, sizeof(encoded)});
        else
            text_builder_add(out, (struct text){&text.at[i], 1});
    }
}

static bool ends_open(struct text text) { return text.len > 0 && text.at[text.len - 1] == '/'; }

/* After a path that is "/" alone, slashes would begin the name of a server. */
static struct text without_slashes(struct text rest)
{
    while (rest.len > 0 && (rest.at[0] == '/' || rest.at[0] == '\\')) {
        rest.at++;
        rest.len--;
    }
    return rest;
}

struct text plain_direct_location(struct pool *pool, const struct plain_direct *direct,
                                  struct text prefix, struct text path, struct text query)
{
    struct text rest = {path.at + prefix.len, path.len - prefix.len};
    bool has_query = memchr(direct->to.at, '?', direct->to.len) != NULL;
    struct text_builder out;

    text_builder_init(&out, pool, direct->to.len + path.len + query.len + 1);
    text_builder_add(&out, direct->to);
    if (ends_open(prefix) && ends_open(direct->to) && !has_query)
        add(&out, text_is(direct->to, "/") ? without_slashes(rest) : rest);
    if (query.at != NULL && !direct->drops_query) {
        text_builder_add(&out, has_query ? TEXT("&") : TEXT("?"));
        add(&out, query);
    }
    return text_builder_text(&out);
}
