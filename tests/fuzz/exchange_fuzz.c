/*
 * Parses any bytes as a response, cut into pieces in many ways. The exchange must give the same
 * result, the same head and the same body as a simple reader that has all bytes at once. The first
 * byte of the input describes the request:
 *
 *     h  HEAD              b  GET, and the sink gives up in the body
 *     u  an upgrade        c  GET; the input is only a chunked body
 *     r  GET, and the sink refuses the head
 *     g  GET, and the body is read to the sink's own buffer; any other letter: GET
 */
#include <stdlib.h>
#include <string.h>

#include "bff/upstream/exchange.h"

#include "tests/fuzz/chance.h"
#include "tests/fuzz/response_reference.h"

#define TEXT_MOST 8192     /* below every limit on bytes */
#define EVERY_CUT_MOST 200 /* bytes */
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

struct sample {
    struct text text;
    char asked; /* the first byte */
    struct response want;
};

struct outcome {
    const struct sample *sample;
    size_t heads, len;
    char *body;
    bool is_given_up;
};

static void check_fields(const struct response *want, const struct exchange_head *head)
{
    must(head->field_count == want->field_count);
    for (size_t i = 0; i < head->field_count; i++)
        must(text_equal(head->fields[i].name, want->names[i]) &&
             text_equal(head->fields[i].value, want->values[i]));
}

static int give_up(struct outcome *outcome, enum reason *why)
{
    outcome->is_given_up = true;
    *why = REASON_STATUS;
    return -1;
}

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct outcome *outcome = cookie;

    must(outcome->heads++ == 0);
    must(head->status == outcome->sample->want.status);
    must(head->status >= 200 || (head->status == 101 && outcome->sample->asked == 'u'));
    check_fields(&outcome->sample->want, head);
    return outcome->sample->asked == 'r' ? give_up(outcome, why) : 0;
}

static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct outcome *outcome = cookie;

    must(len > 0 && outcome->heads == 1 && !outcome->is_given_up);
    must(len <= outcome->sample->text.len - outcome->len);
    if (bytes != outcome->body + outcome->len)
        memcpy(outcome->body + outcome->len, bytes, len);
    outcome->len += len;
    return outcome->sample->asked == 'b' ? give_up(outcome, why) : 0;
}

static char *room(void *cookie, size_t *len)
{
    struct outcome *outcome = cookie;

    *len = outcome->sample->text.len - outcome->len;
    return *len == 0 ? NULL : outcome->body + outcome->len;
}

static const struct exchange_sink sink = {.head = on_head, .body = on_body};
static const struct exchange_sink sink_with_room = {.head = on_head, .body = on_body, .room = room};

/* Feeds ${len} bytes from ${from}, or as many as have room in the sink. Returns how many. */
static size_t feed(struct exchange *exchange, const char *from, size_t len)
{
    enum exchange_state state = exchange->state;
    char *copy = chance_copy(from, len);
    size_t room_len;
    char *place = exchange_room(exchange, &room_len);

    must(exchange_feed(exchange, copy, 0) == state); /* nothing changes nothing */
    if (place != NULL) {
        must(room_len > 0);
        len = len < room_len ? len : room_len;
        memcpy(place, from, len);
    }
    exchange_feed(exchange, place != NULL ? place : copy, len);
    free(copy);
    return len;
}

static bool is_over(enum exchange_state state)
{
    return state == EXCHANGE_COMPLETE || state == EXCHANGE_FAILED;
}

static void check_end(const struct exchange *exchange, const struct outcome *outcome)
{
    const struct response *want = &outcome->sample->want;
    enum reason reason = want->end == RESPONSE_WHOLE ? REASON_NONE
                         : want->end == RESPONSE_CUT ? REASON_RESET
                                                     : REASON_BAD_HTTP;

    must((exchange->state == EXCHANGE_COMPLETE) == (want->end == RESPONSE_WHOLE));
    must(exchange->reason == (outcome->is_given_up ? REASON_STATUS : reason));
    must((outcome->heads > 0) == (want->status != 0));
    must(outcome->len <= want->body_len && memcmp(outcome->body, want->body, outcome->len) == 0);
    must(outcome->is_given_up || outcome->len == want->body_len);
}

static void check_cuts(void *cookie, const struct cuts *cuts)
{
    const struct sample *sample = cookie;
    struct outcome outcome = {.sample = sample, .body = malloc(cuts->len + 1)};
    struct exchange exchange = {0};
    size_t at = 0;

    must(outcome.body != NULL);
    exchange_begin(&exchange, sample->asked == 'g' ? &sink_with_room : &sink, &outcome,
                   (struct exchange_request){.is_head = sample->asked == 'h',
                                             .wants_upgrade = sample->asked == 'u'});
    while (at < cuts->len && !is_over(exchange.state))
        at += feed(&exchange, sample->text.at + at, cuts_piece(cuts, at));
    /* Bytes behind the end are only seen when they come with it. */
    if (exchange.state == EXCHANGE_COMPLETE && at == cuts->len)
        must(exchange.is_persistent == sample->want.is_persistent);
    if (!is_over(exchange.state))
        exchange_feed_end(&exchange);
    check_end(&exchange, &outcome);
    exchange_dispose(&exchange);
    exchange_dispose(&exchange);
    free(outcome.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > TEXT_MOST)
        return 0;
    bool is_chunked = data[0] == 'c';
    size_t before = is_chunked ? sizeof(CHUNKED) - 1 : 0, len = before + size - 1;
    char *bytes = malloc(len);
    struct sample sample = {.text = {bytes, len}, .asked = (char)data[0]};

    must(bytes != NULL);
    memcpy(bytes, CHUNKED, before);
    memcpy(bytes + before, data + 1, size - 1);
    sample.want.is_head = sample.asked == 'h';
    sample.want.wants_upgrade = sample.asked == 'u';
    sample.want.body = chance_copy(bytes, len);
    response_read(&sample.want, sample.text);
    cuts_each(len, EVERY_CUT_MOST, chance_of(bytes, len), check_cuts, &sample);
    free(sample.want.body);
    free(bytes);
    return 0;
}
