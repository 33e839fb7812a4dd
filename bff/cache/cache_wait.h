/* The waits of a reader. */
#ifndef BFF_CACHE_CACHE_WAIT_H
#define BFF_CACHE_CACHE_WAIT_H

#include "bff/cache/cache_reader.h"

/* The reader's bell was rung: ends the waits whose flights have ended. */
void cache_wait_hear(struct cache_reader *reader);

#endif
