/* Tests of API keys, usage plans and the identity token in the configuration. */
#include "tests/unit/config_keys.h"
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int begin(void **state)
{
    if (reading_begin(state) != 0)
        return -1;
    keys_write_public("es256.pem");
    keys_write_private("id.pem");
    reading_file("k.yaml", "[]\n", 3);
    return 0;
}

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"no place of keys", "api_keys: {}\n",
     "web.yaml:1:11: api_keys: it does not say where the keys are; expected file, redis: true or "
     "service\n"},
    {"a text", "api_keys: keys.yaml\n",
     "web.yaml:1:11: api_keys: \"keys.yaml\": expected off, or a mapping of its settings\n"},
    {"keys in three places", "api_keys: {file: k.yaml, redis: true, service: {name: users}}\n",
     "web.yaml:1:33: api_keys.redis: api_keys.file stands beside it; keys are in one place\n"
     "web.yaml:1:55: api_keys.service.name: api_keys.redis stands beside it; keys are in one "
     "place\n"},
    {"redis: false is no place", "api_keys: {redis: false}\n",
     "web.yaml:1:11: api_keys: it does not say where the keys are; expected file, redis: true or "
     "service\n"},
    {"no Redis", "api_keys: {redis: true}\n",
     "web.yaml:1:19: api_keys.redis: there is no Redis; expected redis.url, or REDIS_URL\n"},
    {"a service without a name", "api_keys: {service: {path: /k}}\n",
     "web.yaml:1:28: api_keys.service.path: it needs name beside it\n"},
    {"an unknown service", "api_keys: {service: {name: user}}\n",
     "web.yaml:1:28: api_keys.service.name: \"user\": unknown service; did you mean \"users\"?\n"},
    {"the header of tokens", "api_keys: {file: k.yaml, header: Authorization}\n",
     "web.yaml:1:34: api_keys.header: \"Authorization\": it has the tokens and cookies of clients; "
     "expected another header\n"},
    {"a header of this server", "api_keys: {file: k.yaml, header: X-User-Id}\n",
     "web.yaml:1:34: api_keys.header: \"X-User-Id\": the server alone says who the user is\n"},
    {"values", "api_keys: {file: k.yaml, ttl: 25h, paths: a, required: yes}\n",
     "web.yaml:1:31: api_keys.ttl: \"25h\" is out of bounds: expected 0ms to 24h\n"
     "web.yaml:1:43: api_keys.paths: \"a\": it must begin with /\n"
     "web.yaml:1:56: api_keys.required: \"yes\": expected true or false\n"},
    {"a plan without limits", "api_keys: {file: k.yaml, plans: {a: {}, b: }}\n",
     "web.yaml:1:34: api_keys.plans.a: it limits nothing; expected rate and burst, or quota\n"
     "web.yaml:1:41: api_keys.plans.b: it limits nothing; expected rate and burst, or quota\n"},
    {"the name of a plan", "api_keys: {file: k.yaml, plans: {a.b: {rate: 1/s}, \"\": {}, ä: {}}}\n",
     "web.yaml:1:34: api_keys.plans.a.b: the name of a plan has 1 to 64 letters, digits, - and _\n"
     "web.yaml:1:52: api_keys.plans.(no name): the name of a plan has 1 to 64 letters, digits, - "
     "and _\n"
     "web.yaml:1:60: api_keys.plans.ä: the name of a plan has 1 to 64 letters, digits, - and _\n"},
    {"a plan of another kind", "api_keys: {file: k.yaml, plans: {a: 5}}\n",
     "web.yaml:1:37: api_keys.plans.a: expected a mapping with some of: rate, burst, quota\n"},
    {"plans of another kind", "api_keys: {file: k.yaml, plans: [a]}\n",
     "web.yaml:1:33: api_keys.plans: expected a mapping with your own names, each for a plan\n"},
    {"a plan twice",
     "api_keys: {file: k.yaml, plans: {a: {rate: 1/s, burst: 1}, a: {rate: 1/s, burst: 1}}}\n",
     "web.yaml:1:60: api_keys.plans.a: it stands here twice\n"},
    {"no such file", "api_keys: {file: none.yaml}\n",
     "web.yaml:1:18: api_keys.file: \"none.yaml\" cannot be read: No such file or directory\n"},
    {"halves",
     "api_keys:\n"
     "  file: k.yaml\n"
     "  plans:\n"
     "    a: {rate: 1/s}\n"
     "    b: {burst: 2}\n"
     "    c: {quota: {max: 5}}\n"
     "    d: {quota: {per: day}}\n",
     "web.yaml:4:15: api_keys.plans.a.rate: it needs burst beside it\n"
     "web.yaml:5:16: api_keys.plans.b.burst: it needs rate beside it\n"
     "web.yaml:6:22: api_keys.plans.c.quota.max: it needs quota.per beside it\n"
     "web.yaml:7:22: api_keys.plans.d.quota.per: it needs quota.max beside it\n"},
    {"numbers of a plan",
     "api_keys:\n"
     "  file: k.yaml\n"
     "  plans:\n"
     "    a: {rate: 0/s, burst: 0}\n"
     "    b: {rate: 9999999/s, burst: 100001}\n"
     "    c: {quota: {max: 0, per: year}}\n"
     "    d: {quota: {max: 100000001, per: day}}\n"
     "    e: {rate: fast, burst: 1}\n",
     "web.yaml:4:15: api_keys.plans.a.rate: \"0/s\": it is out of bounds: expected at least 1/m or "
     "4/h\n"
     "web.yaml:4:27: api_keys.plans.a.burst: \"0\" is out of bounds: expected 1 to 100000\n"
     "web.yaml:5:15: api_keys.plans.b.rate: \"9999999/s\": it is out of bounds: expected at most "
     "4000000/s\n"
     "web.yaml:5:33: api_keys.plans.b.burst: \"100001\" is out of bounds: expected 1 to 100000\n"
     "web.yaml:6:22: api_keys.plans.c.quota.max: \"0\" is out of bounds: expected 1 to 100000000\n"
     "web.yaml:6:30: api_keys.plans.c.quota.per: \"year\": expected day, week or month\n"
     "web.yaml:7:22: api_keys.plans.d.quota.max: \"100000001\" is out of bounds: expected 1 to "
     "100000000\n"
     "web.yaml:8:15: api_keys.plans.e.rate: \"fast\": expected a rate such as 10/s, 30/m or "
     "100/h\n"},
    {"a setting of a plan that is nearly right",
     "api_keys: {file: k.yaml, plans: {a: {rate: 1/s, burts: 1}}}\n",
     "web.yaml:1:49: api_keys.plans.a.burts: unknown setting; did you mean \"burst\"?\n"},
    {"a route for keys without keys", "routes: [{path: /a, service: users, access: key}]\n",
     "web.yaml:1:45: routes[0].access: there are no API keys; expected api_keys\n"},
};

static const struct {
    const char *why, *yaml, *want;
} of_identity[] = {
    {"no key", "identity: {}\n", "web.yaml:1:11: identity: its key_file is missing\n"},
    {"a word", "identity: key.pem\n",
     "web.yaml:1:11: identity: \"key.pem\": expected off, or a mapping of its settings\n"},
    {"no such file", "identity: {key_file: none.pem}\n",
     "web.yaml:1:22: identity.key_file: none.pem: cannot be read: No such file or directory\n"},
    {"a public key", "identity: {key_file: es256.pem}\n",
     "web.yaml:1:22: identity.key_file: es256.pem: has no private key in PEM form\n"},
    {"a key for another algorithm", "identity: {key_file: id.pem, algorithm: ES384}\n",
     "web.yaml:1:22: identity.key_file: id.pem: is no key for ES384\n"},
    {"a secret", "identity: {key_file: id.pem, algorithm: HS256}\n",
     "web.yaml:1:41: identity.algorithm: \"HS256\": expected RS256, RS384, RS512, ES256, ES384 or "
     "ES512\n"},
    {"an algorithm that libjwt does not have", "identity: {key_file: id.pem, algorithm: EdDSA}\n",
     "web.yaml:1:41: identity.algorithm: \"EdDSA\": expected RS256, RS384, RS512, ES256, ES384 or "
     "ES512\n"},
    {"no such previous key", "identity: {key_file: id.pem, previous_keys: [es256.pem, none.pem]}\n",
     "web.yaml:1:46: identity.previous_keys: none.pem: cannot be read: No such file or "
     "directory\n"},
    {"times", "identity: {key_file: id.pem, ttl: 4s}\n",
     "web.yaml:1:35: identity.ttl: \"4s\" is out of bounds: expected 5s to 3600s\n"},
    {"the header of cookies", "identity: {key_file: id.pem, header: Cookie}\n",
     "web.yaml:1:38: identity.header: \"Cookie\": it has the tokens and cookies of clients; "
     "expected another header\n"},
    {"the header of users", "identity: {key_file: id.pem, header: X-User-Id}\n",
     "web.yaml:1:38: identity.header: \"X-User-Id\": the server alone says who the user is\n"},
    {"the header of API keys",
     "identity: {key_file: id.pem, header: X-API-Key}\n"
     "api_keys: {file: k.yaml}\n",
     "web.yaml:1:38: identity.header: API keys come in the same header (api_keys.header)\n"},
    {"a route writes the header",
     "identity: {key_file: id.pem, header: X-Who}\n"
     "routes:\n"
     "- {path: /a, service: users, request_headers: {set: {x-who: me}}}\n"
     "- {path: /b, service: users, request_headers: {remove: X-Who}}\n",
     "web.yaml:3:54: routes[0].request_headers.set: the token of this server is in this header "
     "(identity.header)\n"
     "web.yaml:4:56: routes[1].request_headers.remove: the token of this server is in this header "
     "(identity.header)\n"},
    {"an authorizer writes the header",
     "identity: {key_file: id.pem, header: X-Who}\n"
     "login: {authorizer: {service: users, headers: x-who}}\n",
     "web.yaml:2:47: login.authorizer.headers: the token of this server is in this header "
     "(identity.header)\n"},
    {"revocations", "revocation: {strict: maybe, keep: 0s}\n",
     "web.yaml:1:22: revocation.strict: \"maybe\": expected true or false\n"
     "web.yaml:1:35: revocation.keep: \"0s\" is out of bounds: expected 1s to 2678400s\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static void test_mistakes_of_an_identity(void **state)
{
    for (size_t i = 0; i < COUNT(of_identity); i++)
        reading_wants(of_identity[i].why, of_identity[i].yaml, of_identity[i].want);
}

static void test_as_many_plans_as_there_may_be(void **state)
{
    char yaml[8192];
    size_t len = (size_t)snprintf(yaml, sizeof(yaml), "api_keys:\n  file: k.yaml\n  plans:\n");

    for (unsigned i = 0; i < 65; i++) {
        if (i == 64)
            reading_wants("64 plans", yaml, "");
        len += (size_t)snprintf(yaml + len, sizeof(yaml) - len,
                                "    p%u: {quota: {max: 1, per: day}}\n", i);
    }
    reading_wants("65 plans", yaml, "web.yaml:4:5: api_keys.plans: expected at most 64 plans\n");
}

static void read_yaml(const char *yaml, struct config *config)
{
    reading_file("web.yaml", yaml, strlen(yaml));
    if (reading_read("--config web.yaml", config) != CONFIG_SERVE)
        fail_msg("%s", config->mistakes.lines[0]);
}

static void test_plans(void **state)
{
    struct config config;
    const struct api_keys_settings *keys = &config.api_keys;

    read_yaml("api_keys:\n  file: k.yaml\n  header: X-Shop-Key\n  required: true\n"
              "  paths: [/api/, /live]\n  plans:\n"
              "    Basic_1: {rate: 30/m, burst: 200, quota: {max: 10000, per: week}}\n"
              "    big: {quota: {max: 5, per: month}}\n",
              &config);
    assert_int_equal(keys->source, API_KEYS_FILE);
    assert_string_equal(keys->file, "k.yaml");
    assert_true(text_is(keys->header, "x-shop-key"));
    assert_true(keys->is_required);
    assert_int_equal(keys->path_count, 2);
    assert_int_equal(keys->plan_count, 2);
    assert_true(text_is(keys->plans[0].name, "Basic_1"));
    assert_int_equal(keys->plans[0].rate, 500);
    assert_int_equal(keys->plans[0].burst, 200);
    assert_int_equal(keys->plans[0].quota_max, 10000);
    assert_int_equal(keys->plans[0].quota_per, API_KEYS_WEEK);
    assert_int_equal(keys->plans[1].rate, 0);
    assert_int_equal(keys->plans[1].quota_per, API_KEYS_MONTH);
    config_free(&config);

    read_yaml("redis: {url: \"redis://localhost\"}\napi_keys: {redis: true}\n", &config);
    assert_int_equal(keys->source, API_KEYS_REDIS);
    config_free(&config);
    read_yaml("api_keys: {service: {name: users}, file: }\nroutes: [{path: /a, service: users, "
              "access: key}]\n",
              &config);
    assert_int_equal(keys->source, API_KEYS_SERVICE);
    assert_true(text_is(keys->path, "/api-key"));
    config_free(&config);
    read_yaml("api_keys: off\n", &config);
    assert_int_equal(keys->source, API_KEYS_OFF);
    config_free(&config);
}

static void test_an_identity(void **state)
{
    struct config config;
    const struct identity_settings *identity = &config.identity;

    read_yaml("identity: {key_file: id.pem, previous_keys: es256.pem}\n", &config);
    assert_non_null(config.identity_keys);
    assert_true(text_is(identity->header, "x-identity"));
    assert_true(text_is(identity->issuer, "bff-web"));
    assert_null(identity->audience.at);
    assert_int_equal(identity->algorithm, JWT_ES256);
    assert_int_equal(identity->ttl_s, 60);
    assert_int_equal(identity->previous_key_count, 1);
    assert_int_equal(config.warnings.count, 0);
    config_free(&config);

    assert_int_equal(chmod("id.pem", 0644), 0);
    read_yaml("identity: {key_file: id.pem, audience: shop}\n", &config);
    assert_true(text_is(identity->audience, "shop"));
    assert_string_equal(config.warnings.lines[0],
                        "web.yaml:1:22: identity.key_file: every user of this machine may read "
                        "\"id.pem\" (mode 0644); chmod 0600 it");
    config_free(&config);

    read_yaml("", &config);
    assert_null(identity->key_file);
    assert_null(config.identity_keys);
    config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_mistakes_of_an_identity),
        cmocka_unit_test(test_as_many_plans_as_there_may_be),
        cmocka_unit_test(test_plans),
        cmocka_unit_test(test_an_identity),
    };
    return cmocka_run_group_tests(tests, begin, reading_end);
}
