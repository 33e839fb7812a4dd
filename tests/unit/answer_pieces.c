/* Tests of a body in pieces: short texts are copied together, and long texts are borrowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/compose/pieces.h"

static char long_text[3 * PIECES_BORROWED];

static struct text part_of(size_t at, size_t len) { return (struct text){long_text + at, len}; }

static void short_ones_go_together(void **state)
{
    struct pool *pool = pool_new();
    struct pieces pieces;
    char gone[] = "{\"a\":";

    pieces_init(&pieces, pool, 64);
    pieces_add(&pieces, text_of(gone));
    memset(gone, '?', sizeof(gone) - 1); /* it was copied */
    pieces_add(&pieces, TEXT(""));
    pieces_add(&pieces, (struct text){0});
    pieces_add(&pieces, TEXT("1}"));
    assert_int_equal(pieces.count, 1);
    assert_int_equal(pieces.bytes, 7);
    assert_true(text_is(pieces.rows[0], "{\"a\":1}"));
    pool_free(pool);
}

static void long_ones_stay_where_they_are(void **state)
{
    struct pool *pool = pool_new();
    struct pieces pieces;

    pieces_init(&pieces, pool, 64);
    pieces_add(&pieces, TEXT("["));
    pieces_add(&pieces, part_of(0, PIECES_BORROWED));
    pieces_add(&pieces, TEXT("]"));
    assert_int_equal(pieces.count, 3);
    assert_ptr_equal(pieces.rows[1].at, long_text);
    assert_int_equal(pieces.bytes, PIECES_BORROWED + 2);
    pool_free(pool);
}

/* Whatever the lengths, what was added comes out, in that order. */
static void any_mixture_comes_out_as_it_went_in(void **state)
{
    static const size_t lengths[] = {1, 700, PIECES_BORROWED - 1, PIECES_BORROWED, 0, 64, 1500};
    static char want[1024 * 1024], got[1024 * 1024];
    struct pool *pool = pool_new();
    struct pieces pieces;
    size_t wanted = 0, len = 0;

    for (size_t i = 0; i < sizeof(long_text); i++)
        long_text[i] = (char)('a' + i % 23);
    pieces_init(&pieces, pool, 10);
    for (size_t i = 0; i < 500; i++) {
        struct text piece = part_of(i % 1000, lengths[i * 5 % 7]);
        pieces_add(&pieces, piece);
        memcpy(want + wanted, piece.at, piece.len);
        wanted += piece.len;
    }
    for (size_t i = 0; i < pieces.count; i++) {
        memcpy(got + len, pieces.rows[i].at, pieces.rows[i].len);
        len += pieces.rows[i].len;
    }
    assert_int_equal(len, wanted);
    assert_int_equal(pieces.bytes, wanted);
    assert_memory_equal(got, want, wanted);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_ones_go_together),
        cmocka_unit_test(long_ones_stay_where_they_are),
        cmocka_unit_test(any_mixture_comes_out_as_it_went_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
