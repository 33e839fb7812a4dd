/* Tests of the login settings: where the secret comes from, which keys are allowed, and which
 * settings are missing. */
#include "tests/unit/config_keys.h"
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define ENVIRONMENT "the secret of the environment 1234"
#define IN_FILE "the secret in a file of its own 1234"
#define OTHER "a secret in the configuration 123456"
#define ALGORITHMS                                                                                 \
    "HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512, PS256, PS384, PS512 or EdDSA"
#define MISSING                                                                                    \
    "login.secret: it is missing. Set the environment variable JWT_SECRET, or JWT_SECRET_FILE to " \
    "the name of a file that holds it; to try things out with mock services, start with --mock "   \
    "DIR, and a secret is made\n"

static int begin(void **state)
{
    if (reading_begin(state) != 0)
        return -1;
    keys_write_public("es256.pem");
    reading_file("unix", IN_FILE "\n", sizeof(IN_FILE "\n") - 1);
    reading_file("windows", IN_FILE "\r\n", sizeof(IN_FILE "\r\n") - 1);
    reading_file("bare", IN_FILE, sizeof(IN_FILE) - 1);
    reading_file("two", IN_FILE "\n\n", sizeof(IN_FILE "\n\n") - 1);
    reading_file("marked", "\xef\xbb\xbf" IN_FILE "\r\n", sizeof(IN_FILE "\r\n") + 2);
    reading_file("quoted", "'" IN_FILE "'\n", sizeof(IN_FILE) + 2);
    reading_file("line", "\n", 1);
    reading_file("short", "short\n", 6);
    char *large = calloc(1, 8193);
    reading_file("large", large, 8193);
    free(large);
    return 0;
}

/* variable, file: of the environment, NULL: not set; want: the secret, or "! " and the mistakes */
static const struct {
    const char *why, *yaml, *variable, *file, *arguments, *want;
} secrets[] = {
    {"the environment", "", ENVIRONMENT, NULL, "", ENVIRONMENT},
    {"a file of the environment", "", NULL, "unix", "", IN_FILE},
    {"a line end of two bytes", "", NULL, "windows", "", IN_FILE},
    {"no line end", "", NULL, "bare", "", IN_FILE},
    {"a byte order mark", "", NULL, "marked", "", IN_FILE},
    {"a line end in the environment", "", ENVIRONMENT "\n", NULL, "", ENVIRONMENT},
    {"a line end of two bytes in the environment", "", ENVIRONMENT "\r\n", NULL, "", ENVIRONMENT},
    {"a line end in the configuration", "login:\n  secret: |\n    " OTHER "\n", NULL, NULL, "",
     OTHER},
    {"quotes inside", "", "it is \"quoted\" 'inside', not around", NULL, "",
     "it is \"quoted\" 'inside', not around"},
    {"the configuration", "login: {secret: " OTHER "}\n", NULL, NULL, "", OTHER},
    {"a variable in the configuration", "login: {secret: \"${BFF_SECRET}\"}\n", NULL, NULL, "",
     "from-env, and of thirty-two bytes"},
    {"a file in the configuration", "login: {secret_file: unix}\n", NULL, NULL, "", IN_FILE},
    {"the environment over both", "login: {secret: " OTHER "}\n", ENVIRONMENT, NULL, "",
     ENVIRONMENT},
    {"the environment over a file", "login: {secret_file: none}\n", ENVIRONMENT, NULL, "",
     ENVIRONMENT},
    {"the environment's file over the secret", "login: {secret: " OTHER "}\n", NULL, "unix", "",
     IN_FILE},
    {"empty variables are not set", "login: {secret: " OTHER "}\n", "", "", "", OTHER},
    {"none in mock mode", "", NULL, NULL, "--mock .", ""},
    {"its variable is not set in mock mode", "login: {secret: \"${BFF_NONE}\"}\n", NULL, NULL,
     "--mock .", ""},
    {"one in mock mode", "", ENVIRONMENT, NULL, "--mock .", ENVIRONMENT},
    {"none when login is off", "login: off\n", NULL, NULL, "", ""},
    {"none for other algorithms", "login: {algorithms: ES256, keys: es256.pem}\n", NULL, NULL, "",
     ""},

    {"none", "", NULL, NULL, "", "! " MISSING},
    {"its variable is not set", "login: {secret: \"${BFF_NONE}\"}\n", NULL, NULL, "", "! " MISSING},
    {"a part of it is not set", "login: {secret: \"a${BFF_NONE}\"}\n", NULL, NULL, "",
     "! web.yaml:1:17: login.secret: the environment variable BFF_NONE is not set\n"},
    {"none is as bad for a check", "", NULL, NULL, "--check", "! " MISSING},
    {"two in the environment", "", ENVIRONMENT, "unix", "",
     "! JWT_SECRET_FILE: the secret itself is given beside it; expected one of the two\n"},
    {"two in the configuration", "login: {secret: " OTHER ", secret_file: unix}\n", NULL, NULL, "",
     "! web.yaml:1:68: login.secret_file: the secret itself is given beside it; expected one of "
     "the two\n"},
    {"a short one", "", "short", NULL, "",
     "! JWT_SECRET: the secret has 5 bytes; 32 is the least\n"},
    {"a short one in a file", "", NULL, "short", "",
     "! JWT_SECRET_FILE: the secret has 5 bytes; 32 is the least\n"},
    {"a short one in mock mode", "login: {secret: x}\n", NULL, NULL, "--mock .",
     "! web.yaml:1:17: login.secret: the secret has 1 bytes; 32 is the least\n"},
    {"two line ends in a file", "", NULL, "two", "",
     "! JWT_SECRET_FILE: byte 37 of the secret is a line end; expected one line of text\n"},
    {"two line ends", "", ENVIRONMENT "\n\n", NULL, "",
     "! JWT_SECRET: byte 35 of the secret is a line end; expected one line of text\n"},
    {"a carriage return", "", ENVIRONMENT "\r", NULL, "",
     "! JWT_SECRET: byte 35 of the secret is a line end; expected one line of text\n"},
    {"a line end first", "", "\n" ENVIRONMENT, NULL, "",
     "! JWT_SECRET: byte 1 of the secret is a line end; expected one line of text\n"},
    {"an escape in the configuration", "login: {secret: \"\\e[0m" OTHER "\"}\n", NULL, NULL, "",
     "! web.yaml:1:17: login.secret: byte 1 of the secret is a control byte; expected one line of "
     "text\n"},
    {"quotes", "", "\"" ENVIRONMENT "\"", NULL, "",
     "! JWT_SECRET: the secret has quotes around it; leave them out\n"},
    {"quotes and a line end in a file", "", NULL, "quoted", "",
     "! JWT_SECRET_FILE: the secret has quotes around it; leave them out\n"},
    {"a space last", "", ENVIRONMENT " ", NULL, "",
     "! JWT_SECRET: the secret begins or ends with a space\n"},
    {"a space first in the configuration", "login: {secret: \" " OTHER "\"}\n", NULL, NULL, "",
     "! web.yaml:1:17: login.secret: the secret begins or ends with a space\n"},
    {"only a line end", "", "\n", NULL, "", "! JWT_SECRET: the secret is empty\n"},
    {"an empty one", "login: {secret: \"\"}\n", NULL, NULL, "",
     "! web.yaml:1:17: login.secret: the secret is empty\n"},
    {"an empty file", "", NULL, "line", "", "! JWT_SECRET_FILE: \"line\" is empty\n"},
    {"a large file", "", NULL, "large", "", "! JWT_SECRET_FILE: \"large\" is larger than 8 KiB\n"},
    {"a directory", "", NULL, ".", "", "! JWT_SECRET_FILE: \".\" cannot be read: Is a directory\n"},
    {"no such file", "login: {secret_file: none}\n", NULL, NULL, "",
     "! web.yaml:1:22: login.secret_file: \"none\" cannot be read: No such file or directory\n"},
    {"a public key for a secret", "login: {secret_file: es256.pem}\n", NULL, NULL, "",
     "! web.yaml:1:22: login.secret_file: the secret is a PEM key; its file belongs to the keys\n"},
    {"one that nothing uses", "login: {algorithms: ES256, keys: es256.pem, secret: " OTHER "}\n",
     NULL, NULL, "",
     "! web.yaml:1:53: login.secret: nothing uses it: login.algorithms has no HS256, HS384 or "
     "HS512\n"},
};

static void variable_set(const char *name, const char *value)
{
    if (value == NULL)
        unsetenv(name);
    else
        setenv(name, value, 1);
}

static void test_secrets(void **state)
{
    char got[4096], arguments[128];

    setenv("BFF_SECRET", "from-env, and of thirty-two bytes", 1);
    for (size_t i = 0; i < COUNT(secrets); i++) {
        struct config config;
        variable_set("JWT_SECRET", secrets[i].variable);
        variable_set("JWT_SECRET_FILE", secrets[i].file);
        reading_file("web.yaml", secrets[i].yaml, strlen(secrets[i].yaml));
        snprintf(arguments, sizeof(arguments), "--config web.yaml %s", secrets[i].arguments);
        if (reading_read(arguments, &config) == CONFIG_SERVE)
            snprintf(got, sizeof(got), "%.*s", TEXT_ARGS(config.login.secret));
        else
            reading_mistakes(&config, got + snprintf(got, sizeof(got), "! "), sizeof(got) - 2);
        if (strcmp(got, secrets[i].want) != 0)
            fail_msg("%s: got\n%s\nwant\n%s", secrets[i].why, got, secrets[i].want);
        config_free(&config);
    }
    variable_set("JWT_SECRET_FILE", NULL);
}

static void test_who_only_looks_needs_no_secret(void **state)
{
    struct config config;

    unsetenv("JWT_SECRET");
    assert_int_equal(reading_read("--routes", &config), CONFIG_ROUTES);
    config_free(&config);
    assert_int_equal(reading_read("--probe", &config), CONFIG_PROBE);
    config_free(&config);
}

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"off", "login: off\n", ""},
    {"an empty mapping", "login: {}\n", ""},
    {"null", "login: ~\n", ""},
    {"on", "login: on\n",
     "web.yaml:1:8: login: \"on\": expected off, or a mapping of its settings\n"},
    {"a list", "login: [off]\n", "web.yaml:1:8: login: expected one value, not a list\n"},
    {"all there is",
     "login: {algorithms: [HS256, ES256], keys: [es256.pem], issuer: i, audience: a, leeway: 1m, "
     "require_exp: false}\n",
     ""},
    {"a name that is nearly right", "login: {algorithm: HS256}\n",
     "web.yaml:1:9: login.algorithm: unknown setting; did you mean \"algorithms\"?\n"},
    {"algorithms", "login: {algorithms: [none, HS265, ES256K, xyz]}\n",
     "web.yaml:1:22: login.algorithms: \"none\": tokens without a signature are never taken\n"
     "web.yaml:1:28: login.algorithms: \"HS265\": unknown algorithm; did you mean \"HS256\"?\n"
     "web.yaml:1:35: login.algorithms: \"ES256K\": expected " ALGORITHMS "\n"
     "web.yaml:1:43: login.algorithms: \"xyz\": expected " ALGORITHMS "\n"},
    {"algorithms in another case", "login: {algorithms: [rs256, es512, Hs384, eddsa]}\n",
     "web.yaml:1:22: login.algorithms: \"rs256\": unknown algorithm; did you mean \"RS256\"?\n"
     "web.yaml:1:29: login.algorithms: \"es512\": unknown algorithm; did you mean \"ES512\"?\n"
     "web.yaml:1:36: login.algorithms: \"Hs384\": unknown algorithm; did you mean \"HS384\"?\n"
     "web.yaml:1:43: login.algorithms: \"eddsa\": unknown algorithm; did you mean \"EdDSA\"?\n"},
    {"no algorithm", "login: {algorithms: []}\n",
     "web.yaml:1:9: login.algorithms: expected 1 to 64 values, not 0\n"},
    {"no key", "login: {algorithms: [ES256]}\n",
     "web.yaml:1:22: login.algorithms: there is no key for ES256\n"},
    {"no key for one of them", "login: {algorithms: [RS256, ES256], keys: es256.pem}\n",
     "web.yaml:1:43: login.keys: there is no key for RS256\n"},
    {"claims", "login: {claims: {user: [sub, email], role: \"cognito:groups\"}}\n", ""},
    {"claims that are not valid", "login: {claims: {user: \"\", role: [roles, a..b, .a]}}\n",
     "web.yaml:1:24: login.claims.user: \"\": expected the name of a claim, such as sub or "
     "realm_access.roles\n"
     "web.yaml:1:42: login.claims.role: \"a..b\": a name is missing beside a dot\n"
     "web.yaml:1:48: login.claims.role: \".a\": a name is missing beside a dot\n"},
    {"too many claims", "login: {claims: {role: [a, b, c, d, e, f, g, h, i]}}\n",
     "web.yaml:1:49: login.claims.role: \"i\": expected at most 8 names of claims\n"},
    {"keys that nothing uses", "login: {keys: es256.pem}\n",
     "web.yaml:1:15: login.keys: nothing uses them: login.algorithms has none of RS256, ES256 and "
     "their like\n"},
    {"an empty issuer", "login: {issuer: \"\"}\n",
     "web.yaml:1:17: login.issuer: \"\": expected some text\n"},
    {"an issuer that no token can have", "login: {issuer: \"https://i\\n\", audience: \" shop\"}\n",
     "web.yaml:1:17: login.issuer: \"https://i?\": it has a control byte, such as a line end or a "
     "tab\n"
     "web.yaml:1:42: login.audience: \" shop\": it begins or ends with a space\n"},
    {"parts of a second", "login: {leeway: 1500ms}\n",
     "web.yaml:1:17: login.leeway: \"1500ms\": expected whole seconds\n"},
    {"too much leeway", "login: {leeway: 2h}\n",
     "web.yaml:1:17: login.leeway: \"2h\" is out of bounds: expected 0s to 3600s\n"},
};

static void test_mistakes(void **state)
{
    setenv("JWT_SECRET", READING_SECRET, 1);
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static void test_values(void **state)
{
    static const char yaml[] = "login: {algorithms: [HS256, ES256], keys: [es256.pem, es256.pem], "
                               "issuer: i, audience: a, leeway: 1m, require_exp: false, "
                               "claims: {user: [a, b.c], role: \"https://shop.example/roles\"}}\n";
    struct config config;

    setenv("JWT_SECRET", READING_SECRET, 1);
    reading_file("web.yaml", yaml, strlen(yaml));
    assert_int_equal(reading_read("--config ./web.yaml", &config), CONFIG_SERVE);
    assert_int_equal(config.login.algorithms, JWT_BIT(JWT_HS256) | JWT_BIT(JWT_ES256));
    assert_int_equal(config.login.key_file_count, 2);
    assert_string_equal(config.login.key_files[1], "./es256.pem");
    assert_string_equal(config.login.issuer, "i");
    assert_string_equal(config.login.audience, "a");
    assert_int_equal(config.login.user.count, 2);
    assert_string_equal(config.login.user.at[1], "b.c");
    assert_int_equal(config.login.role.count, 1);
    assert_string_equal(config.login.role.at[0], "https://shop.example/roles");
    assert_int_equal(config.login.leeway_seconds, 60);
    assert_false(config.login.require_exp);
    assert_false(config.login_is_off);
    config_free(&config);

    assert_int_equal(reading_read("", &config), CONFIG_SERVE);
    assert_int_equal(config.login.algorithms, JWT_BIT(JWT_HS256));
    assert_int_equal(config.login.leeway_seconds, LOGIN_LEEWAY_SECONDS);
    assert_true(config.login.require_exp);
    assert_null(config.login.issuer);
    assert_null(config.login.audience);
    config_free(&config);

    reading_file("web.yaml", "login: off\n", 11);
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    assert_true(config.login_is_off);
    config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_who_only_looks_needs_no_secret),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, begin, reading_end);
}
