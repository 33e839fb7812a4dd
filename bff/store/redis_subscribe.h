/*
 * A subscription to a channel of Redis, on a connection of its own that is made again whenever it
 * is lost. Redis keeps no messages for a subscriber that is away. So after each reconnection the
 * user learns that messages may have been missed.
 */
#ifndef BFF_STORE_REDIS_SUBSCRIBE_H
#define BFF_STORE_REDIS_SUBSCRIBE_H

#include <stdint.h>

#include "bff/base/text.h"
#include "bff/store/redis_settings.h"
#include "bff/store/redis_socket.h"

#define REDIS_SUBSCRIBE_IDLE_MS 10000    /* after this time without a message, a PING is sent */
#define REDIS_SUBSCRIBE_PATIENCE_MS 1000 /* the server must answer a command within this time */

struct redis_subscribe;

/*
 * The callbacks, never called from inside redis_subscribe_new:
 *
 *   message  a message has come; ${payload} is valid during the call
 *   missed   the channel is subscribed again after a time in which messages may have been missed.
 *            It is not called when the first attempt to subscribe succeeds. NULL: not called
 *   begun    the channel is subscribed, for the first time or again; after missed. NULL: not called
 *   lost     the connection was lost, or could not be made. NULL: not called
 *
 * ${idle_ms} replaces REDIS_SUBSCRIBE_IDLE_MS; 0: it does not.
 */
struct redis_subscriber {
    void (*message)(void *cookie, struct text payload);
    void (*missed)(void *cookie);
    void (*begun)(void *cookie);
    void (*lost)(void *cookie);
    uint32_t idle_ms;
};

/* Subscribes to ${channel}. ${on} is copied; ${settings}, ${channel} and ${subscriber} are borrowed
 * until redis_subscribe_free. */
struct redis_subscribe *
redis_subscribe_new(const struct redis_loop *on, const struct redis_settings *settings,
                    struct text channel, const struct redis_subscriber *subscriber, void *cookie);

/* Ends the subscription. Not to be called from inside a callback. NULL: does nothing. */
void redis_subscribe_free(struct redis_subscribe *subscribe);

#endif
