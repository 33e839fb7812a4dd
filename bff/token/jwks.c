/* See jwks.h. */
#include <stdio.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "bff/base/check.h"
#include "bff/base/pool.h"
#include "bff/token/jwt_base64.h"
#include "bff/token/jwt_members.h"

#include "bff/token/jwks.h"

#define COORDINATE_MAX 66 /* bytes: P-521 */
#define TOO_MANY "is one key too many"

/* For "%.*s": the beginning of ${text}, which comes from the set. */
#define SHOWN(text) (text).len > 40 ? 40 : (int)(text).len, (text).at

enum { KTY, USE, KEY_OPS, ALG, KID, CRV, N, E, X, Y, D, MEMBER_COUNT };

static const char *const names[MEMBER_COUNT] = {
    [KTY] = "kty", [USE] = "use", [KEY_OPS] = "key_ops",
    [ALG] = "alg", [KID] = "kid", [CRV] = "crv",
    [N] = "n",     [E] = "e",     [X] = "x",
    [Y] = "y",     [D] = "d",
};

static const struct curve {
    const char *crv, *group;
    size_t bytes; /* the exact size of a coordinate (RFC 7518 section 6.2.1.2) */
    enum jwt_algorithm algorithm;
} curves[] = {
    {"P-256", "prime256v1", 32, JWT_ES256},
    {"P-384", "secp384r1", 48, JWT_ES384},
    {"P-521", "secp521r1", COORDINATE_MAX, JWT_ES512},
};

/* The key of the set that is being read. */
struct jwk {
    struct pool *pool;
    struct jwt_member members[MEMBER_COUNT];
};

/* What reading the keys of a set needs. */
struct reading {
    struct pool *pool;
    unsigned allowed;
    struct jwt_keys *keys;
    bool keeps_first;     /* keys for which there is no room are left out */
    const char *too_many; /* the first key for which there was no room; NULL: there was */
};

static struct text text_at(const struct jwk *jwk, int member)
{
    struct json value = jwk->members[member].value;

    return json_is(value, JSON_STRING) ? json_text(value, jwk->pool) : (struct text){0};
}

static bool is_absent(const struct jwk *jwk, int member)
{
    return json_is(jwk->members[member].value, JSON_NONE);
}

static const struct curve *curve_of(const struct jwk *jwk)
{
    struct text crv = text_at(jwk, CRV);

    for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
        if (text_is(crv, curves[i].crv))
            return &curves[i];
    }
    return NULL;
}

static bool is_to_verify(const struct jwk *jwk)
{
    if (!is_absent(jwk, USE) && !text_is(text_at(jwk, USE), "sig"))
        return false;
    if (is_absent(jwk, KEY_OPS))
        return true;
    json_each (operation, jwk->members[KEY_OPS].value) {
        if (text_is(json_text(operation, jwk->pool), "verify"))
            return true;
    }
    return false;
}

static int complain(char wrong[JWT_WRONG_SIZE], const char *what)
{
    snprintf(wrong, JWT_WRONG_SIZE, "%s", what);
    return -1;
}

static bool has_curve(struct text kty) { return text_is(kty, "EC") || text_is(kty, "OKP"); }

/* The algorithms of the key's kind; an empty set, and what is wrong with it, when we do not support
 * this kind. */
static unsigned kind_algorithms(const struct jwk *jwk, char wrong[JWT_WRONG_SIZE])
{
    const struct curve *curve = curve_of(jwk);
    struct text kty = text_at(jwk, KTY), crv = text_at(jwk, CRV);

    if (text_is(kty, "RSA"))
        return JWT_ALL_RSA;
    if (text_is(kty, "EC") && curve != NULL)
        return JWT_BIT(curve->algorithm);
    if (text_is(kty, "OKP") && text_is(crv, "Ed25519"))
        return JWT_BIT(JWT_EDDSA);
    if (kty.at == NULL)
        complain(wrong, "has no kty");
    else if (has_curve(kty) && crv.at != NULL)
        snprintf(wrong, JWT_WRONG_SIZE, "is on the curve \"%.*s\"", SHOWN(crv));
    else if (has_curve(kty))
        complain(wrong, "has no crv");
    else
        snprintf(wrong, JWT_WRONG_SIZE, "is of the kind \"%.*s\"", SHOWN(kty));
    return 0;
}

/* The algorithms that the key declares. An empty set means that it has another purpose, or, when
 * ${wrong} is not empty, that it cannot be used. */
static unsigned said_algorithms(const struct jwk *jwk, char wrong[JWT_WRONG_SIZE])
{
    unsigned said = kind_algorithms(jwk, wrong);
    enum jwt_algorithm one;

    if (said == 0 || is_absent(jwk, ALG))
        return said;
    if (jwt_algorithm_of(text_at(jwk, ALG), &one) != 0)
        return 0;
    if ((said & JWT_BIT(one)) == 0)
        complain(wrong, "has an alg that does not fit its kind");
    return said & JWT_BIT(one);
}

/* Makes a key of the type ${kind} from the parameters in ${build}; NULL when they are not a valid
 * key. */
static EVP_PKEY *make(const char *kind, OSSL_PARAM_BLD *build)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    EVP_PKEY *key = NULL;

    must(params != NULL && context != NULL && EVP_PKEY_fromdata_init(context) == 1);
    if (EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    ERR_clear_error();
    return key;
}

static EVP_PKEY *rsa_key(const struct jwk *jwk)
{
    struct text n, e;

    if (jwt_base64_decode(jwk->pool, text_at(jwk, N), &n) != 0 ||
        jwt_base64_decode(jwk->pool, text_at(jwk, E), &e) != 0 || n.len == 0 || e.len == 0 ||
        n.len > JWT_RSA_BITS_MAX / 8 + 1 || e.len > 8)
        return NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_bin2bn((const unsigned char *)n.at, (int)n.len, NULL);
    BIGNUM *exponent = BN_bin2bn((const unsigned char *)e.at, (int)e.len, NULL);
    must(build != NULL && modulus != NULL && exponent != NULL);
    must(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1);
    must(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1);
    EVP_PKEY *key = make("RSA", build);
    OSSL_PARAM_BLD_free(build);
    BN_free(modulus);
    BN_free(exponent);
    return key;
}

static EVP_PKEY *ec_key(const struct jwk *jwk)
{
    const struct curve *curve = curve_of(jwk);
    unsigned char point[1 + 2 * COORDINATE_MAX] = {
        4}; /* 4: the two coordinates follow, not compressed */
    struct text x, y;

    must(curve != NULL);
    if (jwt_base64_decode(jwk->pool, text_at(jwk, X), &x) != 0 ||
        jwt_base64_decode(jwk->pool, text_at(jwk, Y), &y) != 0 || x.len != curve->bytes ||
        y.len != curve->bytes)
        return NULL;
    memcpy(point + 1, x.at, x.len);
    memcpy(point + 1 + x.len, y.at, y.len);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    must(build != NULL);
    must(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0) == 1);
    must(OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point,
                                          1 + 2 * curve->bytes) == 1);
    EVP_PKEY *key = make("EC", build);
    OSSL_PARAM_BLD_free(build);
    return key;
}

/* RFC 8037 section 2. */
static EVP_PKEY *ed25519_key(const struct jwk *jwk)
{
    struct text x;

    if (jwt_base64_decode(jwk->pool, text_at(jwk, X), &x) != 0 || x.len != JWT_ED25519_BYTES)
        return NULL;
    EVP_PKEY *key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)x.at, x.len);
    ERR_clear_error();
    return key;
}

static EVP_PKEY *key_of(const struct jwk *jwk, unsigned algorithms)
{
    if ((algorithms & JWT_ALL_RSA) != 0)
        return rsa_key(jwk);
    return (algorithms & JWT_BIT(JWT_EDDSA)) != 0 ? ed25519_key(jwk) : ec_key(jwk);
}

/* Adds the key ${jwk} to ${keys}, for verifying ${algorithms}. */
static int add(const struct jwk *jwk, unsigned algorithms, struct jwt_keys *keys,
               char wrong[JWT_WRONG_SIZE])
{
    if (!is_absent(jwk, D))
        return complain(wrong, "is private; give the public one, nothing else is needed");
    if (!is_absent(jwk, KID) && !json_is(jwk->members[KID].value, JSON_STRING))
        return complain(wrong, "has a kid that is no string");
    EVP_PKEY *key = key_of(jwk, algorithms);
    if (key == NULL)
        return complain(wrong, "is malformed");
    unsigned fitting = jwt_key_algorithms(key, wrong);
    if (fitting == 0) {
        EVP_PKEY_free(key);
        return -1;
    }
    if (jwt_keys_add(keys, key, fitting & algorithms, text_at(jwk, KID)) != 0)
        return complain(wrong, TOO_MANY);
    return 0;
}

static int read_one(struct jwk *jwk, unsigned allowed, struct jwt_keys *keys,
                    char wrong[JWT_WRONG_SIZE])
{
    if (!is_to_verify(jwk))
        return 0;
    unsigned said = said_algorithms(jwk, wrong);
    if (said == 0)
        return *wrong == '\0' ? 0 : -1;
    return (said & allowed) == 0 ? 0 : add(jwk, said & allowed, keys, wrong);
}

/* "key 2 (kid "b") is malformed" */
static const char *words_of(const struct jwk *jwk, unsigned place, const char *wrong)
{
    struct text kid = text_at(jwk, KID);

    if (kid.at == NULL)
        return pool_print(jwk->pool, "key %u %s", place, wrong).at;
    return pool_print(jwk->pool, "key %u (kid \"%.*s\") %s", place, SHOWN(kid), wrong).at;
}

/* Reads a key. Returns NULL, or why it is left out. */
static const char *read_value(struct json value, unsigned place, struct reading *reading)
{
    struct jwk jwk = {.pool = reading->pool};
    char wrong[JWT_WRONG_SIZE] = "";

    for (size_t i = 0; i < MEMBER_COUNT; i++)
        jwk.members[i].name = names[i];
    if (!json_is(value, JSON_OBJECT))
        return words_of(&jwk, place, "is no object");
    if (jwt_members_read(value, jwk.pool, jwk.members, MEMBER_COUNT) != 0)
        return words_of(&jwk, place, "has a member twice");
    jwt_members_drop_null(jwk.members, MEMBER_COUNT);
    if (read_one(&jwk, reading->allowed, reading->keys, wrong) == 0)
        return NULL;
    const char *words = words_of(&jwk, place, wrong);
    if (strcmp(wrong, TOO_MANY) == 0 && reading->too_many == NULL)
        reading->too_many = words;
    return words;
}

static int no_key(const char *first, char wrong[JWT_WRONG_SIZE])
{
    snprintf(wrong, JWT_WRONG_SIZE, "has no key for the algorithms%s%s", first == NULL ? "" : ": ",
             first == NULL ? "" : first);
    return -1;
}

static int read_all(struct json list, struct reading *reading, const struct jwt_listener *listener,
                    char wrong[JWT_WRONG_SIZE])
{
    const char **reasons = pool_zero(reading->pool, (json_length(list) + 1) * sizeof(*reasons));
    size_t before = reading->keys->count, count = 0;
    unsigned place = 0;

    json_each (value, list) {
        if (reading->too_many != NULL)
            break;
        const char *reason = read_value(value, ++place, reading);
        if (reason != NULL)
            reasons[count++] = reason;
    }
    if (reading->too_many != NULL && !reading->keeps_first)
        return complain(wrong, reading->too_many);
    if (reading->keys->count == before)
        return no_key(reasons[0], wrong);
    for (size_t i = 0; i < count && listener->left_out != NULL; i++)
        listener->left_out(listener->cookie, reasons[i]);
    return 0;
}

static int read_set(struct text text, struct reading *reading, const struct jwt_listener *listener,
                    char wrong[JWT_WRONG_SIZE])
{
    struct jwt_member list = {.name = "keys"};
    struct json set;
    int status;

    reading->pool = pool_new();
    if (jwt_object(text, &set) != 0 || jwt_members_read(set, reading->pool, &list, 1) != 0 ||
        !json_is(list.value, JSON_ARRAY))
        status = complain(wrong, "is no JWK Set");
    else
        status = read_all(list.value, reading, listener, wrong);
    pool_free(reading->pool);
    return status;
}

int jwks_read(struct text text, unsigned allowed, struct jwt_keys *keys,
              const struct jwt_listener *listener, char wrong[JWT_WRONG_SIZE])
{
    struct reading reading = {.allowed = allowed, .keys = keys};

    return read_set(text, &reading, listener, wrong);
}

int jwks_read_first(struct text text, unsigned allowed, struct jwt_keys *keys,
                    const struct jwt_listener *listener, char wrong[JWT_WRONG_SIZE])
{
    struct reading reading = {.allowed = allowed, .keys = keys, .keeps_first = true};

    return read_set(text, &reading, listener, wrong);
}
