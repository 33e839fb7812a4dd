/* Tests of the rows of a recording: which row comes first, and that nothing is lost by a print and
 * a read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/json/json.h"
#include "fixtures/mock_recording_rows.h"

static struct pool *pool;

static void add(struct mock_recording_rows *rows, const char *target, int status, uint32_t delay_ms)
{
    struct mock_recorded recorded = {
        .service = TEXT("reviews"),
        .method = TEXT("GET"),
        .target = text_of(target),
        .status = status,
        .delay_ms = delay_ms,
        .body = TEXT("{}"),
    };

    assert_int_equal(mock_recording_rows_add(rows, &recorded, pool), 0);
}

static void assert_print(const struct mock_recording_rows *rows, const char *want)
{
    struct text_builder out = {0};

    mock_recording_rows_print(rows, &out);
    text_builder_add(&out, (struct text){"", 1});
    assert_string_equal(out.at, want);
    text_builder_free(&out);
}

#define BEGIN "{\"about\":\"recorded from real services\",\"templates\":false,\"answers\":["
#define ROW(target, status, delay)                                                                 \
    "\n{\"service\":\"reviews\",\"method\":\"GET\",\"target\":\"" target "\",\"status\":" status   \
    ",\"delay\":\"" delay "\",\"body\":{}}"

/* ${want}: "/a 200, /b 404" */
static void assert_order(const struct mock_recording_rows *rows, const char *want)
{
    struct text_builder out = {0}, order = {0};

    mock_recording_rows_print(rows, &out);
    json_each (row, json_get(json_of(text_builder_text(&out)), "answers")) {
        struct text target = json_text(json_get(row, "target"), pool);
        text_builder_add(&order, pool_print(pool, "%s%.*s %.*s", order.len == 0 ? "" : ", ",
                                            TEXT_ARGS(target),
                                            TEXT_ARGS(json_raw(json_get(row, "status")))));
    }
    text_builder_add(&order, (struct text){"", 1});
    assert_string_equal(order.at, want);
    text_builder_free(&out);
    text_builder_free(&order);
}

static void the_last_status_and_more_parameters_come_first(void **state)
{
    struct mock_recording_rows rows = {0};

    assert_print(&rows, BEGIN "\n]}\n");
    add(&rows, "/a", 200, 1);
    add(&rows, "/b", 200, 1);
    add(&rows, "/a?b", 200, 1);
    add(&rows, "/a", 404, 1);
    add(&rows, "/a?b", 404, 1);
    assert_order(&rows, "/a?b 404, /a?b 200, /a 404, /a 200, /b 200");
    add(&rows, "/a", 200, 1);
    add(&rows, "/c?d&e", 200, 1);
    assert_order(&rows, "/c?d&e 200, /a?b 404, /a?b 200, /a 200, /a 404, /b 200");
    mock_recording_rows_free(&rows);
}

static void the_delay_is_the_median_of_the_last_ones(void **state)
{
    struct mock_recording_rows rows = {0};

    for (uint32_t ms = 1000; ms < 1000 + 2 * MOCK_RECORDING_DELAYS; ms++)
        add(&rows, "/a", 200, ms);
    assert_print(&rows, BEGIN ROW("/a", "200", "1046ms") "\n]}\n");
    add(&rows, "/b", 200, 7);
    add(&rows, "/b", 200, 900);
    add(&rows, "/b", 200, 30);
    assert_print(&rows, BEGIN ROW("/a", "200", "1046ms") "," ROW("/b", "200", "30ms") "\n]}\n");
    mock_recording_rows_free(&rows);
}

static void a_print_that_is_read_gives_the_same(void **state)
{
    static const char text[] = BEGIN
        "\n{\"service\":\"reviews\",\"method\":\"GET\",\"target\":\"/"
        "a\\\"\",\"status\":200,\"delay\":"
        "\"12ms\",\"headers\":{\"location\":\"/b\"},\"body\":[1.50,\"{}\"]}," ROW(
            "/a", "404", "0ms") "," ROW("/a", "200", "3ms") "," ROW("/b", "200", "1ms") "\n]}\n";
    struct mock_recording_rows rows = {0};

    assert_null(mock_recording_rows_read(&rows, TEXT(text), pool));
    assert_int_equal(rows.count, 4);
    assert_print(&rows, text);
    mock_recording_rows_free(&rows);
}

static void there_is_not_room_for_everything(void **state)
{
    struct mock_recording_rows rows = {0};
    struct mock_recorded recorded = {TEXT("a"), TEXT("GET"), TEXT("/a"), .status = 200};
    size_t len = MOCK_RECORDING_BYTES_MAX / 2;
    char *bytes = pool_zero(pool, len);

    recorded.body = (struct text){memset(bytes, '1', len), len};
    assert_int_equal(mock_recording_rows_add(&rows, &recorded, pool), 0);
    assert_int_equal(mock_recording_rows_add(&rows, &recorded, pool), 0);
    recorded.status = 404;
    assert_int_equal(mock_recording_rows_add(&rows, &recorded, pool), -1);
    recorded.body = TEXT("1");
    for (int i = 0; i < MOCK_RECORDING_ROWS_MAX - 1; i++) {
        recorded.target = pool_print(pool, "/%d", i);
        assert_int_equal(mock_recording_rows_add(&rows, &recorded, pool), 0);
    }
    recorded.target = TEXT("/more");
    assert_int_equal(mock_recording_rows_add(&rows, &recorded, pool), -1);
    assert_int_equal(rows.count, MOCK_RECORDING_ROWS_MAX);
    mock_recording_rows_free(&rows);
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
        cmocka_unit_test(the_last_status_and_more_parameters_come_first),
        cmocka_unit_test(the_delay_is_the_median_of_the_last_ones),
        cmocka_unit_test(a_print_that_is_read_gives_the_same),
        cmocka_unit_test(there_is_not_room_for_everything),
    };

    return cmocka_run_group_tests(tests, make_pool, free_pool);
}
