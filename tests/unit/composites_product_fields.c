/* Tests of the computed members of the product pages, one rule after the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "composites/shared/product_fields.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

typedef void print_function(struct json_print *out, struct json part);

struct field_case {
    const char *why, *part, *want;
};

/* Runs the field on every case and tells all that differ. */
static void check_all(print_function *print, const struct field_case *cases, size_t count)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++) {
        struct pool *pool = pool_new();
        struct json_print out;

        json_print_init(&out, pool);
        print(&out, json_of(text_of(cases[i].part)));
        if (!text_is(json_print_text(&out), cases[i].want)) {
            print_error("%s: %s gives %.*s, not %s\n", cases[i].why, cases[i].part,
                        TEXT_ARGS(json_print_text(&out)), cases[i].want);
            wrong++;
        }
        pool_free(pool);
    }
    assert_int_equal(wrong, 0);
}

static void average_rating_is_a_string_with_one_decimal(void **state)
{
    static const struct field_case cases[] = {
        {"one review", "[{\"rating\":4}]", "\"4.0\""},
        {"a mean", "[{\"rating\":4},{\"rating\":5}]", "\"4.5\""},
        {"a half goes up", "[{\"rating\":4.25}]", "\"4.3\""},
        {"an odd half goes up too", "[{\"rating\":1.25}]", "\"1.3\""},
        {"1.35 lies above the half as a double", "[{\"rating\":1.35}]", "\"1.4\""},
        {"1.45 lies below it", "[{\"rating\":1.45}]", "\"1.4\""},
        {"a mean that is a half", "[{\"rating\":4},{\"rating\":4},{\"rating\":4},{\"rating\":5}]",
         "\"4.3\""},
        {"a third", "[{\"rating\":5},{\"rating\":4},{\"rating\":4}]", "\"4.3\""},
        {"rated nought is rated", "[{\"rating\":0}]", "\"0.0\""},
        {"below nought", "[{\"rating\":-1.25}]", "\"-1.3\""},
        {"nearly nought from below keeps its sign", "[{\"rating\":-0.04}]", "\"-0.0\""},
        {"an exponent", "[{\"rating\":45e-1}]", "\"4.5\""},
        {"the last of two members of a name counts", "[{\"rating\":1,\"rating\":3}]", "\"3.0\""},
        {"beyond 1e21", "[{\"rating\":1e21}]", "\"1e+21\""},
        {"beyond all doubles", "[{\"rating\":1e400}]", "\"Infinity\""},
    };

    check_all(product_average_rating, cases, COUNT(cases));
}

static void average_rating_leaves_out_who_did_not_rate(void **state)
{
    static const struct field_case cases[] = {
        {"no reviews", "[]", "0"},
        {"none numeric", "[{\"rating\":\"5\"},{\"rating\":null},{}]", "0"},
        {"a string does not count", "[{\"rating\":\"1\"},{\"rating\":4}]", "\"4.0\""},
        {"null does not count", "[{\"rating\":null},{\"rating\":4}]", "\"4.0\""},
        {"true does not count", "[{\"rating\":true},{\"rating\":4}]", "\"4.0\""},
        {"absent does not count", "[{\"text\":\"\"},{\"rating\":4}]", "\"4.0\""},
        {"an item that is no object does not count", "[5,null,[3],{\"rating\":4}]", "\"4.0\""},
    };

    check_all(product_average_rating, cases, COUNT(cases));
}

static void review_count_counts_all_reviews(void **state)
{
    static const struct field_case cases[] = {
        {"none", "[]", "0"},
        {"white space is no review", "[ \n ]", "0"},
        {"some", "[{\"rating\":4},{\"rating\":5}]", "2"},
        {"not rated is reviewed", "[{\"rating\":\"x\"},{},null]", "3"},
        {"commas within are no commas between", "[{\"a\":[1,2],\"b\":\",,\"}]", "1"},
    };

    check_all(product_review_count, cases, COUNT(cases));
}

static void in_stock_is_more_than_nought(void **state)
{
    static const struct field_case cases[] = {
        {"some", "{\"quantity\":12}", "true"},
        {"half a one", "{\"quantity\":0.5}", "true"},
        {"beyond all doubles", "{\"quantity\":1e400}", "true"},
        {"none", "{\"quantity\":0}", "false"},
        {"none, with a sign", "{\"quantity\":-0}", "false"},
        {"owed", "{\"quantity\":-3}", "false"},
        {"missing", "{\"warehouse\":\"north\"}", "null"},
        {"null", "{\"quantity\":null}", "null"},
        {"a string", "{\"quantity\":\"12\"}", "null"},
        {"true", "{\"quantity\":true}", "null"},
        {"a list", "{\"quantity\":[12]}", "null"},
        {"the service sent nothing", "null", "null"},
    };

    check_all(product_in_stock, cases, COUNT(cases));
}

static void stock_quantity_is_as_the_service_wrote_it(void **state)
{
    static const struct field_case cases[] = {
        {"some", "{\"quantity\":12}", "12"},
        {"none", "{\"quantity\":0}", "0"},
        {"owed", "{\"quantity\":-3}", "-3"},
        {"digits survive", "{\"quantity\": 12345678901234567890 }", "12345678901234567890"},
        {"trailing noughts survive", "{\"quantity\":1.10}", "1.10"},
        {"the last of two members of a name counts", "{\"quantity\":1,\"quantity\":2}", "2"},
        {"missing", "{}", "null"},
        {"null", "{\"quantity\":null}", "null"},
        {"a string", "{\"quantity\":\"12\"}", "null"},
        {"the service sent nothing", "null", "null"},
    };

    check_all(product_stock_quantity, cases, COUNT(cases));
}

static void is_on_sale_compares_exactly(void **state)
{
    static const struct field_case cases[] = {
        {"cheaper now", "{\"price\":19.99,\"salePrice\":14.99}", "true"},
        {"dearer now", "{\"price\":10,\"salePrice\":12}", "false"},
        {"the same", "{\"price\":10,\"salePrice\":10}", "false"},
        {"the same, written otherwise", "{\"price\":10,\"salePrice\":1.0e1}", "false"},
        {"for nothing", "{\"price\":10,\"salePrice\":0}", "true"},
        {"nearer than doubles see", "{\"price\":0.30000000000000002,\"salePrice\":0.3}", "true"},
        {"never on sale", "{\"price\":10}", "false"},
        {"not on sale any more", "{\"price\":10,\"salePrice\":null}", "false"},
        {"never on sale, and no price either", "{}", "false"},
        {"the price is a string", "{\"price\":\"10\",\"salePrice\":8}", "null"},
        {"the price is missing", "{\"salePrice\":8}", "null"},
        {"the price is null", "{\"price\":null,\"salePrice\":8}", "null"},
        {"the sale price is a string", "{\"price\":10,\"salePrice\":\"8\"}", "null"},
        {"the sale price is false", "{\"price\":10,\"salePrice\":false}", "null"},
        {"the greatest exponent", "{\"price\":1e400,\"salePrice\":1}", "true"},
        {"the least exponent", "{\"price\":1,\"salePrice\":1e-400}", "true"},
        {"a price beyond it", "{\"price\":1e401,\"salePrice\":1}", "null"},
        {"a sale price below it", "{\"price\":1,\"salePrice\":1e-401}", "null"},
        {"an exponent that no integer holds", "{\"price\":1e99999999999999999999,\"salePrice\":1}",
         "null"},
    };

    check_all(product_is_on_sale, cases, COUNT(cases));
}

static void savings_are_exact(void **state)
{
    static const struct field_case cases[] = {
        {"to the cent", "{\"price\":19.99,\"salePrice\":14.99}", "5.00"},
        {"what no double can say", "{\"price\":0.3,\"salePrice\":0.1}", "0.2"},
        {"the larger scale of the two", "{\"price\":20,\"salePrice\":14.990}", "5.010"},
        {"whichever has it", "{\"price\":20.5,\"salePrice\":14}", "6.5"},
        {"whole", "{\"price\":20,\"salePrice\":14}", "6"},
        {"nothing saved", "{\"price\":1.50,\"salePrice\":1.5}", "0.00"},
        {"dearer now", "{\"price\":10.00,\"salePrice\":10.01}", "-0.01"},
        {"more digits than a double", "{\"price\":12345678901234567890.10,\"salePrice\":0.05}",
         "12345678901234567890.05"},
        {"an exponent adds no scale", "{\"price\":1.5e2,\"salePrice\":20.25}", "129.75"},
        {"a negative exponent is scale", "{\"price\":1,\"salePrice\":25e-2}", "0.75"},
    };

    check_all(product_savings, cases, COUNT(cases));
}

static void savings_are_null_when_they_cannot_be_known(void **state)
{
    static const struct field_case cases[] = {
        {"never on sale", "{\"price\":10}", "null"},
        {"not on sale any more", "{\"price\":10,\"salePrice\":null}", "null"},
        {"the sale price is a string", "{\"price\":10,\"salePrice\":\"8\"}", "null"},
        {"the price is a string", "{\"price\":\"10\",\"salePrice\":8}", "null"},
        {"the price is missing", "{\"salePrice\":8}", "null"},
        {"the price is an object", "{\"price\":{\"amount\":10},\"salePrice\":8}", "null"},
        {"a price beyond the exponents", "{\"price\":1e401,\"salePrice\":1}", "null"},
        {"a sale price below them", "{\"price\":1,\"salePrice\":1e-401}", "null"},
        {"no product", "null", "null"},
    };

    check_all(product_savings, cases, COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(average_rating_is_a_string_with_one_decimal),
        cmocka_unit_test(average_rating_leaves_out_who_did_not_rate),
        cmocka_unit_test(review_count_counts_all_reviews),
        cmocka_unit_test(in_stock_is_more_than_nought),
        cmocka_unit_test(stock_quantity_is_as_the_service_wrote_it),
        cmocka_unit_test(is_on_sale_compares_exactly),
        cmocka_unit_test(savings_are_exact),
        cmocka_unit_test(savings_are_null_when_they_cannot_be_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
