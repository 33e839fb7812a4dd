/* See login.h. */
#include <stdio.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/edge/login_cache.h"
#include "bff/edge/login_claims.h"
#include "bff/edge/login_fingerprint.h"
#include "bff/edge/login_issuer.h"
#include "bff/edge/login_issuers.h"
#include "bff/edge/login_keys.h"
#include "bff/edge/login_worker.h"
#include "bff/edge/revocation.h"
#include "bff/token/jwt.h"
#include "bff/token/jwt_members.h"

#include "bff/edge/login.h"

struct login *login_new(const struct login_settings *settings, const char **wrong)
{
    static _Thread_local char words[LOGIN_ISSUER_WRONG];
    struct login *login = memory_new(sizeof(*login));

    if (login_issuers_make(login, settings, words) == 0) {
        login_fingerprint(login, settings->secret, login->fingerprint);
        return login;
    }
    login_free(login);
    *wrong = words;
    return NULL;
}

void login_free(struct login *login)
{
    if (login == NULL)
        return;
    login_issuers_free(login);
    memory_free(login);
}

size_t login_count(const struct login *login) { return login->count; }

struct login_report login_issuer_report(const struct login *login, size_t place)
{
    const struct login_issuer *issuer = &login->issuers[place];
    struct login_report report = {.name = issuer->name, .has_keys = issuer->source != NULL};

    if (report.has_keys)
        report.keys = key_source_read(issuer->source);
    return report;
}

/* Known tokens. */

/* The cache's name in the registry is the worker's number, "/" and the fingerprint in hexadecimal
 * digits. */
struct login_cache *login_cache_hold(const struct login *login, unsigned worker)
{
    char name[32 + 2 * LOGIN_FINGERPRINT_BYTES];
    int len = snprintf(name, sizeof(name), "%u/", worker);

    for (size_t i = 0; i < LOGIN_FINGERPRINT_BYTES; i++)
        len += snprintf(name + len, sizeof(name) - (size_t)len, "%02x", login->fingerprint[i]);
    return login_cache_hold_named((struct text){name, (size_t)len}, login->fingerprint);
}

/* Checking. */

/* What one check works with. */
struct checking {
    const struct login_worker *worker;
    const struct login_request *request;
    struct text claims;               /* decoded */
    struct key_source_worker *wanted; /* may have the key that is not known; NULL: none */
};

/* Finds the token in the ${value} of a field. Returns false when there is none. */
static bool bearer_token(struct text value, struct text *token)
{
    struct text rest = value, scheme = text_cut(&rest, ' ');

    if (!text_equal_nocase(scheme, TEXT("Bearer")))
        return false;
    while (rest.len > 0 && rest.at[0] == ' ') {
        rest.at++;
        rest.len--;
    }
    *token = rest;
    return rest.len > 0;
}

/* The issuer. */

static bool is_issuer(const struct login_issuer *issuer, struct text iss)
{
    return iss.at != NULL && issuer->name != NULL && text_is(iss, issuer->rules.issuer);
}

/* Reads the claim iss, which is not verified yet. Returns 0; or -1 when it cannot be read. */
static int read_iss(struct text claims, struct pool *pool, struct text *iss)
{
    struct jwt_member member = {.name = "iss"};
    struct json object;

    if (jwt_object(claims, &object) != 0 || jwt_members_read(object, pool, &member, 1) != 0)
        return -1;
    *iss = json_is(member.value, JSON_STRING) ? json_text(member.value, pool) : (struct text){0};
    return 0;
}

/* Writes the issuer whose rules count for the token to ${*out}. */
static enum login_fault choose(const struct login *login, const struct jwt *token,
                               struct pool *pool, unsigned *out)
{
    struct text iss;

    *out = 0;
    if (login->count == 1 && login->issuers[0].name == NULL)
        return LOGIN_FAULT_NONE;
    if (read_iss(token->claims, pool, &iss) != 0)
        return LOGIN_FAULT_MALFORMED;
    for (unsigned i = 0; i < login->count; i++)
        if (is_issuer(&login->issuers[i], iss)) {
            *out = i;
            return LOGIN_FAULT_NONE;
        }
    return login->issuers[0].name == NULL ? LOGIN_FAULT_NONE : LOGIN_FAULT_ISSUER;
}

/* The signature. */

/* Returns the key set of the issuer at ${place}; NULL: it has none, or none has been fetched. */
static const struct key_set *set_of(const struct login_worker *worker, unsigned place)
{
    struct key_source_worker *source = login_worker_source(worker, place);

    return source == NULL ? NULL : key_source_worker_look(source);
}

/*
 * Only this function decides whether the secret or a public key is used. ${*keys} is the id of the
 * key set that has verified the token; 0: a key of the settings has.
 */
static bool is_signed(const struct checking *checking, unsigned place, const struct jwt *token,
                      uint64_t *keys)
{
    const struct login_issuer *issuer = &checking->worker->login->issuers[place];

    *keys = 0;
    if ((JWT_BIT(token->algorithm) & JWT_ALL_HS) != 0)
        return jwt_verify_secret(token, issuer->secret);
    if (login_keys_verify(&issuer->keys, token))
        return true;
    const struct key_set *set = set_of(checking->worker, place);
    if (set == NULL || !login_keys_verify(&set->keys, token))
        return false;
    *keys = set->id;
    return true;
}

/* Why the signature is not good. When another key may exist at the issuer's URL, it is wanted: the
 * key is not known, or nothing says which key was meant and the one there is may be an old one. */
static enum login_fault signature_fault(struct checking *checking, unsigned place,
                                        const struct jwt *token)
{
    const struct login_issuer *issuer = &checking->worker->login->issuers[place];
    const struct key_set *set = set_of(checking->worker, place);
    bool is_secret = (JWT_BIT(token->algorithm) & JWT_ALL_HS) != 0;
    bool has_key = is_secret || login_keys_has(&issuer->keys, token) ||
                   (set != NULL && login_keys_has(&set->keys, token));

    if (!is_secret && (!has_key || token->kid.at == NULL))
        checking->wanted = login_worker_source(checking->worker, place);
    return has_key ? LOGIN_FAULT_SIGNATURE : LOGIN_FAULT_UNKNOWN_KEY;
}

/* The whole token. */

/* Everything that the rules of an issuer say, except the times. */
static enum login_fault find_fault_of(struct checking *checking, unsigned place,
                                      const struct jwt *token, struct login_claims *claims)
{
    const struct login_issuer *issuer = &checking->worker->login->issuers[place];
    struct pool *pool = checking->request->pool;
    uint64_t keys;

    if ((JWT_BIT(token->algorithm) & issuer->algorithms) == 0)
        return LOGIN_FAULT_UNKNOWN_KEY;
    if (issuer->rules.type == LOGIN_TYPE_AT_JWT && !jwt_is_access(token))
        return LOGIN_FAULT_TYPE;
    if (!is_signed(checking, place, token, &keys))
        return signature_fault(checking, place, token);
    if (login_claims_read(token->claims, &issuer->rules, pool, claims) != 0)
        return login_claims_fault(token->claims, &issuer->rules, pool);
    claims->issuer = place;
    claims->keys = keys;
    return LOGIN_FAULT_NONE;
}

/* Everything except the times. */
static enum login_fault find_fault(struct checking *checking, struct text token,
                                   struct login_claims *claims)
{
    const struct login *login = checking->worker->login;
    struct jwt jwt;
    unsigned place;
    int status = jwt_read(token, login->algorithms, checking->request->pool, &jwt);

    if (status != 0)
        return status == -2 ? LOGIN_FAULT_UNKNOWN_KEY : LOGIN_FAULT_MALFORMED;
    checking->claims = jwt.claims;
    enum login_fault fault = choose(login, &jwt, checking->request->pool, &place);
    return fault != LOGIN_FAULT_NONE ? fault : find_fault_of(checking, place, &jwt, claims);
}

static enum login_fault time_fault(const struct login_claims *claims, int64_t now_seconds)
{
    if (login_claims_hold(claims, now_seconds))
        return LOGIN_FAULT_NONE;
    return (double)now_seconds < claims->until ? LOGIN_FAULT_NOT_YET : LOGIN_FAULT_EXPIRED;
}

static enum login_fault check_new(struct checking *checking, struct text token,
                                  struct login_claims *claims)
{
    enum login_fault fault = find_fault(checking, token, claims);

    return fault != LOGIN_FAULT_NONE ? fault : time_fault(claims, checking->request->now_seconds);
}

/* Copies the user's texts to ${pool}, because the cache may drop the token before the request
 * ends. */
static struct login_user copy_user(const struct login_user *user, struct pool *pool)
{
    return (struct login_user){
        .id = pool_text(pool, user->id),
        .roles = pool_text(pool, user->roles),
        .scopes = pool_text(pool, user->scopes),
    };
}

/* A known token whose key came from a URL is good only as long as the URL has the same keys. */
static bool is_current(const struct login_worker *worker, const struct login_claims *known)
{
    if (known->keys == 0)
        return true;
    const struct key_set *set = set_of(worker, known->issuer);
    return set != NULL && set->id == known->keys;
}

/* Asked for each request, also when the token is known. */
static bool is_revoked(const struct login_request *request, const struct login_claims *claims)
{
    if (revocation_is_empty(request->revocations))
        return false;
    struct revocation_asked asked = {
        .jti = claims->jti,
        .sid = claims->sid,
        .sub = revocation_key(REVOCATION_SUB, claims->user.id),
        .issued_s = claims->issued_s,
    };
    return revocation_has(request->revocations, &asked, request->now_seconds);
}

static enum login_fault check_cached(struct checking *checking, struct text token,
                                     struct login_claims *claims)
{
    const struct login_worker *worker = checking->worker;
    struct login_cache *cache = worker->cache;
    unsigned char digest[LOGIN_CACHE_DIGEST];

    must(memcmp(login_cache_of(cache), worker->login->fingerprint, LOGIN_FINGERPRINT_BYTES) == 0);
    login_cache_digest(cache, token, digest);
    const struct login_claims *known = login_cache_find(cache, digest);
    if (known != NULL && is_current(worker, known)) {
        *claims = *known;
        claims->user = copy_user(&known->user, checking->request->pool);
        return time_fault(known, checking->request->now_seconds);
    }
    enum login_fault fault = check_new(checking, token, claims);
    if (fault == LOGIN_FAULT_NONE)
        login_cache_put(cache, digest, claims);
    return fault;
}

static enum login_verdict verdict_of(const struct checking *checking, enum login_fault fault,
                                     struct key_source_worker **wanted)
{
    *wanted = checking->wanted;
    if (fault == LOGIN_FAULT_NONE)
        return LOGIN_OK;
    return checking->wanted != NULL ? LOGIN_WAITS : LOGIN_BAD;
}

enum login_verdict login_check_with(const struct login_worker *worker,
                                    const struct login_request *request, struct login_user *user,
                                    enum login_fault *fault, struct key_source_worker **wanted)
{
    struct checking checking = {.worker = worker, .request = request};
    struct login_claims claims = {0};
    struct text token;

    *user = (struct login_user){0};
    *fault = LOGIN_FAULT_NONE;
    *wanted = NULL;
    if (request->authorization_count > 1)
        return LOGIN_AMBIGUOUS;
    if (request->authorization_count == 0 || !bearer_token(request->authorization[0], &token))
        return LOGIN_ANONYMOUS;
    if (token.len > LOGIN_TOKEN_MAX)
        *fault = LOGIN_FAULT_MALFORMED;
    else if (worker->cache == NULL)
        *fault = check_new(&checking, token, &claims);
    else
        *fault = check_cached(&checking, token, &claims);
    if (*fault == LOGIN_FAULT_NONE && is_revoked(request, &claims))
        *fault = LOGIN_FAULT_REVOKED;
    if (*fault == LOGIN_FAULT_NONE)
        *user = claims.user;
    return verdict_of(&checking, *fault, wanted);
}

enum login_verdict login_check_token(const struct login_worker *worker, struct text token,
                                     const struct login_request *request, struct login_proof *proof,
                                     enum login_fault *fault, struct key_source_worker **wanted)
{
    struct checking checking = {.worker = worker, .request = request};
    struct login_claims claims = {0};

    *proof = (struct login_proof){0};
    *fault =
        token.len > LOGIN_TOKEN_MAX ? LOGIN_FAULT_MALFORMED : check_new(&checking, token, &claims);
    if (*fault == LOGIN_FAULT_NONE && is_revoked(request, &claims))
        *fault = LOGIN_FAULT_REVOKED;
    if (*fault == LOGIN_FAULT_NONE)
        *proof = (struct login_proof){claims.user, checking.claims};
    return verdict_of(&checking, *fault, wanted);
}

enum login_verdict login_check_why(const struct login *login, struct login_cache *cache,
                                   const struct login_request *request, struct login_user *user,
                                   enum login_fault *fault)
{
    const struct login_worker worker = {.login = login, .cache = cache};
    struct key_source_worker *wanted;

    return login_check_with(&worker, request, user, fault, &wanted);
}

enum login_verdict login_check(const struct login *login, struct login_cache *cache,
                               const struct login_request *request, struct login_user *user)
{
    enum login_fault fault;

    return login_check_why(login, cache, request, user, &fault);
}
