/*
 * The value of an idempotency key, as bytes in memory or in Redis:
 *
 *   version      "1"
 *   state        "r": running; "o": running once more; "u": running, and changes are taken back;
 *                "a": answered; "l": answered, without the answer
 *   fingerprint  of the request
 *   r, o, u      the owner of the claim
 *   "a"          status and number of fields (16 bits each), the length of the body (32 bits);
 *                for each field the lengths of its name and value (16 and 32 bits), name, value;
 *                then the body
 *   checksum     64 bits
 *
 * Numbers are little-endian. There is one way to write a value.
 */
#ifndef BFF_STORE_KEY_ANSWER_H
#define BFF_STORE_KEY_ANSWER_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/http/reply.h"
#include "bff/store/key_claim.h"

#define KEY_ANSWER_CHECKSUM_BYTES sizeof(uint64_t)
#define KEY_ANSWER_RUNNING_BYTES                                                                   \
    (2 + KEY_CLAIM_PRINT_BYTES + KEY_CLAIM_OWNER_BYTES + KEY_ANSWER_CHECKSUM_BYTES)
#define KEY_ANSWER_LOST_BYTES (2 + KEY_CLAIM_PRINT_BYTES + KEY_ANSWER_CHECKSUM_BYTES)
#define KEY_ANSWER_MOST ((size_t)1024 * 1024) /* bytes of a value */
#define KEY_ANSWER_FIELDS 64

/* How a key is running. */
enum key_answer_run {
    KEY_ANSWER_FIRST = 'r',
    KEY_ANSWER_AGAIN = 'o', /* an earlier run with this key may have sent its changes */
    KEY_ANSWER_UNDOING = 'u',
};

/* Writes the value of a key that is running, for ${claim}, to ${out}. */
struct text key_answer_running(const struct key_claim *claim, enum key_answer_run run,
                               char out[KEY_ANSWER_RUNNING_BYTES]);

/* Reads how the key with ${value} is running. Returns false when it is not. */
bool key_answer_run_of(struct text value, enum key_answer_run *run);

/* True when the key with ${value} is running for a request with the fingerprint of ${claim}. */
bool key_answer_is_like(const struct key_claim *claim, struct text value);

/* True when the key with ${value} is running for ${claim}. */
bool key_answer_is_of(const struct key_claim *claim, struct text value);

/* Writes the value of a key whose answer is not stored to ${out}. */
struct text key_answer_lost(const struct key_claim *claim, char out[KEY_ANSWER_LOST_BYTES]);

/* Returns the value with ${answer}. It is freed with memory_free((char *)text.at). Absent when it
 * is larger than KEY_ANSWER_MOST or has too many fields. Fields whose value is absent are left
 * out. */
struct text key_answer_write(const struct key_claim *claim, const struct reply *answer);

/*
 * Reads ${bytes}, which may be anything, for ${claim}. Returns KEY_CLAIM_RUNNING,
 * KEY_CLAIM_ANSWERED, KEY_CLAIM_LOST, KEY_CLAIM_CONFLICT, or KEY_CLAIM_UNAVAILABLE for bytes that
 * are no value. With KEY_CLAIM_ANSWERED, ${answer} is set; it is in ${pool} and borrows nothing of
 * ${bytes}.
 */
enum key_claim_end key_answer_read(const struct key_claim *claim, struct text bytes,
                                   struct pool *pool, struct reply *answer);

#endif
