/* The claims of a token with a good signature: its times and its user. */
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
    struct login_paths user, role; /* one at least of each */
    double leeway_seconds;
    bool require_exp;
};

struct login_claims {
    double from, until; /* seconds since 1970 UTC with the leeway; -INFINITY, INFINITY: always */
    struct login_user user;
};

/*
 * Reads ${json}, which can be any bytes; what is decoded lives in ${pool}. Returns 0; or -1 when it
 * is not a JSON object, a claim that we read occurs twice or has a wrong type, issuer or audience
 * are not those of ${rules}, or it names no user. A claim that is null counts as absent.
 * login_claims_hold checks the times.
 */
int login_claims_read(struct text json, const struct login_rules *rules, struct pool *pool,
                      struct login_claims *out);

/* Whether the claims are valid at ${now_seconds}. */
bool login_claims_hold(const struct login_claims *claims, int64_t now_seconds);

#endif
