/* See answer_largest.h. */
#include "bff/compose/answer_body.h"
#include "bff/compose/answer_largest.h"

static void compare(struct answer_largest *largest, struct text name, size_t bytes)
{
    if (bytes > largest->bytes)
        *largest = (struct answer_largest){name, bytes};
}

struct answer_largest answer_largest_of(const struct run *run)
{
    const struct plan *plan = run->request->plan;
    struct answer_largest largest = {0};
    struct pieces pieces;
    struct answer_body body;
    size_t before = 0;

    pieces_init(&pieces, run->request->pool, plan->bytes);
    answer_body_init(&body, run, &pieces);
    for (size_t i = 0; i < plan->part_count; i++, before = pieces.bytes) {
        answer_body_part(&body, i);
        compare(&largest, plan->parts[i].name, pieces.bytes - before);
    }
    for (size_t i = 0; i < plan->field_count; i++, before = pieces.bytes) {
        if (plan->fields[i].into == PLAN_NO_PART)
            answer_body_field(&body, i);
        compare(&largest, text_of(plan->fields[i].row->name), pieces.bytes - before);
    }
    return largest;
}
