/* The mistakes in the tables of a build are reported before other code reads the tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bff/compose/build.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define URL "http://127.0.0.1:3000"

static const struct bff_composite page = {.route = "GET /page"};
static const struct bff_service users = {"users", "USERS_URL", URL}, orders = {"orders", NULL, URL},
                                again = {"users", NULL, URL}, no_name = {NULL, NULL, URL},
                                empty_name = {"", NULL, URL}, no_endpoint = {"x", NULL, NULL},
                                redis = {"redis", NULL, URL},
                                bad_endpoint = {"x", NULL, "localhost:3000"};

#define SERVICES(...)                                                                              \
    &(const struct bff_services)BFF_TABLE(((const struct bff_service *const[]){__VA_ARGS__}))
#define LIMITS(...)                                                                                \
    &(const struct bff_rate_limits)BFF_TABLE(((const struct bff_rate_limit[]){__VA_ARGS__}))
#define ROUTES(...) &(const struct bff_routes)BFF_TABLE(((const struct bff_route[]){__VA_ARGS__}))
#define COMPOSITES(...) BFF_TABLE(((const struct bff_composite *const[]){__VA_ARGS__}))

static void check(const struct bff_build *build, const char *want)
{
    char *got = NULL;
    size_t len, lines = 0;
    FILE *file = open_memstream(&got, &len);

    unsigned count = build_check(build, file);
    fclose(file);
    assert_string_equal(got, want);
    for (const char *at = want; *at != '\0'; at++)
        lines += *at == '\n';
    assert_int_equal(count, lines);
    free(got);
}

struct build_case {
    struct bff_build build;
    const char *want;
};

static void every_row_is_told(void **state)
{
    const struct build_case cases[] = {
        {{.name = "a"}, ""},
        {{.name = NULL}, "build: .name must be letters, digits, '_' or '-'\n"},
        {{.name = "a", .port = 65536}, "build a: .port is 65536, which is over 65535\n"},
        {{.name = "a", .composites = COMPOSITES(NULL, &page)},
         "build a: composite 1 is NULL: remove the row\n"},
        {{.name = "a", .composites = {.rows = (const struct bff_composite *const[]){&page}}},
         "build a: .composites has no count: write .composites = BFF_TABLE(composites)\n"},
        {{.name = "a", .composites = {.count = 3}, .services = &(const struct bff_services){0}},
         ""},
        {{.name = "a", .services = SERVICES(NULL, &users)},
         "build a: service 1 is NULL: remove the row\n"},
        {{.name = "a", .services = SERVICES(&no_name, &empty_name)},
         "build a: service 1: .name must be letters, digits, '_' or '-'\n"
         "build a: service 2: .name must be letters, digits, '_' or '-'\n"},
        {{.name = "a", .services = SERVICES(&users, &orders, &again)},
         "build a: service \"users\": a service above has the same .name\n"},
        {{.name = "a", .services = SERVICES(&redis)},
         "build a: service \"redis\": /health has a check of this name for the server itself\n"},
        {{.name = "a", .services = SERVICES(&no_endpoint)},
         "build a: service \"x\": .endpoint is missing: \"http://127.0.0.1:3000\"\n"},
        {{.name = "a", .services = SERVICES(&bad_endpoint)},
         "build a: service \"x\": .endpoint is \"localhost:3000\": it must begin with http:// or "
         "https://\n"},
        {{.name = "a", .routes = ROUTES({.service = "users"}, {.path = "/a"})},
         "build a: route 1: .path is missing\nbuild a: route /a: .service is missing\n"},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        check(&cases[i].build, cases[i].want);
}

static void every_row_of_limits_and_caches_is_told(void **state)
{
    const struct build_case cases[] = {
        {{.name = "a",
          .routes = ROUTES({.path = "/a", .service = "users", .cache_s = 2678401},
                           {.path = "/b", .service = "users", .shared_in_mock = true},
                           {.path = "/c", .service = "users", .response_header = "X-A"})},
         "build a: route /a: .cache_s is 2678401, which is over 2678400\n"
         "build a: route /b: .shared_in_mock is of use with .cache_s only\n"
         "build a: route /c: .response_header is \"X-A\", which is not \"Name: value\"\n"},
        {{.name = "a",
          .rate_limits = LIMITS({.path = "/a"}, {.name = "b"}, {.name = "c", .path = "/c"},
                                {.name = "d", .path = "/d", .window = "1m"})},
         "build a: rate limit 1: .name is missing\n"
         "build a: rate limit b: .path is missing\n"
         "build a: rate limit c: .window is missing: \"15m\"\n"
         "build a: rate limit d: .max is missing\n"},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        check(&cases[i].build, cases[i].want);
}

/* Whatever is asked of the program, it ends and reads nothing of the build. */
static void a_build_with_mistakes_does_nothing(void **state)
{
    static char *const actions[] = {"--check", "--routes", "--help", "--probe", NULL};
    const struct bff_build build = {
        .name = "a", .composites = COMPOSITES(NULL, &page), .services = SERVICES(&no_endpoint)};
    const struct bff_build nothing = {0};

    for (size_t i = 0; i < COUNT(actions); i++) {
        char *argv[] = {"bff-a", actions[i], NULL};
        int argc = actions[i] == NULL ? 1 : 2;
        assert_int_equal(bff_main(argc, argv, &build), 2);
        assert_int_equal(bff_main(argc, argv, &nothing), 2);
    }
}

/* As tables ended before they had a count. */
static void an_empty_row_at_the_end_is_ignored(void **state)
{
    const struct bff_build build = {
        .name = "a",
        .composites = COMPOSITES(&page, NULL),
        .services = SERVICES(&users, &orders, NULL, NULL),
        .routes = ROUTES({.path = "/a", .service = "users"}, {0}),
        .rate_limits = LIMITS({.name = "a", .path = "/a", .window = "1m", .max = 1}, {0}),
    };

    check(&build, "");
    assert_int_equal(build_composite_count(&build), 1);
    assert_int_equal(build_service_count(&build), 2);
    assert_int_equal(build_route_count(&build), 1);
    assert_int_equal(build_rate_limit_count(&build), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_told),
        cmocka_unit_test(every_row_of_limits_and_caches_is_told),
        cmocka_unit_test(a_build_with_mistakes_does_nothing),
        cmocka_unit_test(an_empty_row_at_the_end_is_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
