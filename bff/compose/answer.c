/* See answer.h. */
#include "bff/json/json_print.h"
#include "bff/compose/answer.h"
#include "bff/compose/answer_body.h"
#include "bff/compose/answer_cache.h"
#include "bff/compose/answer_errors.h"
#include "bff/compose/answer_etag.h"
#include "bff/compose/answer_headers.h"
#include "bff/compose/answer_undo.h"

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
    const struct plan *plan = run->request->plan;
    struct pieces *out = &answer->body;
    struct answer_body body;

    answer_body_init(&body, run, out);
    pieces_add(out, TEXT("{"));
    for (size_t i = 0; i < plan->part_count; i++)
        answer_body_part(&body, i);
    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].into == PLAN_NO_PART)
            answer_body_field(&body, i);
    answer->etag = etag_of(run, out);
    answer_body_end(&body, wall_ms);
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
    answer_errors_reason(&print, part->reason, part->status);
    answer_undo_print(&print, run);
    json_print_raw(&print, TEXT(",\"requestId\":"));
    json_print_string(&print, request_id);
    json_print_raw(&print, TEXT("}"));
    pieces_add(&out->body, json_print_text(&print));
    out->status = reason_answer_status(part->reason, part->status);
    if (out->status == 503)
        out->retry_after = retry_after(run->request->pool, part);
}

/* The tag of the service stands for the only part of the answer. An answer with a cookie is for one
 * client and one time. */
static void pass_headers(const struct run *run, struct answer *out)
{
    out->passed = answer_passed_of(run);
    if (out->etag.at != NULL && out->passed.etag.at != NULL)
        out->etag = out->passed.etag;
    if (out->passed.has_cookie)
        out->etag = (struct text){0};
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
    if (run->failed == PLAN_NO_PART)
        pass_headers(run, out);
    bool is_stored = !run->is_partial && !plan->changes && !out->passed.has_cookie;
    out->cache_control = is_stored ? "private, no-cache" : "no-store";
    out->server_timing = answer_server_timing(run);
    out->proxy_status = answer_proxy_status(run, server);
    out->cache_status = answer_cache_status(run, server);
}
