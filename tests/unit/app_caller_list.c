/* Tests of what --routes prints about those who may ask. */
#include "bff/app/caller_list.h"
#include "tests/unit/config_keys.h"
#include "tests/unit/config_reading.h"

static int begin(void **state)
{
    if (reading_begin(state) != 0)
        return -1;
    reading_file("k.yaml", "[]\n", 3);
    keys_write_private("id.pem");
    return 0;
}

/* Checks what is printed about the configuration ${yaml}. */
static void wants(const char *yaml, const char *want)
{
    char got[4096] = "";
    struct config config;
    FILE *out = fmemopen(got, sizeof(got) - 1, "w");

    reading_file("web.yaml", yaml, strlen(yaml));
    if (reading_read("--config web.yaml --routes", &config) != CONFIG_ROUTES)
        fail_msg("%s", config.mistakes.lines[0]);
    caller_list_print(&config, out);
    fclose(out);
    assert_string_equal(got, want);
    config_free(&config);
}

static void test_nothing_is_on(void **state)
{
    wants("", "");
    wants("login: off\n", "");
}

static void test_issuers(void **state)
{
    wants(
        "login:\n  algorithms: ES256\n  jwks: { url: \"https://a.example/k\" }\n  issuers:\n"
        "  - { name: b, issuer: \"https://b.example\", algorithms: [RS256, ES384], type: at+jwt,\n"
        "      jwks: { url: \"https://b.example\", discovery: true } }\n"
        "  authorizer: { service: users, ttl: 1m, method: GET }\n",
        "login  ES256, keys https://a.example/k\n"
        "issuer b  https://b.example RS256,ES384, type at+jwt, keys https://b.example "
        "(discovery)\n"
        "authorizer  GET /authorize of users, ttl 1m, deny_ttl 10s, paths /api/\n");
}

static void test_keys_and_plans(void **state)
{
    wants("api_keys:\n  file: k.yaml\n  required: true\n  plans:\n"
          "    a: { rate: 100/s, burst: 200, quota: { max: 10, per: week } }\n"
          "    b: { quota: { max: 5, per: day } }\nidentity: { key_file: id.pem }\n",
          "API keys  x-api-key, file k.yaml, required\n"
          "identity  x-identity, ES256, ttl 1m\n");
    wants("api_keys: { service: { name: users } }\n", "API keys  x-api-key, /api-key of users\n");
}

static void test_sessions_without_their_secrets(void **state)
{
    wants("session:\n  keys: \"a key that nobody else may ever see\"\n  bearer: true\n"
          "  providers:\n  - { name: p, issuer: \"http://localhost:1\", client_id: c, "
          "client_secret: s3 }\n",
          "session  __Host-bff, sealed, idle 30m, absolute 12h, login /api/auth/login, bearer\n"
          "provider p  http://localhost:1, client_id c\n"
          "revocation  not strict, keep 24h\n");
    wants("revocation: { keep: 1h, strict: true }\n", "revocation  strict, keep 1h\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_on),
        cmocka_unit_test(test_issuers),
        cmocka_unit_test(test_keys_and_plans),
        cmocka_unit_test(test_sessions_without_their_secrets),
    };
    return cmocka_run_group_tests(tests, begin, reading_end);
}
