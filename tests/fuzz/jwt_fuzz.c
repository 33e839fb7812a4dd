/*
 * Reads any bytes as an Authorization field, as the header of a token, or as claims. A token that
 * we did not sign must be refused. A token that we signed must be accepted exactly when a simple
 * check of the rules accepts it. The user must be a valid header value. A cache must not change a
 * result. The first byte says what the rest of the input is:
 *
 *     c  claims, signed              t  "header.claims" as in a token, signed
 *     h  a header, signed            f  the field's value
 */
#include <math.h>

#include "bff/token/jwt_members.h"
#include "bff/edge/login.h"

#include "tests/fuzz/json_tree.h"
#include "tests/unit/json_reference.h"
#include "tests/unit/login_tokens.h"

#define LEEWAY LOGIN_LEEWAY_SECONDS

static struct login *login;
static struct login_cache *cache; /* one for all: making one costs more than a token */

static void make_login(void)
{
    EVP_PKEY *rsa = EVP_RSA_gen(2048), *ec = EVP_EC_gen("P-256");
    struct pool *pool = pool_new();
    const char *files[] = {file_with(pool, pem_of(pool, rsa)), file_with(pool, pem_of(pool, ec))};
    struct login_settings settings = {
        .algorithms = JWT_ALL_HS | JWT_ALL_RS | JWT_BIT(JWT_ES256),
        .secret = TEXT(SECRET),
        .key_files = files,
        .key_file_count = COUNT(files),
        .leeway_seconds = LOGIN_LEEWAY_SECONDS,
        .require_exp = true,
    };
    const char *wrong;

    login = login_new(&settings, &wrong);
    must(login != NULL);
    cache = login_cache_hold(login, 0);
    for (size_t i = 0; i < COUNT(files); i++)
        unlink(files[i]);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    pool_free(pool);
}

/* The rules, read plainly. */

static const struct tree *object_of(struct pool *pool, struct text text)
{
    size_t mistake;

    if (!reference_is_json(text.at, text.len, JWT_DEPTH_MAX, &mistake))
        return NULL;
    const struct tree *tree = tree_read(pool, text);
    return tree_is(tree, '{') ? tree : NULL;
}

/* The member ${name}; NULL: none. ${*is_good} becomes false when there are two. */
static const struct tree *only(struct pool *pool, const struct tree *object, const char *name,
                               bool *is_good)
{
    size_t count = 0;

    for (const struct tree *child = object->first; child != NULL; child = child->next)
        count += text_is(tree_decoded(pool, child->key), name);
    *is_good = *is_good && count < 2;
    return tree_get(pool, object, text_of(name));
}

/* The same for a claim: null is none. */
static const struct tree *claim(struct pool *pool, const struct tree *object, const char *name,
                                bool *is_good)
{
    const struct tree *member = only(pool, object, name, is_good);

    return member == NULL || tree_is(member, 'n') ? NULL : member;
}

static bool is_string(const struct tree *tree) { return tree_is(tree, '"'); }

static struct text content(struct pool *pool, const struct tree *string)
{
    return tree_decoded(pool, (struct text){string->raw.at + 1, string->raw.len - 2});
}

static bool is_number(const struct tree *tree)
{
    return strchr("-0123456789", *tree->raw.at) != NULL;
}

/* A time, or ${normal} where there is none; NAN for what is no time. */
static double time_of(struct pool *pool, const struct tree *time, double normal)
{
    if (time == NULL)
        return normal;
    double seconds = is_number(time) ? strtod(pool_text(pool, time->raw).at, NULL) : NAN;
    return isfinite(seconds) ? seconds : NAN;
}

static bool fits_header(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < ' ' || text.at[i] > '~')
            return false;
    return text.len <= LOGIN_CLAIM_MAX && text_equal(text, text_trim(text));
}

static bool is_user(struct pool *pool, const struct tree *id)
{
    static const char digits[] = "-0123456789";

    if (id == NULL)
        return false;
    if (!is_string(id)) {
        for (size_t i = 0; i < id->raw.len; i++)
            if (memchr(digits, id->raw.at[i], sizeof(digits) - 1) == NULL)
                return false;
        return id->raw.len <= LOGIN_CLAIM_MAX;
    }
    struct text text = content(pool, id);
    return text.len > 0 && fits_header(text);
}

static bool is_role(struct pool *pool, const struct tree *role)
{
    struct text text = is_string(role) ? content(pool, role) : (struct text){0};

    return text.at != NULL && fits_header(text) && memchr(text.at, ',', text.len) == NULL;
}

static bool are_roles(struct pool *pool, const struct tree *said)
{
    if (said == NULL || !tree_is(said, '['))
        return said == NULL || is_role(pool, said);
    for (const struct tree *one = said->first; one != NULL; one = one->next)
        if (!is_role(pool, one))
            return false;
    return true;
}

/* A text of scopes: visible ASCII, with spaces between names that are not too long. */
static bool is_scopes(struct pool *pool, const struct tree *said)
{
    struct text text = is_string(said) ? content(pool, said) : (struct text){0};
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        len = text.at[i] == ' ' ? 0 : len + 1;
        if (text.at[i] < ' ' || text.at[i] > '~' || len > LOGIN_CLAIM_MAX)
            return false;
    }
    return is_string(said);
}

static bool are_scopes(struct pool *pool, const struct tree *said)
{
    if (said == NULL || !tree_is(said, '['))
        return said == NULL || is_scopes(pool, said);
    for (const struct tree *one = said->first; one != NULL; one = one->next)
        if (!is_scopes(pool, one))
            return false;
    return true;
}

static bool is_audience(const struct tree *said)
{
    if (said == NULL || is_string(said))
        return true;
    for (const struct tree *one = said->first; one != NULL; one = one->next)
        if (!is_string(one))
            return false;
    return tree_is(said, '[');
}

static bool are_claims(struct pool *pool, struct text text)
{
    const struct tree *object = object_of(pool, text);
    bool is_good = object != NULL;

    if (!is_good)
        return false;
    double until = time_of(pool, claim(pool, object, "exp", &is_good), NAN);
    double from = time_of(pool, claim(pool, object, "nbf", &is_good), -INFINITY);
    double issued = time_of(pool, claim(pool, object, "iat", &is_good), 0);
    const struct tree *issuer = claim(pool, object, "iss", &is_good);
    const struct tree *audience = claim(pool, object, "aud", &is_good);
    const struct tree *id = claim(pool, object, "id", &is_good);
    const struct tree *subject = claim(pool, object, "sub", &is_good);
    const struct tree *role = claim(pool, object, "role", &is_good);
    const struct tree *scope = claim(pool, object, "scope", &is_good);
    const struct tree *scp = claim(pool, object, "scp", &is_good);
    return is_good && NOW < until + LEEWAY && from - LEEWAY <= NOW && !isnan(issued) &&
           (issuer == NULL || is_string(issuer)) && is_audience(audience) &&
           is_user(pool, id != NULL ? id : subject) && are_roles(pool, role) &&
           are_scopes(pool, scope != NULL ? scope : scp);
}

static bool is_header(struct pool *pool, struct text text)
{
    const struct tree *object = object_of(pool, text);
    bool is_good = object != NULL;

    if (!is_good)
        return false;
    const struct tree *algorithm = only(pool, object, "alg", &is_good);
    const struct tree *kid = only(pool, object, "kid", &is_good);
    const struct tree *type = only(pool, object, "typ", &is_good);
    const struct tree *plain = only(pool, object, "b64", &is_good);
    return is_good && algorithm != NULL && is_string(algorithm) &&
           text_is(content(pool, algorithm), "HS256") && (kid == NULL || is_string(kid)) &&
           (type == NULL || is_string(type)) && only(pool, object, "crit", &is_good) == NULL &&
           (plain == NULL || text_is(plain->raw, "true"));
}

/* Is the last segment what one who has the secret makes of the others? */
static bool is_ours(struct pool *pool, struct text value)
{
    const char *space = memrchr(value.at, ' ', value.len), *end = value.at + value.len;
    const char *begin = space == NULL ? value.at : space + 1;
    const char *dot = memrchr(begin, '.', (size_t)(end - begin));

    must(dot != NULL);
    struct text what = {begin, (size_t)(dot - begin)},
                signature = {dot + 1, (size_t)(end - dot) - 1};
    for (enum jwt_algorithm one = JWT_HS256; one <= JWT_HS512; one = (enum jwt_algorithm)(one + 1))
        if (text_equal(signature, signature_by_secret(pool, TEXT(SECRET), one, what)))
            return true;
    return false;
}

/* Checking. */

static void check_value(struct text value, bool may_be_empty)
{
    must(value.at != NULL && (may_be_empty || value.len > 0));
    for (size_t i = 0; i < value.len; i++)
        must(value.at[i] >= ' ' && value.at[i] <= '~');
}

static bool check(struct pool *pool, struct text value)
{
    struct login_request request = {&value, 1, NOW, NULL, pool};
    struct login_user user, again;
    enum login_verdict verdict = login_check(login, NULL, &request, &user);

    must(verdict != LOGIN_AMBIGUOUS);
    if (verdict == LOGIN_OK) {
        must(is_ours(pool, value));
        check_value(user.id, false);
        check_value(user.roles, true);
        check_value(user.scopes, true);
    }
    for (int i = 0; i < 2; i++) {
        must(login_check(login, cache, &request, &again) == verdict);
        must(text_equal(user.id, again.id) && text_equal(user.roles, again.roles) &&
             text_equal(user.scopes, again.scopes));
    }
    return verdict == LOGIN_OK;
}

/* Signed with the secret, whatever the header says. */
static struct text bearer(struct pool *pool, const char *header, const char *claims)
{
    struct text token = token_by_secret(pool, JWT_HS256, TEXT(SECRET), header, claims);

    return pool_print(pool, "Bearer %.*s", TEXT_ARGS(token));
}

static struct text signed_as_it_is(struct pool *pool, struct text what)
{
    struct text signature = signature_by_secret(pool, TEXT(SECRET), JWT_HS256, what);

    return pool_print(pool, "Bearer %.*s.%.*s", TEXT_ARGS(what), TEXT_ARGS(signature));
}

#define TEXT_MOST 4096 /* no token is too long then */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (login == NULL)
        make_login();
    if (size == 0 || size > TEXT_MOST)
        return 0;
    struct pool *pool = pool_new();
    struct text bytes = pool_text(pool, (struct text){(const char *)data + 1, size - 1});
    const char *string = bytes.at;
    if (data[0] == 'c')
        must(check(pool, bearer(pool, "{\"alg\":\"HS256\"}", string)) ==
             are_claims(pool, text_of(string)));
    else if (data[0] == 'h')
        must(check(pool, bearer(pool, string, "{\"sub\":\"u\",\"exp\":1700000100}")) ==
             is_header(pool, text_of(string)));
    else if (data[0] == 't')
        check(pool, signed_as_it_is(pool, bytes));
    else
        check(pool, bytes);
    pool_free(pool);
    return 0;
}
