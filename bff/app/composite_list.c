/* See composite_list.h. */
#include "bff/app/composite_list.h"
#include "bff/compose/plan.h"

static void print_access(const struct bff_composite *composite, FILE *out)
{
    switch (composite->access) {
    case BFF_ACCESS_MISSING:
    case BFF_PUBLIC:
        fprintf(out, "public");
        break;
    case BFF_SIGNED_IN:
        fprintf(out, "signed-in");
        break;
    case BFF_ROLE:
        fprintf(out, "role %s", composite->role);
        break;
    case BFF_OWNER:
        fprintf(out, "owner %s", composite->owner);
        break;
    case BFF_SCOPE:
        fprintf(out, "scope %s", composite->scopes);
        break;
    case BFF_KEY:
        fprintf(out, "key");
        break;
    }
}

static void print_budgets(const struct plan *plan, FILE *out)
{
    const struct bff_composite *composite = plan->composite;

    fprintf(out, ", budget %u ms", (unsigned)plan->budget_ms);
    if (composite->p95_ms > 0)
        fprintf(out, ", 95 %% within %u ms", composite->p95_ms);
    if (composite->budget_bytes > 0)
        fprintf(out, ", at most %u bytes", composite->budget_bytes);
}

/* The columns of a composite that say what a client may send. */
static void print_requests(const struct plan *plan, FILE *out)
{
    const struct bff_composite *composite = plan->composite;

    if (composite->idempotency == BFF_KEY_REQUIRED)
        fprintf(out, ", Idempotency-Key required");
    if (composite->may_choose)
        fprintf(out, ", a client may choose parts");
    for (size_t i = 0; i < plan->query_count; i++)
        fprintf(out, "%s %s", i == 0 ? ", query" : "", composite->query.rows[i].name);
    for (size_t i = 0; i < plan->input.count; i++)
        fprintf(out, "%s %s%s", i == 0 ? ", body" : "", composite->body.rows[i].path,
                composite->body.rows[i].is_optional ? "?" : "");
}

static void print_part_cache(const struct bff_part *row, FILE *out)
{
    if (row->cache_s == 0)
        return;
    fprintf(out, ", cached for %u s%s", row->cache_s, row->shared ? ", shared" : "");
    if (row->stale_s > 0)
        fprintf(out, ", stale for %u s", row->stale_s);
}

/* When and how often its calls are made. */
static void print_calls(const struct plan *plan, const struct plan_part *part, FILE *out)
{
    const struct bff_part *row = part->row;

    if (row->many > 0)
        fprintf(out, ", a list of at most %u, %u at a time", row->many, part->at_once);
    if (part->after != PLAN_NO_PART)
        fprintf(out, ", after %s", plan->parts[part->after].row->name);
    if (row->when != NULL)
        fprintf(out, ", on a condition");
    if (part->changes)
        fprintf(out, ", changes data%s", row->undo == NULL ? "" : " with undo");
    if (row->hedge_ms == BFF_HEDGE_P95)
        fprintf(out, ", hedged after its p95");
    else if (row->hedge_ms > 0)
        fprintf(out, ", hedged after %u ms", row->hedge_ms);
    if (row->has_breaker)
        fprintf(out, ", own breaker");
}

static void print_part(const struct plan *plan, const struct plan_part *part, FILE *out)
{
    const struct bff_part *row = part->row;

    fprintf(out, "    %-22s %s, %u ms", row->name,
            row->need == BFF_REQUIRED ? "required" : "optional", (unsigned)part->timeout_ms);
    print_calls(plan, part, out);
    print_part_cache(row, out);
    if (row->place == BFF_HIDDEN)
        fprintf(out, ", hidden");
    if (row->pick != NULL)
        fprintf(out, ", picks %s", row->pick);
    if (row->headers != NULL)
        fprintf(out, ", headers %s", row->headers);
    fprintf(out, "\n");
}

static void print_field(const struct plan_field *field, FILE *out)
{
    const struct bff_field *row = field->row;
    bool is_list = row->concat != NULL;

    fprintf(out, "    %-22s %s %s\n", row->into == NULL ? row->name : row->into,
            is_list ? "one list out of" : "computed from", is_list ? row->concat : row->of);
}

void composite_list_print(const struct plan *plan, FILE *out)
{
    fprintf(out, "%s  ", plan->composite->route);
    print_access(plan->composite, out);
    print_budgets(plan, out);
    print_requests(plan, out);
    fprintf(out, "\n");
    if (plan->composite->about != NULL)
        fprintf(out, "    %s\n", plan->composite->about);
    for (size_t i = 0; i < plan->part_count; i++)
        print_part(plan, &plan->parts[i], out);
    for (size_t i = 0; i < plan->field_count; i++)
        print_field(&plan->fields[i], out);
}
