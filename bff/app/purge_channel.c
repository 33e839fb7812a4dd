/* See purge_channel.h. */
#include <pthread.h>

#include "bff/app/purge_channel.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/base/random.h"
#include "bff/base/registry.h"
#include "bff/json/json.h"

#define SENDER_DIGITS 32
#define DEPTH_MAX 4

struct purge_channel {
    struct cache *cache; /* with a reference */
    struct redis_subscribe *subscribe;
};

/* The process, as other processes know it. */
static char sender[SENDER_DIGITS];

static void make_sender(void)
{
    struct random random;

    random_seed(&random);
    random_hex(&random, sender, sizeof(sender));
}

static struct text own_sender(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_sender);
    return (struct text){sender, sizeof(sender)};
}

void purge_channel_log(const struct cache_purge *purge, struct text from)
{
    log_event("purge", (struct log_field[]){
                           {"what", .text = text_of(cache_purge_name(purge->kind))},
                           {"of", .text = purge->what.at == NULL ? TEXT("") : purge->what},
                           {"from", .text = from},
                           {0},
                       });
}

struct text purge_channel_message(struct pool *pool, const struct cache_purge *purge)
{
    struct json_print out;

    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{"));
    json_print_key(&out, "from");
    json_print_string(&out, own_sender());
    json_print_key(&out, "purge");
    cache_purge_print(&out, purge);
    json_print_raw(&out, TEXT("}"));
    return json_print_text(&out);
}

/* A message that nobody understands may be a purge of a later version: everything is purged. */
static void take(struct purge_channel *channel, struct pool *pool, struct text payload)
{
    struct json message =
        json_scan_accepts(payload.at, payload.len, DEPTH_MAX) ? json_of(payload) : (struct json){0};
    struct cache_purge purge = {.kind = CACHE_PURGE_ALL};

    if (text_equal(json_text(json_get(message, "from"), pool), own_sender()))
        return;
    if (cache_purge_read(pool, json_raw(json_get(message, "purge")), &purge) != NULL)
        purge = (struct cache_purge){.kind = CACHE_PURGE_ALL};
    cache_purge_apply(channel->cache, &purge);
    purge_channel_log(&purge, TEXT("redis"));
}

static void on_message(void *cookie, struct text payload)
{
    struct pool *pool = pool_new();

    take(cookie, pool, payload);
    pool_free(pool);
}

void purge_channel_missed(struct purge_channel *channel)
{
    struct cache_purge all = {.kind = CACHE_PURGE_ALL};

    cache_purge_apply(channel->cache, &all);
    purge_channel_log(&all, TEXT("reconnection"));
}

static void on_missed(void *cookie) { purge_channel_missed(cookie); }

static const struct redis_subscriber subscriber = {.message = on_message, .missed = on_missed};

struct purge_channel *purge_channel_new(const struct redis_loop *on,
                                        const struct redis_settings *settings)
{
    struct purge_channel *channel = memory_new(sizeof(*channel));

    channel->cache = cache_hold(registry_of_process(), (struct text){0});
    channel->subscribe =
        redis_subscribe_new(on, settings, TEXT(PURGE_CHANNEL), &subscriber, channel);
    return channel;
}

void purge_channel_free(struct purge_channel *channel)
{
    if (channel == NULL)
        return;
    redis_subscribe_free(channel->subscribe);
    registry_release(channel->cache);
    memory_free(channel);
}
