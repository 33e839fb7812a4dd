/* The cache of the process, as its files see it: what all workers share. */
#ifndef BFF_CACHE_CACHE_SHARED_H
#define BFF_CACHE_CACHE_SHARED_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/secret_hash.h"
#include "bff/cache/cache_places.h"
#include "bff/cache/cache_stamps.h"
#include "bff/cache/cache_sweep.h"
#include "bff/cache/cache_table.h"

struct cache {
    struct secret_hash secret; /* of the keys */
    struct cache_table table;
    struct cache_stamps *stamps;
    struct cache_places places;
    struct cache_sweep sweep;

    alignas(64) atomic_size_t limit;
    atomic_size_t bytes; /* of all entries with their slots, and of those that are being stored */
    atomic_size_t kept;  /* bytes of entries that were removed and are still in use */
    atomic_size_t entries;
    atomic_size_t slots;
    _Atomic uint64_t evicted;
};

#endif
