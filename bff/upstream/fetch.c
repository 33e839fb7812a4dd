/* See fetch.h. */
#include <string.h>

#include "bff/upstream/fetch.h"

/* The size of the first buffer for a body of unknown length. */
#define BUFFER_BYTES ((size_t)4 * 1024)

static int refuse(enum reason reason, enum reason *why)
{
    *why = reason;
    return -1;
}

/*
 * Prepares the body of a coded answer. Its length is that of the coded bytes, so it says nothing
 * about the value. Some servers name a coding for an answer without a body.
 */
static int begin_coded(struct fetch *fetch, const struct exchange_head *head, enum reason *why)
{
    if (head->coding == CODING_UNKNOWN)
        return refuse(REASON_BAD_HTTP, why);
    if (head->framing == EXCHANGE_NO_BODY)
        return 0;
    fetch->decode = coding_decode_new(head->coding);
    fetch->value = value_new(BUFFER_BYTES);
    return 0;
}

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct fetch *fetch = cookie;

    fetch->status = head->status;
    if (fetch->ask->head != NULL)
        fetch->ask->head(fetch->ask->head_cookie, head);
    if (!fetch->ask->takes_failures && (head->status < 200 || head->status > 299))
        return refuse(REASON_STATUS, why);
    if (head->framing == EXCHANGE_LENGTH && head->length > fetch->ask->body_limit)
        return refuse(REASON_TOO_LARGE, why);
    if (head->coding != CODING_IDENTITY)
        return begin_coded(fetch, head, why);
    if (head->framing == EXCHANGE_LENGTH)
        fetch->length = (size_t)head->length;
    bool is_empty = head->framing == EXCHANGE_LENGTH && head->length == 0;
    if (head->framing != EXCHANGE_NO_BODY && !is_empty)
        fetch->value = value_new(fetch->length > 0 ? fetch->length : BUFFER_BYTES);
    return 0;
}

static char *room(void *cookie, size_t *len)
{
    const struct fetch *fetch = cookie;

    *len = 0;
    if (fetch->decode != NULL)
        return NULL;
    return value_room(fetch->value, len);
}

static int add(struct fetch *fetch, const char *bytes, size_t len, enum reason *why)
{
    if (len > fetch->ask->body_limit - fetch->value->text.len)
        return refuse(REASON_TOO_LARGE, why);
    fetch->value = value_add(fetch->value, bytes, len);
    struct text text = fetch->value->text;
    if (text.len == fetch->length || fetch->ask->takes_any)
        return 0; /* the fetch ends at once, and the end scans the rest in one pass */
    if (json_scan_more(&fetch->scan, text.at, text.len) != 0)
        return refuse(REASON_BAD_JSON, why);
    return 0;
}

/* The decoded bytes of one read, and why they are refused. */
struct decoded {
    struct fetch *fetch;
    enum reason *why;
};

static int on_decoded(void *cookie, struct text bytes)
{
    const struct decoded *decoded = cookie;

    return add(decoded->fetch, bytes.at, bytes.len, decoded->why);
}

static int add_coded(struct fetch *fetch, struct text bytes, enum reason *why)
{
    struct decoded decoded = {fetch, why};

    switch (coding_decode_add(fetch->decode, bytes, on_decoded, &decoded)) {
    case CODING_DECODE_GOOD:
        return 0;
    case CODING_DECODE_BAD:
        return refuse(REASON_BAD_HTTP, why);
    case CODING_DECODE_BOMB:
        return refuse(REASON_TOO_LARGE, why);
    case CODING_DECODE_REFUSED:
        break;
    }
    return -1;
}

static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct fetch *fetch = cookie;

    if (fetch->decode != NULL)
        return add_coded(fetch, (struct text){bytes, len}, why);
    return add(fetch, bytes, len, why);
}

static enum reason verdict(struct fetch *fetch, enum reason reason)
{
    if (reason == REASON_NONE && fetch->decode != NULL &&
        coding_decode_end(fetch->decode) != CODING_DECODE_GOOD)
        reason = REASON_BAD_HTTP;
    if (reason != REASON_NONE || fetch->value == NULL || fetch->value->text.len == 0 ||
        fetch->ask->takes_any)
        return reason;
    if (json_scan_end(&fetch->scan, fetch->value->text.at, fetch->value->text.len) != 0)
        return REASON_BAD_JSON;
    value_take_slices(fetch->value, &fetch->scan);
    return REASON_NONE;
}

static void drop_value(struct fetch *fetch)
{
    value_release(fetch->value);
    fetch->value = NULL;
}

static void drop_decode(struct fetch *fetch)
{
    coding_decode_free(fetch->decode);
    fetch->decode = NULL;
}

static void on_end(void *cookie, enum reason reason)
{
    struct fetch *fetch = cookie;

    fetch->reason = verdict(fetch, reason);
    drop_decode(fetch);
    fetch->retry_after_s = fetch->call.retry_after_s;
    fetch->has_left = fetch->call.has_left;
    if (fetch->reason != REASON_NONE || (fetch->value != NULL && fetch->value->text.len == 0))
        drop_value(fetch);
    fetch->done(fetch, fetch->cookie);
}

static const struct exchange_sink sink = {
    .head = on_head, .room = room, .body = on_body, .end = on_end};

void fetch_settle(struct fetch *fetch, const struct fetch_ask *ask,
                  const struct fetch_outcome *outcome)
{
    *fetch = (struct fetch){
        .reason = outcome->reason,
        .status = outcome->status,
        .retry_after_s = outcome->retry_after_s,
        .value = outcome->value == NULL ? NULL : value_hold(outcome->value),
        .ask = ask,
        .call_ask = {.service = ask->service},
    };
}

void fetch_start(struct fetch *fetch, struct upstream *upstream, const struct fetch_ask *ask,
                 fetch_done done, void *cookie)
{
    bool is_get = ask->method.at == NULL;

    fetch->reason = REASON_NONE;
    fetch->status = 0;
    fetch->retry_after_s = 0;
    fetch->has_left = false;
    fetch->value = NULL;
    fetch->length = 0;
    fetch->decode = NULL;
    fetch->call.is_running = false;
    fetch->ask = ask;
    fetch->done = done;
    fetch->cookie = cookie;
    fetch->call_ask = (struct call_ask){
        .service = ask->service,
        .key = ask->key,
        .method = is_get ? TEXT("GET") : ask->method,
        .target = ask->target,
        .headers = ask->headers,
        .caller = ask->caller,
        .body = ask->body,
        .traceparent = ask->traceparent,
        .until_ns = ask->until_ns,
        .breaker = ask->breaker,
        .may_repeat = is_get,
        .at_most_once = ask->at_most_once,
        .hedge = ask->hedge,
    };
    json_scan_init(&fetch->scan, ask->depth_limit, ask->keep_slices);
    call_start(&fetch->call, upstream, &fetch->call_ask, &sink, fetch);
}

static void release(struct fetch *fetch, enum call_cancel why)
{
    if (fetch->ask == NULL)
        return;
    if (call_is_running(&fetch->call)) {
        call_cancel(&fetch->call, why);
        fetch->has_left = fetch->call.has_left;
    }
    json_scan_free(&fetch->scan);
    drop_decode(fetch);
    drop_value(fetch);
    fetch->ask = NULL;
}

void fetch_release(struct fetch *fetch) { release(fetch, CALL_NOT_NEEDED); }

void fetch_time_over(struct fetch *fetch) { release(fetch, CALL_TIME_OVER); }
