/* Tests of which login settings are valid, and of the messages for the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/x509.h>

#include "bff/edge/login.h"

#include "tests/unit/login_tokens.h"

static struct pool *pool;

/* NULL when ${settings} make a login, else what is wrong. */
static const char *wrong_with(struct login_settings settings)
{
    const char *wrong = "wrong without words";
    struct login *login = login_new(&settings, &wrong);

    if (login == NULL)
        return wrong;
    login_free(login);
    return NULL;
}

static void expect(const char *why, const char *wrong, const char *want)
{
    if ((wrong == NULL) != (want == NULL) || (wrong != NULL && strstr(wrong, want) == NULL))
        fail_msg("%s: %s", why, wrong == NULL ? "not refused" : wrong);
    if (wrong != NULL)
        assert_null(strstr(wrong, "battery"));
}

static void test_secrets(void **state)
{
    static const struct {
        const char *why, *secret, *want;
    } cases[] = {
        {"long enough", "12345678901234567890123456789012", NULL},
        {"a byte too short", "1234567890123456789012345678901", "has 31 bytes; 32 is the least"},
        {"short and telling", "battery", "has 7 bytes"},
        {"empty", "", "need a secret"},
        {"none", NULL, "need a secret"},
        {"a tab", "12345678901234567\t0123456789012345", "byte 18 of the secret is a tab"},
        {"DEL last", "12345678901234567890123456789012\x7f", "byte 33 of the secret is a control"},
        {"a line end last", "12345678901234567890123456789012\n",
         "byte 33 of the secret is a line"},
        {"single quotes", "'12345678901234567890123456789012'", "has quotes around it"},
        {"quotes of a word processor",
         "\xe2\x80\x9c"
         "12345678901234567890123456789012\xe2\x80\x9d",
         "has quotes around it"},
        {"short, in quotes", "\"battery\"", "has quotes around it"},
        {"one quote", "\"12345678901234567890123456789012", NULL},
        {"two kinds of quotes", "\"12345678901234567890123456789012'", NULL},
        {"beyond ASCII", "k\xc3\xb6nig k\xc3\xb6nig k\xc3\xb6nig k\xc3\xb6nig k\xc3\xb6nig", NULL},
        {"a space first", " 12345678901234567890123456789012", "begins or ends with a space"},
        {"a key's file", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQE\n", "PEM"},
        {"a key's file, indented", "\n  -----BEGIN RSA PRIVATE KEY-----\nMIIBIjANBg\n", "PEM"},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        expect(cases[i].why,
               wrong_with((struct login_settings){.algorithms = JWT_BIT(JWT_HS256),
                                                  .secret = text_of(cases[i].secret)}),
               cases[i].want);
}

/* The word for a file holding ${text} as the only key for ${algorithms}. */
static void expect_file(const char *why, struct text text, unsigned algorithms, const char *want)
{
    const char *file = file_with(pool, text);

    expect(why,
           wrong_with((struct login_settings){
               .algorithms = algorithms, .key_files = &file, .key_file_count = 1}),
           want);
    unlink(file);
}

static void expect_key(const char *why, EVP_PKEY *key, unsigned algorithms, const char *want)
{
    expect_file(why, pem_of(pool, key), algorithms, want);
    EVP_PKEY_free(key);
}

static EVP_PKEY *rsa_pss_key(void)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    EVP_PKEY *key = NULL;

    must(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_generate(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

static void test_kinds_of_keys(void **state)
{
    unsigned rs256 = JWT_BIT(JWT_RS256), es256 = JWT_BIT(JWT_ES256), es384 = JWT_BIT(JWT_ES384);

    expect_key("RSA", EVP_RSA_gen(2048), rs256, NULL);
    expect_key("RSA for all three", EVP_RSA_gen(2048), JWT_ALL_RS, NULL);
    expect_key("RSA that is too weak", EVP_RSA_gen(1024), rs256, "of 1024 bits; expected 2048");
    expect_key("RSA a bit too weak", EVP_RSA_gen(2047), rs256, "of 2047 bits");
    expect_key("P-256", EVP_EC_gen("P-256"), es256, NULL);
    expect_key("P-384", EVP_EC_gen("P-384"), es384, NULL);
    expect_key("P-256 for ES384", EVP_EC_gen("P-256"), es384, "none of the algorithms");
    expect_key("RSA for ES256", EVP_RSA_gen(2048), es256, "none of the algorithms");
    expect_key("a key for HS256 alone", EVP_RSA_gen(2048), JWT_BIT(JWT_RS384) | es256,
               "there is no key for ES256");
    expect_key("another curve", EVP_EC_gen("secp256k1"), es256, "curve");
    expect_key("Ed25519", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), JWT_BIT(JWT_EDDSA), NULL);
    expect_key("Ed25519 for ES256", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), es256,
               "none of the algorithms");
    expect_key("RSA for PS*", EVP_RSA_gen(2048), JWT_ALL_RSA, NULL);
    expect_key("Ed448", EVP_PKEY_Q_keygen(NULL, NULL, "ED448"), JWT_BIT(JWT_EDDSA),
               "neither an RSA key");
    expect_key("RSA with PSS", rsa_pss_key(), rs256, "neither an RSA key");
}

static struct text written(int (*write)(BIO *, const EVP_PKEY *), const EVP_PKEY *key)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *at = NULL;

    must(write(out, key) == 1);
    long len = BIO_get_mem_data(out, &at);
    struct text text = pool_text(pool, (struct text){at, (size_t)len});
    BIO_free(out);
    return text;
}

static int write_private(BIO *out, const EVP_PKEY *key)
{
    return PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
}

static int write_encrypted(BIO *out, const EVP_PKEY *key)
{
    return PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_128_cbc(), "phrase", 6, NULL, NULL);
}

static int write_rsa_public(BIO *out, const EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int len = i2d_PublicKey(key, &der);
    int status = PEM_write_bio(out, "RSA PUBLIC KEY", "", der, len);

    OPENSSL_free(der);
    return status > 0;
}

static int write_certificate(BIO *out, const EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    EVP_PKEY *own = EVP_PKEY_dup((EVP_PKEY *)(uintptr_t)key);

    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 60);
    X509_set_pubkey(certificate, own);
    must(X509_sign(certificate, own, EVP_sha256()) > 0);
    int status = PEM_write_bio_X509(out, certificate);
    EVP_PKEY_free(own);
    X509_free(certificate);
    return status;
}

static struct text joined(struct text a, struct text b)
{
    return pool_print(pool, "%.*s%.*s", TEXT_ARGS(a), TEXT_ARGS(b));
}

static void test_files(void **state)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    struct text public = pem_of(pool, key), certificate = written(write_certificate, key);
    struct {
        const char *why;
        struct text text;
        const char *want;
    } cases[] = {
        {"the older form", written(write_rsa_public, key), NULL},
        {"a certificate", certificate, NULL},
        {"a certificate and its chain", joined(certificate, certificate), NULL},
        {"words before the key", joined(TEXT("# of the login service\n"), public), NULL},
        {"a private key", written(write_private, key), "private key"},
        {"an encrypted private key", written(write_encrypted, key), "private key"},
        {"two keys", joined(public, public), "more than one key"},
        {"a key behind a certificate", joined(certificate, public), "more than one key"},
        {"a private key behind the public one", joined(public, written(write_private, key)),
         "more than one key"},
        {"half a key", {public.at, public.len / 2}, "neither a public key"},
        {"no base64 in it", TEXT("-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n"),
         "neither a public key"},
        {"bytes that are no key",
         TEXT("-----BEGIN PUBLIC KEY-----\nAAAA\n"
              "-----END PUBLIC KEY-----\n"),
         "neither a public key"},
        {"an empty file", TEXT(""), "neither a public key"},
        {"some text", TEXT("hello"), "neither a public key"},
        {"an object", TEXT("{\"keys\":1}"), "no JWK Set"},
        {"an object behind white space", TEXT(" \r\n\t{\"keys\":1}"), "no JWK Set"},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        expect_file(cases[i].why, cases[i].text, JWT_BIT(JWT_RS256), cases[i].want);
    EVP_PKEY_free(key);
}

static void test_unreadable_files(void **state)
{
    static const struct {
        const char *file, *want;
    } cases[] = {
        {"/nowhere/key.pem", "/nowhere/key.pem: cannot be read: No such file"},
        {"/tmp", "/tmp: cannot be read: Is a directory"},
        {"/dev/zero", "/dev/zero: is larger than"},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        expect(cases[i].file,
               wrong_with((struct login_settings){.algorithms = JWT_BIT(JWT_RS256),
                                                  .key_files = &cases[i].file,
                                                  .key_file_count = 1}),
               cases[i].want);
}

static void test_algorithms(void **state)
{
    struct text secret = TEXT(SECRET);

    expect("none", wrong_with((struct login_settings){.secret = secret}), "no algorithm");
    expect("ones that there are not",
           wrong_with(
               (struct login_settings){.algorithms = 1u << JWT_ALGORITHM_COUNT, .secret = secret}),
           "no algorithm");
    expect("RS256 without a key",
           wrong_with((struct login_settings){.algorithms = JWT_BIT(JWT_RS256), .secret = secret}),
           "no key for RS256");
    expect("one of both kinds without a key",
           wrong_with((struct login_settings){.algorithms = JWT_BIT(JWT_HS512) | JWT_BIT(JWT_ES512),
                                              .secret = secret}),
           "no key for ES512");
}

static void test_names(void **state)
{
    enum jwt_algorithm found = JWT_HS256;

    for (unsigned i = 0; i < JWT_ALGORITHM_COUNT; i++) {
        assert_int_equal(jwt_algorithm_of(text_of(jwt_algorithm_name(i)), &found), 0);
        assert_int_equal(found, i);
    }
    assert_int_equal(jwt_algorithm_of(TEXT("none"), &found), -1);
    assert_int_equal(jwt_algorithm_of(TEXT("hs256"), &found), -1);
    assert_int_equal(jwt_algorithm_of((struct text){0}, &found), -1);
}

static int begin(void **state)
{
    pool = pool_new();
    return 0;
}

static int end(void **state)
{
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_secrets),    cmocka_unit_test(test_kinds_of_keys),
        cmocka_unit_test(test_files),      cmocka_unit_test(test_unreadable_files),
        cmocka_unit_test(test_algorithms), cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
