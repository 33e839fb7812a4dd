/* Tests of mistakes in the settings of services, and of settings that contradict each other. */
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define USERS(settings) "services:\n users:\n  " settings "\n"
#define ROUTE(service, more)                                                                       \
    "services: {users: {" service "}}\nroutes: [{path: /a, service: users, " more "}]\n"
#define KEYS "path, query:NAME, header:NAME, cookie:NAME or user\n"

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"numbers of an endpoint",
     USERS(
         "endpoints: [\"http://a\", {url: \"http://b\", weight: 0, max_in_flight: x, backup: 1}]"),
     "web.yaml:3:53: services.users.endpoints[1].weight: \"0\" is out of bounds: expected 1 to "
     "1000\n"
     "web.yaml:3:71: services.users.endpoints[1].max_in_flight: \"x\": expected a whole number\n"
     "web.yaml:3:82: services.users.endpoints[1].backup: \"1\": expected true or false\n"},
    {"a member that is nearly right", USERS("endpoints: [{url: \"http://b\", wieght: 3}]"),
     "web.yaml:3:33: services.users.endpoints[0].wieght: unknown setting; did you mean "
     "\"weight\"?\n"},
    {"a member like no other", USERS("endpoints: [{url: \"http://b\", colour: 3}]"),
     "web.yaml:3:33: services.users.endpoints[0].colour: unknown setting; expected url, weight, "
     "max_in_flight, backup\n"},
    {"a member twice", USERS("endpoints: [{url: \"http://b\", url: \"http://c\"}]"),
     "web.yaml:3:33: services.users.endpoints[0].url: it stands here twice\n"},
    {"a member that is no text", USERS("endpoints: [{? [a] : 1}]"),
     "web.yaml:3:18: services.users.endpoints[0].(no name): the name of a setting must be plain "
     "text\n"},
    {"a member with a list", USERS("endpoints: [{url: [\"http://b\"]}]"),
     "web.yaml:3:21: services.users.endpoints[0].url: expected one value, not a list\n"},
    {"no URL, behind a wrong item", USERS("endpoints: [{ulr: \"http://b\"}, {weight: 3}, {}]"),
     "web.yaml:3:16: services.users.endpoints[0].ulr: unknown setting; did you mean \"url\"?\n"
     "web.yaml:3:34: services.users.endpoints[1].url: it is missing\n"
     "web.yaml:3:47: services.users.endpoints[2].url: it is missing\n"},
    {"a wrong URL is not missing as well", USERS("endpoints: {url: \"ftp://b\"}"),
     "web.yaml:3:20: services.users.endpoints[0].url: \"ftp://b\": its scheme must be http or "
     "https\n"},
    {"only backups",
     USERS("endpoints: [{url: \"http://a\", backup: true}, {url: \"http://b\", backup: true}]"),
     "web.yaml:3:15: services.users.endpoints: every endpoint is a backup; at least one must be "
     "without backup: true\n"},
    {"an unknown balance", USERS("balance: random"),
     "web.yaml:3:12: services.users.balance: \"random\": expected round_robin, least_connections, "
     "ip_hash, hash or two_choices\n"},
    {"a hash without a key", USERS("balance: hash"),
     "web.yaml:3:12: services.users.balance: hash needs a key beside it: " KEYS},
    {"a key without a hash", USERS("key: path"),
     "web.yaml:3:8: services.users.key: it needs balance: hash beside it\n"},
    {"a key of ip_hash", USERS("balance: ip_hash\n  key: path"),
     "web.yaml:4:8: services.users.key: it needs balance: hash beside it\n"},
    {"a key of ip_hash, in front of it", USERS("key: path\n  balance: ip_hash"),
     "web.yaml:3:8: services.users.key: it needs balance: hash beside it\n"},
    {"a wrong key is not missing as well", USERS("balance: hash\n  key: body"),
     "web.yaml:4:8: services.users.key: \"body\": expected " KEYS},
    {"a wrong balance, and a key", USERS("balance: hsah\n  key: path"),
     "web.yaml:3:12: services.users.balance: \"hsah\": expected round_robin, least_connections, "
     "ip_hash, hash or two_choices\n"},
    {"a key without its name", USERS("balance: hash\n  key: header"),
     "web.yaml:4:8: services.users.key: \"header\": expected " KEYS},
    {"a name of a key that has none", USERS("balance: hash\n  key: path:a"),
     "web.yaml:4:8: services.users.key: \"path:a\": expected " KEYS},
    {"a parameter with a sign", USERS("balance: hash\n  key: \"query:a&b\""),
     "web.yaml:4:8: services.users.key: \"query:a&b\": expected the name of a parameter, as in "
     "query:shop\n"},
    {"an empty header", USERS("balance: hash\n  key: \"header:\""),
     "web.yaml:4:8: services.users.key: \"header:\": expected the name of a header, as in "
     "header:X-Shop\n"},
    {"a cookie with a blank", USERS("balance: hash\n  key: cookie:a b"),
     "web.yaml:4:8: services.users.key: \"cookie:a b\": expected the name of a cookie, as in "
     "cookie:cart\n"},
    {"the user of nobody", USERS("balance: hash\n  key: user\nlogin: off"),
     "web.yaml:4:8: services.users.key: login is off, so no request has a user\n"},
    {"a resolve", USERS("resolve: all"),
     "web.yaml:3:12: services.users.resolve: \"all\": expected one or each\n"},
    {"a percentage", USERS("panic: half"),
     "web.yaml:3:10: services.users.panic: \"half\": expected a percentage, such as 50\n"},
    {"more than all", USERS("panic: 101%"),
     "web.yaml:3:10: services.users.panic: \"101%\" is out of bounds: expected 0 to 100\n"},
    {"nearly a setting of a mapping", USERS("breaker: {error_treshold: 10}"),
     "web.yaml:3:13: services.users.breaker.error_treshold: unknown setting; did you mean "
     "\"error_threshold\"?\n"},
    {"on is no mapping", USERS("ejection: on"),
     "web.yaml:3:13: services.users.ejection: \"on\": expected off, or a mapping of its "
     "settings\n"},
    {"a shorter max_time", USERS("ejection: {time: 1m, max_time: 30s}"),
     "web.yaml:3:34: services.users.ejection.max_time: 30s is shorter than ejection.time, which is "
     "1m\n"},
    {"nothing may be ejected", USERS("ejection: {max_ejected: 0}"),
     "web.yaml:3:27: services.users.ejection.max_ejected: \"0\" is out of bounds: expected 1 to "
     "100\n"},
    {"no rise, no fall", USERS("health: {rise: 0, fall: 1001, status: 99, body: \"\"}"),
     "web.yaml:3:18: services.users.health.rise: \"0\" is out of bounds: expected 1 to 1000\n"
     "web.yaml:3:27: services.users.health.fall: \"1001\" is out of bounds: expected 1 to 1000\n"
     "web.yaml:3:41: services.users.health.status: \"99\" is out of bounds: expected 200 to 599\n"
     "web.yaml:3:51: services.users.health.body: \"\": expected a text of 1 to 1024 bytes\n"},
    {"longer than the whole call",
     USERS("timeout: {total: 1s}\n  retry: {try: 2s}\n  min_time: 3s\n  min_wait: 1500ms"),
     "web.yaml:5:13: services.users.min_time: 3s is longer than timeout.total, which is 1s\n"
     "web.yaml:6:13: services.users.min_wait: 1500ms is longer than timeout.total, which is 1s\n"
     "web.yaml:4:16: services.users.retry.try: 2s is longer than timeout.total, which is 1s\n"},
    {"a queue of an unlimited service", USERS("queue: {wait: 50ms}"),
     "web.yaml:3:17: services.users.queue.wait: it has no effect without max_in_flight; set that "
     "beside queue\n"},
    {"a longer wait than a call", USERS("max_in_flight: 1\n  queue: {wait: 4s}"),
     "web.yaml:4:17: services.users.queue.wait: 4s is longer than timeout.total, which is 3s\n"},
    {"one mistake for two services", "services:\n  users: &u {balance: hash}\n  orders: *u\n",
     "web.yaml:2:23: services.users.balance: hash needs a key beside it: " KEYS},
    {"two endpoints in one text", USERS("endpoints: \"http://a:1,http://b:1\""),
     "web.yaml:3:14: services.users.endpoints: \"http://a:1,http://b:1\": several URLs are written "
     "as a list: [URL, URL]\n"},
    {"a hedge", ROUTE("", "hedge: p99"),
     "web.yaml:2:44: routes[0].hedge: \"p99\": expected off, p95, or a duration such as 50ms\n"},
    {"a hedge of no time", ROUTE("", "hedge: 0s"),
     "web.yaml:2:44: routes[0].hedge: \"0s\" is out of bounds: expected 1ms to 1h\n"},
    {"a hedge of what changes data", ROUTE("", "hedge: 50ms, methods: [POST, PUT]"),
     "web.yaml:2:44: routes[0].hedge: only GET and HEAD are asked twice, and methods has "
     "neither\n"},
    {"a hedge after the answer of its service", ROUTE("timeout: {total: 1s}", "hedge: 1s"),
     "web.yaml:2:44: routes[0].hedge: it must be shorter than timeout.first_byte, which is 1s\n"},
    {"a hedge after the answer of its route", ROUTE("", "hedge: 2s, timeout: {first_byte: 1500ms}"),
     "web.yaml:2:44: routes[0].hedge: it must be shorter than timeout.first_byte, which is "
     "1500ms\n"},
    {"a breaker", ROUTE("", "breaker: none"),
     "web.yaml:2:46: routes[0].breaker: \"none\": expected service or own\n"},
    {"a breaker without numbers", ROUTE("breaker: off", "breaker: own"),
     "web.yaml:2:46: routes[0].breaker: services.users has breaker: off; a breaker of the route "
     "needs its numbers\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static void warning_wants(const char *why, const char *yaml, const char *want)
{
    char got[4096];
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    if (reading_read("--check --config web.yaml", &config) != CONFIG_CHECK)
        fail_msg("%s: %s", why, config.mistakes.lines[0]);
    struct config shown = {.mistakes = config.warnings};
    reading_mistakes(&shown, got, sizeof(got));
    if (strcmp(got, want) != 0)
        fail_msg("%s: got\n%swant\n%s", why, got, want);
    config_free(&config);
}

static const struct {
    const char *why, *yaml, *want;
} warnings[] = {
    {"a weight of the only endpoint", USERS("endpoints: [{url: \"http://a\", weight: 2}]"),
     "web.yaml:3:15: services.users.endpoints: the weight of the only endpoint has no effect\n"},
    {"a weight of one of two", USERS("endpoints: [{url: \"http://a\", weight: 2}, \"http://b\"]"),
     ""},
    {"addresses of addresses",
     USERS("endpoints: [\"http://10.0.0.1\", \"http://[::1]\"]\n  resolve: each"),
     "web.yaml:4:12: services.users.resolve: each has no effect: every endpoint is an IP address, "
     "not a name\n"},
    {"addresses of a name",
     USERS("endpoints: [\"http://10.0.0.1\", \"http://a\"]\n  resolve: each"), ""},
    {"endpoints that take less than their service",
     USERS("endpoints: [{url: \"http://a\", max_in_flight: 3}, {url: \"http://b\", max_in_flight: "
           "4}]\n  max_in_flight: 8"),
     "web.yaml:4:18: services.users.max_in_flight: the endpoints together take only 7, so the rest "
     "waits\n"},
    {"endpoints that take as much",
     USERS("endpoints: [{url: \"http://a\", max_in_flight: 3}, {url: \"http://b\", max_in_flight: "
           "4}]\n  max_in_flight: 7"),
     ""},
    {"one of them without limit",
     USERS("endpoints: [{url: \"http://a\", max_in_flight: 3}, \"http://b\"]\n  max_in_flight: 8"),
     ""},
    {"a retry without budget", USERS("retry: {budget: 0, reserve: 0}"),
     "web.yaml:3:19: services.users.retry.budget: without budget and reserve nothing is sent "
     "again; write retry: off\n"},
    {"a method that changes data", USERS("retry: {methods: [GET, POST]}"),
     "web.yaml:3:21: services.users.retry.methods: the service may carry out a POST twice\n"},
    {"a breaker that never opens", USERS("breaker: {error_threshold: 100}"),
     "web.yaml:3:30: services.users.breaker.error_threshold: no more than 100 percent can fail, so "
     "it never opens; write breaker: off\n"},
    {"a hedge without budget", ROUTE("hedge_budget: 0", "hedge: p95"),
     "web.yaml:2:44: routes[0].hedge: it has no effect: hedge_budget of services.users is 0\n"},
    {"a hedge of a route that may take longer than its service",
     ROUTE("", "hedge: 4s, timeout: {first_byte: 5s}"), ""},
    {"no hedge", ROUTE("", "hedge: off"), ""},
    {"a slow start of a hash, and hedges", ROUTE("balance: ip_hash, slow_start: 10s", "hedge: p95"),
     ""},
};

static void test_warnings(void **state)
{
    for (size_t i = 0; i < COUNT(warnings); i++)
        warning_wants(warnings[i].why, warnings[i].yaml, warnings[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_warnings),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
