/* Tests of spans: their bytes in protobuf, the queue and its bounds, and spans that wait for the
 * end of their request. tests/peers/traces.test.mjs has a decoder of others read the bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/base/traceparent.h"
#include "bff/observe/protobuf.h"
#include "bff/observe/span_encode.h"
#include "bff/observe/span_export_answer.h"
#include "bff/observe/span_pending.h"
#include "bff/observe/span_queue.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"

static struct span span_of(struct text name)
{
    return (struct span){
        .kind = SPAN_CLIENT,
        .traceparent = TEXT("00-" TRACE "-00f067aa0ba902b7-01"),
        .parent = TEXT("1122334455667788"),
        .name = name,
        .started_ns = 1,
        .ended_ns = 2,
    };
}

static void test_bytes(void **state)
{
    static const char want[] =
        "\x12\x53"
        "\x0a\x10\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6\xa3\xce\x92\x9d\x0e\x0e\x47\x36"
        "\x12\x08\x00\xf0\x67\xaa\x0b\xa9\x02\xb7"
        "\x22\x08\x11\x22\x33\x44\x55\x66\x77\x88"
        "\x2a\x03GET\x30\x03"
        "\x39\x65\0\0\0\0\0\0\0\x41\x66\0\0\0\0\0\0\0"
        "\x4a\x08\x0a\x01n\x12\x03\x18\xc8\x01"
        "\x7a\x02\x18\x02"
        "\x85\x01\x01\x01\0\0";
    struct span span = span_of(TEXT("GET"));
    struct text_builder out = {0};

    span_add_number(&span, TEXT("n"), 200);
    span.is_failed = true;
    span_encode(&out, &span, 100);
    assert_int_equal(out.len, sizeof(want) - 1);
    assert_memory_equal(out.at, want, out.len);
    text_builder_free(&out);
}

/* Lengths around those at which they need one byte more. */
static void test_lengths(void **state)
{
    static const size_t lengths[] = {0, 1, 127, 128, 129, 16383, 16384, 70000};
    char *bytes = calloc(1, 70000);

    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct text text = {bytes, lengths[i]}, rest;
        struct text_builder out = {0};
        struct protobuf_field outer, inner;
        size_t begun = protobuf_begin(&out, 16);
        protobuf_bytes(&out, 1, text);
        protobuf_end(&out, begun);
        protobuf_number(&out, 2, lengths[i]);
        rest = text_builder_text(&out);
        assert_true(protobuf_next(&rest, &outer) && outer.field == 16);
        assert_int_equal(outer.bytes.len, protobuf_head_bytes(1, lengths[i]) + lengths[i]);
        assert_true(protobuf_next(&outer.bytes, &inner) && inner.bytes.len == lengths[i]);
        assert_true(protobuf_next(&rest, &outer) && outer.number == lengths[i] && rest.len == 0);
        text_builder_free(&out);
    }
    free(bytes);
}

static void test_what_is_no_message(void **state)
{
    static const struct text cases[] = {
        {"\x0a", 1},
        {"\x0a\x02"
         "a",
         3},
        {"\x08\xff", 2},
        {"\x0b", 1},
        {"\x00", 1},
        {"\x0d\x01", 2},
        {"\x09\x01\x02", 3},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text rest = cases[i];
        struct protobuf_field field;
        assert_false(protobuf_next(&rest, &field));
    }
}

static void test_answers(void **state)
{
    static const struct text good = {"\x0a\x0c\x08\x03\x12\x08no names\x12\x00", 16};
    struct span_export_refusal refusal = span_export_answer_read(good);
    struct text cut = {good.at, 9};

    assert_int_equal(refusal.spans, 3);
    assert_true(text_is(refusal.why, "no names"));
    assert_int_equal(span_export_answer_read(cut).spans, 0);
    assert_int_equal(span_export_answer_read(TEXT("{}")).spans, 0);
    assert_int_equal(span_export_answer_read((struct text){0}).spans, 0);
}

static void test_queue(void **state)
{
    struct span_queue queue = {.most = 3, .most_bytes = 10000};
    struct text_builder out = {0};
    struct span span = span_of(TEXT("GET"));

    for (size_t i = 0; i < 5; i++)
        assert_true(span_queue_add(&queue, &span, 0) == (i < 3));
    size_t each = queue.bytes.len / 3;
    assert_int_equal(span_queue_take(&queue, &out, 2), 2);
    assert_int_equal(out.len, 2 * each);
    assert_true(span_queue_add(&queue, &span, 0));
    assert_int_equal(span_queue_take(&queue, &out, 10), 2);
    assert_int_equal(queue.bytes.len, 0);
    queue.most_bytes = each + 1;
    assert_true(span_queue_add(&queue, &span, 0));
    assert_false(span_queue_add(&queue, &span, 0));
    assert_int_equal(queue.bytes.len, each);
    span_queue_free(&queue);
    text_builder_free(&out);
}

/* Spans that wait. */

static char seen[64];

static void see(void *cookie, const struct span *span)
{
    size_t len = strlen(seen);

    assert_true(text_is(traceparent_trace(span->traceparent), TRACE));
    snprintf(seen + len, sizeof(seen) - len, "%.*s,", TEXT_ARGS(span->name));
}

static void add(struct span_pending *pending, struct text parent, const char *name)
{
    struct span span = span_of(text_of(name));
    char copy[16];

    memcpy(copy, parent.at, sizeof(copy)); /* the texts of a span do not live on */
    span.parent = (struct text){copy, sizeof(copy)};
    span_pending_add(pending, &span);
    memset(copy, 'x', sizeof(copy));
}

static const char *taken(struct span_pending *pending, struct text id)
{
    seen[0] = '\0';
    span_pending_take(pending, id, see, NULL);
    return seen;
}

static void test_waiting(void **state)
{
    struct span_pending *pending = span_pending_new();

    add(pending, TEXT("1122334455667788"), "a");
    add(pending, TEXT("1122334455667799"), "b"); /* of a part of the same request */
    add(pending, TEXT("1122334455667888"), "c");
    assert_string_equal(taken(pending, TEXT("1122334455667700")), "a,b,");
    assert_string_equal(taken(pending, TEXT("1122334455667700")), "");
    span_pending_take(pending, TEXT("1122334455667888"), NULL, NULL);
    assert_string_equal(taken(pending, TEXT("1122334455667888")), "");
    span_pending_free(pending);
}

static void test_the_oldest_goes(void **state)
{
    struct span_pending *pending = span_pending_new();
    char id[17];

    for (unsigned i = 0; i <= SPAN_PENDING_MAX; i++) {
        snprintf(id, sizeof(id), "%014x00", i);
        add(pending, text_of(id), "x");
    }
    assert_string_equal(taken(pending, TEXT("0000000000000000")), "");
    assert_string_equal(taken(pending, TEXT("0000000000000100")), "x,");
    assert_string_equal(taken(pending, text_of(id)), "x,");
    span_pending_free(pending);
}

static void test_a_copy_is_cut(void **state)
{
    struct span span = span_of(TEXT("GET")), copy;
    char room[100];

    span_add_text(&span, TEXT("a"), TEXT("0123456789"));
    span_add_text(&span, TEXT("b"), TEXT("0123456789012345678901234567890"));
    span_add_true(&span, TEXT("c"));
    span_copy(&copy, &span, room, sizeof(room)); /* 55 + 16 + 3 + 10 + 16 */
    assert_int_equal(copy.attribute_count, 3);
    assert_int_equal(copy.attributes[1].text.len, 16);
    span_copy(&copy, &span, room, 84);
    assert_int_equal(copy.attribute_count, 2);
    assert_true(text_is(copy.attributes[1].key, "c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_what_is_no_message),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_the_oldest_goes),
        cmocka_unit_test(test_a_copy_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
