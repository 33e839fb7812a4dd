/* An authorizer's settings, and a pool for each test. */
#ifndef TESTS_UNIT_AUTHORIZER_STAGE_H
#define TESTS_UNIT_AUTHORIZER_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/base/pool.h"
#include "bff/edge/authorizer_settings.h"
#include "bff/upstream/service.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct pool *pool;

static inline int begin(void **state)
{
    pool = pool_new();
    return 0;
}

static inline int end(void **state)
{
    pool_free(pool);
    return 0;
}

static const struct bff_service service = {.name = "access"};
static const struct text headers[] = {{"x-tenant", 8}, {"x-plan", 6}};

static inline struct authorizer_settings settings_of(const struct authorizer_part *parts,
                                                     size_t count)
{
    struct authorizer_settings settings = {
        .service = &service,
        .path = TEXT("/authorize"),
        .ttl_ms = 300000,
        .deny_ttl_ms = 10000,
        .stale_ms = 60000,
        .part_count = count,
        .max = 10000,
        .headers = headers,
        .header_count = COUNT(headers),
    };

    memcpy(settings.parts, parts, count * sizeof(*parts));
    return settings;
}

static const struct authorizer_part two[] = {
    {AUTHORIZER_HEADER, {"authorization", 13}},
    {AUTHORIZER_HEADER, {"x-key", 5}},
};

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

#endif
