/*
 * Idempotency keys in Redis, for all instances that share it. The name of a key in Redis is
 * "idempotency:" and the name of the claim in hexadecimal digits. The values are those of
 * key_answer.h. One script claims, replaces and removes a value, each in one atomic step.
 */
#ifndef BFF_STORE_KEY_REDIS_H
#define BFF_STORE_KEY_REDIS_H

#include "bff/base/text.h"
#include "bff/store/key_claim.h"
#include "bff/store/redis_script.h"

#define KEY_REDIS_PREFIX "idempotency:"
#define KEY_REDIS_NAME_BYTES (sizeof(KEY_REDIS_PREFIX) - 1 + 2 * KEY_CLAIM_NAME_BYTES)
#define KEY_REDIS_ARGUMENTS 4
#define KEY_REDIS_DIGITS 20

/* A call. Its user provides the memory, which is all zero at first and valid until call.done is
 * called or redis_script_cancel. They set call.done. */
struct key_redis_call {
    struct redis_script_call call;
    struct redis_script_texts texts;
    struct text key;
    struct text arguments[KEY_REDIS_ARGUMENTS];
    char name[KEY_REDIS_NAME_BYTES];
    char digits[KEY_REDIS_DIGITS];
};

/* Makes the script. To be called once, at the start of each worker; any thread may call it. */
void key_redis_script(struct redis_script *script);

/*
 * The functions return false when the connection is down: then nothing is sent, and call.done is
 * not called. The texts are borrowed until the end of the call.
 */

/* Gives ${value} to the key for claim->run_ms if it has none. The reply is 1, or the value that the
 * key has. */
bool key_redis_claim(struct redis *redis, const struct redis_script *script,
                     struct key_redis_call *call, const struct key_claim *claim, struct text value);

/* Replaces the value by ${value}, for claim->keep_ms, if it is ${own}. The reply is 1; or 0 when it
 * is another one. */
bool key_redis_replace(struct redis *redis, const struct redis_script *script,
                       struct key_redis_call *call, const struct key_claim *claim, struct text own,
                       struct text value);

/* Removes the value if it is ${own}. The reply is as above. */
bool key_redis_drop(struct redis *redis, const struct redis_script *script,
                    struct key_redis_call *call, const struct key_claim *claim, struct text own);

#endif
