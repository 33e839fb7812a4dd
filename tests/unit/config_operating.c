/* Mistakes and warnings of the settings for operators: tracing, admin pages, uploads, headers for
 * browsers, and of what a route takes from its path. */
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NEXT "services: {next: {endpoints: [\"http://127.0.0.1:1\"]}}\n"
#define TRACING "web.yaml:1:16: tracing."
#define SPOOL "routes: [{path: /a, service: users, upload: spool, body_limit: 2MiB}]\n"
#define QUERY(value)                                                                               \
    "routes: [{path: /a/:id, service: users, transform: {request: {query: {set: {a: " value        \
    "}}}}}]\n"

/* The result is a mistake, or without mistakes the warnings. */
static const struct {
    const char *why, *yaml, *want;
} cases[] = {
    {"a share that could be a tenth", "tracing: {url: http://c/v1/traces, sample: 0.1}\n",
     "web.yaml:1:44: tracing.sample: \"0.1\": expected a percentage such as 10% or 0.1%, with at "
     "most four decimals\n"},
    {"a tenth of a percent", "tracing: {url: http://c/v1/traces, sample: 0.1%}\n", ""},
    {"a whole number", "tracing: {url: http://c/v1/traces, sample: 10}\n", ""},
    {"a URL without the path of OTLP", "tracing: {url: \"http://c:4318\"}\n",
     TRACING
     "url: it is used as it is. Most collectors need /v1/traces at its end; endpoint is the "
     "setting without it\n"},
    {"a URL with nothing but a slash", "tracing: {url: \"http://c:4318/\"}\n",
     TRACING
     "url: it is used as it is. Most collectors need /v1/traces at its end; endpoint is the "
     "setting without it\n"},
    {"a URL with another path", "tracing: {url: \"http://c/otlp\"}\n", ""},
    {"an endpoint", "tracing: {endpoint: \"http://c:4318\"}\n", ""},
    {"an endpoint with the path of OTLP", "tracing: {endpoint: \"http://c/v1/traces/\"}\n",
     "web.yaml:1:21: tracing.endpoint: /v1/traces is added to it; with this path, the setting is "
     "tracing.url\n"},
    {"an endpoint beside a URL", "tracing: {url: http://c/v1/traces, endpoint: http://c}\n",
     "web.yaml:1:46: tracing.endpoint: it has no effect beside tracing.url\n"},

    {"a port that is none", "admin: {listen: 99999}\n",
     "web.yaml:1:17: admin.listen: \"99999\": its port must be a number from 0 (any free one) to "
     "65535\n"},
    {"a token without pages", "admin: {token: 0123456789abcdef}\n",
     "web.yaml:1:16: admin.token: it has no effect without admin.listen\n"},
    {"hosts without pages", "admin: {hosts: ops.example}\n",
     "web.yaml:1:16: admin.hosts: it has no effect without admin.listen\n"},

    {"a host in the list of browsers without a time", "security_headers: {hsts: {preload: true}}\n",
     "web.yaml:1:36: security_headers.hsts.preload: it needs max_age beside it, for example "
     "8760h\n"},
    {"subdomains without a time", "security_headers: {hsts: {subdomains: true}}\n",
     "web.yaml:1:39: security_headers.hsts.subdomains: it needs max_age beside it, for example "
     "8760h\n"},

    {"files with less room than one body", SPOOL "uploads: {max: 1MiB}\n",
     "web.yaml:2:16: uploads.max: it is less than the body_limit of the route /a, so its longest "
     "bodies always get 503\n"},
    {"files with room for one body", SPOOL "uploads: {max: 2MiB}\n", ""},

    {"a service that no route names", NEXT,
     "web.yaml:1:12: services.next: nothing uses this service; expected a route with service: "
     "next\n"},
    {"a capture in a query", QUERY("\"x{id}\""), ""},
    {"braces that are none", QUERY("'{\"a\":1}'"), ""},
    {"a capture that the path does not have", QUERY("\"{id}{idd}\""),
     "web.yaml:1:77: routes[0].transform.request.query.set: path has no capture \":idd\", so the "
     "service gets the braces\n"},
};

static void check(const char *why, const char *yaml, const char *want)
{
    char got[4096];
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    reading_read("--check --config web.yaml", &config);
    struct config shown = {.mistakes =
                               config.mistakes.count > 0 ? config.mistakes : config.warnings};
    reading_mistakes(&shown, got, sizeof(got));
    if (strcmp(got, want) != 0)
        fail_msg("%s: got\n%swant\n%s", why, got, want);
    config_free(&config);
}

static void test_messages(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++)
        check(cases[i].why, cases[i].yaml, cases[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_messages)};
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
