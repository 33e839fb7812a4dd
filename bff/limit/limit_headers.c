/* See limit_headers.h. */
#include "bff/base/clock.h"
#include "bff/base/text_builder.h"
#include "bff/http/reply.h"
#include "bff/limit/limit_headers.h"

#define VALUE_BYTES 40 /* room for a value without the rule's name */

static uint64_t seconds_of(uint64_t ms) { return (ms + 999) / 1000; }

static struct text number(struct pool *pool, uint64_t number)
{
    char digits[TEXT_DIGITS];

    return pool_text(pool, text_digits(digits, number));
}

struct text limit_headers_retry_after(struct pool *pool, const struct limit_verdict *verdict)
{
    uint64_t seconds = seconds_of(verdict->retry_after_ms);

    return number(pool, seconds > 0 ? seconds : 1);
}

/* Returns ${first} and the numbers behind their texts: "100;w=900". */
static struct text join(struct pool *pool, struct text first, struct text second, uint64_t a,
                        struct text third, uint64_t b)
{
    struct text_builder value;

    text_builder_init(&value, pool, first.len + VALUE_BYTES);
    text_builder_add(&value, first);
    text_builder_add(&value, second);
    text_builder_size(&value, a);
    text_builder_add(&value, third);
    text_builder_size(&value, b);
    return text_builder_text(&value);
}

static void add(struct request *request, const char *name, struct text value)
{
    reply_add_field(request, (struct reply_field){name, value});
}

static void set_draft_6(struct request *request, const struct limit_verdict *verdict)
{
    struct pool *pool = request->pool;
    struct text policy =
        join(pool, TEXT(""), TEXT(""), verdict->limit, TEXT(";w="), verdict->window_s);

    add(request, "ratelimit-policy", policy);
    add(request, "ratelimit-limit", number(pool, verdict->limit));
    add(request, "ratelimit-remaining", number(pool, verdict->remaining));
    add(request, "ratelimit-reset", number(pool, seconds_of(verdict->reset_ms)));
}

/* In this draft, "t" is the time until more requests are allowed, and Retry-After should not be
 * earlier. */
static void set_structured(struct request *request, const struct limit_rule *rule,
                           const struct limit_verdict *verdict)
{
    struct pool *pool = request->pool;
    struct text name = pool_print(pool, "\"%.*s\"", TEXT_ARGS(rule->name));
    uint32_t reset_ms = verdict->is_refused ? verdict->retry_after_ms : verdict->reset_ms;

    add(request, "ratelimit-policy",
        join(pool, name, TEXT(";q="), verdict->limit, TEXT(";w="), verdict->window_s));
    add(request, "ratelimit",
        join(pool, name, TEXT(";r="), verdict->remaining, TEXT(";t="), seconds_of(reset_ms)));
}

static void set_legacy(struct request *request, const struct limit_verdict *verdict)
{
    struct pool *pool = request->pool;
    uint64_t reset_ms = (uint64_t)clock_wall_ms() + verdict->reset_ms;

    add(request, "x-ratelimit-limit", number(pool, verdict->limit));
    add(request, "x-ratelimit-remaining", number(pool, verdict->remaining));
    add(request, "x-ratelimit-reset", number(pool, seconds_of(reset_ms)));
}

/* Removes the fields of an earlier rule, which may have been set in another way. */
static void clear(struct request *request)
{
    static const char *const names[] = {
        "ratelimit-policy", "ratelimit-limit",   "ratelimit-remaining",   "ratelimit-reset",
        "ratelimit",        "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        reply_remove_field(request, names[i]);
}

void limit_headers_set(struct request *request, const struct limit_rule *rule,
                       const struct limit_verdict *verdict)
{
    clear(request);
    switch (rule->headers) {
    case LIMIT_HEADERS_DRAFT_6:
        set_draft_6(request, verdict);
        break;
    case LIMIT_HEADERS_STRUCTURED:
        set_structured(request, rule, verdict);
        break;
    case LIMIT_HEADERS_LEGACY:
        set_legacy(request, verdict);
        break;
    case LIMIT_HEADERS_OFF:
        break;
    }
}
