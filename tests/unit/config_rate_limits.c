/* Tests of rate_limits and rate_limit_store: what a rule allows, and mistakes in it. */
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define RULE "rate_limits:\n  - { name: a, path: /x/, "

static const char *const algorithms[] = {"fixed", "sliding", "leaky", "tokens", "calendar"};
static const char *const keys[] = {"ip", "user", "header:", "route"};
static const char *const headers[] = {"draft-6", "structured", "legacy", "off"};

/* A rule as one line: what is set, in the order of the table of settings. */
static void rule_print(const struct limit_rule *rule, FILE *out)
{
    fprintf(out, "%.*s %.*s", TEXT_ARGS(rule->name), TEXT_ARGS(rule->path));
    for (const struct text *one = rule->methods; one != NULL && one->at != NULL; one++)
        fprintf(out, " %.*s", TEXT_ARGS(*one));
    for (size_t i = 0; i < rule->key_count; i++)
        fprintf(out, " %s%.*s", keys[rule->key[i].kind], TEXT_ARGS(rule->key[i].header));
    fprintf(out, " %s", algorithms[rule->algorithm]);
    if (rule->algorithm <= LIMIT_SLIDING)
        fprintf(out, " %u/%u", rule->max, rule->window_ms);
    else if (rule->algorithm == LIMIT_CALENDAR)
        fprintf(out, " %u %u %u", rule->periods[0], rule->periods[1], rule->periods[2]);
    else
        fprintf(out, " %u+%u", rule->rate, rule->burst);
    if (rule->algorithm == LIMIT_LEAKY)
        fprintf(out, " delay %lld", (long long)rule->delay);
    fprintf(out, "%s%s", rule->costs_parts ? " parts" : "", rule->is_dry_run ? " dry" : "");
    for (size_t i = 0; i < rule->exempt_count; i++)
        fprintf(out, " -%u", rule->exempt[i].bits);
    fprintf(out, " %s\n", headers[rule->headers]);
}

#define DEFAULTS(dry)                                                                              \
    "api /api/ ip fixed 100/900000" dry " draft-6\n"                                               \
    "login /api/auth/login ip fixed 10/900000" dry " draft-6\n"                                    \
    "register /api/auth/register ip fixed 10/900000" dry " draft-6\n"

static const struct {
    const char *why, *arguments, *yaml, *want;
} cases[] = {
    {"the build's own", "", "", DEFAULTS("")},
    {"the build's own on mock services refuse nothing", "--mock .", "", DEFAULTS(" dry")},
    {"an empty list", "", "rate_limits: []\n", ""},
    {"a list takes their place", "", RULE "window: 1m, max: 3 }\n",
     "a /x/ ip fixed 3/60000 draft-6\n"},
    {"a rule of the file refuses on mock services, too", "--mock .", RULE "window: 1m, max: 3 }\n",
     "a /x/ ip fixed 3/60000 draft-6\n"},
    {"everything", "",
     RULE "methods: [GET, PUT], key: [user, header:X-Shop, route, ip], window: 1.5s, max: 1,\n"
          "      sliding: true, cost: parts, dry_run: true, exempt: [10.0.0.0/8, \"::1\"],\n"
          "      headers: structured }\n",
     "a /x/ GET PUT user header:x-shop route ip sliding 1/1500 parts dry -104 -128 structured\n"},
    {"sliding: false is a fixed window", "", RULE "window: 1m, max: 3, sliding: false }\n",
     "a /x/ ip fixed 3/60000 draft-6\n"},
    {"a token bucket", "", RULE "rate: 100/s, burst: 200, headers: legacy }\n",
     "a /x/ ip tokens 100000+200 legacy\n"},
    {"nginx's nodelay, two stages, and all wait", "",
     "rate_limits:\n  - {name: a, path: /a, rate: 10/s, burst: 20, delay: off, headers: off}\n"
     "  - {name: b, path: /b, rate: 30/m, burst: 20, delay: 8}\n"
     "  - {name: c, path: /c, rate: 100/h, delay: 0}\n",
     "a /a ip leaky 10000+20 delay -1 off\nb /b ip leaky 500+20 delay 8 draft-6\n"
     "c /c ip leaky 27+0 delay 0 draft-6\n"},
    {"the smallest rates", "",
     "rate_limits:\n  - {name: a, path: /a, rate: 1/m, burst: 1}\n"
     "  - {name: b, path: /b, rate: 4/h, burst: 1}\n",
     "a /a ip tokens 16+1 draft-6\nb /b ip tokens 1+1 draft-6\n"},
    {"periods", "", RULE "minute: 5, day: 100 }\n", "a /x/ ip calendar 5 0 100 draft-6\n"},
};

static void test_rules(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        char got[1024] = "", arguments[128];
        struct config config;
        reading_file("web.yaml", cases[i].yaml, strlen(cases[i].yaml));
        snprintf(arguments, sizeof(arguments), "--config web.yaml %s", cases[i].arguments);
        if (reading_read(arguments, &config) != CONFIG_SERVE)
            fail_msg("%s: %s", cases[i].why, config.mistakes.lines[0]);
        FILE *out = fmemopen(got, sizeof(got), "w");
        for (size_t rule = 0; rule < config.rate_limits.count; rule++)
            rule_print(&config.rate_limits.rows[rule], out);
        fclose(out);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got\n%swant\n%s", cases[i].why, got, cases[i].want);
        config_free(&config);
    }
}

#define KEYS "expected ip, user, api_key, route or header:NAME\n"
#define BESIDE " stands beside it, and a rule counts in one way; make two rules of it\n"
#define RATES "expected a rate such as 10/s, 30/m or 100/h\n"
#define NAMES "expected 1 to 64 letters, digits, - and _\n"

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"nothing of a rule", "rate_limits: [{}]\n",
     "web.yaml:1:15: rate_limits[0]: its name is missing\n"
     "web.yaml:1:15: rate_limits[0]: its path is missing\n"
     "web.yaml:1:15: rate_limits[0]: it limits nothing; expected window and max, rate and burst, "
     "or some of minute, hour and day\n"},
    {"a name that is misspelt is not missing, too", RULE "window: 1m, mx: 3 }\n",
     "web.yaml:2:39: rate_limits[0].mx: unknown setting; did you mean \"max\"?\n"},
    {"names that are not valid",
     "rate_limits:\n"
     "  - {name: a b, path: /, minute: 1}\n"
     "  - {name: \"\"}\n",
     "web.yaml:2:12: rate_limits[0].name: \"a b\": " NAMES
     "web.yaml:3:12: rate_limits[1].name: \"\": " NAMES
     "web.yaml:3:5: rate_limits[1]: its path is missing\n"
     "web.yaml:3:5: rate_limits[1]: it limits nothing; expected window and max, rate and burst, or "
     "some of minute, hour and day\n"},
    {"two ways", RULE "window: 1m, max: 3, rate: 1/s, burst: 1, day: 4 }\n",
     "web.yaml:2:53: rate_limits[0].rate: window" BESIDE
     "web.yaml:2:73: rate_limits[0].day: window" BESIDE},
    {"half a window", RULE "window: 1m }\n",
     "web.yaml:2:35: rate_limits[0].window: it needs max beside it\n"},
    {"the other half", RULE "max: 3 }\n",
     "web.yaml:2:32: rate_limits[0].max: it needs window beside it\n"},
    {"a window of nothing", RULE "sliding: true }\n",
     "web.yaml:2:36: rate_limits[0].sliding: it needs window and max beside it\n"},
    {"a rate alone", RULE "rate: 1/s }\n",
     "web.yaml:2:33: rate_limits[0].rate: it needs burst beside it, the size of the token bucket; "
     "or delay, for the leaky bucket of nginx, whose burst may be 0\n"},
    {"a bucket without tokens", RULE "rate: 1/s, burst: 0 }\n",
     "web.yaml:2:45: rate_limits[0].burst: a token bucket needs at least 1; with delay: off beside "
     "it 0 is allowed\n"},
    {"a burst without rate", RULE "burst: 3, delay: off }\n",
     "web.yaml:2:34: rate_limits[0].burst: it needs rate beside it\n"
     "web.yaml:2:44: rate_limits[0].delay: it needs rate beside it\n"},
    {"rates that are not valid",
     "rate_limits:\n"
     "- {name: a, path: /, rate: 10, burst: 1}\n"
     "- {name: b, path: /, rate: 1.5/s, burst: 1}\n"
     "- {name: c, path: /, rate: 10/d, burst: 1}\n"
     "- {name: d, path: /, rate: 3/h, burst: 1}\n"
     "- {name: e, path: /, rate: 4000001/s, burst: 1}\n",
     "web.yaml:2:28: rate_limits[0].rate: \"10\": " RATES
     "web.yaml:3:28: rate_limits[1].rate: \"1.5/s\": " RATES
     "web.yaml:4:28: rate_limits[2].rate: \"10/d\": " RATES
     "web.yaml:5:28: rate_limits[3].rate: \"3/h\": it is out of bounds: expected at least 1/m or "
     "4/h\n"
     "web.yaml:6:28: rate_limits[4].rate: \"4000001/s\": it is out of bounds: expected at most "
     "4000000/s\n"},
    {"keys that are not valid",
     RULE "minute: 1, key: [ip, ips, \"header:\", \"header:a b\", ip, api-key] }\n",
     "web.yaml:2:48: rate_limits[0].key: \"ips\": " KEYS
     "web.yaml:2:53: rate_limits[0].key: \"header:\": expected the name of a header, as in "
     "header:X-Shop\n"
     "web.yaml:2:64: rate_limits[0].key: \"header:a b\": expected the name of a header, as in "
     "header:X-Shop\n"
     "web.yaml:2:78: rate_limits[0].key: \"ip\": it is listed twice\n"
     "web.yaml:2:82: rate_limits[0].key: \"api-key\": " KEYS},
    {"too long a key", RULE "minute: 1, key: [ip, user, route, header:a, header:b] }\n",
     "web.yaml:2:71: rate_limits[0].key: \"header:b\": a key has at most 4 parts\n"},
    {"other values that are not valid",
     RULE "minute: 0, delay: -1, cost: 2, exempt: [10.0.0.1/8], headers: all, max: 0 }\n",
     "web.yaml:2:35: rate_limits[0].minute: \"0\" is out of bounds: expected 1 to 100000000\n"
     "web.yaml:2:45: rate_limits[0].delay: \"-1\": expected off, or a number of requests\n"
     "web.yaml:2:55: rate_limits[0].cost: \"2\": expected 1 or parts\n"
     "web.yaml:2:67: rate_limits[0].exempt: \"10.0.0.1/8\": the address has bits set behind its "
     "prefix; is another network meant?\n"
     "web.yaml:2:89: rate_limits[0].headers: \"all\": expected draft-6, structured, legacy or "
     "off\n"
     "web.yaml:2:99: rate_limits[0].max: \"0\" is out of bounds: expected 1 to 100000000\n"},
    {"more than a sliding window can count", RULE "window: 1s, max: 1000001, sliding: true }\n",
     "web.yaml:2:44: rate_limits[0].max: with sliding it is at most 1000000\n"},
    {"a name twice",
     RULE "minute: 1 }\n"
          "  - { name: a, path: /y, minute: 2 }\n",
     "web.yaml:3:13: rate_limits[1].name: rate_limits[0] has the same name, and so the same "
     "counts\n"},
    {"a user without login", "login: off\n" RULE "minute: 1, key: [ip, user] }\n",
     "web.yaml:3:44: rate_limits[0].key: login is off, so no request has a user\n"},
    {"no Redis to count in", "rate_limit_store: {use: redis}\n",
     "web.yaml:1:25: rate_limit_store.use: it needs redis.url, or REDIS_URL of the environment\n"},
    {"a store that is not valid", "rate_limit_store: {use: disk, max_keys: 1023}\n",
     "web.yaml:1:25: rate_limit_store.use: \"disk\": expected auto, memory or redis\n"
     "web.yaml:1:41: rate_limit_store.max_keys: \"1023\" is out of bounds: expected 1024 to "
     "100000000\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

/* The rules of a path are those that cover it. Rules with a user are counted apart. */
static void test_too_many_rules_for_a_path(void **state)
{
    char yaml[2048] = "rate_limits:\n";

    for (unsigned i = 0; i < 16; i++)
        snprintf(yaml + strlen(yaml), sizeof(yaml) - strlen(yaml),
                 "- {name: r%u, path: /%s, minute: 1, key: %s}\n", i, i % 4 == 0 ? "a/" : "",
                 i < 8 ? "ip" : "user");
    reading_wants("8 of each kind", yaml, "");
    snprintf(yaml + strlen(yaml), sizeof(yaml) - strlen(yaml),
             "- {name: b, path: /b, minute: 1}\n- {name: c, path: /a/c, minute: 1}\n");
    reading_wants("9 for /a/c", yaml,
                  "web.yaml:19:19: rate_limits[17].path: 9 rules count the requests of this path; "
                  "expected at most 8\n");
}

static void test_a_setting_without_effect_is_warned_of(void **state)
{
    const char *yaml = "rate_limits:\n  - { name: a, path: /, minute: 9, hour: 8, day: 8 }\n"
                       "  - { name: b, path: /, rate: 1/s, burst: 3, delay: 3 }\n";
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    assert_int_equal(reading_read("--config web.yaml --check", &config), CONFIG_CHECK);
    assert_int_equal(config.warnings.count, 2);
    assert_string_equal(config.warnings.lines[0], "web.yaml:2:33: rate_limits[0].minute: "
                                                  "it has no effect: hour allows "
                                                  "fewer requests");
    assert_string_equal(config.warnings.lines[1],
                        "web.yaml:3:53: rate_limits[1].delay: no request waits, because burst is "
                        "not more; write it as off");
    config_free(&config);
}

static const struct {
    const char *path;
    bool is_warned_of;
} reaches[] = {
    {"/", false},
    {"/api/", false},
    {"/api", true},
    {"/apl/", true},
    {"/api/users/", false},     /* a route */
    {"/api/users", false},      /* the route without its '/' */
    {"/API/Auth/Login", false}, /* below a route */
    {"/api/orders", false},
    {"/api/orders/7", false},
    {"/api/dashboard/", false},   /* above a page */
    {"/api/dashboard/u1", false}, /* one of the paths of a page */
    {"/api/dashboard", true},
    {"/api/dashboard/u1/x", true},
    {"/health", true},
};

static void test_a_path_that_nothing_has_is_warned_of(void **state)
{
    for (size_t i = 0; i < COUNT(reaches); i++) {
        struct config config;
        char yaml[128];
        int len = snprintf(yaml, sizeof(yaml),
                           "rate_limits:\n  - { name: a, path: %s, minute: 1 }\n", reaches[i].path);

        reading_file("web.yaml", yaml, (size_t)len);
        assert_int_equal(reading_read("--config web.yaml --check", &config), CONFIG_CHECK);
        if (config.warnings.count != reaches[i].is_warned_of)
            fail_msg("%s: %zu warnings", reaches[i].path, config.warnings.count);
        if (reaches[i].is_warned_of)
            assert_string_equal(config.warnings.lines[0],
                                "web.yaml:2:22: rate_limits[0].path: no page and no route has such "
                                "a path; a path is a prefix only if it ends with /");
        config_free(&config);
    }
}

static void test_the_store(void **state)
{
    static const struct {
        const char *yaml;
        bool is_redis;
        size_t keys;
    } stores[] = {
        {"", false, 160000},
        {"redis: {url: redis://a}\n", true, 160000},
        {"redis: {url: redis://a}\nrate_limit_store: {use: redis, max_keys: 1024}\n", true, 1024},
        {"redis: {url: redis://a}\nrate_limit_store: {use: memory}\n", false, 160000},
        {"rate_limit_store: {use: auto}\n", false, 160000},
    };

    for (size_t i = 0; i < COUNT(stores); i++) {
        struct config config;
        reading_file("web.yaml", stores[i].yaml, strlen(stores[i].yaml));
        assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
        assert_int_equal(config.limits_in_redis, stores[i].is_redis);
        assert_int_equal(config.limit_keys, stores[i].keys);
        config_free(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_too_many_rules_for_a_path),
        cmocka_unit_test(test_a_setting_without_effect_is_warned_of),
        cmocka_unit_test(test_a_path_that_nothing_has_is_warned_of),
        cmocka_unit_test(test_the_store),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
