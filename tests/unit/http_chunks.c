/* Chunked bodies of requests, as whole texts (RFC 9112 section 7.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/http/chunks.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define REST "\r\nhello\r\n0\r\n\r\n"
#define NEXT "GET"

/* Reads ${bytes} and puts the body into ${out}. Leaves the rest in ${*bytes}. */
static enum chunks_step read_all(struct chunks *chunks, struct text *bytes, char *out)
{
    enum chunks_step step;
    struct text piece;

    while ((step = chunks_next(chunks, bytes, &piece)) == CHUNKS_PIECE) {
        memcpy(out, piece.at, piece.len);
        out += piece.len;
    }
    *out = '\0';
    return step;
}

/* body: NULL for bytes that are refused; rest: what follows the body */
static const struct {
    const char *why, *bytes, *body, *rest;
} cases[] = {
    {"one chunk", "5" REST NEXT, "hello", NEXT},
    {"no chunk", "0\r\n\r\n" NEXT, "", NEXT},
    {"two chunks", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello", ""},
    {"capital digits", "A\r\n0123456789\r\n00\r\n\r\n", "0123456789", ""},
    {"16 digits", "0000000000000005" REST, "hello", ""},
    {"an extension", "5;a=b;c=\"d\"" REST, "hello", ""},
    {"blanks before an extension", "5 \t;a" REST, "hello", ""},
    {"trailers", "5\r\nhello\r\n0\r\nA: b\r\nC:\r\n\r\n" NEXT, "hello", NEXT},
    {"what looks like the end inside a chunk", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n", ""},
    {"0x", "0x5" REST, NULL, NULL},
    {"an underscore", "5_" REST, NULL, NULL},
    {"an underscore between digits", "0_5" REST, NULL, NULL},
    {"letters", "5xyz" REST, NULL, NULL},
    {"a letter that is no digit", "g" REST, NULL, NULL},
    {"two numbers", "5 5" REST, NULL, NULL},
    {"a point", "5.0" REST, NULL, NULL},
    {"plus", "+5" REST, NULL, NULL},
    {"minus", "-5" REST, NULL, NULL},
    {"minus 0", "-0\r\n\r\n", NULL, NULL},
    {"a blank first", " 5" REST, NULL, NULL},
    {"a tab first", "\t5" REST, NULL, NULL},
    {"a blank last", "5 " REST, NULL, NULL},
    {"a comma", "5,5" REST, NULL, NULL},
    {"quotes", "\"5\"" REST, NULL, NULL},
    {"h", "5h" REST, NULL, NULL},
    {"an empty size", REST, NULL, NULL},
    {"only an extension", ";a" REST, NULL, NULL},
    {"17 digits", "00000000000000005" REST, NULL, NULL},
    {"17 digits that wrap around", "10000000000000005" REST, NULL, NULL},
    {"LF alone", "5\nhello\r\n0\r\n\r\n", NULL, NULL},
    {"LF alone after an extension", "5;a\nhello\r\n0\r\n\r\n", NULL, NULL},
    {"CR alone", "5\rhello\r\n0\r\n\r\n", NULL, NULL},
    {"CR CR LF", "5\r\r\nhello\r\n0\r\n\r\n", NULL, NULL},
    {"a control byte in an extension", "5;\x01" REST, NULL, NULL},
    {"a chunk that is too long", "4" REST, NULL, NULL},
    {"a chunk that is too short", "6" REST, NULL, NULL},
    {"LF alone after a chunk", "5\r\nhello\n0\r\n\r\n", NULL, NULL},
    {"LF alone at the end", "5\r\nhello\r\n0\r\n\n", NULL, NULL},
    {"LF alone after a trailer", "5\r\nhello\r\n0\r\nA: b\n\r\n", NULL, NULL},
    {"a trailer without a colon", "5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n", NULL, NULL},
    {"a trailer without a name", "5\r\nhello\r\n0\r\n: b\r\n\r\n", NULL, NULL},
    {"a blank before the colon", "5\r\nhello\r\n0\r\nA : b\r\n\r\n", NULL, NULL},
    {"a folded trailer", "5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n", NULL, NULL},
};

static void test_bodies(void **state)
{
    char body[64];

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct chunks chunks = {0};
        struct text bytes = text_of(cases[i].bytes);
        enum chunks_step step = read_all(&chunks, &bytes, body);
        if (step != (cases[i].body == NULL ? CHUNKS_BAD : CHUNKS_END))
            fail_msg("%s: %d", cases[i].why, step);
        if (cases[i].body == NULL)
            continue;
        assert_string_equal(body, cases[i].body);
        if (!text_is(bytes, cases[i].rest))
            fail_msg("%s: the rest", cases[i].why);
    }
}

static void test_services(void **state)
{
    static const char *const taken[] = {"5 " REST, "5\r\nhello\r\n0\r\nno field\r\n\r\n"};
    static const char *const refused[] = {"0x5" REST, "5xyz" REST, "5 5" REST, "5\nhello"};
    char body[64];

    for (size_t i = 0; i < COUNT(taken) + COUNT(refused); i++) {
        bool is_taken = i < COUNT(taken);
        struct chunks chunks = {.is_lenient = true};
        struct text bytes = text_of(is_taken ? taken[i] : refused[i - COUNT(taken)]);
        assert_int_equal(read_all(&chunks, &bytes, body), is_taken ? CHUNKS_END : CHUNKS_BAD);
    }
}

/* Reads a body whose extension (or trailer) has ${extra} bytes, without its name and separators. */
static enum chunks_step read_extra(const char *before, size_t extra, const char *after)
{
    size_t len = strlen(before), size = len + extra + strlen(after);
    char *bytes = malloc(size + 1), body[64];
    struct chunks chunks = {0};

    must(bytes != NULL);
    memcpy(bytes, before, len);
    memset(bytes + len, 'x', extra);
    memcpy(bytes + len + extra, after, strlen(after) + 1);
    struct text rest = {bytes, size};
    enum chunks_step step = read_all(&chunks, &rest, body);
    free(bytes);
    return step;
}

static void test_bounds(void **state)
{
    const char *end = "\r\nx\r\n0\r\n\r\n", *both = "\r\nx\r\n0\r\na:bcdefgh\r\n\r\n";

    assert_int_equal(read_extra("1;", CHUNKS_EXTRA_MAX - 1, end), CHUNKS_END);
    assert_int_equal(read_extra("1;", CHUNKS_EXTRA_MAX, end), CHUNKS_BAD);
    assert_int_equal(read_extra("0\r\na:", CHUNKS_EXTRA_MAX - 2, "\r\n\r\n"), CHUNKS_END);
    assert_int_equal(read_extra("0\r\na:", CHUNKS_EXTRA_MAX - 1, "\r\n\r\n"), CHUNKS_BAD);
    assert_int_equal(read_extra("1;", CHUNKS_EXTRA_MAX - 10, both), CHUNKS_END);
    assert_int_equal(read_extra("1;", CHUNKS_EXTRA_MAX - 9, both), CHUNKS_BAD);
    assert_int_equal(read_extra("1;", CHUNKS_EXTRA_MAX, ""), CHUNKS_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_services),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
