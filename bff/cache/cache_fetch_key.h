/* The key of a part's call. For cache_fetch.c. */
#ifndef BFF_CACHE_CACHE_FETCH_KEY_H
#define BFF_CACHE_CACHE_FETCH_KEY_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache_rule.h"
#include "bff/upstream/fetch.h"

/*
 * Returns the key of ${ask}. It has the service, the target, all header lines except the ids of the
 * request and of its trace, and the limits for the JSON; and ${ask->caller_key}, unless the rule is
 * shared. The lines that say who asks (${ask->caller}) do not count: they change when a token is
 * renewed. Absent: the call must not be answered from the cache, because the rule is shared and the
 * call passes a credential of the client on (Authorization, Cookie).
 */
struct text cache_fetch_key(struct pool *pool, const struct fetch_ask *ask,
                            const struct cache_rule *rule);

#endif
