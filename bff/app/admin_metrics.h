/*
 * The admin page /metrics: everything that is counted, for Prometheus. docs/metrics.md lists the
 * series.
 *
 * The page reads the things of the generation with which its request began. So the series of a
 * route that a new configuration does not have are gone, and those of all others go on. Nothing is
 * locked: the counts of all workers are read while they count.
 */
#ifndef BFF_APP_ADMIN_METRICS_H
#define BFF_APP_ADMIN_METRICS_H

#include "bff/app/admin_request.h"
#include "bff/base/tally.h"
#include "bff/observe/exposition.h"

struct admin_metrics_page {
    struct exposition out;
    const struct request_context *context;
    struct metrics_set_sum *sums; /* room for METRICS_SET_SUMS */
};

/*
 * A family of metrics.
 *
 *   name   without the "_total" of counters
 *   unit   the end of the name, or NULL
 *   help   one sentence without a line feed
 *   write  writes its samples; NULL: ${tally} is the only one
 */
struct admin_metrics_family {
    const char *name;
    enum exposition_type type;
    const char *unit;
    const char *help;
    void (*write)(struct admin_metrics_page *page);
    enum tally tally;
};

/* The tables of families. A row whose name is NULL ends each. */
extern const struct admin_metrics_family admin_metrics_requests[];
extern const struct admin_metrics_family admin_metrics_services[];
extern const struct admin_metrics_family admin_metrics_stores[];
extern const struct admin_metrics_family admin_metrics_process[];

enum step_result admin_metrics_get(struct admin_request *admin);

/* Writes a sample with the one label ${name}. */
void admin_metrics_put(struct admin_metrics_page *page, const char *name, const char *value,
                       uint64_t number);

#endif
