/* Encoding and decoding give the same bytes, whatever the pieces are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "bff/coding/coding_decode.h"
#include "bff/coding/coding_encode.h"

#define ROOM 200000

struct bytes {
    char at[ROOM];
    size_t len;
};

static struct bytes plain, coded, decoded;

static void add(void *cookie, struct text piece)
{
    struct bytes *bytes = cookie;

    assert_true(piece.len <= ROOM - bytes->len);
    memcpy(bytes->at + bytes->len, piece.at, piece.len);
    bytes->len += piece.len;
}

static int add_decoded(void *cookie, struct text piece)
{
    add(cookie, piece);
    return 0;
}

/* A text that looks like JSON. */
static void make_plain(size_t len)
{
    plain.len = 0;
    for (int i = 0; plain.len + 32 < len; i++)
        plain.len += (size_t)snprintf(plain.at + plain.len, 32, "{\"id\":%d,\"name\":\"n%d\"},",
                                      i * 7919, i % 13);
}

static void encode(enum coding coding, unsigned level, size_t piece, bool flushes)
{
    struct coding_encode *encode = coding_encode_new(coding, level);

    coded.len = 0;
    for (size_t at = 0; at < plain.len; at += piece) {
        size_t len = plain.len - at < piece ? plain.len - at : piece;
        coding_encode_add(encode, (struct text){plain.at + at, len}, add, &coded);
        if (flushes)
            coding_encode_flush(encode, add, &coded);
    }
    coding_encode_end(encode, add, &coded);
    coding_encode_free(encode);
}

static enum coding_decode_result decode(enum coding coding, size_t first, size_t piece)
{
    struct coding_decode *decode = coding_decode_new(coding);
    enum coding_decode_result result = CODING_DECODE_GOOD;
    struct text rest = {coded.at, coded.len};

    decoded.len = 0;
    for (size_t len = first; result == CODING_DECODE_GOOD && rest.len > 0; len = piece) {
        len = len < rest.len ? len : rest.len;
        result = coding_decode_add(decode, (struct text){rest.at, len}, add_decoded, &decoded);
        rest = (struct text){rest.at + len, rest.len - len};
    }
    if (result == CODING_DECODE_GOOD)
        result = coding_decode_end(decode);
    coding_decode_free(decode);
    return result;
}

static void assert_same(enum coding coding, size_t first, size_t piece)
{
    assert_int_equal(decode(coding, first, piece), CODING_DECODE_GOOD);
    assert_int_equal(decoded.len, plain.len);
    assert_memory_equal(decoded.at, plain.at, plain.len);
}

static const enum coding codings[] = {CODING_GZIP, CODING_BR};

static void test_every_boundary_gives_the_same_bytes(void **state)
{
    make_plain(3000);
    for (size_t i = 0; i < 2; i++) {
        for (size_t piece = 1; piece <= plain.len; piece = piece * 2 + 1) {
            encode(codings[i], 5, piece, piece % 2 == 0);
            for (size_t at = 1; at <= coded.len; at++)
                assert_same(codings[i], at, coded.len);
            assert_same(codings[i], 1, 1);
        }
    }
}

static void test_every_level_and_reused_encoders_give_the_same_bytes(void **state)
{
    make_plain(100000);
    for (unsigned level = 1; level <= CODING_ENCODE_LEVEL_MAX; level++)
        for (size_t i = 0; i < 2; i++) {
            encode(codings[i], level, 4096, false);
            assert_true(coded.len < plain.len / 3);
            assert_same(codings[i], 1000, 1460);
        }
    assert_int_equal(coding_encode_in_use(), 0);
}

static void test_a_flush_gives_all_bytes_that_were_added(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        struct coding_encode *encode = coding_encode_new(codings[i], 4);
        struct coding_decode *decode = coding_decode_new(codings[i]);
        decoded.len = 0;
        for (int round = 1; round <= 5; round++) {
            coded.len = 0;
            coding_encode_add(encode, TEXT("data: 1\n\n"), add, &coded);
            coding_encode_flush(encode, add, &coded);
            size_t flushed = coded.len;
            coding_encode_flush(encode, add, &coded); /* there is nothing more */
            assert_int_equal(coded.len, flushed);
            struct text bytes = {coded.at, coded.len};
            assert_int_equal(coding_decode_add(decode, bytes, add_decoded, &decoded),
                             CODING_DECODE_GOOD);
            assert_int_equal(decoded.len, round * 9);
            assert_int_equal(coding_decode_end(decode), CODING_DECODE_BAD);
        }
        coding_encode_free(encode);
        coding_decode_free(decode);
    }
}

static void deflate_plain(int window)
{
    z_stream zlib = {.next_in = (Bytef *)plain.at, .avail_in = (uInt)plain.len};

    assert_int_equal(deflateInit2(&zlib, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    zlib.next_out = (Bytef *)coded.at;
    zlib.avail_out = ROOM;
    assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
    coded.len = zlib.total_out;
    deflateEnd(&zlib);
}

static void test_deflate_is_decoded_with_and_without_its_header(void **state)
{
    make_plain(2000);
    for (int window = -15; window <= 15; window += 30) {
        deflate_plain(window);
        for (size_t at = 1; at <= coded.len; at++)
            assert_same(CODING_DEFLATE, at, coded.len);
        assert_same(CODING_DEFLATE, 1, 1);
    }
}

static void test_a_body_that_is_cut_or_goes_on_is_bad(void **state)
{
    make_plain(500);
    for (size_t i = 0; i < 2; i++) {
        encode(codings[i], 5, 500, false);
        size_t whole = coded.len;
        for (coded.len = 1; coded.len < whole; coded.len++)
            assert_int_equal(decode(codings[i], coded.len, 1), CODING_DECODE_BAD);
        coded.at[whole] = 'x';
        coded.len = whole + 1;
        assert_int_equal(decode(codings[i], whole, 1), CODING_DECODE_BAD);
        assert_int_equal(decode(codings[i], whole + 1, 1), CODING_DECODE_BAD);
        coded.len = 0;
        assert_int_equal(decode(codings[i], 1, 1), CODING_DECODE_GOOD);
        assert_int_equal(decoded.len, 0);
    }
}

static int count(void *cookie, struct text piece)
{
    *(size_t *)cookie += piece.len;
    return 0;
}

static int refuse(void *cookie, struct text piece) { return -1; }

static void test_a_bomb_ends_soon(void **state)
{
    static const char spaces[65536];

    for (size_t i = 0; i < 2; i++) {
        struct coding_encode *encode = coding_encode_new(codings[i], 9);
        struct coding_decode *decode = coding_decode_new(codings[i]);
        size_t made = 0;
        coded.len = 0;
        for (int round = 0; round < 1000; round++)
            coding_encode_add(encode, (struct text){spaces, sizeof(spaces)}, add, &coded);
        coding_encode_end(encode, add, &coded);
        struct text bytes = {coded.at, coded.len};
        assert_int_equal(coding_decode_add(decode, bytes, refuse, NULL), CODING_DECODE_REFUSED);
        coding_decode_free(decode);
        decode = coding_decode_new(codings[i]);
        assert_int_equal(coding_decode_add(decode, bytes, count, &made), CODING_DECODE_BOMB);
        assert_true(made <= (coded.len + 1) * CODING_DECODE_RATIO + CODING_DECODE_FREE);
        coding_decode_free(decode);
        coding_encode_free(encode);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_boundary_gives_the_same_bytes),
        cmocka_unit_test(test_every_level_and_reused_encoders_give_the_same_bytes),
        cmocka_unit_test(test_a_flush_gives_all_bytes_that_were_added),
        cmocka_unit_test(test_deflate_is_decoded_with_and_without_its_header),
        cmocka_unit_test(test_a_body_that_is_cut_or_goes_on_is_bad),
        cmocka_unit_test(test_a_bomb_ends_soon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
