/*
 * What an OpenID provider says about itself: the document at
 * ISSUER/.well-known/openid-configuration (OpenID Connect Discovery 1.0, sections 3 and 4).
 */
#ifndef BFF_TOKEN_DISCOVERY_H
#define BFF_TOKEN_DISCOVERY_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define DISCOVERY_WRONG_SIZE 256    /* bytes of a text that says what is wrong */
#define DISCOVERY_URL_MAX 2048      /* bytes of each URL */
#define DISCOVERY_BYTES_MAX 0x40000 /* bytes of a document */

/*
 * The members of a document that this server uses. An absent text: the document has no such member.
 *
 *   URLs          are good for discovery_is_url, and https when the issuer is
 *   has_s256      the provider takes PKCE with S256 (code_challenge_methods_supported, RFC 8414)
 *   has_iss       the answer of the authorization endpoint names the issuer
 *                 (authorization_response_iss_parameter_supported, RFC 9207)
 *   has_basic     the token endpoint takes client_secret_basic. This is the default of the standard
 *   has_post      the token endpoint takes client_secret_post
 *   has_logout    a logout at the provider reaches us (backchannel_logout_supported)
 */
struct discovery {
    struct text issuer;
    struct text jwks_uri; /* always there */
    struct text authorization_endpoint;
    struct text token_endpoint;
    struct text userinfo_endpoint;
    struct text end_session_endpoint;
    bool has_s256;
    bool has_iss;
    bool has_basic;
    bool has_post;
    bool has_logout;
};

/*
 * Reads the document ${json}, which may be any bytes. ${issuer} is the issuer that was asked. The
 * texts of ${out} are in ${pool}. Returns 0; or -1 with the mistake in ${wrong}: the document is
 * not a JSON object, a member that we read occurs twice or has a wrong type, the document's issuer
 * is not exactly ${issuer} (so that one provider cannot answer for another one), it has no
 * jwks_uri, or one of its URLs is not good (discovery_is_url).
 */
int discovery_read(struct text json, struct text issuer, struct pool *pool, struct discovery *out,
                   char wrong[DISCOVERY_WRONG_SIZE]);

/* True when ${url} can be asked (outside.h), has at most DISCOVERY_URL_MAX bytes, and is https; or
 * http to an address of this machine (127.0.0.0/8, [::1], localhost). */
bool discovery_is_url(struct text url);

/* Returns the URL of the document of ${issuer} in ${pool}. A slash at the end of the issuer is
 * dropped before the path is added (section 4.1). */
struct text discovery_url(struct text issuer, struct pool *pool);

#endif
