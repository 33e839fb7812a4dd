/* See oidc_claims.h. */
#include <math.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "bff/json/json_print.h"
#include "bff/token/jwt_base64.h"
#include "bff/token/jwt_members.h"
#include "bff/token/jwt_verify.h"

#include "bff/session/oidc_claims.h"

#define AGE_MAX_S 3600 /* of a token: a new one is seconds old, and clocks may differ */
#define EVENT "http://schemas.openid.net/event/backchannel-logout"

enum { ISS, AUD, AZP, SUB, EXP, IAT, JTI, SID, NONCE, AT_HASH, EVENTS, MEMBER_COUNT };

struct members {
    struct jwt_member rows[MEMBER_COUNT];
    struct json object;
    struct pool *pool;
};

static int read_members(struct text claims, struct pool *pool, struct members *out)
{
    static const char *const names[MEMBER_COUNT] = {
        [ISS] = "iss",     [AUD] = "aud",         [AZP] = "azp",       [SUB] = "sub",
        [EXP] = "exp",     [IAT] = "iat",         [JTI] = "jti",       [SID] = "sid",
        [NONCE] = "nonce", [AT_HASH] = "at_hash", [EVENTS] = "events",
    };

    *out = (struct members){.pool = pool};
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        out->rows[i].name = names[i];
    if (jwt_object(claims, &out->object) != 0 ||
        jwt_members_read(out->object, pool, out->rows, MEMBER_COUNT) != 0)
        return -1;
    jwt_members_drop_null(out->rows, MEMBER_COUNT);
    return 0;
}

static bool has(const struct members *members, int which)
{
    return !json_is(members->rows[which].value, JSON_NONE);
}

/* An absent text for anything but a string. */
static struct text string_of(const struct members *members, int which)
{
    struct json value = members->rows[which].value;

    return json_is(value, JSON_STRING) ? json_text(value, members->pool) : (struct text){0};
}

/* An optional claim: empty when it is absent. Returns -1 for anything but visible ASCII. */
static int read_id(const struct members *members, int which, struct text *out)
{
    *out = has(members, which) ? string_of(members, which) : TEXT("");
    return out->at != NULL && login_roles_is_plain(*out) ? 0 : -1;
}

/* The claims of both kinds. */

static bool is_client(struct json value, struct text client_id, struct pool *pool)
{
    return json_is(value, JSON_STRING) && text_equal(json_text(value, pool), client_id);
}

/* This server must be one of the audiences. With several of them, `azp` must say that the token was
 * issued to it. */
static bool is_for(const struct members *members, struct text client_id)
{
    struct json aud = members->rows[AUD].value, azp = members->rows[AZP].value;
    bool is_found = is_client(aud, client_id, members->pool);

    if (json_is(aud, JSON_ARRAY))
        json_each (one, aud)
            is_found = is_found || is_client(one, client_id, members->pool);
    if (json_is(azp, JSON_NONE))
        return is_found && !(json_is(aud, JSON_ARRAY) && json_length(aud) > 1);
    return is_found && is_client(azp, client_id, members->pool);
}

static bool read_time(const struct members *members, int which, double *out)
{
    return json_double(members->rows[which].value, out) && isfinite(*out);
}

/* ${*until_s} is when the token is not accepted any more. */
static const char *check_times(const struct members *members, int64_t now_s, int64_t *until_s)
{
    double exp, iat, now = (double)now_s;

    if (!read_time(members, EXP, &exp) || !read_time(members, IAT, &iat))
        return "times";
    if (now >= exp + LOGIN_LEEWAY_SECONDS || now >= iat + AGE_MAX_S)
        return "expired";
    if (iat > now + LOGIN_LEEWAY_SECONDS)
        return "not_yet";
    *until_s = (int64_t)fmin(exp + LOGIN_LEEWAY_SECONDS, iat + AGE_MAX_S) + 1;
    return NULL;
}

static bool is_from(const struct members *members, struct text issuer)
{
    return issuer.len > 0 && text_equal(string_of(members, ISS), issuer);
}

static const char *check(const struct members *members,
                         const struct session_provider_settings *provider, int64_t now_s,
                         int64_t *until_s)
{
    if (!is_from(members, provider->issuer))
        return "issuer";
    if (!is_for(members, provider->client_id))
        return "audience";
    return check_times(members, now_s, until_s);
}

static bool is_type(const struct jwt *token, const char *type)
{
    return text_equal_nocase(token->typ, text_of(type));
}

bool oidc_claims_names(const struct jwt *token, const struct session_provider_settings *provider,
                       struct pool *pool)
{
    struct members members;

    return read_members(token->claims, pool, &members) == 0 &&
           is_from(&members, provider->issuer) && is_for(&members, provider->client_id);
}

/* The ID token. */

/* Ed25519 hashes by itself, with SHA-512 (RFC 8032). */
static const EVP_MD *digest_of(enum jwt_algorithm algorithm)
{
    const EVP_MD *digest = jwt_verify_digest(algorithm);

    return digest == NULL ? EVP_sha512() : digest;
}

/* `at_hash` binds the access token to the ID token: the left half of its hash (Core section
 * 3.1.3.6). */
static bool is_bound(const struct members *members, const struct jwt *token, struct text access)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    struct text wanted = string_of(members, AT_HASH);

    if (!has(members, AT_HASH))
        return true;
    if (EVP_Digest(access.at, access.len, hash, &len, digest_of(token->algorithm), NULL) != 1)
        return false;
    struct text half = {(const char *)hash, len / 2};
    return text_equal(jwt_base64_encode(members->pool, half), wanted);
}

static bool is_same(struct text a, struct text b)
{
    return a.len == b.len && a.len > 0 && CRYPTO_memcmp(a.at, b.at, a.len) == 0;
}

static bool is_of_protocol(struct text key)
{
    static const char *const names[] = {"iss", "aud", "azp",   "exp",     "iat",    "nbf",
                                        "jti", "sid", "nonce", "at_hash", "c_hash", "s_hash"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (json_key_is(key, names[i]))
            return true;
    return false;
}

static struct text claims_of(struct json object, struct pool *pool)
{
    struct json_walk walk = json_walk(object);
    struct json_print out;
    struct json value;

    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{"));
    while (json_walk_next(&walk, &value)) {
        if (is_of_protocol(walk.key))
            continue;
        json_print_comma(&out);
        json_print_raw(&out, TEXT("\""));
        json_print_raw(&out, walk.key);
        json_print_raw(&out, TEXT("\":"));
        json_print_json(&out, value);
    }
    json_print_raw(&out, TEXT("}"));
    return json_print_text(&out);
}

static struct login_paths paths_or(struct login_paths paths, struct login_paths normal)
{
    return paths.count > 0 ? paths : normal;
}

struct login_rules oidc_claims_rules(const struct session_provider_settings *provider)
{
    return (struct login_rules){
        .user = paths_or(provider->user, (struct login_paths){{"sub"}, 1}),
        .role = paths_or(provider->role, (struct login_paths){{"role"}, 1}),
        .scope = paths_or(provider->scope, (struct login_paths){{"scope", "scp"}, 2}),
        .splits_roles = provider->splits_roles,
    };
}

static int read_user(const struct members *members, struct text claims,
                     const struct session_provider_settings *provider, struct login_user *out)
{
    struct login_rules rules = oidc_claims_rules(provider);
    struct login_claims read;

    if (login_claims_read(claims, &rules, members->pool, &read) != 0)
        return -1;
    *out = read.user;
    return 0;
}

const char *oidc_claims_read(const struct jwt *token, const struct oidc_claims_ask *ask,
                             struct pool *pool, struct oidc_claims *out)
{
    struct members members;
    int64_t until_s;

    *out = (struct oidc_claims){0};
    if (is_type(token, "logout+jwt") || is_type(token, "at+jwt") ||
        read_members(token->claims, pool, &members) != 0 || has(&members, EVENTS))
        return "id_token";
    const char *fault = check(&members, ask->provider, ask->now_s, &until_s);
    if (fault != NULL)
        return fault;
    if (!is_same(string_of(&members, NONCE), ask->nonce))
        return "nonce";
    if (!is_bound(&members, token, ask->access_token))
        return "at_hash";
    if (string_of(&members, SUB).len == 0 || read_id(&members, SID, &out->sid) != 0 ||
        read_user(&members, token->claims, ask->provider, &out->user) != 0)
        return "claims";
    out->claims = claims_of(members.object, pool);
    return NULL;
}

/* The logout token. */

static bool has_event(const struct members *members)
{
    struct json events = members->rows[EVENTS].value;

    return json_is(events, JSON_OBJECT) && json_is(json_get(events, EVENT), JSON_OBJECT);
}

const char *oidc_claims_read_logout(const struct jwt *token,
                                    const struct session_provider_settings *provider, int64_t now_s,
                                    struct pool *pool, struct oidc_claims_logout *out)
{
    struct members members;

    *out = (struct oidc_claims_logout){0};
    if ((token->typ.at != NULL && !is_type(token, "logout+jwt") && !is_type(token, "JWT")) ||
        read_members(token->claims, pool, &members) != 0)
        return "logout_token";
    const char *fault = check(&members, provider, now_s, &out->until_s);
    if (fault != NULL)
        return fault;
    if (!has_event(&members))
        return "events";
    if (has(&members, NONCE))
        return "nonce";
    if (read_id(&members, JTI, &out->jti) != 0 || read_id(&members, SID, &out->sid) != 0 ||
        read_id(&members, SUB, &out->sub) != 0 || out->jti.len == 0 ||
        out->sid.len + out->sub.len == 0)
        return "claims";
    return NULL;
}
