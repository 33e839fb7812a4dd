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
    char running[KEY_ANSWER_RUNNING_BYTES];
    char lost[KEY_ANSWER_LOST_BYTES];
    struct text value; /* absent: the key is freed */
    void (*done)(void *cookie);
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

static enum key_claim_end claim_in_memory(struct key_store_call *call, struct text running)
{
    const struct key_claim *claim = &call->claim;
    int64_t now = now_ms();
    struct text found;

    switch (key_memory_claim(call->store->memory, claim->name, running, now + claim->run_ms, now,
                             call->pool, &found)) {
    case KEY_MEMORY_SET:
        return KEY_CLAIM_MINE;
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

static void on_claimed(struct redis_script_call *redis, enum redis_end end,
                       const struct redisReply *reply)
{
    struct key_store_call *call = H2O_STRUCT_FROM_MEMBER(struct key_store_call, redis.call, redis);
    enum key_claim_end is = KEY_CLAIM_UNAVAILABLE;

    call->is_waiting = false;
    if (is_one(reply))
        is = KEY_CLAIM_MINE;
    else if (reply != NULL && reply->type == REDIS_REPLY_STRING)
        is = key_answer_read(&call->claim, (struct text){reply->str, reply->len}, call->pool,
                             &call->answer);
    call->done(call, is);
}

enum key_claim_end key_store_claim(struct key_store *store, struct key_store_call *call)
{
    struct key_claim *claim = &call->claim;

    call->store = store;
    claim->keep_ms = store->keep_ms;
    must(RAND_bytes(claim->owner, sizeof(claim->owner)) == 1);
    struct text running = key_answer_running(claim, call->running);
    if (store->redis == NULL)
        return claim_in_memory(call, running);
    call->redis.call.done = on_claimed;
    call->is_waiting = key_redis_claim(store->redis, &store->script, &call->redis, claim, running);
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
    void (*done)(void *cookie) = finish->done;
    void *cookie = finish->cookie;

    if (finish->stores && !is_one(reply))
        tell(reply);
    free_finish(finish);
    if (done != NULL)
        done(cookie);
}

static struct key_store_finish *new_finish(void)
{
    struct key_store_finish *finish = memory_new(sizeof(*finish));

    finish->redis.call.done = on_finished;
    return finish;
}

void key_store_drop(struct key_store *store, const struct key_claim *claim)
{
    struct key_store_finish *finish = new_finish();
    struct text own = key_answer_running(claim, finish->running);

    if (store->redis == NULL)
        key_memory_drop(store->memory, claim->name, own, now_ms());
    else if (key_redis_drop(store->redis, &store->script, &finish->redis, claim, own))
        return;
    free_finish(finish);
}

static void finish_in_memory(struct key_store *store, const struct key_claim *claim,
                             struct key_store_finish *finish, struct text own)
{
    int64_t now = now_ms(), until_ms = now + claim->keep_ms;

    if (!key_memory_replace(store->memory, claim->name, own, finish->value, until_ms, now))
        must(key_memory_replace(store->memory, claim->name, own,
                                key_answer_lost(claim, finish->lost), until_ms, now));
}

struct key_store_finish *key_store_finish(struct key_store *store, const struct key_claim *claim,
                                          const struct reply *answer, void (*done)(void *cookie),
                                          void *cookie)
{
    struct key_store_finish *finish = new_finish();
    struct text own = key_answer_running(claim, finish->running);

    finish->value = key_answer_write(claim, answer);
    if (finish->value.at == NULL)
        finish->value = key_answer_lost(claim, finish->lost);
    finish->stores = true;
    if (store->redis == NULL) {
        finish_in_memory(store, claim, finish, own);
    } else if (key_redis_replace(store->redis, &store->script, &finish->redis, claim, own,
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

void key_store_forget(struct key_store_finish *finish)
{
    if (finish != NULL)
        finish->done = NULL;
}
