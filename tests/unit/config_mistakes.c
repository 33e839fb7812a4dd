/* Tests of mistakes in the file: all of them are reported, each with its place. */
#include "tests/unit/config_reading.h"

#define TOP                                                                                        \
    "listen, workers, half_close, tls, services, composites, resolver, login, routes, "            \
    "default_routes, paths, cors, security_headers, limits, trusted_proxies, trusted_headers, "    \
    "redis, rate_limits, rate_limit_store, cache, idempotency, uploads, api_keys, session, "       \
    "revocation, identity, tracing, compression, admin, metrics, recorder, access_log, "           \
    "io_uring, watch, drain_delay, drain_timeout, upgrade"

#define SERVICE                                                                                    \
    "endpoints, ca_file, balance, key, slow_start, resolve, panic, timeout, min_time, min_wait, "  \
    "max_in_flight, queue, retry, hedge_budget, breaker, ejection, health, tls"

#define TAB "this is not YAML: a tab; indent with spaces\n"
#define ROUTE(more) "routes: [{path: /a, service: users, " more "}]\n"
#define SIXTEEN "abcdefghijklmnop"
#define LONG SIXTEEN SIXTEEN SIXTEEN SIXTEEN

/* want: the mistakes; "": none */
static const struct {
    const char *why, *yaml, *want;
} cases[] = {
    {"nothing", "", ""},
    {"a comment", "# nothing\n", ""},
    {"null is the default", "workers:\nlisten: ~\ntls: null\nservices:\n  users:\n", ""},
    {"a name that is nearly right", "services:\n  users:\n    tiemout: 3s\n",
     "web.yaml:3:5: services.users.tiemout: unknown setting; did you mean \"timeout\"?\n"},
    {"two letters swapped", "wrokers: 3\n",
     "web.yaml:1:1: wrokers: unknown setting; did you mean \"workers\"?\n"},
    {"a name that is like no other", "colour: red\n",
     "web.yaml:1:1: colour: unknown setting; expected " TOP "\n"},
    {"a setting at the wrong level", "depth: 3\n",
     "web.yaml:1:1: depth: unknown setting; did you mean \"composites.depth\"?\n"},
    {"a section at the wrong level", "authorizer: {service: users}\n",
     "web.yaml:1:1: authorizer: unknown setting; did you mean \"login.authorizer\"?\n"},
    {"a setting of several sections", "keys: [a.pem]\n",
     "web.yaml:1:1: keys: unknown setting; expected " TOP "\n"},
    {"a service that is nearly right", "services: {user: {}}\n",
     "web.yaml:1:12: services.user: unknown service; did you mean \"users\"?\n"},
    {"a service of another build", "services: {payments: {}}\n",
     "web.yaml:1:12: services.payments: unknown service; expected users, orders\n"},
    {"the table's star is no name", "services: {\"*\": {}}\n",
     "web.yaml:1:12: services.*: unknown service; expected users, orders\n"},
    {"a dotted name is no path", "tls.key: k.pem\n",
     "web.yaml:1:1: tls.key: unknown setting; expected " TOP "\n"},
    {"twice", "workers: 1\nworkers: 2\n", "web.yaml:2:1: workers: it stands here twice\n"},
    {"a section twice", "tls: {}\ntls: {}\n", "web.yaml:2:1: tls: it stands here twice\n"},
    {"a list at the top", "- workers\n",
     "web.yaml:1:1: expected a mapping with some of: " TOP "\n"},
    {"a scalar for a section", "composites: 3\n",
     "web.yaml:1:13: composites: expected a mapping with some of: body_limit, depth, heartbeat\n"},
    {"a mapping for a value", "workers: {a: 1}\n",
     "web.yaml:1:10: workers: expected one value, not a mapping\n"},
    {"a list for a value", "workers: [1]\n",
     "web.yaml:1:10: workers: expected one value, not a list\n"},
    {"an empty list", "listen: []\n", "web.yaml:1:1: listen: expected 1 to 64 values, not 0\n"},
    {"a list in the list", "listen: [[a]]\n",
     "web.yaml:1:10: listen: expected one value, not a list\n"},
    {"a name that is no text", "? [a]\n: 1\n",
     "web.yaml:1:3: (no name): the name of a setting must be plain text\n"},
    {"a merge key", "<<: {workers: 3}\n",
     "web.yaml:1:1: <<: merge keys are not read; write the settings out\n"},
    {"names and values that are not valid", ROUTE("request_headers: {set: {}}"),
     "web.yaml:1:55: routes[0].request_headers.set: expected 1 to 64 values, not 0\n"},
    {"a value that is not valid", ROUTE("request_headers: {set: {X-A: [1]}}"),
     "web.yaml:1:66: routes[0].request_headers.set.X-A: expected one value, not a list\n"},
    {"a name longer than any", LONG "q: {a: 1}\n",
     "web.yaml:1:1: " LONG ": unknown setting; expected " TOP "\n"},
    {"hosts longer than any address", "listen: ['http://[" LONG "]:80', 'http://" LONG ":80']\n",
     "web.yaml:1:10: listen: \"http://[" LONG "]:80\": in its brackets is no IPv6 address\n"
     "web.yaml:1:90: listen: \"http://" LONG
     ":80\": its host must be an IP address, localhost or *\n"},
    {"a role with a control byte", ROUTE("access: \"role:a\\tb\""),
     "web.yaml:1:45: routes[0].access: \"role:a?b\": expected public, signed-in, role:NAME, "
     "scope:NAME or key\n"},
    {"no unit", "resolver: {interval: 30}\n",
     "web.yaml:1:22: resolver.interval: \"30\": a duration needs a unit: ms, s, m or h\n"},
    {"out of bounds", "drain_timeout: 31s\nworkers: 257\ncomposites: {depth: 0}\n",
     "web.yaml:1:16: drain_timeout: \"31s\" is out of bounds: expected 0ms to 30s\n"
     "web.yaml:2:10: workers: \"257\" is out of bounds: expected 1 to 256\n"
     "web.yaml:3:21: composites.depth: \"0\" is out of bounds: expected 1 to 1024\n"},
    {"no number", "workers: many\ncomposites: {depth: 0x10}\n",
     "web.yaml:1:10: workers: \"many\": expected auto or a whole number\n"
     "web.yaml:2:21: composites.depth: \"0x10\": expected a whole number\n"},
    {"every wrong one of a list",
     "services: {orders: {endpoints: [\"http://a b\", \"ftp://x\"]}}\n",
     "web.yaml:1:33: services.orders.endpoints: \"http://a b\": it holds a space or a control "
     "byte\n"
     "web.yaml:1:47: services.orders.endpoints: \"ftp://x\": its scheme must be http or https\n"},
    {"a variable that is not set", "listen: \"${BFF_NOT_SET}\"\n",
     "web.yaml:1:9: listen: the environment variable BFF_NOT_SET is not set\n"},
    {"a variable without a name", "listen: \"${}\"\n",
     "web.yaml:1:9: listen: expected ${NAME} or ${NAME:-default}, with the name of an environment "
     "variable (for ${ itself: $${)\n"},
    {"https without tls", "listen: [\"http://127.0.0.1:1\", \"https://127.0.0.1:2\"]\n",
     "web.yaml:1:32: listen: \"https://127.0.0.1:2\": https needs tls.certificate and tls.key\n"},
    {"an address twice", "listen: [\"127.0.0.1:1\", \"localhost:1\", \"*:0\", \"*:0\"]\n",
     "web.yaml:1:25: listen: \"localhost:1\": the same address is listed before it\n"},
    {"a listener without address", "listen: [{proxy_protocol: true}]\n",
     "web.yaml:1:10: listen[0].url: it is missing\n"},
    {"a listener with an unknown member", "listen: [{url: \"*:1\", proxy: true}]\n",
     "web.yaml:1:23: listen[0].proxy: unknown setting; expected url, proxy_protocol\n"},
    {"a PROXY header of nobody", "listen: [\"*:1\", {url: \"*:2\", proxy_protocol: true}]\n",
     "web.yaml:1:17: listen: \"*:2\": proxy_protocol needs trusted_proxies: the addresses of the "
     "proxies that may come here\n"},
    {"a password is not shown", "services: {users: {endpoints: [\"http://me:secret@a:1\"]}}\n",
     "web.yaml:1:32: services.users.endpoints: a user name or password cannot stand in it\n"},
    {"a key in a query is not shown", "tracing: {url: \"http://a:99999/v1?key=secret\"}\n",
     "web.yaml:1:16: tracing.url: \"http://a:99999/v1\": its port must be a number from 1 to "
     "65535\n"},
    {"a phase longer than the whole",
     "services: {users: {timeout: {connect: 5s, first_byte: 2s, total: 3s}}}\n",
     "web.yaml:1:39: services.users.timeout.connect: 5s is longer than timeout.total, which is "
     "3s\n"},
    {"a phase longer than the default whole", "services: {users: {timeout: {first_byte: 1m}}}\n",
     "web.yaml:1:42: services.users.timeout.first_byte: 1m is longer than timeout.total, which is "
     "3s\n"},
    {"no authorities", "services: {users: {ca_file: no.pem}}\n",
     "web.yaml:1:29: services.users.ca_file: \"no.pem\" cannot be read: No such file or "
     "directory\n"},
    {"an empty file name", "tls: {key: \"\"}\n",
     "web.yaml:1:12: tls.key: \"\": expected the name of a file\n"},
    {"a tab", "tls:\n\tkey: x\n", "web.yaml:2:1: " TAB},
    {"a tab behind spaces", "tls:\n  key: x\n  \tcertificate: y\n", "web.yaml:3:3: " TAB},
    {"a tab behind a dash", "listen:\n-\t127.0.0.1:1\n", "web.yaml:2:2: " TAB},
    {"a tab on an empty line", "tls:\n\t\n  key: x\n", "web.yaml:2:1: " TAB},
    {"a tab in a block", "login:\n  issuer: |\n\tabc\n", "web.yaml:3:1: " TAB},
    {"no YAML", "tls:\n  key: @\n",
     "web.yaml:2:8: this is not YAML: found character that cannot start any token while scanning "
     "for the next token\n"},
    {"one mistake for two services",
     "services:\n  users: &u\n    timeout: {total: 5}\n    colour: 1\n  orders: *u\n",
     "web.yaml:3:22: services.users.timeout.total: \"5\": a duration needs a unit: ms, s, m or h\n"
     "web.yaml:4:5: services.users.colour: unknown setting; expected " SERVICE "\n"},
    {"one longer phase for two services",
     "services: {users: &u {timeout: {total: 1s, first_byte: 2s}}, orders: *u}\n",
     "web.yaml:1:56: services.users.timeout.first_byte: 2s is longer than timeout.total, which is "
     "1s\n"},
    {"a wrong name is not missing as well", "routes:\n- {paht: /a, service: users}\n",
     "web.yaml:2:4: routes[0].paht: unknown setting; did you mean \"path\"?\n"},
    {"a section of a wrong name", "logn: {algorithms: [RS256]}\n",
     "web.yaml:1:1: logn: unknown setting; did you mean \"login\"?\n"},
    {"no certificate for two addresses",
     "listen: [\"https://127.0.0.1:1\", \"https://127.0.0.1:2\"]\n",
     "web.yaml:1:10: listen: \"https://127.0.0.1:1\": https needs tls.certificate and tls.key\n"},
    {"names in another case", "Listen: a\nlogin: {Issuer: a}\n",
     "web.yaml:1:1: Listen: unknown setting; did you mean \"listen\"?\n"
     "web.yaml:2:9: login.Issuer: unknown setting; did you mean \"issuer\"?\n"},
    {"an alias without anchor", "workers: *w\n",
     "web.yaml:1:10: this is not YAML: found undefined alias\n"},
    {"a second document", "workers: 3\n---\nworkers: 4\n",
     "web.yaml:2:1: a second document begins; expected one only\n"},
    {"an alias in itself", "services: &s {users: *s}\n",
     "web.yaml:1:15: services.users.users: unknown setting; expected " SERVICE "\n"},
    {"not UTF-8", "listen: \"\xff\"\n",
     "web.yaml:1:10: this is not YAML: invalid leading UTF-8 octet\n"},
    {"a control byte", "# \x01\n",
     "web.yaml:1:3: this is not YAML: control characters are not allowed\n"},
    {"an escaped NUL", "listen: \"*:80\\0\"\n", "web.yaml:1:9: listen: it holds a NUL\n"},
    {"no terminal obeys", "\"a\\e[2J\": 1\n",
     "web.yaml:1:1: a?[2J: unknown setting; expected " TOP "\n"},
    {"nor what is a control character beyond ASCII", "\"a\\x9b2J\": 1\n",
     "web.yaml:1:1: a??2J: unknown setting; expected " TOP "\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        reading_wants(cases[i].why, cases[i].yaml, cases[i].want);
}

static void repeat_wants(const char *piece, size_t bytes, const char *last, const char *want)
{
    char *text = malloc(bytes + 1), got[64 * 1024];
    struct config config;

    for (size_t i = 0; i < bytes; i++)
        text[i] = piece[i % strlen(piece)];
    reading_file("web.yaml", text, bytes);
    assert_int_equal(reading_read(last, &config), CONFIG_EXIT_BAD);
    reading_mistakes(&config, got, sizeof(got));
    if (strncmp(got, want, strlen(want)) != 0)
        fail_msg("%s...: got\n%.200s\nwant\n%s", piece, got, want);
    assert_in_range(config.mistakes.count, 1, MISTAKES_MAX);
    config_free(&config);
    free(text);
}

static void test_hostile(void **state)
{
    const char *read = "--config web.yaml";

    repeat_wants("[", 1000000, read, "web.yaml:1:33: nested deeper than 32");
    repeat_wants("{a: ", 1000000, read, "web.yaml:1:129: nested deeper than 32");
    repeat_wants("- ", 1000000, read, "web.yaml:1:65: nested deeper than 32");
    repeat_wants("workers: 1\n", 1100, read, "web.yaml:2:1: workers: it stands here twice");
    repeat_wants("x: 1\n", 1000000, read, "web.yaml:1:1: x: unknown setting");
    repeat_wants("# too long\n", (1 << 20) + 1, read, "web.yaml: is larger than 1 MiB");
    repeat_wants("\x02", 1, read, "web.yaml:1:1: this is not YAML");
}

/* Ten lists of ten aliases each would be ten thousand million values. */
static void test_aliases_are_not_multiplied(void **state)
{
    char text[4096], got[16384];
    size_t len = (size_t)snprintf(text, sizeof(text), "a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    struct config config;

    for (int i = 1; i < 10; i++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%c: &%c [", 'a' + i, 'a' + i);
        for (int j = 0; j < 10; j++)
            len += (size_t)snprintf(text + len, sizeof(text) - len, "*%c,", 'a' + i - 1);
        len += (size_t)snprintf(text + len, sizeof(text) - len, "]\n");
    }
    len += (size_t)snprintf(text + len, sizeof(text) - len, "listen: *j\n");
    reading_file("web.yaml", text, len);
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_EXIT_BAD);
    assert_int_equal(config.mistakes.count, 10 + 1);
    reading_mistakes(&config, got, sizeof(got));
    assert_non_null(strstr(got, "listen: expected one value, not a list"));
    config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_aliases_are_not_multiplied),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
