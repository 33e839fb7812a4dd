/*
 * Idempotency keys in Redis, for all instances that share it. The name of a key in Redis is
 * "idempotency:" and the name of the claim in hexadecimal digits. The values are those of
 * key_answer.h; that of a running key is followed by the end of its running time, as 16 digits, in
 * milliseconds on the clock of Redis. One script does each step as one atomic step.
 */
#ifndef BFF_STORE_KEY_REDIS_H
#define BFF_STORE_KEY_REDIS_H

#include "bff/base/text.h"
#include "bff/store/key_answer.h"
#include "bff/store/key_claim.h"
#include "bff/store/redis_script.h"

#define KEY_REDIS_PREFIX "idempotency:"
#define KEY_REDIS_NAME_BYTES (sizeof(KEY_REDIS_PREFIX) - 1 + 2 * KEY_CLAIM_NAME_BYTES)
#define KEY_REDIS_ARGUMENTS 5
#define KEY_REDIS_DIGITS 20

/* A call. Its user provides the memory, which is all zero at first and valid until call.done is
 * called or redis_script_cancel. They set call.done. */
struct key_redis_call {
    struct redis_script_call call;
    struct redis_script_texts texts;
    struct text key;
    struct text arguments[KEY_REDIS_ARGUMENTS];
    char name[KEY_REDIS_NAME_BYTES];
    char life[KEY_REDIS_DIGITS], run[KEY_REDIS_DIGITS];
    char own[KEY_ANSWER_RUNNING_BYTES], next[KEY_ANSWER_RUNNING_BYTES];
};

/* Makes the script. To be called once, at the start of each worker; any thread may call it. */
void key_redis_script(struct redis_script *script);

/*
 * The functions return false when the connection is down: then nothing is sent, and call.done is
 * not called. The texts are borrowed until the end of the call.
 */

/* The replies of a claim. Otherwise the reply is the value that the key has. */
enum key_redis_claimed {
    KEY_REDIS_SET = 1,     /* the key was free, and is running for the claim now */
    KEY_REDIS_AGAIN = 2,   /* its running time was over, and it is running for the claim now */
    KEY_REDIS_UNDOING = 3, /* its running time was over while changes were being taken back */
};

/* Makes the key running if it may. */
bool key_redis_claim(struct redis *redis, const struct redis_script *script,
                     struct key_redis_call *call, const struct key_claim *claim);

/* The functions below do nothing when the key is not running for ${claim}: then the reply is 0.
 * Otherwise it is 1. */

/* Replaces the value by ${value}, for claim->keep_ms. */
bool key_redis_replace(struct redis *redis, const struct redis_script *script,
                       struct key_redis_call *call, const struct key_claim *claim,
                       struct text value);

/* Notes that changes are being taken back. */
bool key_redis_mark(struct redis *redis, const struct redis_script *script,
                    struct key_redis_call *call, const struct key_claim *claim);

/* Ends the running time of the key: a repeat may claim it. */
bool key_redis_leave(struct redis *redis, const struct redis_script *script,
                     struct key_redis_call *call, const struct key_claim *claim);

/* Frees the key. When it was claimed again, does what key_redis_leave does. */
bool key_redis_drop(struct redis *redis, const struct redis_script *script,
                    struct key_redis_call *call, const struct key_claim *claim);

#endif
