/* Logins that are under way: their cookies, and their one use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "bff/base/text_builder.h"
#include "bff/session/oidc_leave.h"
#include "bff/session/oidc_transaction.h"
#include "bff/session/oidc_used.h"

#define NOW 1000000

static const struct session_cookie cookie = {.name = {"__Host-bff", 10}, .is_secure = true};
static struct session_seal *seal;
static struct pool *pool;

static int setup(void **state)
{
    struct text secret = TEXT("0123456789abcdef0123456789abcdef");

    seal = session_seal_new(&secret, 1, "oidc login");
    pool = pool_new();
    return 0;
}

static int teardown(void **state)
{
    session_seal_free(seal);
    pool_free(pool);
    return 0;
}

static struct oidc_transaction new_transaction(int64_t began_s)
{
    struct oidc_transaction transaction = {
        .provider = TEXT("id"),
        .redirect_uri = TEXT("https://shop.example/bff/callback"),
        .return_url = TEXT("/a?b=c&d=%20"),
        .began_s = began_s,
    };

    oidc_transaction_random(&transaction, pool);
    return transaction;
}

static struct text name_of(struct text state)
{
    return session_cookie_login_name(&cookie, oidc_transaction_suffix(state, pool), pool);
}

static void test_round(void **state)
{
    struct oidc_transaction in = new_transaction(NOW), out;
    struct text name = name_of(in.state);
    struct text value = oidc_transaction_seal(&in, seal, name, pool);

    assert_int_equal(oidc_transaction_open(seal, name, value, NOW + 599, pool, &out), 0);
    assert_true(text_equal(out.state, in.state) && text_equal(out.nonce, in.nonce));
    assert_true(text_equal(out.verifier, in.verifier) && in.verifier.len == 43);
    assert_true(text_equal(out.return_url, in.return_url));
    assert_true(text_equal(out.redirect_uri, in.redirect_uri));
    assert_false(text_equal(in.state, in.nonce) || text_equal(in.nonce, in.verifier));
    assert_int_equal(oidc_transaction_open(seal, name, value, NOW + 600, pool, &out), -1);
    assert_int_equal(oidc_transaction_open(seal, name, value, NOW - 600, pool, &out), -1);
}

/* Each single bit, and the cookie of another login. */
static void test_tampered(void **state)
{
    struct oidc_transaction in = new_transaction(NOW), other = new_transaction(NOW), out;
    struct text name = name_of(in.state);
    struct text value = oidc_transaction_seal(&in, seal, name, pool);

    assert_int_equal(oidc_transaction_open(seal, name_of(other.state), value, NOW, pool, &out), -1);
    for (size_t i = 0; i < value.len * 8; i++) {
        char *bytes = pool_take(pool, value.len);
        memcpy(bytes, value.at, value.len);
        bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
        struct text changed = {bytes, value.len};
        assert_int_equal(oidc_transaction_open(seal, name, changed, NOW, pool, &out), -1);
    }
}

static struct text field_of(size_t count, int64_t first_s)
{
    struct text_builder out;

    text_builder_init(&out, pool, 0);
    text_builder_add(&out, TEXT("a=b; __Host-bff=x"));
    for (size_t i = 0; i < count; i++) {
        struct oidc_transaction one = new_transaction(first_s + (int64_t)i);
        struct text name = name_of(one.state);
        text_builder_add(&out, TEXT("; "));
        text_builder_add(&out, name);
        text_builder_add(&out, TEXT("="));
        text_builder_add(&out, oidc_transaction_seal(&one, seal, name, pool));
    }
    return text_builder_text(&out);
}

static size_t excess(struct text field)
{
    struct text suffixes[20];

    return oidc_transaction_excess(seal, &cookie, field, NOW, pool, suffixes, 20);
}

static void test_bounded(void **state)
{
    assert_int_equal(excess((struct text){0}), 0);
    assert_int_equal(excess(field_of(4, NOW - 10)), 0);
    assert_int_equal(excess(field_of(5, NOW - 10)), 1);
    assert_int_equal(excess(field_of(9, NOW - 10)), 5);
    assert_int_equal(excess(field_of(3, NOW - 5000)), 3);
    assert_int_equal(excess(TEXT("__Host-bff-login-x=y; __Host-bff-login-=; __Host-bff-login")), 2);
    assert_int_equal(excess(field_of(200, NOW - 10)), 6);
}

static void test_leave(void **state)
{
    char big[5000];
    struct text name = TEXT("__Host-bff-login-logout");
    struct oidc_leave in = {TEXT("id"), TEXT("a.b.c")}, out;
    struct text value = oidc_leave_seal(&in, seal, name, NOW, pool);

    assert_int_equal(oidc_leave_open(seal, name, value, NOW + 119, pool, &out), 0);
    assert_true(text_is(out.provider, "id") && text_is(out.id_token, "a.b.c"));
    assert_int_equal(oidc_leave_open(seal, name, value, NOW + 120, pool, &out), -1);
    assert_int_equal(oidc_leave_open(seal, TEXT("x"), value, NOW, pool, &out), -1);
    memset(big, 'a', sizeof(big));
    in.id_token = (struct text){big, sizeof(big)};
    value = oidc_leave_seal(&in, seal, name, NOW, pool);
    assert_true(value.len <= OIDC_LEAVE_VALUE_MAX);
    assert_int_equal(oidc_leave_open(seal, name, value, NOW, pool, &out), 0);
    assert_int_equal(out.id_token.len, 0);
}

static void test_used(void **state)
{
    struct registry *registry = registry_new();
    struct oidc_used *used = oidc_used_hold(registry);

    assert_true(oidc_used_take(used, TEXT("a"), NOW, NOW + 600));
    assert_false(oidc_used_take(used, TEXT("a"), NOW + 599, NOW + 1200));
    assert_true(oidc_used_take(used, TEXT("b"), NOW, NOW + 600));
    assert_true(oidc_used_take(used, TEXT("a"), NOW + 600, NOW + 1200));
    oidc_used_release(used);
    registry_free(registry);
}

/* A table that is full forgets, and keeps working. */
static void test_used_flood(void **state)
{
    struct registry *registry = registry_new();
    struct oidc_used *used = oidc_used_hold(registry);
    unsigned repeated = 0;

    for (unsigned i = 0; i < 200000; i++)
        repeated +=
            !oidc_used_take(used, (struct text){(const char *)&i, sizeof(i)}, NOW, NOW + 600);
    assert_int_equal(repeated, 0);
    oidc_used_release(used);
    registry_free(registry);
}

static struct oidc_used *shared;
static atomic_uint taken;

static void *take_all(void *argument)
{
    for (unsigned i = 0; i < 2000; i++)
        taken += oidc_used_take(shared, (struct text){(const char *)&i, sizeof(i)}, NOW, NOW + 9);
    return NULL;
}

/* Of several threads, one is the first. */
static void test_used_threads(void **state)
{
    struct registry *registry = registry_new();
    pthread_t threads[4];

    shared = oidc_used_hold(registry);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_all, NULL), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(taken, 2000);
    oidc_used_release(shared);
    registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),        cmocka_unit_test(test_tampered),
        cmocka_unit_test(test_bounded),      cmocka_unit_test(test_leave),
        cmocka_unit_test(test_used),         cmocka_unit_test(test_used_flood),
        cmocka_unit_test(test_used_threads),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
