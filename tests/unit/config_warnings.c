/* What --check warns of: it can be used, and was hardly meant. */
#include <sys/stat.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define DAY (24 * 60 * 60L)

static EVP_PKEY *key;

/* A certificate from ${from} to ${until}, in seconds from now. */
static void certificate_add(FILE *file, long from, long until)
{
    X509 *certificate = X509_new();

    X509_set_version(certificate, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), until);
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    X509_free(certificate);
}

static void certificate_write(const char *name, long from, long until)
{
    FILE *file = fopen(name, "w");

    certificate_add(file, from, until);
    fclose(file);
}

static void key_write(const char *name, mode_t mode)
{
    FILE *file = fopen(name, "w");

    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    assert_int_equal(chmod(name, mode), 0);
}

static int begin(void **state)
{
    if (reading_begin(state) != 0)
        return -1;
    key = EVP_EC_gen("P-256");
    certificate_write("year.pem", -DAY, 365 * DAY);
    certificate_write("soon.pem", -DAY, 10 * DAY);
    certificate_write("expired.pem", -9 * DAY, -DAY);
    certificate_write("hour.pem", -9 * DAY, -3600);
    certificate_write("later.pem", 5 * DAY, 365 * DAY);
    FILE *chain = fopen("chain.pem", "w");
    certificate_add(chain, -DAY, 365 * DAY);
    certificate_add(chain, -9 * DAY, -DAY);
    fclose(chain);
    key_write("own.key", 0600);
    key_write("group.key", 0640);
    key_write("all.key", 0644);
    key_write("worse.key", 0602);
    reading_file("secret", READING_SECRET "\n", sizeof(READING_SECRET));
    return chmod("secret", 0604);
}

static int end(void **state)
{
    EVP_PKEY_free(key);
    return reading_end(state);
}

/* "@" in ${want} is a date. */
static bool is_like(const char *got, const char *want)
{
    for (; *want != '\0'; want++) {
        if (*want != '@' && *got++ != *want)
            return false;
        if (*want == '@' && strspn(got, "0123456789-") != 10)
            return false;
        if (*want == '@')
            got += 10;
    }
    return *got == '\0';
}

static void wants(const char *why, const char *yaml, const char *want)
{
    char got[4096];
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    enum config_action action = reading_read("--check --config web.yaml", &config);
    struct config shown = {.mistakes =
                               config.mistakes.count > 0 ? config.mistakes : config.warnings};
    reading_mistakes(&shown, got, sizeof(got));
    if (!is_like(got, want) || action != CONFIG_CHECK)
        fail_msg("%s: got\n%swant\n%s", why, got, want);
    config_free(&config);
}

#define TLS(certificate, key)                                                                      \
    "listen: https://127.0.0.1:1\ntls:\n  certificate: " certificate "\n  key: " key "\n"
#define CERTIFICATE "web.yaml:3:16: tls.certificate: "
#define KEY "web.yaml:4:8: tls.key: every user of this machine may "

static const struct {
    const char *why, *yaml, *want;
} cases[] = {
    {"nothing", "", ""},
    {"a certificate for a year, and a key of its own", TLS("year.pem", "own.key"), ""},
    {"a key of a group", TLS("year.pem", "group.key"), ""},
    {"a certificate that ends soon", TLS("soon.pem", "own.key"),
     CERTIFICATE "\"soon.pem\" expires soon, on @\n"},
    {"an expired one", TLS("expired.pem", "own.key"), CERTIFICATE "\"expired.pem\" expired on @\n"},
    {"one that expired an hour ago", TLS("hour.pem", "own.key"),
     CERTIFICATE "\"hour.pem\" expired on @\n"},
    {"one that does not count yet", TLS("later.pem", "own.key"),
     CERTIFICATE "\"later.pem\" is not valid before @\n"},
    {"an expired one in a chain", TLS("chain.pem", "own.key"),
     CERTIFICATE "\"chain.pem\" certificate 2 expired on @\n"},
    {"a key for everyone, and an expired certificate", TLS("expired.pem", "all.key"),
     CERTIFICATE "\"expired.pem\" expired on @\n" KEY
                 "read \"all.key\" (mode 0644); chmod 0600 it\n"},
    {"a key that everyone may change", TLS("year.pem", "worse.key"),
     KEY "change \"worse.key\" (mode 0602); chmod 0600 it\n"},
    {"a cache without its unit", "cache: {memory: 64}\n",
     "web.yaml:1:17: cache.memory: hardly any response fits; a number without a unit is in "
     "bytes\n"},
    {"no cache", "cache: {memory: 0}\n", ""},
    {"a response that is longer than the cache",
     "routes: [{path: /a, service: users, cache: {ttl: 1s, max_body: 65MiB}}]\n",
     "web.yaml:1:64: routes[0].cache.max_body: cache.memory is less, so no response of this length "
     "is stored\n"},
    {"an authority that has expired", "services: {users: {ca_file: expired.pem}}\n",
     "web.yaml:1:29: services.users.ca_file: \"expired.pem\" expired on @\n"},
    {"one authority for two services", "services: {users: &u {ca_file: expired.pem}, orders: *u}\n",
     "web.yaml:1:32: services.users.ca_file: \"expired.pem\" expired on @\n"},
    {"the same endpoint twice",
     "services: {users: {endpoints: [\"http://a\", \"http://b\", \"HTTP://A:80/\"]}}\n",
     "web.yaml:1:32: services.users.endpoints: \"http://A\" is listed twice, so it gets twice "
     "the "
     "requests\n"},
    {"the same IPv6 endpoint in two spellings",
     "services: {users: {endpoints: [\"http://[::1]:80\", \"http://[0:0:0:0:0:0:0:1]\"]}}\n",
     "web.yaml:1:32: services.users.endpoints: \"http://[0:0:0:0:0:0:0:1]\" is listed twice, so "
     "it gets twice the requests\n"},
    {"one host, other ports and schemes",
     "services: {users: {endpoints: [\"http://a\", \"https://a\", \"http://a:81\"]}, orders: "
     "{endpoints: \"http://a\"}}\n",
     ""},
};

static void test_warnings(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++)
        wants(cases[i].why, cases[i].yaml, cases[i].want);
}

static void test_a_secret_for_everyone(void **state)
{
    unsetenv("JWT_SECRET");
    wants("a secret", "login: {secret_file: secret}\n",
          "web.yaml:1:22: login.secret_file: every user of this machine may read \"secret\" (mode "
          "0604); chmod 0600 it\n");
    setenv("JWT_SECRET", READING_SECRET, 1);
}

static const struct {
    const char *name, *meant; /* NULL: no warning */
} variables[] = {
    {"USER_URL", "USERS_URL"},
    {"USERS_URI", "USERS_URL"},
    {"users_url", "USERS_URL"},
    {"USERSURL", "USERS_URL"},
    {"USERS_URL_2", "USERS_URL"},
    {"USERS_SERVICE_URL", "USERS_URL"},
    {"ORDER_URL", "ORDERS_URL"},
    {"JWT_SECRETS", "JWT_SECRET"},
    {"JWT_SECRET_KEY", "JWT_SECRET"},
    {"JWT_SERCET", "JWT_SECRET"},
    {"JWT_SECRET_FLIE", "JWT_SECRET"},
    {"REDIS_URI", "REDIS_URL"},
    {"QUEUE_URL", NULL},
    {"DATABASE_URL", NULL},
    {"BASE_URL", NULL},
    {"USER", NULL},
    {"JWT_ISSUER", NULL},
    {"SECRET", NULL},
    {"USERS_HOST", NULL},
};

static void test_variables(void **state)
{
    char want[256];

    for (size_t i = 0; i < COUNT(variables); i++) {
        const char *meant = variables[i].meant;
        setenv(variables[i].name, "x", 1);
        snprintf(want, sizeof(want), "%s: this variable is not read; did you mean %s?\n",
                 variables[i].name, meant);
        wants(variables[i].name, "", meant == NULL ? "" : want);
        if (strcmp(variables[i].name, "USER") != 0)
            unsetenv(variables[i].name);
    }
    setenv("USER_URL", "http://a", 1);
    wants("a variable that the file uses", "services: {users: {endpoints: \"${USER_URL}\"}}\n", "");
    unsetenv("USER_URL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_a_secret_for_everyone),
        cmocka_unit_test(test_variables),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
