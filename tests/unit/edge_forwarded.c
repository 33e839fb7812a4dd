/* The lists to which proxies add, and the items of Forwarded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/edge/forwarded.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* want: the items from the last one to the first, each with a | behind it */
static const struct {
    const char *why, *list, *want;
} lists[] = {
    {"one", "a", "a|"},
    {"several", "a, b,c", "c|b|a|"},
    {"blanks", " \ta \t,\t b  ", "b|a|"},
    {"empty items", ",a,, ,b,", "b|a|"},
    {"nothing", "", ""},
    {"commas only", ", ,,", ""},
    {"a comma in quotes", "a, for=\"b, c\";d, e", "e|for=\"b, c\";d|a|"},
    {"a quote that is not closed, further left", "for=\", for=a, for=b", "for=b|for=a|for=\"|"},
    {"a quote that is not opened, further left", "x\"y, z, for=b", "for=b|z|x\"y|"},
    {"quotes that match over an item, further left", "\"a, \"b, for=c", "for=c|\"a, \"b|"},
    {"an escaped quote", "a, \"b\\\", c\", d", "d|\"b\\\", c\"|a|"},
    {"an escaped backslash", "a, \"b\\\\\", c", "c|\"b\\\\\"|a|"},
};

static void test_last_items(void **state)
{
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct text rest = text_of(lists[i].list), item;
        char got[200] = "";
        size_t len = 0;
        while ((item = forwarded_last(&rest)).at != NULL)
            len += (size_t)snprintf(got + len, sizeof(got) - len, "%.*s|", TEXT_ARGS(item));
        if (strcmp(got, lists[i].want) != 0)
            fail_msg("%s: %s", lists[i].why, got);
    }
    assert_null(forwarded_last(&(struct text){0}).at);
}

static const struct {
    const char *list;
    size_t place;
    const char *want; /* NULL: none */
} places[] = {
    {"https", 0, "https"}, {"https", 3, "https"}, {"https, http", 0, "http"},
    {"a, b, c", 1, "b"},   {"a, b, c", 2, "a"},   {"a, b, c", 9, "a"},
    {"a,, b,", 1, "a"},    {"", 0, NULL},         {", ,", 2, NULL},
};

static void test_places(void **state)
{
    for (size_t i = 0; i < COUNT(places); i++) {
        struct text got = forwarded_nth_last(text_of(places[i].list), places[i].place);
        if (!text_equal(got, text_of(places[i].want)))
            fail_msg("%zu of \"%s\": %.*s", places[i].place, places[i].list, TEXT_ARGS(got));
    }
}

/* want: node proto host, "-" where one is missing */
static const struct {
    const char *why, *item, *want;
} items[] = {
    {"an address", "for=192.0.2.60", "192.0.2.60 - -"},
    {"all of it", "for=192.0.2.60;proto=http;by=203.0.113.43;host=shop.example",
     "192.0.2.60 http shop.example"},
    {"names in capitals", "For=192.0.2.60;PROTO=https;Host=a", "192.0.2.60 https a"},
    {"another order", "host=a;proto=https;for=192.0.2.60", "192.0.2.60 https a"},
    {"quotes", "for=\"[2001:db8::1]:443\";host=\"shop.example:8080\"",
     "[2001:db8::1]:443 - shop.example:8080"},
    {"a semicolon in quotes", "by=\"a;for=1\";for=2", "2 - -"},
    {"a port without quotes", "for=192.0.2.60:80", "192.0.2.60:80 - -"},
    {"blanks around parameters", "for=1 ; proto=http ;", "1 http -"},
    {"empty parameters", ";;for=1;;", "1 - -"},
    {"hidden", "for=_gazonk", "_gazonk - -"},
    {"unknown", "for=unknown;proto=https", "unknown https -"},
    {"another parameter", "for=1;secret=\"a=b;c\"", "1 - -"},
    {"no address", "proto=https;host=a", "- https a"},
    {"an address twice", "for=1;for=2;proto=https", "- - -"},
    {"a host twice", "for=1;host=a;host=b", "- - -"},
    {"no equals sign", "for=1;proto", "- - -"},
    {"no name", "=1;for=2", "- - -"},
    {"a blank before the equals sign", "for =1", "- - -"},
    {"an empty value", "for=;proto=https", "- - -"},
    {"an empty value in quotes", "for=\"\"", "- - -"},
    {"a quote that is not closed", "for=\"1;proto=https", "- - -"},
    {"a quote inside", "for=1\"2", "- - -"},
    {"something behind the quotes", "for=\"1\"2", "- - -"},
    {"a backslash", "for=\"1\\2\"", "- - -"},
    {"no parameter", "192.0.2.60", "- - -"},
    {"nothing", "", "- - -"},
};

static const char *shown(struct text text, char out[40])
{
    snprintf(out, 40, "%.*s", text.at == NULL ? 1 : (int)text.len, text.at == NULL ? "-" : text.at);
    return out;
}

static void test_items(void **state)
{
    for (size_t i = 0; i < COUNT(items); i++) {
        struct forwarded read = forwarded_read(text_of(items[i].item));
        char got[130], node[40], proto[40], host[40];
        snprintf(got, sizeof(got), "%s %s %s", shown(read.node, node), shown(read.proto, proto),
                 shown(read.host, host));
        if (strcmp(got, items[i].want) != 0)
            fail_msg("%s: %s", items[i].why, got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_items),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_items),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
