/* See rehearsal_check.h. */
#include <stdio.h>

#include "bff/app/rehearsal_check.h"
#include "bff/compose/types_fates.h"

#define STATUS_OK 200

struct checking {
    struct rehearsal *rehearsal;
    const struct rehearsal_outcome *outcome;
};

static void tell(const struct checking *checking, struct text path, struct text what)
{
    fprintf(stderr, "%s/%.*s.json: %.*s: %.*s\n", checking->rehearsal->out,
            TEXT_ARGS(checking->outcome->name), TEXT_ARGS(path), TEXT_ARGS(what));
    checking->rehearsal->wrong++;
}

/* The shape of the member errors is empty: check_errors knows what it may have. */
static void on_fault(void *cookie, struct text path, struct text what)
{
    if (!text_starts(path, TEXT("errors.")))
        tell(cookie, path, what);
}

/* The member errors. */

/* Returns the reasons that the part or the item ${key} can have; 0: there is no such one. */
static unsigned reasons_of(const struct plan *plan, struct text key)
{
    struct text place = key, name = text_cut(&place, '[');
    int part = plan_part(plan, name);

    if (part < 0)
        return 0;
    return place.at == NULL ? types_fates_part(plan, (size_t)part).reasons
                            : types_fates_item(plan, (size_t)part).reasons;
}

static bool is_reason(struct text word, unsigned reasons)
{
    for (unsigned i = 0; i < REASON_COUNT; i++)
        if ((reasons & (1u << i)) != 0 && text_is(word, reason_name((enum reason)i)))
            return true;
    return false;
}

static void check_errors(const struct checking *checking, struct json errors)
{
    struct pool *pool = checking->rehearsal->pool;
    struct json_walk walk = json_walk(errors);
    struct json error;

    while (json_walk_next(&walk, &error)) {
        struct text key = json_key_text(walk.key, pool);
        struct text reason = json_text(json_get(error, "reason"), pool);
        struct text path = pool_print(pool, "errors.%.*s", TEXT_ARGS(key));
        if (!is_reason(reason, reasons_of(checking->rehearsal->plan, key)))
            tell(checking, path,
                 pool_print(pool, "the reason \"%.*s\" is not in the types", TEXT_ARGS(reason)));
    }
}

void rehearsal_check(struct rehearsal *rehearsal, const struct rehearsal_outcome *outcome)
{
    struct checking checking = {rehearsal, outcome};
    struct shape_check check = {.pool = rehearsal->pool, .tell = on_fault, .cookie = &checking};
    struct json answer = json_of(outcome->body);
    const struct shape *shape =
        outcome->status == STATUS_OK ? rehearsal->page->answer : rehearsal->page->failure;

    if (shape == NULL) {
        tell(&checking, TEXT("status"),
             pool_print(rehearsal->pool, "%d, and no part is required", outcome->status));
        return;
    }
    shape_check(&check, shape, answer, TEXT(""));
    if (outcome->status == STATUS_OK)
        check_errors(&checking, json_get(answer, "errors"));
}
