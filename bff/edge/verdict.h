/*
 * A verdict: what somebody else has said about an identity. An authorizer says whether a request
 * may pass, and a service or Redis says what it knows of an API key. Verdicts are kept in a cache
 * of the process (cache.h), which bounds their memory. One of all workers asks; everybody who wants
 * the same verdict meanwhile waits for it.
 *
 *   ask = verdict_ask_new(pool)          in the pool of the request
 *   verdict_ask(ask, worker, key)        VERDICT_HOLDS: ask->entry is the verdict
 *                                        VERDICT_WAITS: ask->done is called later
 *   ask->lead(ask, lead)                 is called when this request must begin the call. The call
 *                                        belongs to no request: it goes on when the request ends
 *   verdict_tell(lead, entry)            the call has ended with a verdict
 *   verdict_fail(lead)                   the call has failed
 *   verdict_drop(lead)                   the call was given up: the next one who waits makes it
 *
 * A failure is kept for VERDICT_PAUSE_NS. During this time everybody gets it, and nobody asks. So
 * many clients do not ask a service one by one that does not answer.
 */
#ifndef BFF_EDGE_VERDICT_H
#define BFF_EDGE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/clock.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache_worker.h"
#include "bff/upstream/exchange.h"

#define VERDICT_PAUSE_NS CLOCK_S
#define VERDICT_KEY_BYTES 32 /* of a key: a SHA-256 */

enum verdict_state {
    VERDICT_HOLDS,  /* ask->entry is the verdict */
    VERDICT_STALE,  /* the call has failed. ask->entry is an older verdict that may be used then */
    VERDICT_FAILED, /* the call has failed, and there is no verdict that may be used */
    VERDICT_WAITS,  /* ask->done will be called */
};

struct verdict_ask;
struct verdict_lead; /* the right and the duty to make the call for a key */

struct verdict_ask {
    /* To be set before verdict_ask. */

    /* The user must begin the call now. The call ends with one call of verdict_tell, verdict_fail
     * or verdict_drop, which may also be made from inside this function. */
    void (*lead)(struct verdict_ask *ask, struct verdict_lead *lead);

    /* The wait has ended, with any state but VERDICT_WAITS. It is called once, from the loop. */
    void (*done)(struct verdict_ask *ask, enum verdict_state state);
    void *cookie;

    /* The result; NULL: none. It is valid until the pool is freed. */
    struct cache_entry *entry;

    /* verdict.c's own */
    struct cache_reader *reader;
    char key[VERDICT_KEY_BYTES];
    struct cache_slot *slot;   /* while it waits */
    struct cache_entry *old;   /* what was stored when it began to wait; NULL: nothing */
    struct cache_entry *given; /* the result of the call that it has begun; NULL: none yet */
    struct verdict_lead *leads;
    struct cache_wait wait;
    int64_t began_ns;
    unsigned rounds;
};

/* Makes an ask that ends with ${pool}. All members are zero. */
struct verdict_ask *verdict_ask_new(struct pool *pool);

/*
 * Looks for the verdict about ${key} in the cache of ${worker}. The key is a SHA-256 over what the
 * verdict is about and over everything on which it may depend, and never a secret itself. To be
 * called once for each ask.
 */
enum verdict_state verdict_ask(struct verdict_ask *ask, struct cache_worker *worker,
                               struct text key);

/* Stops waiting: neither done nor lead is called. A call that was begun goes on. Idempotent. */
void verdict_leave(struct verdict_ask *ask);

/* To be called when the user has no more time, after verdict_leave. Returns VERDICT_STALE or
 * VERDICT_FAILED. */
enum verdict_state verdict_late(struct verdict_ask *ask);

/* The call. Each of these three functions frees ${lead}. */

/* ${entry} is the verdict. The caller keeps its reference. */
void verdict_tell(struct verdict_lead *lead, struct cache_entry *entry);

/* The older verdict, if there is one, is kept with the failure. */
void verdict_fail(struct verdict_lead *lead);

void verdict_drop(struct verdict_lead *lead);

/*
 * What a verdict is made of.
 *
 *   status       of the answer, not 0; its meaning is the user's
 *   fields       names in lower case, and values; copied. Not "set-cookie"
 *   ttl_ns       so long nobody asks again; 0: the verdict is only for those who wait for it
 *   stale_ns     so long after that, it may be used when the call fails; 0: never
 *   bytes_least  it counts at least so many bytes for the bound on memory
 */
struct verdict_parts {
    int status;
    const struct exchange_field *fields;
    size_t field_count;
    int64_t ttl_ns, stale_ns;
    size_t bytes_least;
};

/* Makes an entry with one reference (cache_entry_release). Its times begin now. */
struct cache_entry *verdict_new(const struct verdict_parts *parts);

/* Returns the value of the field ${name} of ${entry}; absent: there is none. */
struct text verdict_field(const struct cache_entry *entry, const char *name);

#endif
