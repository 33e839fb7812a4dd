/* Makes the plans of a build's composites, once at start. Requests find the plans by path. */
#ifndef BFF_APP_ROUTE_LIST_H
#define BFF_APP_ROUTE_LIST_H

#include <stdio.h>

#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/compose/page.h"
#include "bff/proxy/plain_route.h"

/*
 * Makes a plan of every composite of ${build}, in ${pool}, and fills ${out} with them. Every
 * mistake is a line in ${errors}. Returns the number of mistakes.
 */
unsigned route_list_make(struct pool *pool, const struct bff_build *build, struct pages *out,
                         FILE *errors);

/* Prints a warning for each row that is valid but perhaps does not mean what its author thinks.
 * ${body_limit} is limits.body of the configuration. */
void route_list_warn(const struct pages *pages, size_t body_limit, FILE *out);

/* Prints for people what the server serves: a line for each composite, for each of its parts and
 * for each of its computed members, then a line for each plain route. */
void route_list_print(const struct pages *pages, const struct plain_routes *routes, FILE *out);

#endif
