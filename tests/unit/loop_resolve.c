/* Tests of the set of a name's addresses: what an answer changes, and what it does not change. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/resolve_answer.h"

#define PORT 3000

/* Returns the addresses of ${resolve}, in their order. */
static const char *addresses(const struct resolve *resolve)
{
    static char all[4096];
    char one[RESOLVE_TEXT_BYTES];

    *all = '\0';
    for (size_t i = 0; i < resolve->count; i++) {
        resolve_address_print(&resolve->addresses[i], one);
        sprintf(all + strlen(all), "%s%s", i == 0 ? "" : " ", one);
    }
    return all;
}

static void test_answers(void **state)
{
    static const struct {
        const char *why, *before, *answer, *after;
        bool is_change;
    } cases[] = {
        {"the first answer", "", "10.0.0.2 10.0.0.1", "10.0.0.2:3000 10.0.0.1:3000", true},
        {"another order", "10.0.0.1 10.0.0.2", "10.0.0.2 10.0.0.1", "10.0.0.1:3000 10.0.0.2:3000",
         false},
        {"one more", "10.0.0.2", "10.0.0.1 10.0.0.2", "10.0.0.2:3000 10.0.0.1:3000", true},
        {"one less", "10.0.0.1 10.0.0.2", "10.0.0.2", "10.0.0.2:3000", true},
        {"others", "10.0.0.1 10.0.0.2", "10.0.0.3", "10.0.0.3:3000", true},
        {"nothing", "10.0.0.1", "", "10.0.0.1:3000", false},
        {"nothing, ever", "", "", "", false},
        {"one twice", "10.0.0.1", "10.0.0.1 10.0.0.1", "10.0.0.1:3000", false},
        {"both families", "", "fd00::7 10.0.0.1", "[fd00::7]:3000 10.0.0.1:3000", true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct resolve resolve;
        print_message("%s\n", cases[i].why);
        resolve_init(&resolve, "users.internal", PORT);
        resolve_answer(&resolve, cases[i].before);
        unsigned version = resolve.version;
        resolve_answer(&resolve, cases[i].answer);
        assert_string_equal(addresses(&resolve), cases[i].after);
        assert_int_equal(resolve.version != version, cases[i].is_change);
    }
}

/* A name with more addresses than there is room for keeps those that it has. */
static void test_an_answer_that_is_too_long(void **state)
{
    struct resolve resolve;
    char all[RESOLVE_ADDRESSES_MAX * 2 * sizeof("10.0.0.999")] = "", known[RESOLVE_TEXT_BYTES];

    resolve_init(&resolve, "users.internal", PORT);
    resolve_answer(&resolve, "10.0.0.99");
    for (unsigned i = 0; i < 100; i++)
        sprintf(all + strlen(all), "10.0.0.%u ", i);
    resolve_answer(&resolve, all);
    assert_int_equal(resolve.count, RESOLVE_ADDRESSES_MAX);
    struct resolve_address last = resolve_answer_address(&resolve, "10.0.0.99");
    assert_true(resolve_has(&resolve, &last));
    resolve_address_print(&resolve.addresses[0], known);
    assert_string_equal(known, "10.0.0.99:3000");

    unsigned version = resolve.version;
    resolve_answer(&resolve, all);
    assert_int_equal(resolve.version, version);
}

static void test_addresses_take_turns(void **state)
{
    struct resolve resolve;

    resolve_init(&resolve, "users.internal", PORT);
    assert_null(resolve_next(&resolve));
    resolve_answer(&resolve, "10.0.0.1 10.0.0.2 10.0.0.3");
    assert_ptr_equal(resolve_next(&resolve), &resolve.addresses[0]);
    assert_ptr_equal(resolve_next(&resolve), &resolve.addresses[1]);
    resolve_answer(&resolve, "10.0.0.1");
    assert_ptr_equal(resolve_next(&resolve), &resolve.addresses[0]);
    assert_ptr_equal(resolve_next(&resolve), &resolve.addresses[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_an_answer_that_is_too_long),
        cmocka_unit_test(test_addresses_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
