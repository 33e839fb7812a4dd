/* See jwk.h. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "bff/base/check.h"
#include "bff/base/sha256.h"
#include "bff/token/jwt_base64.h"

#include "bff/token/jwk.h"

/* A member of a key that has a number. ${bytes} is its exact size; 0: as short as possible (RFC
 * 7518 sections 6.2.1 and 6.3.1). */
struct number {
    const char *name, *param;
    int bytes;
};

/* The kinds of keys. The members are in the order of the alphabet, as RFC 7638 section 3 demands
 * for the thumbprint; `crv` and `kty` are among them. */
static const struct kind {
    const char *group; /* NULL: RSA */
    const char *before, *between;
    struct number first, last;
} kinds[] = {
    {NULL,
     "{",
     ",\"kty\":\"RSA\"",
     {"e", OSSL_PKEY_PARAM_RSA_E, 0},
     {"n", OSSL_PKEY_PARAM_RSA_N, 0}},
    {"prime256v1",
     "{\"crv\":\"P-256\",\"kty\":\"EC\"",
     "",
     {"x", OSSL_PKEY_PARAM_EC_PUB_X, 32},
     {"y", OSSL_PKEY_PARAM_EC_PUB_Y, 32}},
    {"secp384r1",
     "{\"crv\":\"P-384\",\"kty\":\"EC\"",
     "",
     {"x", OSSL_PKEY_PARAM_EC_PUB_X, 48},
     {"y", OSSL_PKEY_PARAM_EC_PUB_Y, 48}},
    {"secp521r1",
     "{\"crv\":\"P-521\",\"kty\":\"EC\"",
     "",
     {"x", OSSL_PKEY_PARAM_EC_PUB_X, 66},
     {"y", OSSL_PKEY_PARAM_EC_PUB_Y, 66}},
};

static const struct kind *kind_of(EVP_PKEY *key)
{
    char group[64] = "";

    if (EVP_PKEY_is_a(key, "RSA"))
        return &kinds[0];
    EVP_PKEY_get_group_name(key, group, sizeof(group), NULL);
    for (size_t i = 1; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(group, kinds[i].group) == 0)
            return &kinds[i];
    must(false);
    return NULL;
}

static void print_number(struct json_print *out, EVP_PKEY *key, const struct number *number)
{
    BIGNUM *value = NULL;

    must(EVP_PKEY_get_bn_param(key, number->param, &value) == 1);
    int len = number->bytes == 0 ? BN_num_bytes(value) : number->bytes;
    unsigned char *bytes = pool_take(out->pool, (size_t)len);
    must(BN_bn2binpad(value, bytes, len) == len);
    BN_free(value);
    json_print_key(out, number->name);
    json_print_string(
        out, jwt_base64_encode(out->pool, (struct text){(const char *)bytes, (size_t)len}));
}

/* Prints what the thumbprint is made from, without the closing brace. */
static void print_numbers(struct json_print *out, EVP_PKEY *key)
{
    const struct kind *kind = kind_of(key);

    json_print_raw(out, text_of(kind->before));
    print_number(out, key, &kind->first);
    json_print_raw(out, text_of(kind->between));
    print_number(out, key, &kind->last);
}

struct text jwk_thumbprint(EVP_PKEY *key, struct pool *pool)
{
    unsigned char sum[SHA256_BYTES];
    struct json_print out;

    json_print_init(&out, pool);
    print_numbers(&out, key);
    json_print_raw(&out, TEXT("}"));
    sha256_of(json_print_text(&out), sum);
    return jwt_base64_encode(pool, (struct text){(const char *)sum, sizeof(sum)});
}

static void print_text(struct json_print *out, const char *name, struct text value)
{
    json_print_key(out, name);
    json_print_string(out, value);
}

void jwk_print(struct json_print *out, EVP_PKEY *key, struct text kid, struct text alg)
{
    print_numbers(out, key);
    print_text(out, "use", TEXT("sig"));
    print_text(out, "kid", kid);
    if (alg.at != NULL)
        print_text(out, "alg", alg);
    json_print_raw(out, TEXT("}"));
}
