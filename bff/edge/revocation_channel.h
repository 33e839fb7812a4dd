/*
 * Follows the revocations of all processes that use the same Redis. Worker 0 of each process has
 * one channel: it subscribes to REVOCATION_TELL_CHANNEL, and then reads the whole set. After each
 * reconnection it reads the set again, because Redis keeps no message for a process that is away.
 *
 * Between the loss of the connection and the end of the next reading, the set is stale
 * (revocation_state). What it has still holds.
 */
#ifndef BFF_EDGE_REVOCATION_CHANNEL_H
#define BFF_EDGE_REVOCATION_CHANNEL_H

#include "bff/edge/revocation.h"
#include "bff/store/redis.h"
#include "bff/store/redis_subscribe.h"

struct revocation_channel;

/*
 * Begins to follow. ${on} is copied; ${settings}, ${redis} and ${revocation} are borrowed until
 * revocation_channel_free. ${settled} is called once, when the set was read for the first time, or
 * when the first attempt has failed; not from inside this function, and not after
 * revocation_channel_free.
 */
struct revocation_channel *revocation_channel_new(const struct redis_loop *on,
                                                  const struct redis_settings *settings,
                                                  struct redis *redis,
                                                  struct revocation *revocation,
                                                  void (*settled)(void *cookie), void *cookie);

/* Ends the channel. It does not change the state of the set. Not to be called from inside
 * ${settled}. NULL: does nothing. */
void revocation_channel_free(struct revocation_channel *channel);

#endif
