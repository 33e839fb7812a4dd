/*
 * A question to the token endpoint of a provider (RFC 6749 section 3.2): tokens for a code, or new
 * tokens for a refresh token. A grant belongs to no request: its user decides when it is stopped.
 *
 * When the provider's endpoints are not known yet, its metadata is fetched first. The whole has the
 * provider's timeout twice at most, and the answer has a limit of 64 KiB.
 */
#ifndef BFF_SESSION_OIDC_GRANT_H
#define BFF_SESSION_OIDC_GRANT_H

#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/session/oidc_answer.h"
#include "bff/session/oidc_client.h"
#include "bff/upstream/outside.h"

enum oidc_grant_end {
    OIDC_GRANT_TOKENS,      /* there are tokens */
    OIDC_GRANT_INVALID,     /* the provider says invalid_grant: the code or the refresh token is
                               not valid any more */
    OIDC_GRANT_UNAVAILABLE, /* the provider did not answer, or gave another error, or its answer
                               makes no sense: the token may still be good */
};

/* In the memory of its user, all zero before the first start. */
struct oidc_grant;
typedef void (*oidc_grant_done)(struct oidc_grant *grant, enum oidc_grant_end end, void *cookie);

struct oidc_grant {
    struct oidc_tokens tokens; /* with OIDC_GRANT_TOKENS, until oidc_grant_stop */
    const char *fault;         /* with any other end: a word for the log; never a secret */

    /* oidc_grant.c's own */
    struct oidc_client *client; /* NULL: not under way */
    struct pool *pool;
    struct oidc_client_wait wait;
    struct outside_call call;
    struct text body; /* without the client's authentication */
    oidc_grant_done done;
    void *cookie;
};

/* The answer to an authorization request, for oidc_grant_code. ${redirect_uri} is the same as in
 * the authorization request, and ${verifier} is that of its challenge (RFC 7636). */
struct oidc_grant_ask {
    struct text code, redirect_uri, verifier;
};

/* Asks for the tokens of a code. ${done} is called once, never from inside this function. The texts
 * are copied. */
void oidc_grant_code(struct oidc_grant *grant, struct oidc_client *client,
                     const struct oidc_grant_ask *ask, oidc_grant_done done, void *cookie);

/*
 * Asks for new tokens by ${refresh_token} (RFC 6749 section 6), which is copied. ${done} is called
 * once, never from inside this function. The provider may have replaced the refresh token although
 * its answer was lost: so the result of one refresh must be shared by all who need it.
 */
void oidc_grant_refresh(struct oidc_grant *grant, struct oidc_client *client,
                        struct text refresh_token, oidc_grant_done done, void *cookie);

/* Ends the grant, without ${done} if it is under way, and frees its tokens. May be called from
 * inside ${done}. Does nothing for a grant that is not under way. */
void oidc_grant_stop(struct oidc_grant *grant);

#endif
