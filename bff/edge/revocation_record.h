/*
 * One revocation as JSON: the body of POST /revoke, the member of the sorted set in Redis, and the
 * message to other processes.
 *
 *     {"jti":"a1"}
 *     {"sid":"…"}
 *     {"provider_sid":"…"}
 *     {"provider_sub":"…","before":1767225600}
 *     {"sub":"42","before":1767225600}
 *
 * A message, and a body, may also have `until`.
 */
#ifndef BFF_EDGE_REVOCATION_RECORD_H
#define BFF_EDGE_REVOCATION_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/revocation.h"

#define REVOCATION_RECORD_MOST 1024 /* bytes of ${what} */

/*
 *   what      the jti, the sid or the user; never empty
 *   before_s  as in struct revocation_entry; 0: not said
 *   until_s   the same; 0: not said
 */
struct revocation_record {
    enum revocation_kind kind;
    struct text what;
    int64_t before_s;
    int64_t until_s;
};

/* Reads ${json}, which may be any bytes. Texts are in ${json} or in ${pool}. Returns NULL; or what
 * is wrong, for the operator: "before is only for sub". */
const char *revocation_record_read(struct pool *pool, struct text json,
                                   struct revocation_record *out);

/*
 * Completes a record whose times are not said: everything that was issued until now is revoked, and
 * the entry ends after ${keep_s}. Tokens have whole seconds, so what is issued in this second is
 * revoked, too.
 */
void revocation_record_complete(struct revocation_record *record, int64_t now_s, int64_t keep_s);

/* Returns the record as JSON in ${pool}, with `until` or without. */
struct text revocation_record_print(struct pool *pool, const struct revocation_record *record,
                                    bool has_until);

/* Adds the complete record to the set of this process. */
void revocation_record_add(struct revocation *revocation, const struct revocation_record *record,
                           int64_t now_s);

#endif
