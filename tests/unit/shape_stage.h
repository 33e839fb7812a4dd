/* A bench for shapes: schema files as texts, and what is said about them. */
#ifndef TESTS_UNIT_SHAPE_STAGE_H
#define TESTS_UNIT_SHAPE_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bff/compose/pick.h"
#include "bff/compose/shape.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct stage {
    struct pool *pool;
    const struct shape_files *files;
    unsigned wrong;
    char *said; /* the mistakes, or the faults of a check; each with a line end */
    size_t said_len;
    FILE *out;
};

/* Reads ${a}, which is "a.schema.json", and ${b}, which is "b.schema.json" or NULL. */
static inline void stage_begin(struct stage *stage, const char *a, const char *b)
{
    const struct bff_schema rows[] = {
        {"a.schema.json", a, strlen(a)},
        {"b.schema.json", b, b == NULL ? 0 : strlen(b)},
    };
    const struct bff_schemas schemas = {rows, b == NULL ? 1 : 2};
    const struct bff_build build = {.name = "stage", .schemas = &schemas};

    *stage = (struct stage){.pool = pool_new()};
    stage->out = open_memstream(&stage->said, &stage->said_len);
    stage->files = shape_files_read(stage->pool, &build, stage->out, &stage->wrong);
    fflush(stage->out);
}

static inline void stage_end(struct stage *stage)
{
    fclose(stage->out);
    free(stage->said);
    pool_free(stage->pool);
}

static inline const struct shape *stage_find(struct stage *stage, const char *words)
{
    const char *wrong = NULL;
    const struct shape *found = shape_find(stage->files, stage->pool, text_of(words), &wrong);

    if (found == NULL)
        print_error("%s\n", wrong);
    assert_non_null(found);
    return found;
}

static inline void stage_tell(void *cookie, struct text path, struct text what)
{
    struct stage *stage = cookie;

    fprintf(stage->out, "%.*s: %.*s\n", TEXT_ARGS(path), TEXT_ARGS(what));
    fflush(stage->out);
}

/* Returns what is said about ${json}, one fault a line; "" when it fits. */
static inline const char *stage_check(struct stage *stage, const struct shape *shape,
                                      const char *json)
{
    struct shape_check check = {.pool = stage->pool, .tell = stage_tell, .cookie = stage};
    size_t before = stage->said_len;

    assert_true(json_scan_accepts(json, strlen(json), 64));
    bool is_good = shape_check(&check, shape, json_of(text_of(json)), TEXT("x"));
    fflush(stage->out);
    assert_int_equal(is_good, check.faults == 0);
    assert_int_equal(is_good, stage->said_len == before);
    return stage->said_len == before ? "" : stage->said + before;
}

#endif
