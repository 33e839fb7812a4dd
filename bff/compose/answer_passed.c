/* See answer_passed.h. */
#include <string.h>

#include "bff/compose/answer_passed.h"
#include "bff/compose/run_calls.h"

/* True for a field whose value is a list. When several parts have it, the answer has the members of
 * all of them. */
static bool is_list(const char *name)
{
    return strcmp(name, "set-cookie") == 0 || strcmp(name, "link") == 0;
}

static bool is_there(const struct answer_passed *passed, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(passed->fields[i].name, name) == 0)
            return true;
    return false;
}

/* The answer has other bytes than the service's answer: .pick leaves members out, and loadedAt is
 * added. So its tag is weak. */
static struct text weak(struct pool *pool, struct text etag)
{
    return text_starts(etag, TEXT("W/")) ? etag : pool_print(pool, "W/%.*s", TEXT_ARGS(etag));
}

/* Returns what the call of part ${i} has kept; NULL: nothing. */
static const struct part_headers_kept *kept_of(const struct run *run, size_t i)
{
    const struct run_part *part = &run->parts[i];

    if (run->request->plan->parts[i].headers.count == 0 || !part->is_settled ||
        part->reason != REASON_NONE || part->item_count == 0 || part->items[0].call == NULL)
        return NULL;
    return part->items[0].call->kept;
}

/* True for a Set-Cookie that only this server may send. */
static bool is_own_cookie(const struct run *run, const struct part_headers_field *field)
{
    const struct run_request *request = run->request;

    return request->is_own_cookie != NULL && strcmp(field->name, "set-cookie") == 0 &&
           request->is_own_cookie(request->cookie, field->value);
}

static void add_part(struct answer_passed *passed, const struct run *run, size_t i)
{
    const struct part_headers_kept *kept = kept_of(run, i);
    size_t before = passed->count; /* fields of the parts above */

    for (size_t at = 0; kept != NULL && at < kept->count; at++) {
        struct part_headers_field field = kept->rows[at];
        if (!part_headers_has(&run->request->plan->parts[i].headers, field.name) ||
            is_own_cookie(run, &field))
            continue;
        if (strcmp(field.name, "etag") == 0)
            passed->etag = weak(run->request->pool, field.value);
        else if (is_list(field.name) || !is_there(passed, before, field.name))
            passed->fields[passed->count++] = field;
        passed->has_cookie |= strcmp(field.name, "set-cookie") == 0;
    }
}

struct answer_passed answer_passed_of(const struct run *run)
{
    const struct plan *plan = run->request->plan;
    struct answer_passed passed = {.count = 0};
    size_t most = plan->part_count * PART_HEADERS_MAX;

    if (plan->headers.count == 0)
        return passed;
    passed.fields = pool_take(run->request->pool, most * sizeof(*passed.fields));
    for (size_t i = 0; i < plan->part_count; i++)
        add_part(&passed, run, i);
    return passed;
}
