/*
 * A call that the cache makes to get the answer for a part: a fetch (fetch.h) that owns the texts
 * of its request, so that it can go on without the request for which it began. From a good answer
 * it makes the entry to be stored.
 *
 * When there is an older entry with a validator, the call asks the service whether that entry is
 * still good (RFC 9111 section 4.3). After a 304, the new entry has the old body.
 */
#ifndef BFF_CACHE_CACHE_CALL_H
#define BFF_CACHE_CACHE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/cache/cache_entry.h"
#include "bff/cache/cache_rule.h"
#include "bff/upstream/fetch.h"

struct cache_call;

typedef void (*cache_call_done)(struct cache_call *call, void *cookie);

struct cache_call {
    /* Valid once done is called, until the next start or the end. */
    struct fetch_outcome outcome; /* its value is borrowed from the fetch or from the entry */
    struct cache_entry *entry;    /* to be stored; NULL: the answer must not be stored */
    bool is_private; /* the answer is good, but it may be used only for one request: the service
                        forbids to store it */
    struct fetch fetch;

    /* cache_call.c's own */
    struct fetch_ask ask;
    const struct cache_rule *rule;
    struct cache_entry *old; /* with a reference; NULL: none */
    struct upstream *upstream;
    cache_call_done done;
    void *cookie;
    struct pool *pool; /* of the texts of the request */
    struct pool *head; /* of the fields of the answer's head; NULL: no head has come */
    struct exchange_field *fields;
    size_t field_count;
    bool may_store;
    bool has_conditions;         /* the call validates ${old} */
    size_t plain_len;            /* of its header lines without the conditions */
    struct cache_entry *updated; /* what a 304 leaves of ${old} */
    int64_t asked_ns;
};

/*
 * Sets ${call}, which is all zero, to ask ${ask}. The texts are copied. These members of ${ask} are
 * not used: its deadline, because the time limits of the service apply, and its hook for the head.
 * ${rule} must outlive the call.
 */
void cache_call_init(struct cache_call *call, const struct fetch_ask *ask,
                     const struct cache_rule *rule);

/* To be called before the start. Makes ${old}, of which the call gets a reference, the
 * stored entry, which is not fresh, if there is none yet. */
void cache_call_set_old(struct cache_call *call, struct cache_entry *old);

/* To be called while the call is not under way. The call, when it is started, asks without
 * conditions. */
void cache_call_forget_old(struct cache_call *call);

/* Returns the path of the call's target. It is borrowed. */
struct text cache_call_path(const struct cache_call *call);

/* Starts it. ${done} is called once, never from inside this function. The call may be started again
 * after that, also from inside ${done}. */
void cache_call_start(struct cache_call *call, struct upstream *upstream, cache_call_done done,
                      void *cookie);

/* Ends the call, without ${done} if it is under way, and frees what it has. ${is_slow}: the service
 * had enough time (CALL_TIME_OVER). To be called once, also when it was never started. */
void cache_call_end(struct cache_call *call, bool is_slow);

#endif
