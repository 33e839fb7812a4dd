/* See fetch.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/upstream/fetch.h"

/* The first room for a body of unknown length. */
#define BUFFER_BYTES ((size_t)4 * 1024)

/* What a request's pool gives without asking for memory of its own. */
#define POOLED_BYTES ((size_t)1000)

static int refuse(enum reason reason, enum reason *why)
{
    *why = reason;
    return -1;
}

static void make_room(struct fetch *fetch, size_t need)
{
    if (need <= fetch->capacity)
        return;
    size_t capacity = fetch->capacity * 2 > need ? fetch->capacity * 2 : need;
    fetch->buffer = memory_grow(fetch->buffer, capacity);
    fetch->capacity = capacity;
}

/* Room for all of a body of known length. */
static void make_whole_room(struct fetch *fetch, size_t length)
{
    fetch->length = length;
    fetch->is_in_pool = length > 0 && length <= POOLED_BYTES;
    if (!fetch->is_in_pool) {
        make_room(fetch, length);
        return;
    }
    fetch->buffer = pool_take(fetch->ask->pool, length);
    fetch->capacity = length;
}

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct fetch *fetch = cookie;

    fetch->status = head->status;
    if (head->status < 200 || head->status > 299)
        return refuse(REASON_STATUS, why);
    if (head->is_coded)
        return refuse(REASON_BAD_HTTP, why);
    if (head->framing == EXCHANGE_LENGTH && head->length > fetch->ask->body_limit)
        return refuse(REASON_TOO_LARGE, why);
    if (head->framing == EXCHANGE_LENGTH)
        make_whole_room(fetch, (size_t)head->length);
    else if (head->framing != EXCHANGE_NO_BODY)
        make_room(fetch, BUFFER_BYTES);
    return 0;
}

static char *room(void *cookie, size_t *len)
{
    struct fetch *fetch = cookie;

    *len = fetch->capacity - fetch->body.len;
    return *len == 0 ? NULL : fetch->buffer + fetch->body.len;
}

static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct fetch *fetch = cookie;

    if (len > fetch->ask->body_limit - fetch->body.len)
        return refuse(REASON_TOO_LARGE, why);
    make_room(fetch, fetch->body.len + len);
    if (bytes != fetch->buffer + fetch->body.len)
        memcpy(fetch->buffer + fetch->body.len, bytes, len);
    fetch->body = (struct text){fetch->buffer, fetch->body.len + len};
    if (fetch->body.len == fetch->length)
        return 0; /* the verdict comes at once, and scans what is left in one go */
    if (json_scan_more(&fetch->scan, fetch->body.at, fetch->body.len) != 0)
        return refuse(REASON_BAD_JSON, why);
    return 0;
}

static enum reason verdict(struct fetch *fetch, enum reason reason)
{
    if (reason != REASON_NONE || fetch->body.len == 0)
        return reason;
    bool is_json = json_scan_end(&fetch->scan, fetch->body.at, fetch->body.len) == 0;
    return is_json ? REASON_NONE : REASON_BAD_JSON;
}

static void on_end(void *cookie, enum reason reason)
{
    struct fetch *fetch = cookie;

    fetch->reason = verdict(fetch, reason);
    fetch->done(fetch, fetch->cookie);
}

static const struct exchange_sink sink = {
    .head = on_head, .room = room, .body = on_body, .end = on_end};

void fetch_start(struct fetch *fetch, struct upstream *upstream, const struct fetch_ask *ask,
                 fetch_done done, void *cookie)
{
    must(fetch->ask == NULL);
    fetch->ask = ask;
    fetch->done = done;
    fetch->cookie = cookie;
    fetch->call_ask = (struct call_ask){
        .service = ask->service,
        .method = TEXT("GET"),
        .target = ask->target,
        .headers = ask->headers,
        .traceparent = ask->traceparent,
        .until_ns = ask->until_ns,
        .may_repeat = true,
    };
    json_scan_init(&fetch->scan, ask->depth_limit, ask->keep_slices);
    call_start(&fetch->call, upstream, &fetch->call_ask, &sink, fetch);
}

void fetch_release(struct fetch *fetch)
{
    if (fetch->ask == NULL)
        return;
    call_cancel(&fetch->call);
    json_scan_free(&fetch->scan);
    if (!fetch->is_in_pool)
        memory_free(fetch->buffer);
    fetch->buffer = NULL;
    fetch->body = (struct text){0};
    fetch->ask = NULL;
}
