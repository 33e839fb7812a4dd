/* See plan_make.h. */
#include "bff/base/check.h"
#include "bff/base/log_pace.h"
#include "bff/json/json_print.h"
#include "bff/http/method.h"
#include "bff/compose/plan_make.h"
#include "bff/compose/plan_check.h"
#include "bff/compose/plan_fields.h"

#define DEPTH_MAX 128         /* the deepest nesting of a fallback */
#define BYTES_OF_THE_REST 256 /* braces, loadedAt, partialFailure and a few errors */

/* The route. */

static void make_route(struct plan *plan, struct pool *pool)
{
    struct text path = text_of(plan->composite->route), rest;

    plan->method = text_cut(&path, ' ');
    plan->changes = method_may_change(plan->method);
    plan->path = path;
    plan->segments = pool_zero(pool, path.len * sizeof(*plan->segments));
    plan->params = pool_zero(pool, path.len * sizeof(*plan->params));
    rest = (struct text){path.at + 1, path.len - 1};
    while (rest.at != NULL) {
        struct text segment = text_cut(&rest, '/');
        plan->segments[plan->segment_count++] = segment;
        if (segment.len > 0 && segment.at[0] == ':')
            plan->params[plan->param_count++] = (struct text){segment.at + 1, segment.len - 1};
    }
}

/* The body of a request. Its rows have been checked by plan_check_table. */
static void make_input(struct plan *plan, struct pool *pool)
{
    const struct bff_composite *composite = plan->composite;

    input_spec_init(&plan->input, pool);
    for (size_t i = 0; i < plan_body_count(composite); i++)
        must(input_spec_add(&plan->input, &composite->body.rows[i]) == NULL);
    plan->body_limit = composite->body_bytes == 0 ? PLAN_BODY_BYTES : composite->body_bytes;
}

/* Parts. */

static struct text key_of(struct pool *pool, const char *name)
{
    return pool_print(pool, ",\"%s\":", name);
}

/* What the value must be, or each item with .many. A row that does not say it has another column
 * that does. */
static enum bff_kind kind_of(const struct bff_part *row, struct json fallback)
{
    if (row->kind != BFF_KIND_MISSING)
        return row->kind;
    if (row->place != BFF_SPREAD && row->many == 0 && json_is(fallback, JSON_ARRAY))
        return BFF_LIST;
    if (row->pick != NULL || (row->many == 0 && json_is(fallback, JSON_OBJECT)))
        return BFF_OBJECT;
    return BFF_KIND_MISSING;
}

/* Checks the fallback. That of a list must be a list, because its readers expect one. That of an
 * object may be null. */
static void check_fallback(const struct plan_part *part, size_t i, struct plan_mistakes *mistakes)
{
    enum json_kind kind = json_kind(part->fallback);
    bool is_list = part->row->many > 0 || part->kind == BFF_LIST;

    if (is_list && kind != JSON_ARRAY)
        plan_part_mistake(mistakes, i, ".fallback must be an array: the part is a list");
    if (!is_list && part->kind == BFF_OBJECT && kind != JSON_OBJECT && kind != JSON_NULL)
        plan_part_mistake(mistakes, i,
                          ".fallback must be an object or null: the part is an object");
}

static void make_kind(struct plan *plan, size_t i, struct plan_mistakes *mistakes)
{
    struct plan_part *part = &plan->parts[i];
    struct text text = text_of(part->row->fallback);

    if (text.at != NULL && !json_scan_accepts(text.at, text.len, DEPTH_MAX)) {
        plan_part_mistake(mistakes, i, ".fallback is not JSON: %.*s", TEXT_ARGS(text));
        text = (struct text){0};
    }
    part->fallback = json_of(text);
    part->kind = kind_of(part->row, part->fallback);
    if (json_is(part->fallback, JSON_NONE))
        part->fallback =
            json_of(part->row->many > 0 || part->kind == BFF_LIST ? TEXT("[]") : TEXT("null"));
    check_fallback(part, i, mistakes);
}

static void make_pick(struct plan *plan, size_t i, struct pool *pool,
                      struct plan_mistakes *mistakes)
{
    struct plan_part *part = &plan->parts[i];
    const char *wrong = NULL;

    if (part->row->pick == NULL)
        return;
    part->pick = pick_read(pool, part->row->pick, &wrong);
    if (wrong != NULL)
        plan_part_mistake(mistakes, i, ".pick: %s", wrong);
    part->keep_slices = true;
}

static void make_headers(struct plan *plan, size_t i, struct pool *pool,
                         struct plan_mistakes *mistakes)
{
    struct plan_part *part = &plan->parts[i];
    const char *wrong;

    if (part->row->headers == NULL)
        return;
    wrong = part_headers_read(pool, part->row->headers, &part->headers);
    if (wrong == NULL)
        wrong = part_headers_read(pool, part->row->headers, &plan->headers);
    if (wrong != NULL)
        plan_part_mistake(mistakes, i, ".headers: %s", wrong);
    else if (part_headers_has(&part->headers, "etag") && plan_row_count(plan->composite) > 1)
        plan_part_mistake(mistakes, i,
                          ".headers: \"etag\" is the tag of this part, and the answer has more "
                          "than one: only a composite with one part can pass it");
}

static struct cache_rule cache_of(const struct bff_part *row)
{
    if (row->cache_s == 0)
        return (struct cache_rule){0};
    return (struct cache_rule){
        .is_on = true,
        .ttl_ms = row->cache_s * 1000,
        .stale_while_revalidate_ms = row->stale_s * 1000,
        .stale_if_error_ms = row->stale_s * 1000,
        .is_shared = row->shared,
        .max_body = CACHE_BODY_MAX,
    };
}

static void make_part(struct plan *plan, size_t i, struct pool *pool)
{
    const struct bff_part *row = &plan->composite->parts.rows[i];
    struct plan_part *part = &plan->parts[i];

    part->row = row;
    part->name = text_of(row->name);
    part->key = key_of(pool, row->name);
    part->timeout_ms = row->timeout_ms == 0 ? plan->budget_ms : row->timeout_ms;
    part->at_once = row->at_once == 0 ? PLAN_AT_ONCE : row->at_once;
    part->cache = cache_of(row);
    plan->is_cached |= part->cache.is_on;
    part->is_read = part->keep_slices = row->undo != NULL;
    part->after = PLAN_NO_PART;
    if (row->after != NULL) {
        part->after = plan_part(plan, text_of(row->after));
        plan->parts[part->after].is_read = true;
        plan->parts[part->after].keep_slices = true;
    }
}

static void make_parts(struct plan *plan, struct pool *pool, struct plan_mistakes *mistakes)
{
    size_t count = plan_row_count(plan->composite);

    plan->parts = pool_zero(pool, count * sizeof(*plan->parts));
    for (size_t i = 0; i < count; i++) {
        make_part(plan, i, pool);
        plan->part_count++;
        make_kind(plan, i, mistakes);
        make_pick(plan, i, pool, mistakes);
        make_headers(plan, i, pool, mistakes);
        plan->bytes += plan->parts[i].key.len + plan->parts[i].fallback.len;
    }
}

/* The rest. */

static void make_failure(struct plan *plan, struct pool *pool)
{
    struct json_print out;

    if (plan->composite->failure == NULL)
        return;
    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{\"error\":"));
    json_print_string(&out, text_of(plan->composite->failure));
    json_print_raw(&out, TEXT(",\"part\":"));
    plan->failure = json_print_text(&out);
}

/* Resolves the owner: "userId" is a parameter, and "order.userId" is a member of a part.
 * plan_check_whole reports an owner that is neither. */
static void make_owner(struct plan *plan)
{
    struct text rest = text_of(plan->composite->owner), name = text_cut(&rest, '.');

    plan->owner_param = plan->owner_part = PLAN_NO_PART;
    if (name.at == NULL)
        return;
    if (rest.at == NULL) {
        plan->owner_param = plan_param(plan, name);
        return;
    }
    plan->owner_part = plan_part(plan, name);
    plan->owner_path = rest.at;
    if (plan->owner_part == PLAN_NO_PART)
        return;
    plan->parts[plan->owner_part].is_read = true;
    plan->parts[plan->owner_part].keep_slices = true;
}

const struct plan *plan_make(struct pool *pool, const struct bff_composite *composite, char *error,
                             size_t error_size)
{
    struct plan_mistakes mistakes = {.composite = composite, .error = error, .size = error_size};
    struct plan *plan = pool_zero(pool, sizeof(*plan));

    plan_check_table(&mistakes);
    if (mistakes.count > 0)
        return NULL;
    plan->composite = composite;
    plan->budget_ms = composite->budget_ms == 0 ? PLAN_BUDGET_MS : composite->budget_ms;
    plan->bytes = BYTES_OF_THE_REST;
    plan->over_bytes = pool_zero(pool, sizeof(*plan->over_bytes));
    make_route(plan, pool);
    make_input(plan, pool);
    plan->query_count = plan_query_count(composite);
    make_parts(plan, pool, &mistakes);
    plan_fields_make(plan, pool, &mistakes);
    make_failure(plan, pool);
    make_owner(plan);
    if (composite->access == BFF_SCOPE)
        must(access_scopes_read(text_of(composite->scopes), pool, &plan->scopes) == NULL);
    if (mistakes.count == 0)
        plan_check_whole(&mistakes, plan, pool);
    return mistakes.count == 0 ? plan : NULL;
}
