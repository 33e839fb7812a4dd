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

/*
 * The encodings of the points of Ed25519 whose order is small (RFC 8032 section 5.1), without the
 * bit for the sign of x: y is 0, 1, -1, one of two roots, or 0 and 1 once more with the prime
 * added. With such a key everybody can make signatures that are good, and OpenSSL takes it.
 */
static const unsigned char small_points[][JWT_ED25519_BYTES] = {
    {0},
    {1},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

static unsigned ed25519_algorithms(EVP_PKEY *key, char wrong[JWT_WRONG_SIZE])
{
    unsigned char point[JWT_ED25519_BYTES];
    size_t len = sizeof(point);

    if (EVP_PKEY_get_raw_public_key(key, point, &len) != 1 || len != sizeof(point))
        return complain(wrong, "is no valid key");
    point[JWT_ED25519_BYTES - 1] &= 0x7f;
    for (size_t i = 0; i < sizeof(small_points) / sizeof(small_points[0]); i++)
        if (memcmp(point, small_points[i], sizeof(point)) == 0)
            return complain(wrong, "is no valid key");
    return JWT_BIT(JWT_EDDSA);
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
        algorithms = ed25519_algorithms(public_key, wrong);
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
