/* Tests of issuers, key sets by URL and the authorizer in the configuration. */
#include "bff/upstream/trust.h"
#include "tests/unit/config_keys.h"
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int begin(void **state)
{
    if (reading_begin(state) != 0)
        return -1;
    keys_write_public("es256.pem");
    return 0;
}

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"keys by URL without a fitting algorithm", "login: {jwks: {url: \"https://a.example/k\"}}\n",
     "web.yaml:1:21: login.jwks.url: nothing uses it: algorithms has none of RS256, ES256 and "
     "their like\n"},
    {"a secret beside keys by URL",
     "login: {algorithms: [HS256, ES256], keys: es256.pem, jwks: {url: \"https://a.example/k\"}}\n",
     "web.yaml:1:66: login.jwks.url: it cannot stand beside HS256, HS384 or HS512, which have a "
     "secret; write an issuer of its own for the URL, in login.issuers\n"},
    {"http to another machine",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"http://a.example/k\"}}\n",
     "web.yaml:1:57: login.jwks.url: \"http://a.example/k\": its scheme must be https; http is for "
     "this machine only, such as localhost\n"},
    {"http to a name that looks like this machine",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"http://notlocalhost/k\"}}\n",
     "web.yaml:1:57: login.jwks.url: \"http://notlocalhost/k\": its scheme must be https; http is "
     "for this machine only, such as localhost\n"},
    {"http to a name that begins like this machine",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"http://127.0.0.1.example/k\"}}\n",
     "web.yaml:1:57: login.jwks.url: \"http://127.0.0.1.example/k\": its scheme must be https; "
     "http is for this machine only, such as localhost\n"},
    {"no URL", "login: {algorithms: ES256, keys: es256.pem, jwks: {url: x}}\n",
     "web.yaml:1:57: login.jwks.url: \"x\": it must begin with http:// or https://\n"},
    {"another scheme",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"ftp://a.example\"}}\n",
     "web.yaml:1:57: login.jwks.url: \"ftp://a.example\": its scheme must be http or https\n"},
    {"a blank in the URL",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"https://a.example/a b\"}}\n",
     "web.yaml:1:57: login.jwks.url: \"https://a.example/a b\": its path has a blank, a '#' or a "
     "byte that must be percent-encoded\n"},
    {"a password in the URL",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"https://a:b@a.example/\"}}\n",
     "web.yaml:1:57: login.jwks.url: a user name or password cannot stand in it\n"},
    {"a name instead of a mapping",
     "login: {algorithms: ES256, keys: es256.pem, jwks: \"https://a.example\"}\n",
     "web.yaml:1:51: login.jwks: expected a mapping with some of: url, discovery, refresh, "
     "min_interval, timeout, stale, ca_file\n"},
    {"jwks without a URL", "login: {jwks: {refresh: 1m}}\n",
     "web.yaml:1:25: login.jwks.refresh: it needs jwks.url beside it\n"},
    {"the URL of the discovery document",
     "login: {algorithms: RS256, jwks: {discovery: true, url: "
     "\"https://a.example/.well-known/openid-configuration\"}}\n",
     "web.yaml:1:57: login.jwks.url: the URL of an issuer ends before "
     "/.well-known/openid-configuration\n"},
    {"the discovery document as a key set",
     "login: {algorithms: RS256, jwks: {url: "
     "\"https://a.example/.well-known/openid-configuration\"}}\n",
     "web.yaml:1:40: login.jwks.url: this document names the keys, and has none; expected the URL "
     "before /.well-known/, with discovery: true\n"},
    {"discovery without a URL", "login: {jwks: {discovery: true}}\n",
     "web.yaml:1:27: login.jwks.discovery: it needs jwks.url beside it\n"},
    {"times out of bounds",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"https://a.example\", refresh: "
     "500ms, min_interval: 10ms, timeout: 0s, stale: 745h}}\n",
     "web.yaml:1:87: login.jwks.refresh: \"500ms\" is out of bounds: expected 1s to 24h\n"
     "web.yaml:1:108: login.jwks.min_interval: \"10ms\" is out of bounds: expected 100ms to 1h\n"
     "web.yaml:1:123: login.jwks.timeout: \"0s\" is out of bounds: expected 1ms to 1m\n"
     "web.yaml:1:134: login.jwks.stale: \"745h\" is out of bounds: expected 0ms to 744h\n"},
    {"refresh more often than allowed",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"http://localhost/k\", refresh: "
     "5s}}\n",
     "web.yaml:1:88: login.jwks.refresh: refresh must not be shorter than min_interval\n"},
    {"min_interval over refresh",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"http://localhost/k\", "
     "min_interval: 11m}}\n",
     "web.yaml:1:93: login.jwks.min_interval: refresh must not be shorter than min_interval\n"},
    {"authorities of http",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"http://[::1]/k\", ca_file: "
     "none.pem}}\n",
     "web.yaml:1:84: login.jwks.ca_file: nothing uses it: the URL does not begin with https://\n"},
    {"no such authorities",
     "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"https://a.example/k\", ca_file: "
     "none.pem}}\n",
     "web.yaml:1:89: login.jwks.ca_file: \"none.pem\" cannot be read: No such file or directory\n"},
    {"another type", "login: {type: jwt}\n",
     "web.yaml:1:15: login.type: \"jwt\": expected any or at+jwt\n"},
    {"a wrong scope claim", "login: {claims: {scope: a..b}}\n",
     "web.yaml:1:25: login.claims.scope: \"a..b\": a name is missing beside a dot\n"},
    {"an empty issuer", "login: {issuers: [{}]}\n",
     "web.yaml:1:19: login.issuers[0]: its name is missing\n"
     "web.yaml:1:19: login.issuers[0]: its issuer is missing\n"
     "web.yaml:1:19: login.issuers[0]: it has no keys; expected keys, or jwks\n"},
    {"issuers that are no list", "login: {issuers: {a: b}}\n",
     "web.yaml:1:18: login.issuers: expected a list of at most 32 issuers\n"},
    {"an issuer that is a text", "login: {issuers: [a]}\n",
     "web.yaml:1:19: login.issuers[0]: expected a mapping with some of: name, issuer, algorithms, "
     "keys, jwks, audience, type, claims, leeway, require_exp\n"},
    {"an issuer without keys", "login: {issuers: [{name: a, issuer: i}]}\n",
     "web.yaml:1:19: login.issuers[0]: it has no keys; expected keys, or jwks\n"},
    {"an issuer with a secret",
     "login: {issuers: [{name: a, issuer: i, algorithms: ES256, secret: x, keys: es256.pem}]}\n",
     "web.yaml:1:59: login.issuers[0].secret: unknown setting; expected name, issuer, algorithms, "
     "keys, jwks, audience, type, claims, leeway, require_exp\n"},
    {"an issuer with HS256",
     "login: {issuers: [{name: a, issuer: i, algorithms: [HS256, ES256], keys: es256.pem}]}\n",
     "web.yaml:1:53: login.issuers[0].algorithms: HS256, HS384 and HS512 need a secret, which only "
     "login itself has\n"},
    {"a wrong name",
     "login: {issuers: [{name: a b, issuer: i, algorithms: ES256, keys: es256.pem}]}\n",
     "web.yaml:1:26: login.issuers[0].name: \"a b\": expected 1 to 64 letters, digits, - and _\n"},
    {"a key for another algorithm",
     "login: {issuers: [{name: a, issuer: i, algorithms: [ES256, ES384], keys: es256.pem}]}\n",
     "web.yaml:1:74: login.issuers[0].keys: issuer a: there is no key for ES384\n"},
    {"no such key file",
     "login: {issuers: [{name: a, issuer: i, algorithms: ES256, keys: none.pem}]}\n",
     "web.yaml:1:65: login.issuers[0].keys: issuer a: none.pem: cannot be read: No such file or "
     "directory\n"},
    {"two of the same name",
     "login: {issuers: [{name: a, issuer: i, algorithms: ES256, keys: es256.pem}, {name: a, "
     "issuer: j, algorithms: ES256, keys: es256.pem}]}\n",
     "web.yaml:1:84: login.issuers[1].name: login.issuers[0] has the same name\n"},
    {"two of the same issuer",
     "login:\n"
     "  issuers:\n"
     "  - {name: a, issuer: i, algorithms: ES256, keys: es256.pem}\n"
     "  - {name: b, issuer: i, algorithms: ES256, keys: es256.pem}\n",
     "web.yaml:4:23: login.issuers[1].issuer: login.issuers[0] has the same issuer\n"},
    {"the issuer of login",
     "login: {issuer: i, issuers: [{name: a, issuer: i, algorithms: ES256, keys: es256.pem}]}\n",
     "web.yaml:1:48: login.issuers[0].issuer: login itself has the same issuer (login.issuer)\n"},
    {"a setting that is nearly right",
     "login: {issuers: [{name: a, issuer: i, keys: es256.pem, algorithms: ES256, jwks: {url: "
     "\"https://a.example\", stales: 1s}}]}\n",
     "web.yaml:1:109: login.issuers[0].jwks.stales: unknown setting; did you mean \"stale\"?\n"},
    {"http of an issuer",
     "login: {issuers: [{name: a, issuer: i, algorithms: ES256, keys: es256.pem, jwks: {url: "
     "\"http://a.example\"}}]}\n",
     "web.yaml:1:88: login.issuers[0].jwks.url: \"http://a.example\": its scheme must be https; "
     "http is for this machine only, such as localhost\n"},
    {"jwks of an issuer without a URL",
     "login: {issuers: [{name: a, issuer: i, algorithms: ES256, keys: es256.pem, jwks: {timeout: "
     "1s}}]}\n",
     "web.yaml:1:92: login.issuers[0].jwks.timeout: it needs jwks.url beside it\n"},
};

static const struct {
    const char *why, *yaml, *want;
} of_authorizer[] = {
    {"no service", "login: {authorizer: {path: /a}}\n",
     "web.yaml:1:28: login.authorizer.path: it needs login.authorizer.service beside it\n"},
    {"an unknown service", "login: {authorizer: {service: user}}\n",
     "web.yaml:1:31: login.authorizer.service: \"user\": unknown service; did you mean "
     "\"users\"?\n"},
    {"numbers",
     "login: {authorizer: {service: users, ttl: 25h, deny_ttl: 2h, timeout: 0s, stale: 25h, max: "
     "0}}\n",
     "web.yaml:1:43: login.authorizer.ttl: \"25h\" is out of bounds: expected 0ms to 24h\n"
     "web.yaml:1:58: login.authorizer.deny_ttl: \"2h\" is out of bounds: expected 0ms to 1h\n"
     "web.yaml:1:71: login.authorizer.timeout: \"0s\" is out of bounds: expected 1ms to 1m\n"
     "web.yaml:1:82: login.authorizer.stale: \"25h\" is out of bounds: expected 0ms to 24h\n"
     "web.yaml:1:92: login.authorizer.max: \"0\" is out of bounds: expected 1 to 10000000\n"},
    {"its path and method", "login: {authorizer: {service: users, method: PUT, path: a}}\n",
     "web.yaml:1:46: login.authorizer.method: \"PUT\": expected POST or GET\n"
     "web.yaml:1:57: login.authorizer.path: \"a\": it must begin with /\n"},
    {"a stale answer that is not kept",
     "login: {authorizer: {service: users, ttl: 0s, stale: 1s}}\n",
     "web.yaml:1:54: login.authorizer.stale: with ttl: 0s no answer is kept that could be used\n"},
    {"its identity",
     "login:\n"
     "  authorizer:\n"
     "    service: users\n"
     "    identity: [x, \"header:\", \"cookie:a b\", \"query:\", \"path:a\", path, path, "
     "\"header:A\", \"header:a\"]\n",
     "web.yaml:4:16: login.authorizer.identity: \"x\": expected header:NAME, cookie:NAME, "
     "query:NAME, path, method or ip\n"
     "web.yaml:4:19: login.authorizer.identity: \"header:\": expected the name of a header, as in "
     "header:Authorization\n"
     "web.yaml:4:30: login.authorizer.identity: \"cookie:a b\": expected the name of a cookie, as "
     "in cookie:cart\n"
     "web.yaml:4:44: login.authorizer.identity: \"query:\": expected the name of a parameter, as "
     "in query:shop\n"
     "web.yaml:4:54: login.authorizer.identity: \"path:a\": expected header:NAME, cookie:NAME, "
     "query:NAME, path, method or ip\n"
     "web.yaml:4:70: login.authorizer.identity: \"path\": it is listed twice\n"
     "web.yaml:4:88: login.authorizer.identity: \"header:a\": it is listed twice\n"},
    {"too many parts",
     "login: {authorizer: {service: users, identity: [\"header:h0\", \"header:h1\", \"header:h2\", "
     "\"header:h3\", \"header:h4\", \"header:h5\", \"header:h6\", \"header:h7\", \"header:h8\", "
     "\"header:h9\", \"header:h10\", \"header:h11\", \"header:h12\", \"header:h13\", "
     "\"header:h14\", \"header:h15\", \"header:h16\"]}}\n",
     "web.yaml:1:263: login.authorizer.identity: \"header:h16\": an identity has at most 16 "
     "parts\n"},
    {"its headers",
     "login:\n"
     "  authorizer:\n"
     "    service: users\n"
     "    headers: [X-User-Id, X-Identity, X-Api-Key-Name, Cookie, Authorization, Host, "
     "Connection, a b, X-A, x-a]\n",
     "web.yaml:4:15: login.authorizer.headers: \"X-User-Id\": the server alone says who the user "
     "is\n"
     "web.yaml:4:38: login.authorizer.headers: \"X-Api-Key-Name\": the server alone says whose API "
     "key it is\n"
     "web.yaml:4:54: login.authorizer.headers: \"Cookie\": it has the tokens and cookies of "
     "clients; expected another header\n"
     "web.yaml:4:62: login.authorizer.headers: \"Authorization\": it has the tokens and cookies of "
     "clients; expected another header\n"
     "web.yaml:4:77: login.authorizer.headers: \"Host\": the server alone writes it; "
     "preserve_host: true keeps the client's\n"
     "web.yaml:4:83: login.authorizer.headers: \"Connection\": it belongs to the connection; the "
     "server alone writes it\n"
     "web.yaml:4:95: login.authorizer.headers: \"a b\": expected the name of a header, such as "
     "X-Shop\n"
     "web.yaml:4:105: login.authorizer.headers: \"x-a\": it is listed twice\n"},
    {"headers that services believe for another reason",
     "login: {authorizer: {service: users, headers: [X-Identity, Content-Type, X-A]}}\n",
     "web.yaml:1:48: login.authorizer.headers: \"X-Identity\": services believe it for another "
     "reason; expected a header of its own, such as X-Tenant\n"
     "web.yaml:1:60: login.authorizer.headers: \"Content-Type\": services believe it for another "
     "reason; expected a header of its own, such as X-Tenant\n"},
    {"tokens that it does not see",
     "login: {authorizer: {service: users, checks_tokens: true, identity: path}}\n",
     "web.yaml:1:53: login.authorizer.checks_tokens: it needs header:Authorization in "
     "login.authorizer.identity\n"},
    {"its paths", "login: {authorizer: {service: users, paths: [a, /a/../b, /a/, /A/]}}\n",
     "web.yaml:1:46: login.authorizer.paths: \"a\": it must begin with /\n"
     "web.yaml:1:49: login.authorizer.paths: \"/a/../b\": paths are compared in one spelling; "
     "write it as /b\n"
     "web.yaml:1:63: login.authorizer.paths: \"/A/\": it is listed twice\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static void test_mistakes_of_an_authorizer(void **state)
{
    for (size_t i = 0; i < COUNT(of_authorizer); i++)
        reading_wants(of_authorizer[i].why, of_authorizer[i].yaml, of_authorizer[i].want);
}

static void read_yaml(const char *yaml, struct config *config)
{
    reading_file("web.yaml", yaml, strlen(yaml));
    if (reading_read("--config web.yaml", config) != CONFIG_SERVE)
        fail_msg("%s", config->mistakes.lines[0]);
}

static void test_keys_by_url(void **state)
{
    struct config config;
    const struct key_source_settings *jwks = &config.login.jwks;

    read_yaml("login: {algorithms: ES256, keys: es256.pem, type: at+jwt, claims: {scope: scp}, "
              "jwks: {url: \"https://a.example/k?a=b\", refresh: 5m, min_interval: 20s, timeout: "
              "2s, stale: 1h}}\n",
              &config);
    assert_true(text_is(jwks->url, "https://a.example/k?a=b"));
    assert_false(jwks->is_discovery);
    assert_int_equal(jwks->refresh_ms, 300000);
    assert_int_equal(jwks->min_interval_ms, 20000);
    assert_int_equal(jwks->timeout_ms, 2000);
    assert_int_equal(jwks->stale_ms, 3600000);
    assert_non_null(jwks->trust);
    assert_int_equal(config.login.type, LOGIN_TYPE_AT_JWT);
    assert_string_equal(config.login.scope.at[0], "scp");
    config_free(&config);
}

static void test_http_to_this_machine_needs_no_authorities(void **state)
{
    static const char *const hosts[] = {"localhost", "a.localhost:80", "127.0.0.1:8080",
                                        "127.9.9.9", "[::1]:80"};

    for (size_t i = 0; i < COUNT(hosts); i++) {
        struct config config;
        char yaml[256];
        snprintf(yaml, sizeof(yaml),
                 "login: {algorithms: ES256, keys: es256.pem, jwks: {url: \"http://%s/k\"}}\n",
                 hosts[i]);
        read_yaml(yaml, &config);
        assert_null(config.login.jwks.trust);
        config_free(&config);
    }
}

static void test_issuers(void **state)
{
    struct config config;
    const struct login_settings *one;

    read_yaml("login:\n  issuers:\n"
              "  - {name: a, issuer: x, algorithms: ES256, keys: es256.pem, audience: shop}\n"
              "  - {name: b, issuer: y, algorithms: ES256, keys: es256.pem, leeway: 5s,\n"
              "     require_exp: false, claims: {user: email, role: [r, s]}}\n",
              &config);
    assert_int_equal(config.login.issuer_count, 2);
    one = &config.login.issuers[1];
    assert_string_equal(one->name, "b");
    assert_string_equal(one->issuer, "y");
    assert_int_equal(one->algorithms, JWT_BIT(JWT_ES256));
    assert_int_equal(one->leeway_seconds, 5);
    assert_false(one->require_exp);
    assert_string_equal(one->user.at[0], "email");
    assert_int_equal(one->role.count, 2);
    assert_int_equal(one->jwks.refresh_ms, 600000);
    assert_ptr_equal(one->keys_of, config.issuer_keys[1]);
    assert_string_equal(config.login.issuers[0].audience, "shop");
    assert_int_equal(config.login.issuers[0].leeway_seconds, LOGIN_LEEWAY_SECONDS);
    /* JWT_SECRET is there, so login itself takes tokens, too. */
    assert_int_equal(config.login.algorithms, JWT_BIT(JWT_HS256));
    config_free(&config);
}

static void test_issuers_need_no_secret(void **state)
{
    struct config config;

    unsetenv("JWT_SECRET");
    read_yaml("login: {issuers: [{name: a, issuer: x, algorithms: ES256, keys: es256.pem}]}\n",
              &config);
    assert_int_equal(config.login.algorithms, 0);
    config_free(&config);
    setenv("JWT_SECRET", READING_SECRET, 1);
}

static void test_an_authorizer(void **state)
{
    struct config config;
    const struct authorizer_settings *authorizer = &config.authorizer;

    read_yaml("login:\n  authorizer: {service: users, path: /may, method: get, ttl: 1m, identity: "
              "[\"header:X-Key\", \"cookie:Cart\", \"query:q\", path, method, ip], paths: [/api/, "
              "/b], headers: [X-Tenant, X-Plan], max: 5}\n",
              &config);
    assert_string_equal(authorizer->service->name, "users");
    assert_true(authorizer->is_get);
    assert_int_equal(authorizer->ttl_ms, 60000);
    assert_int_equal(authorizer->deny_ttl_ms, 10000);
    assert_int_equal(authorizer->timeout_ms, 1000);
    assert_int_equal(authorizer->part_count, 6);
    assert_true(text_is(authorizer->parts[0].name, "x-key"));
    assert_true(text_is(authorizer->parts[1].name, "Cart"));
    assert_int_equal(authorizer->parts[5].kind, AUTHORIZER_IP);
    assert_int_equal(authorizer->path_count, 2);
    assert_true(text_is(authorizer->paths[0], "/api/"));
    assert_int_equal(authorizer->header_count, 2);
    assert_true(text_is(authorizer->headers[1], "x-plan"));
    assert_int_equal(authorizer->max, 5);
    config_free(&config);

    read_yaml("", &config);
    assert_null(authorizer->service);
    config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_mistakes_of_an_authorizer),
        cmocka_unit_test(test_keys_by_url),
        cmocka_unit_test(test_http_to_this_machine_needs_no_authorities),
        cmocka_unit_test(test_issuers),
        cmocka_unit_test(test_issuers_need_no_secret),
        cmocka_unit_test(test_an_authorizer),
    };
    return cmocka_run_group_tests(tests, begin, reading_end);
}
