/* The tokens in the answer of a service's login, or of its refresh (struct session_login_settings).
 */
#ifndef BFF_SESSION_SESSION_TOKENS_H
#define BFF_SESSION_SESSION_TOKENS_H

#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/session/session_settings.h"

/*
 *   access          never empty; it can be sent in a header
 *   refresh         empty: none was given
 *   access_until_s  when the access token ends, in seconds since 1970 UTC: by the answer, or else
 * by the token's claim `exp`; 0: neither says it
 */
struct session_tokens {
    struct text access, refresh;
    int64_t access_until_s;
};

/* Reads ${json}, which may be any bytes. The texts of ${out} are in ${pool} or in ${json}. Returns
 * 0; or -1 when there is no access token, or a member has a wrong type. */
int session_tokens_read(const struct session_login_settings *settings, struct text json,
                        int64_t now_s, struct pool *pool, struct session_tokens *out);

/* Returns the claim `exp` of a token, whose signature is not verified; 0: it cannot be read. */
int64_t session_tokens_end(struct text token, struct pool *pool);

#endif
