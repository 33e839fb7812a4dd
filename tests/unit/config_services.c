/* Tests of services in the configuration: how endpoints are chosen, and what stands between a call
 * and an endpoint. */
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define USERS(settings) "services: {users: {" settings "}}\n"
#define TWO "endpoints: [\"http://a\", \"http://b\"]"

static void endpoints_print(const struct service_settings *service, FILE *out)
{
    for (size_t i = 0; i < service->endpoint_count; i++) {
        const struct service_endpoint *one = &service->endpoints[i];
        fprintf(out, "%s%s://%s*%u", i == 0 ? "" : " ", one->is_tls ? "https" : "http",
                one->authority, one->weight);
        if (one->max_in_flight > 0)
            fprintf(out, "<%u", one->max_in_flight);
        fprintf(out, "%s", one->is_backup ? " backup" : "");
    }
}

static const struct {
    const char *why, *yaml, *want;
} endpoints[] = {
    {"a URL", USERS("endpoints: http://a"), "http://a*1"},
    {"a mapping", USERS("endpoints: {url: \"https://a\", weight: 3}"), "https://a*3"},
    {"URLs and mappings",
     USERS("endpoints: [\"http://a\", {weight: 5, url: \"http://b:1\", max_in_flight: 7}, "
           "{url: \"http://[::1]\", backup: true}]"),
     "http://a*1 http://b:1*5<7 http://[::1]*1 backup"},
    {"null and an empty variable are the defaults",
     USERS("endpoints: [{url: \"http://a\", weight: ~, max_in_flight: \"${BFF_NONE:-}\"}]"),
     "http://a*1"},
    {"a variable", USERS("endpoints: [{url: \"http://${BFF_HOST}\", weight: 2}]"),
     "http://from-env*2"},
    {"an alias",
     "services: {orders: {endpoints: &e [{url: \"http://a\", weight: 2}]}, users: "
     "{endpoints: *e}}\n",
     "http://a*2"},
};

static void test_endpoints(void **state)
{
    setenv("BFF_HOST", "from-env", 1);
    for (size_t i = 0; i < COUNT(endpoints); i++) {
        char got[1024] = "";
        struct config config;
        reading_file("web.yaml", endpoints[i].yaml, strlen(endpoints[i].yaml));
        if (reading_read("--config web.yaml", &config) != CONFIG_SERVE)
            fail_msg("%s: %s", endpoints[i].why, config.mistakes.lines[0]);
        FILE *out = fmemopen(got, sizeof(got), "w");
        endpoints_print(&config.services[0], out);
        fclose(out);
        if (strcmp(got, endpoints[i].want) != 0)
            fail_msg("%s: got\n%s\nwant\n%s", endpoints[i].why, got, endpoints[i].want);
        config_free(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoints),
    };
    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
