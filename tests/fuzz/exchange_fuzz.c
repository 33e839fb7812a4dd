/*
 * Any bytes as a response: the exchange must not crash, deliver more than it was fed, or come to
 * another verdict when the bytes come in other pieces.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/upstream/exchange.h"

struct outcome {
    enum exchange_state state;
    int status;
    char *body;
    size_t len;
};

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct outcome *outcome = cookie;

    must(outcome->status == 0 && head->field_count <= EXCHANGE_FIELDS_MAX);
    outcome->status = head->status;
    return 0;
}

static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct outcome *outcome = cookie;

    must(len > 0 && outcome->status != 0);
    memcpy(outcome->body + outcome->len, bytes, len);
    outcome->len += len;
    return 0;
}

static const struct exchange_sink sink = {.head = on_head, .body = on_body};

static struct outcome run(const uint8_t *bytes, size_t len, size_t piece)
{
    struct outcome outcome = {.body = malloc(len + 1)};
    struct exchange exchange = {0};

    must(outcome.body != NULL);
    exchange_begin(&exchange, &sink, &outcome, (struct exchange_request){0});
    outcome.state = EXCHANGE_IN_HEAD;
    for (size_t at = 0; at < len; at += piece) {
        size_t take = len - at < piece ? len - at : piece;
        char *copy = malloc(take);
        must(copy != NULL);
        memcpy(copy, bytes + at, take);
        outcome.state = exchange_feed(&exchange, copy, take);
        free(copy);
        if (outcome.state == EXCHANGE_COMPLETE || outcome.state == EXCHANGE_FAILED)
            break;
    }
    if (outcome.state != EXCHANGE_COMPLETE && outcome.state != EXCHANGE_FAILED)
        outcome.state = exchange_feed_end(&exchange);
    exchange_dispose(&exchange);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct outcome whole = run(data + 1, size - 1, size - 1);
    struct outcome pieces = run(data + 1, size - 1, (size_t)data[0] % 31 + 1);

    must(whole.state == pieces.state);
    if (whole.state == EXCHANGE_COMPLETE) {
        must(whole.status == pieces.status && whole.len == pieces.len);
        must(memcmp(whole.body, pieces.body, whole.len) == 0);
    }
    free(whole.body);
    free(pieces.body);
    return 0;
}
