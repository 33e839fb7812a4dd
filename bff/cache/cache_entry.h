/*
 * A stored response. It never changes: a validation replaces it by another
 * entry with the same body. It has an atomic reference count: workers share entries, and an
 * answer that is being sent has a reference to the entry whose bytes it sends.
 *
 * Times are of clock_now_ns.
 */
#ifndef BFF_CACHE_CACHE_ENTRY_H
#define BFF_CACHE_CACHE_ENTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/json/value.h"
#include "bff/upstream/exchange.h"

struct cache_entry {
    atomic_uint references;   /* of cache_entry.c and cache_cell.c */
    _Atomic uint64_t checked; /* cache_stamps.c's own */
    size_t bytes;             /* of the entry, its fields and its body, for the bound on memory */

    int status;
    const struct exchange_field *fields; /* end-to-end fields, without Set-Cookie; names in lower
                                            case */
    size_t field_count;
    struct value *body; /* NULL: empty. For a part, it has its slices (value.h) */

    int64_t asked_ns;     /* when the request for it was sent: an invalidation after that applies */
    int64_t born_ns;      /* its age is now - born_ns (RFC 9111 section 4.2.3) */
    int64_t fresh_ns;     /* until then it is fresh */
    int64_t stale_ns;     /* until then it may be used while a new one is fetched */
    int64_t failed_ns;    /* until then it may be used when the service fails */
    bool must_revalidate; /* when it is not fresh, it must not be used without a validation */

    /* Parts of the fields; absent: none. */
    struct text etag, last_modified;
    struct text vary; /* names in lower case, "accept-language, x-tenant" */
    struct text tags; /* Cache-Tag and Surrogate-Key, with blanks between them */
    struct text path; /* of the client's request, or of the call of a part: for a purge. In the
                       * spelling of cache_path.h */
};

/* What cache_entry_new copies. Fields with an absent name and Set-Cookie are left out. */
struct cache_entry_parts {
    int status;
    const struct exchange_field *fields;
    size_t field_count;
    struct value *body; /* one reference goes over to the entry */
    struct text path;
};

/* Makes an entry with one reference. It copies the fields into one block; etag, last_modified, vary
 * and tags are found in them. The times are zero: cache_policy.c sets them. */
struct cache_entry *cache_entry_new(const struct cache_entry_parts *parts);

/* Gives ${entry}, which has none and is not shared yet, its body. One reference to ${body} goes
 * over. */
void cache_entry_set_body(struct cache_entry *entry, struct value *body);

/* Returns the time until which ${entry} can be used in any way without a validation. */
int64_t cache_entry_last_ns(const struct cache_entry *entry);

struct cache_entry *cache_entry_hold(struct cache_entry *entry);

/* Drops one reference; may be called from any thread. NULL: does nothing. */
void cache_entry_release(struct cache_entry *entry);

#endif
