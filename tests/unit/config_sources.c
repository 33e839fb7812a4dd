/* Tests of the sources of settings: what each source sets, which source wins, and the command
 * line. */
#include "tests/unit/config_reading.h"

/* Everything that can be set, as text. */
static void config_print(const struct config *config, char *out, size_t size)
{
    size_t len = 0;

#define ADD(...) len += (size_t)snprintf(out + len, size - len, __VA_ARGS__)
    for (size_t i = 0; i < config->listen_count; i++)
        ADD("%s ", config->listens[i].text);
    ADD("workers %u body %zu depth %u resolve %u drain %u+%u;", config->workers, config->body_limit,
        config->depth_limit, config->resolve_ms, config->leave_ms, config->drain_ms);
    for (size_t i = 0; i < config->service_count; i++) {
        const struct service_settings *service = &config->services[i];
        ADD(" %s", service->service->name);
        for (size_t j = 0; j < service->endpoint_count; j++)
            ADD(" %s", service->endpoints[j].authority);
        ADD(" %u %u %u", service->connect_ms, service->first_byte_ms, service->total_ms);
    }
#undef ADD
}

#define DEFAULT_LIMITS "workers 0 body 4194304 depth 128 resolve 30000 drain 0+30000;"
#define DEFAULT_SERVICES " users 127.0.0.1:3000 1000 3000 3000 orders 127.0.0.1:3002 1000 3000 3000"
#define DEFAULT_ORDERS " orders 127.0.0.1:3002 1000 3000 3000"

/* users: USERS_URL; want: what was set, or "! " and the mistakes */
static const struct {
    const char *why, *yaml, *users, *arguments, *want;
} cases[] = {
    {"nothing at all", NULL, NULL, "", "http://0.0.0.0:8080 " DEFAULT_LIMITS DEFAULT_SERVICES},
    {"the file over the defaults",
     "listen: \"*:1\"\nworkers: 3\ncomposites: {body_limit: 64KiB, depth: 5}\n"
     "resolver: {interval: 5m}\ndrain_delay: 5s\ndrain_timeout: 1.5s\n"
     "services: {users: {endpoints: [\"http://a:1\", \"https://b\"], timeout: {connect: 250ms, "
     "first_byte: 1s, total: 3s}}}\n",
     NULL, "--config web.yaml",
     "*:1 workers 3 body 65536 depth 5 resolve 300000 drain 5000+1500; users a:1 b 250 1000 "
     "3000" DEFAULT_ORDERS},
    {"a scalar for a list", "services: {users: {endpoints: http://a}}\n", NULL, "--config=web.yaml",
     "http://0.0.0.0:8080 " DEFAULT_LIMITS " users a 1000 3000 3000" DEFAULT_ORDERS},
    {"defaults are cut to a shorter total", "services: {users: {timeout: {total: 500ms}}}\n", NULL,
     "--config web.yaml",
     "http://0.0.0.0:8080 " DEFAULT_LIMITS " users 127.0.0.1:3000 500 500 500" DEFAULT_ORDERS},
    {"an anchor", "services:\n  orders: &s {timeout: {total: 5s}}\n  users: *s\n", NULL,
     "--config web.yaml",
     "http://0.0.0.0:8080 " DEFAULT_LIMITS
     " users 127.0.0.1:3000 1000 5000 5000 orders 127.0.0.1:3002 1000 5000 5000"},
    {"a variable in the file", "services: {users: {endpoints: \"http://${BFF_HOST}:1\"}}\n", NULL,
     "--config web.yaml",
     "http://0.0.0.0:8080 " DEFAULT_LIMITS " users from-env:1 1000 3000 3000" DEFAULT_ORDERS},
    {"a default of a variable", "services: {users: {endpoints: \"http://${BFF_NONE:-local}:1\"}}\n",
     NULL, "--config web.yaml",
     "http://0.0.0.0:8080 " DEFAULT_LIMITS " users local:1 1000 3000 3000" DEFAULT_ORDERS},
    {"an empty default is no value", "workers: ${BFF_NONE:-}\nlisten: \"${BFF_NONE:-}\"\n", NULL,
     "--config web.yaml", "http://0.0.0.0:8080 " DEFAULT_LIMITS DEFAULT_SERVICES},
    {"a byte order mark", "\xef\xbb\xbfworkers: 3\n", NULL, "--config web.yaml --listen *:0",
     "*:0 workers 3 body 4194304 depth 128 resolve 30000 drain 0+30000;" DEFAULT_SERVICES},
    {"the environment over the file", "services: {users: {endpoints: http://a}}\n",
     "http://b:1, https://c ,", "--config web.yaml",
     "http://0.0.0.0:8080 " DEFAULT_LIMITS " users b:1 c 1000 3000 3000" DEFAULT_ORDERS},
    {"an empty variable is not set", NULL, "", "",
     "http://0.0.0.0:8080 " DEFAULT_LIMITS DEFAULT_SERVICES},
    {"the command line over the file", "listen: [\"*:1\", \"*:2\"]\nworkers: 3\n", NULL,
     "--config web.yaml --listen *:3 --listen=[::1]:4 --workers auto",
     "*:3 [::1]:4 " DEFAULT_LIMITS DEFAULT_SERVICES},

    {"mock services: this machine only", NULL, NULL, "--mock .",
     "http://127.0.0.1:8080 " DEFAULT_LIMITS DEFAULT_SERVICES},
    {"mock services and a file without addresses", "workers: auto\n", NULL,
     "--mock . --config web.yaml", "http://127.0.0.1:8080 " DEFAULT_LIMITS DEFAULT_SERVICES},
    {"mock services where the file says", "listen: \"*:1\"\n", NULL, "--mock . --config web.yaml",
     "*:1 " DEFAULT_LIMITS DEFAULT_SERVICES},
    {"mock services where the command line says", "listen: 127.0.0.1:1\n", NULL,
     "--config web.yaml --listen [::]:2 --mock .", "[::]:2 " DEFAULT_LIMITS DEFAULT_SERVICES},
    {"a mistake where another source wins", "workers: 0\n", NULL, "--config web.yaml --workers 2",
     "! web.yaml:1:10: workers: \"0\" is out of bounds: expected 1 to 256\n"},
    {"mistakes of all sources", "workers: 0\n", "ftp://x, http://a,,http://u:0",
     "--config web.yaml --workers 0 --listen 127.0.0.1",
     "! web.yaml:1:10: workers: \"0\" is out of bounds: expected 1 to 256\n"
     "USERS_URL: \"ftp://x\": its scheme must be http or https\n"
     "USERS_URL: \"\": it must begin with http:// or https://\n"
     "USERS_URL: \"http://u:0\": its port must be a number from 1 to 65535\n"
     "--listen: \"127.0.0.1\": its port is missing; expected an address such as "
     "http://127.0.0.1:8080\n"
     "--workers: \"0\" is out of bounds: expected 1 to 256\n"},
    {"no such file", NULL, NULL, "--config none.yaml",
     "! none.yaml: cannot be read: No such file or directory\n"},
    {"a directory for a file", NULL, NULL, "--config .", "! .: cannot be read: Is a directory\n"},
    {"an unknown option", NULL, NULL, "--chekc",
     "! --chekc: unknown option; did you mean \"--check\"?\n"},
    {"an option of other servers", NULL, NULL, "--port=80",
     "! --port: unknown option; did you mean \"--listen\"?\n"},
    {"an option like no other", NULL, NULL, "--colour=3",
     "! --colour: unknown option; --help shows all\n"},
    {"an argument", NULL, NULL, "web.yaml",
     "! web.yaml: unexpected argument; --help shows the options\n"},
    {"a value that is missing", NULL, NULL, "--config --check --workers",
     "! --config: its value is missing: --config FILE\n"
     "--workers: its value is missing: --workers N\n"},
    {"a value too much", NULL, NULL, "--check=yes", "! --check: it takes no value\n"},
    {"twice", NULL, NULL, "--workers 1 --workers 2", "! --workers: given twice\n"},
    {"two things to do", NULL, NULL, "--check --routes",
     "! --check: --routes stands beside it; expected one of the two\n"},
    {"three things to do", NULL, NULL, "--probe --check --routes",
     "! --check: --routes stands beside it; expected one of the two\n"
     "--check: --probe stands beside it; expected one of the two\n"},
    {"an address twice", NULL, NULL, "--listen *:1 --listen http://0.0.0.0:1/",
     "! --listen: \"http://0.0.0.0:1/\": the same address is listed before it\n"},
    {"https without tls", NULL, NULL, "--listen https://*:0",
     "! --listen: \"https://*:0\": https needs tls.certificate and tls.key\n"},
    {"no such mock data", NULL, NULL, "--mock none",
     "! --mock: \"none\": No such file or directory\n"},
    {"mock data that is a file", "# a file\n", NULL, "--mock web.yaml",
     "! --mock: \"web.yaml\" is not a directory\n"},
};

static void test_sources(void **state)
{
    char got[4096] = "! ";

    setenv("BFF_HOST", "from-env", 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct config config;
        if (cases[i].yaml != NULL)
            reading_file("web.yaml", cases[i].yaml, strlen(cases[i].yaml));
        if (cases[i].users != NULL)
            setenv("USERS_URL", cases[i].users, 1);
        if (reading_read(cases[i].arguments, &config) == CONFIG_SERVE)
            config_print(&config, got, sizeof(got));
        else
            reading_mistakes(&config, got + snprintf(got, sizeof(got), "! "), sizeof(got) - 2);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got\n%s\nwant\n%s", cases[i].why, got, cases[i].want);
        config_free(&config);
        unsetenv("USERS_URL");
    }
}

static void test_what_to_do(void **state)
{
    static const struct {
        const char *arguments;
        enum config_action want;
    } actions[] = {
        {"", CONFIG_SERVE},
        {"--check", CONFIG_CHECK},
        {"--routes", CONFIG_ROUTES},
        {"--probe", CONFIG_PROBE},
        {"--probe --workers 0", CONFIG_EXIT_BAD},
        {"--help", CONFIG_EXIT_OK},
        {"--version", CONFIG_EXIT_OK},
        {"--help --config none.yaml", CONFIG_EXIT_OK},
        {"--check --workers 0", CONFIG_EXIT_BAD},
        {"--mock .", CONFIG_SERVE},
    };

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        struct config config;
        if (reading_read(actions[i].arguments, &config) != actions[i].want)
            fail_msg("%s", actions[i].arguments);
        config_free(&config);
    }
}

static const struct {
    const char *text, *wrong; /* wrong: a part of the mistake; NULL: none */
} addresses[] = {
    {"127.0.0.1:0", NULL},
    {"http://127.0.0.1:8080/", NULL},
    {"HTTP://LOCALHOST:1", NULL},
    {"[::]:8080", NULL},
    {"*:65535", NULL},
    {"8080", "its host is missing"},
    {":8080", "its host must be"},
    {"localhost", "its port is missing"},
    {"http://localhost", "its port is missing"},
    {"localhost:", "its port is missing"},
    {"[::1]", "its port is missing"},
    {"::1:8080", "too many colons"},
    {"[::1:8080", "its port is missing"},
    {"[::1]8080", "behind its host only a port"},
    {"[localhost]:1", "no IPv6 address"},
    {"[]:1", "no IPv6 address"},
    {"users.internal:80", "its host must be"},
    {"127.0.0.1:65536", "its port must be a number"},
    {"127.0.0.1:-1", "its port must be a number"},
    {"127.0.0.1:80/api", "not on a path"},
    {"ftp://127.0.0.1:80", "its scheme must be"},
    {"unix://a:80", "its scheme must be"},
    {"256.0.0.1:80", "its host must be"},
    {"/:1", "its host must be"},
};

static void test_addresses(void **state)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        char argument[64], got[1024];
        struct config config;
        snprintf(argument, sizeof(argument), "--listen %s", addresses[i].text);
        reading_read(argument, &config);
        reading_mistakes(&config, got, sizeof(got));
        bool is_good = *got == '\0';
        if (is_good != (addresses[i].wrong == NULL) ||
            (!is_good && strstr(got, addresses[i].wrong) == NULL))
            fail_msg("%s: got \"%s\"", addresses[i].text, got);
        config_free(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_what_to_do),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
