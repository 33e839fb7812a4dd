/* Helps tests of the configuration to write files with keys. */
#ifndef TESTS_UNIT_CONFIG_KEYS_H
#define TESTS_UNIT_CONFIG_KEYS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

/* Writes a new public key of P-256. */
static inline void keys_write_public(const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_int_equal(PEM_write_PUBKEY(file, key), 1);
    fclose(file);
    EVP_PKEY_free(key);
}

/* Writes a new private key of P-256, which only its owner may read. */
static inline void keys_write_private(const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    assert_int_equal(chmod(name, 0600), 0);
    EVP_PKEY_free(key);
}

#endif
