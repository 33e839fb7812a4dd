/* Tests of the bytes of a session: what is written is read, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bff/session/session.h"

#define ID "0123456789012345678901234567890123456789abc"

static struct session sample(void)
{
    return (struct session){
        .id = TEXT(ID),
        .user = TEXT("u1"),
        .roles = TEXT("admin,staff"),
        .scopes = TEXT("read write"),
        .claims = TEXT("{\"name\":\"A\"}"),
        .access = TEXT("a.b.c"),
        .refresh = TEXT("r"),
        .id_token = TEXT("d.e.f"),
        .provider = TEXT("shop"),
        .provider_sid = TEXT("s-1"),
        .access_until_s = 1790000000,
        .began_s = 1780000000,
        .seen_s = 1780000060,
        .renewals = 4000000000,
    };
}

static void assert_same(struct text got, struct text want) { assert_true(text_equal(got, want)); }

static void assert_session(const struct session *got, const struct session *want)
{
    assert_same(got->id, want->id);
    assert_same(got->user, want->user);
    assert_same(got->roles, want->roles);
    assert_same(got->scopes, want->scopes);
    assert_same(got->claims, want->claims);
    assert_same(got->access, want->access);
    assert_same(got->refresh, want->refresh);
    assert_same(got->id_token, want->id_token);
    assert_same(got->provider, want->provider);
    assert_same(got->provider_sid, want->provider_sid);
    assert_int_equal(got->access_until_s, want->access_until_s);
    assert_int_equal(got->began_s, want->began_s);
    assert_int_equal(got->seen_s, want->seen_s);
    assert_int_equal(got->renewals, want->renewals);
}

static void test_round_trip(void **state)
{
    struct pool *pool = pool_new();
    struct session full = sample(), least = {.id = TEXT(ID), .user = TEXT("7")}, got;

    (void)state;
    assert_int_equal(session_read(session_write(&full, pool), &got), 0);
    assert_session(&got, &full);
    assert_int_equal(session_read(session_write(&least, pool), &got), 0);
    assert_session(&got, &least);
    pool_free(pool);
}

static void test_other_lengths(void **state)
{
    struct pool *pool = pool_new();
    struct session session = sample(), got;
    struct text bytes = session_write(&session, pool);

    (void)state;
    for (size_t len = 0; len < bytes.len; len++)
        assert_int_equal(session_read((struct text){bytes.at, len}, &got), -1);
    char *more = pool_take(pool, bytes.len + 1);
    memcpy(more, bytes.at, bytes.len);
    more[bytes.len] = 0;
    struct text longer = {more, bytes.len + 1};
    assert_int_equal(session_read(longer, &got), -1);
    pool_free(pool);
}

/* Writes ${byte} at ${place} from the end, or from the beginning if it is not negative. */
static int read_changed(struct text bytes, ptrdiff_t place, unsigned char byte)
{
    struct pool *pool = pool_new();
    char *copy = pool_take(pool, bytes.len);
    struct session got;

    memcpy(copy, bytes.at, bytes.len);
    copy[place >= 0 ? (size_t)place : bytes.len - (size_t)-place] = (char)byte;
    int result = session_read((struct text){copy, bytes.len}, &got);
    pool_free(pool);
    return result;
}

static void test_bounds(void **state)
{
    struct pool *pool = pool_new();
    struct session session = sample(), no_user = sample(), short_id = sample(), got;
    struct text bytes = session_write(&session, pool);

    (void)state;
    assert_int_equal(read_changed(bytes, 0, 2), -1);      /* another version */
    assert_int_equal(read_changed(bytes, 1, 0xff), -1);   /* a text of 4 GB */
    assert_int_equal(read_changed(bytes, -32, 0x80), -1); /* a negative time */
    assert_int_equal(read_changed(bytes, -8, 1), -1);     /* more renewals than fit */
    no_user.user = (struct text){0};
    short_id.id.len--;
    assert_int_equal(session_read(session_write(&no_user, pool), &got), -1);
    assert_int_equal(session_read(session_write(&short_id, pool), &got), -1);
    pool_free(pool);
}

static void test_new_ids(void **state)
{
    struct pool *pool = pool_new();
    struct text a = session_new_id(pool), b = session_new_id(pool);

    (void)state;
    assert_int_equal(a.len, SESSION_ID_CHARS);
    assert_int_equal(b.len, SESSION_ID_CHARS);
    assert_false(text_equal(a, b));
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_other_lengths),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_new_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
