/* See table.h. */
#include "bff/app/table.h"
#include "bff/base/check.h"

#define ERROR_SIZE 512

static size_t count_of(const struct bff_build *build)
{
    size_t count = 0;

    while (build->composites[count] != NULL)
        count++;
    return count;
}

static unsigned check_collisions(const struct endpoints *made, size_t upto, FILE *errors)
{
    const struct plan *last = made->plans[upto];

    for (size_t i = 0; i < upto; i++) {
        if (!plan_collides(made->plans[i], last))
            continue;
        fprintf(errors, "%s: the same requests as %s\n", last->composite->route,
                made->plans[i]->composite->route);
        return 1;
    }
    return 0;
}

static void add(struct endpoints *made, const struct plan *plan)
{
    made->plans[made->count] = plan;
    made->routes[made->count++] = (struct route){
        .method = plan->method,
        .segments = plan->segments,
        .segment_count = plan->segment_count,
        .target = plan,
    };
}

unsigned table_make(struct pool *pool, const struct bff_build *build, struct endpoints *out,
                    FILE *errors)
{
    size_t count = count_of(build);
    unsigned wrong = 0;

    out->server = pool_print(pool, "bff-%s", build->name);
    out->plans = pool_zero(pool, (count + 1) * sizeof(*out->plans));
    out->routes = pool_zero(pool, (count + 1) * sizeof(*out->routes));
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        char error[ERROR_SIZE];
        const struct plan *plan = plan_make(pool, build->composites[i], error, sizeof(error));
        if (plan == NULL) {
            fprintf(errors, "%s\n", error);
            wrong++;
            continue;
        }
        add(out, plan);
        wrong += check_collisions(out, out->count - 1, errors);
    }
    return wrong;
}

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
    }
}

static void print_part(const struct plan *plan, const struct plan_part *part, FILE *out)
{
    const struct bff_part *row = part->row;

    fprintf(out, "    %-22s %s, %u ms", row->name,
            row->need == BFF_REQUIRED ? "required" : "optional", (unsigned)part->timeout_ms);
    if (row->many > 0)
        fprintf(out, ", a list of at most %u, %u at a time", row->many, part->at_once);
    if (part->after != PLAN_NO_PART)
        fprintf(out, ", after %s", plan->parts[part->after].row->name);
    if (row->place == BFF_HIDDEN)
        fprintf(out, ", hidden");
    if (row->pick != NULL)
        fprintf(out, ", picks %s", row->pick);
    fprintf(out, "\n");
}

void table_print(const struct endpoints *endpoints, FILE *out)
{
    for (size_t i = 0; i < endpoints->count; i++) {
        const struct plan *plan = endpoints->plans[i];
        fprintf(out, "%s  ", plan->composite->route);
        print_access(plan->composite, out);
        fprintf(out, ", budget %u ms\n", (unsigned)plan->budget_ms);
        if (plan->composite->about != NULL)
            fprintf(out, "    %s\n", plan->composite->about);
        for (size_t j = 0; j < plan->part_count; j++)
            print_part(plan, &plan->parts[j], out);
    }
}
