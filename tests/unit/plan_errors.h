/* A bench for mistakes in tables: composites in short, and what is said about each. */
#ifndef TESTS_UNIT_PLAN_ERRORS_H
#define TESTS_UNIT_PLAN_ERRORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bff/compose/plan.h"
#include "bff/compose/plan_make.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct bff_service users = {.name = "users"};

static inline void get(struct bff_ask *ask) { ask_get(ask, &users, "/users"); }

#define ROWS(...) BFF_TABLE(((const struct bff_part[]){__VA_ARGS__}))
#define FIELDS(...) BFF_TABLE(((const struct bff_field[]){__VA_ARGS__}))
#define ROW(...)                                                                                   \
    {                                                                                              \
        .name = "a", .ask = get, __VA_ARGS__                                                       \
    }
#define NEXT(...)                                                                                  \
    {                                                                                              \
        .name = "b", .ask = get, __VA_ARGS__                                                       \
    }
#define PAGE(...) PAGE_FOR(BFF_PUBLIC, __VA_ARGS__)
#define PAGE_FOR(who, ...)                                                                         \
    {                                                                                              \
        .route = "GET /p/:id", .access = who, __VA_ARGS__                                          \
    }
#define PART "GET /p/:id: part \"a\": "
#define PART_B "GET /p/:id: part \"b\": "
#define PART_OK ROWS({.name = "a", .ask = get})

struct error_case {
    const char *want;
    struct bff_composite composite;
};

static inline void check_all(const struct error_case *cases, size_t count)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++) {
        struct pool *pool = pool_new();
        char error[1024] = "no mistake";
        if (plan_make(pool, &cases[i].composite, error, sizeof(error)) != NULL ||
            strcmp(error, cases[i].want) != 0) {
            print_error("it says\n    %s\nnot\n    %s\n", error, cases[i].want);
            wrong++;
        }
        pool_free(pool);
    }
    assert_int_equal(wrong, 0);
}
#define P "GET /p/:id: "

#endif
