/*
 * Purges of other processes that use the same Redis. Each process publishes its purges in a
 * channel, and worker 0 of each process listens to it.
 *
 * Redis keeps no message for a process that is away. After a time without a connection, nobody
 * knows which purges were missed. Then everything is purged: old data is worse than slow data.
 */
#ifndef BFF_APP_PURGE_CHANNEL_H
#define BFF_APP_PURGE_CHANNEL_H

#include "bff/base/pool.h"
#include "bff/cache/cache_purge.h"
#include "bff/store/redis_subscribe.h"

#define PURGE_CHANNEL "cache:purge"

struct purge_channel;

/* Starts listening. ${settings} is borrowed until purge_channel_free. */
struct purge_channel *purge_channel_new(const struct redis_loop *on,
                                        const struct redis_settings *settings);

/* Purges may have been missed: everything is purged. */
void purge_channel_missed(struct purge_channel *channel);

/* Stops listening. NULL: does nothing. */
void purge_channel_free(struct purge_channel *channel);

/* Returns the message for other processes: {"from":"<a number of this process>","purge":{...}}. */
struct text purge_channel_message(struct pool *pool, const struct cache_purge *purge);

/* Logs the event "purge". ${from} is the address of the operator, or "redis". */
void purge_channel_log(const struct cache_purge *purge, struct text from);

#endif
