/*
 * Reads any bytes as the field baggage of a client, as the answer of a collector, and as texts of a
 * span. The first byte says as which of them.
 */
#include "bff/http/baggage.h"
#include "bff/observe/protobuf.h"
#include "bff/observe/span_encode.h"
#include "bff/observe/span_export_answer.h"

#include "tests/fuzz/chance.h"

static const struct text allowed[] = {{"tenant", 6}, {"a", 1}};
static const size_t allowed_count = sizeof(allowed) / sizeof(allowed[0]);

/* Each member of the result has an allowed key and visible bytes, and what was filtered once does
 * not change any more. */
static void check_baggage(struct text list, struct pool *pool)
{
    struct text got = baggage_filter(pool, list, allowed, allowed_count), rest = got;
    size_t members = 0;

    must(got.len <= list.len);
    while (rest.at != NULL) {
        struct text member = text_cut(&rest, ','), key = text_trim(text_cut(&member, '='));
        must(text_equal(key, allowed[0]) || text_equal(key, allowed[1]));
        members++;
    }
    must(members <= BAGGAGE_MEMBERS);
    for (size_t i = 0; i < got.len; i++)
        must(got.at[i] == '\t' || (got.at[i] >= ' ' && got.at[i] <= '~'));
    must(text_equal(baggage_filter(pool, got, allowed, allowed_count), got));
}

static void check_answer(struct text body)
{
    struct span_export_refusal refusal = span_export_answer_read(body);

    must(refusal.why.at == NULL ||
         (refusal.why.at >= body.at && refusal.why.at + refusal.why.len <= body.at + body.len));
}

/* Reads all fields of ${message}. Returns how many it has. Its strings are UTF-8. */
static size_t fields_of(struct text message, unsigned string)
{
    struct protobuf_field field;
    size_t count = 0;

    while (protobuf_next(&message, &field)) {
        must(field.field != string || text_is_utf8(field.bytes));
        count++;
    }
    must(message.len == 0);
    return count;
}

static void check_span(struct text text)
{
    struct text rest = text, path = text_cut(&rest, '\n');
    struct span span = {
        .kind = SPAN_SERVER,
        .traceparent = TEXT("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        .name = path,
    };
    struct text_builder out = {0};
    struct protobuf_field field;

    span_add_text(&span, TEXT("url.path"), path);
    span_add_text(&span, TEXT("user_agent.original"), rest);
    span_encode(&out, &span, 0);
    struct text bytes = text_builder_text(&out);
    must(protobuf_next(&bytes, &field) && bytes.len == 0);
    must(fields_of(field.bytes, 5) == 7 + span.attribute_count);
    text_builder_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct pool *pool = pool_new();
    struct text rest = {(const char *)data + 1, size - 1};
    if (data[0] == 'b')
        check_baggage(rest, pool);
    if (data[0] == 'a')
        check_answer(rest);
    if (data[0] == 's')
        check_span(rest);
    pool_free(pool);
    return 0;
}
