/* See cache.h and cache_reader.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_reader.h"
#include "bff/cache/cache_shared.h"
#include "bff/cache/cache_wait.h"

static void on_rung(struct bell_listener *listener)
{
    cache_wait_hear(H2O_STRUCT_FROM_MEMBER(struct cache_reader, listener, listener));
}

struct cache_reader *cache_reader_new(struct cache *cache, struct bell *bell)
{
    struct cache_reader *reader = memory_new(sizeof(*reader));

    reader->cache = cache;
    reader->bell = bell;
    reader->place = cache_places_take(&cache->places, bell);
    for (size_t i = 0; i < CACHE_SLOT_GROUPS; i++)
        h2o_linklist_init_anchor(&reader->waits[i]);
    reader->listener.rung = on_rung;
    bell_listen(bell, &reader->listener);
    return reader;
}

void cache_reader_free(struct cache_reader *reader)
{
    if (reader == NULL)
        return;
    for (size_t i = 0; i < CACHE_SLOT_GROUPS; i++)
        must(h2o_linklist_is_empty(&reader->waits[i]));
    bell_unlisten(&reader->listener);
    cache_places_give_back(reader->place);
    memory_free(reader);
}
