/* See login_claims.h. */
#include <math.h>

#include "bff/token/jwt_members.h"
#include "bff/token/jwt_path.h"
#include "bff/edge/login_roles.h"
#include "bff/edge/login_scopes.h"
#include "bff/edge/revocation.h"

#include "bff/edge/login_claims.h"

enum { EXP, NBF, IAT, ISS, AUD, JTI, SID, CLAIM_COUNT };

#define SECONDS_MOST 9999999999.0 /* a larger number is probably in milliseconds */

/* When the claim is absent, ${*out} does not change. A number that is too large for a double is
 * refused. */
static int read_time(struct json claim, double *out)
{
    double seconds;

    if (json_is(claim, JSON_NONE))
        return 0;
    if (!json_double(claim, &seconds) || !isfinite(seconds))
        return -1;
    *out = seconds;
    return 0;
}

static int read_times(const struct jwt_member *claims, const struct login_rules *rules,
                      struct login_claims *out)
{
    double issued = 0;

    out->from = -INFINITY;
    out->until = INFINITY;
    if (read_time(claims[NBF].value, &out->from) != 0 ||
        read_time(claims[EXP].value, &out->until) != 0 ||
        read_time(claims[IAT].value, &issued) != 0)
        return -1;
    /* A time that is not known is before the time of every revocation. */
    out->issued_s = issued > 0 && issued < SECONDS_MOST ? (int64_t)issued : 0;
    out->from -= rules->leeway_seconds;
    out->until += rules->leeway_seconds;
    return rules->require_exp && json_is(claims[EXP].value, JSON_NONE) ? -1 : 0;
}

static bool is_string(struct json claim, const char *wanted, struct pool *pool)
{
    return json_is(claim, JSON_STRING) && text_is(json_text(claim, pool), wanted);
}

static bool is_issuer(struct json iss, const char *wanted, struct pool *pool)
{
    if (wanted == NULL)
        return json_is(iss, JSON_NONE) || json_is(iss, JSON_STRING);
    return is_string(iss, wanted, pool);
}

/* True when ${aud} is the string ${wanted}, or a list of strings that contains it (RFC 7519 section
 * 4.1.3). */
static bool is_audience(struct json aud, const char *wanted, struct pool *pool)
{
    bool is_found = wanted == NULL;

    if (json_is(aud, JSON_STRING))
        return is_found || is_string(aud, wanted, pool);
    if (json_is(aud, JSON_NONE))
        return is_found;
    if (!json_is(aud, JSON_ARRAY))
        return false;
    json_each (one, aud) {
        if (!json_is(one, JSON_STRING))
            return false;
        is_found = is_found || is_string(one, wanted, pool);
    }
    return is_found;
}

static bool is_integer(struct json claim)
{
    struct text digits = json_raw(claim);

    for (size_t i = digits.at[0] == '-' ? 1 : 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return false;
    }
    return true;
}

static int read_id(struct json claim, struct pool *pool, struct text *out)
{
    if (!json_is(claim, JSON_STRING) && !(json_is(claim, JSON_NUMBER) && is_integer(claim)))
        return -1;
    *out = json_text(claim, pool);
    return out->len > 0 && login_roles_is_plain(*out) ? 0 : -1;
}

/* Writes the first claim of ${paths} that the token has to ${*out}. All of them are looked at, so
 * that none of them may occur twice. */
static int read_first(struct json object, const struct login_paths *paths, struct pool *pool,
                      struct json *out)
{
    *out = (struct json){0};
    for (size_t i = 0; i < paths->count; i++) {
        struct json one;
        if (jwt_path_read(object, paths->at[i], pool, &one) != 0)
            return -1;
        if (json_is(*out, JSON_NONE))
            *out = one;
    }
    return 0;
}

static int read_user(struct json object, const struct login_rules *rules, struct pool *pool,
                     struct login_user *out)
{
    struct json id, role, scope;

    if (read_first(object, &rules->user, pool, &id) != 0 ||
        read_first(object, &rules->role, pool, &role) != 0 ||
        read_first(object, &rules->scope, pool, &scope) != 0 || read_id(id, pool, &out->id) != 0)
        return -1;
    if (login_roles_read(role, rules->splits_roles, pool, &out->roles) != 0)
        return -1;
    return login_scopes_read(scope, pool, &out->scopes);
}

int login_claims_read(struct text json, const struct login_rules *rules, struct pool *pool,
                      struct login_claims *out)
{
    struct jwt_member claims[CLAIM_COUNT] = {
        [EXP] = {.name = "exp"}, [NBF] = {.name = "nbf"}, [IAT] = {.name = "iat"},
        [ISS] = {.name = "iss"}, [AUD] = {.name = "aud"}, [JTI] = {.name = "jti"},
        [SID] = {.name = "sid"},
    };
    struct json object;

    *out = (struct login_claims){0};
    if (jwt_object(json, &object) != 0 || jwt_members_read(object, pool, claims, CLAIM_COUNT) != 0)
        return -1;
    jwt_members_drop_null(claims, CLAIM_COUNT);
    if (read_times(claims, rules, out) != 0 || !is_issuer(claims[ISS].value, rules->issuer, pool) ||
        !is_audience(claims[AUD].value, rules->audience, pool))
        return -1;
    out->jti = revocation_key(REVOCATION_JTI, json_text(claims[JTI].value, pool));
    out->sid = revocation_key(REVOCATION_SID, json_text(claims[SID].value, pool));
    return read_user(object, rules, pool, &out->user);
}

bool login_claims_hold(const struct login_claims *claims, int64_t now_seconds)
{
    double now = (double)now_seconds;

    return claims->from <= now && now < claims->until;
}

/* Of the claims only these two have a reason of their own. */
enum login_fault login_claims_fault(struct text json, const struct login_rules *rules,
                                    struct pool *pool)
{
    struct jwt_member claims[] = {{.name = "iss"}, {.name = "aud"}};
    struct json object;

    if (jwt_object(json, &object) != 0 ||
        jwt_members_read(object, pool, claims, sizeof(claims) / sizeof(claims[0])) != 0)
        return LOGIN_FAULT_MALFORMED;
    jwt_members_drop_null(claims, sizeof(claims) / sizeof(claims[0]));
    if (rules->issuer != NULL && !is_issuer(claims[0].value, rules->issuer, pool))
        return LOGIN_FAULT_ISSUER;
    if (rules->audience != NULL && !is_audience(claims[1].value, rules->audience, pool))
        return LOGIN_FAULT_AUDIENCE;
    return LOGIN_FAULT_MALFORMED;
}
