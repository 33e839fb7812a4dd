/* Where a coded field ends, and the names that are recognized. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/http/hpack_field.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define CODED(bytes) (const uint8_t *)(bytes), sizeof(bytes) - 1
#define REST "rest"

static const struct {
    const char *why;
    const uint8_t *bytes;
    size_t len, want;
} fields[] = {
    {"indexed", CODED("\x82" REST), 1},
    {"indexed, two bytes", CODED("\xff\x00" REST), 2},
    {"indexed, five bytes", CODED("\xff\x80\x80\x80\x01" REST), 5},
    {"a literal that is kept",
     CODED("\x40\x01"
           "a\x01"
           "b" REST),
     5},
    {"its name indexed",
     CODED("\x41\x02"
           "bc" REST),
     4},
    {"its name indexed, two bytes",
     CODED("\x7f\x01\x01"
           "b" REST),
     4},
    {"a literal that is not kept",
     CODED("\x00\x01"
           "a\x00" REST),
     4},
    {"never indexed",
     CODED("\x10\x01"
           "a\x01"
           "b" REST),
     5},
    {"a name with a number beyond 14",
     CODED("\x0f\x11\x01"
           "b" REST),
     4},
    {"Huffman's code", CODED("\x00\x81\x1f\x82\x1f\x1f" REST), 6},
    {"a change of size before it", CODED("\x20\x82" REST), 2},
    {"two of them", CODED("\x20\x3f\xe1\x1f\x82" REST), 5},
    {"an empty value", CODED("\x41\x00" REST), 2},
};

static void test_size(void **state)
{
    for (size_t i = 0; i < COUNT(fields); i++)
        if (hpack_field_first(fields[i].bytes, fields[i].len).size != fields[i].want)
            fail_msg("%s", fields[i].why);
}

/* libh2o gets all of it, and refuses it. */
static const struct {
    const char *why;
    const uint8_t *bytes;
    size_t len;
} broken[] = {
    {"a number without an end", CODED("\xff\x80")},
    {"a number of six bytes", CODED("\xff\x80\x80\x80\x80\x01" REST)},
    {"a name that is cut", CODED("\x00\x05"
                                 "abc")},
    {"a value that is cut", CODED("\x00\x01"
                                  "a\x05"
                                  "abc")},
    {"no value", CODED("\x00\x01"
                       "a")},
    {"no name", CODED("\x40")},
    {"a change of size alone", CODED("\x20")},
    {"a huge length", CODED("\x00\x7f\xff\xff\xff\x7f" REST)},
};

static void test_broken(void **state)
{
    for (size_t i = 0; i < COUNT(broken); i++)
        if (hpack_field_first(broken[i].bytes, broken[i].len).size != broken[i].len)
            fail_msg("%s", broken[i].why);
}

static const struct {
    const char *why;
    const uint8_t *bytes;
    size_t len;
    enum hpack_name want;
} names[] = {
    {"cookie",
     CODED("\x00\x06"
           "cookie\x01"
           "a"),
     HPACK_NAME_COOKIE},
    {"cookie by Huffman's code",
     CODED("\x40\x84\x21\xcf\xd4\xc5\x01"
           "a"),
     HPACK_NAME_COOKIE},
    {"cookie by its number",
     CODED("\x60\x01"
           "a"),
     HPACK_NAME_COOKIE},
    {"cookie by its number, in two bytes",
     CODED("\x0f\x11\x01"
           "a"),
     HPACK_NAME_COOKIE},
    {"cookie with the value of the table", CODED("\xa0"), HPACK_NAME_COOKIE},
    {"host",
     CODED("\x10\x04"
           "host\x01"
           "a"),
     HPACK_NAME_HOST},
    {"host by Huffman's code",
     CODED("\x00\x83\x9c\xe8\x4f\x01"
           "a"),
     HPACK_NAME_HOST},
    {"host by its number",
     CODED("\x66\x01"
           "a"),
     HPACK_NAME_HOST},
    {"cookies",
     CODED("\x00\x07"
           "cookies\x01"
           "a"),
     HPACK_NAME_OTHER},
    {"set-cookie by its number",
     CODED("\x77\x01"
           "a"),
     HPACK_NAME_OTHER},
    {":authority",
     CODED("\x41\x04"
           "host"),
     HPACK_NAME_OTHER},
    {"a number of no field", CODED("\xff\x00"), HPACK_NAME_OTHER},
};

static void test_name(void **state)
{
    h2o_hpack_header_table_t table = {0};

    for (size_t i = 0; i < COUNT(names); i++) {
        struct hpack_field field = hpack_field_first(names[i].bytes, names[i].len);
        if (hpack_field_name(&field, &table) != names[i].want)
            fail_msg("%s", names[i].why);
    }
}

/* The table of a connection that has kept "cookie", "host" and "x", in this order. */
static void test_name_of_table(void **state)
{
    h2o_iovec_t other = {"x", 1};
    h2o_hpack_header_table_entry_t entries[] = {
        {.name = &other},
        {.name = (h2o_iovec_t *)&H2O_TOKEN_HOST->buf},
        {.name = (h2o_iovec_t *)&H2O_TOKEN_COOKIE->buf},
    };
    h2o_hpack_header_table_t table = {
        .entries = entries, .num_entries = COUNT(entries), .entry_capacity = COUNT(entries)};
    const enum hpack_name want[] = {HPACK_NAME_OTHER, HPACK_NAME_HOST, HPACK_NAME_COOKIE,
                                    HPACK_NAME_OTHER};

    for (uint8_t i = 0; i < COUNT(want); i++) {
        uint8_t coded = (uint8_t)(0x80 + HPACK_FIELD_STATIC + 1 + i);
        struct hpack_field field = hpack_field_first(&coded, 1);
        assert_int_equal(hpack_field_name(&field, &table), want[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_name),
        cmocka_unit_test(test_name_of_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
