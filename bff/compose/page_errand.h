/*
 * A page that changes data and goes on although its client has left: a call that changes data is
 * not cancelled once it was made, and what follows it is done, too. The answer is stored when the
 * request has an Idempotency-Key.
 *
 * So nothing of such a page is in the memory of its request. Only page.c and its parts use this
 * header.
 */
#ifndef BFF_COMPOSE_PAGE_ERRAND_H
#define BFF_COMPOSE_PAGE_ERRAND_H

#include <stdbool.h>

#include "bff/compose/page_query.h"
#include "bff/compose/page_serving.h"

/* Returns what page_serve needs for ${request}, in a pool of its own, with copies of everything
 * that the run may read later. ${*query} is replaced by such a copy, too. The request has one
 * reference to the result. */
struct page_serving *page_errand_new(struct request *request, const struct page_ask *ask,
                                     struct page_query *query);

/* Returns the header ${name} (lower case) of the client; absent: it did not send it. */
struct text page_errand_header(const struct page_serving *serving, const char *name);

/*
 * The client has left. Returns true when the page goes on without it: then serving->request is
 * NULL, and page_errand_end must be called when the work is over. Returns false when nothing was
 * changed yet, when the run is over, and when a limit of the worker is reached (errand.h).
 */
bool page_errand_begin(struct page_serving *serving);

/* The work is over. Afterwards the caller must not touch ${serving}. */
void page_errand_end(struct page_serving *serving);

/* Drops the reference of the request. Afterwards the caller must not touch ${serving}. Does nothing
 * for a page that changes nothing. */
void page_errand_release(struct page_serving *serving);

#endif
