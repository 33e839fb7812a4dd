/* See revocation_channel.h. */
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/base/pool.h"
#include "bff/edge/revocation_read.h"
#include "bff/edge/revocation_record.h"
#include "bff/edge/revocation_tell.h"

#include "bff/edge/revocation_channel.h"

#define RETRY_MS 250  /* after a reading that has failed */
#define QUIET_MS 1000 /* after this time without a message, the connection is tested */

struct revocation_channel {
    struct redis_loop on;
    struct redis *redis;
    struct revocation *revocation;
    struct redis_subscribe *subscribe;
    struct revocation_read read;
    struct timer retry;
    void (*settled)(void *cookie); /* NULL: it was called */
    void *cookie;
};

static void settle(struct revocation_channel *channel)
{
    void (*settled)(void *cookie) = channel->settled;

    channel->settled = NULL;
    if (settled != NULL)
        settled(channel->cookie);
}

/* Reading. */

static void stop_reading(struct revocation_channel *channel)
{
    timer_clear(channel->on.timers, &channel->retry);
    revocation_read_cancel(&channel->read);
}

static void fail(struct revocation_channel *channel)
{
    revocation_set_state(channel->revocation, REVOCATION_STALE);
    settle(channel);
}

static void read_again_later(struct revocation_channel *channel)
{
    timer_set(channel->on.timers, &channel->retry, clock_now_ns() + RETRY_MS * CLOCK_MS);
    fail(channel);
}

static void on_read(struct revocation_read *read, bool is_whole)
{
    struct revocation_channel *channel =
        H2O_STRUCT_FROM_MEMBER(struct revocation_channel, read, read);

    if (!is_whole) {
        read_again_later(channel);
        return;
    }
    revocation_set_state(channel->revocation, REVOCATION_CURRENT);
    settle(channel);
}

static void read_set(struct revocation_channel *channel)
{
    stop_reading(channel);
    if (!revocation_read_start(&channel->read, channel->redis, channel->revocation))
        read_again_later(channel);
}

static void on_retry(struct timer *timer)
{
    read_set(H2O_STRUCT_FROM_MEMBER(struct revocation_channel, retry, timer));
}

/* The subscription. */

/* A message that is not understood may be a revocation of a later version. It is in the set, so
 * reading again is of no use. */
static void on_message(void *cookie, struct text payload)
{
    struct revocation_channel *channel = cookie;
    struct pool *pool = pool_new();
    struct revocation_record record;

    if (revocation_record_read(pool, payload, &record) == NULL && record.until_s != 0)
        revocation_record_add(channel->revocation, &record, clock_wall_s());
    else
        log_event("revocation_unreadable", NULL);
    pool_free(pool);
}

static void on_begun(void *cookie) { read_set(cookie); }

static void on_lost(void *cookie)
{
    struct revocation_channel *channel = cookie;

    stop_reading(channel);
    fail(channel);
}

static const struct redis_subscriber subscriber = {
    .message = on_message, .begun = on_begun, .lost = on_lost, .idle_ms = QUIET_MS};

struct revocation_channel *revocation_channel_new(const struct redis_loop *on,
                                                  const struct redis_settings *settings,
                                                  struct redis *redis,
                                                  struct revocation *revocation,
                                                  void (*settled)(void *cookie), void *cookie)
{
    struct revocation_channel *channel = memory_new(sizeof(*channel));

    channel->on = *on;
    channel->redis = redis;
    channel->revocation = revocation;
    channel->read.done = on_read;
    channel->retry.fire = on_retry;
    channel->settled = settled;
    channel->cookie = cookie;
    channel->subscribe =
        redis_subscribe_new(on, settings, TEXT(REVOCATION_TELL_CHANNEL), &subscriber, channel);
    return channel;
}

void revocation_channel_free(struct revocation_channel *channel)
{
    if (channel == NULL)
        return;
    stop_reading(channel);
    redis_subscribe_free(channel->subscribe);
    memory_free(channel);
}
