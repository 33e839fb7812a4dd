/*
 * A session: what the server keeps about a signed-in user of a browser, so that the browser has no
 * token (the token handler pattern of the OAuth working group's best current practice for
 * browser-based applications). A session is plain data. Its texts are in the pool of the request
 * that has loaded or made it.
 */
#ifndef BFF_SESSION_SESSION_H
#define BFF_SESSION_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define SESSION_ID_CHARS 43 /* base64url of 256 random bits */

/*
 *   id             distinguishes sessions; also for their revocation. It never changes while the
 *                  session lives, and a login always makes a new one (session fixation)
 *   user           as login_user.id; never empty
 *   roles, scopes  as in login_user; perhaps empty
 *   claims         a JSON object, for /bff/user; without tokens
 *   access         the access token, which services get; perhaps empty
 *   refresh        the refresh token; empty: the access token cannot be renewed
 *   id_token       for the logout at the provider; empty: none
 *   provider       the name of the provider that has signed the user in; empty: the login of the
 *                  users service
 *   provider_sid   its `sid` of the user's session, for back-channel logout; empty: none
 *   access_until_s when the access token ends; 0: not known
 *   began_s        when the user signed in: for the absolute lifetime
 *   seen_s         when the session was renewed last: for the sliding lifetime
 *   renewals       how often the tokens were renewed
 *
 * All times are in seconds since 1970 UTC.
 */
struct session {
    struct text id;
    struct text user, roles, scopes;
    struct text claims;
    struct text access, refresh, id_token;
    struct text provider, provider_sid;
    int64_t access_until_s;
    int64_t began_s, seen_s;
    uint32_t renewals;
};

/* Writes a new id, from OpenSSL's generator of random bytes. It is in ${pool}. */
struct text session_new_id(struct pool *pool);

/* Returns ${session} as bytes, in ${pool}. */
struct text session_write(const struct session *session, struct pool *pool);

/* Reads what session_write has written. The texts of ${out} are in ${bytes}. Returns 0; or -1 when
 * the bytes are something else, or of a version that is not known. */
int session_read(struct text bytes, struct session *out);

#endif
