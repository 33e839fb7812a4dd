/*
 * Revokes in this process, and tells all others that share its Redis: the revocation is added to
 * the sorted set REVOCATION_TELL_KEY, whose scores are the times when entries end, and it is
 * published in REVOCATION_TELL_CHANNEL. The set in Redis has the same bound as the set in memory.
 */
#ifndef BFF_EDGE_REVOCATION_TELL_H
#define BFF_EDGE_REVOCATION_TELL_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/edge/revocation.h"
#include "bff/edge/revocation_record.h"
#include "bff/store/redis_script.h"

#define REVOCATION_TELL_KEY "revoked"
#define REVOCATION_TELL_CHANNEL "bff:revoked"

/* In the memory of its user, all zero before it is run, except ${done}. */
struct revocation_tell {
    void (*done)(struct revocation_tell *tell, bool is_told);
    /* revocation_tell.c's own */
    struct redis_script_call call;
    struct redis_script_texts texts;
    struct text keys[1], args[4];
};

enum revocation_told {
    REVOCATION_TOLD_HERE, /* there is no Redis: this process is the only one. done is not called */
    REVOCATION_TOLD_NOT,  /* Redis cannot be told. done is not called */
    REVOCATION_TOLD_WAIT, /* done will be called once, never from inside revocation_tell_run */
};

/*
 * Adds ${record}, which is complete (revocation_record_complete), to the set of this process at
 * once, whatever the result is. Then tells the others. What is sent is in ${pool}, which must live
 * until done is called or the tell is cancelled. ${redis} NULL: there is none.
 */
enum revocation_told revocation_tell_run(struct revocation *revocation, struct redis *redis,
                                         struct revocation_tell *tell, struct pool *pool,
                                         const struct revocation_record *record, int64_t now_s);

/* done is not called any more. Does nothing when the tell is not under way. */
void revocation_tell_cancel(struct revocation_tell *tell);

/* The same as revocation_tell_run, for a caller who does not wait for the end: a logout, or the end
 * of a session. When Redis cannot be told, the event "revocation_not_told" is logged. */
void revocation_tell_alone(struct revocation *revocation, struct redis *redis,
                           const struct revocation_record *record, int64_t now_s);

#endif
