/*
 * Revocation: tokens and sessions that are not accepted any more although their times are good.
 * The set belongs to the process and is in memory. All workers read it for each request, without a
 * lock; while nothing is revoked, that is one load of an atomic number.
 *
 * An entry ends at a time of its own, because a token that has ended needs no revocation. The
 * number of entries is bounded (REVOCATION_MOST). When there are more, those that end first are
 * dropped, and the event "revocation_dropped" is logged.
 *
 * With Redis, all processes have the same set: revocation_tell.h adds to it, and
 * revocation_channel.h reads it. A process that cannot follow the set is stale. Then what it knows
 * still holds.
 */
#ifndef BFF_EDGE_REVOCATION_H
#define BFF_EDGE_REVOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/registry.h"
#include "bff/base/text.h"

#define REVOCATION_MOST ((size_t)100000)

enum revocation_kind {
    REVOCATION_JTI, /* one token, by its claim `jti` */
    REVOCATION_SID, /* one session: the id of ours (session.id), or a token's claim `sid` */
    REVOCATION_PROVIDER_SID, /* one session of a provider: revocation_of_provider */
    REVOCATION_PROVIDER_SUB, /* all sessions of a user of a provider (revocation_of_provider) that
                                began before a time. Another provider may give the same id to
                                another user */
    REVOCATION_SUB,          /* all tokens and sessions of a user (login_user.id) that were issued
                                before a time */
    REVOCATION_KINDS,
};

enum revocation_state {
    REVOCATION_CURRENT, /* the set has all revocations; always so without Redis */
    REVOCATION_STALE,   /* revocations of other processes may be missing */
};

struct revocation;      /* the process's */
struct revocation_view; /* a worker's view of it */

/* Returns the set of the process with one reference. */
struct revocation *revocation_hold(struct registry *registry);
void revocation_release(struct revocation *revocation); /* NULL: does nothing */

/* The view belongs to one thread, and holds the set. */
struct revocation_view *revocation_view_new(struct revocation *revocation);
void revocation_view_free(struct revocation_view *view); /* NULL: does nothing */
struct revocation *revocation_of_view(const struct revocation_view *view);

/*
 * What a request is asked for. A key is made by revocation_key; 0: the request has none.
 *
 *   issued_s   when the token was issued (`iat`) or the session began, in seconds since 1970 UTC;
 *              0: not known, and then it was issued before any time
 */
struct revocation_asked {
    uint64_t jti, sid, provider_sid, provider_sub, sub;
    int64_t issued_s;
};

/* Returns the key of ${text}: a hash with a secret of the process, never 0. Returns 0 for an empty
 * or absent text. It costs a short hash, and no memory. */
uint64_t revocation_key(enum revocation_kind kind, struct text text);

/* Returns the text of REVOCATION_PROVIDER_SID and REVOCATION_PROVIDER_SUB: the `sid` or the `sub`
 * ${id} that a provider (its issuer's URL or its name, always the same) has given. Absent when
 * ${id} is empty. */
struct text revocation_of_provider(struct pool *pool, struct text provider, struct text id);

/* True when an entry of the kind ${of} revokes what was issued before a time. */
bool revocation_has_before(enum revocation_kind of);

/* True when nothing is revoked. Then no key is needed. ${view} NULL: true. */
bool revocation_is_empty(const struct revocation_view *view);

/* True when the token or the session of ${asked} is revoked at ${now_s}. ${view} NULL: false. */
bool revocation_has(struct revocation_view *view, const struct revocation_asked *asked,
                    int64_t now_s);

/*
 *   key       by revocation_key
 *   before_s  with revocation_has_before: what was issued before is revoked; else not used
 *   until_s   when the entry ends
 */
struct revocation_entry {
    enum revocation_kind kind;
    uint64_t key;
    int64_t before_s;
    int64_t until_s;
};

/* Adds an entry, in this process only; revocation_tell.h tells the others. The requests that come
 * after this call see it, in all workers. The same entry may be added again: the later times hold.
 * May be called from any thread. */
void revocation_add(struct revocation *revocation, const struct revocation_entry *entry,
                    int64_t now_s);

/* Whether the set is complete. One load of an atomic number. ${view} NULL: it is. */
enum revocation_state revocation_state(const struct revocation_view *view);

/* Logs the event "revocation_stale" or "revocation_current" when this is a change. */
void revocation_set_state(struct revocation *revocation, enum revocation_state state);

/* Returns the number of entries, those that have ended and are still in memory included. */
size_t revocation_count(const struct revocation *revocation);

#endif
