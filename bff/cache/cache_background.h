/*
 * The number of calls that the cache makes in the background, without a client that waits for their
 * answer: to refresh an entry that is too old, for example. The process has one number for all
 * workers, and it is limited, so that such calls never take a service's whole capacity.
 */
#ifndef BFF_CACHE_CACHE_BACKGROUND_H
#define BFF_CACHE_CACHE_BACKGROUND_H

#include <stdbool.h>

#include "bff/base/registry.h"

struct cache_background;

/* Returns the number of the process, with one reference (registry_release). Its limit is 0 at
 * first. */
struct cache_background *cache_background_hold(struct registry *registry);

/* Sets the most calls that may be under way at the same time. */
void cache_background_set_limit(struct cache_background *background, unsigned most);

/* Counts a call that is about to begin. Returns false when there are too many: then the call must
 * not be made. Never waits. */
bool cache_background_begin(struct cache_background *background);

/* A call that was counted is over. */
void cache_background_end(struct cache_background *background);

#endif
