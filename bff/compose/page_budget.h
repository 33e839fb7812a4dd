/*
 * The budgets of a page (.budget_bytes and .p95_ms): measures each answer that is made for a
 * client, and tells of answers that are too large. Nothing is cut off. docs/budgets.md is about the
 * numbers.
 */
#ifndef BFF_COMPOSE_PAGE_BUDGET_H
#define BFF_COMPOSE_PAGE_BUDGET_H

#include <stddef.h>

#include "bff/compose/page_serving.h"

/* The run is over, and the answer can be made now. Stops the measured time. */
void page_budget_time(struct page_serving *serving);

/* The answer was made and has ${bytes} before compression. When they are over the budget, the event
 * over_budget names the member that takes most, at most once a minute for each page. */
void page_budget_bytes(struct page_serving *serving, size_t bytes);

/* The request is over: sets request->made, if an answer was made for the client. */
void page_budget_report(const struct page_serving *serving, struct request *request);

#endif
