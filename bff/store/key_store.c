/* See key_store.h. */
#include <openssl/rand.h>

#include <h2o.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/log_pace.h"
#include "bff/base/memory.h"
#include "bff/store/key_store.h"

struct key_store {
    struct key_memory *memory;
    struct redis *redis;
    struct redis_script script;
    int64_t keep_ms;
};

/* A call whose request may end before it: it has memory of its own. */
struct key_store_finish {
    struct key_redis_call redis;
    char lost[KEY_ANSWER_LOST_BYTES];
    struct text value; /* an answer; absent: there is none */
    void (*done)(void *cookie, bool is_stored);
    void *cookie;
    bool stores; /* an answer */
};

static struct log_pace pace;

struct key_store *key_store_new(struct key_memory *memory, struct redis *redis, int64_t keep_ms)
{
    struct key_store *store = memory_new(sizeof(*store));

    store->memory = memory;
    store->redis = redis;
    store->keep_ms = keep_ms;
    key_redis_script(&store->script);
    return store;
}

void key_store_free(struct key_store *store) { memory_free(store); }

static int64_t now_ms(void) { return clock_now_ns() / CLOCK_MS; }

/* Claiming. */

static enum key_claim_end claim_in_memory(struct key_store_call *call)
{
    const struct key_claim *claim = &call->claim;
    struct text found;

    switch (key_memory_claim(call->store->memory, claim, now_ms(), call->pool, &found)) {
    case KEY_MEMORY_SET:
        return KEY_CLAIM_MINE;
    case KEY_MEMORY_AGAIN:
        return KEY_CLAIM_AGAIN;
    case KEY_MEMORY_UNDOING:
        return KEY_CLAIM_UNDOING;
    case KEY_MEMORY_FOUND:
        return key_answer_read(claim, found, call->pool, &call->answer);
    case KEY_MEMORY_FULL:
        break;
    }
    return KEY_CLAIM_UNAVAILABLE;
}

static bool is_one(const struct redisReply *reply)
{
    return reply != NULL && reply->type == REDIS_REPLY_INTEGER && reply->integer == 1;
}

static enum key_claim_end end_of(const struct redisReply *reply)
{
    switch (reply != NULL && reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0) {
    case KEY_REDIS_SET:
        return KEY_CLAIM_MINE;
    case KEY_REDIS_AGAIN:
        return KEY_CLAIM_AGAIN;
    case KEY_REDIS_UNDOING:
        return KEY_CLAIM_UNDOING;
    default:
        return KEY_CLAIM_UNAVAILABLE;
    }
}

static void on_claimed(struct redis_script_call *redis, enum redis_end end,
                       const struct redisReply *reply)
{
    struct key_store_call *call = H2O_STRUCT_FROM_MEMBER(struct key_store_call, redis.call, redis);
    enum key_claim_end result = end_of(reply);

    call->is_waiting = false;
    if (reply != NULL && reply->type == REDIS_REPLY_STRING)
        result = key_answer_read(&call->claim, (struct text){reply->str, reply->len}, call->pool,
                                 &call->answer);
    call->done(call, result);
}

enum key_claim_end key_store_claim(struct key_store *store, struct key_store_call *call)
{
    struct key_claim *claim = &call->claim;

    call->store = store;
    claim->keep_ms = store->keep_ms;
    must(RAND_bytes(claim->owner, sizeof(claim->owner)) == 1);
    if (store->redis == NULL)
        return claim_in_memory(call);
    call->redis.call.done = on_claimed;
    call->is_waiting = key_redis_claim(store->redis, &store->script, &call->redis, claim);
    return call->is_waiting ? KEY_CLAIM_WAITS : KEY_CLAIM_UNAVAILABLE;
}

/* A claim that Redis has may have made the key running. */
void key_store_cancel(struct key_store_call *call)
{
    if (!call->is_waiting)
        return;
    call->is_waiting = false;
    redis_script_cancel(&call->redis.call);
    key_store_drop(call->store, &call->claim);
}

/* Ending. */

static void free_finish(struct key_store_finish *finish)
{
    if (finish->value.at != finish->lost)
        memory_free((char *)(uintptr_t)finish->value.at);
    memory_free(finish);
}

static void tell(const struct redisReply *reply)
{
    struct text why = TEXT("Redis is down");

    if (reply != NULL && reply->type == REDIS_REPLY_ERROR)
        why = (struct text){reply->str, reply->len};
    else if (reply != NULL)
        why = TEXT("the key has expired");
    if (log_pace_is_due(&pace))
        log_event("key_not_stored", (struct log_field[]){{"error", .text = why}, {0}});
}

static void on_finished(struct redis_script_call *redis, enum redis_end end,
                        const struct redisReply *reply)
{
    struct key_store_finish *finish =
        H2O_STRUCT_FROM_MEMBER(struct key_store_finish, redis.call, redis);
    void (*done)(void *cookie, bool is_stored) = finish->done;
    void *cookie = finish->cookie;
    bool is_stored = is_one(reply);

    if (finish->stores && !is_stored)
        tell(reply);
    free_finish(finish);
    if (done != NULL)
        done(cookie, is_stored);
}

static struct key_store_finish *new_finish(void)
{
    struct key_store_finish *finish = memory_new(sizeof(*finish));

    finish->redis.call.done = on_finished;
    return finish;
}

/* Sends ${command}, whose result nobody needs. */
static void tell_redis(struct key_store *store, const struct key_claim *claim,
                       bool (*command)(struct redis *redis, const struct redis_script *script,
                                       struct key_redis_call *call, const struct key_claim *claim))
{
    struct key_store_finish *finish = new_finish();

    if (!command(store->redis, &store->script, &finish->redis, claim))
        free_finish(finish);
}

void key_store_drop(struct key_store *store, const struct key_claim *claim)
{
    if (store->redis == NULL)
        key_memory_drop(store->memory, claim, now_ms());
    else
        tell_redis(store, claim, key_redis_drop);
}

void key_store_leave(struct key_store *store, const struct key_claim *claim)
{
    if (store->redis == NULL)
        key_memory_leave(store->memory, claim, now_ms());
    else
        tell_redis(store, claim, key_redis_leave);
}

static void finish_in_memory(struct key_store *store, const struct key_claim *claim,
                             struct key_store_finish *finish)
{
    int64_t now = now_ms();

    if (!key_memory_replace(store->memory, claim, finish->value, now))
        must(key_memory_replace(store->memory, claim, key_answer_lost(claim, finish->lost), now));
}

struct key_store_finish *key_store_finish(struct key_store *store, const struct key_claim *claim,
                                          const struct reply *answer,
                                          void (*done)(void *cookie, bool is_stored), void *cookie)
{
    struct key_store_finish *finish = new_finish();

    finish->value = key_answer_write(claim, answer);
    if (finish->value.at == NULL)
        finish->value = key_answer_lost(claim, finish->lost);
    finish->stores = true;
    if (store->redis == NULL) {
        finish_in_memory(store, claim, finish);
    } else if (key_redis_replace(store->redis, &store->script, &finish->redis, claim,
                                 finish->value)) {
        finish->done = done;
        finish->cookie = cookie;
        return finish;
    } else {
        tell(NULL);
    }
    free_finish(finish);
    return NULL;
}

struct key_store_finish *key_store_mark(struct key_store *store, const struct key_claim *claim,
                                        void (*done)(void *cookie, bool is_stored), void *cookie)
{
    struct key_store_finish *finish = new_finish();
    bool is_stored = false;

    if (store->redis == NULL) {
        is_stored = key_memory_mark(store->memory, claim, now_ms());
    } else if (key_redis_mark(store->redis, &store->script, &finish->redis, claim)) {
        finish->done = done;
        finish->cookie = cookie;
        return finish;
    }
    free_finish(finish);
    done(cookie, is_stored);
    return NULL;
}

void key_store_forget(struct key_store_finish *finish)
{
    if (finish != NULL)
        finish->done = NULL;
}
