/* See admin_metrics.h. */
#include "bff/app/admin_metrics.h"

static const struct admin_metrics_family *const tables[] = {
    admin_metrics_requests,
    admin_metrics_services,
    admin_metrics_stores,
    admin_metrics_process,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

static void write_family(struct admin_metrics_page *page, const struct admin_metrics_family *family)
{
    exposition_family(&page->out, family->name, family->type, family->unit, family->help);
    if (family->write != NULL)
        family->write(page);
    else
        exposition_sample(&page->out, (struct text){0}, tally_read(family->tally));
}

void admin_metrics_put(struct admin_metrics_page *page, const char *name, const char *value,
                       uint64_t number)
{
    struct text labels = exposition_label(page->out.pool, (struct text){0}, name, text_of(value));

    exposition_sample(&page->out, labels, number);
}

enum step_result admin_metrics_get(struct admin_request *admin)
{
    const struct request *request = admin->context.request;
    enum exposition_format format = exposition_choose(request_list(request, "accept"));
    struct admin_metrics_page page = {.context = &admin->context};

    page.sums = pool_take(request->pool, METRICS_SET_SUMS * sizeof(*page.sums));
    exposition_begin(&page.out, request->pool, format);
    for (size_t i = 0; i < TABLES; i++)
        for (const struct admin_metrics_family *family = tables[i]; family->name != NULL; family++)
            write_family(&page, family);
    exposition_end(&page.out);
    admin->type = exposition_content_type(format);
    admin->pieces = page.out.pieces;
    admin->piece_count = page.out.count;
    return STEP_PASS;
}
