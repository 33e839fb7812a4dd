/* See page_faults.h. */
#include "bff/compose/page_faults.h"
#include "bff/http/field.h"
#include "bff/http/reply.h"

/* Returns NULL, or a sentence about a mistake in the scenario of the request. */
static const char *add_scenario(struct page_serving *serving)
{
    struct text of_parts = mock_mode_part_faults(&serving->ask.pages->mock_mode, serving->request);

    return part_faults_add(serving->pool, serving->ask.plan, of_parts, &serving->faults);
}

bool page_faults_take(struct page_serving *serving)
{
    const char *name = mock_mode_fault_header(&serving->ask.pages->mock_mode);
    const char *wrong = NULL;
    struct text header;

    if (name == NULL)
        return true;
    header = request_list(serving->request, name);
    if (header.at != NULL && field_is_value(header))
        wrong = part_faults_read(serving->pool, serving->ask.plan, header, &serving->faults);
    if (wrong == NULL)
        wrong = add_scenario(serving);
    if (wrong != NULL)
        reply_error(serving->request, 400, wrong);
    return wrong == NULL;
}
