/* See login.h. */
#include <stdio.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/token/jwt.h"
#include "bff/token/jwt_verify.h"
#include "bff/edge/login_cache.h"
#include "bff/edge/login_claims.h"
#include "bff/edge/login_fingerprint.h"
#include "bff/edge/login_keys.h"
#include "bff/edge/login_secret.h"
#include "bff/edge/revocation.h"

#include "bff/edge/login.h"

#define WRONG_SIZE (JWT_WRONG_SIZE + 256) /* the message may begin with the name of a file */

static const struct login_paths user_paths = {{"id", "sub"}, 2}, role_paths = {{"role"}, 1};

struct login {
    unsigned algorithms;
    struct jwt_secret *secret; /* NULL without HS* */
    struct jwt_keys keys;
    struct login_rules rules;
    unsigned char fingerprint[LOGIN_FINGERPRINT_BYTES];
};

/* Making a login. Each check returns 0, or -1 and fills ${wrong}. */

static int read_secret(struct login *login, struct text secret, char wrong[WRONG_SIZE])
{
    if ((login->algorithms & JWT_ALL_HS) == 0)
        return 0;
    if (login_secret_check(secret, wrong, WRONG_SIZE) != 0)
        return -1;
    login->secret = jwt_secret_new(secret);
    return 0;
}

/* Each allowed algorithm must have a key. Otherwise every token of that algorithm would be refused,
 * and the operator would not know why. */
static int check_keys(const struct login *login, char wrong[WRONG_SIZE])
{
    for (unsigned i = 0; i < JWT_ALGORITHM_COUNT; i++) {
        bool has_key = (login->algorithms & JWT_BIT(i) & ~JWT_ALL_HS) == 0;
        for (size_t at = 0; at < login->keys.count; at++)
            has_key = has_key || (login->keys.rows[at].algorithms & JWT_BIT(i)) != 0;
        if (has_key)
            continue;
        snprintf(wrong, WRONG_SIZE, "there is no key for %s",
                 jwt_algorithm_name((enum jwt_algorithm)i));
        return -1;
    }
    return 0;
}

/* The listener of one file of the settings. */
struct listening {
    const struct login_settings *settings;
    const char *file;
};

static void on_left_out(void *cookie, const char *words)
{
    const struct listening *listening = cookie;
    char whole[WRONG_SIZE];

    snprintf(whole, sizeof(whole), "%s: %s", listening->file, words);
    if (listening->settings->left_out != NULL)
        listening->settings->left_out(listening->settings->cookie, whole);
}

static int read_keys(struct login *login, const struct login_settings *settings,
                     char wrong[WRONG_SIZE])
{
    char why[JWT_WRONG_SIZE] = "";

    if (settings->keys_of != NULL) {
        jwt_keys_share(&login->keys, &settings->keys_of->keys);
        return check_keys(login, wrong);
    }
    for (size_t i = 0; i < settings->key_file_count; i++) {
        const char *file = settings->key_files[i];
        struct listening listening = {settings, file};
        const struct jwt_listener listener = {on_left_out, &listening};
        if (login_keys_read(&login->keys, file, login->algorithms, &listener, why) != 0) {
            snprintf(wrong, WRONG_SIZE, "%s: %s", file, why);
            return -1;
        }
    }
    return check_keys(login, wrong);
}

static void take_fingerprint(struct login *login, struct text secret)
{
    login_fingerprint(login->algorithms, login->secret == NULL ? (struct text){0} : secret,
                      &login->keys, &login->rules, login->fingerprint);
}

/* Copies of ${paths}, or of ${normal} when there are none. */
static struct login_paths copy_paths(const struct login_paths *paths,
                                     const struct login_paths *normal)
{
    struct login_paths made = paths->count > 0 ? *paths : *normal;

    for (size_t i = 0; i < made.count; i++)
        made.at[i] = memory_string(made.at[i]);
    return made;
}

static void free_paths(const struct login_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        memory_free((char *)paths->at[i]);
}

static char *copy(const char *string) { return string == NULL ? NULL : memory_string(string); }

struct login *login_new(const struct login_settings *settings, const char **wrong)
{
    static _Thread_local char words[WRONG_SIZE];
    struct login *login = memory_new(sizeof(*login));

    login->algorithms = settings->algorithms & (JWT_BIT(JWT_ALGORITHM_COUNT) - 1);
    login->rules = (struct login_rules){
        .user = copy_paths(&settings->user, &user_paths),
        .role = copy_paths(&settings->role, &role_paths),
        .issuer = copy(settings->issuer),
        .audience = copy(settings->audience),
        .leeway_seconds = settings->leeway_seconds,
        .require_exp = settings->require_exp,
    };
    snprintf(words, sizeof(words), "no algorithm is allowed");
    if (login->algorithms != 0 && read_secret(login, settings->secret, words) == 0 &&
        read_keys(login, settings, words) == 0) {
        take_fingerprint(login, settings->secret);
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
    jwt_secret_free(login->secret);
    jwt_keys_clear(&login->keys);
    memory_free(login->rules.issuer);
    memory_free(login->rules.audience);
    free_paths(&login->rules.user);
    free_paths(&login->rules.role);
    memory_free(login);
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

/* Checks the signature. Only this function decides whether the secret or a public key is used. */
static bool is_signed(const struct login *login, const struct jwt *token)
{
    if ((JWT_BIT(token->algorithm) & JWT_ALL_HS) != 0)
        return jwt_verify_secret(token, login->secret);
    return login_keys_verify(&login->keys, token);
}

static bool has_key(const struct login *login, const struct jwt *token)
{
    return (JWT_BIT(token->algorithm) & JWT_ALL_HS) != 0 || login_keys_has(&login->keys, token);
}

/* Everything except the times. */
static enum login_fault find_fault(const struct login *login, struct text token, struct pool *pool,
                                   struct login_claims *claims)
{
    struct jwt jwt;
    int status = jwt_read(token, login->algorithms, pool, &jwt);

    if (status != 0)
        return status == -2 ? LOGIN_FAULT_UNKNOWN_KEY : LOGIN_FAULT_MALFORMED;
    if (!is_signed(login, &jwt))
        return has_key(login, &jwt) ? LOGIN_FAULT_SIGNATURE : LOGIN_FAULT_UNKNOWN_KEY;
    if (login_claims_read(jwt.claims, &login->rules, pool, claims) != 0)
        return login_claims_fault(jwt.claims, &login->rules, pool);
    return LOGIN_FAULT_NONE;
}

static enum login_fault time_fault(const struct login_claims *claims, int64_t now_seconds)
{
    if (login_claims_hold(claims, now_seconds))
        return LOGIN_FAULT_NONE;
    return (double)now_seconds < claims->until ? LOGIN_FAULT_NOT_YET : LOGIN_FAULT_EXPIRED;
}

static enum login_fault check_new(const struct login *login, struct text token,
                                  const struct login_request *request, struct login_claims *claims)
{
    enum login_fault fault = find_fault(login, token, request->pool, claims);

    return fault != LOGIN_FAULT_NONE ? fault : time_fault(claims, request->now_seconds);
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

static enum login_fault check_cached(const struct login *login, struct login_cache *cache,
                                     struct text token, const struct login_request *request,
                                     struct login_claims *claims)
{
    unsigned char digest[LOGIN_CACHE_DIGEST];

    must(memcmp(login_cache_of(cache), login->fingerprint, LOGIN_FINGERPRINT_BYTES) == 0);
    login_cache_digest(cache, token, digest);
    const struct login_claims *known = login_cache_find(cache, digest);
    if (known != NULL) {
        *claims = *known;
        claims->user = copy_user(&known->user, request->pool);
        return time_fault(known, request->now_seconds);
    }
    enum login_fault fault = check_new(login, token, request, claims);
    if (fault == LOGIN_FAULT_NONE)
        login_cache_put(cache, digest, claims);
    return fault;
}

enum login_verdict login_check_why(const struct login *login, struct login_cache *cache,
                                   const struct login_request *request, struct login_user *user,
                                   enum login_fault *fault)
{
    struct login_claims claims = {0};
    struct text token;

    *user = (struct login_user){0};
    *fault = LOGIN_FAULT_NONE;
    if (request->authorization_count > 1)
        return LOGIN_AMBIGUOUS;
    if (request->authorization_count == 0 || !bearer_token(request->authorization[0], &token))
        return LOGIN_ANONYMOUS;
    if (token.len > LOGIN_TOKEN_MAX)
        *fault = LOGIN_FAULT_MALFORMED;
    else if (cache == NULL)
        *fault = check_new(login, token, request, &claims);
    else
        *fault = check_cached(login, cache, token, request, &claims);
    if (*fault == LOGIN_FAULT_NONE && is_revoked(request, &claims))
        *fault = LOGIN_FAULT_REVOKED;
    if (*fault != LOGIN_FAULT_NONE)
        return LOGIN_BAD;
    *user = claims.user;
    return LOGIN_OK;
}

enum login_verdict login_check(const struct login *login, struct login_cache *cache,
                               const struct login_request *request, struct login_user *user)
{
    enum login_fault fault;

    return login_check_why(login, cache, request, user, &fault);
}
