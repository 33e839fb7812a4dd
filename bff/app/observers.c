/* See observers.h. */
#include <stddef.h>

#include "bff/app/observers.h"
#include "bff/observe/access_log.h"
#include "bff/observe/traces.h"
#include "bff/observe/metrics_observer.h"
#include "bff/record/record_observer.h"

/* The table of observers. Each row has an observer and a function that says whether a configuration
 * asks for it. A new observer needs a row and such a function. */

static bool has_metrics(const struct config *config) { return config->admin != NULL; }

static bool has_access_log(const struct config *config) { return config->has_access_log; }

static bool has_traces(const struct config *config) { return config->tracing.is_on; }

static bool has_record(const struct config *config) { return config->recorder.is_on; }

static const struct {
    const struct observer *observer;
    bool (*is_on)(const struct config *config);
} table[] = {
    {&access_log_observer, has_access_log},
    {&traces_observer, has_traces},
    {&metrics_observer, has_metrics},
    {&record_observer, has_record}, /* the last one: see record_observer.c */
};

#define ROWS (sizeof(table) / sizeof(table[0]))

const struct observer **observers_of(const struct config *config, struct pool *pool)
{
    const struct observer **list = pool_zero(pool, (ROWS + 1) * sizeof(*list));
    size_t count = 0;

    for (size_t i = 0; i < ROWS; i++)
        if (table[i].is_on(config))
            list[count++] = table[i].observer;
    return list;
}
