/* See proxy_mark.h. A mark has the status 0, which no response has. */
#include "bff/base/clock.h"
#include "bff/proxy/proxy_mark.h"

static struct cache_entry *make(const struct exchange_field *fields, size_t count, struct text path,
                                int64_t asked_ns)
{
    struct cache_entry *mark = cache_entry_new(
        &(struct cache_entry_parts){.fields = fields, .field_count = count, .path = path});

    mark->asked_ns = mark->born_ns = asked_ns;
    return mark;
}

struct cache_entry *proxy_mark_vary(struct text vary, struct text path, int64_t asked_ns)
{
    struct exchange_field field = {TEXT("vary"), vary};
    struct cache_entry *mark = make(&field, 1, path, asked_ns);

    mark->fresh_ns = mark->stale_ns = mark->failed_ns = INT64_MAX;
    return mark;
}

struct cache_entry *proxy_mark_unstored(struct text path, int64_t asked_ns, int64_t now_ns)
{
    struct cache_entry *mark = make(NULL, 0, path, asked_ns);

    mark->fresh_ns = mark->stale_ns = mark->failed_ns = now_ns + PROXY_MARK_UNSTORED_S * CLOCK_S;
    return mark;
}

bool proxy_mark_is(const struct cache_entry *entry) { return entry != NULL && entry->status == 0; }

struct text proxy_mark_names(const struct cache_entry *entry)
{
    return proxy_mark_is(entry) ? entry->vary : (struct text){0};
}
