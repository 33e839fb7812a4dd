/*
 * Makes a table of steps from the server's table and some further steps, for programs that replace
 * request_steps_run. So the order of the server's own steps is written only once.
 */
#ifndef TESTS_E2E_LIB_MORE_STEPS_H
#define TESTS_E2E_LIB_MORE_STEPS_H

#include <string.h>

#include "bff/app/request_steps.h"
#include "bff/base/check.h"

#define MORE_STEPS_MAX 48

/* A further step, and the name of the server's step after which it runs. */
struct more_step {
    const char *after;
    struct step step;
};

/* Writes the server's table with the ${count} further steps ${more} to ${out}. */
static inline void more_steps(const struct more_step *more, size_t count,
                              struct step out[MORE_STEPS_MAX])
{
    size_t rows = 0, added = 0;

    for (const struct step *row = request_steps; row->run != NULL; row++) {
        must(rows + count + 2 < MORE_STEPS_MAX);
        out[rows++] = *row;
        for (size_t i = 0; i < count; i++)
            if (strcmp(row->name, more[i].after) == 0) {
                out[rows++] = more[i].step;
                added++;
            }
    }
    must(added == count);
    out[rows] = (struct step){0};
}

/* Runs ${table}. A program calls this function in its own request_steps_run. */
static inline void more_steps_run(const struct step *table, const struct dispatch *dispatch,
                                  const struct dispatch_worker *worker, struct request *request)
{
    struct request_context *context = pool_zero(request->pool, sizeof(*context));

    context->dispatch = dispatch;
    context->worker = worker;
    context->request = request;
    pipeline_run(&context->pipeline, request, context, table);
}

#endif
