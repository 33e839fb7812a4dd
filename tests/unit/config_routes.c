/* Tests of routes in the configuration: their settings, mistakes in them, and the default
 * routes. */
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A route as one line: what is set, in the order of the table of settings. */
static void fields_print(const char *name, const struct plain_fields *fields, FILE *out)
{
    for (size_t i = 0; i < fields->count; i++) {
        struct plain_field field = fields->rows[i];
        if (field.value.at == NULL)
            fprintf(out, " %s-%.*s", name, TEXT_ARGS(field.name));
        else
            fprintf(out, " %s+%.*s=%.*s", name, TEXT_ARGS(field.name), TEXT_ARGS(field.value));
    }
}

#define OWN_PATH                                                                                   \
    "the server answers this path itself (docs/configuration.md#routes), so nothing gets here\n"

static const char *const kinds[] = {"nobody", "public", "signed-in", "role:", "owner:"};

static void route_print(const struct plain_route *route, FILE *out)
{
    fprintf(out, "%.*s %s", TEXT_ARGS(route->path), route->service->name);
    if (route->to.at != NULL)
        fprintf(out, " to %.*s", TEXT_ARGS(route->to));
    fprintf(out, " %s%.*s", kinds[route->access.kind], TEXT_ARGS(route->access.whom));
    for (const struct text *one = route->methods; one != NULL && one->at != NULL; one++)
        fprintf(out, " %.*s", TEXT_ARGS(*one));
    if (route->host.at != NULL)
        fprintf(out, " host %.*s", TEXT_ARGS(route->host));
    if (route->header.name.at != NULL)
        fprintf(out, " if %.*s", TEXT_ARGS(route->header.name));
    if (route->header.value.at != NULL)
        fprintf(out, "=%.*s", TEXT_ARGS(route->header.value));
    fprintf(out, " %zu %u %u", route->body_limit, route->first_byte_ms, route->idle_ms);
    fprintf(out, "%s%s", route->keeps_host ? " keeps" : "", route->may_upgrade ? " upgrade" : "");
    fields_print("request", &route->request, out);
    fields_print("response", &route->response, out);
    fprintf(out, "\n");
}

#define REST " 1048576 0 60000 upgrade\n"
#define DEFAULTS                                                                                   \
    "/api/users/ users to /users/ signed-in" REST "/api/orders orders to /orders signed-in" REST   \
    "/api/orders/ orders to /orders/ signed-in" REST "/api/auth/ users to /auth/ public" REST

/* yaml NULL: no file */
static const struct {
    const char *why, *yaml, *want;
} cases[] = {
    {"no file: those of the build's services", NULL, DEFAULTS},
    {"a key without value is no key", "routes:\n", DEFAULTS},
    {"an empty list", "routes: []\n", ""},
    {"a list takes their place", "routes: [{path: /a, service: users}]\n",
     "/a users signed-in" REST},
    {"everything",
     "routes:\n"
     "  - path: /a/\n    service: orders\n    to: /b/\n    access: role:shop keeper\n"
     "    methods: [GET, PUT]\n    host: Shop.Example\n    header: {name: X-Beta, value: \"1\"}\n"
     "    body_limit: 64KiB\n    timeout: {first_byte: 2s, idle: 1h}\n    preserve_host: true\n"
     "    upgrade: false\n"
     "    request_headers: {set: {X-Shop: web, X-Empty: \"\"}, remove: [Cookie]}\n"
     "    response_headers: {set: {Cache-Control: \"a: b\"}, remove: X-Powered-By}\n",
     "/a/ orders to /b/ role:shop keeper GET PUT host shop.example if x-beta=1 65536 2000 3600000 "
     "keeps request+x-shop=web request+x-empty= request-cookie response+cache-control=a: b "
     "response-x-powered-by\n"},
    {"the limit of all is the limit of each, wherever it stands",
     "routes: [{path: /a, service: users}, {path: /b, service: users, body_limit: 0}]\n"
     "limits: {body: 2MiB}\n",
     "/a users signed-in 2097152 0 60000 upgrade\n/b users signed-in 0 0 60000 upgrade\n"},
    {"an alias, and a variable",
     "routes:\n  - {path: /a, service: users, request_headers: &h {set: {X-A: \"${BFF_A}\"}}}\n"
     "  - {path: /b, service: users, request_headers: *h}\n",
     "/a users signed-in 1048576 0 60000 upgrade request+x-a=from-env\n"
     "/b users signed-in 1048576 0 60000 upgrade request+x-a=from-env\n"},
    {"one path with different conditions",
     "routes: [{path: /, service: users, methods: [GET]}, {path: /, service: users, methods: "
     "[PUT]}, {path: /, service: users, host: a}, {path: /, service: users, header: {name: a}}, "
     "{path: /, service: users, header: {name: a, value: \"\"}}, {path: /, service: users}]\n",
     "/ users signed-in GET" REST "/ users signed-in PUT" REST "/ users signed-in host a" REST
     "/ users signed-in if a" REST "/ users signed-in if a=" REST "/ users signed-in" REST},
    {"a host with the dot of the root",
     "routes: [{path: /, service: users, host: Shop.Example.}]\n",
     "/ users signed-in host shop.example" REST},
    {"a host that is an address", "routes: [{path: /, service: users, host: \"[0:0::0:1]\"}]\n",
     "/ users signed-in host [::1]" REST},
    {"beside the default ones", "default_routes: true\nroutes: [{path: /a, service: orders}]\n",
     "/a orders signed-in" REST DEFAULTS},
    {"one in the place of a default one",
     "routes: [{path: /api/auth/, service: orders}, {path: /api/users/, service: users, methods: "
     "[GET]}]\ndefault_routes: true\n",
     "/api/auth/ orders signed-in" REST "/api/users/ users signed-in GET" REST
     "/api/users/ users to /users/ signed-in" REST "/api/orders orders to /orders signed-in" REST
     "/api/orders/ orders to /orders/ signed-in" REST},
    {"none, and the default ones", "default_routes: true\nroutes: []\n", DEFAULTS},
    {"not even the default ones", "default_routes: false\n", ""},
    {"only the file's", "default_routes: false\nroutes: [{path: /a, service: users}]\n",
     "/a users signed-in" REST},
    {"bytes that stay encoded", "routes: [{path: /a%2Fb/, service: users, to: /%C3%A4/}]\n",
     "/a%2Fb/ users to /%C3%A4/ signed-in" REST},
};

static void test_values(void **state)
{
    setenv("BFF_A", "from-env", 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char got[4096] = "";
        struct config config;
        if (cases[i].yaml != NULL)
            reading_file("web.yaml", cases[i].yaml, strlen(cases[i].yaml));
        const char *arguments = cases[i].yaml == NULL ? "" : "--config web.yaml";
        if (reading_read(arguments, &config) != CONFIG_SERVE)
            fail_msg("%s: %s", cases[i].why, config.mistakes.lines[0]);
        FILE *out = fmemopen(got, sizeof(got), "w");
        for (size_t j = 0; j < config.routes.count; j++)
            route_print(&config.routes.rows[j], out);
        fclose(out);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got\n%swant\n%s", cases[i].why, got, cases[i].want);
        config_free(&config);
    }
}

#define ROUTE(more) "routes: [{path: /a/, service: users, " more "}]\n"

static const struct {
    const char *why, *yaml, *want;
} mistakes[] = {
    {"no list", "routes: {path: /a}\n",
     "web.yaml:1:9: routes: expected a list of at most 1024 routes\n"},
    {"a list twice", "routes: [{path: /a, service: users}]\nroutes: [{path: /b, service: users}]\n",
     "web.yaml:2:1: routes: it stands here twice\n"},
    {"no mapping", "routes: [/a]\n",
     "web.yaml:1:10: routes[0]: expected a mapping with some of: "
     "path, service, to, access, methods, host, header, body_limit, timeout, "
     "hedge, breaker, cache, preserve_host, upgrade, compress, request_headers, "
     "response_headers, upload, allow, deny, client_certificate, security_headers, "
     "hsts, transform, query, cookie, split, sticky, mirror, redirect, answer, "
     "rewrite_location, rewrite_cookies, cookie_domain\n"},
    {"nothing in it", "routes: [{}, ]\n",
     "web.yaml:1:10: routes[0]: its path is missing\n"
     "web.yaml:1:10: routes[0]: it has none of service, split, redirect and answer\n"},
    {"a name that is nearly right", ROUTE("too: /b/"),
     "web.yaml:1:38: routes[0].too: unknown setting; did you mean \"to\"?\n"},
    {"twice", ROUTE("to: /b/, to: /c/"), "web.yaml:1:47: routes[0].to: it stands here twice\n"},
    {"a service that is nearly right", "routes: [{path: /a, service: user}]\n",
     "web.yaml:1:30: routes[0].service: \"user\": unknown service; did you mean \"users\"?\n"},
    {"a service of another build", "routes: [{path: /a, service: payments}]\n",
     "web.yaml:1:30: routes[0].service: \"payments\": unknown service; this build has users, "
     "orders; one of your own needs endpoints below services\n"},
    {"no slash", "routes: [{path: a, service: users}]\n",
     "web.yaml:1:17: routes[0].path: \"a\": it must begin with /\n"},
    {"dot segments", "routes: [{path: /a/../b, service: users}]\n",
     "web.yaml:1:17: routes[0].path: \"/a/../b\": paths are compared in one spelling; write it as "
     "/b\n"},
    {"hidden dots", "routes: [{path: /%2e%2E/, service: users}]\n",
     "web.yaml:1:17: routes[0].path: \"/%2e%2E/\": it leads above the root, or has a % without two "
     "hexadecimal digits\n"},
    {"dots for another reader", "routes: [{path: /a/..%2Fb/, service: users}]\n",
     "web.yaml:1:17: routes[0].path: \"/a/..%2Fb/\": some services read dots in it that lead to "
     "another path, so no request has it\n"},
    {"small hexadecimal digits", "routes: [{path: /%c3, service: users}]\n",
     "web.yaml:1:17: routes[0].path: \"/%c3\": paths are compared in one spelling; write it as "
     "/%C3\n"},
    {"half an encoded byte", "routes: [{path: /%C, service: users}]\n",
     "web.yaml:1:17: routes[0].path: \"/%C\": it leads above the root, or has a % without two "
     "hexadecimal digits\n"},
    {"a query", ROUTE("to: \"/b/?c=/\""),
     "web.yaml:1:42: routes[0].to: \"/b/?c=/\": a path ends before ? and #\n"},
    {"a blank", ROUTE("to: /b c/"),
     "web.yaml:1:42: routes[0].to: \"/b c/\": it holds a byte that must be written as % and two "
     "hexadecimal digits\n"},
    {"a target that would be glued", ROUTE("to: /b"),
     "web.yaml:1:42: routes[0].to: it must end with / as the path does\n"},
    {"access", ROUTE("access: admin"),
     "web.yaml:1:46: routes[0].access: \"admin\": expected public, signed-in, role:NAME, "
     "scope:NAME or key\n"},
    {"two roles", ROUTE("access: \"role:a,b\""),
     "web.yaml:1:46: routes[0].access: \"role:a,b\": expected public, signed-in, role:NAME, "
     "scope:NAME or key\n"},
    {"a role that no token can have", ROUTE("access: \"role:k\xc3\xb6nig\""),
     "web.yaml:1:46: routes[0].access: \"role:k\xc3\xb6nig\": expected public, signed-in, "
     "role:NAME, "
     "scope:NAME or key\n"},
    {"the server's own paths",
     "routes:\n- {path: /health, service: users}\n- {path: /health/, service: users}\n"
     "- {path: /health/users, service: users}\n- {path: /ready, service: users, host: a}\n"
     "- {path: /, service: users}\n- {path: /healthz, service: users}\n"
     "- {path: /ready/, service: users}\n- {path: /bff/, service: users}\n"
     "- {path: /.well-known/jwks.json, service: users}\n- {path: /bff, service: users}\n"
     "- {path: /.well-known/, service: users}\n- {path: /__bff/a, service: users}\n"
     "- {path: /__mock/, service: users}\n- {path: /__bffs/, service: users}\n",
     "web.yaml:2:10: routes[0].path: \"/health\": " OWN_PATH
     "web.yaml:3:10: routes[1].path: \"/health/\": " OWN_PATH
     "web.yaml:4:10: routes[2].path: \"/health/users\": " OWN_PATH
     "web.yaml:5:10: routes[3].path: \"/ready\": " OWN_PATH
     "web.yaml:9:10: routes[7].path: \"/bff/\": " OWN_PATH
     "web.yaml:10:10: routes[8].path: \"/.well-known/jwks.json\": " OWN_PATH
     "web.yaml:13:10: routes[11].path: \"/__bff/a\": " OWN_PATH
     "web.yaml:14:10: routes[12].path: \"/__mock/\": " OWN_PATH},
    {"a role without a name", ROUTE("access: \"role:\""),
     "web.yaml:1:46: routes[0].access: \"role:\": expected public, signed-in, role:NAME, "
     "scope:NAME or key\n"},
    {"methods", ROUTE("methods: [GET, get, TRACE]"),
     "web.yaml:1:53: routes[0].methods: \"get\": expected one of GET, HEAD, POST, PUT, PATCH, "
     "DELETE, OPTIONS\n"
     "web.yaml:1:58: routes[0].methods: \"TRACE\": expected one of GET, HEAD, POST, PUT, PATCH, "
     "DELETE, OPTIONS\n"},
    {"a host with a port", ROUTE("host: \"a:80\""),
     "web.yaml:1:44: routes[0].host: \"a:80\": expected a host without port, such as "
     "shop.example\n"},
    {"a host that is a URL", ROUTE("host: \"http://a\""),
     "web.yaml:1:44: routes[0].host: \"http://a\": expected a host without port, such as "
     "shop.example\n"},
    {"a value without a name", ROUTE("header: {value: x}"),
     "web.yaml:1:54: routes[0].header.value: it needs header.name beside it\n"},
    {"a header's name", ROUTE("header: {name: \"a b\"}"),
     "web.yaml:1:53: routes[0].header.name: \"a b\": expected the name of a header, such as "
     "X-Shop\n"},
    {"no bool", ROUTE("upgrade: yes"),
     "web.yaml:1:47: routes[0].upgrade: \"yes\": expected true or false\n"},
    {"too much", ROUTE("body_limit: 2GiB"),
     "web.yaml:1:50: routes[0].body_limit: \"2GiB\" is out of bounds: expected 0B to 1GiB\n"},
    {"headers of the connection",
     ROUTE("request_headers: {set: {Connection: a, TE: b}, remove: [Content-Length, proxy-x]}"),
     "web.yaml:1:62: routes[0].request_headers.set: \"Connection\": it belongs to the connection; "
     "the server alone writes it\n"
     "web.yaml:1:77: routes[0].request_headers.set: \"TE\": it belongs to the connection; the "
     "server alone writes it\n"
     "web.yaml:1:94: routes[0].request_headers.remove: \"Content-Length\": it belongs to the "
     "connection; the server alone writes it\n"
     "web.yaml:1:110: routes[0].request_headers.remove: \"proxy-x\": it belongs to the connection; "
     "the server alone writes it\n"},
    {"the same on the way back", ROUTE("response_headers: {remove: [Transfer-Encoding, Host]}"),
     "web.yaml:1:66: routes[0].response_headers.remove: \"Transfer-Encoding\": it belongs to the "
     "connection; the server alone writes it\n"},
    {"who the user is", ROUTE("request_headers: {set: {X_User-Id: a}, remove: [x-user-role]}"),
     "web.yaml:1:62: routes[0].request_headers.set: \"X_User-Id\": the server alone says who the "
     "user is\n"
     "web.yaml:1:86: routes[0].request_headers.remove: \"x-user-role\": the server alone says who "
     "the user is\n"},
    {"Host", ROUTE("request_headers: {set: {Host: a}}"),
     "web.yaml:1:62: routes[0].request_headers.set: \"Host\": the server alone writes it; "
     "preserve_host: true keeps the client's\n"},
    {"a header's name that is not valid, and all others",
     ROUTE("request_headers: {set: {\"a: b\": c, [a]: d, \"\": e, host: f}}"),
     "web.yaml:1:62: routes[0].request_headers.set.a: b: expected the name of a header, such as "
     "X-Shop\n"
     "web.yaml:1:73: routes[0].request_headers.set.(no name): expected the name of a header, such "
     "as X-Shop\n"
     "web.yaml:1:81: routes[0].request_headers.set.(no name): expected the name of a header, such "
     "as X-Shop\n"
     "web.yaml:1:88: routes[0].request_headers.set: \"host\": the server alone writes it; "
     "preserve_host: true keeps the client's\n"},
    {"a header's value", ROUTE("request_headers: {set: {X-A: \"a\\nX-User-Id: b\"}}"),
     "web.yaml:1:62: routes[0].request_headers.set: \"X-A\": a header's value has no control "
     "bytes, and no blanks at its ends\n"},
    {"a list to set", ROUTE("request_headers: {set: [X-A]}"),
     "web.yaml:1:56: routes[0].request_headers.set: expected a mapping of names and values\n"},
    {"a header set and removed", ROUTE("request_headers: {set: {X-A: b}, remove: [x-a]}"),
     "web.yaml:1:62: routes[0].request_headers.set: \"x-a\" is listed twice\n"},
    {"a header set twice", ROUTE("request_headers: {set: {X-A: b, x-a: b}}"),
     "web.yaml:1:62: routes[0].request_headers.set: \"x-a\" is listed twice\n"},
    {"the same route twice",
     "routes:\n  - {path: /a, service: users, methods: [GET, PUT], header: {name: X-A}}\n  - "
     "{path: /b, service: users}\n  - {path: /a, service: orders, methods: [PUT, GET], header: "
     "{name: x-a}}\n",
     "web.yaml:4:12: routes[2].path: routes[0] has the same path, methods, host and header; this "
     "one is never found\n"},
    {"not the same but for a mistake",
     "routes: [{path: /a, service: users}, {path: /a, service: users, host: \"b:1\"}]\n",
     "web.yaml:1:71: routes[1].host: \"b:1\": expected a host without port, such as "
     "shop.example\n"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < COUNT(mistakes); i++)
        reading_wants(mistakes[i].why, mistakes[i].yaml, mistakes[i].want);
}

static void test_as_many_as_there_may_be(void **state)
{
    char *yaml = malloc(64 * 1024), *at = yaml;
    struct config config;

    at += sprintf(at, "routes:\n");
    for (int i = 0; i < 1024; i++)
        at += sprintf(at, "- {path: /%d, service: users}\n", i);
    reading_file("web.yaml", yaml, (size_t)(at - yaml));
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    assert_int_equal(config.routes.count, 1024);
    config_free(&config);
    sprintf(at, "- {path: /x, service: users}\n");
    reading_wants("one too many", yaml,
                  "web.yaml:2:1: routes: expected a list of at most 1024 routes\n");
    free(yaml);
}

static void test_the_largest_body(void **state)
{
    static const char yaml[] = "routes: [{path: /a, service: users, body_limit: 5MiB}]\n";
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    assert_int_equal(reading_read("--config web.yaml", &config), CONFIG_SERVE);
    assert_int_equal(config_largest_body(&config), 5 << 20);
    config_free(&config);
    assert_int_equal(reading_read("", &config), CONFIG_SERVE);
    assert_int_equal(config_largest_body(&config), 1 << 20);
    config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_as_many_as_there_may_be),
        cmocka_unit_test(test_the_largest_body),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
