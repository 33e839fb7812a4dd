/*
 * The slots of a cache, by their keys: a hash table with chains. Look-ups and insertions take no
 * lock; the caller is in an epoch (cache_places.h). Only the sweeper takes slots out.
 *
 * The table has a fixed size, two megabytes of addresses. Memory is used only for the parts of it
 * that have slots. With a limit of 64 MiB and entries of 1 KiB, every fourth chain has a slot. With
 * 8 GiB and entries of 4 KiB, a chain has eight slots.
 */
#ifndef BFF_CACHE_CACHE_TABLE_H
#define BFF_CACHE_CACHE_TABLE_H

#include "bff/cache/cache_slot.h"

struct cache_table {
    struct cache_slot *_Atomic *chains;
};

void cache_table_init(struct cache_table *table);

/* Frees the table and all its slots. */
void cache_table_dispose(struct cache_table *table);

/* Returns the slot of ${key} with one more reference; NULL: there is none. */
struct cache_slot *cache_table_find(const struct cache_table *table, uint64_t hash,
                                    struct text key);

/* Inserts ${slot}, unless another thread has just inserted a slot of the same key. Returns the
 * other slot with one more reference, or NULL when ${slot} was inserted. */
struct cache_slot *cache_table_insert(struct cache_table *table, struct cache_slot *slot);

/* Takes ${slot} out. For the sweeper only. Readers may still reach the slot until they leave their
 * epochs. */
void cache_table_take_out(struct cache_table *table, struct cache_slot *slot);

#endif
