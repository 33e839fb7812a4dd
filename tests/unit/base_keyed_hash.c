/* Tests of SipHash-2-4 with the vectors of its authors' reference: the key is 00 01 .. 0f, and text
 * number n is the first n of the bytes 00 01 02 .. */
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/base/keyed_hash.h"

static const struct {
    size_t length;
    uint64_t want;
} cases[] = {
    {0, 0x726fdb47dd0e0e31u},  {1, 0x74f839c593dc67fdu},  {7, 0xab0200f58b01d137u},
    {8, 0x93f5f5799a932462u},  {15, 0xa129ca6149be45e5u}, {16, 0x3f2acc7f57c29bdbu},
    {63, 0x958a324ceb064572u},
};

static struct keyed_hash_key key_of_reference(void)
{
    struct keyed_hash_key key;

    for (size_t i = 0; i < 2; i++)
        key.words[i] = le64toh(UINT64_C(0x0706050403020100) + i * UINT64_C(0x0808080808080808));
    return key;
}

static void gives_the_hashes_of_the_reference(void **state)
{
    struct keyed_hash_key key = key_of_reference();
    char bytes[64];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)i;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(keyed_hash(&key, (struct text){bytes, cases[i].length}), cases[i].want);
}

static void has_another_key_each_time(void **state)
{
    struct keyed_hash_key a, b;

    keyed_hash_new_key(&a);
    keyed_hash_new_key(&b);
    assert_int_not_equal(keyed_hash(&a, TEXT("192.0.2.7")), keyed_hash(&b, TEXT("192.0.2.7")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_hashes_of_the_reference),
        cmocka_unit_test(has_another_key_each_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
