/* A worker's reader, as the files of the cache see it. */
#ifndef BFF_CACHE_CACHE_READER_H
#define BFF_CACHE_CACHE_READER_H

#include "bff/cache/cache.h"
#include "bff/cache/cache_places.h"
#include "bff/cache/cache_slot.h"

struct cache_reader {
    struct cache *cache;
    struct cache_place *place;
    struct bell *bell;
    struct bell_listener listener;
    h2o_linklist_t waits[CACHE_SLOT_GROUPS]; /* by the groups of their slots */
};

#endif
