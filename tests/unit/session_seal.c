/* Tests of sealed content: what is sealed is opened, with every key of the list, and nothing else
 * is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bff/session/session_seal.h"

#define OLD TEXT("an old secret of at least 32 bytes")
#define NEW TEXT("a new secret of at least 32 bytes!")
#define NAME TEXT("__Host-bff")

static struct pool *pool;

static int set_up(void **state)
{
    (void)state;
    pool = pool_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pool_free(pool);
    return 0;
}

static struct session_seal *seal_of(struct text first, struct text second, const char *purpose)
{
    struct text secrets[] = {first, second};

    return session_seal_new(secrets, second.at == NULL ? 1 : 2, purpose);
}

static bool opens(const struct session_seal *seal, struct text name, struct text sealed)
{
    struct text content;

    return session_seal_open(seal, name, sealed, pool, &content) == 0;
}

static void test_sizes(void **state)
{
    struct session_seal *seal = seal_of(OLD, (struct text){0}, "session");

    (void)state;
    for (size_t len = 0; len < 6000; len += len < 50 ? 1 : 997) {
        char *bytes = pool_take(pool, len + 1);
        struct text content, sealed;
        memset(bytes, (int)len, len + 1);
        sealed = session_seal_close(seal, NAME, (struct text){bytes, len}, pool);
        assert_int_equal(sealed.len, session_seal_length(len));
        assert_int_equal(session_seal_open(seal, NAME, sealed, pool, &content), 0);
        assert_true(text_equal(content, (struct text){bytes, len}));
    }
    session_seal_free(seal);
}

/* Changes each bit of the text that a browser has, and of the bytes that it means. */
static void test_bit_flips(void **state)
{
    struct session_seal *seal = seal_of(OLD, NEW, "session");
    struct text sealed = session_seal_close(seal, NAME, TEXT("who you are"), pool);
    char *copy = pool_take(pool, sealed.len);

    (void)state;
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        memcpy(copy, sealed.at, sealed.len);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        assert_false(opens(seal, NAME, (struct text){copy, sealed.len}));
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_false(opens(seal, NAME, (struct text){sealed.at, len}));
    assert_true(opens(seal, NAME, sealed));
    session_seal_free(seal);
}

/* Each letter of the alphabet in each place: also letters that differ in unused bits only. */
static void test_other_letters(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ";
    struct session_seal *seal = seal_of(OLD, (struct text){0}, "session");

    (void)state;
    for (size_t more = 0; more < 3; more++) { /* all lengths of the last group */
        struct text sealed = session_seal_close(seal, NAME, (struct text){"abc", more}, pool);
        char *copy = pool_take(pool, sealed.len);
        for (size_t at = 0; at < sealed.len; at++)
            for (const char *letter = alphabet; *letter != 0; letter++) {
                memcpy(copy, sealed.at, sealed.len);
                copy[at] = *letter;
                assert_int_equal(opens(seal, NAME, (struct text){copy, sealed.len}),
                                 *letter == sealed.at[at]);
            }
    }
    session_seal_free(seal);
}

static void test_rotation(void **state)
{
    struct session_seal *before = seal_of(OLD, (struct text){0}, "session");
    struct session_seal *both = seal_of(NEW, OLD, "session");
    struct session_seal *after = seal_of(NEW, (struct text){0}, "session");
    struct text old = session_seal_close(before, NAME, TEXT("x"), pool);
    struct text young = session_seal_close(both, NAME, TEXT("x"), pool);

    (void)state;
    assert_true(opens(both, NAME, old));
    assert_true(opens(both, NAME, young));
    assert_true(opens(after, NAME, young));
    assert_false(opens(after, NAME, old));
    assert_false(opens(before, NAME, young));
    session_seal_free(before);
    session_seal_free(both);
    session_seal_free(after);
}

static void test_purpose_and_name(void **state)
{
    struct session_seal *session = seal_of(OLD, (struct text){0}, "session");
    struct session_seal *login = seal_of(OLD, (struct text){0}, "login");
    struct text sealed = session_seal_close(session, NAME, TEXT("x"), pool);

    (void)state;
    assert_true(opens(session, NAME, sealed));
    assert_false(opens(login, NAME, sealed));
    assert_false(opens(session, TEXT("bff"), sealed));
    assert_false(opens(session, TEXT(""), sealed));
    session_seal_free(session);
    session_seal_free(login);
}

static void test_nonces_differ(void **state)
{
    struct session_seal *seal = seal_of(OLD, (struct text){0}, "session");
    struct text a = session_seal_close(seal, NAME, TEXT("x"), pool);
    struct text b = session_seal_close(seal, NAME, TEXT("x"), pool);

    (void)state;
    assert_false(text_equal(a, b));
    session_seal_free(seal);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sizes),    TEST(bit_flips),        TEST(other_letters),
        TEST(rotation), TEST(purpose_and_name), TEST(nonces_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
