/* Reports the outcome of each part of a run to the observers of requests (bff/observe). */
#ifndef BFF_COMPOSE_PART_REPORTS_H
#define BFF_COMPOSE_PART_REPORTS_H

#include "bff/compose/run.h"
#include "bff/http/request.h"
#include "bff/observe/part_report.h"

/* Writes a report for each part of ${run} to ${out}, which has plan->part_count places. ${run} is
 * over or cancelled, or goes on without its client (page_errand.h): what has not settled yet is
 * reported as cancelled. The texts about attempts live as long as ${pool}
 * (attempts_report.h). All other texts are borrowed from the plan. */
void part_reports_make(const struct run *run, struct pool *pool, struct part_report *out);

/* For a request that is recorded: makes request->calls, and names the calls of each part in
 * ${parts}, which part_reports_make has made. To be called once for a run. */
void part_reports_record(const struct run *run, struct request *request, struct part_report *parts);

#endif
