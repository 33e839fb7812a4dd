/* See proxy_invalidate.h. */
#include "bff/cache/cache_field.h"
#include "bff/cache/cache_path.h"
#include "bff/cache/cache_policy.h"
#include "bff/proxy/proxy_invalidate.h"

static struct text path_of(struct text target) { return text_cut(&target, '?'); }

static void invalidate_path(struct cache *cache, const struct proxy_invalidate *request,
                            struct text path)
{
    cache_invalidate_path(cache, cache_path(request->pool, path));
}

static void invalidate_other(struct cache *cache, const struct proxy_invalidate *request,
                             struct text location)
{
    struct text other;

    if (location.at == NULL)
        return;
    other = cache_policy_other_path(request->pool, location, request->origin, request->path);
    if (other.at != NULL)
        invalidate_path(cache, request, path_of(other));
}

/* The path in the field ${name}, as the service wrote it and as clients see it. */
static void invalidate_field(struct cache *cache, const struct proxy_invalidate *request,
                             const struct exchange_head *head, const char *name)
{
    struct text location = cache_field_find(head->fields, head->field_count, name);
    struct text seen = location;

    if (location.at != NULL)
        seen = plain_rewrite(request->rewrite, request->pool, text_of(name), location);
    invalidate_other(cache, request, location);
    if (seen.at != location.at)
        invalidate_other(cache, request, seen);
}

void proxy_invalidate(struct cache *cache, const struct proxy_invalidate *request,
                      const struct exchange_head *head)
{
    struct text target = path_of(request->target);

    if (!cache_policy_invalidates(request->method, head->status))
        return;
    invalidate_path(cache, request, request->path);
    if (!text_equal(target, request->path))
        invalidate_path(cache, request, target);
    invalidate_field(cache, request, head, "location");
    invalidate_field(cache, request, head, "content-location");
}
