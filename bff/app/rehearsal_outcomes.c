/* See rehearsal_outcomes.h. */
#include "bff/app/rehearsal_outcomes.h"
#include "bff/base/text_builder.h"
#include "bff/compose/types_fates.h"

#define FIRST 64 /* outcomes; there is room for more when they are needed */

/* A part that fails, for a text like "products-each-timeout". */
static struct text label_of(struct rehearsal *rehearsal, size_t i, bool is_each)
{
    const struct plan_part *part = &rehearsal->plan->parts[i];

    return is_each ? pool_print(rehearsal->pool, "%.*s-each", TEXT_ARGS(part->name)) : part->name;
}

static struct rehearsal_outcome *add(struct rehearsal *rehearsal)
{
    size_t parts = rehearsal->plan->part_count, count = rehearsal->count;

    if (count == 0 || (count >= FIRST && (count & (count - 1)) == 0)) {
        size_t capacity = count == 0 ? FIRST : 2 * count;
        struct rehearsal_outcome *more = pool_zero(rehearsal->pool, capacity * sizeof(*more));
        if (count > 0)
            memcpy(more, rehearsal->outcomes, count * sizeof(*more));
        rehearsal->outcomes = more;
    }
    struct rehearsal_outcome *outcome = &rehearsal->outcomes[rehearsal->count++];
    outcome->words = pool_zero(rehearsal->pool, (parts + 1) * sizeof(*outcome->words));
    return outcome;
}

/* One part alone. */

static void add_one(struct rehearsal *rehearsal, size_t i, bool is_each, struct text word,
                    struct text label)
{
    struct rehearsal_outcome *outcome = add(rehearsal);
    struct text part = label_of(rehearsal, i, is_each);
    struct text name = rehearsal->plan->parts[i].name;

    outcome->name = pool_print(rehearsal->pool, "%.*s-%.*s", TEXT_ARGS(part), TEXT_ARGS(label));
    outcome->clause = pool_print(rehearsal->pool, "part:%.*s%s %.*s", TEXT_ARGS(name),
                                 is_each ? "[]" : "", TEXT_ARGS(word));
    outcome->words[i] =
        is_each ? pool_print(rehearsal->pool, "each item %.*s", TEXT_ARGS(word)) : word;
}

/* A service that does not know the record makes a page with a required part one that is not found.
 */
static void add_status(struct rehearsal *rehearsal, size_t i, bool is_each)
{
    bool is_required = rehearsal->plan->parts[i].row->need == BFF_REQUIRED;

    if (rehearsal->plan->parts[i].changes)
        add_one(rehearsal, i, is_each, TEXT("status=409"), TEXT("status-409"));
    else
        add_one(rehearsal, i, is_each, TEXT("status=503"), TEXT("status-503"));
    if (is_required && !is_each)
        add_one(rehearsal, i, is_each, TEXT("status=404"), TEXT("status-404"));
}

/* The sets have the outcomes by timeout, but not the list as a whole. */
static void add_reasons(struct rehearsal *rehearsal, size_t i, bool is_each, unsigned reasons)
{
    bool is_in_sets = is_each || rehearsal->plan->parts[i].row->many == 0;

    for (unsigned at = 0; at < REASON_COUNT; at++) {
        struct text word = text_of(reason_name((enum reason)at));
        if ((reasons & (1u << at)) == 0 || (at == REASON_TIMEOUT && is_in_sets))
            continue;
        if (at == REASON_STATUS)
            add_status(rehearsal, i, is_each);
        else
            add_one(rehearsal, i, is_each, word, word);
    }
}

static void add_part(struct rehearsal *rehearsal, size_t i)
{
    const struct plan *plan = rehearsal->plan;
    const struct bff_part *row = plan->parts[i].row;

    add_reasons(rehearsal, i, false,
                row->need == BFF_REQUIRED ? types_fates_failure(plan, i)
                                          : types_fates_part(plan, i).reasons);
    if (row->many > 0)
        add_reasons(rehearsal, i, true, types_fates_item(plan, i).reasons);
}

/* Sets of parts. */

static void add_set(struct rehearsal *rehearsal, uint32_t set)
{
    struct rehearsal_outcome *outcome = add(rehearsal);
    struct text_builder name, clause;

    text_builder_init(&name, rehearsal->pool, 64);
    text_builder_init(&clause, rehearsal->pool, 128);
    for (size_t i = 0; i < rehearsal->plan->part_count; i++) {
        bool is_list = rehearsal->plan->parts[i].row->many > 0;
        if ((set & (1u << i)) == 0)
            continue;
        text_builder_add(&name, label_of(rehearsal, i, is_list));
        text_builder_add(&name, TEXT("-"));
        text_builder_add(&clause, clause.len == 0 ? TEXT("part:") : TEXT("; part:"));
        text_builder_add(&clause, rehearsal->plan->parts[i].name);
        text_builder_add(&clause, is_list ? TEXT("[] timeout") : TEXT(" timeout"));
        outcome->words[i] = is_list ? TEXT("each item timeout") : TEXT("timeout");
    }
    text_builder_add(&name, TEXT("timeout"));
    outcome->name = text_builder_text(&name);
    outcome->clause = text_builder_text(&clause);
}

static void add_sets(struct rehearsal *rehearsal)
{
    size_t count = rehearsal->plan->part_count;

    if (count <= REHEARSAL_PARTS_MAX) {
        for (uint32_t set = 1; set < 1u << count; set++)
            add_set(rehearsal, set);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        add_set(rehearsal, 1u << i);
        for (size_t j = i + 1; j < count; j++)
            add_set(rehearsal, 1u << i | 1u << j);
    }
}

void rehearsal_outcomes_make(struct rehearsal *rehearsal)
{
    add(rehearsal)->name = TEXT("ok");
    add_sets(rehearsal);
    for (size_t i = 0; i < rehearsal->plan->part_count; i++)
        add_part(rehearsal, i);
}
