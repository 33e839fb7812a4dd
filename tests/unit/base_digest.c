/* Tests of the digest: equal bytes have equal digests however they are cut, and other bytes have
 * others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/digest.h"
#include "bff/base/memory.h"
#include "bff/base/random.h"

/* Of ${len} bytes in pieces of 1 to ${most} bytes. */
static uint64_t in_pieces(const char *bytes, size_t len, uint32_t most, struct random *random)
{
    struct digest digest;

    digest_init(&digest);
    for (size_t at = 0, piece; at < len; at += piece) {
        piece = 1 + random_below(random, most);
        piece = piece < len - at ? piece : len - at;
        char *copy = memcpy(memory_new(piece), bytes + at, piece);
        digest_add(&digest, (struct text){copy, piece});
        memory_free(copy);
    }
    return digest_now(&digest);
}

static uint64_t whole(const char *bytes, size_t len)
{
    struct digest digest;

    digest_init(&digest);
    digest_add(&digest, (struct text){bytes, len});
    return digest_now(&digest);
}

static void test_the_cuts_do_not_matter(void **state)
{
    char bytes[300];
    struct random random = {{1, 2}};

    for (size_t len = 0; len <= sizeof(bytes); len++) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)random_next(&random);
        uint64_t want = whole(bytes, len);
        for (uint32_t most = 1; most <= 100; most += 9)
            assert_int_equal(in_pieces(bytes, len, most, &random), want);
    }
}

/* The digest of a text must not change, because clients keep it and other servers make it too. */
static void test_it_is_the_same_everywhere(void **state)
{
    assert_int_equal(whole("", 0), 0xc4f982b3db8bb1du);
    assert_int_equal(whole("{\"id\":7}", 8), 0x6792b09f13da699cu);
}

static void test_every_bit_matters(void **state)
{
    char bytes[100] = "{\"stock\":17,\"name\":\"a lamp\"}";
    uint64_t before = whole(bytes, sizeof(bytes));

    for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        assert_int_not_equal(whole(bytes, sizeof(bytes)), before);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
}

static void test_zeros_at_the_end_matter(void **state)
{
    char bytes[100] = "1";

    for (size_t len = 1; len < sizeof(bytes); len++)
        assert_int_not_equal(whole(bytes, len), whole(bytes, len + 1));
}

static int by_size(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

    return (first > second) - (first < second);
}

/* Of 200000 versions of one page, each has a digest of its own. */
static void test_versions_of_a_page_are_told_apart(void **state)
{
    enum { COUNT = 200000 };
    uint64_t *all = memory_new(COUNT * sizeof(*all));
    char text[128];

    for (int i = 0; i < COUNT; i++) {
        int len = snprintf(text, sizeof(text), "{\"id\":\"p1\",\"price\":%d,\"stock\":%d}", i % 449,
                           i / 449);
        all[i] = whole(text, (size_t)len);
    }
    qsort(all, COUNT, sizeof(*all), by_size);
    for (int i = 1; i < COUNT; i++)
        assert_int_not_equal(all[i - 1], all[i]);
    memory_free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cuts_do_not_matter),
        cmocka_unit_test(test_it_is_the_same_everywhere),
        cmocka_unit_test(test_every_bit_matters),
        cmocka_unit_test(test_zeros_at_the_end_matter),
        cmocka_unit_test(test_versions_of_a_page_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
