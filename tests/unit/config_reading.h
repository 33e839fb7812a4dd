/* Helps tests to read a configuration from a text, in a temporary directory. */
#ifndef TESTS_UNIT_CONFIG_READING_H
#define TESTS_UNIT_CONFIG_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/config/config_read.h"
#include "composites/shared/shop.h"
#include "fixtures/mock_upstreams.h"

static const struct bff_service reading_users = {"users", "USERS_URL", "http://127.0.0.1:3000"};
static const struct bff_service reading_orders = {"orders", "ORDERS_URL", "http://127.0.0.1:3002"};
static const struct bff_service *const reading_services[] = {&reading_users, &reading_orders};
static const struct bff_services reading_table = BFF_TABLE(reading_services);
static const struct bff_composite reading_page = {.route = "GET /api/dashboard/:userId"};
static const struct bff_composite *const reading_pages[] = {&reading_page};
static const struct bff_build reading_build = {.name = "web",
                                               .port = 8080,
                                               .composites = BFF_TABLE(reading_pages),
                                               .services = &reading_table,
                                               .routes = &shop_routes,
                                               .rate_limits = &shop_rate_limits,
                                               .mocks = &mock_upstreams};

#define READING_SECRET "thirty-two bytes of a secret 1234"

/* Make and remove the working directory, which has web.yaml and other files. */
static inline int reading_begin(void **state)
{
    static char directory[] = "/tmp/bff-config-XXXXXX";

    *state = mkdtemp(directory);
    unsetenv("USERS_URL");
    unsetenv("ORDERS_URL");
    unsetenv("JWT_SECRET_FILE");
    unsetenv("REDIS_URL");
    unsetenv("SESSION_KEY");
    setenv("JWT_SECRET", READING_SECRET, 1);
    return *state == NULL ? -1 : chdir(*state);
}

static inline int reading_end(void **state)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -r %s", (const char *)*state);
    return chdir("/") == 0 ? system(command) : -1;
}

static inline void reading_file(const char *name, const char *bytes, size_t len)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

#define READING_ARGUMENTS 8

/* Reads a configuration. ${arguments} is the command line, separated by spaces. */
static inline enum config_action reading_read(const char *arguments, struct config *config)
{
    char copy[512], *argv[READING_ARGUMENTS + 1] = {"bff-web"}, *rest = copy;
    int argc = 1;

    snprintf(copy, sizeof(copy), "%s", arguments);
    for (char *one; (one = strsep(&rest, " ")) != NULL && argc < READING_ARGUMENTS;)
        if (*one != '\0')
            argv[argc++] = one;
    return config_read(argc, argv, &reading_build, config);
}

/* Writes all mistakes to ${out}, each with a line feed at its end. */
static inline void reading_mistakes(const struct config *config, char *out, size_t size)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < config->mistakes.count && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s\n", config->mistakes.lines[i]);
}

/* Reads ${yaml} and checks that it has exactly the mistakes ${want}; "": none. */
static inline void reading_wants(const char *why, const char *yaml, const char *want)
{
    char got[4096];
    struct config config;

    reading_file("web.yaml", yaml, strlen(yaml));
    enum config_action action = reading_read("--config web.yaml", &config);
    reading_mistakes(&config, got, sizeof(got));
    if (strcmp(got, want) != 0)
        fail_msg("%s: got\n%swant\n%s", why, got, want);
    assert_int_equal(action, *want == '\0' ? CONFIG_SERVE : CONFIG_EXIT_BAD);
    config_free(&config);
    config_free(&config);
}

#endif
