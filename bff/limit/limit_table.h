/*
 * The states of keys in memory, for all workers. A key is a hash of 64 bits with a secret of the
 * process, so clients cannot choose keys that meet in one place. The table has a fixed size, and at
 * most 64 bytes for each of the keys for which it was made.
 *
 * It consists of buckets with a few places each. When a new key comes to a full bucket, one of its
 * keys is forgotten: a key whose limit is whole again; else the one of whose limit the smallest
 * share is used; else the one that was used longest ago. So a flood of new keys displaces other
 * keys of the flood, and not a key that is close to its limit.
 *
 * Any thread may call limit_table_change. It locks one bucket for some ten nanoseconds.
 */
#ifndef BFF_LIMIT_LIMIT_TABLE_H
#define BFF_LIMIT_LIMIT_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"

struct limit_table;

/* How much of a key's limit is used: for the choice of the key that is forgotten. */
struct limit_table_use {
    uint8_t share;     /* 0: nothing; 255: all */
    uint32_t whole_ms; /* until the limit is whole again */
};

/* Returns the next state of a key whose state is ${state} (0: a new key), and writes its use. It is
 * called with a lock, so it is short and waits for nothing. */
typedef uint64_t (*limit_table_step)(void *cookie, uint64_t state, struct limit_table_use *use);

/* Returns the table for ${keys} keys, with one more reference (registry.h). ${keys} is at least
 * 1. */
struct limit_table *limit_table_hold(struct registry *registry, size_t keys);

/* Returns the hash of ${key} under the rule with the number ${seed}. */
uint64_t limit_table_hash(const struct limit_table *table, uint64_t seed, struct text key);

/* Changes the state of the key with ${hash} by ${step}. ${now_ms} is on the clock of clock_now_ns.
 */
void limit_table_change(struct limit_table *table, uint64_t hash, int64_t now_ms,
                        limit_table_step step, void *cookie);

/* Returns the bytes of memory that a table for ${keys} keys needs. */
size_t limit_table_bytes(size_t keys);

#endif
