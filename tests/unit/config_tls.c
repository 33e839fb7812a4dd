/* Tests that certificates and keys are loaded when the program starts, and not when a client
 * connects. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "bff/upstream/upstream.h"

#include "tests/unit/config_reading.h"

static void certificate_write(const char *name, EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    X509_free(certificate);
}

/* ${name}.pem and ${name}.key; with ${pass} the key is encrypted. */
static void pair_write(const char *name, const char *pass)
{
    char file_name[32];
    EVP_PKEY *key = EVP_EC_gen("P-256");

    snprintf(file_name, sizeof(file_name), "%s.pem", name);
    certificate_write(file_name, key);
    snprintf(file_name, sizeof(file_name), "%s.key", name);
    FILE *file = fopen(file_name, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PKCS8PrivateKey(file, key, pass == NULL ? NULL : EVP_aes_128_cbc(),
                                               NULL, 0, NULL, (void *)(uintptr_t)pass),
                     1);
    fclose(file);
    EVP_PKEY_free(key);
}

static int begin(void **state)
{
    if (reading_begin(state) != 0)
        return -1;
    pair_write("a", NULL);
    pair_write("b", NULL);
    pair_write("c", "secret");
    reading_file("text.pem", "no certificate\n", 15);
    return 0;
}

#define TLS(certificate, key)                                                                      \
    "listen: https://127.0.0.1:0\ntls: {certificate: " certificate ", key: " key "}\n"

/* want: a part of each mistake, in their order, with '*' between; "": none */
static const struct {
    const char *why, *yaml, *want;
} cases[] = {
    {"a pair", TLS("a.pem", "a.key"), ""},
    {"unused but good", "tls: {certificate: a.pem, key: a.key}\n", ""},
    {"the key of another", TLS("a.pem", "b.key"),
     "web.yaml:2:32: tls.key: \"./b.key\" does not fit the certificate"},
    {"an encrypted key", TLS("c.pem", "c.key"),
     "web.yaml:2:32: tls.key: \"./c.key\" is encrypted; expected a key without pass phrase"},
    {"no certificate", TLS("text.pem", "a.key"),
     "web.yaml:2:20: tls.certificate: \"./text.pem\" is no certificate in PEM form"},
    {"no key", TLS("a.pem", "a.pem"),
     "web.yaml:2:32: tls.key: \"./a.pem\" is no private key in PEM form"},
    {"neither is there", TLS("x.pem", "x.key"),
     "tls.certificate: \"./x.pem\" cannot be read: No such file or directory\n"
     "*tls.key: \"./x.key\" cannot be read: No such file or directory\n"},
    {"a directory", TLS("/tmp", "a.key"),
     "tls.certificate: \"/tmp\" cannot be read: Is a directory"},
    {"a certificate alone", "tls: {certificate: a.pem}\n",
     "web.yaml:1:20: tls.certificate: it needs tls.key beside it"},
    {"a key alone", "tls: {key: a.key}\n",
     "web.yaml:1:12: tls.key: it needs tls.certificate beside it"},
    {"a certificate alone, and https", "listen: https://*:0\ntls: {certificate: a.pem}\n",
     "listen: \"https://*:0\": https needs tls.certificate and tls.key"},
    {"authorities", "services: {users: {ca_file: a.pem}}\n", ""},
    {"authorities that are not valid", "services: {users: {ca_file: text.pem}}\n",
     "services.users.ca_file: \"./text.pem\" holds no certificate in PEM form"},
};

static void assert_holds(const char *why, const char *got, const char *want)
{
    char copy[512], *rest = copy;

    snprintf(copy, sizeof(copy), "%s", want);
    if (*want == '\0' && *got != '\0')
        fail_msg("%s: got %s", why, got);
    for (char *one; (one = strsep(&rest, "*")) != NULL;)
        if (strstr(got, one) == NULL)
            fail_msg("%s: got\n%swant\n%s", why, got, one);
}

static void test_tls(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct config config;
        char got[2048];
        reading_file("web.yaml", cases[i].yaml, strlen(cases[i].yaml));
        reading_read("--config ./web.yaml", &config);
        reading_mistakes(&config, got, sizeof(got));
        assert_holds(cases[i].why, got, cases[i].want);
        config_free(&config);
    }
}

/* A relative name is looked for beside the file, wherever one starts. */
static void test_files_lie_beside_the_configuration(void **state)
{
    const char *directory = *state;
    char arguments[64], want[64];
    struct config config;

    reading_file("web.yaml", TLS("a.pem", "a.key"), sizeof(TLS("a.pem", "a.key")) - 1);
    snprintf(arguments, sizeof(arguments), "--config %s/web.yaml", directory);
    snprintf(want, sizeof(want), "%s/a.pem", directory);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(reading_read(arguments, &config), CONFIG_SERVE);
    assert_string_equal(config.certificate, want);
    assert_true(config.listens[0].is_tls);
    config_free(&config);
}

/* Authorities are loaded with the configuration: their file may change or vanish afterwards. */
static void test_authorities_stay_loaded(void **state)
{
    static const char yaml[] = "services: {users: {ca_file: gone.pem}}\n";
    struct config config;

    assert_int_equal(chdir(*state), 0);
    pair_write("gone", NULL);
    reading_file("web.yaml", yaml, sizeof(yaml) - 1);
    setenv("USERS_URL", "https://127.0.0.1:1,https://127.0.0.1:2", 1);
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    unsetenv("USERS_URL");
    assert_int_equal(unlink("gone.pem"), 0);

    struct timers timers = {0};
    struct endpoints *endpoints = endpoints_new(&(struct endpoint_loop){.timers = &timers});
    struct upstream *one = upstream_new(endpoints, config.services, config.service_count);
    struct upstream *two = upstream_new(endpoints, config.services, config.service_count);
    struct endpoint *endpoint = upstream_service(one, &reading_users)->set.members[0].endpoint;
    assert_non_null(endpoint->tls);
    assert_ptr_equal(upstream_service(two, &reading_users)->set.members[0].endpoint, endpoint);
    upstream_free(one);
    upstream_free(two);
    endpoints_free(endpoints);
    timers_dispose(&timers);
    config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tls),
        cmocka_unit_test(test_files_lie_beside_the_configuration),
        cmocka_unit_test(test_authorities_stay_loaded),
    };
    return cmocka_run_group_tests(tests, begin, reading_end);
}
