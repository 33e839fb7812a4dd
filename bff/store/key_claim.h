/*
 * A claim of an idempotency key: a request with a key may only run when no other request with this
 * key runs or has run. docs/idempotency.md has the rules for clients.
 *
 * A key is first free. A claim makes it running, for a limited time. Then the owner of the claim
 * stores the answer of its request, or frees the key. Only the owner can do that: the claim has
 * random bytes, which the store compares.
 *
 * The store remembers a running key for longer than it is running. When its time is over, a
 * repeat may claim it, and learns that an earlier run may have sent its changes. When the owner had
 * begun to take its changes back, no repeat may claim it.
 */
#ifndef BFF_STORE_KEY_CLAIM_H
#define BFF_STORE_KEY_CLAIM_H

#include <stddef.h>
#include <stdint.h>

#define KEY_CLAIM_NAME_BYTES ((size_t)32)
#define KEY_CLAIM_PRINT_BYTES ((size_t)32)
#define KEY_CLAIM_OWNER_BYTES ((size_t)16)

/* The result of a claim. */
enum key_claim_end {
    KEY_CLAIM_WAITS,       /* the result comes later */
    KEY_CLAIM_MINE,        /* the key was free: the request runs now */
    KEY_CLAIM_AGAIN,       /* the request runs now; an earlier one with this key may have sent its
                              changes, and nobody knows the outcome */
    KEY_CLAIM_UNDOING,     /* an earlier one had begun to take its changes back, and did not end */
    KEY_CLAIM_RUNNING,     /* another request with this key runs */
    KEY_CLAIM_ANSWERED,    /* the stored answer is there */
    KEY_CLAIM_LOST,        /* a request has run, and its answer was too large for the store */
    KEY_CLAIM_CONFLICT,    /* the key belongs to a request with another fingerprint */
    KEY_CLAIM_UNAVAILABLE, /* the store does not answer, is full, or has bytes that are no value */
};

/*
 *   name     a hash of the key and of everything that it is valid for
 *   print    the fingerprint of the request, a hash
 *   owner    random bytes of this claim
 *   run_ms   how long the key is running at most
 *   keep_ms  how long the answer is stored, and a key after its running time
 */
struct key_claim {
    unsigned char name[KEY_CLAIM_NAME_BYTES];
    unsigned char print[KEY_CLAIM_PRINT_BYTES];
    unsigned char owner[KEY_CLAIM_OWNER_BYTES];
    int64_t run_ms;
    int64_t keep_ms;
};

#endif
