/*
 * The idempotency keys of a worker: in Redis, or in the memory of the process. This header is for
 * the code that answers requests; key_claim.h says what a claim is.
 *
 * With Redis, memory does not help out when Redis is away: two instances that count apart could
 * run one request twice. So a claim is then KEY_CLAIM_UNAVAILABLE.
 */
#ifndef BFF_STORE_KEY_STORE_H
#define BFF_STORE_KEY_STORE_H

#include "bff/base/pool.h"
#include "bff/http/reply.h"
#include "bff/store/key_answer.h"
#include "bff/store/key_claim.h"
#include "bff/store/key_memory.h"
#include "bff/store/key_redis.h"

struct key_store; /* of a generation in a worker */

/* ${redis} is the worker's connection; NULL: the keys are in ${memory}. Both are borrowed.
 * ${keep_ms} says how long answers are stored. */
struct key_store *key_store_new(struct key_memory *memory, struct redis *redis, int64_t keep_ms);

/* To be called after redis_free. NULL: does nothing. */
void key_store_free(struct key_store *store);

/*
 * A claim. Its user provides the memory, which is all zero except for the first group, and which is
 * valid until the claim has ended or key_store_cancel.
 *
 *   claim   name, print and run_ms; the store sets the rest
 *   pool    for the answer
 *   done    is called once after KEY_CLAIM_WAITS, never from inside key_store_claim
 *   cookie  for ${done}
 *   answer  with KEY_CLAIM_ANSWERED
 */
struct key_store_call {
    struct key_claim claim;
    struct pool *pool;
    void (*done)(struct key_store_call *call, enum key_claim_end end);
    void *cookie;
    struct reply answer;

    /* key_store.c's own */
    struct key_store *store;
    struct key_redis_call redis;
    bool is_waiting;
};

/* Claims the key of ${call}. Returns the result at once, or KEY_CLAIM_WAITS. */
enum key_claim_end key_store_claim(struct key_store *store, struct key_store_call *call);

/* Ends a claim that waits: call->done is not called any more. If the key has become running, it is
 * freed. Does nothing for a claim that does not wait. */
void key_store_cancel(struct key_store_call *call);

/* Frees the key of ${claim}, which is the owner's: nothing was changed. After KEY_CLAIM_AGAIN, an
 * earlier run may have changed something: then it does what key_store_leave does. The caller need
 * not wait for it. */
void key_store_drop(struct key_store *store, const struct key_claim *claim);

/* The run of ${claim} has ended without knowing what it has changed: a repeat may claim the key,
 * and gets KEY_CLAIM_AGAIN. The caller need not wait for it. */
void key_store_leave(struct key_store *store, const struct key_claim *claim);

/* What is being stored. */
struct key_store_finish;

/*
 * Stores ${answer} for ${claim}, and copies what it needs. Returns NULL when that is done.
 * Otherwise ${done} is called once with ${cookie} when Redis has the answer, or does not take it;
 * never from inside this function. When Redis does not take the answer, the key is running until
 * it expires, and the log has the event key_not_stored.
 */
struct key_store_finish *key_store_finish(struct key_store *store, const struct key_claim *claim,
                                          const struct reply *answer,
                                          void (*done)(void *cookie, bool is_stored), void *cookie);

/*
 * Notes that the run of ${claim} is about to take its changes back. ${done} is called once with
 * ${cookie}, from inside this function when it returns NULL. ${is_stored} is false when the store
 * does not answer, and when ${claim} is not the owner any more: then nothing must be taken back.
 */
struct key_store_finish *key_store_mark(struct key_store *store, const struct key_claim *claim,
                                        void (*done)(void *cookie, bool is_stored), void *cookie);

/* ${done} is not called any more. The value is stored all the same. NULL: does nothing. */
void key_store_forget(struct key_store_finish *finish);

#endif
