/* Tests which context a client gets for a name in its handshake. The name is any bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/http/server_names.h"
#include "bff/http/server_tls.h"

#define NAME(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { FIRST, SHOP, WILD, DEEP, CONTEXTS };

static const struct {
    const char *name;
    int context;
} served[] = {
    {"shop.example", SHOP},   {"*.example", WILD},     {"*.b.example", DEEP},
    {"first.example", FIRST}, {"*.first.test", FIRST},
};

static const struct row {
    const char *why;
    struct text name;
    int context;
} rows[] = {
    {"exact", NAME("shop.example"), SHOP},
    {"any case", NAME("Shop.EXAMPLE"), SHOP},
    {"a trailing dot", NAME("shop.example."), SHOP},
    {"a wildcard", NAME("www.example"), WILD},
    {"exact before a wildcard", NAME("first.example"), FIRST},
    {"one label only", NAME("www.shop.example"), FIRST},
    {"a longer wildcard", NAME("a.b.example"), DEEP},
    {"no label for the star", NAME("b.example"), WILD},
    {"nothing for the star", NAME(".example"), FIRST},
    {"the domain itself", NAME("example"), FIRST},
    {"part of a label", NAME("myshop.example"), WILD},
    {"a prefix", NAME("shop.exampl"), FIRST},
    {"a longer name", NAME("shop.example.test"), FIRST},
    {"a zero byte", NAME("shop.example\0.test"), FIRST},
    {"unknown", NAME("else.test"), FIRST},
    {"a dot", NAME("."), FIRST},
    {"two dots", NAME(".."), FIRST},
    {"empty", NAME(""), FIRST},
    {"absent", {NULL, 0}, FIRST},
};

static void contexts_make(SSL_CTX *contexts[CONTEXTS])
{
    struct server_names_row names[COUNT(served)];

    for (int i = 0; i < CONTEXTS; i++)
        contexts[i] = server_tls_new();
    for (size_t i = 0; i < COUNT(served); i++)
        names[i] = (struct server_names_row){{served[i].name, strlen(served[i].name)},
                                             contexts[served[i].context]};
    server_names_attach(contexts[FIRST], names, COUNT(served));
}

static void test_names(void **state)
{
    SSL_CTX *contexts[CONTEXTS];

    contexts_make(contexts);
    for (size_t i = 0; i < COUNT(rows); i++)
        if (server_names_find(contexts[FIRST], rows[i].name) != contexts[rows[i].context])
            fail_msg("%s", rows[i].why);
    for (int i = 0; i < CONTEXTS; i++)
        SSL_CTX_free(contexts[i]);
}

static void test_long_names(void **state)
{
    SSL_CTX *contexts[CONTEXTS];
    char bytes[65536];

    contexts_make(contexts);
    memset(bytes, 'a', sizeof(bytes));
    for (size_t len = 1; len < sizeof(bytes); len += len < 300 ? 1 : 997)
        assert_ptr_equal(server_names_find(contexts[FIRST], (struct text){bytes, len}),
                         contexts[FIRST]);
    for (int i = 0; i < CONTEXTS; i++)
        SSL_CTX_free(contexts[i]);
}

/* The other contexts live as long as the first one, which connections may still have. */
static void test_the_first_context_keeps_the_others(void **state)
{
    SSL_CTX *contexts[CONTEXTS];

    contexts_make(contexts);
    for (int i = 1; i < CONTEXTS; i++)
        SSL_CTX_free(contexts[i]);
    SSL_CTX *found = server_names_find(contexts[FIRST], TEXT("shop.example"));
    assert_int_equal(SSL_CTX_get_min_proto_version(found), TLS1_2_VERSION);
    SSL_CTX_free(contexts[FIRST]);
}

static void test_a_context_without_names(void **state)
{
    SSL_CTX *alone = server_tls_new();

    assert_ptr_equal(server_names_find(alone, TEXT("shop.example")), alone);
    SSL_CTX_free(alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_the_first_context_keeps_the_others),
        cmocka_unit_test(test_a_context_without_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
