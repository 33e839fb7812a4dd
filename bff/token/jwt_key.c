/* See jwt_key.h. */
#include <stdio.h>

#include <openssl/err.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"

#include "bff/token/jwt_key.h"

static unsigned complain(char wrong[JWT_WRONG_SIZE], const char *what)
{
    snprintf(wrong, JWT_WRONG_SIZE, "%s", what);
    return 0;
}

static unsigned rsa_algorithms(EVP_PKEY *key, char wrong[JWT_WRONG_SIZE])
{
    int bits = EVP_PKEY_get_bits(key);

    if (bits >= JWT_RSA_BITS_MIN && bits <= JWT_RSA_BITS_MAX)
        return JWT_ALL_RSA;
    snprintf(wrong, JWT_WRONG_SIZE, "is an RSA key of %d bits; expected %d to %d", bits,
             JWT_RSA_BITS_MIN, JWT_RSA_BITS_MAX);
    return 0;
}

/* Each ES* algorithm has one curve (RFC 7518 section 3.4), so the curve of the key decides the
 * algorithm. */
static unsigned ec_algorithms(EVP_PKEY *key, char wrong[JWT_WRONG_SIZE])
{
    char curve[64] = "";
    size_t len = 0;

    EVP_PKEY_get_group_name(key, curve, sizeof(curve), &len);
    if (strcmp(curve, "prime256v1") == 0)
        return JWT_BIT(JWT_ES256);
    if (strcmp(curve, "secp384r1") == 0)
        return JWT_BIT(JWT_ES384);
    if (strcmp(curve, "secp521r1") == 0)
        return JWT_BIT(JWT_ES512);
    return complain(wrong, "is on a curve other than P-256, P-384 and P-521");
}

static bool is_valid(EVP_PKEY *key)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool is_good = context != NULL && EVP_PKEY_public_check(context) == 1;

    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return is_good;
}

unsigned jwt_key_algorithms(EVP_PKEY *public_key, char wrong[JWT_WRONG_SIZE])
{
    unsigned algorithms;

    if (EVP_PKEY_is_a(public_key, "RSA"))
        algorithms = rsa_algorithms(public_key, wrong);
    else if (EVP_PKEY_is_a(public_key, "EC"))
        algorithms = ec_algorithms(public_key, wrong);
    else if (EVP_PKEY_is_a(public_key, "ED25519"))
        algorithms = JWT_BIT(JWT_EDDSA);
    else
        return complain(wrong, "is neither an RSA key nor one on an elliptic curve");
    if (algorithms != 0 && !is_valid(public_key))
        return complain(wrong, "is no valid key");
    return algorithms;
}

int jwt_keys_add(struct jwt_keys *keys, EVP_PKEY *public_key, unsigned algorithms, struct text kid)
{
    if (keys->count == JWT_KEYS_MAX) {
        EVP_PKEY_free(public_key);
        return -1;
    }
    struct jwt_key *key = &keys->rows[keys->count++];
    *key = (struct jwt_key){.algorithms = algorithms, .public_key = public_key};
    if (kid.at == NULL)
        return 0;
    key->kid = memory_new(kid.len + 1);
    key->kid_len = kid.len;
    memcpy(key->kid, kid.at, kid.len);
    return 0;
}

void jwt_keys_share(struct jwt_keys *keys, const struct jwt_keys *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct jwt_key *key = &from->rows[i];
        must(EVP_PKEY_up_ref(key->public_key) == 1);
        must(jwt_keys_add(keys, key->public_key, key->algorithms,
                          (struct text){key->kid, key->kid_len}) == 0);
    }
}

void jwt_keys_clear(struct jwt_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        memory_free(keys->rows[i].kid);
        EVP_PKEY_free(keys->rows[i].public_key);
    }
    *keys = (struct jwt_keys){0};
}
