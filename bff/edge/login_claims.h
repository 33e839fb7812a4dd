/* What a token says, once its signature is known to be good: from when, until when, and who. */
#ifndef BFF_EDGE_LOGIN_CLAIMS_H
#define BFF_EDGE_LOGIN_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/login.h"

/* See struct login_settings. */
struct login_rules {
    char *issuer, *audience;
    double leeway_seconds;
    bool require_exp;
};

struct login_claims {
    double from, until; /* seconds since 1970 UTC, the leeway in them; -INFINITY, INFINITY: ever */
    struct login_user user;
};

/*
 * Reads ${json}, which may be anything; what is decoded lives in ${pool}. Returns -1 when it is no
 * JSON object, a claim that we read is there twice or of a wrong type, issuer or audience are not
 * those of ${rules}, or nobody is named in it. Whether it is in time is for login_claims_hold.
 */
int login_claims_read(struct text json, const struct login_rules *rules, struct pool *pool,
                      struct login_claims *out);

/* Whether the claims hold at ${now_seconds}. */
bool login_claims_hold(const struct login_claims *claims, int64_t now_seconds);

#endif
