/*
 * Reads any bytes as the fields of a response and of a request, and decides about them as the cache
 * does. A line is "name: value"; without a colon it is a Cache-Control field; after '>' it belongs
 * to the request.
 *
 * - Fields of Cache-Control mean the same one by one, as one list, in the other order, and twice.
 * - Dates are those of strptime and timegm.
 * - What must never be stored is never stored, and times follow each other.
 */
#include "bff/base/clock.h"
#include "bff/base/text_builder.h"
#include "bff/cache/cache_age.h"
#include "bff/cache/cache_control.h"
#include "bff/cache/cache_field.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_validators.h"
#include "bff/cache/cache_vary.h"
#include "tests/fuzz/cache_headers_date.h"
#include "tests/fuzz/chance.h"

#define FIELDS_MOST 32
#define ASKED_NS (INT64_C(1000) * 1000 * CLOCK_MS)
#define WALL_MS INT64_C(1790000000000)

struct message {
    struct pool *pool;
    struct exchange_field fields[FIELDS_MOST];
    size_t count;
};

static void add_line(struct message *message, struct text line)
{
    struct text value = line, name = text_cut(&value, ':');

    if (value.at == NULL) {
        value = name;
        name = TEXT("cache-control");
    }
    if (message->count < FIELDS_MOST)
        message->fields[message->count++] = (struct exchange_field){name, text_trim(value)};
}

static void read_messages(struct text bytes, struct message *response, struct message *request)
{
    while (bytes.at != NULL) {
        struct text line = text_cut(&bytes, '\n');
        if (line.len > 0 && line.at[0] == '>')
            add_line(request, (struct text){line.at + 1, line.len - 1});
        else
            add_line(response, line);
    }
}

static struct text list_of(void *cookie, const char *name)
{
    struct message *message = cookie;
    struct text_builder list;
    bool is_there = false;

    text_builder_init(&list, message->pool, 64);
    for (size_t i = 0; i < message->count; i++)
        if (text_equal_nocase(message->fields[i].name, text_of(name))) {
            text_builder_add(&list, is_there ? TEXT(", ") : TEXT(""));
            text_builder_add(&list, message->fields[i].value);
            is_there = true;
        }
    return is_there ? text_builder_text(&list) : (struct text){0};
}

/* Cache-Control. */

static bool is_same(const struct cache_control *a, const struct cache_control *b)
{
    return a->no_store == b->no_store && a->no_cache == b->no_cache &&
           a->only_if_cached == b->only_if_cached && a->is_private == b->is_private &&
           a->is_public == b->is_public && a->must_revalidate == b->must_revalidate &&
           a->proxy_revalidate == b->proxy_revalidate && a->must_understand == b->must_understand &&
           a->max_age == b->max_age && a->s_maxage == b->s_maxage &&
           a->stale_if_error == b->stale_if_error &&
           a->stale_while_revalidate == b->stale_while_revalidate && a->min_fresh == b->min_fresh &&
           a->max_stale == b->max_stale;
}

/* True when a quoted text of ${value} surely ends within it: there is none, or there is one, and
 * what ends it cannot begin another one. */
static bool ends_quotes(struct text value)
{
    size_t quotes = 0;

    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '\\')
            return false;
        if (value.at[i] == '"' && ++quotes == 2 && value.at[i - 1] == '=')
            return false;
    }
    return quotes == 0 || quotes == 2;
}

static void add_controls(struct cache_control *control, const struct message *message,
                         bool is_reversed)
{
    for (size_t i = 0; i < message->count; i++) {
        size_t at = is_reversed ? message->count - 1 - i : i;
        if (text_equal_nocase(message->fields[at].name, TEXT("cache-control")))
            cache_control_add(control, message->fields[at].value);
    }
}

static bool all_end_quotes(const struct message *message)
{
    for (size_t i = 0; i < message->count; i++)
        if (text_equal_nocase(message->fields[i].name, TEXT("cache-control")) &&
            !ends_quotes(message->fields[i].value))
            return false;
    return true;
}

static void check_number(int64_t number)
{
    must(number >= CACHE_CONTROL_ABSENT && number <= CACHE_CONTROL_MOST);
}

static void check_control(struct message *message)
{
    struct cache_control control = cache_control_of(message->fields, message->count);
    struct cache_control reversed = cache_control_none(), twice = control;
    struct cache_control joined = cache_control_none();

    add_controls(&reversed, message, true);
    must(is_same(&control, &reversed));
    add_controls(&twice, message, false);
    must(is_same(&control, &twice));
    cache_control_add(&joined, list_of(message, "cache-control"));
    must(!all_end_quotes(message) || is_same(&control, &joined));
    check_number(control.max_age);
    check_number(control.s_maxage);
    check_number(control.stale_while_revalidate);
    check_number(control.stale_if_error);
    check_number(control.min_fresh);
    check_number(control.max_stale);
}

/* Validators and Vary. */

/* True for a tag as RFC 9110 section 8.8.3 writes it. */
static bool is_tag(struct text tag)
{
    if (text_starts(tag, TEXT("W/")))
        tag = (struct text){tag.at + 2, tag.len - 2};
    return tag.len >= 2 && tag.at[0] == '"' && tag.at[tag.len - 1] == '"' &&
           memchr(tag.at + 1, '"', tag.len - 2) == NULL;
}

static void check_tags(struct pool *pool, struct text tag, struct text list)
{
    struct text longer = pool_print(pool, "\"\", W/\"x,y\" ,%.*s,\"z\"", TEXT_ARGS(tag));

    cache_validators_match(list, tag);
    must(cache_validators_match(TEXT(" *"), tag));
    must(!cache_validators_match(list, (struct text){0}) || text_is(text_trim(list), "*"));
    if (is_tag(tag) && memchr(tag.at, '\0', tag.len) == NULL)
        must(cache_validators_match(tag, tag) && cache_validators_match(longer, tag));
}

static void check_vary(struct pool *pool, struct text vary, const struct cache_request *request)
{
    struct text values = cache_vary_values(pool, vary, request);
    struct text twice = pool_print(pool, "%.*s, %.*s", TEXT_ARGS(vary), TEXT_ARGS(vary));

    if (vary.len == 0 || memchr(vary.at, '\0', vary.len) != NULL)
        return;
    must(text_equal(cache_vary_values(pool, twice, request), values));
}

/* Decisions. */

static void check_times(const struct cache_rule *rule, const struct cache_request *request,
                        struct cache_entry *entry, int64_t now_ns)
{
    cache_policy_set_times(rule, entry, ASKED_NS, now_ns, WALL_MS);
    must(entry->born_ns <= now_ns &&
         entry->born_ns >= now_ns - (INT64_C(1) << 32) * 1000 * CLOCK_MS);
    must(entry->stale_ns >= entry->fresh_ns && entry->failed_ns >= entry->fresh_ns);
    must(!entry->must_revalidate ||
         (entry->stale_ns == entry->fresh_ns && entry->failed_ns == entry->fresh_ns));
    for (int64_t at_ns = now_ns; at_ns < INT64_MAX / 8; at_ns *= 7) {
        enum cache_state state = cache_policy_state(request, entry, at_ns);
        must(state != CACHE_STALE || (at_ns >= entry->fresh_ns && at_ns < entry->stale_ns));
        must(state == CACHE_VALIDATE || at_ns < entry->fresh_ns || !entry->must_revalidate);
        must(state == CACHE_VALIDATE || cache_policy_may_fail_over(request, entry, at_ns) ||
             at_ns >= entry->fresh_ns);
        cache_age_s(entry, at_ns);
        cache_age_left_s(entry, at_ns);
    }
}

static void check_storing(const struct message *response, bool is_stored)
{
    struct cache_control control = cache_control_of(response->fields, response->count);

    if (is_stored)
        must(!control.is_private && (!control.no_store || control.must_understand) &&
             cache_field_find(response->fields, response->count, "set-cookie").at == NULL);
}

static void check_decisions(struct message *response, const struct cache_request *request)
{
    static const struct cache_rule rules[] = {
        {.is_on = true},
        {.is_on = true, .ttl_ms = UINT32_MAX, .stale_while_revalidate_ms = UINT32_MAX},
        {.is_on = true, .ttl_ms = 1, .stale_if_error_ms = UINT32_MAX, .is_shared = true},
    };
    struct exchange_head head = {
        .status = 200, .fields = response->fields, .field_count = response->count};
    struct cache_entry entry = {
        .status = 200, .fields = response->fields, .field_count = response->count};

    entry.etag = cache_field_find(response->fields, response->count, "etag");
    entry.last_modified = cache_field_find(response->fields, response->count, "last-modified");
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        check_storing(response, cache_policy_may_store(&rules[i], request, &head));
        check_times(&rules[i], request, &entry, ASKED_NS + (int64_t)i * 1000 * CLOCK_MS);
    }
    cache_policy_is_not_modified(request, &entry);
    cache_policy_is_only_cached(request);
    must(cache_validators_agree(&entry, &head));
}

static void check_path(struct pool *pool, struct text location)
{
    struct text path =
        cache_policy_other_path(pool, location, TEXT("https://shop.example"), TEXT("/orders/new"));

    must(path.at == NULL ||
         (text_starts(path, TEXT("/")) && memchr(path.at, '#', path.len) == NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = chance_copy(data, size);
    struct pool *pool = pool_new();
    struct message response = {.pool = pool}, asked = {.pool = pool};
    struct cache_request request = {.method = TEXT("GET"), .field = list_of, .cookie = &asked};

    read_messages((struct text){bytes, size}, &response, &asked);
    check_control(&response);
    check_control(&asked);
    for (size_t i = 0; i < response.count; i++) {
        struct text value = response.fields[i].value;
        cache_headers_date_check(pool, value, WALL_MS / 1000);
        check_tags(pool, value, list_of(&asked, "if-none-match"));
        check_path(pool, value);
        check_number(cache_age_read_s(value));
    }
    check_vary(pool, list_of(&response, "vary"), &request);
    check_decisions(&response, &request);
    pool_free(pool);
    free(bytes);
    return 0;
}
