/* Tests of the calls that ask functions describe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/compose/ask.h"
#include "bff/compose/plan_make.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define HEADERS "accept: application/json\r\n"

static const struct bff_service users = {.name = "users"};

/* The stage: one part, whose function is ${describe} and sees ${param} and ${cookie}. */
static void (*describe)(struct bff_ask *ask);
static struct text param, cookie;
static struct pool *pool;
static struct bff_ask ask;
static struct ask_room room;

static void run_describe(struct bff_ask *by) { describe(by); }
static struct json no_value(void *unused, int part) { return (struct json){0}; }

static struct text client_header(void *unused, const char *name)
{
    return strcmp(name, "cookie") == 0 ? cookie : (struct text){0};
}

static void nothing(struct bff_ask *by) {}

static void run_with(const struct bff_part *row, void (*function)(struct bff_ask *),
                     struct text with)
{
    static struct bff_part rows[1];
    struct bff_composite page = {
        .route = "GET /p/:id", .access = BFF_PUBLIC, .parts = BFF_TABLE(rows)};
    char error[256] = "";

    rows[0] = *row;
    rows[0].name = "a";
    rows[0].ask = run_describe;
    param = with;
    room = (struct ask_room){0};
    describe = nothing; /* the rehearsal at boot would find what is wrong on purpose here */
    const struct plan *plan = plan_make(pool, &page, error, sizeof(error));
    assert_string_equal(error, "");
    describe = function;
    ask = (struct bff_ask){
        .plan = plan,
        .pool = pool,
        .params = &param,
        .headers = TEXT(HEADERS),
        .client_header = client_header,
        .value = no_value,
        .room = &room,
    };
    ask_run(&ask);
}

static void run(void (*function)(struct bff_ask *), struct text with)
{
    run_with(&(struct bff_part){0}, function, with);
}

static int make_pool(void **state)
{
    pool = pool_new();
    return 0;
}

static int free_pool(void **state)
{
    pool_free(pool);
    return 0;
}

static void assert_text(struct text got, const char *want)
{
    if (!text_is(got, want))
        fail_msg("%.*s is not %s", TEXT_ARGS(got), want);
}

static void by_segment(struct bff_ask *by)
{
    ask_get(by, &users, "/users");
    ask_segment(by, ask_param(by, "id"));
}

static void by_query(struct bff_ask *by)
{
    ask_get(by, &users, "/users");
    ask_query(by, "q", ask_param(by, "id"));
}

static void in_the_middle(struct bff_ask *by)
{
    ask_get(by, &users, "/users");
    ask_segment(by, ask_param(by, "id"));
    ask_segment(by, TEXT("orders"));
    ask_query(by, "a&b", ask_param(by, "id"));
    ask_query_number(by, "limit", 0);
    ask_query_number(by, "most", 4294967295u);
}

static void on_a_query(struct bff_ask *by)
{
    ask_get(by, &users, "/users?sort=name");
    ask_query(by, "id", ask_param(by, "id"));
}

static void a_target_is_encoded(void **state)
{
    static const struct {
        void (*function)(struct bff_ask *);
        const char *param, *want;
    } cases[] = {
        {by_segment, "42", "/users/42"},
        {by_segment, "a b/c?d#e%f", "/users/a%20b%2Fc%3Fd%23e%25f"},
        {by_segment, "...", "/users/..."},
        {by_segment, "..a", "/users/..a"},
        {by_segment, "gr\xc3\xb6\xc3\x9f", "/users/gr%C3%B6%C3%9F"},
        {by_query, "..", "/users?q=.."},
        {by_query, "", "/users?q="},
        {by_query, "a&b=c d+e", "/users?q=a%26b%3Dc%20d%2Be"},
        {in_the_middle, "7", "/users/7/orders?a%26b=7&limit=0&most=4294967295"},
        {on_a_query, "7", "/users?sort=name&id=7"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        run(cases[i].function, text_of(cases[i].param));
        assert_int_equal(ask.count, 1);
        assert_false(ask.calls[0].is_skipped);
        assert_ptr_equal(ask.calls[0].service, &users);
        assert_text(ask.calls[0].target, cases[i].want);
        assert_text(ask.calls[0].headers, HEADERS);
    }
}

static void what_is_unfit_is_not_asked_for(void **state)
{
    static char long_text[ASK_TEXT_MAX + 1];
    static const struct {
        const char *why;
        struct text text;
        bool spoils_segment, spoils_query;
    } cases[] = {
        {"absent", {NULL, 0}, true, true},
        {"empty", {"", 0}, true, false},
        {"here", {".", 1}, true, false},
        {"up", {"..", 2}, true, false},
        {"up, for who decodes once more", {"../a", 4}, true, false},
        {"up, for who decodes twice more", {"%2e%2e", 6}, true, false},
        {"up, for who takes \\ for /", {"a\\..", 4}, true, false},
        {"up, for who cuts at ;", {"..;a", 4}, true, false},
        {"a control byte", {"a\x1f", 2}, true, true},
        {"a NUL", {"a\0b", 3}, true, true},
        {"DEL", {"\x7f", 1}, true, true},
        {"a line's end", {"a\r\nb", 4}, true, true},
        {"not UTF-8", {"\xff", 1}, true, true},
        {"overlong", {"\xc0\xae", 2}, true, true},
        {"too long", {long_text, ASK_TEXT_MAX + 1}, true, true},
        {"just not too long", {long_text, ASK_TEXT_MAX}, false, false},
    };

    memset(long_text, 'x', sizeof(long_text));
    for (size_t i = 0; i < COUNT(cases); i++) {
        run(by_segment, cases[i].text);
        if (ask.calls[0].is_skipped != cases[i].spoils_segment)
            fail_msg("segment: %s", cases[i].why);
        run(by_query, cases[i].text);
        if (ask.calls[0].is_skipped != cases[i].spoils_query)
            fail_msg("query: %s", cases[i].why);
    }
}

static void three_of_them(struct bff_ask *by)
{
    by_segment(by);
    ask_get(by, &users, "/users");
    ask_segment(by, (struct text){0});
    ask_segment(by, TEXT("behind"));
    by_query(by);
}

static void a_list_is_described_call_by_call(void **state)
{
    run_with(&(struct bff_part){.many = 3}, three_of_them, TEXT("7"));
    assert_int_equal(ask.count, 3);
    assert_false(ask.is_too_many);
    assert_text(ask.calls[0].target, "/users/7");
    assert_true(ask.calls[1].is_skipped);
    assert_text(ask.calls[2].target, "/users?q=7");
    assert_false(ask.calls[2].is_skipped);
}

static void more_than_the_row_allows_are_too_many(void **state)
{
    run_with(&(struct bff_part){.many = 2}, three_of_them, TEXT("7"));
    assert_true(ask.is_too_many);
    assert_int_equal(ask.count, 2);

    run(three_of_them, TEXT("7"));
    assert_true(ask.is_too_many);
    assert_int_equal(ask.count, 1);
}

static void very_many(struct bff_ask *by)
{
    char id[16];

    for (int i = 0; i < BFF_MANY_MAX; i++) {
        snprintf(id, sizeof(id), "p%d", i);
        ask_get(by, &users, "/users");
        ask_segment(by, text_of(id));
    }
}

static void targets_stay_where_they_are(void **state)
{
    char want[32];

    run_with(&(struct bff_part){.many = BFF_MANY_MAX}, very_many, TEXT("7"));
    assert_int_equal(ask.count, BFF_MANY_MAX);
    for (int i = 0; i < BFF_MANY_MAX; i++) {
        snprintf(want, sizeof(want), "/users/p%d", i);
        assert_text(ask.calls[i].target, want);
    }
}

static void pass_cookie(struct bff_ask *by)
{
    by_segment(by);
    ask_pass_header(by, "Cookie");
    ask_pass_header(by, "authorization");
}

static void a_header_is_passed_on_as_one_line(void **state)
{
    static const struct {
        struct text cookie;
        const char *want;
    } cases[] = {
        {{"theme=dark", 10}, HEADERS "cookie: theme=dark\r\n"},
        {{"", 0}, HEADERS "cookie: \r\n"},
        {{NULL, 0}, HEADERS},
        {{"a\r\nx-user-id: 1", 15}, HEADERS},
        {{"a\nb", 3}, HEADERS},
        {{"a\rb", 3}, HEADERS},
        {{"a\0b", 3}, HEADERS},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        cookie = cases[i].cookie;
        run(pass_cookie, TEXT("7"));
        assert_text(ask.calls[0].headers, cases[i].want);
    }
}

static struct text texts[5];

static void read_texts(struct bff_ask *by)
{
    static const char *const values[] = {"\"a\\u0062\"", "9007199254740993", "true", "null", "[1]"};

    for (size_t i = 0; i < COUNT(values); i++)
        texts[i] = ask_text(by, json_of(text_of(values[i])));
}

static void text_is_made_of_strings_and_numbers(void **state)
{
    run(read_texts, TEXT("7"));
    assert_text(texts[0], "ab");
    assert_text(texts[1], "9007199254740993");
    for (size_t i = 2; i < COUNT(texts); i++)
        assert_null(texts[i].at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_is_encoded),
        cmocka_unit_test(what_is_unfit_is_not_asked_for),
        cmocka_unit_test(a_list_is_described_call_by_call),
        cmocka_unit_test(more_than_the_row_allows_are_too_many),
        cmocka_unit_test(targets_stay_where_they_are),
        cmocka_unit_test(a_header_is_passed_on_as_one_line),
        cmocka_unit_test(text_is_made_of_strings_and_numbers),
    };

    return cmocka_run_group_tests(tests, make_pool, free_pool);
}
