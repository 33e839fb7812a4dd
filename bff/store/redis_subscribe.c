/* See redis_subscribe.h. */
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/store/redis_link.h"
#include "bff/store/redis_subscribe.h"

struct redis_subscribe {
    struct redis_loop on;
    struct redis_link link;
    struct text channel;
    const struct redis_subscriber *user;
    void *cookie;
    struct timer timer; /* the next PING, or the end of the patience */
    bool is_waiting;    /* for an answer of the server */
    bool has_missed;    /* the connection was lost, or could not be made */
    bool has_told;      /* that the server refuses the subscription */
};

static struct redis_subscribe *subscribe_of(struct redis_link *link)
{
    return H2O_STRUCT_FROM_MEMBER(struct redis_subscribe, link, link);
}

static void set_timer(struct redis_subscribe *subscribe, int64_t ms)
{
    timer_set(subscribe->on.timers, &subscribe->timer, clock_now_ns() + ms * CLOCK_MS);
}

static void ask(struct redis_subscribe *subscribe, const struct text *texts, size_t count)
{
    subscribe->is_waiting = true;
    set_timer(subscribe, REDIS_SUBSCRIBE_PATIENCE_MS);
    redis_link_send(&subscribe->link, texts, count);
}

static void on_ready(struct redis_link *link)
{
    struct redis_subscribe *subscribe = subscribe_of(link);

    ask(subscribe, (struct text[]){TEXT("SUBSCRIBE"), subscribe->channel}, 2);
}

static void on_lost(struct redis_link *link, enum redis_fault fault)
{
    struct redis_subscribe *subscribe = subscribe_of(link);

    timer_clear(subscribe->on.timers, &subscribe->timer);
    subscribe->has_missed = true;
    if (subscribe->user->lost != NULL)
        subscribe->user->lost(subscribe->cookie);
}

static void on_timer(struct timer *timer)
{
    struct redis_subscribe *subscribe =
        H2O_STRUCT_FROM_MEMBER(struct redis_subscribe, timer, timer);

    if (!subscribe->is_waiting) {
        ask(subscribe, (struct text[]){TEXT("PING")}, 1);
        return;
    }
    redis_link_read(&subscribe->link); /* the answer may have come already */
    if (subscribe->is_waiting && subscribe->link.state == REDIS_LINK_READY)
        redis_link_break(&subscribe->link, REDIS_FAULT_TIMEOUT);
}

/* Replies. */

static void tell_refused(struct redis_subscribe *subscribe, const struct redisReply *error)
{
    if (subscribe->has_told)
        return;
    subscribe->has_told = true;
    log_event("redis_subscribe_refused", (struct log_field[]){
                                             {"channel", .text = subscribe->channel},
                                             {"error", .text = {error->str, error->len}},
                                             {0},
                                         });
}

static bool is_text(const struct redisReply *reply, const char *string)
{
    return reply->type == REDIS_REPLY_STRING &&
           text_is((struct text){reply->str, reply->len}, string);
}

static void take_subscribed(struct redis_subscribe *subscribe)
{
    bool has_missed = subscribe->has_missed;

    subscribe->has_missed = false;
    if (has_missed && subscribe->user->missed != NULL)
        subscribe->user->missed(subscribe->cookie);
    if (subscribe->user->begun != NULL)
        subscribe->user->begun(subscribe->cookie);
}

/* Takes what a subscriber gets: ["subscribe", channel, 1], ["message", channel, payload] or
 * ["pong", ""]. Returns false for anything else. */
static bool take_push(struct redis_subscribe *subscribe, const struct redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 2)
        return false;
    if (is_text(reply->element[0], "pong"))
        return true;
    if (reply->elements != 3)
        return false;
    const struct redisReply *last = reply->element[2];
    if (is_text(reply->element[0], "subscribe")) {
        take_subscribed(subscribe);
        return true;
    }
    if (!is_text(reply->element[0], "message") || last->type != REDIS_REPLY_STRING)
        return false;
    subscribe->user->message(subscribe->cookie, (struct text){last->str, last->len});
    return true;
}

static int64_t idle_ms(const struct redis_subscribe *subscribe)
{
    return subscribe->user->idle_ms != 0 ? subscribe->user->idle_ms : REDIS_SUBSCRIBE_IDLE_MS;
}

static void on_replied(struct redis_link *link, const struct redisReply *reply)
{
    struct redis_subscribe *subscribe = subscribe_of(link);

    subscribe->is_waiting = false;
    set_timer(subscribe, idle_ms(subscribe));
    if (take_push(subscribe, reply))
        return;
    if (reply->type == REDIS_REPLY_ERROR)
        tell_refused(subscribe, reply);
    redis_link_break(link,
                     reply->type == REDIS_REPLY_ERROR ? REDIS_FAULT_REFUSED : REDIS_FAULT_PROTOCOL);
}

static const struct redis_link_user link_user = {
    .ready = on_ready, .replied = on_replied, .lost = on_lost};

struct redis_subscribe *redis_subscribe_new(const struct redis_loop *on,
                                            const struct redis_settings *settings,
                                            struct text channel,
                                            const struct redis_subscriber *subscriber, void *cookie)
{
    struct redis_subscribe *subscribe = memory_new(sizeof(*subscribe));

    subscribe->on = *on;
    subscribe->channel = channel;
    subscribe->user = subscriber;
    subscribe->cookie = cookie;
    subscribe->timer.fire = on_timer;
    redis_link_begin(&subscribe->link, &subscribe->on, settings, &link_user);
    return subscribe;
}

void redis_subscribe_free(struct redis_subscribe *subscribe)
{
    if (subscribe == NULL)
        return;
    timer_clear(subscribe->on.timers, &subscribe->timer);
    redis_link_end(&subscribe->link);
    memory_free(subscribe);
}
