/* Reads any bytes as a JWK Set, and as a PEM file. Each key that is accepted must be public and
 * valid, and must have the type and the size for its algorithms, which must be allowed ones. When
 * no key is accepted, there must be a message. OpenSSL's error queue must be empty at the end. */
#include <stdint.h>

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "bff/base/check.h"
#include "bff/token/jwks.h"
#include "bff/token/jwt_pem.h"

static bool has_number(EVP_PKEY *key, const char *name)
{
    BIGNUM *number = NULL;
    bool has = EVP_PKEY_get_bn_param(key, name, &number) == 1;

    BN_clear_free(number);
    ERR_clear_error();
    return has;
}

static unsigned fitting(EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);

    if (EVP_PKEY_is_a(key, "RSA"))
        return bits >= JWT_RSA_BITS_MIN && bits <= JWT_RSA_BITS_MAX ? JWT_ALL_RSA : 0;
    if (EVP_PKEY_is_a(key, "ED25519"))
        return JWT_BIT(JWT_EDDSA);
    must(EVP_PKEY_is_a(key, "EC"));
    return bits == 256   ? JWT_BIT(JWT_ES256)
           : bits == 384 ? JWT_BIT(JWT_ES384)
           : bits == 521 ? JWT_BIT(JWT_ES512)
                         : 0;
}

static void check_key(const struct jwt_key *key, unsigned allowed)
{
    must(key->public_key != NULL && key->algorithms != 0);
    must((key->algorithms & ~allowed) == 0);
    must((key->algorithms & ~fitting(key->public_key)) == 0);
    must(!has_number(key->public_key, OSSL_PKEY_PARAM_RSA_D));
    must(!has_number(key->public_key, OSSL_PKEY_PARAM_PRIV_KEY));
    must(key->kid == NULL || strlen(key->kid) <= key->kid_len);
}

static void check(const struct jwt_keys *keys, int status, const char *wrong, unsigned allowed)
{
    must(ERR_peek_error() == 0);
    must(status == 0 ? keys->count > 0 : wrong[0] != '\0');
    must(keys->count <= JWT_KEYS_MAX);
    for (size_t i = 0; i < keys->count; i++)
        check_key(&keys->rows[i], allowed);
}

/* A reason names its key. When a set is refused, none of its keys is reported. */
static void on_left_out(void *cookie, const char *words)
{
    must(strncmp(words, "key ", 4) == 0);
    ++*(size_t *)cookie;
}

static void check_set(struct text text, unsigned allowed)
{
    struct jwt_keys keys = {0};
    char wrong[JWT_WRONG_SIZE] = "";

    size_t left_out = 0;
    const struct jwt_listener listener = {on_left_out, &left_out};

    int status = jwks_read(text, allowed, &keys, &listener, wrong);
    check(&keys, status, wrong, allowed);
    must(status == 0 || left_out == 0);
    jwt_keys_clear(&keys);
}

/* A file holds a key of any kind: which tokens it is for is looked at later. */
static void check_pem(struct text text)
{
    struct jwt_keys keys = {0};
    char wrong[JWT_WRONG_SIZE] = "";

    check(&keys, jwt_pem_read(text, &keys, wrong), wrong, JWT_ALL_PUBLIC);
    must(keys.count <= 1);
    jwt_keys_clear(&keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};

    check_set(text, JWT_ALL_PUBLIC);
    check_set(text, JWT_BIT(JWT_ES256) | JWT_BIT(JWT_RS512) | JWT_BIT(JWT_HS256));
    check_pem(text);
    return 0;
}
