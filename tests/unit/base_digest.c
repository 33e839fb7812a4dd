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

struct hex {
    char digits[DIGEST_HEX];
};

/* Of ${len} bytes in pieces of 1 to ${most} bytes. */
static struct hex in_pieces(const char *bytes, size_t len, uint32_t most, struct random *random)
{
    struct digest digest;
    struct hex hex;

    digest_init(&digest);
    for (size_t at = 0, piece; at < len; at += piece) {
        piece = 1 + random_below(random, most);
        piece = piece < len - at ? piece : len - at;
        char *copy = memcpy(memory_new(piece), bytes + at, piece);
        digest_add(&digest, (struct text){copy, piece});
        memory_free(copy);
    }
    digest_hex(&digest, hex.digits);
    return hex;
}

static struct hex whole(const char *bytes, size_t len)
{
    struct digest digest;
    struct hex hex;

    digest_init(&digest);
    digest_add(&digest, (struct text){bytes, len});
    digest_hex(&digest, hex.digits);
    return hex;
}

static bool is_same(struct hex a, struct hex b) { return memcmp(&a, &b, sizeof(a)) == 0; }

static void test_the_cuts_do_not_matter(void **state)
{
    char bytes[300];
    struct random random = {{1, 2}};

    for (size_t len = 0; len <= sizeof(bytes); len++) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)random_next(&random);
        struct hex want = whole(bytes, len);
        for (uint32_t most = 1; most <= 100; most += 9)
            assert_true(is_same(in_pieces(bytes, len, most, &random), want));
    }
}

/* The digest of a text must not change, because clients keep it and other servers make it too. */
static void test_it_is_the_same_everywhere(void **state)
{
    struct hex empty = whole("", 0), json = whole("{\"id\":7}", 8);

    assert_memory_equal(empty.digits, "0c4f982b3db8bb1d511f7216f0586f3f", DIGEST_HEX);
    assert_memory_equal(json.digits, "6792b09f13da699c30e797987ef640ac", DIGEST_HEX);
}

/* Each half changes: so neither is a constant, and both know every byte. */
static void expect_other(struct hex a, struct hex b)
{
    assert_true(memcmp(a.digits, b.digits, DIGEST_HEX / 2) != 0);
    assert_true(memcmp(a.digits + DIGEST_HEX / 2, b.digits + DIGEST_HEX / 2, DIGEST_HEX / 2) != 0);
}

static void test_every_bit_matters(void **state)
{
    char bytes[100] = "{\"stock\":17,\"name\":\"a lamp\"}";
    struct hex before = whole(bytes, sizeof(bytes));

    for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        expect_other(whole(bytes, sizeof(bytes)), before);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
}

static void test_zeros_at_the_end_matter(void **state)
{
    char bytes[100] = "1";

    for (size_t len = 1; len < sizeof(bytes); len++)
        expect_other(whole(bytes, len), whole(bytes, len + 1));
}

static int by_bytes(const void *a, const void *b) { return memcmp(a, b, sizeof(struct hex)); }

/* 200000 versions of one page, as they follow each other: no two have even a half in common. */
static void test_versions_of_a_page_are_told_apart(void **state)
{
    enum { COUNT = 200000 };
    struct hex *all = memory_new(COUNT * sizeof(*all));
    char text[128];

    for (int i = 0; i < COUNT; i++) {
        int len = snprintf(text, sizeof(text), "{\"id\":\"p1\",\"price\":%d,\"stock\":%d}", i % 449,
                           i / 449);
        all[i] = whole(text, (size_t)len);
    }
    qsort(all, COUNT, sizeof(*all), by_bytes);
    for (int i = 1; i < COUNT; i++)
        assert_true(memcmp(all[i - 1].digits, all[i].digits, DIGEST_HEX / 2) != 0);
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
