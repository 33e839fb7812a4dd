/* The query of a request for a composite: the parameters of its .query, and "parts". */
#ifndef BFF_COMPOSE_PAGE_QUERY_H
#define BFF_COMPOSE_PAGE_QUERY_H

#include <stdbool.h>

#include "bff/compose/choice.h"
#include "bff/compose/plan.h"
#include "bff/http/request.h"

struct page_query {
    const struct text *values;   /* decoded, one for each row of .query; absent: there is none */
    const struct choice *choice; /* NULL: the client has not chosen */
};

/* What is wrong with a query. */
struct page_query_fault {
    const char *parameter, *message;
};

/*
 * Reads ${query}, which may be absent; ${*out} is in ${pool}. Names and values are decoded once, as
 * forms are: '+' is a blank. Parameters that no row names are ignored. Returns false when a value
 * is not allowed or a parameter is there twice; then ${*fault} says so.
 */
bool page_query_read(struct pool *pool, const struct plan *plan, struct text query,
                     struct page_query *out, struct page_query_fault *fault);

/* Does the same with the query of ${request}. Before it returns false, it answers with 400, which
 * names the parameter. */
bool page_query_take(struct request *request, const struct plan *plan, struct page_query *out);

#endif
