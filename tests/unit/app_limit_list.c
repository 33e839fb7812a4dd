/* Tests of what --routes shows of limits, cache and Redis. */
#include "bff/app/limit_list.h"
#include "bff/app/store_list.h"
#include "tests/unit/config_reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define CACHE "cache memory 64MiB, refreshes 32\n"
#define IN_MEMORY "rate limits count in memory, max_keys 160000\n"

static const struct {
    const char *yaml, *want;
} cases[] = {
    {"", "rate limit api  * /api/, key ip, 100 in 15m\n"
         "rate limit login  * /api/auth/login, key ip, 10 in 15m\n"
         "rate limit register  * /api/auth/register, key ip, 10 in 15m\n" IN_MEMORY CACHE},
    {"rate_limits: []\ncache: {memory: 0}\n", "cache off\n"},
    {"rate_limits:\n"
     "- {name: a, path: /a, methods: [GET, PUT], key: [user, header:x-a], window: 1s, max: 1,\n"
     "   sliding: true, cost: parts, dry_run: true, exempt: [10.0.0.0/8, \"::1\"]}\n"
     "- {name: b, path: /b, rate: 10/s, burst: 20, delay: off, headers: off}\n"
     "- {name: c, path: /c, rate: 30/m, burst: 20, delay: 8, headers: legacy}\n"
     "- {name: d, path: /d, rate: 1/m, burst: 1, headers: structured}\n"
     "- {name: e, path: /e, rate: 100/h, burst: 1}\n"
     "- {name: f, path: /f, minute: 1, hour: 2, day: 3}\n",
     "rate limit a  GET,PUT /a, key user header:x-a, 1 in 1s, sliding, cost parts, exempt 2, dry "
     "run\n"
     "rate limit b  * /b, key ip, rate 10/s, burst 20, delay off, headers off\n"
     "rate limit c  * /c, key ip, rate 30/m, burst 20, delay 8, headers legacy\n"
     "rate limit d  * /d, key ip, rate 1/m, burst 1, headers structured\n"
     "rate limit e  * /e, key ip, rate 27 in 1000s, burst 1\n"
     "rate limit f  * /f, key ip, 1 in a minute, 2 in an hour, 3 in a day\n" IN_MEMORY CACHE},
    {"rate_limits: []\nredis: {url: \"rediss://u:secret@[::1]/3\"}\nadmin: {listen: \"*:9090\", "
     "token: 0123456789abcdef}\n",
     "cache memory 64MiB, redis, refreshes 32\n"
     "redis  [::1]:6379, TLS, database 3, user u, password set, timeout 50ms, connect_timeout "
     "250ms\n"
     "admin  *:9090\n"},
    {"rate_limits: [{name: a, path: /a, day: 1}]\nredis: {url: \"unix:///r.sock\", timeout: 1s}\n"
     "cache: {redis: false}\n",
     "rate limit a  * /a, key ip, 1 in a day\nrate limits count in redis, max_keys 160000\n" CACHE
     "redis  /r.sock, database 0, timeout 1s, connect_timeout 250ms\n"},
    {"rate_limits: [{name: a, path: /a, key: api_key, window: 1s, max: 1}]\n"
     "api_keys: {service: {name: users}, plans: {basic: {rate: 100/s, burst: 200,\n"
     "  quota: {max: 9, per: month}}, gold: {quota: {max: 8, per: week}}}}\n",
     "rate limit a  * /a, key api_key, 1 in 1s\n"
     "usage plan basic  key api_key, rate 100/s, burst 200, 9 in a month\nusage plan gold  key "
     "api_key, 8 in a "
     "week\n" IN_MEMORY CACHE},
    {"rate_limits: []\nredis: {sentinels: [a, \"b:1\"], master: m}\ncache: {redis: false}\n",
     CACHE "redis  master m of a:26379 b:1, database 0, timeout 50ms, connect_timeout 250ms\n"},
};

static void what_is_allowed_is_shown(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        char got[1024] = "";
        struct config config;
        reading_file("web.yaml", cases[i].yaml, strlen(cases[i].yaml));
        if (reading_read("--config web.yaml", &config) != CONFIG_SERVE)
            fail_msg("%s: %s", cases[i].yaml, config.mistakes.lines[0]);
        FILE *out = fmemopen(got, sizeof(got), "w");
        limit_list_print(&config, out);
        store_list_print(&config, out);
        fclose(out);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got\n%swant\n%s", cases[i].yaml, got, cases[i].want);
        config_free(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_allowed_is_shown)};

    return cmocka_run_group_tests(tests, reading_begin, reading_end);
}
