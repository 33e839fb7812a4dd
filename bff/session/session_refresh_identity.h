/* Who the user of new tokens is. */
#ifndef BFF_SESSION_SESSION_REFRESH_IDENTITY_H
#define BFF_SESSION_SESSION_REFRESH_IDENTITY_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/login.h"
#include "bff/session/session_settings.h"
#include "bff/token/jwt.h"

/* Checks an access token of a service as step_login does. The results are those of
 * login_check_token. The texts of ${out} are in ${pool}. */
enum login_verdict session_refresh_identity_service(const struct login_worker *login,
                                                    struct text token, struct pool *pool,
                                                    struct login_user *out,
                                                    struct key_source_worker **wanted);

/* Reads the ID token of a refresh (OpenID Connect Core 1.0 section 12.2), whose signature has been
 * verified: its issuer, audience and times, and the user. It need not have the nonce of the login.
 * Returns NULL; or a word that says what is wrong. */
const char *session_refresh_identity_provider(const struct jwt *token,
                                              const struct session_provider_settings *provider,
                                              struct pool *pool, struct login_user *out);

#endif
