/* See run_settle.h. */
#include "bff/base/check.h"
#include "bff/json/json_print.h"
#include "bff/compose/run_calls.h"
#include "bff/compose/run_change.h"
#include "bff/compose/run_settle.h"

/* Nobody knows what part ${i} has changed. */
static void tell_unknown(const struct run *run, size_t i)
{
    const struct run_part *part = &run->parts[i];
    const struct run_call *call = part->item_count == 0 ? NULL : part->items[0].call;

    run_change_unresolved(run, i, "change", call == NULL ? (struct text){0} : call->change_key);
}

/* A required part that has made its change, but has no value, cannot be taken back without .undo.
 * What was changed before it must stay, too: an order may need its reservation. */
static void reject_part(struct run *run, size_t i)
{
    struct run_part *part = &run->parts[i];
    const struct bff_part *row = run_plan_of(run, i)->row;

    run->is_partial = true;
    if (part->changed == RUN_CHANGED && row->need == BFF_REQUIRED && row->undo == NULL)
        part->changed = RUN_CHANGE_UNKNOWN;
    if (part->changed == RUN_CHANGE_UNKNOWN) {
        part->reason = REASON_UNKNOWN;
        tell_unknown(run, i);
    }
    /* The answer names the part of which nobody knows what it has changed. */
    if (row->need == BFF_REQUIRED &&
        (run->failed == PLAN_NO_PART || part->reason == REASON_UNKNOWN))
        run->failed = (int)i;
}

void run_settle_part(struct run *run, size_t i, enum reason reason, int status)
{
    struct run_part *part = &run->parts[i];

    must(!part->is_settled);
    part->is_settled = true;
    part->settled_ns = run->now_ns;
    part->reason = reason;
    part->status = status;
    run->unsettled--;
    if (reason != REASON_NONE)
        reject_part(run, i);
}

void run_settle_left_out(struct run *run, size_t i)
{
    struct run_part *part = &run->parts[i];

    run_settle_part(run, i, REASON_NONE, 0);
    part->is_left_out = true;
    part->value = run_plan_of(run, i)->fallback;
}

void run_settle_unchosen(struct run *run)
{
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        if (!choice_calls(run->request->choice, i))
            run_settle_left_out(run, i);
}

/* Joins the items of a list part to one JSON text, with the slices that a scan would keep. Only
 * needed for parts that a field or a later part reads. */
static struct json join_items(const struct run *run, const struct run_part *part)
{
    struct pool *pool = run->request->pool;
    struct json_slices *slices = pool_zero(pool, sizeof(*slices));
    struct json_print out;

    slices->rows = pool_zero(pool, (part->item_count + 1) * sizeof(*slices->rows));
    slices->count = part->item_count;
    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("["));
    for (size_t i = 0; i < part->item_count; i++) {
        if (i > 0)
            json_print_raw(&out, TEXT(","));
        size_t at = json_print_text(&out).len;
        json_print_json(&out, part->items[i].value);
        size_t len = json_print_text(&out).len - at;
        slices->rows[i] =
            (struct json_slice){.key_at = (uint32_t)at, .at = (uint32_t)at, .len = (uint32_t)len};
    }
    json_print_raw(&out, TEXT("]"));
    struct text text = json_print_text(&out);
    struct json json = json_of(text);
    if (text.len <= UINT32_MAX) {
        json.slices = slices;
        json.base = text.at;
    }
    return json;
}

static struct json value_of(const struct run *run, size_t i)
{
    const struct plan_part *plan = run_plan_of(run, i);
    const struct run_part *part = &run->parts[i];

    if (plan->row->many > 0)
        return join_items(run, part);
    return json_is(part->items[0].value, JSON_NONE) ? plan->fallback : part->items[0].value;
}

void run_settle_complete(struct run *run, size_t i)
{
    struct run_part *part = &run->parts[i];
    const struct plan_part *plan = run_plan_of(run, i);
    bool is_list = plan->row->many > 0;

    if (is_list)
        run_settle_part(run, i, REASON_NONE, 0);
    else
        run_settle_part(run, i, part->items[0].reason, part->items[0].status);
    if (part->reason == REASON_NONE && plan->is_read)
        part->value = value_of(run, i);
}

void run_settle_item(struct run *run, struct run_item *item, enum reason reason)
{
    must(!item->is_settled);
    item->is_settled = true;
    item->reason = reason;
    run->is_partial |= reason != REASON_NONE;
    run->parts[item->part].unsettled--;
}

static bool is_required(const struct plan_part *plan)
{
    return plan->row->need == BFF_REQUIRED && plan->row->many == 0;
}

void run_settle_nothing(struct run *run, struct run_item *item)
{
    bool is_enough = !is_required(run_plan_of(run, item->part));

    run_settle_item(run, item, is_enough ? REASON_NONE : REASON_SKIPPED);
}

static bool is_of_kind(const struct plan_part *plan, struct json value)
{
    if (plan->kind == BFF_OBJECT)
        return json_is(value, JSON_OBJECT);
    if (plan->kind == BFF_LIST)
        return json_is(value, JSON_ARRAY) && (plan->row->pick == NULL || pick_list_fits(value));
    return true;
}

/* True when the status says that there is no content (RFC 9110 15.3.5 and 15.3.6). */
static bool says_nothing(int status) { return status == 204 || status == 205; }

/* Returns the verdict on a 2xx answer without a body. When its status does not say that there is no
 * content, the service has failed. A required part is rejected in both cases. But the status of a
 * change says that it was made, and that is all that a client must know. */
static enum reason verdict_on_nothing(const struct plan_part *plan, int status)
{
    if (plan->changes)
        return REASON_NONE;
    if (!says_nothing(status))
        return REASON_BAD_JSON;
    return is_required(plan) ? REASON_STATUS : REASON_NONE;
}

void run_settle_by_call(struct run *run, struct run_item *item)
{
    const struct run_call *call = item->call;
    const struct fetch *fetch = &call->fetch;
    const struct plan_part *plan = run_plan_of(run, item->part);
    enum reason reason = fetch->reason;

    item->status = fetch->status;
    item->retry_after_s = fetch->retry_after_s;
    if (reason == REASON_NONE && (fetch->value == NULL || says_nothing(fetch->status))) {
        reason = verdict_on_nothing(plan, fetch->status);
    } else if (reason == REASON_NONE) {
        item->held = value_hold(fetch->value);
        item->value = value_json(item->held);
        reason = run_settle_batch(run, item);
    }
    if (!json_is(item->value, JSON_NONE) && !is_of_kind(plan, item->value)) {
        item->value = (struct json){0};
        reason = REASON_BAD_JSON;
    }
    run_settle_item(run, item, reason);
}
