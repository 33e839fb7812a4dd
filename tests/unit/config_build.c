/* Tests of the values that a build has for a configuration without them: plain routes and mock
 * services. */
#include "tests/unit/config_reading.h"

static const struct bff_route wrong_routes[] = {
    {.path = "api", .service = "users"},
    {.path = "/a/", .service = "payments"},
    {.path = "/b/", .service = "orders", .to = "/b", .access = "admin"},
    {0}, /* it is ignored */
};

static const struct bff_routes wrong_table = BFF_TABLE(wrong_routes);

/* Reads ${arguments}, separated by spaces, for a build with ${routes} and without mocks. */
static enum config_action build_read(const struct bff_routes *routes, char *arguments,
                                     struct config *config)
{
    struct bff_build build = reading_build;
    char *argv[] = {"bff-web", strtok(arguments, " "), strtok(NULL, " ")};

    build.routes = routes;
    build.mocks = NULL;
    return config_read(argv[1] == NULL ? 1 : 3, argv, &build, config);
}

static void test_a_build_without_routes_has_none(void **state)
{
    struct config config;

    assert_int_equal(build_read(NULL, (char[]){""}, &config), CONFIG_SERVE);
    assert_int_equal(config.routes.count, 0);
    config_free(&config);
}

static void test_routes_that_are_wrong_are_told(void **state)
{
    struct config config;
    char got[1024];

    assert_int_equal(build_read(&wrong_table, (char[]){""}, &config), CONFIG_EXIT_BAD);
    reading_mistakes(&config, got, sizeof(got));
    assert_string_equal(got, "routes[0].path: \"api\": it must begin with /\n"
                             "routes[1].access: \"admin\": expected public, signed-in, role:NAME, "
                             "scope:NAME or key\n"
                             "routes[1].to: it must end with / as the path does\n");
    config_free(&config);
}

static void test_a_build_without_mocks_has_no_mock_mode(void **state)
{
    struct config config;
    char got[1024];

    assert_int_equal(build_read(NULL, (char[]){"--mock ."}, &config), CONFIG_EXIT_BAD);
    reading_mistakes(&config, got, sizeof(got));
    assert_non_null(strstr(got, "--mock: this build has no mock services\n"));
    assert_null(config.mock_dir);
    config_free(&config);
}

/* The headers that clients send to mock services: passed on in mock mode, withheld without. */
static void test_the_headers_of_mocks(void **state)
{
    struct config config;

    assert_int_equal(reading_read("", &config), CONFIG_SERVE);
    assert_null(config_mocks(&config));
    assert_string_equal(config_withheld_headers(&config)[0], "x-mock");
    assert_string_equal(config_withheld_headers(&config)[1], "x-mock-scenario");
    assert_null(config_withheld_headers(&config)[2]);
    config_free(&config);
    assert_int_equal(reading_read("--mock .", &config), CONFIG_SERVE);
    assert_string_equal(config_mocks(&config)->headers[0], "x-mock");
    assert_null(config_withheld_headers(&config));
    config_free(&config);
    assert_int_equal(build_read(NULL, (char[]){""}, &config), CONFIG_SERVE);
    assert_null(config_mocks(&config));
    assert_null(config_withheld_headers(&config));
    config_free(&config);
}

/* Two configurations live at the same time, and the first one may go first. */
static void test_two_configurations(void **state)
{
    struct config first, second;

    reading_file("web.yaml", "workers: 3\n", 11);
    assert_int_equal(reading_read("--config web.yaml --listen 127.0.0.1:1", &first), CONFIG_SERVE);
    assert_int_equal(reading_read("--listen 127.0.0.1:2", &second), CONFIG_SERVE);
    assert_int_equal(first.workers, 3);
    assert_string_equal(first.listens[0].text, "127.0.0.1:1");
    config_free(&first);
    assert_int_equal(second.workers, 0);
    assert_string_equal(second.listens[0].text, "127.0.0.1:2");
    config_free(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_build_without_routes_has_none),
        cmocka_unit_test(test_routes_that_are_wrong_are_told),
        cmocka_unit_test(test_a_build_without_mocks_has_no_mock_mode),
        cmocka_unit_test(test_the_headers_of_mocks),
        cmocka_unit_test(test_two_configurations),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
