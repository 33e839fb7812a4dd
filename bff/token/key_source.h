/*
 * The key set of one URL: the keys that were fetched last, and when they are fetched again
 * (key_source_state.h). A key source is state of the process (registry.h). A new configuration with
 * the same settings has the same keys at once. All workers read the keys (published.h), and any of
 * them may fetch (key_source_worker.h). The log gets an event when the source begins to fail
 * ("keys_stale"), when it has new keys or is well again ("keys_refreshed"), and when old keys must
 * not be used any more ("keys_dropped").
 *
 * All functions may be called from any thread, unless it is said otherwise.
 */
#ifndef BFF_TOKEN_KEY_SOURCE_H
#define BFF_TOKEN_KEY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/published.h"
#include "bff/base/reason.h"
#include "bff/base/registry.h"
#include "bff/loop/bell.h"
#include "bff/token/key_set.h"
#include "bff/token/key_source_settings.h"
#include "bff/token/key_source_state.h"

struct key_source;

/*
 * Returns the source with these settings and the allowed ${algorithms}, with one more reference.
 * ${name} is for the log and for /health: the name of the issuer; the first holder's name counts.
 */
struct key_source *key_source_hold(struct registry *registry, struct text name,
                                   const struct key_source_settings *settings, unsigned algorithms);

/* Drops one reference. NULL: does nothing. */
void key_source_release(struct key_source *source);

/* Returns what is published: a struct key_set, or nothing. Valid as long as the source. */
struct published *key_source_published(struct key_source *source);

/* A worker that wants to know when a fetch has ended. Its bell is rung then. In the memory of its
 * user. */
struct key_source_member {
    struct bell *bell;
    struct key_source *source; /* set by key_source_join */
    struct key_source_member *next, **link;
};

void key_source_join(struct key_source *source, struct key_source_member *member);
void key_source_leave(struct key_source_member *member);

/* Returns how many fetches have ended or were given up. */
uint64_t key_source_rounds(struct key_source *source);

/* See key_source_state.h. With KEY_SOURCE_FETCH or true the caller must fetch, and call
 * key_source_take or key_source_give_up afterwards. */
enum key_source_chance key_source_ask(struct key_source *source, int64_t now_ns, int64_t *again_ns);
bool key_source_refresh(struct key_source *source, int64_t now_ns);
int64_t key_source_next_ns(struct key_source *source);

/* Withdraws the published keys if they are too old. */
void key_source_expire(struct key_source *source, int64_t now_ns);

/*
 * How a fetch has ended.
 *
 *   reason  REASON_NONE: ${json} is the JWK Set. REASON_BAD_JSON: also for a document that is JSON
 *           and cannot be used
 *   status  of the last HTTP answer; 0: there was none
 *   words   what is wrong with a document; NULL: nothing more is known
 */
struct key_source_answer {
    enum reason reason;
    int status;
    const char *words;
    struct text json;
};

/* Ends the fetch under way. Publishes the keys if they are other ones than before. */
void key_source_take(struct key_source *source, int64_t now_ns,
                     const struct key_source_answer *answer);

/* Ends the fetch under way without an answer. */
void key_source_give_up(struct key_source *source);

/* What operators see.
 *
 *   name        lives as long as the source
 *   keys        the number of keys; 0: there are none, and tokens that need them get 503
 *   is_failing  the last fetch has failed, with ${reason} and ${status}
 *   fetched_ms  the wall clock at the last good fetch; 0: there was none
 */
struct key_source_report {
    struct text name;
    size_t keys;
    bool is_failing;
    enum reason reason;
    int status;
    int64_t fetched_ms;
};

struct key_source_report key_source_read(struct key_source *source);

#endif
