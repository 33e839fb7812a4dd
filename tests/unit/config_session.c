/* Tests of sessions and revocations in the configuration. */
#include "tests/unit/config_keys.h"
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define KEY "the key of the environment 123456"
#define REPLICAS                                                                                   \
    "session.store: without Redis the replicas of this server cannot agree who renews the tokens " \
    "of a session; run one replica only, or set redis.url"

static int begin(void **state)
{
    if (reading_begin(state) != 0)
        return -1;
    keys_write_public("es256.pem");
    reading_file("secret", "s3\n", 3);
    reading_file("k.yaml", "[]\n", 3);
    setenv("SESSION_KEY", KEY, 1);
    return 0;
}

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"a word", "session: on\n",
     "web.yaml:1:10: session: \"on\": expected off, or a mapping of its settings\n"},
    {"no login",
     "login: off\n"
     "session: {}\n",
     "web.yaml:2:10: session: login is off, so nobody would be asked for one\n"},
    {"short keys", "session: {keys: [short, \"thirty-two bytes of a secret 1234\", \"\"]}\n",
     "web.yaml:1:18: session.keys: the secret has 5 bytes; 32 is the least\n"
     "web.yaml:1:62: session.keys: the secret is empty\n"},
    {"the same key twice",
     "session: {keys: [\"thirty-two bytes of a secret 1234\", \"thirty-two bytes of a secret "
     "1234\"]}\n",
     "web.yaml:1:55: session.keys: key 1 is the same\n"},
    {"a key in quotes", "session: {keys: \"'thirty-two bytes of a secret 1234'\"}\n",
     "web.yaml:1:17: session.keys: the secret has quotes around it; leave them out\n"},
    {"a key that is not set", "session: {keys: \"${BFF_NONE}\"}\n",
     "web.yaml:1:17: session.keys: the environment variable BFF_NONE is not set\n"},
    {"no Redis", "session: {store: redis}\n",
     "web.yaml:1:18: session.store: there is no Redis; expected redis.url, or REDIS_URL\n"},
    {"words", "session: {store: disk, same_site: None, bearer: 1}\n",
     "web.yaml:1:18: session.store: \"disk\": expected cookie or redis\n"
     "web.yaml:1:35: session.same_site: \"None\": expected Lax or Strict\n"
     "web.yaml:1:49: session.bearer: \"1\": expected true or false\n"},
    {"times", "session: {idle: 0s, absolute: 8761h, renew_before: 1500ms}\n",
     "web.yaml:1:17: session.idle: \"0s\" is out of bounds: expected 1s to 7776000s\n"
     "web.yaml:1:31: session.absolute: \"8761h\" is out of bounds: expected 1s to 31536000s\n"
     "web.yaml:1:52: session.renew_before: \"1500ms\": expected whole seconds\n"},
    {"idle over absolute", "session: {idle: 13h}\n",
     "web.yaml:1:17: session.idle: idle must not be longer than absolute\n"},
    {"absolute under idle", "session: {absolute: 1m}\n",
     "web.yaml:1:21: session.absolute: idle must not be longer than absolute\n"},
    {"a cookie without a prefix", "session: {cookie: sid}\n",
     "web.yaml:1:19: session.cookie: expected a name that begins with __Host-, so that only this "
     "host can set the cookie\n"},
    {"a cookie with a weaker prefix", "session: {cookie: __Secure-sid}\n",
     "web.yaml:1:19: session.cookie: expected a name that begins with __Host-, so that only this "
     "host can set the cookie\n"},
    {"a cookie with the prefix in another case", "session: {cookie: __host-sid}\n",
     "web.yaml:1:19: session.cookie: expected a name that begins with __Host-, so that only this "
     "host can set the cookie\n"},
    {"only a prefix", "session: {cookie: __Host-}\n",
     "web.yaml:1:19: session.cookie: expected a name after __Host-\n"},
    {"no name of a cookie", "session: {cookie: \"a;b\"}\n",
     "web.yaml:1:19: session.cookie: \"a;b\": expected the name of a cookie, such as __Host-bff\n"},
    {"origins",
     "session:\n"
     "  origins: [\"https://a.example/\", \"https://*.a.example\", \"*\", a, "
     "\"https://a.example:443\"]\n",
     "web.yaml:2:13: session.origins: \"https://a.example/\": browsers write it as "
     "https://a.example\n"
     "web.yaml:2:35: session.origins: \"https://*.a.example\": expected whole origins; * is not "
     "read here\n"
     "web.yaml:2:58: session.origins: \"*\": expected whole origins; * is not read here\n"
     "web.yaml:2:63: session.origins: \"a\": expected an origin such as https://shop.example or "
     "http://localhost:3000\n"
     "web.yaml:2:66: session.origins: \"https://a.example:443\": browsers write it as "
     "https://a.example\n"},
    {"a path after the login", "session: {after_login: \"https://evil.example\"}\n",
     "web.yaml:1:24: session.after_login: \"https://evil.example\": it must begin with /\n"},
    {"other hosts after the login", "session: {after_login: //evil.example}\n",
     "web.yaml:1:24: session.after_login: \"//evil.example\": expected a path of this server, such "
     "as /account\n"},
    {"a backslash after the login", "session: {after_login: \"/\\\\evil.example\"}\n",
     "web.yaml:1:24: session.after_login: \"/\\evil.example\": expected a path of this server, "
     "such as /account\n"},
    {"sizes", "session: {max_bytes: 1KiB}\n",
     "web.yaml:1:22: session.max_bytes: \"1KiB\" is out of bounds: expected 2KiB to 64KiB\n"},
    {"more cookies than headers",
     "limits: {header_bytes: 8KiB}\n"
     "session: {}\n",
     "session.max_bytes: limits.header_bytes is less, so the cookies would not come back\n"},
    {"http for other machines", "session: {insecure_localhost: true}\n",
     "web.yaml:1:31: session.insecure_localhost: other machines may reach \"http://0.0.0.0:8080\" "
     "(listen); it is for an address such as http://127.0.0.1:8080 only\n"},
    {"http for one other address",
     "listen: [\"http://127.0.0.1:8080\", \"http://[::1]:8080\", \"http://10.0.0.1:8080\"]\n"
     "session: {insecure_localhost: true}\n",
     "web.yaml:2:31: session.insecure_localhost: other machines may reach \"http://10.0.0.1:8080\" "
     "(listen); it is for an address such as http://127.0.0.1:8080 only\n"},
    {"a prefix over http",
     "listen: http://127.0.0.1:8080\n"
     "session: {insecure_localhost: true, cookie: __Host-a}\n",
     "web.yaml:2:45: session.cookie: browsers take a name with this prefix over https only; with "
     "insecure_localhost expected a name such as bff\n"},
    {"nobody can sign in", "session: {login: off}\n",
     "web.yaml:1:18: session.login: nobody can sign in; expected session.login, or "
     "session.providers\n"},
    {"the login's path", "session: {login: {path: /bff/login}}\n",
     "web.yaml:1:25: session.login.path: the server answers this path itself "
     "(docs/configuration.md#routes), so nothing gets here\n"},
    {"a prefix for a login", "session: {login: {path: /api/}}\n",
     "web.yaml:1:25: session.login.path: expected a whole path; one that ends with / is a "
     "prefix\n"},
    {"members of the login",
     "session: {login: {token: \"\", refresh_token: a., expires_in: a..b, refresh: {service: user, "
     "path: a, body: \"\"}}}\n",
     "web.yaml:1:26: session.login.token: \"\": expected the name of a member, such as data.token\n"
     "web.yaml:1:45: session.login.refresh_token: \"a.\": expected the name of a member, such as "
     "data.token\n"
     "web.yaml:1:61: session.login.expires_in: \"a..b\": expected the name of a member, such as "
     "data.token\n"
     "web.yaml:1:86: session.login.refresh.service: \"user\": unknown service; did you mean "
     "\"users\"?\n"
     "web.yaml:1:98: session.login.refresh.path: \"a\": it must begin with /\n"
     "web.yaml:1:107: session.login.refresh.body: \"\": expected the name of a member, such as "
     "data.token\n"},
    {"an empty provider", "session: {providers: [{}]}\n",
     "web.yaml:1:23: session.providers[0]: its name is missing\n"
     "web.yaml:1:23: session.providers[0]: its issuer is missing\n"
     "web.yaml:1:23: session.providers[0]: its client_id is missing\n"},
    {"an unknown issuer", "session: {providers: [{name: a, issuer: nobody, client_id: c}]}\n",
     "web.yaml:1:41: session.providers[0].issuer: expected the URL of an issuer, or the name of "
     "one of login.issuers\n"},
    {"the issuer's URL",
     "session: {providers: [{name: a, issuer: \"http://a.example\", client_id: c}, {name: b, "
     "issuer: \"https://b.example?x\", client_id: c}]}\n",
     "web.yaml:1:41: session.providers[0].issuer: its scheme must be https; http is for this "
     "machine only, such as localhost\n"
     "web.yaml:1:94: session.providers[1].issuer: the URL of an issuer has no query\n"},
    {"a named issuer that is no URL",
     "login: {issuers: [{name: shop, issuer: shop, algorithms: ES256, keys: es256.pem}]}\n"
     "session: {providers: [{name: a, issuer: shop, client_id: c}]}\n",
     "web.yaml:2:41: session.providers[0].issuer: it must begin with http:// or https://\n"},
    {"two of the same name",
     "session: {providers: [{name: a, issuer: \"http://localhost\", client_id: c}, {name: a, "
     "issuer: \"http://127.0.0.2\", client_id: c}]}\n",
     "web.yaml:1:83: session.providers[1].name: session.providers[0] has the same name\n"},
    {"two secrets",
     "session: {providers: [{name: a, issuer: \"http://localhost\", client_id: c, client_secret: "
     "s3, client_secret_file: secret}]}\n",
     "web.yaml:1:114: session.providers[0].client_secret_file: the secret itself is given beside "
     "it; expected one of the two\n"},
    {"an empty secret",
     "session: {providers: [{name: a, issuer: \"http://localhost\", client_id: c, client_secret: "
     "\"\"}]}\n",
     "web.yaml:1:90: session.providers[0].client_secret: the secret is empty\n"},
    {"no such secret",
     "session: {providers: [{name: a, issuer: \"http://localhost\", client_id: c, "
     "client_secret_file: none}]}\n",
     "web.yaml:1:95: session.providers[0].client_secret_file: \"none\" cannot be read: No such "
     "file or directory\n"},
    {"scopes",
     "session: {providers: [{name: a, issuer: \"http://localhost\", client_id: c, scopes: "
     "[profile]}, {name: b, issuer: \"http://localhost\", client_id: c, scopes: [openid, \"a "
     "b\"]}]}\n",
     "web.yaml:1:84: session.providers[0].scopes: openid is missing, which says that this is "
     "OpenID Connect\n"
     "web.yaml:1:164: session.providers[1].scopes: \"a b\": expected the name of a scope, such as "
     "profile\n"},
    {"authorities",
     "session: {providers: [{name: a, issuer: \"http://localhost\", client_id: c, ca_file: none}, "
     "{name: b, issuer: \"https://b.example\", client_id: c, ca_file: none}]}\n",
     "web.yaml:1:84: session.providers[0].ca_file: nothing uses it: the URL does not begin with "
     "https://\n"
     "web.yaml:1:153: session.providers[1].ca_file: \"none\" cannot be read: No such file or "
     "directory\n"},
    {"names and times",
     "session: {providers: [{name: a b, issuer: \"http://localhost\", client_id: \"\", timeout: "
     "61s, logout: maybe}]}\n",
     "web.yaml:1:30: session.providers[0].name: \"a b\": expected 1 to 64 letters, digits, - and "
     "_\n"
     "web.yaml:1:74: session.providers[0].client_id: \"\": expected some text\n"
     "web.yaml:1:87: session.providers[0].timeout: \"61s\" is out of bounds: expected 1ms to 1m\n"
     "web.yaml:1:100: session.providers[0].logout: \"maybe\": expected true or false\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static void read_yaml(const char *yaml, struct config *config)
{
    reading_file("web.yaml", yaml, strlen(yaml));
    if (reading_read("--config web.yaml", config) != CONFIG_SERVE)
        fail_msg("%s", config->mistakes.lines[0]);
}

static void test_values(void **state)
{
    struct config config;
    const struct session_settings *session = &config.session;

    read_yaml("session: {}\n", &config);
    assert_true(session->is_on);
    assert_int_equal(session->store, SESSION_STORE_COOKIE);
    assert_true(text_is(session->cookie, "__Host-bff"));
    assert_int_equal(session->same_site, SESSION_LAX);
    assert_int_equal(session->idle_s, 1800);
    assert_int_equal(session->absolute_s, 43200);
    assert_int_equal(session->renew_before_s, 60);
    assert_false(session->takes_bearer);
    assert_true(text_is(session->after_login, "/"));
    assert_int_equal(session->max_bytes, 16384);
    assert_true(text_is(session->login.path, "/api/auth/login"));
    assert_string_equal(session->login.token, "token");
    assert_string_equal(session->login.refresh_service->name, "users");
    assert_true(text_is(session->login.refresh_path, "/auth/refresh"));
    assert_true(config.revocation.is_on);
    assert_int_equal(config.revocation.keep_s, 86400);
    config_free(&config);

    read_yaml("session: {cookie: __Host-Http-shop, origins: \"https://Shop.example\", same_site: "
              "strict, login: {refresh: off}}\nrevocation: off\n",
              &config);
    assert_true(text_is(session->cookie, "__Host-Http-shop"));
    assert_true(text_is(session->origins[0], "https://shop.example"));
    assert_int_equal(session->same_site, SESSION_STRICT);
    assert_null(session->login.refresh_service);
    assert_false(config.revocation.is_on);
    assert_int_equal(config.warnings.count, 0);
    config_free(&config);
}

static void test_off_without_a_mapping(void **state)
{
    static const char *const yamls[] = {"", "session: off\n", "session:\n"};
    struct config config;

    for (size_t i = 0; i < COUNT(yamls); i++) {
        read_yaml(yamls[i], &config);
        assert_false(config.session.is_on);
        assert_false(config.revocation.is_on);
        assert_int_equal(config.warnings.count, 0);
        config_free(&config);
    }
    read_yaml("revocation: {}\n", &config);
    assert_true(config.revocation.is_on);
    config_free(&config);
}

static void test_the_file_wins_over_the_key_of_the_environment(void **state)
{
    struct config config;

    read_yaml("session: {keys: [\"the first key in the file 1234567890\", \"${SESSION_KEY}\"]}\n",
              &config);
    assert_int_equal(config.session.key_count, 2);
    assert_true(text_is(config.session.keys[0], "the first key in the file 1234567890"));
    assert_true(text_is(config.session.keys[1], KEY));
    config_free(&config);
    read_yaml("session: {}\n", &config);
    assert_int_equal(config.session.key_count, 1);
    assert_true(text_is(config.session.keys[0], KEY));
    config_free(&config);
}

static void test_without_a_key(void **state)
{
    struct config config;

    unsetenv("SESSION_KEY");
    reading_wants("no key", "session: {}\n",
                  "session.keys: it is missing. Set the environment variable SESSION_KEY to a "
                  "secret of 32 bytes at least, such as openssl rand -hex 32 prints\n");
    setenv("SESSION_KEY", "short", 1);
    reading_wants("a short key", "session: {}\n",
                  "SESSION_KEY: the secret has 5 bytes; 32 is the least\n");
    unsetenv("SESSION_KEY");
    assert_int_equal(reading_read("--config web.yaml --mock .", &config), CONFIG_SERVE);
    assert_int_equal(config.session.key_count, 1);
    assert_true(config.session.keys[0].len >= SESSION_KEY_BYTES);
    config_free(&config);
    setenv("SESSION_KEY", KEY, 1);
}

static void test_providers(void **state)
{
    struct config config;
    const struct session_provider_settings *one;

    read_yaml("login: {issuers: [{name: shop, issuer: \"http://localhost:1/a/\", algorithms: "
              "ES256, keys: es256.pem}]}\n"
              "session:\n  login: off\n  providers:\n"
              "  - {name: a, issuer: shop, client_id: web, client_secret_file: secret}\n"
              "  - {name: b, issuer: \"https://b.example\", client_id: web, client_secret: s4,\n"
              "     scopes: [openid, email], timeout: 1s, claims: {user: email}, logout: false}\n",
              &config);
    assert_int_equal(config.session.provider_count, 2);
    assert_null(config.session.login.path.at);
    one = &config.session.providers[0];
    assert_true(text_is(one->issuer, "http://localhost:1/a/"));
    assert_true(text_is(one->client_secret, "s3"));
    assert_true(text_is(one->scopes, "openid profile offline_access"));
    assert_int_equal(one->timeout_ms, 5000);
    assert_null(one->trust);
    assert_true(one->sends_logout);
    one = &config.session.providers[1];
    assert_true(text_is(one->client_secret, "s4"));
    assert_true(text_is(one->scopes, "openid email"));
    assert_string_equal(one->user.at[0], "email");
    assert_non_null(one->trust);
    assert_false(one->sends_logout);
    config_free(&config);
}

#define ORIGINS "session: {origins: [\"https://shop.example\"], "

/* want: the only warning; NULL: none */
static const struct {
    const char *why, *yaml, *want;
} warnings[] = {
    {"tokens that are renewed without Redis", "trusted_proxies: 127.0.0.1\nsession: {}\n",
     REPLICAS},
    {"a provider without Redis",
     ORIGINS "login: off, providers: [{name: a, issuer: \"http://localhost\", client_id: c}]}\n",
     REPLICAS},
    {"tokens that are not renewed", ORIGINS "login: {refresh: off}}\n", NULL},
    {"Redis", "redis: {url: \"redis://localhost\"}\ntrusted_proxies: 127.0.0.1\nsession: {}\n",
     NULL},
    {"no https, and no proxy", "redis: {url: \"redis://localhost\"}\nsession: {}\n",
     "web.yaml:2:10: session: browsers keep its cookie over https only, and listen has no https "
     "address. Behind a proxy that ends TLS, set trusted_proxies or session.origins; for "
     "development on this machine, set session.insecure_localhost: true"},
    {"a login without a route",
     ORIGINS "login: {refresh: off}}\nroutes: [{path: /a/, service: users, access: public}]\n",
     "session.login.path: no route has the path /api/auth/login, so nobody can sign in there; add "
     "a route to the service, or default_routes: true"},
    {"a login with a route of its own",
     ORIGINS
     "login: {path: /in, refresh: off}}\nroutes: [{path: /in, service: users, to: /auth/login, "
     "access: public}]\n",
     NULL},
    {"revocations that nobody can make", "revocation: {}\n",
     "web.yaml:1:13: revocation: nobody can revoke a token: there are no admin pages and no Redis; "
     "expected admin.listen, or redis.url"},
    {"http on this machine",
     "listen: http://127.0.0.1:8080\nsession: {insecure_localhost: true, login: {refresh: off}}\n",
     "web.yaml:2:31: session.insecure_localhost: the cookie of sessions is sent without TLS; this "
     "is for development only"},
    {"strict without Redis",
     "admin: {listen: \"http://localhost:1\"}\nrevocation: {strict: true}\n",
     "web.yaml:2:22: revocation.strict: it has no effect: there is no Redis, so all revocations "
     "are known"},
    {"a ttl of a file", "api_keys: {file: k.yaml, ttl: 1m}\n",
     "web.yaml:1:31: api_keys.ttl: it has no effect: the keys of a file are always known"},
};

static void test_warnings(void **state)
{
    for (size_t i = 0; i < COUNT(warnings); i++) {
        struct config config;
        read_yaml(warnings[i].yaml, &config);
        const char *got = config.warnings.count == 0 ? NULL : config.warnings.lines[0];
        if (config.warnings.count > 1 || (got == NULL) != (warnings[i].want == NULL) ||
            (got != NULL && strcmp(got, warnings[i].want) != 0))
            fail_msg("%s: got %s", warnings[i].why, got == NULL ? "nothing" : got);
        config_free(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_off_without_a_mapping),
        cmocka_unit_test(test_the_file_wins_over_the_key_of_the_environment),
        cmocka_unit_test(test_without_a_key),
        cmocka_unit_test(test_providers),
        cmocka_unit_test(test_warnings),
    };
    return cmocka_run_group_tests(tests, begin, reading_end);
}
