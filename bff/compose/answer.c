/* See answer.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/json/json_print.h"
#include "bff/compose/answer.h"
#include "bff/compose/answer_cache.h"
#include "bff/compose/answer_etag.h"
#include "bff/compose/answer_fields.h"
#include "bff/compose/answer_headers.h"

/* Parts. */

/* A body that is being written. */
struct body {
    const struct run *run;
    struct pieces *pieces;
    struct answer_fields fields;
    bool has_any;
};

/* Adds the name of a member. ${key} is ",\"name\":"; its comma is left out for the first member. */
static void add_key(struct body *body, struct text key)
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

static void add_member(struct body *body, size_t i, struct pick_out *out)
{
    const struct plan_part *plan = &body->run->request->plan->parts[i];
    const struct run_part *part = &body->run->parts[i];
    bool is_list = plan->row->many > 0;

    add_key(body, plan->key);
    if (is_list && is_fulfilled(part))
        add_items(plan, part, out);
    else if (is_list || json_is(single_value(part), JSON_NONE))
        pieces_add(body->pieces, json_raw(plan->fallback));
    else
        add_value(plan, single_value(part), out);
}

static void add_spread(struct body *body, size_t i, struct pick_out *out)
{
    const struct plan_part *plan = &body->run->request->plan->parts[i];
    struct json value = single_value(&body->run->parts[i]);

    if (json_is(value, JSON_NONE)) {
        value = plan->fallback;
        out->fill = NULL;
    }
    pick_members(plan->pick, value, &body->has_any, out);
}

static void add_part(struct body *body, size_t i)
{
    const struct plan_part *plan = &body->run->request->plan->parts[i];
    struct pick_out out = {.pieces = body->pieces};
    struct pick_fill fill;

    if (plan->is_filled) {
        fill = answer_fields_fill(&body->fields, plan);
        out.fill = &fill;
    }
    if (plan->row->place == BFF_MEMBER)
        add_member(body, i, &out);
    else if (plan->row->place == BFF_SPREAD)
        add_spread(body, i, &out);
}

/* Fields. */

static void add_fields(struct body *body)
{
    const struct plan *plan = body->run->request->plan;

    for (size_t i = 0; i < plan->field_count; i++) {
        if (plan->fields[i].into != PLAN_NO_PART)
            continue;
        struct text value = answer_fields_print(&body->fields, i, (struct json){0}, 0);
        add_key(body, plan->fields[i].key);
        pieces_add(body->pieces, value);
    }
}

/* Errors. */

static void print_reason(struct json_print *out, enum reason reason, int status)
{
    json_print_raw(out, TEXT("\"reason\":\""));
    json_print_raw(out, text_of(reason_name(reason)));
    json_print_raw(out, TEXT("\""));
    if (status == 0)
        return;
    json_print_raw(out, TEXT(",\"status\":"));
    json_print_int(out, status);
}

/* Prints one error. ${at} is the place of the item in its list, or -1 for a part that is not a
 * list. */
static void print_error(struct json_print *out, struct text name, int64_t at,
                        const struct run_item *how)
{
    json_print_comma(out);
    json_print_raw(out, TEXT("\""));
    json_print_raw(out, name);
    if (at >= 0) {
        json_print_raw(out, TEXT("["));
        json_print_int(out, at);
        json_print_raw(out, TEXT("]"));
    }
    json_print_raw(out, TEXT("\":{"));
    print_reason(out, how->reason, how->status);
    json_print_raw(out, TEXT("}"));
}

static void print_part_errors(struct json_print *out, const struct run *run, size_t i)
{
    const struct run_part *part = &run->parts[i];
    struct text name = run->request->plan->parts[i].name;

    if (part->reason != REASON_NONE) {
        struct run_item how = {.reason = part->reason, .status = part->status};
        print_error(out, name, -1, &how);
        return;
    }
    for (size_t at = 0; at < part->item_count; at++)
        if (part->items[at].reason != REASON_NONE)
            print_error(out, name, (int64_t)at, &part->items[at]);
}

static void add_errors(struct body *body)
{
    const struct run *run = body->run;
    struct json_print out;

    json_print_init(&out, run->request->pool);
    json_print_raw(&out, TEXT("{"));
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        print_part_errors(&out, run, i);
    json_print_raw(&out, TEXT("}"));
    add_key(body, TEXT(",\"errors\":"));
    pieces_add(body->pieces, json_print_text(&out));
}

/* The whole. */

static void add_stamp(struct body *body, int64_t wall_ms)
{
    char iso[CLOCK_ISO_SIZE];

    clock_iso(wall_ms, iso);
    add_key(body, TEXT(",\"loadedAt\":\""));
    pieces_add(body->pieces, (struct text){iso, sizeof(iso) - 1});
    pieces_add(body->pieces, TEXT("\""));
}

/* The tag of a complete answer, which has ${members} and then perhaps the time. */
static struct text etag_of(const struct run *run, const struct pieces *members)
{
    bool is_stamped = run->request->plan->composite->is_stamped;

    if (run->is_partial || run->request->plan->changes)
        return (struct text){0};
    return answer_etag(members, is_stamped ? TEXT(",loadedAt}") : TEXT("}"), run->request->pool);
}

static void make_body(const struct run *run, int64_t wall_ms, struct answer *answer)
{
    bool is_stamped = run->request->plan->composite->is_stamped;
    struct pieces *out = &answer->body;
    struct body body = {.run = run, .pieces = out};

    answer_fields_init(&body.fields, run);
    pieces_add(out, TEXT("{"));
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        add_part(&body, i);
    add_fields(&body);
    answer->etag = etag_of(run, out);
    if (is_stamped)
        add_stamp(&body, wall_ms);
    if (is_stamped || run->is_partial) {
        add_key(&body, TEXT(",\"partialFailure\":"));
        pieces_add(out, run->is_partial ? TEXT("true") : TEXT("false"));
    }
    if (run->is_partial)
        add_errors(&body);
    pieces_add(out, TEXT("}"));
}

/* The status is 503 only when a call was not made, so the part has an item. */
static struct text retry_after(struct pool *pool, const struct run_part *part)
{
    return pool_print(pool, "%u", part->items[0].retry_after_s);
}

/* Makes the error answer for a required part that was rejected. */
static void make_failure(const struct run *run, struct text request_id, struct answer *out)
{
    const struct plan *plan = run->request->plan;
    const struct run_part *part = &run->parts[run->failed];
    struct json_print print;

    json_print_init(&print, run->request->pool);
    json_print_raw(&print, plan->failure);
    json_print_string(&print, plan->parts[run->failed].name);
    json_print_raw(&print, TEXT(","));
    print_reason(&print, part->reason, part->status);
    json_print_raw(&print, TEXT(",\"requestId\":"));
    json_print_string(&print, request_id);
    json_print_raw(&print, TEXT("}"));
    pieces_add(&out->body, json_print_text(&print));
    out->status = reason_answer_status(part->reason, part->status);
    if (out->status == 503)
        out->retry_after = retry_after(run->request->pool, part);
}

void answer_make(const struct run *run, struct text server, struct text request_id, int64_t wall_ms,
                 struct answer *out)
{
    const struct plan *plan = run->request->plan;

    *out = (struct answer){.status = 200};
    pieces_init(&out->body, run->request->pool, plan->bytes);
    if (run->failed == PLAN_NO_PART)
        make_body(run, wall_ms, out);
    else
        make_failure(run, request_id, out);
    out->cache_control = run->is_partial || plan->changes ? "no-store" : "private, no-cache";
    out->server_timing = answer_server_timing(run);
    out->proxy_status = answer_proxy_status(run, server);
    out->cache_status = answer_cache_status(run, server);
}
