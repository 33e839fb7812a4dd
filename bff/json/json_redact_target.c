/* Secrets in the target of a request. See json_redact.h. */
#include "bff/base/percent.h"
#include "bff/base/text_builder.h"
#include "bff/json/json_redact.h"

/* Prints ${text}, of which ${decoded} is the meaning: as it is, or nothing of it but the word. */
static void put(const struct json_redact *redact, struct text text, struct text decoded,
                struct text_builder *out)
{
    struct text shown = json_redact_text(redact, decoded, out->pool);

    if (shown.at == decoded.at)
        text_builder_add(out, text);
    else
        text_builder_add(out, TEXT(JSON_REDACT_WORD));
}

static struct text decode(struct text text, struct pool *pool)
{
    struct text decoded;

    return percent_decode_form(pool, text, &decoded) == 0 ? decoded : text;
}

static void put_path(const struct json_redact *redact, struct text path, struct text_builder *out)
{
    for (bool is_first = true; path.at != NULL; is_first = false) {
        struct text segment = text_cut(&path, '/');
        if (!is_first)
            text_builder_add(out, TEXT("/"));
        put(redact, segment, decode(segment, out->pool), out);
    }
}

static void put_pair(const struct json_redact *redact, struct text pair, struct text_builder *out)
{
    struct text value = pair, name = text_cut(&value, '=');
    struct text plain = decode(name, out->pool);

    put(redact, name, plain, out);
    if (value.at == NULL)
        return;
    text_builder_add(out, TEXT("="));
    if (value.len > 0 && json_redact_has(redact, plain))
        text_builder_add(out, TEXT(JSON_REDACT_WORD));
    else
        put(redact, value, decode(value, out->pool), out);
}

static void put_query(const struct json_redact *redact, struct text query, struct text_builder *out)
{
    for (bool is_first = true; query.at != NULL; is_first = false) {
        if (!is_first)
            text_builder_add(out, TEXT("&"));
        put_pair(redact, text_cut(&query, '&'), out);
    }
}

struct text json_redact_path(const struct json_redact *redact, struct text path, struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, path.len + 1);
    put_path(redact, path, &out);
    return text_builder_text(&out);
}

struct text json_redact_query(const struct json_redact *redact, struct text query,
                              struct pool *pool)
{
    struct text_builder out;

    if (query.at == NULL)
        return query;
    text_builder_init(&out, pool, query.len + 1);
    put_query(redact, query, &out);
    return text_builder_text(&out);
}

struct text json_redact_target(const struct json_redact *redact, struct text target,
                               struct pool *pool)
{
    struct text query = target, path = text_cut(&query, '?');
    struct text_builder out;

    text_builder_init(&out, pool, target.len + 1);
    put_path(redact, path, &out);
    if (query.at != NULL) {
        text_builder_add(&out, TEXT("?"));
        put_query(redact, query, &out);
    }
    return text_builder_text(&out);
}
