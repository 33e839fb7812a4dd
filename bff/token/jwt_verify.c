/* See jwt_verify.h. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"

#include "bff/token/jwt_verify.h"

#define ES512_NUMBER 66 /* bytes: 521 bits */

/* The contexts contain the secret. One of them is copied for each token, because making a context
 * costs more than checking a token. Copying only reads the context, so several workers may copy it
 * at the same time. */
struct jwt_secret {
    EVP_MAC_CTX *contexts[3]; /* HS256, HS384, HS512 */
};

static EVP_MAC_CTX *mac_context(EVP_MAC *mac, const char *digest, struct text secret)
{
    char name[] = "SHA..."; /* OpenSSL wants a buffer that is not const */
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);

    must(strlen(digest) == strlen(name));
    memcpy(name, digest, strlen(name));
    must(context != NULL);
    must(EVP_MAC_init(context, (const unsigned char *)secret.at, secret.len, params) == 1);
    return context;
}

struct jwt_secret *jwt_secret_new(struct text secret)
{
    static const char *const digests[] = {"SHA256", "SHA384", "SHA512"};
    struct jwt_secret *made = memory_new(sizeof(*made));
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

    must(mac != NULL && secret.len > 0);
    for (size_t i = 0; i < 3; i++)
        made->contexts[i] = mac_context(mac, digests[i], secret);
    EVP_MAC_free(mac);
    return made;
}

void jwt_secret_free(struct jwt_secret *secret)
{
    if (secret == NULL)
        return;
    for (size_t i = 0; i < 3; i++)
        EVP_MAC_CTX_free(secret->contexts[i]);
    memory_free(secret);
}

bool jwt_verify_secret(const struct jwt *token, const struct jwt_secret *secret)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    size_t len = 0;

    must((JWT_BIT(token->algorithm) & JWT_ALL_HS) != 0);
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(secret->contexts[token->algorithm - JWT_HS256]);
    must(context != NULL);
    must(EVP_MAC_update(context, (const unsigned char *)token->signed_bytes.at,
                        token->signed_bytes.len) == 1);
    must(EVP_MAC_final(context, sum, &len, sizeof(sum)) == 1);
    EVP_MAC_CTX_free(context);
    return token->signature.len == len && CRYPTO_memcmp(token->signature.at, sum, len) == 0;
}

const EVP_MD *jwt_verify_digest(enum jwt_algorithm algorithm)
{
    switch (algorithm) {
    case JWT_RS256:
    case JWT_PS256:
    case JWT_ES256:
        return EVP_sha256();
    case JWT_RS384:
    case JWT_PS384:
    case JWT_ES384:
        return EVP_sha384();
    case JWT_EDDSA: /* Ed25519 hashes by itself (RFC 8032) */
        return NULL;
    default:
        return EVP_sha512();
    }
}

/* PS*: the salt is as long as the hash, and the mask is made with the same hash (RFC 7518 section
 * 3.5). The last is OpenSSL's default. */
static bool set_padding(const struct jwt *token, EVP_PKEY_CTX *parameters)
{
    if ((JWT_BIT(token->algorithm) & JWT_ALL_PS) == 0)
        return true;
    return EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool verify(const struct jwt *token, EVP_PKEY *key, const unsigned char *signature,
                   size_t len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL; /* the context owns them */
    must(context != NULL);
    bool is_good =
        EVP_DigestVerifyInit(context, &parameters, jwt_verify_digest(token->algorithm), NULL,
                             key) == 1 &&
        set_padding(token, parameters) &&
        EVP_DigestVerify(context, signature, len, (const unsigned char *)token->signed_bytes.at,
                         token->signed_bytes.len) == 1;

    EVP_MD_CTX_free(context);
    /* A bad signature leaves an error in OpenSSL's error queue. It must be removed, or a TLS
     * connection of this thread would report it. */
    if (!is_good)
        ERR_clear_error();
    return is_good;
}

/* Returns the size in bytes of each of the two numbers of an ES* signature. */
static size_t number_size(enum jwt_algorithm algorithm)
{
    if (algorithm == JWT_ES256)
        return 32;
    return algorithm == JWT_ES384 ? 48 : ES512_NUMBER;
}

/* In a token the signature is two numbers of a fixed size, one after the other (RFC 7518 section
 * 3.4). OpenSSL wants the two numbers in ASN.1. */
static bool verify_ec(const struct jwt *token, EVP_PKEY *key)
{
    unsigned char der[2 * ES512_NUMBER + 16], *end = der;
    const unsigned char *raw = (const unsigned char *)token->signature.at;
    size_t size = number_size(token->algorithm);

    if (token->signature.len != 2 * size)
        return false;
    ECDSA_SIG *both = ECDSA_SIG_new();
    must(both != NULL);
    BIGNUM *r = BN_bin2bn(raw, (int)size, NULL), *s = BN_bin2bn(raw + size, (int)size, NULL);
    must(r != NULL && s != NULL && ECDSA_SIG_set0(both, r, s) == 1);
    int len = i2d_ECDSA_SIG(both, NULL);
    must(len > 0 && (size_t)len <= sizeof(der) && i2d_ECDSA_SIG(both, &end) == len);
    ECDSA_SIG_free(both);
    return verify(token, key, der, (size_t)len);
}

bool jwt_verify_key(const struct jwt *token, const struct jwt_key *key)
{
    must((JWT_BIT(token->algorithm) & JWT_ALL_HS) == 0);
    must((JWT_BIT(token->algorithm) & key->algorithms) != 0);
    if ((JWT_BIT(token->algorithm) & JWT_ALL_ES) != 0)
        return verify_ec(token, key->public_key);
    return verify(token, key->public_key, (const unsigned char *)token->signature.at,
                  token->signature.len);
}
