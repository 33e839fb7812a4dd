/* Keys and tokens for tests. They are made with OpenSSL, and without the code under test. */
#ifndef TESTS_UNIT_LOGIN_TOKENS_H
#define TESTS_UNIT_LOGIN_TOKENS_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "bff/base/check.h"
#include "bff/base/pool.h"
#include "bff/token/jwt_algorithm.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NOW 1700000000 /* the time of the tests */
#define SECRET "correct horse battery staple, twice"

/* Encodes in base64url, without padding. */
static inline struct text encoded(struct pool *pool, const void *bytes, size_t len)
{
    char *out = pool_take(pool, len / 3 * 4 + 5);
    int size = EVP_EncodeBlock((unsigned char *)out, bytes, (int)len);

    while (size > 0 && out[size - 1] == '=')
        size--;
    for (int i = 0; i < size; i++)
        out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
    return (struct text){out, (size_t)size};
}

static inline struct text encoded_string(struct pool *pool, const char *string)
{
    return encoded(pool, string, strlen(string));
}

/* NULL for EdDSA. */
static inline const EVP_MD *digest_for(enum jwt_algorithm algorithm)
{
    if (algorithm == JWT_EDDSA)
        return NULL;
    return algorithm % 3 == 0 ? EVP_sha256() : algorithm % 3 == 1 ? EVP_sha384() : EVP_sha512();
}

static inline struct text signature_by_secret(struct pool *pool, struct text secret,
                                              enum jwt_algorithm algorithm, struct text what)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    must(HMAC(digest_for(algorithm), secret.at, (int)secret.len, (const unsigned char *)what.at,
              what.len, sum, &len) != NULL);
    return encoded(pool, sum, len);
}

/* Converts a signature from ASN.1 to the bytes of r and s, one after the other. */
static inline size_t raw_signature(unsigned char *bytes, size_t len, size_t size)
{
    const unsigned char *at = bytes;
    ECDSA_SIG *both = d2i_ECDSA_SIG(NULL, &at, (long)len);

    must(both != NULL);
    must(BN_bn2binpad(ECDSA_SIG_get0_r(both), bytes, (int)size) > 0);
    must(BN_bn2binpad(ECDSA_SIG_get0_s(both), bytes + size, (int)size) > 0);
    ECDSA_SIG_free(both);
    return 2 * size;
}

static inline struct text signature_by_key(struct pool *pool, EVP_PKEY *key,
                                           enum jwt_algorithm algorithm, struct text what)
{
    unsigned char bytes[1024];
    size_t len = sizeof(bytes);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;

    must(EVP_DigestSignInit(context, &parameters, digest_for(algorithm), NULL, key) == 1);
    if (algorithm >= JWT_PS256 && algorithm <= JWT_PS512 && EVP_PKEY_is_a(key, "RSA")) {
        must(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
        must(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    must(EVP_DigestSign(context, bytes, &len, (const unsigned char *)what.at, what.len) == 1);
    EVP_MD_CTX_free(context);
    if (EVP_PKEY_is_a(key, "EC"))
        len = raw_signature(bytes, len, ((size_t)EVP_PKEY_get_bits(key) + 7) / 8);
    return encoded(pool, bytes, len);
}

/* Returns "header.claims", encoded. */
static inline struct text unsigned_token(struct pool *pool, const char *header, const char *claims)
{
    struct text first = encoded_string(pool, header), second = encoded_string(pool, claims);

    return pool_print(pool, "%.*s.%.*s", TEXT_ARGS(first), TEXT_ARGS(second));
}

static inline struct text with_signature(struct pool *pool, struct text what, struct text signature)
{
    return pool_print(pool, "%.*s.%.*s", TEXT_ARGS(what), TEXT_ARGS(signature));
}

/* Returns a token that is signed with ${secret} and ${algorithm}. ${header} may name another
 * algorithm. */
static inline struct text token_by_secret(struct pool *pool, enum jwt_algorithm algorithm,
                                          struct text secret, const char *header,
                                          const char *claims)
{
    struct text what = unsigned_token(pool, header, claims);

    return with_signature(pool, what, signature_by_secret(pool, secret, algorithm, what));
}

static inline struct text token_by_key(struct pool *pool, enum jwt_algorithm algorithm,
                                       EVP_PKEY *key, const char *header, const char *claims)
{
    struct text what = unsigned_token(pool, header, claims);

    return with_signature(pool, what, signature_by_key(pool, key, algorithm, what));
}

/* Returns a header with ${algorithm} and no other member. */
static inline const char *header_of(struct pool *pool, enum jwt_algorithm algorithm)
{
    return pool_print(pool, "{\"alg\":\"%s\"}", jwt_algorithm_name(algorithm)).at;
}

/* Public keys, as text. */

static inline struct text pem_of(struct pool *pool, EVP_PKEY *key)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *at = NULL;

    must(PEM_write_bio_PUBKEY(out, key) == 1);
    long len = BIO_get_mem_data(out, &at);
    struct text pem = pool_text(pool, (struct text){at, (size_t)len});
    BIO_free(out);
    return pem;
}

static inline struct text number_of(struct pool *pool, EVP_PKEY *key, const char *name, size_t pad)
{
    unsigned char bytes[1024];
    BIGNUM *number = NULL;

    must(EVP_PKEY_get_bn_param(key, name, &number) == 1);
    size_t len = pad == 0 ? (size_t)BN_num_bytes(number) : pad;
    must(BN_bn2binpad(number, bytes, (int)len) == (int)len);
    BN_free(number);
    return encoded(pool, bytes, len);
}

/* Returns a JWK. ${more} has further members, each followed by a comma. They come before the
 * numbers of the key. */
static inline const char *jwk_of(struct pool *pool, EVP_PKEY *key, const char *more)
{
    if (EVP_PKEY_is_a(key, "RSA")) {
        struct text n = number_of(pool, key, OSSL_PKEY_PARAM_RSA_N, 0);
        struct text e = number_of(pool, key, OSSL_PKEY_PARAM_RSA_E, 0);
        return pool_print(pool, "{\"kty\":\"RSA\",%s\"n\":\"%.*s\",\"e\":\"%.*s\"}", more,
                          TEXT_ARGS(n), TEXT_ARGS(e))
            .at;
    }
    if (EVP_PKEY_is_a(key, "ED25519")) {
        unsigned char bytes[32];
        size_t len = sizeof(bytes);
        must(EVP_PKEY_get_raw_public_key(key, bytes, &len) == 1);
        struct text x = encoded(pool, bytes, len);
        return pool_print(pool, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",%s\"x\":\"%.*s\"}", more,
                          TEXT_ARGS(x))
            .at;
    }
    int bits = EVP_PKEY_get_bits(key);
    size_t pad = ((size_t)bits + 7) / 8;
    struct text x = number_of(pool, key, OSSL_PKEY_PARAM_EC_PUB_X, pad);
    struct text y = number_of(pool, key, OSSL_PKEY_PARAM_EC_PUB_Y, pad);
    return pool_print(pool, "{\"kty\":\"EC\",\"crv\":\"P-%d\",%s\"x\":\"%.*s\",\"y\":\"%.*s\"}",
                      bits, more, TEXT_ARGS(x), TEXT_ARGS(y))
        .at;
}

/* Makes a file with ${text}. Its name is in ${pool}; the test must unlink the file. */
static inline const char *file_with(struct pool *pool, struct text text)
{
    char name[] = "/tmp/bff-login-XXXXXX";
    int fd = mkstemp(name);

    must(fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len);
    close(fd);
    return pool_text(pool, text_of(name)).at;
}

#endif
