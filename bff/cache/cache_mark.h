/*
 * Marks are entries of the cache that are no responses. A slot has a mark when there is something
 * to know about its key:
 *
 *   vary      the responses for the key differ by fields of the request. Each of them has a slot of
 *             its own, with a longer key (cache_key_variant)
 *   unstored  the last response could not be stored. Until entry->fresh_ns, requests for the key do
 *             not wait for each other, because nobody would get an answer by that (Varnish:
 *             hit-for-miss). The first response that can be stored replaces the mark
 */
#ifndef BFF_CACHE_CACHE_MARK_H
#define BFF_CACHE_CACHE_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/cache/cache_entry.h"

/* Makes a mark with one reference. ${path} is as in cache_entry. ${asked_ns} is when the request
 * was sent whose response led to the mark. ${vary} has the names, separated by commas. ${until_ns}
 * is the end of the mark. */
struct cache_entry *cache_mark_vary(struct text vary, struct text path, int64_t asked_ns);
struct cache_entry *cache_mark_unstored(struct text path, int64_t asked_ns, int64_t until_ns);

/* True when ${entry} is a mark. NULL is none. */
bool cache_mark_is(const struct cache_entry *entry);

/* Returns the names of a mark "vary"; absent for all other entries and NULL. */
struct text cache_mark_names(const struct cache_entry *entry);

#endif
