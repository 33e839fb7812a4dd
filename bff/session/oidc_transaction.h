/*
 * A login at a provider that is under way. It is in a sealed cookie of the browser in which it
 * began, so nobody can finish it in another browser (login CSRF, code injection). Several tabs have
 * several cookies: the name of a cookie follows from the `state` that the provider gives back.
 */
#ifndef BFF_SESSION_OIDC_TRANSACTION_H
#define BFF_SESSION_OIDC_TRANSACTION_H

#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/session/session_cookie.h"
#include "bff/session/session_seal.h"

#define OIDC_TRANSACTION_S 600  /* how long a login may take */
#define OIDC_TRANSACTION_MOST 5 /* that a browser may have at the same time */

/*
 *   provider      its name
 *   state, nonce, verifier  random texts of 43 bytes: of the authorization request, of the ID
 *                 token, and of PKCE (RFC 7636)
 *   redirect_uri  where the provider sends the browser back
 *   return_url    where the browser goes after that (oidc_return.h)
 *   began_s       in seconds since 1970 UTC
 */
struct oidc_transaction {
    struct text provider;
    struct text state, nonce, verifier;
    struct text redirect_uri;
    struct text return_url;
    int64_t began_s;
};

/* Makes the three random texts, in ${pool}. */
void oidc_transaction_random(struct oidc_transaction *transaction, struct pool *pool);

/* Returns the challenge for ${verifier}: base64url of its SHA-256 (RFC 7636 section 4.2). */
struct text oidc_transaction_challenge(struct text verifier, struct pool *pool);

/* Returns the suffix of the cookie for ${state} (session_cookie_login_name). It tells nothing of
 * the state. */
struct text oidc_transaction_suffix(struct text state, struct pool *pool);

/* Returns ${transaction} sealed, as the value of the cookie ${name}. */
struct text oidc_transaction_seal(const struct oidc_transaction *transaction,
                                  const struct session_seal *seal, struct text name,
                                  struct pool *pool);

/* Opens the value of the cookie ${name}. Returns 0; or -1 when it is not one that
 * oidc_transaction_seal has made, or when it is over at ${now_s}. */
int oidc_transaction_open(const struct session_seal *seal, struct text name, struct text value,
                          int64_t now_s, struct pool *pool, struct oidc_transaction *out);

/*
 * Finds the cookies of logins that should be cleared before another login begins, so that a browser
 * has at most OIDC_TRANSACTION_MOST: those that are over, that cannot be opened, and then the
 * oldest. ${field} is the value of Cookie. Writes up to ${most} suffixes to ${suffixes}, and
 * returns their number.
 */
size_t oidc_transaction_excess(const struct session_seal *seal, const struct session_cookie *cookie,
                               struct text field, int64_t now_s, struct pool *pool,
                               struct text *suffixes, size_t most);

#endif
