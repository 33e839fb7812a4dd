/* Tests of routes.*.transform, of renamed headers, and of captures in paths. */
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define ROUTE "routes:\n- {path: /a/:x/, service: users, "
#define REQUEST ROUTE "transform: {request: {"
#define BODY ROUTE "transform: {response: {body: {"

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"a path that ends with a bracket", BODY "deny: [id, 'a.b[]']}}}}\n",
     "web.yaml:2:75: routes[0].transform.response.body.deny: \"a.b[]\", character 6: a path does "
     "not end with []: write the name of the list, or a member of its items behind a dot\n"},
    {"a dot too many", BODY "allow: [a..b]}}}}\n",
     "web.yaml:2:72: routes[0].transform.response.body.allow: \"a..b\", character 3: expected a "
     "name, as in items[].price\n"},
    {"a number between brackets", BODY "allow: ['a[0].b']}}}}\n",
     "web.yaml:2:72: routes[0].transform.response.body.allow: \"a[0].b\", character 2: expected a "
     "dot or []\n"},
    {"a path that stands twice", BODY "deny: [a.b, a.b]}}}}\n",
     "web.yaml:2:76: routes[0].transform.response.body.deny: \"a.b\" stands twice, or is in "
     "conflict with \"a.b\"\n"},
    {"a path that is set and left out", BODY "deny: [a], set: {a: 1}}}}}\n",
     "web.yaml:2:81: routes[0].transform.response.body.set: \"a\" stands twice, or is in conflict "
     "with \"a\"\n"},
    {"a path in a path that is left out", BODY "deny: [a, a.b]}}}}\n",
     "web.yaml:2:74: routes[0].transform.response.body.deny: \"a.b\" is part of \"a\"\n"},
    {"a member that gets another name, though it is left out",
     BODY "allow: [a], rename: {b: c}}}}}\n",
     "web.yaml:2:72: routes[0].transform.response.body.allow: \"b\" has no effect, because allow "
     "leaves it out\n"},
    {"statuses",
     ROUTE "transform: {response: {status: {40: 404, 304: 200, 6xx: 500, 200: 304}}}}\n",
     "web.yaml:2:66: routes[0].transform.response.status: \"40\": expected a status such as 404, "
     "or 5xx; 206 and 304 do not change\n"
     "web.yaml:2:75: routes[0].transform.response.status: \"304\": expected a status such as 404, "
     "or 5xx; 206 and 304 do not change\n"
     "web.yaml:2:85: routes[0].transform.response.status: \"6xx\": expected a status such as 404, "
     "or 5xx; 206 and 304 do not change\n"
     "web.yaml:2:95: routes[0].transform.response.status: \"304\": expected a status from 200 to "
     "599, not 206 and 304\n"},
    {"on_other without a body", ROUTE "transform: {response: {on_other: pass}}}\n",
     "web.yaml:2:67: routes[0].transform.response.on_other: it needs body beside it\n"},
    {"no choice", BODY "deny: [a]}, on_other: drop}}}\n",
     "web.yaml:2:86: routes[0].transform.response.on_other: \"drop\": expected refuse or pass\n"},
    {"a method without methods", REQUEST "method: PUT}}}\n",
     "web.yaml:2:64: routes[0].transform.request.method: it needs methods beside it: those of "
     "clients, such as [POST]\n"},
    {"a method that has no body in its answers", REQUEST "method: HEAD}}}\n",
     "web.yaml:2:64: routes[0].transform.request.method: \"HEAD\": expected one of GET, POST, PUT, "
     "PATCH and DELETE\n"},
    {"a method with a cache", REQUEST "method: PUT}}, methods: [POST], cache: {ttl: 1s}}\n",
     "web.yaml:2:101: routes[0].cache.ttl: only answers to GET and HEAD are stored, and methods "
     "has neither\n"
     "web.yaml:2:64: routes[0].transform.request.method: a route with a cache cannot change the "
     "method\n"},
    {"a capture that the path does not have", REQUEST "path: /b/:y/}}}\n",
     "web.yaml:2:62: routes[0].transform.request.path: path has no capture \":y\"\n"},
    {"a path that does not end as the other one", REQUEST "path: /b}}}\n",
     "web.yaml:2:62: routes[0].transform.request.path: it must end with / if the path does\n"},
    {"to beside a path", REQUEST "path: /b/}}, to: /c/}\n",
     "web.yaml:2:62: routes[0].transform.request.path: to says the same; only one of them may be "
     "given\n"},
    {"to without the capture", ROUTE "to: /c/:z/}\n",
     "web.yaml:2:38: routes[0].to: path has no capture \":z\"\n"},
    {"a redirect of a prefix with captures", "routes:\n- {path: /:a/, redirect: {to: /b/}}\n",
     "web.yaml:2:10: routes[0].path: the path of a redirect cannot have captures and end with /\n"},
    {"two captures of one name", "routes:\n- {path: /:a/:a, service: users}\n",
     "web.yaml:2:10: routes[0].path: two captures have the same name\n"},
    {"a capture with an odd name", "routes:\n- {path: /:a-b, service: users}\n",
     "web.yaml:2:10: routes[0].path: the name of a capture has letters, digits and _ only, as in "
     "/shops/:shop\n"},
    {"a parameter that is set and removed", REQUEST "query: {set: {a: 1}, remove: [a]}}}}\n",
     "web.yaml:2:86: routes[0].transform.request.query.remove: \"a\" is set, too\n"},
    {"a parameter that is set and gets another name",
     REQUEST "query: {set: {a: 1}, rename: {b: a}}}}}\n",
     "web.yaml:2:86: routes[0].transform.request.query.rename: \"a\" is set or removed, too\n"},
    {"a header of the server", ROUTE "request_headers: {rename: {X-User-Id: X-A}}}\n",
     "web.yaml:2:61: routes[0].request_headers.rename: \"X-User-Id\": the server alone says who "
     "the user is\n"},
    {"a header that becomes one of the server", ROUTE "request_headers: {rename: {X-A: Host}}}\n",
     "web.yaml:2:61: routes[0].request_headers.rename: \"X-A\": the server alone writes it; "
     "preserve_host: true keeps the client's\n"},
    {"a header that gets another name and is set",
     ROUTE "response_headers: {rename: {X-A: X-B}, set: {X-B: 1}}}\n",
     "web.yaml:2:62: routes[0].response_headers.rename: \"x-b\" is set or removed, too\n"},
    {"a header that says how a body is read",
     ROUTE "response_headers: {rename: {Content-Type: X-B}}}\n",
     "web.yaml:2:62: routes[0].response_headers.rename: \"Content-Type\": the meaning of this "
     "header depends on its name\n"},
    {"a header of a request with a cache",
     ROUTE "request_headers: {rename: {X-A: X-B}}, cache: {ttl: 1s}}\n",
     "web.yaml:2:61: routes[0].request_headers.rename: a route with a cache cannot rename headers "
     "of requests, because Vary of an answer names them\n"},
    {"no mapping", BODY "set: [a]}}}}\n",
     "web.yaml:2:64: routes[0].transform.response.body.set: expected a mapping of names and "
     "values\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static const struct {
    const char *yaml;
    int request_other, response_other;
} defaults[] = {
    {BODY "deny: [a]}}}}\n", PLAIN_OTHER_PASS, PLAIN_OTHER_REFUSE},
    {BODY "allow: [a]}}}}\n", PLAIN_OTHER_PASS, PLAIN_OTHER_REFUSE},
    {BODY "allow: [a]}, on_other: pass}}}\n", PLAIN_OTHER_PASS, PLAIN_OTHER_PASS},
    {BODY "set: {a: 1}}}}}\n", PLAIN_OTHER_PASS, PLAIN_OTHER_PASS},
    {REQUEST "body: {remove: [a]}}}}\n", PLAIN_OTHER_REFUSE, PLAIN_OTHER_PASS},
    {REQUEST "body: {rename: {a: b}}, on_other: refuse}}}\n", PLAIN_OTHER_REFUSE, PLAIN_OTHER_PASS},
};

/* Rules that protect somebody are not avoided by another type of body, unless the operator says so.
 */
static void test_other_bodies(void **state)
{
    for (size_t i = 0; i < COUNT(defaults); i++) {
        struct config config;
        reading_file("web.yaml", defaults[i].yaml, strlen(defaults[i].yaml));
        if (reading_read("--config web.yaml", &config) != CONFIG_SERVE)
            fail_msg("%s: %s", defaults[i].yaml, config.mistakes.lines[0]);
        const struct plain_transform *transform = &config.routes.rows[0].transform;
        assert_true(transform->has_captures);
        assert_int_equal(transform->request_other, defaults[i].request_other);
        assert_int_equal(transform->response_other, defaults[i].response_other);
        config_free(&config);
    }
}

/* The service is asked for what the rules can change, unless the operator says what is done. */
static void test_fields_of_requests(void **state)
{
    static const char yaml[] =
        BODY "deny: [a]}}}, request_headers: {set: {Accept-Encoding: br}}, upgrade: true}\n"
             "- {path: /b, service: users, transform: {response: {body: {deny: [a]}}}}\n";
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    const struct plain_route *routes = config.routes.rows;
    assert_int_equal(routes[0].request.count, 3);
    assert_true(text_is(routes[0].request.rows[0].value, "br") && routes[0].may_upgrade);
    assert_true(text_is(routes[1].request.rows[0].value, "identity") && !routes[1].may_upgrade);
    assert_true(text_is(routes[1].request.rows[1].name, "range"));
    config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mistakes),
                                       cmocka_unit_test(test_other_bodies),
                                       cmocka_unit_test(test_fields_of_requests)};

    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
