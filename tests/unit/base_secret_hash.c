/* Tests of the hash with a secret, beside OpenSSL's SipHash. */
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "bff/base/secret_hash.h"

#define LENGTHS 70

static uint64_t hash_by_openssl(const struct secret_hash *secret, struct text text)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    uint64_t key[] = {htole64(secret->key[0]), htole64(secret->key[1])}, hash;
    unsigned size = sizeof(hash), c_rounds = 1, d_rounds = 3;
    size_t len;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_uint("size", &size), OSSL_PARAM_construct_uint("c-rounds", &c_rounds),
        OSSL_PARAM_construct_uint("d-rounds", &d_rounds), OSSL_PARAM_construct_end()};

    assert_true(EVP_MAC_init(context, (unsigned char *)key, sizeof(key), params));
    assert_true(EVP_MAC_update(context, (const unsigned char *)text.at, text.len));
    assert_true(EVP_MAC_final(context, (unsigned char *)&hash, &len, sizeof(hash)));
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    return le64toh(hash);
}

static void test_it_is_siphash_1_3_for_all_lengths(void **state)
{
    char bytes[LENGTHS];
    struct secret_hash secret;

    secret_hash_seed(&secret);
    for (size_t len = 0; len < LENGTHS; len++) {
        bytes[len] = (char)(len * 37);
        struct text text = {bytes, len};
        assert_int_equal(secret_hash_text(&secret, text), hash_by_openssl(&secret, text));
    }
}

static void test_two_secrets_give_two_hashes(void **state)
{
    struct secret_hash a, b;

    secret_hash_seed(&a);
    secret_hash_seed(&b);
    assert_int_not_equal(secret_hash_text(&a, TEXT("key")), secret_hash_text(&b, TEXT("key")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_siphash_1_3_for_all_lengths),
        cmocka_unit_test(test_two_secrets_give_two_hashes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
