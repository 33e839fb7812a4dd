/*
 * A logout that goes on at the provider. The page's script gets no URL with the ID token in it: it
 * gets a path of ours, and this sealed cookie has what the provider needs. So only the browser
 * itself sees the token, on its way to the provider that has issued it.
 */
#ifndef BFF_SESSION_OIDC_LEAVE_H
#define BFF_SESSION_OIDC_LEAVE_H

#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/session/session_seal.h"

#define OIDC_LEAVE_S 120           /* how long the cookie is good */
#define OIDC_LEAVE_SUFFIX "logout" /* of its name (session_cookie_login_name) */
#define OIDC_LEAVE_VALUE_MAX 3800  /* bytes of its value */

/* ${id_token} may be empty. */
struct oidc_leave {
    struct text provider;
    struct text id_token;
};

/* Returns ${leave} sealed, as the value of the cookie ${name}. An ID token that is too long for one
 * cookie is left out; then the provider asks the user. */
struct text oidc_leave_seal(const struct oidc_leave *leave, const struct session_seal *seal,
                            struct text name, int64_t now_s, struct pool *pool);

/* Opens what oidc_leave_seal has made. Returns 0; or -1 for anything else, and when it is over. */
int oidc_leave_open(const struct session_seal *seal, struct text name, struct text value,
                    int64_t now_s, struct pool *pool, struct oidc_leave *out);

#endif
