/* The tokens in the answer of a login service (struct session_login_settings). The names of members
 * may be paths: "data.token" is the member `token` of the object `data`. */
#ifndef BFF_SESSION_SESSION_TOKENS_H
#define BFF_SESSION_SESSION_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/json/json.h"
#include "bff/session/session_settings.h"

/*
 *   access        the access token; absent: there is none, or it is no string
 *   refresh       the refresh token; the same
 *   expires_in_s  after how many seconds the access token ends, at most 10 years; 0: not said
 */
struct session_tokens {
    struct text access, refresh;
    int64_t expires_in_s;
};

/* Reads ${body}, any JSON. The texts are in ${body} or in ${pool}. */
void session_tokens_read(struct json body, const struct session_login_settings *settings,
                         struct pool *pool, struct session_tokens *out);

/* Returns ${body} without the members of the tokens, each time they occur. All other members keep
 * their order and their bytes. It is in ${pool}. */
struct text session_tokens_rest(struct json body, const struct session_login_settings *settings,
                                struct pool *pool);

/* True when ${text} contains one of the tokens, as it is or with escapes of JSON or of a URL. */
bool session_tokens_are_in(const struct session_tokens *tokens, struct text text,
                           struct pool *pool);

/* Returns the claims of ${token}, a JWT whose signature was checked: a JSON object in ${pool}.
 * Absent for another text. */
struct text session_tokens_claims(struct text token, struct pool *pool);

/* Returns when a token with ${claims} ends, in seconds since 1970 UTC; 0: they do not say it. */
int64_t session_tokens_until_s(struct text claims);

/* Returns when the access token of ${tokens} ends: by expires_in or by its own claims, whichever is
 * earlier; 0: neither says it. ${now_s} is when the answer came. */
int64_t session_tokens_access_until_s(const struct session_tokens *tokens, int64_t now_s,
                                      struct pool *pool);

#endif
