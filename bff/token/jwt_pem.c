/* See jwt_pem.h. */
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "bff/base/check.h"

#include "bff/token/jwt_pem.h"

/* A block of a PEM file. OpenSSL owns the memory; block_free frees it. */
struct block {
    char *name, *header;
    unsigned char *bytes;
    long len;
};

static bool block_read(BIO *from, struct block *block)
{
    *block = (struct block){0};
    bool is_read =
        PEM_read_bio(from, &block->name, &block->header, &block->bytes, &block->len) == 1;
    ERR_clear_error();
    return is_read;
}

static void block_free(struct block *block)
{
    OPENSSL_free(block->name);
    OPENSSL_free(block->header);
    OPENSSL_free(block->bytes);
}

static bool is_certificate(const struct block *block)
{
    return strcmp(block->name, PEM_STRING_X509) == 0 ||
           strcmp(block->name, PEM_STRING_X509_OLD) == 0;
}

static EVP_PKEY *certificate_key(const unsigned char *bytes, long len)
{
    X509 *certificate = d2i_X509(NULL, &bytes, len);
    EVP_PKEY *key = certificate == NULL ? NULL : X509_get_pubkey(certificate);

    X509_free(certificate);
    return key;
}

static EVP_PKEY *block_key(const struct block *block)
{
    const unsigned char *bytes = block->bytes;

    if (is_certificate(block))
        return certificate_key(bytes, block->len);
    if (strcmp(block->name, PEM_STRING_PUBLIC) == 0)
        return d2i_PUBKEY(NULL, &bytes, block->len);
    if (strcmp(block->name, PEM_STRING_RSA_PUBLIC) == 0)
        return d2i_PublicKey(EVP_PKEY_RSA, NULL, &bytes, block->len);
    return NULL;
}

static int complain(char wrong[JWT_WRONG_SIZE], const char *what)
{
    snprintf(wrong, JWT_WRONG_SIZE, "%s", what);
    return -1;
}

static int add_block(const struct block *block, struct jwt_keys *keys, char wrong[JWT_WRONG_SIZE])
{
    if (strstr(block->name, "PRIVATE KEY") != NULL)
        return complain(wrong, "holds a private key; give the public one, nothing else is needed");
    EVP_PKEY *key = block_key(block);
    ERR_clear_error();
    if (key == NULL)
        return complain(wrong, "holds neither a public key nor a certificate");
    unsigned algorithms = jwt_key_algorithms(key, wrong);
    if (algorithms == 0) {
        EVP_PKEY_free(key);
        return -1;
    }
    if (jwt_keys_add(keys, key, algorithms, (struct text){0}) != 0)
        return complain(wrong, "is one key too many");
    return 0;
}

/* Checks what follows the key. Only the chain of a certificate may follow. Anything else is
 * refused, because we would not use it and the operator would not notice. */
static int check_rest(BIO *from, bool may_have_chain, char wrong[JWT_WRONG_SIZE])
{
    struct block block;
    bool is_good = true;

    while (is_good && block_read(from, &block)) {
        is_good = may_have_chain && is_certificate(&block);
        block_free(&block);
    }
    return is_good ? 0 : complain(wrong, "holds more than one key; give each a file of its own");
}

int jwt_pem_read(struct text pem, struct jwt_keys *keys, char wrong[JWT_WRONG_SIZE])
{
    struct block block;

    must(pem.len <= INT32_MAX);
    BIO *from = BIO_new_mem_buf(pem.at, (int)pem.len);
    must(from != NULL);
    if (!block_read(from, &block)) {
        block_free(&block);
        BIO_free(from);
        return complain(wrong, "holds neither a public key nor a certificate");
    }
    int status = add_block(&block, keys, wrong);
    if (status == 0)
        status = check_rest(from, is_certificate(&block), wrong);
    block_free(&block);
    BIO_free(from);
    return status;
}
