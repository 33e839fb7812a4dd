/* Keys and settings for tests of the tokens that services get. */
#ifndef TESTS_UNIT_IDENTITY_STAGE_H
#define TESTS_UNIT_IDENTITY_STAGE_H

#include "bff/edge/identity.h"

#include "tests/unit/login_tokens.h"

#define ISSUER "bff-web"

static inline struct text private_pem(struct pool *pool, EVP_PKEY *key, const char *passphrase)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *at = NULL;
    const EVP_CIPHER *cipher = passphrase == NULL ? NULL : EVP_aes_128_cbc();

    must(PEM_write_bio_PrivateKey(out, key, cipher, NULL, 0, NULL, (void *)(uintptr_t)passphrase) ==
         1);
    long len = BIO_get_mem_data(out, &at);
    struct text pem = pool_text(pool, (struct text){at, (size_t)len});
    BIO_free(out);
    return pem;
}

static inline const char *key_file(struct pool *pool, EVP_PKEY *key)
{
    return file_with(pool, private_pem(pool, key, NULL));
}

static inline struct identity_settings settings_of(const char *file, enum jwt_algorithm algorithm)
{
    return (struct identity_settings){
        .key_file = (char *)(uintptr_t)file,
        .algorithm = algorithm,
        .header = TEXT("x-identity"),
        .ttl_s = 60,
        .issuer = TEXT(ISSUER),
    };
}

#endif
