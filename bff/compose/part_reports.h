/* The outcome of each part of a run, for the observers of requests (bff/observe). */
#ifndef BFF_COMPOSE_PART_REPORTS_H
#define BFF_COMPOSE_PART_REPORTS_H

#include "bff/compose/run.h"
#include "bff/observe/part_report.h"

/* Writes a report for each part of ${run}, which is over or cancelled, to ${out}: plan->part_count
 * of them. What they borrow lives as long as the plan and the services of the request. */
void part_reports_make(const struct run *run, struct part_report *out);

#endif
