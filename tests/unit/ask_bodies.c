/* Tests of calls that change data: what ask functions describe, and the mistakes at start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/compose/ask.h"
#include "bff/compose/plan_make.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define HEADERS "accept: application/json\r\n"

static const struct bff_service orders = {.name = "orders"};

/* The stage: a page whose only part has the function ${describe}. */
static void (*describe)(struct bff_ask *ask);
static struct pool *pool;
static struct bff_ask ask;
static struct ask_room room;
static char error[512];

static void run_describe(struct bff_ask *by) { describe(by); }
static struct json no_value(void *unused, int part) { return (struct json){0}; }

static const struct bff_body rows[] = {
    {.path = "name", .kind = BFF_BODY_TEXT},
    {.path = "note", .kind = BFF_BODY_TEXT, .is_optional = true},
    {.path = "items", .kind = BFF_BODY_LIST, .is_optional = true},
};

static const struct plan *plan_of(const char *route, void (*function)(struct bff_ask *))
{
    static const struct bff_part parts[] = {{.name = "a", .ask = run_describe, .kind = BFF_ANY}};
    struct bff_composite *page = pool_zero(pool, sizeof(*page));

    *page = (struct bff_composite){.route = route, .access = BFF_PUBLIC, .parts = BFF_TABLE(parts)};
    if (strncmp(route, "GET", 3) != 0)
        page->body = (struct bff_bodies)BFF_TABLE(rows);
    describe = function;
    error[0] = '\0';
    return plan_make(pool, page, error, sizeof(error));
}

/* The call that ${function} describes for a request with the body ${input}, when the rehearsal saw
 * ${rehearsed}. */
static const struct ask_call *call_of(void (*rehearsed)(struct bff_ask *),
                                      void (*function)(struct bff_ask *), const char *input)
{
    static const struct text params[] = {{"7", 1}};
    const struct plan *plan = plan_of("POST /p/:id", rehearsed);

    assert_string_equal(error, "");
    describe = function;
    room = (struct ask_room){0};
    ask = (struct bff_ask){.plan = plan,
                           .pool = pool,
                           .params = params,
                           .headers = TEXT(HEADERS),
                           .input = json_of(text_of(input)),
                           .value = no_value,
                           .room = &room};
    ask_run(&ask);
    assert_int_equal(ask.count, 1);
    return &ask.calls[0];
}

static void begin(struct bff_ask *by)
{
    ask_post(by, &orders, "/orders");
    ask_segment(by, ask_param(by, "id"));
}

static void no_body(struct bff_ask *by) { begin(by); }
static void by_put(struct bff_ask *by) { ask_put(by, &orders, "/orders"); }
static void by_patch(struct bff_ask *by) { ask_patch(by, &orders, "/orders"); }
static void by_delete(struct bff_ask *by) { ask_delete(by, &orders, "/orders"); }

static void whole(struct bff_ask *by)
{
    begin(by);
    ask_body(by, ask_input(by, ""));
}

static void each_kind(struct bff_ask *by)
{
    begin(by);
    ask_body_text(by, "id", ask_param(by, "id"));
    ask_body_text(by, "a\"b", ask_text(by, ask_input(by, "name")));
    ask_body_number(by, "least", INT64_MIN);
    ask_body_bool(by, "isGift", true);
    ask_body_member(by, "items", ask_input(by, "items"));
}

static void nested(struct bff_ask *by)
{
    begin(by);
    ask_body_begin_list(by, "lists");
    ask_body_number(by, NULL, 1);
    ask_body_begin_list(by, NULL);
    ask_body_end(by);
    json_each (item, ask_input(by, "items")) {
        ask_body_begin(by, NULL);
        ask_body_member(by, "of", item);
        ask_body_bool(by, "b", false);
        ask_body_end(by);
    }
    ask_body_end(by);
    ask_body_begin(by, "empty");
    ask_body_end(by);
    ask_body_text(by, "last", TEXT(""));
}

static void with_note(struct bff_ask *by)
{
    begin(by);
    ask_body_text(by, "note", ask_text(by, ask_input(by, "note")));
}

static void with_items(struct bff_ask *by)
{
    begin(by);
    ask_body_member(by, "items", ask_input(by, "items"));
}

static void bad_utf8(struct bff_ask *by)
{
    begin(by);
    ask_body_text(by, "a", TEXT("\xff"));
}

#define INPUT "{\"name\":\"\\u0041\\n\",\"items\":[ 1.10 , {\"x\":[]}]}"

static void a_body_is_exact_json(void **state)
{
    static const struct {
        void (*function)(struct bff_ask *);
        const char *method, *body, *lines;
    } cases[] = {
        {no_body, "POST", NULL, HEADERS "content-length: 0\r\n"},
        {by_put, "PUT", NULL, HEADERS "content-length: 0\r\n"},
        {by_patch, "PATCH", NULL, HEADERS "content-length: 0\r\n"},
        {by_delete, "DELETE", NULL, HEADERS},
        {whole, "POST", INPUT, HEADERS "content-type: application/json\r\ncontent-length: 46\r\n"},
        {each_kind, "POST",
         "{\"id\":\"7\",\"a\\\"b\":\"A\\n\",\"least\":-9223372036854775808,\"isGift\":true,"
         "\"items\":[ 1.10 , {\"x\":[]}]}",
         NULL},
        {nested, "POST",
         "{\"lists\":[1,[],{\"of\":1.10,\"b\":false},{\"of\":{\"x\":[]},\"b\":false}],"
         "\"empty\":{},\"last\":\"\"}",
         NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct ask_call *call = call_of(cases[i].function, cases[i].function, INPUT);
        assert_false(call->is_skipped);
        assert_true(text_is(call->method, cases[i].method));
        if (cases[i].body == NULL)
            assert_null(call->body.at);
        else if (!text_is(call->body, cases[i].body))
            fail_msg("%.*s is not %s", TEXT_ARGS(call->body), cases[i].body);
        if (cases[i].lines != NULL && !text_is(call->headers, cases[i].lines))
            fail_msg("%.*s is not %s", TEXT_ARGS(call->headers), cases[i].lines);
    }
}

static void what_is_absent_is_not_sent(void **state)
{
    static const struct {
        void (*function)(struct bff_ask *);
        const char *input;
    } cases[] = {
        {with_note, "{}"},
        {with_note, "{\"note\":null}"},
        {with_items, "{}"},
        {whole, NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_true(call_of(cases[i].function, cases[i].function, cases[i].input)->is_skipped);
    assert_false(call_of(with_items, with_items, "{\"items\":null}")->is_skipped);
    assert_true(call_of(no_body, bad_utf8, "{}")->is_skipped);
}

static void by_get(struct bff_ask *by) { ask_get(by, &orders, "/orders"); }

/* It depends on data which the rehearsal does not have. */
static void never_closed(struct bff_ask *by)
{
    begin(by);
    ask_body_begin(by, "a");
}

static void closed_twice(struct bff_ask *by)
{
    begin(by);
    ask_body_begin(by, "a");
    ask_body_end(by);
    ask_body_end(by);
}

static void a_change_that_was_not_rehearsed_is_not_made(void **state)
{
    assert_false(call_of(by_get, by_get, "{}")->is_skipped);
    assert_true(call_of(by_get, no_body, "{}")->is_skipped);
    assert_true(call_of(no_body, never_closed, "{}")->is_skipped);
    assert_true(call_of(no_body, closed_twice, "{}")->is_skipped);
}

static void get_with_body(struct bff_ask *by)
{
    by_get(by);
    ask_body_bool(by, "a", true);
}

static void twice(struct bff_ask *by)
{
    whole(by);
    ask_body_bool(by, "a", true);
}

static void nameless(struct bff_ask *by)
{
    begin(by);
    ask_body_bool(by, NULL, true);
}

static void unknown_input(struct bff_ask *by)
{
    begin(by);
    ask_body_member(by, "a", ask_input(by, "nmae"));
}

static void no_json(struct bff_ask *by)
{
    begin(by);
    ask_body(by, json_of(TEXT("{a:1}")));
}

static void own_type(struct bff_ask *by)
{
    begin(by);
    ask_pass_header(by, "Content-Type");
}

static void pathless(struct bff_ask *by) { ask_put(by, &orders, "orders"); }

static void reads_input(struct bff_ask *by)
{
    by_get(by);
    ask_query(by, "q", ask_text(by, ask_input(by, "name")));
}

static void mistakes_are_found_at_start(void **state)
{
    static const struct {
        const char *route;
        void (*function)(struct bff_ask *);
        const char *want;
    } cases[] = {
        {"POST /p/:id", get_with_body, "ask_body_bool after ask_get: such a call has no body"},
        {"POST /p/:id", twice, "ask_body_bool after ask_body"},
        {"POST /p/:id", nameless,
         "ask_body_bool: a member of an object needs a name, and an item of a list has NULL"},
        {"POST /p/:id", never_closed, "ask_body_end is missing at the end of the body"},
        {"POST /p/:id", closed_twice, "ask_body_end without ask_body_begin"},
        {"POST /p/:id", unknown_input, "ask_input names \"nmae\", which no row of .body has"},
        {"POST /p/:id", no_json, "ask_body: that is not JSON"},
        {"POST /p/:id", own_type, "ask_pass_header cannot pass \"content-type\" on"},
        {"POST /p/:id", pathless, "ask_put needs a service, and a path that begins with '/'"},
        {"GET /p/:id", reads_input, "ask_input: only a POST, PUT, PATCH or DELETE has a body"},
        {"GET /p/:id", no_body,
         "it changes data, but .route is a GET: write POST, PUT, PATCH or DELETE"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text want = pool_print(pool, "%s: part \"a\": %s", cases[i].route, cases[i].want);
        assert_null(plan_of(cases[i].route, cases[i].function));
        assert_string_equal(error, want.at);
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_is_exact_json),
        cmocka_unit_test(what_is_absent_is_not_sent),
        cmocka_unit_test(a_change_that_was_not_rehearsed_is_not_made),
        cmocka_unit_test(mistakes_are_found_at_start),
    };

    return cmocka_run_group_tests(tests, make_pool, free_pool);
}
