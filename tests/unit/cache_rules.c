/* The rules of the cache, case by case: tests/cache/rules.txt has the cases and explains them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/base/file.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_vary.h"
#include "tests/unit/cache_message.h"

#define CAME_NS (100 * CLOCK_S) /* when the response comes, on the clock of the cases */
#define FILE_MOST ((size_t)1024 * 1024)
#define CASES_LEAST 200 /* fewer were read: the file is not read to its end */

struct rule_case {
    struct text rfc, why, rule, first, response, after, then, want, fails;
};

static const struct {
    const char *name;
    size_t at;
} members[] = {
    {"rfc", offsetof(struct rule_case, rfc)},
    {"why", offsetof(struct rule_case, why)},
    {"rule", offsetof(struct rule_case, rule)},
    {"first", offsetof(struct rule_case, first)},
    {"after", offsetof(struct rule_case, after)},
    {"response", offsetof(struct rule_case, response)},
    {"then", offsetof(struct rule_case, then)},
    {"want", offsetof(struct rule_case, want)},
    {"fails", offsetof(struct rule_case, fails)},
};

static void read_line(struct rule_case *one, struct text line)
{
    struct text name = text_cut(&line, ':');

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (text_is(name, members[i].name)) {
            *(struct text *)(void *)((char *)one + members[i].at) = text_trim(line);
            return;
        }
    fail_msg("unknown: %.*s", TEXT_ARGS(name));
}

/* Reads the next case of ${*rest}. Returns false at the end. */
static bool read_case(struct text *rest, struct rule_case *one)
{
    *one = (struct rule_case){.first = TEXT("GET"), .then = TEXT("GET"), .after = TEXT("0")};
    while (rest->at != NULL) {
        struct text line = text_trim(text_cut(rest, '\n'));
        if (line.len == 0 && one->rfc.len > 0)
            return true;
        if (line.len > 0 && line.at[0] != '#')
            read_line(one, line);
    }
    return one->rfc.len > 0;
}

static uint32_t milliseconds(struct text seconds)
{
    uint64_t number = 0;

    must(text_number(seconds, 100000, &number) == 0);
    return (uint32_t)number * 1000;
}

static struct cache_rule rule_of(struct text text)
{
    struct cache_rule rule = {.is_on = true};

    while (text.at != NULL) {
        struct text value = text_cut(&text, ' '), name = text_cut(&value, '=');
        if (text_is(name, "ttl"))
            rule.ttl_ms = milliseconds(value);
        else if (text_is(name, "stale_while_revalidate"))
            rule.stale_while_revalidate_ms = milliseconds(value);
        else if (text_is(name, "stale_if_error"))
            rule.stale_if_error_ms = milliseconds(value);
        else
            rule.is_shared = text_is(name, "shared");
    }
    return rule;
}

/* Returns the entry of the response; NULL: it is not stored. */
static struct cache_entry *store(const struct rule_case *one, struct cache_message *first,
                                 struct cache_message *response, int64_t wall_ms)
{
    struct cache_rule rule = rule_of(one->rule);
    struct cache_request request = cache_message_request(first);
    struct exchange_head head = cache_message_head(response);
    struct cache_entry_parts parts = {.status = head.status, .fields = head.fields};
    struct cache_entry *entry;

    if (cache_policy_use(&request) == CACHE_BYPASS ||
        !cache_policy_may_store(&rule, &request, &head))
        return NULL;
    for (size_t i = 0; i < head.field_count; i++)
        if (cache_policy_keeps(&head, head.fields[i].name))
            head.fields[parts.field_count++] = head.fields[i];
    entry = cache_entry_new(&parts);
    cache_policy_set_times(&rule, entry, CAME_NS, CAME_NS, wall_ms);
    return entry;
}

static bool varies(const struct cache_entry *entry, struct cache_message *first,
                   struct cache_message *then)
{
    struct cache_request a = cache_message_request(first), b = cache_message_request(then);

    return !text_equal(cache_vary_values(first->pool, entry->vary, &a),
                       cache_vary_values(first->pool, entry->vary, &b));
}

static const char *decide(const struct cache_entry *entry, struct cache_message *first,
                          struct cache_message *then, int64_t now_ns)
{
    static const char *const words[] = {
        [CACHE_FRESH] = "fresh", [CACHE_STALE] = "stale", [CACHE_VALIDATE] = "validate"};
    struct cache_request request = cache_message_request(then);
    enum cache_state state;

    if (cache_policy_use(&request) == CACHE_BYPASS)
        return entry == NULL ? "not stored" : "miss";
    if (entry != NULL && varies(entry, first, then))
        return "miss";
    state = entry == NULL ? CACHE_VALIDATE : cache_policy_state(&request, entry, now_ns);
    if (state == CACHE_VALIDATE && cache_policy_is_only_cached(&request))
        return "only stored";
    if (entry == NULL)
        return "not stored";
    if (state != CACHE_VALIDATE && cache_policy_is_not_modified(&request, entry))
        return "not modified";
    return words[state];
}

static const char *failing(const struct cache_entry *entry, struct cache_message *then,
                           int64_t now_ns)
{
    struct cache_request request = cache_message_request(then);

    return entry != NULL && cache_policy_may_fail_over(&request, entry, now_ns) ? "stored"
                                                                                : "error";
}

static unsigned check(const struct rule_case *one)
{
    struct pool *pool = pool_new();
    int64_t wall_ms = clock_wall_ms();
    int64_t now_ns = CAME_NS + milliseconds(one->after) * CLOCK_MS;
    struct cache_message first = cache_message_read(pool, one->first, wall_ms / 1000);
    struct cache_message response = cache_message_read(pool, one->response, wall_ms / 1000);
    struct cache_message then = cache_message_read(pool, one->then, wall_ms / 1000);
    struct cache_entry *entry = store(one, &first, &response, wall_ms);
    const char *got = decide(entry, &first, &then, now_ns), *fails = failing(entry, &then, now_ns);
    bool is_good = text_is(one->want, got) && (one->fails.at == NULL || text_is(one->fails, fails));

    if (!is_good)
        print_error("%.*s: %.*s: got %s, and %s when the service fails\n", TEXT_ARGS(one->rfc),
                    TEXT_ARGS(one->why), got, fails);
    cache_entry_release(entry);
    pool_free(pool);
    return is_good ? 0 : 1;
}

static void test_each_case(void **state)
{
    struct pool *pool = pool_new();
    struct rule_case one;
    unsigned count = 0, bad = 0;
    char *bytes = pool_take(pool, FILE_MOST + 1);
    ssize_t len = file_read(TESTS_DIR "/cache/rules.txt", bytes, FILE_MOST);
    struct text rest = {bytes, (size_t)len};

    assert_in_range(len, 1, FILE_MOST);
    while (read_case(&rest, &one)) {
        count++;
        bad += check(&one);
    }
    print_message("%u cases\n", count);
    assert_true(count >= CASES_LEAST);
    assert_int_equal(bad, 0);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_case)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
