/* See sign.h. */
#include <stdio.h>
#include <stdlib.h>

#include <jwt.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/token/jwk.h"

#include "bff/token/sign.h"

struct sign {
    jwt_alg_t algorithm;
    char *pem; /* for libjwt; a NUL follows */
    size_t pem_len;
    EVP_PKEY *key;
    struct pool *pool; /* has ${kid} */
    struct text kid;
};

/* The key. */

static EVP_PKEY *complain(char wrong[JWT_WRONG_SIZE], const char *what)
{
    snprintf(wrong, JWT_WRONG_SIZE, "%s", what);
    return NULL;
}

/* OpenSSL would otherwise ask for a passphrase at the terminal. */
static int no_passphrase(char *bytes, int size, int is_writing, void *cookie)
{
    *(bool *)cookie = true;
    return -1;
}

static EVP_PKEY *read_key(struct text pem, char wrong[JWT_WRONG_SIZE])
{
    bool is_encrypted = false;
    BIO *from = BIO_new_mem_buf(pem.at, (int)pem.len);

    must(from != NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(from, NULL, no_passphrase, &is_encrypted);
    BIO_free(from);
    ERR_clear_error();
    if (key != NULL)
        return key;
    return complain(wrong, is_encrypted ? "has a passphrase; give the key without one"
                                        : "has no private key in PEM form");
}

/* libjwt does not check that the curve is that of the algorithm, or how long an RSA key is. */
static bool fits(EVP_PKEY *key, enum jwt_algorithm algorithm, char wrong[JWT_WRONG_SIZE])
{
    unsigned algorithms = jwt_key_algorithms(key, wrong);

    if (algorithms != 0 && (algorithms & JWT_BIT(algorithm)) == 0)
        snprintf(wrong, JWT_WRONG_SIZE, "is no key for %s", jwt_algorithm_name(algorithm));
    return (algorithms & JWT_BIT(algorithm)) != 0;
}

static jwt_alg_t algorithm_of(enum jwt_algorithm algorithm)
{
    if ((SIGN_ALGORITHMS & JWT_BIT(algorithm)) == 0)
        return JWT_ALG_INVAL;
    return jwt_str_alg(jwt_algorithm_name(algorithm));
}

struct sign *sign_new(struct text pem, enum jwt_algorithm algorithm, char wrong[JWT_WRONG_SIZE])
{
    jwt_alg_t theirs = algorithm_of(algorithm);

    must(pem.len <= INT32_MAX);
    if (theirs == JWT_ALG_INVAL) {
        snprintf(wrong, JWT_WRONG_SIZE, "%s cannot be used; RS256, ES256 and the like can",
                 jwt_algorithm_name(algorithm));
        return NULL;
    }
    EVP_PKEY *key = read_key(pem, wrong);
    if (key == NULL || !fits(key, algorithm, wrong)) {
        EVP_PKEY_free(key);
        return NULL;
    }
    struct sign *sign = memory_new(sizeof(*sign));
    *sign = (struct sign){.algorithm = theirs, .pem_len = pem.len, .key = key, .pool = pool_new()};
    sign->pem = memory_new(pem.len + 1);
    memcpy(sign->pem, pem.at, pem.len);
    sign->kid = pool_text(sign->pool, jwk_thumbprint(key, sign->pool));
    return sign;
}

void sign_free(struct sign *sign)
{
    if (sign == NULL)
        return;
    OPENSSL_cleanse(sign->pem, sign->pem_len);
    memory_free(sign->pem);
    EVP_PKEY_free(sign->key);
    pool_free(sign->pool);
    memory_free(sign);
}

struct text sign_kid(const struct sign *sign) { return sign->kid; }

EVP_PKEY *sign_key(const struct sign *sign) { return sign->key; }

/* A token. */

static int add_claim(jwt_t *token, const struct sign_claim *claim, struct pool *pool)
{
    if (claim->kind == SIGN_NUMBER)
        return jwt_add_grant_int(token, claim->name, claim->number);
    if (claim->text.at == NULL)
        return 0;
    if (claim->kind == SIGN_TEXT)
        return jwt_add_grant(token, claim->name, pool_text(pool, claim->text).at);
    struct text member = pool_print(pool, "{\"%s\":%.*s}", claim->name, TEXT_ARGS(claim->text));
    return jwt_add_grants_json(token, member.at);
}

static struct text encode(jwt_t *token, struct pool *pool)
{
    char *made = jwt_encode_str(token);
    struct text text = {0};

    if (made != NULL)
        text = pool_text(pool, text_of(made));
    free(made);
    ERR_clear_error();
    return text;
}

struct text sign_token(const struct sign *sign, const struct sign_claim *claims, size_t count,
                       struct pool *pool)
{
    jwt_t *token = NULL;
    struct text text = {0};
    int status = 0;

    must(jwt_new(&token) == 0);
    must(jwt_set_alg(token, sign->algorithm, (const unsigned char *)sign->pem,
                     (int)sign->pem_len) == 0);
    must(jwt_add_header(token, "kid", sign->kid.at) == 0);
    for (size_t i = 0; i < count && status == 0; i++)
        status = add_claim(token, &claims[i], pool);
    if (status == 0)
        text = encode(token, pool);
    jwt_free(token);
    return text;
}
