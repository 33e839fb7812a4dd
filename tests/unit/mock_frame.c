/* Tests of WebSocket frames: reading frames of clients, and writing heads of a server's frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures/mock_frame.h"

/* A text that a table may hold. */
#define BYTES(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define MASK "\1\2\3\4"

/* ${len} is that of the payload, where a frame is whole. */
static const struct {
    const char *why;
    struct text input;
    enum mock_frame_found want;
    size_t len;
} cases[] = {
    {"nothing", BYTES(""), MOCK_FRAME_PART, 0},
    {"a byte", BYTES("\x81"), MOCK_FRAME_PART, 0},
    {"no mask yet", BYTES("\x81\x82\1\2\3"), MOCK_FRAME_PART, 0},
    {"half a payload", BYTES("\x81\x82" MASK "a"), MOCK_FRAME_PART, 0},
    {"a text", BYTES("\x81\x82" MASK "ab"), MOCK_FRAME_WHOLE, 2},
    {"a text and more", BYTES("\x81\x82" MASK "abc"), MOCK_FRAME_WHOLE, 2},
    {"an empty text", BYTES("\x81\x80" MASK), MOCK_FRAME_WHOLE, 0},
    {"a first fragment", BYTES("\x02\x81" MASK "a"), MOCK_FRAME_WHOLE, 1},
    {"a last one", BYTES("\x80\x81" MASK "a"), MOCK_FRAME_WHOLE, 1},
    {"half a length", BYTES("\x82\xfe\0"), MOCK_FRAME_PART, 0},
    {"two bytes of length", BYTES("\x82\xfe\0\3" MASK "abc"), MOCK_FRAME_WHOLE, 3},
    {"eight", BYTES("\x82\xff\0\0\0\0\0\0\0\3" MASK "abc"), MOCK_FRAME_WHOLE, 3},
    {"too many", BYTES("\x82\xff\0\0\0\0\0\x20\0\1"), MOCK_FRAME_LARGE, 0},
    {"the most", BYTES("\x82\xff\0\0\0\0\0\x20\0\0"), MOCK_FRAME_PART, 0},
    {"all bits", BYTES("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff"), MOCK_FRAME_LARGE, 0},
    {"no mask", BYTES("\x81\1a"), MOCK_FRAME_WRONG, 0},
    {"a reserved bit", BYTES("\xc1\x80" MASK), MOCK_FRAME_WRONG, 0},
    {"an unknown kind", BYTES("\x83\x80" MASK), MOCK_FRAME_WRONG, 0},
    {"an unknown control", BYTES("\x8b\x80" MASK), MOCK_FRAME_WRONG, 0},
    {"a ping", BYTES("\x89\x81" MASK "a"), MOCK_FRAME_WHOLE, 1},
    {"a ping in pieces", BYTES("\x09\x81" MASK "a"), MOCK_FRAME_WRONG, 0},
    {"a long ping", BYTES("\x89\xfe\0\x80"), MOCK_FRAME_WRONG, 0},
};

static void frames_are_read(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mock_frame frame = {0};
        enum mock_frame_found found = mock_frame_read(cases[i].input, &frame);
        if (found != cases[i].want || (found == MOCK_FRAME_WHOLE && frame.len != cases[i].len))
            fail_msg("%s: %d, %zu bytes", cases[i].why, (int)found, frame.len);
    }
}

static void a_mask_comes_off(void **state)
{
    char payload[] = {'h' ^ 1, 'e' ^ 2, 'l' ^ 3, 'l' ^ 4, 'o' ^ 1};
    struct mock_frame frame = {.len = sizeof(payload), .mask = {1, 2, 3, 4}};

    mock_frame_mask(&frame, payload);
    assert_memory_equal(payload, "hello", sizeof(payload));
}

static const struct {
    struct mock_frame frame;
    struct text want;
} headed[] = {
    {{.is_last = true, .kind = MOCK_FRAME_TEXT, .len = 0}, BYTES("\x81\0")},
    {{.is_last = true, .kind = MOCK_FRAME_PONG, .len = 125}, BYTES("\x8a\x7d")},
    {{.is_last = false, .kind = MOCK_FRAME_BINARY, .len = 126}, BYTES("\x02\x7e\0\x7e")},
    {{.is_last = true, .kind = MOCK_FRAME_CONTINUATION, .len = 65535}, BYTES("\x80\x7e\xff\xff")},
    {{.is_last = true, .kind = MOCK_FRAME_BINARY, .len = 65536}, BYTES("\x82\x7f\0\0\0\0\0\1\0\0")},
};

static void heads_are_as_short_as_can_be(void **state)
{
    for (size_t i = 0; i < sizeof(headed) / sizeof(headed[0]); i++) {
        char head[MOCK_FRAME_HEAD_MAX];
        size_t len = mock_frame_head(&headed[i].frame, head);
        if (!text_equal((struct text){head, len}, headed[i].want))
            fail_msg("the head of %zu bytes", headed[i].frame.len);
    }
}

/* The example of RFC 6455, section 1.3. */
static void a_key_is_accepted(void **state)
{
    struct pool *pool = pool_new();
    struct text accept = mock_frame_accept(TEXT("dGhlIHNhbXBsZSBub25jZQ=="), pool);

    assert_true(text_is(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_read),
        cmocka_unit_test(a_mask_comes_off),
        cmocka_unit_test(heads_are_as_short_as_can_be),
        cmocka_unit_test(a_key_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
