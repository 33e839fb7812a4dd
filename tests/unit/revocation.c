/* Tests of the set of revocations in memory: what it refuses and until when, its bound, and readers
 * in other threads while it grows. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/log.h"
#include "bff/edge/revocation.h"

#define NOW INT64_C(1000000)
#define KEEP 100
#define READERS 3
#define ADDED 20000u /* by the thread that writes */

static struct registry *registry;
static struct revocation *revocation;
static struct revocation_view *view;
static char events[1024]; /* "revocation_dropped 12513, " */

/* In the place of the log's function. */
void log_event(const char *event, const struct log_field *fields)
{
    size_t len = strlen(events);

    snprintf(events + len, sizeof(events) - len, "%s %lld, ", event,
             (long long)(fields == NULL ? 0 : fields[0].number));
}

static int begin(void **state)
{
    events[0] = '\0';
    registry = registry_new();
    revocation = revocation_hold(registry);
    view = revocation_view_new(revocation);
    return 0;
}

static int end(void **state)
{
    revocation_view_free(view);
    revocation_release(revocation);
    registry_free(registry);
    return 0;
}

static void add(enum revocation_kind kind, const char *text, int64_t before_s, int64_t until_s)
{
    struct revocation_entry entry = {kind, revocation_key(kind, text_of(text)), before_s, until_s};

    revocation_add(revocation, &entry, NOW);
}

static bool has(struct revocation_asked asked, int64_t now_s)
{
    return revocation_has(view, &asked, now_s);
}

static struct revocation_asked by(enum revocation_kind kind, const char *text, int64_t issued_s)
{
    uint64_t key = revocation_key(kind, text_of(text));
    struct revocation_asked asked = {.issued_s = issued_s};

    *(kind == REVOCATION_JTI            ? &asked.jti
      : kind == REVOCATION_SID          ? &asked.sid
      : kind == REVOCATION_SUB          ? &asked.sub
      : kind == REVOCATION_PROVIDER_SUB ? &asked.provider_sub
                                        : &asked.provider_sid) = key;
    return asked;
}

static void test_nothing_is_revoked_at_first(void **state)
{
    assert_true(revocation_is_empty(view));
    assert_true(revocation_is_empty(NULL));
    assert_false(revocation_has(NULL, &(struct revocation_asked){.jti = 1}, NOW));
    assert_false(has(by(REVOCATION_JTI, "a", NOW), NOW));
    assert_true(revocation_state(view) == REVOCATION_CURRENT);
    assert_true(revocation_state(NULL) == REVOCATION_CURRENT);
    assert_true(revocation_key(REVOCATION_JTI, TEXT("")) == 0);
    assert_true(revocation_key(REVOCATION_JTI, (struct text){0}) == 0);
}

static const struct {
    const char *why;
    enum revocation_kind kind, asked;
    const char *text, *asked_text;
    int64_t issued_s, now_s;
    bool is_revoked;
} rows[] = {
    {"the token", REVOCATION_JTI, REVOCATION_JTI, "a", "a", NOW, NOW, true},
    {"another token", REVOCATION_JTI, REVOCATION_JTI, "a", "b", NOW, NOW, false},
    {"a session with the text of a token", REVOCATION_JTI, REVOCATION_SID, "a", "a", NOW, NOW,
     false},
    {"the session", REVOCATION_SID, REVOCATION_SID, "a", "a", NOW + 50, NOW, true},
    {"a session of a provider is not ours", REVOCATION_SID, REVOCATION_PROVIDER_SID, "a", "a", NOW,
     NOW, false},
    {"a session of a provider", REVOCATION_PROVIDER_SID, REVOCATION_PROVIDER_SID, "a", "a", NOW,
     NOW, true},
    {"a user of a provider, before", REVOCATION_PROVIDER_SUB, REVOCATION_PROVIDER_SUB, "u", "u",
     NOW - 1, NOW, true},
    {"a user of a provider, then", REVOCATION_PROVIDER_SUB, REVOCATION_PROVIDER_SUB, "u", "u", NOW,
     NOW, false},
    {"a user of a provider is not ours", REVOCATION_PROVIDER_SUB, REVOCATION_SUB, "u", "u", NOW - 1,
     NOW, false},
    {"before its end", REVOCATION_JTI, REVOCATION_JTI, "a", "a", NOW, NOW + KEEP - 1, true},
    {"at its end", REVOCATION_JTI, REVOCATION_JTI, "a", "a", NOW, NOW + KEEP, false},
    {"issued before", REVOCATION_SUB, REVOCATION_SUB, "u", "u", NOW - 1, NOW, true},
    {"issued then", REVOCATION_SUB, REVOCATION_SUB, "u", "u", NOW, NOW, false},
    {"issued later", REVOCATION_SUB, REVOCATION_SUB, "u", "u", NOW + 1, NOW, false},
    {"nobody knows when it was issued", REVOCATION_SUB, REVOCATION_SUB, "u", "u", 0, NOW, true},
    {"another user", REVOCATION_SUB, REVOCATION_SUB, "u", "U", NOW - 1, NOW, false},
};

static void test_what_is_revoked(void **state)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        end(NULL);
        begin(NULL);
        add(rows[i].kind, rows[i].text, NOW, NOW + KEEP);
        assert_false(revocation_is_empty(view));
        if (has(by(rows[i].asked, rows[i].asked_text, rows[i].issued_s), rows[i].now_s) !=
            rows[i].is_revoked)
            fail_msg("%s", rows[i].why);
    }
}

static void test_the_later_times_hold(void **state)
{
    add(REVOCATION_SUB, "u", NOW - 10, NOW + KEEP);
    add(REVOCATION_SUB, "u", NOW, NOW + 2 * KEEP);
    add(REVOCATION_SUB, "u", NOW - 20, NOW + 1);
    assert_true(has(by(REVOCATION_SUB, "u", NOW - 1), NOW + KEEP));
    assert_int_equal(revocation_count(revocation), 1);
    add(REVOCATION_JTI, "over", 0, NOW);
    assert_int_equal(revocation_count(revocation), 1);
}

static void test_a_provider_and_its_session_are_one_name(void **state)
{
    struct pool *pool = pool_new();
    struct text a = revocation_of_provider(pool, TEXT("idp"), TEXT("1x"));
    struct text b = revocation_of_provider(pool, TEXT("idp1"), TEXT("x"));

    assert_false(text_equal(a, b));
    assert_true(text_equal(a, revocation_of_provider(pool, TEXT("idp"), TEXT("1x"))));
    assert_null(revocation_of_provider(pool, TEXT("idp"), TEXT("")).at);
    pool_free(pool);
}

static void add_number(unsigned number, int64_t until_s)
{
    struct revocation_entry entry = {
        .kind = REVOCATION_JTI, .key = number + UINT64_C(1), .until_s = until_s};

    revocation_add(revocation, &entry, NOW);
}

static bool has_number(unsigned number)
{
    return has((struct revocation_asked){.jti = number + UINT64_C(1)}, NOW);
}

static void test_the_set_is_bounded_and_those_that_end_first_are_dropped(void **state)
{
    unsigned most = (unsigned)REVOCATION_MOST;

    for (unsigned i = 0; i < most; i++)
        add_number(i, NOW + KEEP + i);
    assert_int_equal(revocation_count(revocation), most);
    assert_string_equal(events, "");
    assert_true(has_number(0));
    add_number(most, NOW + 1);
    assert_string_equal(events, "revocation_dropped 12501, ");
    assert_true(revocation_count(revocation) <= most);
    assert_false(has_number(12500));
    assert_true(has_number(12501) && has_number(most - 1) && has_number(most));
}

static void test_what_has_ended_makes_room(void **state)
{
    for (unsigned i = 0; i < 10000; i++) {
        struct revocation_entry entry = {.kind = REVOCATION_JTI, .key = i + 1, .until_s = NOW + i};
        revocation_add(revocation, &entry, NOW + i - 1);
    }
    assert_true(revocation_count(revocation) < 100);
    assert_string_equal(events, "");
}

/* Readers. Each one sees all that was added before it was told, and never anything else. */

static atomic_uint told;

static void *read_all(void *cookie)
{
    struct revocation_view *own = revocation_view_new(revocation);
    unsigned seen;

    do {
        seen = atomic_load(&told);
        for (unsigned i = 0; i < seen; i += 1 + seen / 64) {
            struct revocation_asked added = {.jti = 2 * i + 1}, never = {.jti = 2 * i + 2};
            must(revocation_has(own, &added, NOW));
            must(!revocation_has(own, &never, NOW));
        }
    } while (seen < ADDED);
    revocation_view_free(own);
    return NULL;
}

static void test_readers_do_not_miss_what_was_added_while_the_set_grows(void **state)
{
    pthread_t threads[READERS];

    atomic_store(&told, 0);
    for (size_t i = 0; i < READERS; i++)
        must(pthread_create(&threads[i], NULL, read_all, NULL) == 0);
    for (unsigned i = 0; i < ADDED; i++) {
        struct revocation_entry entry = {
            .kind = REVOCATION_JTI, .key = 2 * i + 1, .until_s = NOW + KEEP};
        revocation_add(revocation, &entry, NOW);
        atomic_store(&told, i + 1);
    }
    for (size_t i = 0; i < READERS; i++)
        must(pthread_join(threads[i], NULL) == 0);
}

static void test_each_change_of_the_state_is_logged_once(void **state)
{
    revocation_set_state(revocation, REVOCATION_CURRENT);
    revocation_set_state(revocation, REVOCATION_STALE);
    revocation_set_state(revocation, REVOCATION_STALE);
    assert_true(revocation_state(view) == REVOCATION_STALE);
    revocation_set_state(revocation, REVOCATION_CURRENT);
    assert_string_equal(events, "revocation_stale 0, revocation_current 0, ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_is_revoked_at_first),
        TEST(test_what_is_revoked),
        TEST(test_the_later_times_hold),
        TEST(test_a_provider_and_its_session_are_one_name),
        TEST(test_the_set_is_bounded_and_those_that_end_first_are_dropped),
        TEST(test_what_has_ended_makes_room),
        TEST(test_readers_do_not_miss_what_was_added_while_the_set_grows),
        TEST(test_each_change_of_the_state_is_logged_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
