/* Puts entries into slots and removes them, and counts their bytes. All functions may be called
 * from any thread that has a reference to the slot, and by the sweeper. */
#ifndef BFF_CACHE_CACHE_STORE_H
#define BFF_CACHE_CACHE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/cache/cache_slot.h"

/* Entries are removed until there are not more bytes than this. It is a little less than the limit:
 * while one thread removes entries, the others may go on storing some. */
size_t cache_store_aim(struct cache *cache);

/* Stores ${entry}, which gets one more reference; but not when it is invalid, or too big, or when
 * room for it cannot be made now. */
void cache_store_put(struct cache_slot *slot, struct cache_entry *entry);

/* Removes ${entry}, if it is still the slot's. Returns true when it was. */
bool cache_store_remove(struct cache_slot *slot, struct cache_entry *entry);

/* Removes the entry of ${slot}, if there is one. */
void cache_store_clear(struct cache_slot *slot);

#endif
