/* See inspect_advice.h. */
#include "bff/app/inspect_advice.h"
#include "bff/app/inspect_composites.h"
#include "bff/json/json_print.h"
#include "bff/record/record.h"
#include "bff/record/record_advice.h"

/* No more requests are read, so that the answer does not take long. */
#define REQUESTS_MOST ((size_t)2000)

static void print_us(struct json_print *out, const char *name, int64_t ns, size_t of)
{
    json_print_key(out, name);
    if (of == 0)
        json_print_null(out);
    else
        json_print_int(out, ns / 1000);
}

static void print_share(struct json_print *out, const char *name, size_t some, size_t all)
{
    json_print_key(out, name);
    json_print_raw(out, pool_print(out->pool, "%.3f", all == 0 ? 0 : (double)some / (double)all));
}

static void print_saves(struct json_print *out, const struct record_advice *advice,
                        const struct record_advice_part *part)
{
    json_print_key(out, "saves");
    if (part->limit_ms == 0) {
        json_print_null(out);
        return;
    }
    json_print_raw(out, TEXT("{"));
    json_print_key(out, "timeoutMs");
    json_print_size(out, part->limit_ms);
    print_us(out, "p95Us", part->saved_p95, advice->requests);
    print_us(out, "p99Us", part->saved_p99, advice->requests);
    print_share(out, "lost", part->lost, advice->requests);
    json_print_raw(out, TEXT("}"));
}

static void print_part(struct json_print *out, struct text name, const struct record_advice *advice,
                       const struct record_advice_part *part)
{
    json_print_raw(out, TEXT("{"));
    json_print_key(out, "name");
    json_print_string(out, name);
    print_share(out, "setShare", part->set, advice->requests);
    print_us(out, "p50Us", part->p50, part->runs);
    print_us(out, "p95Us", part->p95, part->runs);
    print_saves(out, advice, part);
    json_print_raw(out, TEXT("}"));
}

static struct record_advice_plan advice_plan_of(struct pool *pool, const struct plan *plan)
{
    struct record_advice_row *rows = pool_zero(pool, (plan->part_count + 1) * sizeof(*rows));

    for (size_t i = 0; i < plan->part_count; i++)
        rows[i] = (struct record_advice_row){
            .name = plan->parts[i].name,
            .after = plan->parts[i].after,
            .is_required = plan->parts[i].row->need == BFF_REQUIRED,
            .timeout_ms = plan->parts[i].row->timeout_ms,
        };
    return (struct record_advice_plan){
        .method = plan->method, .pattern = plan->path, .rows = rows, .count = plan->part_count};
}

static void print_composite(struct json_print *out, const struct plan *plan, struct text name,
                            const struct record_advice *advice)
{
    json_print_raw(out, TEXT("{"));
    json_print_key(out, "name");
    json_print_string(out, name);
    json_print_key(out, "requests");
    json_print_size(out, advice->requests);
    print_us(out, "p50Us", advice->p50, advice->requests);
    print_us(out, "p95Us", advice->p95, advice->requests);
    json_print_key(out, "parts");
    json_print_raw(out, TEXT("["));
    for (size_t i = 0; i < plan->part_count; i++) {
        json_print_separator(out, i);
        print_part(out, plan->parts[i].name, advice, &advice->parts[i]);
    }
    json_print_raw(out, TEXT("]}"));
}

static void print_composites(struct json_print *out, const struct pages *pages,
                             struct record_entry *const *entries, size_t count)
{
    json_print_raw(out, TEXT("{\"composites\":["));
    for (size_t i = 0; i < pages->count; i++) {
        const struct plan *plan = pages->plans[i];
        struct record_advice_plan of = advice_plan_of(out->pool, plan);
        struct record_advice advice = record_advice_make(out->pool, &of, entries, count);
        json_print_separator(out, i);
        print_composite(out, plan, inspect_composites_name(out->pool, pages, plan), &advice);
    }
    json_print_raw(out, TEXT("]}"));
}

enum step_result inspect_advice_get(struct inspect_request *inspect)
{
    const struct dispatch *dispatch = inspect->context.dispatch;
    struct record *record = dispatch->inspect.record;
    struct pool *pool = inspect->context.request->pool;
    struct record_entry **entries = pool_take(pool, REQUESTS_MOST * sizeof(*entries));
    size_t count = record == NULL ? 0 : record_last(record, 0, REQUESTS_MOST, entries);
    struct json_print out;

    json_print_init(&out, pool);
    print_composites(&out, dispatch->pages, entries, count);
    for (size_t i = 0; i < count; i++)
        record_entry_release(entries[i]);
    inspect->answer = json_print_text(&out);
    return STEP_PASS;
}
