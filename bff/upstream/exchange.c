/* See exchange.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/upstream/exchange.h"
#include "bff/upstream/exchange_framing.h"

/* libh2o exports the functions of picohttpparser, but has no header for them. */
int phr_parse_headers(const char *buf, size_t len, struct exchange_field *headers,
                      size_t *num_headers, size_t last_len);

static enum exchange_state fail(struct exchange *exchange, enum reason reason)
{
    if (exchange->reason == REASON_NONE)
        exchange->reason = reason;
    return exchange->state = EXCHANGE_FAILED;
}

void exchange_begin(struct exchange *exchange, const struct exchange_sink *sink, void *cookie,
                    struct exchange_request request)
{
    must(exchange->kept == NULL);
    *exchange = (struct exchange){
        .sink = sink,
        .cookie = cookie,
        .request = request,
    };
}

void exchange_hand_over(struct exchange *exchange, const struct exchange_sink *sink, void *cookie)
{
    exchange->sink = sink;
    exchange->cookie = cookie;
}

static void drop_kept(struct exchange *exchange)
{
    memory_free(exchange->kept);
    exchange->kept = NULL;
    exchange->kept_len = exchange->kept_capacity = 0;
}

void exchange_dispose(struct exchange *exchange) { drop_kept(exchange); }

static void deliver(struct exchange *exchange, const char *bytes, size_t len)
{
    if (len == 0 || exchange->reason != REASON_NONE)
        return;
    enum reason why = REASON_BAD_HTTP;
    if (exchange->sink->body(exchange->cookie, bytes, len, &why) != 0)
        exchange->reason = why;
}

/* ${bytes_behind} is the number of bytes that came after the response. If there are any, the
 * connection is not reused. */
static enum exchange_state complete(struct exchange *exchange, size_t bytes_behind)
{
    if (bytes_behind > 0)
        exchange->is_persistent = false;
    return exchange->state = EXCHANGE_COMPLETE;
}

static enum exchange_state feed_length(struct exchange *exchange, const char *bytes, size_t len)
{
    size_t take = len < exchange->left ? len : (size_t)exchange->left;

    deliver(exchange, bytes, take);
    exchange->left -= take;
    return exchange->left == 0 ? complete(exchange, len - take) : exchange->state;
}

static enum exchange_state feed_chunked(struct exchange *exchange, const char *bytes, size_t len)
{
    struct text rest = {bytes, len}, piece;

    exchange->chunks.is_lenient = true;
    for (;;) {
        switch (chunks_next(&exchange->chunks, &rest, &piece)) {
        case CHUNKS_PIECE:
            deliver(exchange, piece.at, piece.len);
            break;
        case CHUNKS_MORE:
            return exchange->state;
        case CHUNKS_END:
            return complete(exchange, rest.len);
        case CHUNKS_BAD:
            return fail(exchange, REASON_BAD_HTTP);
        }
    }
}

static enum exchange_state feed_body(struct exchange *exchange, const char *bytes, size_t len)
{
    switch (exchange->framing) {
    case EXCHANGE_NO_BODY:
        return complete(exchange, len);
    case EXCHANGE_LENGTH:
        return feed_length(exchange, bytes, len);
    case EXCHANGE_CHUNKED:
        return feed_chunked(exchange, bytes, len);
    case EXCHANGE_UNTIL_CLOSE:
        break;
    }
    deliver(exchange, bytes, len);
    return exchange->state;
}

/* A final head has been parsed, and the body begins. */
static void begin_body(struct exchange *exchange, const struct exchange_head *head)
{
    enum reason why = REASON_BAD_HTTP;

    exchange->state = EXCHANGE_IN_BODY;
    exchange->framing = head->framing;
    exchange->is_persistent = head->is_persistent && head->framing != EXCHANGE_UNTIL_CLOSE;
    exchange->left = head->length;
    if (exchange->sink->head(exchange->cookie, head, &why) != 0)
        exchange->reason = why;
}

/* Visible, blank or not ASCII (RFC 9112 section 4). */
static bool is_phrase(struct text phrase)
{
    for (size_t i = 0; i < phrase.len; i++)
        if (((unsigned char)phrase.at[i] < 0x20 && phrase.at[i] != '\t') || phrase.at[i] == 0x7f)
            return false;
    return true;
}

/*
 * A status line is "HTTP/1.x NNN" and a phrase, which is ignored. Some servers send no phrase and
 * leave out the space before it, too. RFC 9112 section 4 forbids that, but we accept it. Returns
 * the length of the line, or -1.
 */
static ssize_t parse_status_line(const char *bytes, size_t len, struct exchange_head *head)
{
    static const char version[] = "HTTP/1.";
    struct text rest = {bytes, len}, line = text_cut(&rest, '\n');
    ssize_t end = rest.at - bytes;
    uint64_t number;

    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    struct text name = text_cut(&line, ' '), status = text_cut(&line, ' ');
    if (name.len != sizeof(version) || !text_starts(name, TEXT(version)) || name.at[7] < '0' ||
        name.at[7] > '9' || status.len != 3 || text_number(status, 999, &number) != 0 ||
        !is_phrase(line))
        return -1;
    head->minor_version = name.at[7] - '0';
    head->status = (int)number;
    return end;
}

/* True when ${bytes} contain the end of a head. The first ${seen} bytes were searched before. */
static bool has_whole_head(const char *bytes, size_t len, size_t seen)
{
    const char *end = bytes + len, *at = bytes + (seen < 2 ? 0 : seen - 2);

    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        if ((end - at >= 1 && at[0] == '\n') || (end - at >= 2 && at[0] == '\r' && at[1] == '\n'))
            return true;
    }
    return false;
}

/*
 * Parses one head at ${bytes}; the first ${seen} bytes were searched before. Returns the length of
 * the head, 0 when it is not complete yet, or -1 when it is refused. A 1xx head is skipped, and the
 * state stays IN_HEAD.
 */
static ssize_t parse_head(struct exchange *exchange, const char *bytes, size_t len, size_t seen)
{
    struct exchange_field fields[EXCHANGE_FIELDS_MAX];
    struct exchange_head head = {.fields = fields, .field_count = EXCHANGE_FIELDS_MAX};

    if (!has_whole_head(bytes, len, seen))
        return exchange->head_bytes + len > EXCHANGE_HEAD_MAX ? -1 : 0;
    ssize_t line = parse_status_line(bytes, len, &head);
    if (line < 0)
        return -1;
    int rest = phr_parse_headers(bytes + line, len - (size_t)line, fields, &head.field_count, 0);
    if (rest < 0 || exchange_framing_read(&head, exchange->request.is_head) != 0)
        return -1;
    exchange->head_bytes += (size_t)line + (size_t)rest;
    /* After a 101 the connection does not speak HTTP any more. So a 101 is refused unless the
     * request asked for it. */
    bool is_upgrade = head.status == 101 && exchange->request.wants_upgrade;
    if (exchange->head_bytes > EXCHANGE_HEAD_MAX || (head.status == 101 && !is_upgrade))
        return -1;
    if (is_upgrade)
        head.framing = EXCHANGE_UNTIL_CLOSE;
    if (is_upgrade || head.status >= 200)
        begin_body(exchange, &head);
    return line + rest;
}

static void keep(struct exchange *exchange, const char *bytes, size_t len)
{
    size_t need = exchange->kept_len + len;

    if (len == 0)
        return;
    if (need > exchange->kept_capacity) {
        exchange->kept_capacity = need < 1024 ? 1024 : need * 2;
        exchange->kept = memory_grow(exchange->kept, exchange->kept_capacity);
    }
    memcpy(exchange->kept + exchange->kept_len, bytes, len);
    exchange->kept_len = need;
}

/* Feeds bytes that begin with a head. The first ${seen} bytes were searched before. */
static enum exchange_state feed_heads(struct exchange *exchange, const char *bytes, size_t len,
                                      size_t seen)
{
    while (exchange->state == EXCHANGE_IN_HEAD) {
        ssize_t parsed = len == 0 ? 0 : parse_head(exchange, bytes, len, seen);
        if (parsed < 0)
            return fail(exchange, REASON_BAD_HTTP);
        if (parsed == 0) {
            keep(exchange, bytes, len);
            return exchange->state;
        }
        bytes += parsed;
        len -= (size_t)parsed;
        seen = 0;
    }
    return feed_body(exchange, bytes, len);
}

/* A head comes in several reads: joins the bytes kept from earlier reads and the new ones. */
static enum exchange_state feed_kept(struct exchange *exchange, const char *bytes, size_t len)
{
    size_t seen = exchange->kept_len;
    keep(exchange, bytes, len);
    char *all = exchange->kept;
    size_t all_len = exchange->kept_len;
    exchange->kept = NULL;
    exchange->kept_len = exchange->kept_capacity = 0;

    enum exchange_state state = feed_heads(exchange, all, all_len, seen);
    memory_free(all);
    return state;
}

enum exchange_state exchange_feed(struct exchange *exchange, const char *bytes, size_t len)
{
    must(exchange->state == EXCHANGE_IN_HEAD || exchange->state == EXCHANGE_IN_BODY);
    if (len == 0)
        return exchange->state;
    exchange->has_begun = true;
    exchange->received += len;
    if (exchange->state == EXCHANGE_IN_BODY)
        return feed_body(exchange, bytes, len);
    if (exchange->kept_len > 0)
        return feed_kept(exchange, bytes, len);
    return feed_heads(exchange, bytes, len, 0);
}

enum exchange_state exchange_feed_end(struct exchange *exchange)
{
    if (exchange->state == EXCHANGE_IN_BODY && exchange->framing == EXCHANGE_UNTIL_CLOSE)
        return complete(exchange, 0);
    return fail(exchange, REASON_RESET);
}

char *exchange_room(const struct exchange *exchange, size_t *len)
{
    if (exchange->state != EXCHANGE_IN_BODY || exchange->framing != EXCHANGE_LENGTH ||
        exchange->reason != REASON_NONE || exchange->sink->room == NULL)
        return NULL;
    char *room = exchange->sink->room(exchange->cookie, len);
    if (*len < exchange->left)
        return NULL;
    *len = (size_t)exchange->left;
    return room;
}
