/* Tests of the reader of real services' answers: each answer at once, and byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fixtures/mock_response.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static const struct {
    const char *why, *text;
    int status;
    const char *body;
} whole[] = {
    {"a length", OK "Content-Length: 2\r\n\r\n{}", 200, "{}"},
    {"bytes after the end do not count", OK "Content-Length: 2\r\n\r\n{}HTTP", 200, "{}"},
    {"a length that is there twice", OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 200,
     "{}"},
    {"no body", OK "Content-Length: 0\r\n\r\n", 200, ""},
    {"until the end", OK "\r\n{}", 200, "{}"},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n{}", 200, "{}"},
    {"no reason", "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", 404, ""},
    {"204 has no body", "HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n{}", 204, ""},
    {"304 has none, too", "HTTP/1.1 304 No\r\n\r\n{}", 304, ""},
    {"chunks", CHUNKED "1\r\n{\r\n1;a=b\r\n}\r\n0\r\nT: x\r\n\r\nX", 200, "{}"},
    {"in capitals", OK "TRANSFER-ENCODING: CHUNKED\r\n\r\n0\r\n\r\n", 200, ""},
    {"1xx before it",
     "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nA: b\r\n\r\n" OK "Content-Length: 1\r\n\r\n1", 200,
     "1"},
};

/* ${fault} is a part of the message. */
static const struct {
    const char *why, *text, *fault;
} broken[] = {
    {"nothing", "", "without an answer"},
    {"no HTTP", "SSH-2.0\r\n\r\n", "malformed"},
    {"HTTP/2", "HTTP/2 200 OK\r\n\r\n", "malformed"},
    {"a cut head", OK "Content-Length", "cut"},
    {"a cut body", OK "Content-Length: 3\r\n\r\n{}", "cut"},
    {"cut chunks", CHUNKED "2\r\n{}\r\n", "cut"},
    {"a cut last chunk", CHUNKED "2\r\n{}\r\n0\r\n", "cut"},
    {"a chunk without a length", CHUNKED "\r\n{}", "chunk"},
    {"a negative chunk", CHUNKED "-1\r\n", "chunk"},
    {"a chunk of 2^64 bytes", CHUNKED "11111111111111111\r\n", "chunk"},
    {"a chunk that is longer", CHUNKED "1\r\n{}\r\n0\r\n\r\n", "chunk"},
    {"both", OK "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "not clear"},
    {"two codings", OK "Transfer-Encoding: gzip, chunked\r\n\r\n", "not clear"},
    {"chunked twice", OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     "not clear"},
    {"chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "not clear"},
    {"two lengths", OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "not clear"},
    {"a list of lengths", OK "Content-Length: 2, 2\r\n\r\n{}", "not clear"},
    {"a negative length", OK "Content-Length: -2\r\n\r\n{}", "not clear"},
    {"a length with a sign", OK "Content-Length: +2\r\n\r\n{}", "not clear"},
    {"a length of 2^64", OK "Content-Length: 18446744073709551616\r\n\r\n", "not clear"},
    {"no length", OK "Content-Length:\r\n\r\n", "not clear"},
    {"a large length", OK "Content-Length: 16777217\r\n\r\n", "larger than 16 MiB"},
    {"a line that goes on", OK "A: b\r\n c\r\n\r\n", "malformed"},
    {"a field without a name", OK ": b\r\n\r\n", "malformed"},
    {"a blank before the colon", OK "A : b\r\n\r\n", "malformed"},
    {"a NUL", OK "A: \1\r\n\r\n", "malformed"},
    {"no blank behind the status", "HTTP/1.1 404\r\n\r\n", "malformed"},
    {"another protocol", "HTTP/1.1 101 S\r\nUpgrade: a\r\n\r\n", "changes the protocol"},
    {"no such status", "HTTP/1.1 600 S\r\n\r\n", "status"},
    {"a status of two digits", "HTTP/1.1 99 S\r\n\r\n", "malformed"},
};

/* Reads ${text} in pieces of ${step} bytes. */
static void read_all(struct mock_response *response, const char *text, size_t step)
{
    mock_response_begin(response, false);
    for (size_t left = strlen(text); left > 0; text += step) {
        step = left < step ? left : step;
        mock_response_feed(response, (struct text){text, step});
        left -= step;
    }
    mock_response_end(response);
}

static void reads_answers_in_any_pieces(void **state)
{
    struct mock_response response;

    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
        for (size_t step = 1; step < 200; step++) {
            read_all(&response, whole[i].text, step);
            if (response.state != MOCK_RESPONSE_WHOLE || response.status != whole[i].status ||
                !text_is(text_builder_text(&response.body), whole[i].body))
                fail_msg("%s, in pieces of %zu: %d %s", whole[i].why, step, response.status,
                         response.fault);
            mock_response_free(&response);
        }
}

static void refuses_what_is_not_clear(void **state)
{
    struct mock_response response;

    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        for (size_t step = 1; step < 200; step++) {
            read_all(&response, broken[i].text, step);
            if (response.state != MOCK_RESPONSE_BROKEN ||
                strstr(response.fault, broken[i].fault) == NULL)
                fail_msg("%s, in pieces of %zu: %d %s", broken[i].why, step, response.status,
                         response.fault);
            mock_response_free(&response);
        }
}

static void head_has_no_body(void **state)
{
    struct mock_response response;

    mock_response_begin(&response, true);
    assert_int_equal(mock_response_feed(&response, TEXT(OK "Content-Length: 1234\r\n\r\n")),
                     MOCK_RESPONSE_WHOLE);
    assert_true(text_is(mock_response_field(&response, "content-length"), "1234"));
    assert_null(mock_response_field(&response, "content").at);
    mock_response_free(&response);
}

static const char *fault_of(struct text before, char each, size_t count)
{
    struct mock_response response;
    char piece[4096];

    memset(piece, each, sizeof(piece));
    mock_response_begin(&response, false);
    mock_response_feed(&response, before);
    for (size_t i = 0; i < count; i += sizeof(piece))
        mock_response_feed(&response, (struct text){piece, sizeof(piece)});
    mock_response_end(&response);
    mock_response_free(&response);
    return response.fault;
}

static void every_length_is_limited(void **state)
{
    assert_string_equal(fault_of(TEXT(OK "A: "), 'a', MOCK_RESPONSE_HEAD_MAX),
                        "the head is larger than 64 KiB");
    assert_null(fault_of(TEXT(OK "\r\n"), 'a', MOCK_RESPONSE_BODY_MAX));
    assert_string_equal(fault_of(TEXT(OK "\r\n"), 'a', MOCK_RESPONSE_BODY_MAX + 1),
                        "the body is larger than 16 MiB");
    assert_string_equal(fault_of(TEXT(CHUNKED "2000000\r\n"), 'a', MOCK_RESPONSE_BODY_MAX + 1),
                        "the body is larger than 16 MiB");
    assert_string_equal(fault_of(TEXT(CHUNKED "1;"), 'a', 65u << 20),
                        "bad HTTP: the framing of the body is longer than the body");
    struct mock_response response;
    mock_response_begin(&response, false);
    for (size_t i = 0; i <= MOCK_RESPONSE_INTERIM_MAX; i++)
        mock_response_feed(&response, TEXT("HTTP/1.1 100 C\r\n\r\n"));
    assert_string_equal(response.fault, "bad HTTP: too many heads with a status of 1xx");
    mock_response_free(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_answers_in_any_pieces),
        cmocka_unit_test(refuses_what_is_not_clear),
        cmocka_unit_test(head_has_no_body),
        cmocka_unit_test(every_length_is_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
