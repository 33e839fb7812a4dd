/* See inspect_composites.h. */
#include "bff/app/inspect_composites.h"
#include "bff/compose/types_name.h"
#include "bff/json/json_print_member.h"

/* The members that a spread part makes. */
static void print_members(struct json_print *out, const struct plan_part *part)
{
    json_print_key(out, "members");
    if (part->row->place != BFF_SPREAD || part->pick == NULL) {
        json_print_null(out);
        return;
    }
    json_print_raw(out, TEXT("["));
    for (size_t i = 0; i < part->pick->member_count; i++) {
        json_print_separator(out, i);
        json_print_string(out, part->pick->members[i].name);
    }
    json_print_raw(out, TEXT("]"));
}

static void print_hedge(struct json_print *out, const struct bff_part *row)
{
    if (row->hedge_ms == BFF_HEDGE_P95)
        json_print_member_words(out, "hedgeMs", "p95");
    else
        json_print_member_number(out, "hedgeMs", row->hedge_ms);
}

static void print_part(struct json_print *out, const struct plan_part *part)
{
    static const char *const places[] = {
        [BFF_MEMBER] = "member", [BFF_SPREAD] = "spread", [BFF_HIDDEN] = "hidden"};
    const struct bff_part *row = part->row;

    json_print_raw(out, TEXT("{"));
    json_print_member_words(out, "name", row->name);
    json_print_member_words(out, "after", row->after);
    json_print_member_words(out, "need", row->need == BFF_REQUIRED ? "required" : "optional");
    json_print_member_words(out, "place", places[row->place]);
    json_print_member_bool(out, "list", row->many > 0);
    json_print_member_number(out, "timeoutMs", row->timeout_ms);
    json_print_member_number(out, "cacheS", row->cache_s);
    print_hedge(out, row);
    json_print_member_bool(out, "conditional", row->when != NULL);
    json_print_member_bool(out, "changes", part->changes);
    print_members(out, part);
    json_print_raw(out, TEXT("}"));
}

static void print_field(struct json_print *out, const struct bff_field *row)
{
    const char *of = row->concat != NULL ? row->concat : row->of;

    json_print_raw(out, TEXT("{"));
    json_print_member_words(out, "name", row->name);
    json_print_key(out, "of");
    json_print_list(out, text_of(of == NULL ? "" : of), ' ');
    json_print_member_words(out, "into", row->into);
    json_print_raw(out, TEXT("}"));
}

static const char *const access_words[] = {
    [BFF_ACCESS_MISSING] = "public",
    [BFF_PUBLIC] = "public",
    [BFF_SIGNED_IN] = "signed-in",
    [BFF_ROLE] = "role",
    [BFF_OWNER] = "owner",
    [BFF_SCOPE] = "scope",
    [BFF_KEY] = "key",
};

static void print_rows(struct json_print *out, const struct plan *plan)
{
    json_print_key(out, "parts");
    json_print_raw(out, TEXT("["));
    for (size_t i = 0; i < plan->part_count; i++) {
        json_print_separator(out, i);
        print_part(out, &plan->parts[i]);
    }
    json_print_raw(out, TEXT("]"));
    json_print_key(out, "fields");
    json_print_raw(out, TEXT("["));
    for (size_t i = 0; i < plan->field_count; i++) {
        json_print_separator(out, i);
        print_field(out, plan->fields[i].row);
    }
    json_print_raw(out, TEXT("]"));
}

static void print_composite(struct json_print *out, const struct pages *pages,
                            const struct plan *plan)
{
    const struct bff_composite *composite = plan->composite;

    json_print_raw(out, TEXT("{"));
    json_print_key(out, "name");
    json_print_string(out, inspect_composites_name(out->pool, pages, plan));
    json_print_member_words(out, "route", composite->route);
    json_print_member_words(out, "about", composite->about);
    json_print_member_number(out, "budgetMs", plan->budget_ms);
    json_print_member_number(out, "p95Ms", composite->p95_ms);
    json_print_member_number(out, "budgetBytes", composite->budget_bytes);
    json_print_member_words(out, "access", access_words[composite->access]);
    print_rows(out, plan);
    json_print_raw(out, TEXT("}"));
}

struct text inspect_composites_name(struct pool *pool, const struct pages *pages,
                                    const struct plan *plan)
{
    struct text name = pool_text(pool, types_name_of_page(pool, pages, plan));
    char *first = (char *)name.at;

    if (name.len > 0)
        *first = text_lower_char(*first);
    return name;
}

enum step_result inspect_composites_get(struct inspect_request *inspect)
{
    const struct pages *pages = inspect->context.dispatch->pages;
    struct json_print out;

    json_print_init(&out, inspect->context.request->pool);
    json_print_raw(&out, TEXT("{\"composites\":["));
    for (size_t i = 0; i < pages->count; i++) {
        json_print_separator(&out, i);
        print_composite(&out, pages, pages->plans[i]);
    }
    json_print_raw(&out, TEXT("]}"));
    inspect->answer = json_print_text(&out);
    return STEP_PASS;
}
