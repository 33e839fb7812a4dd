/* See cache_key.h. */
#include "bff/base/text_builder.h"
#include "bff/cache/cache_key.h"

/* ${name} ends with a letter, and the length follows. So the end of each is known. */
static void add(struct text_builder *out, const char *name, struct text value)
{
    if (value.at == NULL)
        return;
    text_builder_add(out, text_of(name));
    text_builder_size(out, value.len);
    text_builder_add(out, TEXT(":"));
    text_builder_add(out, value);
}

static void add_asker(struct text_builder *out, const struct cache_key_parts *parts)
{
    if (parts->user.at != NULL) {
        add(out, "user", parts->user);
        add(out, "roles", parts->roles);
    } else {
        add(out, "caller", parts->caller);
        add(out, "authorization", parts->authorization);
        add(out, "cookie", parts->cookie);
    }
}

struct text cache_key_text(struct pool *pool, const struct cache_key_parts *parts)
{
    struct text_builder out;

    text_builder_init(&out, pool, 256);
    add(&out, "scope", parts->scope);
    add(&out, "service", parts->service);
    add(&out, "origin", parts->origin);
    add(&out, "host", parts->host);
    add(&out, "target", parts->target);
    add(&out, "vary", parts->vary);
    if (parts->is_shared)
        add(&out, "shared", TEXT(""));
    else
        add_asker(&out, parts);
    return text_builder_text(&out);
}

struct text cache_key_variant(struct pool *pool, struct text key, struct text vary)
{
    struct text_builder out;

    text_builder_init(&out, pool, key.len + vary.len + 32);
    text_builder_add(&out, key);
    add(&out, "variant", vary);
    return text_builder_text(&out);
}
