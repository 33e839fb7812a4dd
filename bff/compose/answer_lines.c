/* See answer_lines.h. */
#include "bff/json/json_print.h"
#include "bff/compose/answer_body.h"
#include "bff/compose/answer_cache.h"
#include "bff/compose/answer_errors.h"
#include "bff/compose/answer_headers.h"
#include "bff/compose/answer_lines.h"

/* The head. */

/* Adds the name in ${key}, which is ",\"name\":". */
static void add_name(struct pieces *out, struct text key, bool *has_any)
{
    size_t comma = *has_any ? 0 : 1;

    pieces_add(out, (struct text){key.at + comma, key.len - 1 - comma});
    *has_any = true;
}

static void add_names_of_pick(struct pieces *out, const struct pick *pick, bool *has_any)
{
    for (size_t i = 0; i < pick->member_count; i++)
        add_name(out, pick->members[i].key, has_any);
}

static void add_names(struct pieces *out, const struct plan *plan,
                      const struct answer_member *member, bool *has_any)
{
    const struct plan_part *part = &plan->parts[member->place];

    if (member->is_field)
        add_name(out, plan->fields[member->place].key, has_any);
    else if (part->row->place == BFF_SPREAD)
        add_names_of_pick(out, part->pick, has_any);
    else
        add_name(out, part->key, has_any);
}

void answer_lines_head(const struct run *run, const struct answer_member *members, size_t count,
                       struct pieces *out)
{
    const struct plan *plan = run->request->plan;
    bool has_any = false;

    pieces_add(out, TEXT("{\"order\":["));
    for (size_t i = 0; i < count; i++)
        add_names(out, plan, &members[i], &has_any);
    if (plan->composite->is_stamped)
        add_name(out, TEXT(",\"loadedAt\":"), &has_any);
    add_name(out, TEXT(",\"partialFailure\":"), &has_any);
    add_name(out, TEXT(",\"errors\":"), &has_any);
    pieces_add(out, TEXT("]}"));
}

/* Members. */

static bool is_needed(const struct answer_member *member, size_t part)
{
    return (member->needs >> part & 1) != 0;
}

static void add_errors(const struct run *run, const struct answer_member *member,
                       struct pieces *out)
{
    struct json_print print;

    if (!run->is_partial)
        return;
    json_print_init(&print, run->request->pool);
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        if (is_needed(member, i))
            answer_errors_part(&print, run, i);
    if (json_print_text(&print).len == 0)
        return;
    pieces_add(out, TEXT(",\"errors\":{"));
    pieces_add(out, json_print_text(&print));
    pieces_add(out, TEXT("}"));
}

static void add_stale(const struct run *run, const struct answer_member *member, struct pieces *out)
{
    bool has_any = false;

    for (size_t i = 0; i < run->request->plan->part_count; i++) {
        if (!is_needed(member, i) || !answer_is_stale(run, i))
            continue;
        if (!has_any)
            pieces_add(out, TEXT(",\"stale\":["));
        add_name(out, run->request->plan->parts[i].key, &has_any);
    }
    if (has_any)
        pieces_add(out, TEXT("]"));
}

void answer_lines_member(const struct run *run, const struct answer_member *member,
                         struct pieces *out)
{
    struct answer_body body;

    pieces_add(out, TEXT("{\"members\":{"));
    answer_body_init(&body, run, out);
    if (member->is_field)
        answer_body_field(&body, member->place);
    else
        answer_body_part(&body, member->place);
    pieces_add(out, TEXT("}"));
    add_errors(run, member, out);
    add_stale(run, member, out);
    pieces_add(out, TEXT("}"));
}

/* The end. */

static void print_header(struct json_print *out, const char *name, struct text value)
{
    if (value.at == NULL)
        return;
    json_print_key(out, name);
    json_print_string(out, value);
}

void answer_lines_end(const struct run *run, struct text server, int64_t wall_ms,
                      struct pieces *out)
{
    struct answer_body body;
    struct json_print print;

    pieces_add(out, TEXT("{\"members\":{"));
    answer_body_init(&body, run, out);
    answer_body_end(&body, wall_ms);
    pieces_add(out, TEXT("},\"end\":"));
    json_print_init(&print, run->request->pool);
    json_print_raw(&print, TEXT("{"));
    json_print_key(&print, "partialFailure");
    json_print_bool(&print, run->is_partial);
    if (run->is_partial) {
        json_print_key(&print, "errors");
        answer_errors_all(&print, run);
    }
    print_header(&print, "serverTiming", answer_server_timing(run));
    print_header(&print, "proxyStatus", answer_proxy_status(run, server));
    print_header(&print, "cacheStatus", answer_cache_status(run, server));
    json_print_raw(&print, TEXT("}}"));
    pieces_add(out, json_print_text(&print));
}
