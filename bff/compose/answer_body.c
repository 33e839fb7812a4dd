/* See answer_body.h. */
#include "bff/base/clock.h"
#include "bff/compose/answer_body.h"
#include "bff/compose/answer_errors.h"
#include "bff/json/json_print.h"

void answer_body_init(struct answer_body *body, const struct run *run, struct pieces *pieces)
{
    *body = (struct answer_body){.run = run, .pieces = pieces};
    answer_fields_init(&body->fields, run);
}

void answer_body_key(struct answer_body *body, struct text key)
{
    pieces_add(body->pieces, body->has_any ? key : (struct text){key.at + 1, key.len - 1});
    body->has_any = true;
}

/* Adds a value as the service sent it, or only the members that the row's .pick names; and the
 * computed members that belong into it. */
static void add_value(const struct plan_part *plan, struct json value, struct pick_out *out)
{
    if (plan->pick == NULL)
        pieces_add(out->pieces, json_raw(value));
    else if (plan->kind == BFF_LIST)
        pick_list(plan->pick, value, out);
    else
        pick_object(plan->pick, value, out);
}

static void add_items(const struct plan_part *plan, const struct run_part *part,
                      struct pick_out *out)
{
    pieces_add(out->pieces, TEXT("["));
    for (out->place = 0; out->place < part->item_count; out->place++) {
        struct json value = part->items[out->place].value;
        if (out->place > 0)
            pieces_add(out->pieces, TEXT(","));
        if (json_is(value, JSON_NONE))
            pieces_add(out->pieces, TEXT("null"));
        else
            add_value(plan, value, out);
    }
    pieces_add(out->pieces, TEXT("]"));
}

static bool is_fulfilled(const struct run_part *part)
{
    return part->is_settled && part->reason == REASON_NONE;
}

/* Returns the value of a part that is not a list. JSON_NONE when the part was rejected, or the
 * service sent no value. */
static struct json single_value(const struct run_part *part)
{
    return is_fulfilled(part) ? part->items[0].value : (struct json){0};
}

/* Adds the value of a part that is not spread, or its fallback. */
static void put_value(struct answer_body *body, size_t i, struct pick_out *out)
{
    const struct plan_part *plan = &body->run->request->plan->parts[i];
    const struct run_part *part = &body->run->parts[i];
    bool is_list = plan->row->many > 0;

    if (is_list && is_fulfilled(part) && !part->is_left_out)
        add_items(plan, part, out);
    else if (is_list || json_is(single_value(part), JSON_NONE))
        pieces_add(out->pieces, json_raw(plan->fallback));
    else
        add_value(plan, single_value(part), out);
}

void answer_body_value(struct answer_body *body, size_t i, struct pieces *pieces)
{
    const struct plan_part *plan = &body->run->request->plan->parts[i];
    struct pick_out out = {.pieces = pieces};
    struct pick_fill fill;

    if (plan->is_filled) {
        fill = answer_fields_fill(&body->fields, plan);
        out.fill = &fill;
    }
    put_value(body, i, &out);
}

static void add_spread(struct answer_body *body, size_t i, struct pick_out *out)
{
    const struct plan_part *plan = &body->run->request->plan->parts[i];
    struct json value = single_value(&body->run->parts[i]);

    if (json_is(value, JSON_NONE)) {
        value = plan->fallback;
        out->fill = NULL;
    }
    pick_members(plan->pick, value, &body->has_any, out);
}

void answer_body_part(struct answer_body *body, size_t i)
{
    const struct plan_part *plan = &body->run->request->plan->parts[i];
    struct pick_out out = {.pieces = body->pieces};
    struct pick_fill fill;

    if (!choice_shows(body->run->request->choice, i))
        return;
    if (plan->row->place == BFF_MEMBER) {
        answer_body_key(body, plan->key);
        answer_body_value(body, i, body->pieces);
        return;
    }
    if (plan->is_filled) {
        fill = answer_fields_fill(&body->fields, plan);
        out.fill = &fill;
    }
    if (plan->row->place == BFF_SPREAD)
        add_spread(body, i, &out);
}

/* Fields. */

void answer_body_field(struct answer_body *body, size_t i)
{
    struct text value;

    if (!choice_shows_field(body->run->request->choice, i))
        return;
    if (body->run->request->plan->fields[i].row->concat != NULL) {
        answer_body_concat(body, i);
        return;
    }
    value = answer_fields_print(&body->fields, i, (struct json){0}, 0);
    answer_body_key(body, body->run->request->plan->fields[i].key);
    pieces_add(body->pieces, value);
}

/* The end. */

static void add_errors(struct answer_body *body)
{
    const struct run *run = body->run;
    struct json_print out;

    json_print_init(&out, run->request->pool);
    answer_errors_all(&out, run);
    answer_body_key(body, TEXT(",\"errors\":"));
    pieces_add(body->pieces, json_print_text(&out));
}

static void add_stamp(struct answer_body *body, int64_t wall_ms)
{
    char iso[CLOCK_ISO_SIZE];

    clock_iso(wall_ms, iso);
    answer_body_key(body, TEXT(",\"loadedAt\":\""));
    pieces_add(body->pieces, (struct text){iso, sizeof(iso) - 1});
    pieces_add(body->pieces, TEXT("\""));
}

void answer_body_end(struct answer_body *body, int64_t wall_ms)
{
    const struct run *run = body->run;
    bool is_stamped = run->request->plan->composite->is_stamped;

    if (is_stamped)
        add_stamp(body, wall_ms);
    if (is_stamped || run->is_partial) {
        answer_body_key(body, TEXT(",\"partialFailure\":"));
        pieces_add(body->pieces, run->is_partial ? TEXT("true") : TEXT("false"));
    }
    if (run->is_partial)
        add_errors(body);
}
