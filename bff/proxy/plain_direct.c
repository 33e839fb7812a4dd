/* See plain_direct.h. */
#include "bff/base/text_builder.h"

#include "bff/proxy/plain_direct.h"

bool plain_direct_may_be_in_url(char byte)
{
    return byte > ' ' && byte <= '~' && strchr("\"<>\\^`{|}#", byte) == NULL;
}

/* Adds ${text}, and encodes the bytes that are not allowed in a URL. */
static void add(struct text_builder *out, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        struct text one = {&text.at[i], 1};
        if (plain_direct_may_be_in_url(*one.at))
            text_builder_add(out, one);
        else
            text_builder_encoded(out, one);
    }
}

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
    if (text_ends(prefix, '/') && text_ends(direct->to, '/') && !has_query)
        add(&out, text_is(direct->to, "/") ? without_slashes(rest) : rest);
    if (query.at != NULL && !direct->drops_query) {
        text_builder_add(&out, has_query ? TEXT("&") : TEXT("?"));
        add(&out, query);
    }
    return text_builder_text(&out);
}
