/* Tests of the exchange. Each response is given to it as a whole, byte by byte, and in all pairs of
 * pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/upstream/exchange.h"

struct got {
    int heads, status;
    char body[512];
    size_t len;
};

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    struct got *got = cookie;

    got->heads++;
    got->status = head->status;
    return 0;
}

static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct got *got = cookie;

    assert_true(got->len + len < sizeof(got->body));
    memcpy(got->body + got->len, bytes, len);
    got->len += len;
    return 0;
}

static const struct exchange_sink sink = {.head = on_head, .body = on_body};

/* want: the body when it is complete; NULL when the response is refused or cut */
static const struct {
    const char *why, *response;
    enum reason reason;
    int status;
    const char *want;
    bool is_head, is_persistent;
} cases[] = {
    {"a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", REASON_NONE, 200, "hello",
     false, true},
    {"no length: until the close", "HTTP/1.1 200 OK\r\n\r\nhello", REASON_NONE, 200, "hello", false,
     false},
    {"length 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", REASON_NONE, 200, "", false, true},
    {"no reason phrase", "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx", REASON_NONE, 200, "x",
     false, true},
    {"chunks",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n "
     "world\r\n0\r\n\r\n",
     REASON_NONE, 200, "hello world", false, true},
    {"chunked with a capital",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", REASON_NONE, 200,
     "x", false, true},
    {"trailers are swallowed",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n",
     REASON_NONE, 200, "x", false, true},
    {"1xx are skipped",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 "
     "OK\r\nContent-Length: 1\r\n\r\nx",
     REASON_NONE, 200, "x", false, true},
    {"204 has no body", "HTTP/1.1 204 No Content\r\n\r\n", REASON_NONE, 204, "", false, true},
    {"304 has no body, whatever its length says",
     "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", REASON_NONE, 304, "", false, true},
    {"an answer to HEAD has no body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", REASON_NONE,
     200, "", true, true},
    {"204 with a body costs the connection",
     "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", REASON_NONE, 204, "", false,
     false},
    {"bytes behind the end cost the connection",
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloEXTRA", REASON_NONE, 200, "hello", false,
     false},
    {"close is honoured", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\nx",
     REASON_NONE, 200, "x", false, false},
    {"HTTP/1.0 closes", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", REASON_NONE, 200, "x",
     false, false},
    {"HTTP/1.0 keeps when it says so",
     "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", REASON_NONE, 200,
     "x", false, true},
    {"the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
     REASON_NONE, 200, "x", false, true},
    {"the same length in a list", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx", REASON_NONE,
     200, "x", false, true},
    {"bare LF ends a line", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", REASON_NONE, 200, "x", false,
     true},
    {"differing lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\nhello",
     REASON_BAD_HTTP, 0, NULL, false, false},
    {"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", REASON_BAD_HTTP, 0,
     NULL, false, false},
    {"a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", REASON_BAD_HTTP, 0,
     NULL, false, false},
    {"an empty length", "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nhello", REASON_BAD_HTTP, 0,
     NULL, false, false},
    {"a length beyond 63 bits",
     "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nhello", REASON_BAD_HTTP, 0,
     NULL, false, false},
    {"length, then chunked",
     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     REASON_BAD_HTTP, 0, NULL, false, false},
    {"chunked, then length",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
     REASON_BAD_HTTP, 0, NULL, false, false},
    {"another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     REASON_BAD_HTTP, 0, NULL, false, false},
    {"chunked twice",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     REASON_BAD_HTTP, 0, NULL, false, false},
    {"chunked from HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     REASON_BAD_HTTP, 0, NULL, false, false},
    {"a folded line", "HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 1\r\n\r\nx",
     REASON_BAD_HTTP, 0, NULL, false, false},
    {"a nameless field", "HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 1\r\n\r\nx", REASON_BAD_HTTP, 0,
     NULL, false, false},
    {"a space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\nx", REASON_BAD_HTTP,
     0, NULL, false, false},
    {"CR in a value", "HTTP/1.1 200 OK\r\nX-A: a\rb\r\nContent-Length: 1\r\n\r\nx", REASON_BAD_HTTP,
     0, NULL, false, false},
    {"101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
     REASON_BAD_HTTP, 0, NULL, false, false},
    {"a status below 100", "HTTP/1.1 099 No\r\nContent-Length: 1\r\n\r\nx", REASON_BAD_HTTP, 0,
     NULL, false, false},
    {"a status above 599", "HTTP/1.1 600 No\r\nContent-Length: 1\r\n\r\nx", REASON_BAD_HTTP, 0,
     NULL, false, false},
    {"another protocol", "HTTP/2.0 200 OK\r\nContent-Length: 1\r\n\r\nx", REASON_BAD_HTTP, 0, NULL,
     false, false},
    {"no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n\r\n", REASON_BAD_HTTP, 0, NULL, false, false},
    {"a chunk size that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nhello",
     REASON_BAD_HTTP, 200, NULL, false, false},
    {"a negative chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nhello",
     REASON_BAD_HTTP, 200, NULL, false, false},
    {"a chunk size of 17 digits",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n", REASON_BAD_HTTP,
     200, NULL, false, false},
    {"a chunk longer than it said",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n", REASON_BAD_HTTP,
     200, NULL, false, false},
    {"no space before no reason phrase", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", REASON_NONE,
     200, "x", false, true},
    {"white space behind a chunk size",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\nx\r\n0\r\n\r\n", REASON_NONE, 200,
     "x", false, true},
    {"a chunk size with 0x",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n", REASON_BAD_HTTP,
     200, NULL, false, false},
    {"a chunk size and letters",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1xyz\r\nx\r\n0\r\n\r\n", REASON_BAD_HTTP,
     200, NULL, false, false},
    {"two chunk sizes",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 1\r\nx\r\n0\r\n\r\n", REASON_BAD_HTTP,
     200, NULL, false, false},
    {"a bare LF behind a chunk size",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n", REASON_BAD_HTTP, 200,
     NULL, false, false},
    {"a bare LF in an extension",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nx\r\n0\r\n\r\n", REASON_BAD_HTTP,
     200, NULL, false, false},
    {"a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 1\r\n\r\nx", REASON_BAD_HTTP, 0,
     NULL, false, false},
    {"a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\nx", REASON_BAD_HTTP,
     0, NULL, false, false},
    {"a CR in the status line", "HTTP/1.1 200 O\rK\r\nContent-Length: 1\r\n\r\nx", REASON_BAD_HTTP,
     0, NULL, false, false},
    {"cut in the head", "HTTP/1.1 200 OK\r\nContent-Le", REASON_RESET, 0, NULL, false, false},
    {"cut before the head's end", "HTTP/1.1 200 OK\r\n", REASON_RESET, 0, NULL, false, false},
    {"cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello", REASON_RESET, 200,
     NULL, false, false},
    {"cut before the last chunk",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", REASON_RESET, 200, NULL,
     false, false},
    {"cut in the last chunk",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", REASON_RESET, 200,
     NULL, false, false},
    {"cut behind a 1xx", "HTTP/1.1 100 Continue\r\n\r\n", REASON_RESET, 0, NULL, false, false},
};

/* Feeds from a copy of the exact size, so that a read beyond it is found. */
static enum exchange_state feed(struct exchange *exchange, const char *bytes, size_t len)
{
    char *copy = malloc(len == 0 ? 1 : len);

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    enum exchange_state state = exchange_feed(exchange, copy, len);
    free(copy);
    return state;
}

/* Pieces of ${step} bytes, the first of ${first}. */
static enum exchange_state feed_pieces(struct exchange *exchange, const char *response,
                                       size_t first, size_t step)
{
    size_t len = strlen(response), at = 0, piece = first;
    enum exchange_state state = EXCHANGE_IN_HEAD;

    while (at < len && state != EXCHANGE_COMPLETE && state != EXCHANGE_FAILED) {
        if (piece > len - at)
            piece = len - at;
        state = feed(exchange, response + at, piece);
        at += piece;
        piece = step;
    }
    if (state == EXCHANGE_COMPLETE || state == EXCHANGE_FAILED)
        return state;
    return exchange_feed_end(exchange);
}

static void check(size_t i, size_t first, size_t step)
{
    struct exchange exchange = {0};
    struct got got = {0};

    exchange_begin(&exchange, &sink, &got, (struct exchange_request){.is_head = cases[i].is_head});
    enum exchange_state state = feed_pieces(&exchange, cases[i].response, first, step);
    bool is_right = exchange.reason == cases[i].reason && got.status == cases[i].status &&
                    (state == EXCHANGE_COMPLETE) == (cases[i].want != NULL);
    if (is_right && cases[i].want != NULL)
        is_right = got.heads == 1 && got.len == strlen(cases[i].want) &&
                   memcmp(got.body, cases[i].want, got.len) == 0;
    /* Bytes behind the end are only seen when they come in the same piece. */
    if (is_right && first >= strlen(cases[i].response))
        is_right = state != EXCHANGE_COMPLETE || exchange.is_persistent == cases[i].is_persistent;
    if (!is_right)
        fail_msg("%s (pieces of %zu, %zu): reason %s, status %d, body \"%.*s\"", cases[i].why,
                 first, step, reason_name(exchange.reason), got.status, (int)got.len, got.body);
    exchange_dispose(&exchange);
}

static void test_responses(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len = strlen(cases[i].response);
        for (size_t first = 1; first <= len; first++)
            check(i, first, len);
        check(i, 1, 1);
        check(i, 3, 3);
    }
}

/* ${lines} fields of ${width} bytes each behind a status line; freed by the caller. */
static char *big_head(size_t lines, size_t width)
{
    char *head = malloc(lines * (width + 16) + 64), *end = head;

    assert_non_null(head);
    end += sprintf(end, "HTTP/1.1 200 OK\r\n");
    for (size_t i = 0; i < lines; i++) {
        end += sprintf(end, "x-%04zu: ", i);
        memset(end, 'a', width);
        end += width;
        end += sprintf(end, "\r\n");
    }
    sprintf(end, "Content-Length: 0\r\n\r\n");
    return head;
}

static void test_head_limits(void **state)
{
    static const struct {
        const char *why;
        size_t lines, width;
        enum reason want;
    } heads[] = {
        {"99 fields and a length", 99, 10, REASON_NONE},
        {"100 fields and a length", 100, 10, REASON_BAD_HTTP},
        {"almost 64 KiB", 60, 1000, REASON_NONE},
        {"more than 64 KiB", 70, 1000, REASON_BAD_HTTP},
        {"one line of 1 MiB", 1, 1024 * 1024, REASON_BAD_HTTP},
    };

    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        char *head = big_head(heads[i].lines, heads[i].width);
        for (size_t step = 700; step < 200000; step *= 16) {
            struct exchange exchange = {0};
            struct got got = {0};
            exchange_begin(&exchange, &sink, &got, (struct exchange_request){0});
            feed_pieces(&exchange, head, step, step);
            if (exchange.reason != heads[i].want)
                fail_msg("%s: %s", heads[i].why, reason_name(exchange.reason));
            assert_true(exchange.kept_capacity <= 3 * EXCHANGE_HEAD_MAX);
            exchange_dispose(&exchange);
        }
        free(head);
    }
}

static void test_endless_1xx(void **state)
{
    struct exchange exchange = {0};
    struct got got = {0};
    enum exchange_state at = EXCHANGE_IN_HEAD;
    int sent = 0;

    exchange_begin(&exchange, &sink, &got, (struct exchange_request){0});
    for (; at == EXCHANGE_IN_HEAD && sent < 100000; sent++)
        at = feed(&exchange, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    assert_int_equal(at, EXCHANGE_FAILED);
    assert_int_equal(exchange.reason, REASON_BAD_HTTP);
    assert_true(sent < 3000);
    exchange_dispose(&exchange);
}

static int refuse_head(void *cookie, const struct exchange_head *head, enum reason *why)
{
    *why = REASON_STATUS;
    return -1;
}

static void test_giving_up_looks_at_what_is_there(void **state)
{
    static const struct exchange_sink refusing = {.head = refuse_head, .body = on_body};
    static const char whole[] = "HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad";
    struct exchange exchange = {0};
    struct got got = {0};

    exchange_begin(&exchange, &refusing, &got, (struct exchange_request){0});
    assert_int_equal(feed(&exchange, whole, strlen(whole)), EXCHANGE_COMPLETE);
    assert_int_equal(exchange.reason, REASON_STATUS);
    assert_true(exchange.is_persistent);
    assert_int_equal(got.len, 0);
    exchange_dispose(&exchange);

    exchange_begin(&exchange, &refusing, &got, (struct exchange_request){0});
    assert_int_equal(feed(&exchange, whole, strlen(whole) - 1), EXCHANGE_IN_BODY);
    assert_int_equal(exchange.reason, REASON_STATUS);
    exchange_dispose(&exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_head_limits),
        cmocka_unit_test(test_endless_1xx),
        cmocka_unit_test(test_giving_up_looks_at_what_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
