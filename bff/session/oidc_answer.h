/* The answers of a provider's token endpoint (RFC 6749 sections 5.1 and 5.2). */
#ifndef BFF_SESSION_OIDC_ANSWER_H
#define BFF_SESSION_OIDC_ANSWER_H

#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 *   access          never empty; it can be sent in a header
 *   refresh         absent: none was given. After a refresh, the old one stays valid then
 *   id_token        absent: none. Nothing in it has been checked
 *   scope           absent: the scopes are those that were asked for
 *   access_until_s  when the access token ends, in seconds since 1970 UTC; 0: not known
 */
struct oidc_tokens {
    struct text access, refresh, id_token, scope;
    int64_t access_until_s;
};

/*
 * Reads ${json}, which may be any bytes. The texts of ${out} are in ${pool}. Returns 0; or -1 when
 * it is no answer with tokens: a member that we read occurs twice or has a wrong type, or the
 * tokens are not of the type Bearer.
 */
int oidc_answer_read(struct text json, int64_t now_s, struct pool *pool, struct oidc_tokens *out);

/*
 * Returns the error in ${json}, which may be any bytes: one of the codes of RFC 6749 section 5.2,
 * or "other". So a provider cannot write what it likes into the log.
 */
const char *oidc_answer_error(struct text json, struct pool *pool);

#endif
