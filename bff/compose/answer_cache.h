/* What the cache has done for the parts of an answer, for headers and for the log. */
#ifndef BFF_COMPOSE_ANSWER_CACHE_H
#define BFF_COMPOSE_ANSWER_CACHE_H

#include "bff/base/text.h"
#include "bff/cache/cache_fetch.h"
#include "bff/compose/run.h"

/*
 * Returns what the cache has done for part ${i}; NULL when the part is not cached, or no call was
 * needed. For a list part, it is about its first item that was not a hit, or about its first item.
 */
const struct cache_fetch *answer_cache_of(const struct run *run, size_t i);

/* Returns the word for the log: "hit", "stale", "miss", "collapsed", "late" or "bypass". NULL gives
 * an absent text. */
struct text answer_cache_word(const struct cache_fetch *cached);

/* Returns the value of Cache-Status (RFC 9211): one member for each part that needed a call. Absent
 * when no part is cached. ${server} is the name of this cache. */
struct text answer_cache_status(const struct run *run, struct text server);

#endif
