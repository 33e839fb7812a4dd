/*
 * What a provider says about itself in its discovery document (OpenID Connect Discovery 1.0 section
 * 3, RFC 8414).
 */
#ifndef BFF_SESSION_OIDC_METADATA_H
#define BFF_SESSION_OIDC_METADATA_H

#include <stdbool.h>

#include <h2o/linklist.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/json/json.h"

/*
 *   authorization, token  the URLs of these endpoints
 *   end_session           where a user is signed out; absent: the provider cannot do that
 *   jwks                  the URL of its key set
 *   announces_issuer      answers to authorization requests have `iss` (RFC 9207)
 *   takes_basic           its token endpoint takes client_secret_basic, which is the default
 *   takes_post            it takes client_secret_post
 */
struct oidc_metadata {
    struct text issuer;
    struct text authorization, token, end_session, jwks;
    bool announces_issuer;
    bool takes_basic, takes_post;
};

/*
 * Reads ${document}, whose `issuer` must be ${issuer} byte by byte. The texts of ${out} are in
 * ${pool}. Returns NULL; or a text that says what is wrong: a URL is missing or is not a URL, or it
 * is plain although the issuer is https.
 */
const char *oidc_metadata_read(struct json document, struct text issuer, struct pool *pool,
                               struct oidc_metadata *out);

/* Somebody who waits for the metadata; see oidc_client.h. All zero: not waiting. */
struct oidc_metadata_wait {
    h2o_linklist_t link;
    void (*done)(struct oidc_metadata_wait *wait, const struct oidc_metadata *metadata);
};

#endif
