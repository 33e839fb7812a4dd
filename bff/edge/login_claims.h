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
    struct login_paths user, role, scope; /* one at least of each */
    enum login_type type;
    double leeway_seconds;
    bool splits_roles;
    bool require_exp;
};

struct login_claims {
    double from, until; /* when the token is valid, in seconds since 1970 UTC, the leeway included;
                           -INFINITY and INFINITY: no limit */
    uint64_t jti, sid;  /* keys for revocation.h; 0: the token has none */
    int64_t issued_s;   /* iat; 0: the token has none */
    struct login_user user;
    unsigned issuer; /* the place of the issuer in the login */
    uint64_t keys;   /* the key set (key_set.h) that verified the token; 0: a key of the settings */
};

/*
 * Reads the claims from ${json}, which may be any bytes; decoded texts are in ${pool}. A claim that
 * is null counts as absent. Returns 0; or -1 when ${json} is not a JSON object, a claim that we
 * read occurs twice or has a wrong type, the issuer or the audience is not that of ${rules}, or the
 * claims name no user. This function does not compare the times with the clock: login_claims_hold
 * does.
 */
int login_claims_read(struct text json, const struct login_rules *rules, struct pool *pool,
                      struct login_claims *out);

/* True when the times of the claims are valid at ${now_seconds}. */
bool login_claims_hold(const struct login_claims *claims, int64_t now_seconds);

/* Returns why login_claims_read refused ${json}, never LOGIN_FAULT_NONE. */
enum login_fault login_claims_fault(struct text json, const struct login_rules *rules,
                                    struct pool *pool);

#endif
