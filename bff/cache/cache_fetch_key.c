/* See cache_fetch_key.h. */
#include "bff/base/text_builder.h"
#include "bff/cache/cache_fetch_key.h"
#include "bff/cache/cache_key.h"

enum line {
    LINE_PLAIN,
    LINE_ID,         /* of the request or its trace: no answer depends on it */
    LINE_CREDENTIAL, /* of the client, passed on by ask_pass_header */
};

/* Names are in lower case, because page.c and ask.c write them so. */
static enum line kind_of(struct text name)
{
    static const struct {
        struct text name;
        enum line kind;
    } kinds[] = {
        {{"x-request-id", 12}, LINE_ID},
        {{"tracestate", 10}, LINE_ID},
        {{"authorization", 13}, LINE_CREDENTIAL},
        {{"cookie", 6}, LINE_CREDENTIAL},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (text_equal(name, kinds[i].name))
            return kinds[i].kind;
    return LINE_PLAIN;
}

/* Cuts the next line, with its CRLF. ${*kind} is set. */
static struct text next_line(struct text *rest, enum line *kind)
{
    struct text line = text_cut(rest, '\n'), name = line;

    *kind = kind_of(text_cut(&name, ':'));
    return (struct text){line.at, line.len + 1};
}

/* Adds the lines that distinguish answers. Returns false when the call cannot be cached. */
static bool add_lines(struct text_builder *out, struct text lines, bool is_shared)
{
    while (lines.len > 0) {
        enum line kind;
        struct text line = next_line(&lines, &kind);
        if (kind == LINE_CREDENTIAL && is_shared)
            return false;
        if (kind != LINE_ID)
            text_builder_add(out, line);
    }
    return true;
}

/* The scope of a key. An answer that was accepted with other limits is another one. */
static struct text scope_of(struct pool *pool, const struct fetch_ask *ask)
{
    struct text_builder out;

    text_builder_init(&out, pool, 64);
    text_builder_add(&out, TEXT("part"));
    text_builder_size(&out, ask->body_limit);
    text_builder_add(&out, TEXT("/"));
    text_builder_size(&out, ask->depth_limit);
    return text_builder_text(&out);
}

struct text cache_fetch_key(struct pool *pool, const struct fetch_ask *ask,
                            const struct cache_rule *rule)
{
    struct text_builder lines;
    struct cache_key_parts parts = {
        .scope = scope_of(pool, ask),
        .service = text_of(ask->service->name),
        .target = ask->target,
        .is_shared = rule->is_shared,
    };

    text_builder_init(&lines, pool, ask->headers.len);
    if (!add_lines(&lines, ask->headers, rule->is_shared))
        return (struct text){0};
    parts.vary = text_builder_text(&lines);
    parts.user = ask->caller_key;
    return cache_key_text(pool, &parts);
}
