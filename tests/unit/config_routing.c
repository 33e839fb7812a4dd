/* Tests of the settings of routes by which requests find more than one service: conditions, splits,
 * mirrors, redirects, fixed answers, and services that only the file names. */
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define ROUTE(more) "routes: [{path: /a/, " more "}]\n"

static const struct {
    const char *why, *yaml, *want;
} cases[] = {
    {"conditions in three spellings",
     ROUTE("service: users, query: {name: a, value: \"1\"}, cookie: [b, {name: c}]"), ""},
    {"a condition without name", ROUTE("service: users, query: {value: \"1\"}"),
     "web.yaml:1:45: routes[0].query[0].name: it is missing\n"},
    {"a cookie with a blank", ROUTE("service: users, cookie: \"a b\""),
     "web.yaml:1:46: routes[0].cookie: \"a b\": expected the name of a cookie, such as canary\n"},
    {"two routes that differ by a cookie",
     "routes: [{path: /a, service: users, cookie: x}, {path: /a, service: users}]\n", ""},
    {"the same condition twice",
     "routes: [{path: /a, service: users, query: x}, {path: /a, service: orders, query: x}]\n",
     "web.yaml:1:55: routes[1].path: routes[0] has the same path, methods, host and header; this "
     "one is never found\n"},

    {"a split",
     ROUTE("split: [{service: users, weight: 95}, {service: orders, weight: 5}], "
           "sticky: cookie:sid"),
     ""},
    {"a split that is no mapping", ROUTE("split: [users]"),
     "web.yaml:1:30: routes[0].split: \"users\": expected a mapping: {service: NAME, weight: "
     "95}\n"},
    {"a split without weight", ROUTE("split: [{service: users}]"),
     "web.yaml:1:30: routes[0].split[0].weight: it is missing\n"},
    {"nobody gets anything", ROUTE("split: [{service: users, weight: 0}]"),
     "web.yaml:1:30: routes[0].split: every weight is 0, so no service gets the requests\n"},
    {"a service twice", ROUTE("split: [{service: users, weight: 1}, {service: users, weight: 2}]"),
     "web.yaml:1:30: routes[0].split: service users is listed twice with the same to\n"},
    {"a target that does not end as the path does",
     ROUTE("split: [{service: users, weight: 1, to: /b}]"),
     "web.yaml:1:30: routes[0].split: \"/b\" must end with / as the path does\n"},
    {"sticky without split", ROUTE("service: users, sticky: ip"),
     "web.yaml:1:46: routes[0].sticky: it needs split beside it\n"},
    {"sticky by something else", ROUTE("split: [{service: users, weight: 1}], sticky: header:x"),
     "web.yaml:1:68: routes[0].sticky: \"header:x\": expected off, user, ip or cookie:NAME\n"},
    {"sticky by users, and there are none",
     "login: off\n" ROUTE("split: [{service: users, weight: 1}], sticky: user"),
     "web.yaml:2:68: routes[0].sticky: login is off, so no request has a user\n"},

    {"a mirror", ROUTE("service: users, mirror: {service: orders, percent: 10%, max: 5}"), ""},
    {"a mirror without service", ROUTE("service: users, mirror: {percent: 10}"),
     "web.yaml:1:56: routes[0].mirror.percent: it needs mirror.service beside it\n"},

    {"a redirect", ROUTE("redirect: {to: \"https://new.example/\", status: 301}"), ""},
    {"a redirect to a path with a query", ROUTE("redirect: {to: /b?x=1}"), ""},
    {"a redirect without target", ROUTE("redirect: {status: 301}"),
     "web.yaml:1:41: routes[0].redirect.status: it needs redirect.to beside it\n"},
    {"a redirect to a host without path", ROUTE("redirect: {to: \"https://new.example\"}"),
     "web.yaml:1:37: routes[0].redirect.to: \"https://new.example\": it needs a path after the "
     "host, such as https://new.example/\n"},
    {"a redirect without scheme", ROUTE("redirect: {to: //new.example/}"),
     "web.yaml:1:37: routes[0].redirect.to: \"//new.example/\": browsers read // as the beginning "
     "of a host; write https:// before it\n"},
    {"a redirect to a user", ROUTE("redirect: {to: \"https://new.example@evil.example/\"}"),
     "web.yaml:1:37: routes[0].redirect.to: it needs a path "
     "after the host, such as https://new.example/\n"},
    {"a redirect to a script", ROUTE("redirect: {to: \"javascript:alert(1)\"}"),
     "web.yaml:1:37: routes[0].redirect.to: \"javascript:alert(1)\": expected a path such as "
     "/new/, or a URL such as https://new.example/\n"},
    {"a redirect to itself", ROUTE("redirect: {to: /a/}"),
     "web.yaml:1:37: routes[0].redirect.to: it is the path of this route, so browsers would never "
     "arrive\n"},
    {"a status that is no redirect", ROUTE("redirect: {to: /b/, status: 200}"),
     "web.yaml:1:50: routes[0].redirect.status: \"200\": expected 301, 302, 303, 307 or 308\n"},
    {"a redirect with a service", ROUTE("service: users, redirect: {to: /b/}"),
     "web.yaml:1:53: routes[0].redirect.to: the route has service already; a route has one of "
     "service, split, redirect and answer\n"},
    {"a redirect with what only calls have", ROUTE("redirect: {to: /b/}, hedge: p95"),
     "web.yaml:1:50: routes[0].hedge: it has no meaning here: this route asks no service\n"},

    {"an answer", ROUTE("answer: {status: 503, body: later}"), ""},
    {"an answer that redirects", ROUTE("answer: {status: 302}"),
     "web.yaml:1:39: routes[0].answer.status: a redirect is written as redirect: {to: URL, status: "
     "308}\n"},
    {"a body where there is none", ROUTE("answer: {status: 204, body: x}"),
     "web.yaml:1:39: routes[0].answer.status: an answer with this status has no body\n"},
    {"a body and a file", ROUTE("answer: {body: x, file: none.txt}"),
     "web.yaml:1:46: routes[0].answer.file: it excludes body; leave one out\n"},

    {"a cookie's domain", ROUTE("service: users, cookie_domain: shop.example"), ""},
    {"a cookie's domain with a port", ROUTE("service: users, cookie_domain: \"a:1\""),
     "web.yaml:1:53: routes[0].cookie_domain: \"a:1\": expected a host without port, such as "
     "shop.example\n"},

    {"a service of the file",
     "services: {next: {endpoints: [\"http://127.0.0.1:1\"]}}\n" ROUTE("service: next"), ""},
    {"the routes come first",
     ROUTE("service: next") "services: {next: {endpoints: [\"http://127.0.0.1:1\"]}}\n", ""},
    {"a service of the file without endpoints",
     "services: {next: {ca_file: null}}\n" ROUTE("service: next"),
     "web.yaml:1:12: services.next: this build does not have it, so it needs endpoints\n"},
    {"a service of the file that nothing uses",
     "services: {userss: {endpoints: [\"http://127.0.0.1:1\"]}}\n",
     "web.yaml:1:12: services.userss: unknown service; did you mean \"users\"?\n"},
    {"a service with a name that is none",
     "services: {\"a b\": {endpoints: [\"http://127.0.0.1:1\"]}}\n",
     "web.yaml:1:12: services.a b: unknown service; expected users, orders\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++)
        reading_wants(cases[i].why, cases[i].yaml, cases[i].want);
}

/* Without a wrong route beside it, a service of the file has the defaults of all services. */
static void test_a_service_of_the_file_has_all_defaults(void **state)
{
    static const char yaml[] =
        "services: {next: {endpoints: [\"http://127.0.0.1:1\"]}}\n" ROUTE("service: next");
    struct config config;

    reading_file("web.yaml", yaml, sizeof(yaml) - 1);
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    const struct service_settings *own = &config.services[0],
                                  *added = &config.services[config.service_count - 1];
    assert_string_equal(added->service->name, "next");
    assert_ptr_equal(config.routes.rows[0].service, added->service);
    assert_int_equal(added->endpoint_count, 1);
    assert_int_equal(added->total_ms, own->total_ms);
    assert_int_equal(added->first_byte_ms, own->first_byte_ms);
    assert_int_equal(added->breaker.volume, own->breaker.volume);
    assert_int_equal(added->retry.budget_percent, own->retry.budget_percent);
    config_free(&config);
}

static void test_the_file_of_an_answer(void **state)
{
    static const char yaml[] = ROUTE("answer: {file: hello.html}");
    struct config config;

    reading_file("hello.html", "<p>hi", 5);
    reading_file("web.yaml", yaml, sizeof(yaml) - 1);
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    const struct plain_direct *direct = &config.routes.rows[0].direct;
    assert_true(text_is(direct->body, "<p>hi"));
    assert_true(text_is(direct->type, "text/html; charset=utf-8"));
    assert_int_equal(direct->etag.len, 18);
    config_free(&config);
    reading_wants("no such file", ROUTE("answer: {file: none.html}"),
                  "web.yaml:1:37: routes[0].answer.file: \"none.html\": No such file or "
                  "directory\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_a_service_of_the_file_has_all_defaults),
        cmocka_unit_test(test_the_file_of_an_answer),
    };

    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
