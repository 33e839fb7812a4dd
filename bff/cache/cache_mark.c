/* See cache_mark.h. A mark has the status 0, which no response has. */
#include "bff/cache/cache_mark.h"

static struct cache_entry *make(const struct cache_entry_parts *parts, int64_t asked_ns,
                                int64_t until_ns)
{
    struct cache_entry *mark = cache_entry_new(parts);

    mark->asked_ns = mark->born_ns = asked_ns;
    mark->fresh_ns = mark->stale_ns = mark->failed_ns = until_ns;
    return mark;
}

struct cache_entry *cache_mark_vary(struct text vary, struct text path, int64_t asked_ns)
{
    struct exchange_field field = {TEXT("vary"), vary};

    return make(&(struct cache_entry_parts){.fields = &field, .field_count = 1, .path = path},
                asked_ns, INT64_MAX);
}

struct cache_entry *cache_mark_unstored(struct text path, int64_t asked_ns, int64_t until_ns)
{
    return make(&(struct cache_entry_parts){.path = path}, asked_ns, until_ns);
}

bool cache_mark_is(const struct cache_entry *entry) { return entry != NULL && entry->status == 0; }

struct text cache_mark_names(const struct cache_entry *entry)
{
    return cache_mark_is(entry) ? entry->vary : (struct text){0};
}
