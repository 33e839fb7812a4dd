/*
 * The times of invalidations. An invalidation only stores its time. So it costs the same however
 * much is stored, and it also holds for responses that have not arrived yet.
 *
 * The hash of a path or a tag chooses a stamp in a table, so two of them may share a stamp. Then
 * too much is invalidated, never too little. The table of prefixes has few rows. When it is full,
 * the oldest row is removed, and everything that was asked for before its time is invalid.
 *
 * All functions may be called from any thread and never wait.
 */
#ifndef BFF_CACHE_CACHE_STAMPS_H
#define BFF_CACHE_CACHE_STAMPS_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/secret_hash.h"
#include "bff/base/text.h"
#include "bff/cache/cache_entry.h"

#define CACHE_STAMPS_PREFIXES 64

struct cache_stamps;

struct cache_stamps *cache_stamps_new(void);
void cache_stamps_free(struct cache_stamps *stamps);

/* ${now_ns} is of clock_now_ns: what was asked until then is invalid. */
void cache_stamps_path(struct cache_stamps *stamps, struct text path, int64_t now_ns);
void cache_stamps_prefix(struct cache_stamps *stamps, struct text prefix, int64_t now_ns);
void cache_stamps_tag(struct cache_stamps *stamps, struct text tag, int64_t now_ns);
void cache_stamps_all(struct cache_stamps *stamps, int64_t now_ns);

/* True when ${entry} was invalidated after it was asked for. This costs one comparison, unless
 * there was an invalidation since the last call for this entry. */
bool cache_stamps_cover(struct cache_stamps *stamps, struct cache_entry *entry);

#endif
