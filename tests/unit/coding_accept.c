/* Which coding a client gets, by its Accept-Encoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/coding/coding_accept.h"

/* With the offers br and gzip, in this order, and with gzip alone. */
static const struct {
    const char *accept, *both, *gzip;
} cases[] = {
    {NULL, "identity", "identity"},
    {"", "identity", "identity"},
    {"gzip", "gzip", "gzip"},
    {"br", "br", "identity"},
    {"gzip, deflate, br", "br", "gzip"},
    {"gzip, deflate, br, zstd", "br", "gzip"},
    {"GZip", "gzip", "gzip"},
    {"x-gzip", "gzip", "gzip"},
    {"deflate", "identity", "identity"},
    {"identity", "identity", "identity"},
    {"*", "br", "gzip"},
    {"*;q=0", "identity", "identity"},
    {"gzip;q=0", "identity", "identity"},
    {"gzip;q=0, *", "br", "identity"},
    {"br;q=0, *;q=0.1", "gzip", "gzip"},
    {"br;q=0.5, gzip", "gzip", "gzip"},
    {"br;q=0.5, gzip;q=0.5", "br", "gzip"},
    {"br ; q=0.001 , gzip;q=0.002", "gzip", "gzip"},
    {"gzip;Q=1.000", "gzip", "gzip"},
    {"gzip;q=0.5, identity", "identity", "identity"},
    {"gzip, identity", "gzip", "gzip"},
    {"identity;q=0.5, gzip;q=0.6", "gzip", "gzip"},
    {"identity;q=0, gzip", "gzip", "gzip"},
    {"identity;q=0", "identity", "identity"},
    {"*;q=0.3, identity;q=0.5", "identity", "identity"},
    {"gzip;q=0, gzip;q=1", "gzip", "gzip"},
    {"gzip;q=2", "identity", "identity"},
    {"gzip;q=1.001", "identity", "identity"},
    {"gzip;q=0.1234", "identity", "identity"},
    {"gzip;q=.5", "identity", "identity"},
    {"gzip;q=-1", "identity", "identity"},
    {"gzip;q=", "identity", "identity"},
    {"gzip;q", "identity", "identity"},
    {"gzip;level=9", "identity", "identity"},
    {"gzip;q=0.5;q=1", "identity", "identity"},
    {"gzip;q=1a, br", "br", "identity"},
    {",, ,gzip,", "gzip", "gzip"},
    {";q=1", "identity", "identity"},
    {"gzip br", "identity", "identity"},
    {"gzipx, xgzip", "identity", "identity"},
};

static void test_the_coding_of_a_client(void **state)
{
    static const enum coding offers[] = {CODING_BR, CODING_GZIP};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text accept = text_of(cases[i].accept);
        print_message("%s\n", cases[i].accept == NULL ? "(absent)" : cases[i].accept);
        assert_string_equal(coding_name(coding_accept_choose(accept, offers, 2)).at, cases[i].both);
        assert_string_equal(coding_name(coding_accept_choose(accept, offers + 1, 1)).at,
                            cases[i].gzip);
        assert_int_equal(coding_accept_choose(accept, offers, 0), CODING_IDENTITY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_coding_of_a_client)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
