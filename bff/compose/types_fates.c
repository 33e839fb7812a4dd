/* See types_fates.h. */
#include "bff/compose/types_fates.h"

#define BIT(reason) (1u << (reason))

unsigned types_fates_of_calls(void)
{
    return BIT(REASON_TIMEOUT) | BIT(REASON_CONNECT) | BIT(REASON_RESET) | BIT(REASON_STATUS) |
           BIT(REASON_TOO_LARGE) | BIT(REASON_BAD_JSON) | BIT(REASON_BAD_HTTP) |
           BIT(REASON_BREAKER_OPEN) | BIT(REASON_LIMITED);
}

static bool has_query_texts(const struct plan *plan)
{
    const struct bff_queries *query = &plan->composite->query;

    for (size_t i = 0; i < plan->query_count; i++)
        if (query->rows[i].max == 0 && query->rows[i].words == NULL)
            return true;
    return false;
}

/* A text that cannot be sent makes a call `skipped`. Parameters of the path are checked before, so
 * such a text comes from another part, the query or the body. */
static unsigned skipped(const struct plan *plan, size_t i)
{
    bool has_texts = has_query_texts(plan) || plan->input.count > 0;

    return plan->parts[i].after != PLAN_NO_PART || has_texts ? BIT(REASON_SKIPPED) : 0;
}

/* The reasons of a list part as a whole. It times out only when it has not started: it waits for
 * another part, or for the part that has the owner. */
static unsigned of_list(const struct plan *plan, size_t i)
{
    bool waits = plan->parts[i].after != PLAN_NO_PART || plan->owner_part != PLAN_NO_PART;

    return BIT(REASON_TOO_LARGE) | (waits ? BIT(REASON_TIMEOUT) | BIT(REASON_SKIPPED) : 0);
}

static unsigned of_call(const struct plan *plan, size_t i)
{
    unsigned unknown = plan->parts[i].changes ? BIT(REASON_UNKNOWN) : 0;

    return types_fates_of_calls() | skipped(plan, i) | unknown;
}

unsigned types_fates_failure(const struct plan *plan, size_t i)
{
    bool is_list = plan->parts[i].row->many > 0;

    /* A required part with nothing to ask is skipped. */
    return is_list ? of_list(plan, i) : of_call(plan, i) | BIT(REASON_SKIPPED);
}

/* True when null in the answer says that there was no value, or looks as if it said so. */
static bool shows_nothing(const struct plan_part *part)
{
    bool takes_null = part->kind == BFF_ANY || part->kind == BFF_KIND_MISSING;

    return part->row->place == BFF_MEMBER && (takes_null || json_is(part->fallback, JSON_NULL));
}

struct types_fates types_fates_part(const struct plan *plan, size_t i)
{
    const struct plan_part *part = &plan->parts[i];
    bool is_list = part->row->many > 0, is_required = part->row->need == BFF_REQUIRED;
    bool is_always_asked = is_required && part->row->when == NULL;

    return (struct types_fates){
        .reasons = is_required ? 0
                   : is_list   ? of_list(plan, i)
                               : of_call(plan, i),
        .has_stale = part->cache.is_on,
        .has_nothing = !is_list && !is_always_asked && shows_nothing(part),
    };
}

struct types_fates types_fates_item(const struct plan *plan, size_t i)
{
    return (struct types_fates){.reasons = of_call(plan, i), .has_nothing = true};
}
