/* See proxy_scope.h. A scope is a list of lines. No member of a route has a line end. */
#include "bff/base/text_builder.h"
#include "bff/proxy/proxy_scope.h"

/* An absent value differs from an empty one. */
static void put(struct text_builder *out, char kind, struct text name, struct text value)
{
    text_builder_add(out, (struct text){&kind, 1});
    text_builder_add(out, name);
    text_builder_add(out, value.at == NULL ? TEXT("\n") : TEXT("="));
    if (value.at == NULL)
        return;
    text_builder_add(out, value);
    text_builder_add(out, TEXT("\n"));
}

static void put_if(struct text_builder *out, char kind, struct text name)
{
    if (name.at != NULL)
        put(out, kind, name, (struct text){0});
}

static void put_fields(struct text_builder *out, char kind, const struct plain_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++)
        put(out, kind, fields->rows[i].name, fields->rows[i].value);
}

struct text proxy_scope(struct pool *pool, const struct plain_route *route)
{
    struct text_builder out;

    text_builder_init(&out, pool, 128);
    put(&out, 'p', route->path, route->to);
    put_if(&out, 'h', route->host);
    if (route->header.name.at != NULL)
        put(&out, 'f', route->header.name, route->header.value);
    put_fields(&out, 'q', &route->match.query);
    put_fields(&out, 'c', &route->match.cookie);
    put_fields(&out, 'r', &route->request);
    if (route->keeps_host)
        put_if(&out, 'k', TEXT(""));
    return text_builder_text(&out);
}
