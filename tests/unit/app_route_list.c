/* Tests of a build's table: a mistake in it stops the start, and --routes shows a valid table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/app/route_list.h"

#define T(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct bff_service users = {.name = "users"};

static void get(struct bff_ask *ask)
{
    ask_get(ask, &users, "/users");
    ask_segment(ask, ask_param(ask, "id"));
}

static const struct bff_part parts[] = {
    {.name = "user", .ask = get, .has_breaker = true, .place = BFF_HIDDEN},
    {.name = "more",
     .ask = get,
     .after = "user",
     .many = 5,
     .cache_s = 30,
     .stale_s = 60,
     .shared = true,
     .pick = "id name"},
};

static void print(struct json_print *out, struct json value) { json_print_json(out, value); }

static const struct bff_field fields[] = {
    {.name = "total", .of = "user", .print = print},
    {.of = "more", .print = print, .into = "more[].label"},
};

static const struct bff_composite page = {.route = "GET /api/page/:id",
                                          .about = "a page",
                                          .access = BFF_PUBLIC,
                                          .parts = BFF_TABLE(parts)};
static const struct bff_composite same_page = {
    .route = "GET /api/page/:id", .access = BFF_PUBLIC, .parts = BFF_TABLE(parts)};
static const struct bff_composite staff_page = {
    .route = "GET /api/staff/:id", .access = BFF_ROLE, .role = "staff", .parts = BFF_TABLE(parts)};
static const struct bff_composite own_page = {.route = "GET /api/own/:id",
                                              .access = BFF_OWNER,
                                              .owner = "id",
                                              .p95_ms = 300,
                                              .budget_bytes = 4096,
                                              .parts = BFF_TABLE(parts)};
static const struct bff_composite signed_page = {.route = "GET /api/signed/:id",
                                                 .access = BFF_SIGNED_IN,
                                                 .budget_ms = 250,
                                                 .parts = BFF_TABLE(parts),
                                                 .fields = BFF_TABLE(fields)};
static void make_user(struct bff_ask *ask) { ask_post(ask, &users, "/users"); }

static bool is_wanted(struct bff_ask *ask) { return ask_param(ask, "id").len > 1; }

static const struct bff_part list_parts[] = {
    {.name = "new", .ask = get, .kind = BFF_LIST, .headers = "Link X-Total"},
    {.name = "old", .ask = get, .after = "new", .when = is_wanted, .kind = BFF_LIST},
};
static const struct bff_field list_fields[] = {{.name = "all", .concat = "new old"}};
/* An empty row at the end of a table does not count. */
static const struct bff_query list_query[] = {
    {.name = "sort", .words = "asc desc"}, {.name = "q"}, {0}};
static const struct bff_composite list_page = {.route = "GET /api/list/:id",
                                               .access = BFF_PUBLIC,
                                               .may_choose = true,
                                               .query = BFF_TABLE(list_query),
                                               .parts = BFF_TABLE(list_parts),
                                               .fields = BFF_TABLE(list_fields)};

static const struct bff_part change_parts[] = {
    {.name = "made", .ask = make_user, .undo = make_user, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "told", .ask = make_user, .after = "made", .kind = BFF_OBJECT},
};
static const struct bff_body change_body[] = {
    {.path = "items[].id", .kind = BFF_BODY_TEXT},
    {.path = "note", .kind = BFF_BODY_TEXT, .is_optional = true},
    {0},
};
static const struct bff_composite change_page = {.route = "POST /api/change",
                                                 .failure = "Failed",
                                                 .access = BFF_PUBLIC,
                                                 .idempotency = BFF_KEY_REQUIRED,
                                                 .body = BFF_TABLE(change_body),
                                                 .parts = BFF_TABLE(change_parts)};
static const struct bff_composite bad_page = {
    .route = "HEAD /api/bad/:id", .access = BFF_PUBLIC, .parts = BFF_TABLE(parts)};

/* Makes the table of ${composites}; ${*errors} (free) is what was said. */
static unsigned make(struct pool *pool, const struct bff_composite *const *composites, size_t count,
                     struct pages *out, char **errors)
{
    const struct bff_build build = {.name = "web", .composites = {composites, count}};
    size_t len;
    FILE *file = open_memstream(errors, &len);

    assert_non_null(file);
    unsigned wrong = route_list_make(pool, &build, out, file);
    fclose(file);
    return wrong;
}

static void what_is_wrong_is_told(void **state)
{
    static const struct {
        const char *why;
        const struct bff_composite *composites[4];
        unsigned wrong;
        const char *want;
    } cases[] = {
        {"nothing", {&page, &staff_page}, 0, ""},
        {"the same requests",
         {&page, &staff_page, &same_page},
         1,
         "GET /api/page/:id: the same requests as GET /api/page/:id\n"},
        {"a table, and what stands behind it is looked at, too",
         {&bad_page, &page, &same_page},
         2,
         "HEAD /api/bad/:id: .route: a composite answers GET, POST, PUT, PATCH or DELETE, not "
         "HEAD\n"
         "GET /api/page/:id: the same requests as GET /api/page/:id\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pool *pool = pool_new();
        struct pages made = {0};
        char *errors = NULL;
        unsigned wrong = make(pool, cases[i].composites, 4, &made, &errors);
        if (wrong != cases[i].wrong || strcmp(errors, cases[i].want) != 0)
            fail_msg("%s: %u, %s", cases[i].why, wrong, errors);
        free(errors);
        pool_free(pool);
    }
}

static struct text get_put[] = {T("GET"), T("PUT"), {0}};

static struct text vary[] = {T("accept-language"), T("x-tenant"), {0}};

static struct plain_route rows[] = {
    {.path = T("/api/users/"),
     .service = &users,
     .access = {.kind = ACCESS_SIGNED_IN},
     .to = T("/users/"),
     .body_limit = 5,
     .cache = {.is_on = true, .ttl_ms = 300000, .is_shared = true, .max_body = CACHE_BODY_MAX}},
    {.path = T("/open"), .service = &users, .access = {.kind = ACCESS_PUBLIC}, .methods = get_put},
    {.path = T("/staff"),
     .service = &users,
     .access = {.kind = ACCESS_ROLE, .whom = T("staff")},
     .host = T("shop.example"),
     .header = {T("x-kind"), T("b")}},
    {.path = T("/stored"),
     .service = &users,
     .access = {.kind = ACCESS_PUBLIC},
     .cache = {.is_on = true,
               .stale_while_revalidate_ms = 1000,
               .stale_if_error_ms = 60000,
               .vary = vary,
               .max_body = 5}},
    {.path = T("/none"),
     .service = &users,
     .access = {.kind = ACCESS_NOBODY},
     .header = {T("x-kind"), {0}}},
};

#define PARTS                                                                                      \
    "    user                   optional, %d ms, own breaker, hidden\n"                            \
    "    more                   optional, %d ms, a list of at most 5, 8 at a time, after user, "   \
    "cached for 30 s, shared, stale for 60 s, picks id name\n"

static void columns_of_choices_and_changes_are_shown(void **state)
{
    static const struct bff_composite *const composites[] = {&list_page, &change_page};
    struct pool *pool = pool_new();
    struct pages made = {0};
    char *errors = NULL, *shown = NULL;
    size_t len;

    assert_int_equal(make(pool, composites, 2, &made, &errors), 0);
    FILE *file = open_memstream(&shown, &len);
    route_list_print(&made, &(struct plain_routes){0}, file);
    fclose(file);
    assert_string_equal(
        shown,
        "GET /api/list/:id  public, budget 1000 ms, a client may choose parts, query sort q\n"
        "    new                    optional, 1000 ms, headers Link X-Total\n"
        "    old                    optional, 1000 ms, after new, on a condition\n"
        "    all                    one list out of new old\n"
        "POST /api/change  public, budget 1000 ms, Idempotency-Key required, body items[].id "
        "note?\n"
        "    made                   required, 1000 ms, changes data with undo\n"
        "    told                   optional, 1000 ms, after made, changes data\n");
    free(errors);
    free(shown);
    pool_free(pool);
    (void)state;
}

static void what_is_right_is_shown(void **state)
{
    static const struct bff_composite *const composites[] = {&page, &staff_page, &own_page,
                                                             &signed_page};
    struct pool *pool = pool_new();
    struct pages made = {0};
    char *errors = NULL, *shown = NULL, want[4096];
    size_t len;

    assert_int_equal(make(pool, composites, 4, &made, &errors), 0);
    FILE *file = open_memstream(&shown, &len);
    route_list_print(&made, &(struct plain_routes){rows, 5}, file);
    fclose(file);
    snprintf(
        want, sizeof(want),
        "GET /api/page/:id  public, budget 1000 ms\n    a page\n" PARTS
        "GET /api/staff/:id  role staff, budget 1000 ms\n" PARTS
        "GET /api/own/:id  owner id, budget 1000 ms, 95 %% within 300 ms, at most 4096 "
        "bytes\n" PARTS "GET /api/signed/:id  signed-in, budget 250 ms\n" PARTS
        "    total                  computed from user\n"
        "    more[].label           computed from more\n"
        "* /api/users/  signed-in, to users /users/, cache 5m shared, body at most 5 bytes\n"
        "GET,PUT /open  public, to users /open, body at most 0 bytes\n"
        "* /staff  role staff, to users /staff, host shop.example, with x-kind: b, "
        "body at most 0 bytes\n"
        "* /stored  public, to users /stored, cache as the response says stale_while_revalidate 1s "
        "stale_if_error 1m vary accept-language,x-tenant max_body 5B, body at most 0 bytes\n"
        "* /none  nobody, to users /none, with x-kind, body at most 0 bytes\n",
        1000, 1000, 1000, 1000, 1000, 1000, 250, 250);
    assert_string_equal(shown, want);
    free(shown);
    free(errors);
    pool_free(pool);
}

#define UNSAID(name)                                                                               \
    "warning: GET /api/page/:id: part \"" name "\": neither .kind nor .pick says what "
#define WOULD "is, so null and {\"error\":\"...\"} would pass: write .kind = BFF_OBJECT"

static void a_row_without_a_kind_is_warned_of(void **state)
{
    static const struct bff_part kinds[] = {
        {.name = "unsaid", .ask = get},
        {.name = "unsaidToo", .ask = get, .fallback = "null"},
        {.name = "items", .ask = get, .many = 3, .fallback = "[]"},
        {.name = "any", .ask = get, .kind = BFF_ANY},
        {.name = "list", .ask = get, .fallback = "[]"},
        {.name = "object", .ask = get, .fallback = "{}"},
        {.name = "picked", .ask = get, .pick = "id"},
    };
    static const struct bff_composite unsure = {
        .route = "GET /api/page/:id", .access = BFF_PUBLIC, .parts = BFF_TABLE(kinds)};
    const struct bff_composite *const composites[] = {&unsure};
    struct pool *pool = pool_new();
    struct pages made = {0};
    char *errors = NULL, *warnings = NULL;
    size_t len;

    assert_int_equal(make(pool, composites, 1, &made, &errors), 0);
    FILE *file = open_memstream(&warnings, &len);
    route_list_warn(&made, 1024, file);
    fclose(file);
    assert_string_equal(
        warnings, UNSAID("unsaid") "the value " WOULD ", BFF_LIST, or BFF_ANY if they may\n" UNSAID(
                      "unsaidToo") "the value " WOULD
                                   ", BFF_LIST, or BFF_ANY if they may\n" UNSAID(
                                       "items") "each item " WOULD ", or BFF_ANY if they may\n");
    free(warnings);
    free(errors);
    pool_free(pool);
}

static void change(struct bff_ask *ask) { ask_delete(ask, &users, "/users"); }

static void a_limit_that_does_not_count_is_warned_of(void **state)
{
    static const struct bff_part changes[] = {{.name = "user", .ask = change, .kind = BFF_ANY}};
    static const struct bff_composite large = {.route = "DELETE /api/page/:id",
                                               .access = BFF_PUBLIC,
                                               .body_bytes = 1025,
                                               .parts = BFF_TABLE(changes)};
    const struct bff_composite *const composites[] = {&large};
    struct pool *pool = pool_new();
    struct pages made = {0};
    char *errors = NULL, *warnings = NULL;
    size_t len;

    assert_int_equal(make(pool, composites, 1, &made, &errors), 0);
    FILE *file = open_memstream(&warnings, &len);
    route_list_warn(&made, 1025, file);
    fflush(file);
    assert_int_equal(len, 0);
    route_list_warn(&made, 1024, file);
    fclose(file);
    assert_string_equal(warnings, "warning: DELETE /api/page/:id: .body_bytes is 1025, but "
                                  "limits.body is 1024, which counts\n");
    free(warnings);
    free(errors);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(what_is_right_is_shown),
        cmocka_unit_test(columns_of_choices_and_changes_are_shown),
        cmocka_unit_test(a_row_without_a_kind_is_warned_of),
        cmocka_unit_test(a_limit_that_does_not_count_is_warned_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
