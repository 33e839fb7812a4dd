/*
 * The token by which this server tells a service who asks, so that the service can check it: a
 * JWT (RFC 7519). The public keys are at /.well-known/jwks.json. A token is for one user, one
 * session or API key, and one service. It is made at the first call and kept for three quarters of
 * its life, so a service always gets one that is good for some time.
 *
 * An identity belongs to one worker. docs/identity.md explains the tokens to the authors of
 * services.
 */
#ifndef BFF_EDGE_IDENTITY_H
#define BFF_EDGE_IDENTITY_H

#include "bff/base/text.h"
#include "bff/edge/identity_keys.h"

struct identity;

/* Returns NULL, or what is wrong with ${settings}, as identity_keys_new. The files are read. */
const char *identity_check(const struct identity_settings *settings);

/* ${keys} must outlive the result. */
struct identity *identity_new(const struct identity_keys *keys);
void identity_free(struct identity *identity); /* NULL: does nothing */

/* The name of the header with the token, in lower case. */
struct text identity_header(const struct identity *identity);

/*
 * Who asks. All texts are visible ASCII. A text that is absent or empty gives no claim.
 *
 *   user     `sub`; absent: there is only an API key
 *   roles    "admin,staff" becomes the list `roles`
 *   scopes   "read write" becomes `scope`
 *   client   the name of the API key, `client_id`
 *   session  the id of the session; `sid` is its SHA-256 in base64url
 */
struct identity_subject {
    struct text user, roles, scopes, client, session;
};

/* Returns the token that tells ${service} about ${subject}. It is valid until the next call.
 * Absent: it could not be signed. */
struct text identity_token(struct identity *identity, const struct identity_subject *subject,
                           struct text service);

#endif
