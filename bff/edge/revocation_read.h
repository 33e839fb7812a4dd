/* Reads the whole set of revocations from Redis, page by page (ZSCAN). */
#ifndef BFF_EDGE_REVOCATION_READ_H
#define BFF_EDGE_REVOCATION_READ_H

#include <stdbool.h>

#include "bff/edge/revocation.h"
#include "bff/store/redis.h"

/* In the memory of its user, all zero before the first start. It may be started again when it has
 * ended. */
struct revocation_read {
    void (*done)(struct revocation_read *read, bool is_whole);
    /* revocation_read.c's own */
    struct redis_command command;
    struct redis *redis;
    struct revocation *revocation;
    unsigned pages;
};

/* Adds what it reads to ${revocation}. Returns false when Redis is down. Otherwise read->done is
 * called once, never from inside this function; ${is_whole} false: not everything was read. */
bool revocation_read_start(struct revocation_read *read, struct redis *redis,
                           struct revocation *revocation);

/* done is not called any more. Does nothing when it is not under way. */
void revocation_read_cancel(struct revocation_read *read);

#endif
